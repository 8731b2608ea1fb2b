"""Fallbacks in words."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from portal.audit.rules import stamp
from portal.core.clock import today
from portal.duty.planning import labels
from portal.duty.planning.queries import Fallen
from portal.duty.planning.views.shapes import FallbackLine, FallbacksPage, Frame, Option, lane_value
from portal.duty.planning.views.slots import address, areas_in_order
from portal.duty.queries import Staff
from portal.duty.rules import LEADING, Line
from portal.duty.views.words import Words
from portal.web.again import Typed

SOON = timedelta(days=14)


def fallbacks_page(
    frame: Frame, words: Words, rows: Iterable[Fallen], staff: Staff, at: datetime, values: dict[str, str], typed: Typed
) -> FallbacksPage:
    """Who fills gaps until when; roles that the plan asks for and nobody fills."""
    found = list(rows)
    filled = {row.role for row in found if row.starts_at <= at}
    asked = dict.fromkeys(["leader", *(slot.role for slot in words.plan.slots if slot.is_in_force(today()))])
    return FallbacksPage(
        frame, tuple(_line(words, frame.other, row, at) for row in found), tuple(lane_options(words)),
        tuple(_people(staff)), tuple(words.role(role) for role in asked if role not in filled), values, typed,
    )  # fmt: skip


def _line(words: Words, other: str, row: Fallen, at: datetime) -> FallbackLine:
    left = row.ends_at - at
    again = address("/duty/plan/fallbacks", other, lane=lane_value(row.line), person=row.person_id)
    return FallbackLine(
        row.id, row.name, lane_text(words, row.line), row.starts_at, row.ends_at, row.starts_at > at,
        left.total_seconds(), left < SOON, stamp(row.ends_at), f"{again}#new",
    )  # fmt: skip


def lane_text(words: Words, line: Line) -> str:
    """For which role, and where; without an area it is anywhere."""
    if line == LEADING:
        return words.line(line)
    where = words.area(line.area_id) if line.area_id else words.say(labels.ANY_AREA)
    return words.say(labels.LANE, area=where, role=words.role(line.role))


def lane_options(words: Words) -> list[Option]:
    """The leader, each role anywhere, each role in each area that asks for it."""
    plan = words.plan
    lines = [LEADING, *(Line(None, role.code) for role in plan.roles.values() if role.code != LEADING.role)]
    open_areas = set(areas_in_order(plan))
    asked = {slot.line for slot in plan.slots if slot.area_id in open_areas and slot.is_in_force(today())}
    lines += plan.in_order(line for line in asked if line.area_id)
    return [(lane_value(line), lane_text(words, line)) for line in lines]


def _people(staff: Staff) -> list[Option]:
    found = sorted(staff.people.values(), key=lambda one: (one.name, one.id))
    return [(str(one.id), f"{one.name} {one.title}".strip()) for one in found]
