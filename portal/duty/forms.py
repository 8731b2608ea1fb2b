"""The form that puts somebody down as leader: text in, a typed command or coded errors out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.core.refusals import Invalid

NOBODY = "none"
YEARS = range(2000, 2100)  # the ends of the calendar have no day before or after them


@dataclass(frozen=True, slots=True)
class LeaderCommand:
    """Who shall lead on a day; None takes the leader away."""

    day: date
    person_id: int | None


def parse_day(text: str) -> date | None:
    """A date as browsers send it (2026-11-25), or None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def parse_leader(texts: Mapping[str, str]) -> LeaderCommand:
    """The command, or `Invalid` with a code for each field that is missing or senseless."""
    day, person = parse_day(texts.get("day", "")), texts.get("person", "")
    errors = {} if day else {"day": "duty.day_missing"}
    if person != NOBODY and not _is_id(person):
        errors["person"] = "duty.person_missing"
    if day is None or errors:
        raise Invalid(errors)
    return LeaderCommand(day, None if person == NOBODY else int(person))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
