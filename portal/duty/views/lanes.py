"""A day of duty as lanes: an area with everybody who is on duty there, one after the other, and the gaps between."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from portal.core.clock import start_of_day
from portal.duty import labels
from portal.duty.queries import OpenBook
from portal.duty.rules import LEADING, As, Line, Stretch, stretches
from portal.duty.views.words import Words, slot_href, span_text

COLUMNS = 96
"""A day is a ruler of quarters of an hour; the words say the minute."""
QUARTER = timedelta(minutes=15)
HALF, SLIM, TINY = 24, 12, 6


class Cell(NamedTuple):
    """What stands in a block: a person, or that somebody is missing. `kind` is "", "on", "gap" or "stand"."""

    text: str
    href: str
    kind: str
    act: str = ""


class Block(NamedTuple):
    """A stretch of a lane, placed on the ruler: `at` quarters from midnight, `length` quarters long."""

    at: int
    length: int
    row: int
    hours: str
    role: str
    cells: tuple[Cell, ...]
    starts_at: datetime
    ends_at: datetime
    missing: int

    @property
    def width(self) -> str:
        """How much room there is for words: a phone needs more of it."""
        sizes = (("half", HALF), ("slim", SLIM), ("tiny", TINY))
        each = self.length / max(len(self.cells), 1)
        return " ".join(name for name, quarters in sizes if each < quarters)

    @property
    def is_gap(self) -> bool:
        """Whether somebody is missing."""
        return self.missing > 0


class Lane(NamedTuple):
    """An area over a day. The first lane is the leader's."""

    name: str
    is_leading: bool
    blocks: tuple[Block, ...]


