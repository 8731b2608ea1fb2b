"""The forms of the plan: text in, typed commands or coded errors out."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from portal.core.refusals import Invalid
from portal.duty.forms import parse_day
from portal.duty.planning.rules import MOST_PEOPLE, MOST_RAISED
from portal.duty.planning.services import NewArea, NewFallback, NewPeriod, NewSlot
from portal.duty.rules import KEY, DayKind, Line
from portal.duty.rules.needs import DAY_MINUTES
from portal.grids.rules import parse_id

MOST_NAME = 60
Texts = Mapping[str, str]
Errors = dict[str, str]
_CLOCK = re.compile(r"(\d{1,2}):?(\d{2})")


class CopyCommand(NamedTuple):
    """Which slots to copy where, from when on; `state` is what stood there."""

    from_kind: str
    to_kind: str
    first_day: date
    state: str


class DayCommand(NamedTuple):
    """What a date shall be; `was` is what the school had said."""

    day: date
    kind: DayKind
    name: str
    was: str


def parse_clock(text: str) -> int | None:
    """Minutes from midnight of "8:00", "08:00", "0800" or "24:00" (the end of the day), full-width too; else None."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("\uff1a", ":")
    found = _CLOCK.fullmatch(plain)
    if found is None or not plain.isascii():
        return None
    minute = int(found[1]) * 60 + int(found[2])
    return minute if int(found[2]) < 60 and minute <= DAY_MINUTES else None


def clock_of(minute: int) -> str:
    """08:00; 1440 is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def parse_slot(texts: Texts) -> NewSlot:
    """A slot, or `Invalid` with a code for each field that is missing or senseless."""
    errors: Errors = {}
    starts, ends = parse_clock(texts.get("starts", "")), parse_clock(texts.get("ends", ""))
    for field, minute in (("starts", starts), ("ends", ends)):
        if minute is None:
            errors[field] = "plan.clock_missing"
    if starts is not None and ends is not None and ends <= starts:
        errors["ends"] = "plan.over_midnight"
    people = _number(texts, "people", 1, MOST_PEOPLE, "plan.people_missing", errors)
    name, role = _name(texts, "name", errors), texts.get("role", "")[:30]
    if not role:
        errors["role"] = "duty.no_such_lane"
    day = _day(texts, "first_day", errors)
    if errors or starts is None or ends is None or day is None:
        raise Invalid(errors)
    asks = texts.get("asks_report") == "1"
    return NewSlot(role, starts, ends, people, name, texts.get("name_en", "")[:120], day, asks)


def parse_first_day(texts: Texts) -> date:
    """The date from which a change holds."""
    errors: Errors = {}
    day = _day(texts, "first_day", errors)
    if day is None:
        raise Invalid(errors)
    return day


def parse_copy(texts: Texts) -> CopyCommand:
    """From which kind of day to which, from when on."""
    errors: Errors = {}
    day = _day(texts, "first_day", errors)
    if not texts.get("from_kind"):
        errors["from_kind"] = "plan.no_such_kind"
    if day is None or errors:
        raise Invalid(errors)
    kinds = texts.get("from_kind", "")[:20], texts.get("to_kind", "")[:20]
    return CopyCommand(*kinds, day, texts.get("state", ""))


def parse_area(texts: Texts) -> NewArea:
    """An area's name and grid, and whether its posts are taken over on the phone."""
    errors: Errors = {}
    name, grid = _name(texts, "name", errors), texts.get("grid", "")
    if grid and parse_id(grid) is None:
        errors["grid"] = "plan.no_such_grid"
    if errors:
        raise Invalid(errors)
    by_phone = texts.get("by_phone", "yes") != "no"
    return NewArea(name, texts.get("name_en", "")[:80], parse_id(grid) if grid else None, by_phone)


def parse_name(texts: Texts, field: str = "name") -> tuple[str, str]:
    """A name and its English."""
    errors: Errors = {}
    name = _name(texts, field, errors, 40)
    if errors:
        raise Invalid(errors)
    return name, texts.get(f"{field}_en", "")[:60]


def parse_period(texts: Texts) -> NewPeriod:
    """A period; how many more people only where it is a key period."""
    errors: Errors = {}
    kind, name = texts.get("kind", "")[:20], _name(texts, "name", errors)
    if not kind:
        errors["kind"] = "plan.no_such_kind"
    first, last = _day(texts, "first_day", errors), _day(texts, "last_day", errors)
    more = _number(texts, "raise_by", 1, MOST_RAISED, "plan.raise_missing", errors) if kind == KEY else 0
    if errors or first is None or last is None:
        raise Invalid(errors)
    return NewPeriod(kind, name, first, last, more)


def parse_own_day(texts: Texts) -> DayCommand:
    """What a date shall be, and why."""
    errors: Errors = {}
    day, name = _day(texts, "day", errors), _name(texts, "name", errors, code="plan.day_name_missing")
    kind = texts.get("kind", "")
    if kind not in {one.value for one in DayKind}:
        errors["kind"] = "plan.no_such_kind"
    if errors or day is None:
        raise Invalid(errors)
    return DayCommand(day, DayKind(kind), name, texts.get("was", ""))


def parse_fallback(texts: Texts) -> NewFallback:
    """Who fills the gaps of which lane, over which days. The lane comes as "area:role", without an area ":role"."""
    errors: Errors = {}
    area, _, role = texts.get("lane", "").partition(":")
    if not role or (area and parse_id(area) is None):
        errors["lane"] = "duty.no_such_lane"
    person = parse_id(texts.get("person", ""))
    if person is None:
        errors["person"] = "duty.person_missing"
    first, last = _day(texts, "first_day", errors), _day(texts, "last_day", errors)
    if errors or person is None or first is None or last is None:
        raise Invalid(errors)
    return NewFallback(Line(parse_id(area) if area else None, role[:30]), person, first, last)


def _day(texts: Texts, field: str, errors: Errors) -> date | None:
    day = parse_day(texts.get(field, ""))
    if day is None:
        errors[field] = "duty.day_missing"
    return day


def _name(texts: Texts, field: str, errors: Errors, most: int = MOST_NAME, code: str = "plan.name_missing") -> str:
    name = texts.get(field, "")
    if not name:
        errors[field] = code
    elif len(name) > most:
        errors[field] = "plan.name_too_long"
    return name


def _number(texts: Texts, field: str, least: int, most: int, code: str, errors: Errors) -> int:
    found = parse_id(texts.get(field, ""))
    if found is None or not least <= found <= most:
        errors[field] = code
        return 0
    return found
