"""The forms of duty: text in, typed commands or coded errors out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.core.clock import at_local
from portal.core.refusals import Invalid
from portal.duty.rules import Line

NOBODY = "none"
YEARS = range(2000, 2100)  # the ends of the calendar have no day before or after them
MOST_PEOPLE = 20
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class LeaderCommand:
    """Who shall lead on a day; None takes the leader away."""

    day: date
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A time in a lane, as far as it was said."""

    line: Line | None
    starts_at: datetime | None
    ends_at: datetime | None
    errors: dict[str, str]


@dataclass(frozen=True, slots=True)
class ShiftChange:
    """What shall become of a shift; None leaves it as it is."""

    version: int
    starts_at: datetime | None
    ends_at: datetime | None
    person_id: int | None


def parse_day(text: str) -> date | None:
    """A date as browsers send it (2026-11-25), or None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def parse_minute(text: str) -> datetime | None:
    """A minute of Shanghai's clocks as browsers send it (2026-11-25T08:00), as a moment; None for anything else."""
    day, _, hour = text.replace(" ", "T").partition("T")
    try:
        found = datetime.strptime(hour[:5], "%H:%M").time()  # noqa: DTZ007 - a clock's hour has no zone
    except ValueError:
        return None
    on = parse_day(day)
    return at_local(on, found) if on else None


def parse_leader(texts: Mapping[str, str]) -> LeaderCommand:
    """The command, or `Invalid` with a code for each field that is missing or senseless."""
    day, person = parse_day(texts.get("day", "")), texts.get("person", "")
    errors = {} if day else {"day": "duty.day_missing"}
    if person != NOBODY and not _is_id(person):
        errors["person"] = "duty.person_missing"
    if day is None or errors:
        raise Invalid(errors)
    return LeaderCommand(day, None if person == NOBODY else int(person))


def parse_asked(texts: Mapping[str, str]) -> Asked:
    """Where, as what and when, from a form or an address. Whether the school has the lane is not known here."""
    area, role = texts.get("area", ""), texts.get("role", "")[:30]
    starts, ends = parse_minute(texts.get("starts", "")), parse_minute(texts.get("ends", ""))
    errors = {}
    line = Line(int(area) if _is_id(area) else None, role) if role and (not area or _is_id(area)) else None
    if line is None:
        errors["role"] = "duty.no_such_lane"
    if starts is None:
        errors["starts"] = "duty.time_missing"
    if ends is None:
        errors["ends"] = "duty.time_missing"
    elif starts is not None and ends <= starts:
        errors["ends"] = "duty.shift_is_empty"
    return Asked(line, starts, ends, errors)


def parse_people(texts: Sequence[str]) -> list[int]:
    """The people who were ticked, each once."""
    return list(dict.fromkeys(int(text) for text in texts if _is_id(text)))[:MOST_PEOPLE]


def parse_change(texts: Mapping[str, str]) -> ShiftChange:
    """The change, or `Invalid`; fields that are empty say nothing."""
    found: dict[str, datetime | None] = {}
    errors = {}
    for name in ("starts", "ends"):
        found[name] = parse_minute(texts.get(name, ""))
        if texts.get(name) and found[name] is None:
            errors[name] = "duty.time_missing"
    person = texts.get("person", "")
    if person and not _is_id(person):
        errors["person"] = "duty.person_missing"
    if errors:
        raise Invalid(errors)
    return ShiftChange(parse_version(texts), found["starts"], found["ends"], int(person) if person else None)


def parse_version(texts: Mapping[str, str]) -> int:
    """The version that the form was made for; what is none fits no row."""
    text = texts.get("version", "")
    return int(text) if _is_id(text) else 0


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
