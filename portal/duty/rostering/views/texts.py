"""How lanes, hours, weights and reasons are written."""

from collections.abc import Callable
from datetime import datetime, timedelta

from portal.core.clock import local
from portal.duty.queries import Plan
from portal.duty.rostering import labels
from portal.duty.rostering.rules import Bar
from portal.duty.rules import Line
from portal.rendering.i18n import SOURCE

Say = Callable[..., str]
HOUR = 600
"""Tenths of a minute."""


def lane_text(plan: Plan, line: Line, language: str, say: Say) -> str:
    """An area and a role by name; the role alone for the whole school."""
    area, role = plan.areas.get(line.area_id or 0), plan.roles.get(line.role)
    role_name = line.role if role is None else (role.name if language == SOURCE else role.name_en or role.name)
    if area is None:
        return role_name
    area_name = area.name if language == SOURCE else area.name_en or area.name
    return say(labels.LANE, area=area_name, role=role_name)


def role_text(plan: Plan, role: str, language: str) -> str:
    """A role by name."""
    found = plan.roles.get(role)
    return role if found is None else (found.name if language == SOURCE else found.name_en or found.name)


def hours_text(start: datetime, end: datetime, say: Say) -> str:
    """From when until when on the clock; midnight is 24:00, what ends on the next day says so."""
    begins, ends = local(start), local(end)
    last = local(end - timedelta(microseconds=1))
    shown = "24:00" if last.date() < ends.date() else f"{ends:%H:%M}"
    text = f"{begins:%H:%M}–{shown}"
    return say(labels.NEXT_DAY, hours=text) if last.date() > begins.date() else text


def points(weight: int) -> str:
    """A weight in hours, to one place; whole ones without it."""
    value = round(weight / HOUR, 1)
    return f"{value:g}"


def why_text(stored: str, say: Say) -> str:
    """Why this person, in words; nothing for a shift that no rule proposed."""
    code, _, rest = stored.partition(" ")
    if code not in labels.WHY:
        return ""
    own, mean, passed = [*rest.split(" "), "", "", ""][:3]
    text = say(labels.WHY[code], own=points(int(own)), mean=points(int(mean)))
    told = [
        say(labels.BARS[Bar(bar)], count=count)
        for bar, _, count in (part.partition(":") for part in passed.split(",") if part)
    ]
    return text + say(labels.COMMA) + say(labels.PASSED, passed=say(labels.AND).join(told)) if told else text
