"""What becomes of the events of a file of leave: who is meant, and which of them cannot be entered."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from portal.responsibilities.rules import Absence


class State(StrEnum):
    """Where a file of leave has got to."""

    DRAFT = "draft"
    ENTERED = "entered"
    UNDONE = "undone"
    DROPPED = "dropped"


class Trouble(StrEnum):
    """Why an event cannot be taken from the file."""

    RECURS = "recurs"
    CANCELLED = "cancelled"
    ZONE = "zone"
    NO_TIME = "no_time"


class Left(StrEnum):
    """Why an event that was read is not entered."""

    PAST = "past"
    FAR = "far"
    AWAY = "away"


class Leave(NamedTuple):
    """Somebody's time away as a row of a file says it."""

    row_id: int
    starts_at: datetime
    ends_at: datetime


def judged(
    rows: Iterable[tuple[int, Leave]], away: Mapping[int, Sequence[Absence]], *, today: datetime, furthest: datetime
) -> tuple[dict[int, tuple[int, Leave]], dict[int, Left]]:
    """Which rows can be entered, by row as (person, leave), and why the others cannot.

    What began before today begins today: what was on record stays. Of two that overlap the first is entered.
    """
    kept: dict[int, tuple[int, Leave]] = {}
    left: dict[int, Left] = {}
    taken = {person_id: list(absences) for person_id, absences in away.items()}
    for person_id, leave in sorted(rows, key=lambda row: (row[1].starts_at, row[1].row_id)):
        fitted = leave._replace(starts_at=max(leave.starts_at, today))
        if fitted.ends_at <= today:
            left[leave.row_id] = Left.PAST
        elif fitted.starts_at > furthest:
            left[leave.row_id] = Left.FAR
        elif overlaps(taken.get(person_id, ()), fitted):
            left[leave.row_id] = Left.AWAY
        else:
            taken.setdefault(person_id, []).append(Absence(person_id, fitted.starts_at, fitted.ends_at))
            kept[leave.row_id] = (person_id, fitted)
    return kept, left


def overlaps(absences: Iterable[Absence], leave: Leave) -> bool:
    """Whether one of them covers a part of it."""
    return any(
        one.starts_at < leave.ends_at and (one.ends_at is None or one.ends_at > leave.starts_at) for one in absences
    )


def named_in(title: str, names: Mapping[int, str]) -> int | None:
    """Whose name stands in a title, where it is just one person's. A name within a longer one that is there too
    does not count."""
    plain = unicodedata.normalize("NFKC", title)
    found = {person_id: name for person_id, name in names.items() if len(name) > 1 and name in plain}
    longest = [
        person_id for person_id, name in found.items()
        if not any(name != other and name in other for other in found.values())
    ]  # fmt: skip
    return longest[0] if len(longest) == 1 else None
