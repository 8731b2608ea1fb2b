"""Up to when a book is looked through, and what is missing in it. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from portal.core.clock import local, start_of_day
from portal.duty.rules import Book, DutyDays, Line, gaps, stretches

WITHOUT_TERM = timedelta(days=60)
LONGEST = timedelta(days=200)
PIECE = timedelta(days=70)


class Hole(NamedTuple):
    """Over `[starts_at, ends_at)` so many are missing in a lane; `by_fallback`: so many only step in.

    `found_at` is when it was first seen.
    """

    line: Line
    starts_at: datetime
    ends_at: datetime
    missing: int
    by_fallback: int
    found_at: datetime


def until_of(days: DutyDays, at: datetime) -> datetime:
    """The end of the term that is running or coming; 60 days on where none is known, and never more than 200."""
    today = local(at).date()
    term = days.term_of(today)
    last = min(term.last_day if term else today + WITHOUT_TERM, today + LONGEST)
    return start_of_day(last + timedelta(days=1))


def pieces(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The time between two instants in pieces of ten weeks, cut at midnight: a book is read piece by piece."""
    while start < end:
        stop = min(end, start_of_day(local(start).date() + PIECE))
        yield start, stop
        start = stop


def holes_in(book: Book, start: datetime, end: datetime, *, at: datetime) -> Iterator[Hole]:
    """Every hole between two instants, lane by lane; `at` is when they are found."""
    for line, one in gaps(book, start, end):
        yield Hole(line, one.starts_at, one.ends_at, one.missing, one.by_fallback, at)


def joined(holes: Iterable[Hole]) -> list[Hole]:
    """The same holes in order of time; where one goes on in the next, it is one, whatever the slot is called."""
    found: list[Hole] = []
    running: dict[Line, int] = {}
    for hole in sorted(holes, key=_place):
        last = running.get(hole.line)
        if last is not None and found[last].ends_at == hole.starts_at and found[last][3:] == hole[3:]:
            found[last] = found[last]._replace(ends_at=hole.ends_at)
        else:
            running[hole.line] = len(found)
            found.append(hole)
    return sorted(found, key=_place)


def _place(hole: Hole) -> tuple[datetime, datetime, int, str]:
    return hole.starts_at, hole.ends_at, hole.line.area_id or 0, hole.line.role


def with_past(holes: Iterable[Hole], before: Sequence[Hole], at: datetime) -> list[Hole]:
    """The same holes, knowing what was found before: one that has begun keeps its beginning, and one that was there
    keeps the moment at which it was first seen."""
    by_lane: dict[Line, list[Hole]] = {}
    for hole in before:
        by_lane.setdefault(hole.line, []).append(hole)
    found = []
    for hole in holes:
        known = [one for one in by_lane.get(hole.line, ()) if one.starts_at <= hole.starts_at < one.ends_at]
        if hole.starts_at <= at and not known:  # looked through exactly when it began
            known = [one for one in by_lane.get(hole.line, ()) if one.ends_at == hole.starts_at]
        first = min(known, key=lambda one: one.starts_at, default=None)
        if first is None:
            found.append(hole)
        else:
            begun = hole.starts_at <= at
            found.append(
                hole._replace(
                    starts_at=first.starts_at if begun else hole.starts_at,
                    found_at=min(one.found_at for one in known),
                )
            )
    return found


def to_tell(holes: Iterable[Hole], told: Sequence[tuple[datetime, datetime]], at: datetime) -> Hole | None:
    """The hole of which whoever answers for the school is told now: the first of those given, each beginning once.

    On one day again only of what was not known when they were told. `told` are `(beginning, told at)`.
    """
    begun = {starts_at for starts_at, _ in told}
    last = max((when for _, when in told if local(when).date() == local(at).date()), default=None)
    new = (hole for hole in holes if hole.starts_at not in begun and (last is None or hole.found_at > last))
    return next(new, None)


class Turn(NamedTuple):
    """Somebody is on duty in a lane over `[starts_at, ends_at)`; by a shift, or (None) because they step in."""

    person_id: int
    line: Line
    shift_id: int | None
    starts_at: datetime
    ends_at: datetime


def turns_in(book: Book, start: datetime, end: datetime) -> list[Turn]:
    """Who is on duty between two instants, as turns without a break, in order of time."""
    found: list[Turn] = []
    for line in book.lines:
        running: dict[int, Turn] = {}
        for stretch in stretches(book, line, start, end):
            now_there = {}
            for one in stretch.people:
                before = running.get(one.person_id)
                new = Turn(one.person_id, line, one.shift_id, stretch.starts_at, stretch.ends_at)
                now_there[one.person_id] = before._replace(ends_at=new.ends_at) if before else new
            found += [turn for person, turn in running.items() if person not in now_there]
            running = now_there
        found += running.values()
    return sorted(found, key=lambda turn: (turn.starts_at, turn.person_id, turn.line.area_id or 0, turn.line.role))


def arrivals(turns: Iterable[Turn], start: datetime, end: datetime, *, after: timedelta) -> list[Turn]:
    """Turns that begin in `(start, end]`, of people who were not on duty anywhere within `after` before."""
    by_person: dict[int, list[Turn]] = {}
    for turn in turns:
        by_person.setdefault(turn.person_id, []).append(turn)
    return [
        turn
        for theirs in by_person.values()
        for turn in theirs
        if start < turn.starts_at <= end
        and not any(one.starts_at < turn.starts_at and one.ends_at > turn.starts_at - after for one in theirs)
    ]


def is_first_workday(days: DutyDays, day: date) -> bool:
    """Whether a date is the first working day of its week; in a week without one, its Monday."""
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=step) for step in range(7)]
    return day == next((one for one in week if days.calendar.is_workday(one)), monday)
