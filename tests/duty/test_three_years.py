"""Three years of random rosters, to the instant: exactly the people who are needed, or a declared gap (TR14).

Some here, five hundred by `make faults`. The oracle knows nothing of edges and sweeps: it asks every row at an instant.
"""

import os
from datetime import datetime, timedelta

import pytest

from portal.core.clock import start_of_day
from portal.duty.rules import LEADING, As, Book, Line, gaps, on_duty_at, stretches
from tests.duty.random_books import FIRST, LAST, School, random_school

INSTANT = timedelta(microseconds=1)
START, END = start_of_day(FIRST), start_of_day(LAST + timedelta(days=1))


def counted(book: Book, line: Line, at: datetime) -> tuple[set[int], int]:
    """Who is there by their own rows, and how many are needed: looked up row by row."""
    there: dict[int, int] = {}
    for shift in book.shifts.get(line, ()):
        if not shift.starts_at <= at < shift.ends_at:
            continue
        who = shift.person_id
        for one in book.stand_ins.get(shift.id, ()):
            if (one.starts_at or shift.starts_at) <= at < (one.ends_at or shift.ends_at):
                who = one.person_id
        if who is not None and not any(row.covers(at) for row in book.absences.get(who, ())):
            there[who] = shift.id
    if line == LEADING and there:
        there = dict([max(there.items(), key=lambda pair: pair[1])])
    return set(there), sum(need.people for need in book.needs.get(line, ()) if need.starts_at <= at < need.ends_at)


def check_lane(school: School, line: Line, *, every: int) -> tuple[int, int]:
    """How many stretches a lane has, and in how many somebody is missing; fails where anything differs."""
    found = stretches(school.book, line, START, END)
    assert found[0].starts_at == START and found[-1].ends_at == END
    reached = START
    for n, one in enumerate(found):
        assert one.starts_at == reached < one.ends_at, "no hole and no overlap in time itself"
        reached = one.ends_at
        stepping_in = [person for person in one.people if person.stands is As.FALLBACK]
        assert len({person.person_id for person in one.people}) == len(one.people)
        assert one.missing == max(0, one.needed - len(one.people))
        assert not stepping_in or len(one.people) <= one.needed, "nobody steps in where nobody is missing"
        assert line != LEADING or len(one.people) <= one.needed == 1
        if n % every == 0:
            for at in (one.starts_at, one.ends_at - INSTANT):
                there, needed = counted(school.book, line, at)
                own = {person.person_id for person in one.people if person.stands is not As.FALLBACK}
                assert (own, needed) == (there, one.needed), (line, at)
                assert on_duty_at(school.book, line, at=at) == one.people, (line, at)
    return len(found), sum(one.is_gap for one in found)


def check(seed: int, *, every: int) -> tuple[int, int]:
    """One school: every lane, and the declared gaps are exactly the stretches in which somebody is missing."""
    school = random_school(seed)
    totals = [check_lane(school, line, every=every) for line in school.book.lines]
    assert sum(1 for _ in gaps(school.book, START, END)) == sum(missing for _, missing in totals)
    return sum(count for count, _ in totals), sum(missing for _, missing in totals)


@pytest.mark.parametrize("seed", range(int(os.environ.get("ANWANG_TEST_ROSTERS", "2"))))
def test_every_minute_has_its_people_or_a_declared_gap(seed: int) -> None:
    count, missing = check(seed, every=97)
    assert count > 1000 and missing > 0, "a roster that holds something"


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_five_hundred_rosters() -> None:
    counts = [check(1000 + seed, every=997) for seed in range(500)]
    print(f"\n500 rosters x 3 years: {sum(count for count, _ in counts)} stretches, {sum(m for _, m in counts)} gaps")
