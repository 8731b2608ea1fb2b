"""What is missing, and who comes when: pure."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from portal.core.clock import start_of_day
from portal.duty.gaps.rules import (
    Hole,
    arrivals,
    holes_in,
    is_first_workday,
    joined,
    pieces,
    to_tell,
    turns_in,
    until_of,
    with_past,
)
from portal.duty.rules import LEADING, As, Book, DutyDays, Fallback, Line, Need, Period, Shift, needed_at, on_duty_at
from portal.duty.rules.calendar import DayCalendar, DayEntry, DayKind
from tests.conftest import START
from tests.duty.random_books import random_school

HOUR = timedelta(hours=1)
GATE, YARD = Line(1, "guard"), Line(2, "yard")


def shift(number: int, person: int, start: float, hours: float, line: Line = GATE) -> Shift:
    begin = START + start * HOUR
    return Shift(number, line.area_id, line.role, person, None, begin, begin + hours * HOUR)


def hole(start: float, hours: float = 1, *, found: float = 0, line: Line = GATE, missing: int = 1) -> Hole:
    begin = START + start * HOUR
    return Hole(line, begin, begin + hours * HOUR, missing, 0, START + found * HOUR)


def holes_of(book: Book, start: datetime, end: datetime) -> list[Hole]:
    return joined(one for begin, stop in pieces(start, end) for one in holes_in(book, begin, stop, at=START))


@pytest.mark.parametrize(
    ("periods", "last"),
    [
        ((), date(2027, 1, 22)),
        ((("term", date(2026, 9, 1), date(2027, 1, 15)),), date(2027, 1, 15)),
        ((("term", date(2026, 2, 1), date(2026, 7, 1)), ("term", date(2026, 12, 1), date(2027, 1, 3))),
         date(2027, 1, 3)),
        ((("term", date(2026, 9, 1), date(2028, 1, 15)),), date(2027, 6, 11)),
        ((("exam", date(2026, 9, 1), date(2027, 1, 15)),), date(2027, 1, 22)),
    ],
)  # fmt: skip
def test_a_book_is_looked_through_to_the_end_of_its_term(
    periods: tuple[tuple[str, date, date], ...], last: date
) -> None:
    days = DutyDays(periods=tuple(Period(n, kind, "", first, end) for n, (kind, first, end) in enumerate(periods)))
    assert until_of(days, START) == start_of_day(last + timedelta(days=1))


def test_holes_are_exact_to_the_minute_and_stand_in_order() -> None:
    needs = {GATE: (Need(START, START + 4 * HOUR, 1, "a"), Need(START + 4 * HOUR, START + 8 * HOUR, 1, "b")),
             YARD: (Need(START, START + 8 * HOUR, 2),)}  # fmt: skip
    book = Book({GATE: [shift(1, 5, 0, 3)], YARD: [shift(2, 6, 0, 8, YARD), shift(3, 7, 1, 7, YARD)]}, needs=needs)
    assert holes_of(book, START, START + 8 * HOUR) == [
        hole(0, 1, line=YARD), hole(3, 5),
    ]  # fmt: skip


def test_a_book_is_read_in_pieces_without_a_seam() -> None:
    found = list(pieces(START, START + 100 * 24 * HOUR))
    assert [a[1] for a in found[:-1]] == [b[0] for b in found[1:]]
    assert (found[0][0], found[-1][1], len(found)) == (START, START + 100 * 24 * HOUR, 2)
    long = [hole(0, 24), hole(24, 24), hole(24, 24, line=YARD), hole(48, 1, missing=2), hole(49, 1)]
    assert joined(reversed(long)) == [hole(0, 48), hole(24, 24, line=YARD), hole(48, 1, missing=2), hole(49, 1)]


def test_whoever_steps_in_fills_a_hole_that_is_still_to_be_closed() -> None:
    needs = {GATE: (Need(START, START + 2 * HOUR, 1),)}
    book = Book(fallbacks=(Fallback(1, None, "guard", 9, START, START + HOUR),), needs=needs)
    first, second = holes_of(book, START, START + 2 * HOUR)
    assert (first.missing, first.by_fallback, second.missing, second.by_fallback) == (0, 1, 1, 0)


def test_every_minute_of_random_books_is_in_a_hole_or_has_enough_people() -> None:
    for seed in range(6):
        first = date(2026, 1, 1)
        book = random_school(seed, first=first, last=first + timedelta(days=90)).book
        start, end = start_of_day(first + timedelta(days=5)), start_of_day(first + timedelta(days=85))
        holes = holes_of(book, start, end)
        for line in book.lines:
            mine = [one for one in holes if one.line == line]
            assert all(a.ends_at <= b.starts_at for a, b in pairwise(mine))
            at = start
            while at < end:
                assert is_missing(book, line, at) == any(one.starts_at <= at < one.ends_at for one in mine)
                at += timedelta(minutes=97)


def is_missing(book: Book, line: Line, at: datetime) -> bool:
    people = [one for one in on_duty_at(book, line, at=at) if one.stands is not As.FALLBACK]
    return len(people) < needed_at(book, line, at=at)


def test_what_has_begun_keeps_its_beginning_and_when_it_was_seen() -> None:
    before = [hole(-5, 8, found=-9), hole(6, 2, found=-2)]
    found = with_past([hole(0, 3), hole(6, 1, found=0), hole(20)], before, START)
    assert found == [hole(-5, 8, found=-9), hole(6, 1, found=-2), hole(20)]
    assert with_past([hole(0, 3)], [hole(-2, 2, found=-3)], START) == [hole(-2, 5, found=-3)]
    assert with_past([hole(0, 3)], [hole(-2, 2, line=YARD)], START) == [hole(0, 3)]


def test_each_beginning_is_told_once_and_on_a_day_again_only_what_is_new() -> None:
    first, second, late = hole(1, found=-1), hole(2, found=-1), hole(3, found=0.5)
    assert to_tell([first, second], [], START) == first
    told = [(first.starts_at, START)]
    assert to_tell([first, second], told, START + HOUR) is None
    assert to_tell([first, second, late], told, START + HOUR) == late
    assert to_tell([second], told, START + 24 * HOUR) == second
    assert to_tell([first], told, START + 24 * HOUR) is None


def test_whoever_is_there_already_does_not_come() -> None:
    needs = {GATE: (Need(START, START + 12 * HOUR, 1),)}
    book = Book({GATE: [shift(1, 5, 0, 3), shift(2, 5, 3, 2), shift(3, 6, 5, 4)],
                 YARD: [shift(5, 5, 8, 1, YARD), shift(4, 6, 9.5, 1, YARD)]}, needs=needs)  # fmt: skip
    turns = turns_in(book, START - HOUR, START + 12 * HOUR)
    assert [(one.person_id, one.shift_id) for one in turns] == [(5, 1), (6, 3), (5, 5), (6, 4)]
    assert turns[0].ends_at == START + 5 * HOUR
    came = arrivals(turns, START - HOUR, START + 12 * HOUR, after=HOUR)
    assert {one.shift_id for one in came} == {1, 3, 5}, "an hour has not passed since the gate"


def test_the_week_begins_on_its_first_working_day() -> None:
    holidays = {date(2026, 11, 23 + n): DayEntry(DayKind.HOLIDAY) for n in range(2)}
    days = DutyDays(DayCalendar(holidays))
    assert [is_first_workday(days, date(2026, 11, 23 + n)) for n in range(7)] == [False, False, True, *[False] * 4]
    whole = DutyDays(DayCalendar({date(2026, 11, 23 + n): DayEntry(DayKind.HOLIDAY) for n in range(7)}))
    assert [is_first_workday(whole, date(2026, 11, 23 + n)) for n in range(7)] == [True, *[False] * 6]
    assert LEADING.area_id is None
