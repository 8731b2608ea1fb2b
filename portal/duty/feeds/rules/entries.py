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


class Part(NamedTuple):
    """One person's time on duty by one shift (None: stepping in), without a break."""

    line: Line
    shift_id: int | None
    person_id: int
    starts_at: datetime
    ends_at: datetime


def parts_of_book(book: Book, start: datetime, end: datetime) -> list[Part]:
    """The stretches of every lane, put together where the same person goes on by the same shift."""
    return [part for line in book.lines for part in _parts(book, line, start, end)]


def entries_of_person(parts: Iterable[Part], person_id: int) -> list[Entry]:
    """Everything that somebody does, in order of time."""
    mine = [part for part in parts if part.person_id == person_id]
    return sorted(
        (Entry(key, part.starts_at, part.ends_at, part.line, 1, part.shift_id is None) for key, part in _keyed(mine)),
        key=_order,
    )


def entries_together(parts: Iterable[Part], area_id: int | None = None) -> list[Entry]:
    """Everything that is done in an area, or everywhere, in order of time. Who are on duty together over the same time
    are one entry; nobody is named."""
    together: dict[tuple[Line, datetime, datetime], list[tuple[str, Part]]] = {}
    for key, part in _keyed([part for part in parts if area_id in (None, part.line.area_id)]):
        together.setdefault((part.line, part.starts_at, part.ends_at), []).append((key, part))
    found = [
        Entry(rows[0][0], starts_at, ends_at, line, len(rows), all(part.shift_id is None for _, part in rows))
        for (line, starts_at, ends_at), rows in together.items()
    ]
    return sorted(found, key=_order)


def _order(entry: Entry) -> tuple[datetime, datetime, int, str, str]:
    return entry.starts_at, entry.ends_at, entry.line.area_id or 0, entry.line.role, entry.key


def _parts(book: Book, line: Line, start: datetime, end: datetime) -> Iterator[Part]:
    going: dict[tuple[int | None, int], Part] = {}
    for stretch in stretches(book, line, start, end):
        here: dict[tuple[int | None, int], Part] = {}
        for one in stretch.people:
            shift_id = None if one.stands is As.FALLBACK else one.shift_id
            before = going.pop((shift_id, one.person_id), None)
            begun = before.starts_at if before else stretch.starts_at
            here[shift_id, one.person_id] = Part(line, shift_id, one.person_id, begun, stretch.ends_at)
        yield from going.values()
        going = here
    yield from going.values()


def _keyed(parts: list[Part]) -> Iterator[tuple[str, Part]]:
    """Each part with its key: the how-manieth of its shift, or where and when somebody steps in."""
    counts: dict[int, int] = {}
    in_order = sorted(parts, key=lambda part: (part.shift_id or 0, part.starts_at, part.ends_at, part.person_id))
    for part in in_order:
        if part.shift_id is None:
            yield f"{part.line.area_id or 0} {part.line.role} {part.starts_at:%Y%m%d%H%M} {part.person_id}", part
        else:
            counts[part.shift_id] = counts.get(part.shift_id, -1) + 1
            yield f"{part.shift_id} {counts[part.shift_id]}", part
