"""Three years of one school's duty, anything in it that can be: patterns, rotations, swaps, leave, holidays, make-up days.

Made by a plain generator with a seed, so that five hundred of them are quick and each can be made again.
"""

import itertools
import random
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from portal.core.clock import at_local, start_of_day
from portal.duty.rules import (
    LEADING,
    As,
    Book,
    DayCalendar,
    DayEntry,
    DayKind,
    DutyDays,
    Fallback,
    Line,
    Period,
    Shift,
    Slot,
    StandIn,
    needs_between,
)
from portal.responsibilities.rules import Absence

FIRST = date(2026, 1, 1)
LAST = date(2028, 12, 31)  # with a leap day
KINDS = ("school_day", "weekend", "holiday", "vacation")
INHERITS = {
    "makeup": "school_day",
    "exam_day": "school_day",
    "winter_vacation": "vacation",
    "summer_vacation": "vacation",
}


class School(NamedTuple):
    """A random school: its book with needs over three years."""

    book: Book
    days: DutyDays
    slots: tuple[Slot, ...]


def random_school(seed: int, *, first: date = FIRST, last: date = LAST) -> School:
    """The same seed gives the same school."""
    dice = random.Random(seed)
    days = _days(dice, first, last)
    lines = [Line(area, role) for area, role in ((1, "guard"), (2, "weekly"), (3, "dormitory"))[: dice.randint(1, 3)]]
    slots = tuple(_slots(dice, lines))
    shifts = {line: _shifts(dice, line, n, first, last) for n, line in enumerate((LEADING, *lines))}
    every = [shift for rows in shifts.values() for shift in rows]
    stand_ins: dict[int, tuple[StandIn, ...]] = {}
    for n, shift in enumerate(dice.sample(every, len(every) // 20), 1):
        part = dice.random() < 0.3
        middle = shift.starts_at + (shift.ends_at - shift.starts_at) / 2
        kind = As.TAKEOVER if part else As.SWAP
        stand_ins[shift.id] = (StandIn(n, shift.id, dice.randint(1, 40), kind, middle if part else None, None),)
    return School(
        Book(
            shifts, stand_ins, absences=_absences(dice, first, last), fallbacks=_fallbacks(dice, lines, first, last),
            needs=needs_between(slots, days, first, last),
        ),
        days, slots,
    )  # fmt: skip


def _days(dice: random.Random, first: date, last: date) -> DutyDays:
    entries: dict[date, DayEntry] = {}
    for year in range(first.year, last.year + 1):
        for _ in range(7):
            start = date(year, 1, 1) + timedelta(days=dice.randrange(360))
            for step in range(dice.randint(1, 8)):
                entries[start + timedelta(days=step)] = DayEntry(DayKind.HOLIDAY, "放假")
            sunday = start - timedelta(days=(start.weekday() + 1) % 7)
            entries.setdefault(sunday, DayEntry(DayKind.MAKEUP))
    periods, number = [], 0
    for year in range(first.year, last.year + 1):
        for kind, month in (("winter_vacation", 1), ("summer_vacation", 7), ("exam_day", 6), ("key", 3)):
            number += 1
            start = date(year, month, dice.randint(1, 28))
            length = {"exam_day": 3, "key": 10}.get(kind, 40)
            periods.append(Period(number, kind, kind, start, start + timedelta(days=length), dice.randint(0, 2)))
    own = frozenset(FIRST + timedelta(days=dice.randrange(1000)) for _ in range(3))
    return DutyDays(DayCalendar(entries), tuple(periods), INHERITS, own)


def _slots(dice: random.Random, lines: list[Line]) -> list[Slot]:
    found: list[Slot] = []
    for line in lines:
        for kind in KINDS[: dice.randint(1, 4)]:
            edges = sorted({0, 1440, *(dice.randrange(0, 1440, 10) for _ in range(dice.randint(0, 4)))})
            for start, end in itertools.pairwise(edges):
                if dice.random() < 0.9:
                    found.append(Slot(len(found) + 1, line.area_id, kind, line.role, start, end, dice.randint(1, 3)))
    return found


def _shifts(dice: random.Random, line: Line, lane: int, first: date, last: date) -> tuple[Shift, ...]:
    """A pattern of the day with a rotation over some people; days are forgotten, some shifts overlap."""
    people = [dice.randint(1, 40) for _ in range(dice.randint(3, 9))]
    begins = sorted({time(dice.randrange(24), dice.choice((0, 30))) for _ in range(dice.randint(1, 3))})
    found, number, turn = [], lane * 1_000_000, 0
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        for n, begin in enumerate(begins):
            number, turn = number + 1, turn + 1
            if dice.random() < 0.02:
                continue
            start = at_local(day, begin)
            until = (
                at_local(day, begins[n + 1]) if n + 1 < len(begins) else at_local(day + timedelta(days=1), begins[0])
            )
            end = until + timedelta(minutes=dice.choice((0, 0, 0, 0, 10, -30)))
            if end > start:
                who = people[turn % len(people)]
                found.append(Shift(number, line.area_id, line.role, who, None, start, end))
    return tuple(found)


def _absences(dice: random.Random, first: date, last: date) -> dict[int, tuple[Absence, ...]]:
    found: dict[int, tuple[Absence, ...]] = {}
    span = (last - first).days
    for _ in range(60):
        who, start = dice.randint(1, 40), _moment(dice, first, span)
        found[who] = (*found.get(who, ()), Absence(who, start, start + timedelta(hours=dice.randint(4, 400))))
    for _ in range(3):  # gone for good
        who = dice.randint(1, 40)
        found[who] = (*found.get(who, ()), Absence(who, _moment(dice, first, span), None))
    return found


def _fallbacks(dice: random.Random, lines: list[Line], first: date, last: date) -> tuple[Fallback, ...]:
    return tuple(
        Fallback(n, dice.choice((None, line.area_id)), line.role, dice.randint(1, 40),
                 start_of_day(first + timedelta(days=dice.randrange(400))), start_of_day(last))
        for n, line in enumerate(lines, 1) if dice.random() < 0.5
    )  # fmt: skip


def _moment(dice: random.Random, first: date, span: int) -> datetime:
    day = first + timedelta(days=dice.randrange(span))
    return at_local(day, time(dice.randrange(24), dice.choice((0, 30))))
