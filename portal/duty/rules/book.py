"""Who is on duty in an area, as a role, at an instant: the only place where it is decided (TR14, R09).

Pure: published shifts, stand-ins, absences, holders of posts and fallbacks in, people or a declared gap out. Nothing is
switched by a clock: the answer follows from the rows and the instant that is asked about, so 23:59:59.999 and 00:00
differ where the rows say so, and the past can be asked about like the present.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from portal.duty.rules.needs import LEADING, Line, Need
from portal.responsibilities.rules import Absence, Tenure, changes_of, holder_at


class As(StrEnum):
    """As what somebody is on duty."""

    OWN = "own"
    SWAP = "swap"
    TAKEOVER = "takeover"
    CORRECTION = "correction"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True)
class Shift:
    """A published shift over `[starts_at, ends_at)`: of a person, or of whoever holds a post."""

    id: int
    area_id: int | None
    role: str
    person_id: int | None
    post_id: int | None
    starts_at: datetime
    ends_at: datetime

    @property
    def line(self) -> Line:
        """The lane it lies in."""
        return Line(self.area_id, self.role)


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody does a shift instead. Without times it goes with the shift, wherever that is moved (D9)."""

    id: int
    shift_id: int
    person_id: int
    kind: As
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def covers(self, shift: Shift, at: datetime) -> bool:
        """True while it holds, which is never outside its shift."""
        return (self.starts_at or shift.starts_at) <= at < (self.ends_at or shift.ends_at)