class Hole(NamedTuple):
    """A stretch in which somebody is missing, with the one act that closes it; "" for who may not."""

    line: Line
    starts_at: datetime
    ends_at: datetime
    missing: int
    name: str
    href: str
    present: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads at which instant: whether they may change the book, and whether it is another organisation's."""

    at: datetime
    may_edit: bool
    org: str = ""
    """"" for one's own school, else "&org=7"."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A book, cut into stretches over some days; asked for days, lanes, gaps and sums."""

    opened: OpenBook
    words: Words
    reader: Reader
    start: datetime
    end: datetime
    found: dict[Line, tuple[Stretch, ...]]

    @classmethod
    def of(cls, opened: OpenBook, words: Words, reader: Reader, first: date, last: date) -> "Laid":
        """The stretches of every lane over the dates, both included."""
        start, end = start_of_day(first), start_of_day(last + timedelta(days=1))
        book = opened.book
        lines = words.plan.in_order((LEADING, *book.lines))
        found = {line: _filled(stretches(book, line, start, end)) for line in lines}
        return cls(opened, words, reader, start, end, {line: rows for line, rows in found.items() if rows})

    def areas(self) -> dict[str, list[Line]]:
        """The lanes as they are shown: each area one, the whole school's roles one each."""
        shown: dict[str, list[Line]] = {}
        for line in self.found:
            key = f"a{line.area_id}" if line.area_id else line.role
            shown.setdefault(key, []).append(line)
        return shown

    def day(self, day: date, only: int | None = None) -> tuple[Lane, ...]:
        """The lanes of one day; `only` one area of them, besides the leader's."""
        start, end = start_of_day(day), start_of_day(day + timedelta(days=1))
        lanes = []
        for lines in self.areas().values():
            first = lines[0]
            if only is None or first == LEADING or first.area_id == only:
                blocks = [block for line in lines for block in self._blocks(line, start, end)]
                lanes.append(Lane(self._name(first), first == LEADING, _in_rows(blocks)))
        return tuple(lanes)

    def _name(self, line: Line) -> str:
        if line == LEADING:
            return self.words.say(labels.LEADING)
        return self.words.area(line.area_id) if line.area_id else self.words.role(line.role)

    def _blocks(self, line: Line, start: datetime, end: datetime) -> Iterable[Block]:
        for one in _cut(self.found[line], start, end):
            at = round((one.starts_at - start) / QUARTER)
            length = max(1, round((one.ends_at - start) / QUARTER) - at)
            at = min(at, COLUMNS - 1)
            yield Block(
                at, min(length, COLUMNS - at), 1, span_text(one.starts_at, one.ends_at), self.words.role(line.role),
                self._cells(line, one, length), one.starts_at, one.ends_at, one.missing,
            )  # fmt: skip

    def _cells(self, line: Line, one: Stretch, length: int) -> tuple[Cell, ...]:
        """One cell for each person, where there is room for several; and one for whoever is missing."""
        is_on = one.starts_at <= self.reader.at < one.ends_at
        names = [self.opened.name(who.person_id) for who in one.people]
        found = [Cell(name, self._href(who.shift_id), "on" if is_on else "stand" if who.stands is As.FALLBACK else "")
                 for name, who in zip(names, one.people, strict=True)]  # fmt: skip
        if len(found) > 1 and length < 8 * len(found):
            shift_id = one.people[0].shift_id
            found = [Cell(self.words.say(labels.AND).join(names), self._href(shift_id), "on" if is_on else "")]
        if not one.missing:
            return tuple(found)
        said = self.words.say(labels.MISSING if not found and one.missing == 1 else labels.MISSING_N, count=one.missing)
        href = self.hole_href(line, one)
        return (*found, Cell(said, href, "gap", self.words.say(labels.ASSIGN) if href else ""))

    @staticmethod
    def _href(shift_id: int | None) -> str:
        return f"/duty/shifts/{shift_id}" if shift_id else ""

    def hole_href(self, line: Line, one: Stretch) -> str:
        """Where the gap is closed: from now on, if it has begun; nowhere, if it is over."""
        if not self.reader.may_edit or one.ends_at <= self.reader.at:
            return ""
        return slot_href(self.reader.org, line, max(one.starts_at, _minute_of(self.reader.at)), one.ends_at)

    def holes(self, start: datetime, end: datetime, only: int | None = None) -> list[Hole]:
        """Everything in which somebody is missing between two instants, the earliest first."""
        found = [
            Hole(
                line,
                one.starts_at,
                one.ends_at,
                one.missing,
                self.words.line(line),
                self.hole_href(line, one),
                len(one.people),
            )
            for line, rows in self.found.items()
            if only is None or line == LEADING or line.area_id == only
            for one in _cut(rows, start, end)
            if one.missing
        ]
        return sorted(found, key=lambda hole: hole.starts_at)

    def hours(self, start: datetime, end: datetime, only: int | None = None) -> tuple[timedelta, timedelta]:
        """How long somebody is needed in all lanes together, and for how long of it somebody is missing."""
        needed, missing = timedelta(), timedelta()
        for line, rows in self.found.items():
            if only is None or line == LEADING or line.area_id == only:
                for one in _cut(rows, start, end):
                    length = one.ends_at - one.starts_at
                    needed += length if one.needed else timedelta()
                    missing += length if one.missing else timedelta()
        return needed, missing


def _minute_of(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _filled(rows: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Stretches in which somebody is on duty or missing; those that look the same are joined, whatever their names."""
    found: list[Stretch] = []
    for one in rows:
        last = found[-1] if found else None
        if last and last.ends_at == one.starts_at and _looks(last) == _looks(one):
            found[-1] = last._replace(ends_at=one.ends_at)
        elif one.people or one.missing:
            found.append(one)
    return tuple(found)


def _looks(one: Stretch) -> tuple[object, ...]:
    return one.people, one.missing, bool(one.needed)


def _cut(rows: Sequence[Stretch], start: datetime, end: datetime) -> Iterable[Stretch]:
    for one in rows:
        if one.starts_at < end and one.ends_at > start:
            yield one._replace(starts_at=max(one.starts_at, start), ends_at=min(one.ends_at, end))


def _in_rows(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Blocks in order of time; what overlaps goes one row lower."""
    ends: list[int] = []
    found = []
    for block in sorted(blocks, key=lambda block: (block.starts_at, block.ends_at)):
        free = next((row for row, reached in enumerate(ends) if reached <= block.at), None)
        if free is None:
            free = len(ends)
            ends.append(0)
        ends[free] = block.at + block.length
        found.append(block._replace(row=free + 1))
    return tuple(found)
