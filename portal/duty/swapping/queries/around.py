"""A shift with everything that says who could do it instead: the book around it, and the staff. Two statements."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.core.database import fetch, in_list
from portal.duty.queries import OpenBook, Staff, book_of, staff_of
from portal.duty.rules import Duty, Shift, duties_of_people
from portal.duty.swapping.rules import whose

MARGIN = timedelta(days=3)
"""So far around a shift duties count when it is asked whether somebody has rest enough."""

WEEKS_AHEAD = timedelta(days=28)
"""So far ahead it is known who does which duty: whom to ask, what to do in return."""


@dataclass(frozen=True, slots=True)
class Around:
    """The book and the staff around some shifts, and everybody's time on duty there."""

    opened: OpenBook
    staff: Staff
    duties: Mapping[int, list[Duty]]

    @property
    def shifts(self) -> Iterator[Shift]:
        """Every shift that was read."""
        return (shift for lane in self.opened.book.shifts.values() for shift in lane)

    def shift(self, shift_id: int | None) -> Shift | None:
        """One of them."""
        return next((shift for shift in self.shifts if shift.id == shift_id), None)

    def whose(self, shift_id: int | None) -> int | None:
        """Who is to do it when it begins."""
        shift = self.shift(shift_id)
        return whose(self.opened.book, shift) if shift else None


async def around_shift(org_id: int, start: datetime, end: datetime, *, at: datetime) -> Around:
    """Everything around the time from `start` to `end`. Two statements."""
    first, last = start - MARGIN, end + MARGIN
    opened = await book_of(org_id, first, last)
    staff = await staff_of(org_id, min(at, start))
    return Around(opened, staff, duties_of_people(opened.book, first, last))


def duty_of(shift: Shift, *, since: datetime | None = None) -> Duty:
    """The time on duty of a shift, or of what is left of it."""
    return Duty(max(shift.starts_at, since or shift.starts_at), shift.ends_at, shift.line, shift.id)


class _Text(NamedTuple):
    id: int
    text: str | None


async def sealed_phones(people: Iterable[int]) -> dict[int, str | None]:
    """The sealed phones of people, by id. One statement."""
    marks, ids = in_list(people)
    rows = await fetch(_Text, f"SELECT id, phone_sealed FROM person WHERE id IN {marks}", *ids)
    return {row.id: row.text for row in rows}


async def names_of(people: Iterable[int | None]) -> dict[int, str]:
    """The names of people, by id. One statement."""
    marks, ids = in_list(sorted({one for one in people if one is not None}))
    rows = await fetch(_Text, f"SELECT id, name FROM person WHERE id IN {marks}", *ids)
    return {row.id: row.text or "" for row in rows}
