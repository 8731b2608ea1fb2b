"""Fallbacks: who fills a gap of a role, until when (D20)."""

from datetime import date, datetime
from typing import NamedTuple

from portal.audit.catalogue import DutyFallbackEnded, DutyFallbackMade
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now, start_of_day, today
from portal.core.database import execute, fetch_value, insert, unit_of_work
from portal.core.refusals import Conflict, Invalid, Refused
from portal.duty.planning.queries import fallback_row
from portal.duty.planning.rules import LONGEST_FALLBACK
from portal.duty.planning.services.common import check_lane, end_of, open_plan
from portal.duty.queries import leading_terms
from portal.duty.rules import LEADING, Line, Term, gains_by_leading
from portal.duty.tables import DutyFallback


class NewFallback(NamedTuple):
    """Somebody for a role in one area (None: in any, and the whole school), over some days, both included."""

    line: Line
    person_id: int
    first_day: date
    last_day: date


async def make_fallback(org_id: int, new: NewFallback, *, by: Actor) -> int:
    """Puts somebody down who fills gaps of a role, from the first day (today: from now) to the end of the last.

    Gives its id. Refused: somebody who is not of the staff; days that are past, the wrong way round or more than 400.
    For the leader's role also whoever has no leading post over all of that time, and oneself where leading would give
    more rights than one has.
    """
    async with unit_of_work():
        path = await open_plan(org_id, by)
        await check_lane(org_id, new.line)
        starts_at, ends_at = max(start_of_day(new.first_day), now()), end_of(new.last_day)
        _check_days(new)
        await _check_person(org_id, new, ends_at)
        if new.line == LEADING:
            await _check_leader(org_id, new, starts_at, ends_at, path=path, by=by)
        [fallback_id] = await insert(
            DutyFallback,
            {"org_id": org_id, "area_id": new.line.area_id, "role": new.line.role, "person_id": new.person_id,
             "starts_at": starts_at, "ends_at": ends_at, "entered_at": now(), "entered_by": by.person_id},
        )  # fmt: skip
        details = DutyFallbackMade(
            role=new.line.role, area_id=new.line.area_id, person_id=new.person_id, starts_at=stamp(starts_at),
            ends_at=stamp(ends_at),
        )  # fmt: skip
        await record_event(details, org_id=org_id, subject_id=fallback_id, by=by)
        return fallback_id


def _check_days(new: NewFallback) -> None:
    if new.first_day < today():
        raise Invalid({"first_day": "plan.day_is_over"})
    if new.last_day < new.first_day:
        raise Invalid({"last_day": "plan.wrong_way_round"})
    if (new.last_day - new.first_day).days >= LONGEST_FALLBACK:
        raise Invalid({"last_day": "plan.fallback_too_long"})


async def _check_person(org_id: int, new: NewFallback, ends_at: datetime) -> None:
    found = await fetch_value(
        "SELECT count(*) FROM person WHERE id = {} AND org_id = {} AND kind = 'staff' "
        "AND (left_at IS NULL OR left_at >= {})",
        new.person_id, org_id, ends_at,
    )  # fmt: skip
    if not found:
        raise Invalid({"person": "plan.leaves_before"})


async def _check_leader(
    org_id: int, new: NewFallback, starts_at: datetime, ends_at: datetime, *, path: str, by: Actor
) -> None:
    if new.person_id == by.person_id and gains_by_leading(by, path):
        raise Refused("duty.not_yourself")
    if not leads_throughout(await leading_terms(org_id, new.person_id), starts_at, ends_at):
        raise Invalid({"person": "plan.may_not_lead"})


def leads_throughout(terms: list[Term], starts_at: datetime, ends_at: datetime) -> bool:
    """Whether posts that may lead are held at every instant of `[starts_at, ends_at)`."""
    reached = starts_at
    for term in sorted(terms, key=lambda one: one.starts_at):
        if term.starts_at <= reached:
            if term.ends_at is None or term.ends_at >= ends_at:
                return True
            reached = max(reached, term.ends_at)
    return False


async def end_fallback(fallback_id: int, *, until: str, by: Actor) -> None:
    """Ends a fallback now; one that has not begun never holds. What it has filled stays.

    `until` is the end that was seen, as a stamp: where it is another by now, nothing is done (`Conflict`).
    """
    async with unit_of_work():
        row = await fallback_row(fallback_id, by=by, edit=True)
        await open_plan(row.org_id, by)
        row, at = await fallback_row(fallback_id, by=by, edit=True), now()
        if row.ended_at is not None or row.ends_at <= at or stamp(row.ends_at) != until:
            raise Conflict()
        if row.starts_at < at:
            await execute("UPDATE duty_fallback SET ends_at = {} WHERE id = {}", at, fallback_id)
        else:
            await execute("UPDATE duty_fallback SET ended_at = {} WHERE id = {}", at, fallback_id)
        details = DutyFallbackEnded(person_id=row.person_id, ends_at=stamp(at))
        await record_event(details, org_id=row.org_id, subject_id=fallback_id, by=by)