@dataclass(frozen=True, slots=True)
class Fallback:
    """Who fills a gap of a role over `[starts_at, ends_at)`; `area_id` None: in any area (D20)."""

    id: int
    area_id: int | None
    role: str
    person_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Book:
    """A school's book of duty, as far as it was read. Shifts of a lane stand in order of their beginning."""

    shifts: Mapping[Line, Sequence[Shift]] = field(default_factory=dict)
    stand_ins: Mapping[int, Sequence[StandIn]] = field(default_factory=dict)
    tenures: Mapping[int, Sequence[Tenure]] = field(default_factory=dict)
    absences: Mapping[int, Sequence[Absence]] = field(default_factory=dict)
    fallbacks: Sequence[Fallback] = ()
    needs: Mapping[Line, Sequence[Need]] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every lane that has a shift or needs somebody."""
        return tuple(dict.fromkeys((*self.needs, *self.shifts)))


class OnDuty(NamedTuple):
    """Somebody on duty: by which shift (None: as a fallback), as what, and in whose place."""

    person_id: int
    shift_id: int | None
    stands: As
    instead_of: int | None = None


class Stretch(NamedTuple):
    """Over `[starts_at, ends_at)` the same people are on duty in a lane that needs `needed`; nobody may be a gap."""

    starts_at: datetime
    ends_at: datetime
    people: tuple[OnDuty, ...]
    needed: int
    name: str = ""
    name_en: str = ""

    @property
    def missing(self) -> int:
        """How many people are missing, whoever steps in counted as there."""
        return max(0, self.needed - len(self.people))

    @property
    def by_fallback(self) -> int:
        """How many are there only because they step in: a gap that is filled, and still to be closed."""
        return sum(one.stands is As.FALLBACK for one in self.people)

    @property
    def surplus(self) -> int:
        """How many more than needed are there."""
        return max(0, len(self.people) - self.needed)

    @property
    def is_gap(self) -> bool:
        """Whether somebody is missing, or only stepping in."""
        return bool(self.missing or self.by_fallback)


def on_duty_at(book: Book, line: Line, *, at: datetime) -> tuple[OnDuty, ...]:
    """Everybody on duty in a lane at an instant, in the order of their shifts; nobody is an empty tuple.

    Of each shift: whoever stands in last for it, else its own person, else whoever holds its post. Whoever is away or
    has left is not there. Nobody counts twice. The lane of the leader has one: whoever was put down last. Where fewer
    are there than needed, those who fill the gaps of the role step in, one for each that is missing.
    """
    covering = [shift for shift in book.shifts.get(line, ()) if shift.starts_at <= at < shift.ends_at]
    return _people(book, line, covering, _need_at(book.needs.get(line, ()), at), at)


def needed_at(book: Book, line: Line, *, at: datetime) -> int:
    """How many people the lane needs at an instant."""
    need = _need_at(book.needs.get(line, ()), at)
    return need.people if need else 0


def next_change(book: Book, line: Line, *, at: datetime) -> datetime | None:
    """The first instant after `at` at which the answer may be another one, as far as the book was read."""
    return min((edge for edge in _edges(book, line) if edge > at), default=None)


def stretches(book: Book, line: Line, start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """The time from `start` to `end`, cut wherever another person is on duty or another number is needed.

    Between two cuts `on_duty_at` gives one answer: this is that answer, for all of time at once.
    """
    edges = sorted({start, end, *(edge for edge in _edges(book, line) if start < edge < end)})
    coming, active = list(book.shifts.get(line, ())), list[Shift]()
    needs, read, next_need = book.needs.get(line, ()), 0, 0
    found: list[Stretch] = []
    for begin, stop in pairwise(edges):
        while read < len(coming) and coming[read].starts_at <= begin:
            active.append(coming[read])
            read += 1
        active = [shift for shift in active if shift.ends_at > begin]
        while next_need < len(needs) and needs[next_need].ends_at <= begin:
            next_need += 1
        need = needs[next_need] if next_need < len(needs) and needs[next_need].starts_at <= begin else None
        people = _people(book, line, active, need, begin)
        _add(
            found,
            Stretch(begin, stop, people, need.people if need else 0, *((need.name, need.name_en) if need else ())),
        )
    return tuple(found)


def gaps(book: Book, start: datetime, end: datetime) -> Iterator[tuple[Line, Stretch]]:
    """Every stretch of every lane in which somebody is missing or only stepping in, lane by lane."""
    for line in book.lines:
        for stretch in stretches(book, line, start, end):
            if stretch.is_gap:
                yield line, stretch


def _add(found: list[Stretch], new: Stretch) -> None:
    """Adds a stretch, or lengthens the last one where nothing differs."""
    if found and found[-1].ends_at == new.starts_at and found[-1][2:] == new[2:]:
        found[-1] = found[-1]._replace(ends_at=new.ends_at)
    else:
        found.append(new)


def _people(book: Book, line: Line, covering: Iterable[Shift], need: Need | None, at: datetime) -> tuple[OnDuty, ...]:
    present: dict[int, OnDuty] = {}
    for shift in covering:
        one = _doing(book, shift, at)
        if one is not None:
            present.setdefault(one.person_id, one)
    if line == LEADING and len(present) > 1:
        last = max(present.values(), key=lambda one: one.shift_id or 0)
        present = {last.person_id: last}
    if need is not None and len(present) < need.people:
        _step_in(book, line, need.people, present, at)
    return tuple(present.values())


def _doing(book: Book, shift: Shift, at: datetime) -> OnDuty | None:
    """Who does a shift at an instant; None: nobody."""
    own = shift.person_id if shift.person_id is not None else _holder(book, shift.post_id, at)
    standing = [one for one in book.stand_ins.get(shift.id, ()) if one.covers(shift, at)]
    if standing:
        last = max(standing, key=lambda one: one.id)
        return None if _is_away(book, last.person_id, at) else OnDuty(last.person_id, shift.id, last.kind, own)
    return None if own is None or _is_away(book, own, at) else OnDuty(own, shift.id, As.OWN)


def _holder(book: Book, post_id: int | None, at: datetime) -> int | None:
    tenures = book.tenures.get(post_id or 0, ())
    away = [row for tenure in tenures for row in book.absences.get(tenure.person_id, ())]
    held = holder_at(tenures, away, at=at)
    return held.person_id if held else None


def _is_away(book: Book, person_id: int, at: datetime) -> bool:
    rows = book.absences.get(person_id)
    return rows is not None and any(row.covers(at) for row in rows)


def _step_in(book: Book, line: Line, needed: int, present: dict[int, OnDuty], at: datetime) -> None:
    """Those of the area before those of any area; among them the one entered first."""
    for one in sorted(book.fallbacks, key=lambda one: (one.area_id is None, one.id)):
        if len(present) >= needed:
            return
        fits = one.role == line.role and one.area_id in (None, line.area_id) and one.starts_at <= at < one.ends_at
        if fits and one.person_id not in present and not _is_away(book, one.person_id, at):
            present[one.person_id] = OnDuty(one.person_id, None, As.FALLBACK)


def _need_at(needs: Iterable[Need], at: datetime) -> Need | None:
    return next((need for need in needs if need.starts_at <= at < need.ends_at), None)


def _edges(book: Book, line: Line) -> set[datetime]:
    """Every instant at which the answer for a lane may change."""
    found: set[datetime] = set()
    people: set[int] = set()
    posts: set[int] = set()
    for shift in book.shifts.get(line, ()):
        found.update((shift.starts_at, shift.ends_at))
        people.add(shift.person_id) if shift.person_id is not None else posts.add(shift.post_id or 0)
        for one in book.stand_ins.get(shift.id, ()):
            people.add(one.person_id)
            found.update(edge for edge in (one.starts_at, one.ends_at) if edge is not None)
    for fallback in book.fallbacks:
        if fallback.role == line.role and fallback.area_id in (None, line.area_id):
            people.add(fallback.person_id)
            found.update((fallback.starts_at, fallback.ends_at))
    for post_id in posts:
        tenures = book.tenures.get(post_id, ())
        found |= changes_of(tenures, ())
        people.update(tenure.person_id for tenure in tenures)
    if book.absences:
        found |= changes_of((), [row for person in people for row in book.absences.get(person, ())])
    for need in book.needs.get(line, ()):
        found.update((need.starts_at, need.ends_at))
    return found
