"""What a calendar holds of the book: the stretches of `book.stretches`, each time on duty as one entry.

Nothing is decided here: swaps, leave, take-overs and whoever steps in come out as the book says it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from portal.duty.rules import As, Book, Line, stretches


class Entry(NamedTuple):
    """A time on duty in a lane, of so many people. `key` stays the same while the row behind it does."""

    key: str
    starts_at: datetime
    ends_at: datetime
    line: Line
    people: int = 1
    steps_in: bool = False


class _Part(NamedTuple):
    """One person's time on duty by one shift (None: stepping in), without a break."""

    line: Line
    shift_id: int | None
    person_id: int
    starts_at: datetime
    ends_at: datetime


def entries_of_person(book: Book, person_id: int, start: datetime, end: datetime) -> list[Entry]:
    """Everything that somebody does between two instants, in order of time."""
    parts = [part for part in _parts(book, book.lines, start, end) if part.person_id == person_id]
    return sorted(
        (Entry(key, part.starts_at, part.ends_at, part.line, 1, part.shift_id is None) for key, part in _keyed(parts)),
        key=_order,
    )


def entries_of_book(book: Book, lines: Iterable[Line], start: datetime, end: datetime) -> list[Entry]:
    """Everything that is done in some lanes, in order of time. Who are on duty together over the same time are one
    entry; nobody is named."""
    together: dict[tuple[Line, datetime, datetime], list[tuple[str, _Part]]] = {}
    for key, part in _keyed(list(_parts(book, lines, start, end))):
        together.setdefault((part.line, part.starts_at, part.ends_at), []).append((key, part))
    found = [
        Entry(rows[0][0], starts_at, ends_at, line, len(rows), all(part.shift_id is None for _, part in rows))
        for (line, starts_at, ends_at), rows in together.items()
    ]
    return sorted(found, key=_order)


def _order(entry: Entry) -> tuple[datetime, datetime, int, str, str]:
    return entry.starts_at, entry.ends_at, entry.line.area_id or 0, entry.line.role, entry.key


def _parts(book: Book, lines: Iterable[Line], start: datetime, end: datetime) -> Iterator[_Part]:
    """The stretches of each lane, put together where the same person goes on by the same shift."""
    for line in lines:
        going: dict[tuple[int | None, int], _Part] = {}
        for stretch in stretches(book, line, start, end):
            here: dict[tuple[int | None, int], _Part] = {}
            for one in stretch.people:
                shift_id = None if one.stands is As.FALLBACK else one.shift_id
                before = going.pop((shift_id, one.person_id), None)
                begun = before.starts_at if before else stretch.starts_at
                here[shift_id, one.person_id] = _Part(line, shift_id, one.person_id, begun, stretch.ends_at)
            yield from going.values()
            going = here
        yield from going.values()


def _keyed(parts: list[_Part]) -> Iterator[tuple[str, _Part]]:
    """Each part with its key: the how-manieth of its shift, or where and when somebody steps in."""
    counts: dict[int, int] = {}
    in_order = sorted(parts, key=lambda part: (part.shift_id or 0, part.starts_at, part.ends_at, part.person_id))
    for part in in_order:
        if part.shift_id is None:
            yield f"{part.line.area_id or 0} {part.line.role} {part.starts_at:%Y%m%d%H%M} {part.person_id}", part
        else:
            counts[part.shift_id] = counts.get(part.shift_id, -1) + 1
            yield f"{part.shift_id} {counts[part.shift_id]}", part
