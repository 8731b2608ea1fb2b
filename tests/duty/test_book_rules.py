"""Who is on duty at an instant: cases read off by hand, and random books."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as some

from portal.duty.rules import (
    LEADING,
    As,
    Book,
    DutyDays,
    Fallback,
    Line,
    Need,
    Period,
    Shift,
    Slot,
    StandIn,
    gaps,
    needs_between,
    next_change,
    on_duty_at,
    stretches,
)
from portal.responsibilities.rules import Absence, Tenure

GATE = Line(3, "guard")
START = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def hour(n: float) -> datetime:
    return START + n * HOUR


def shift(n: int, start: float, end: float, person: int | None, line: Line = GATE, post: int | None = None) -> Shift:
    return Shift(n, line.area_id, line.role, person, post, hour(start), hour(end))


def people(book: Book, at: datetime, line: Line = GATE) -> list[tuple[int, str]]:
    return [(one.person_id, one.stands.value) for one in on_duty_at(book, line, at=at)]


def test_a_shift_begins_with_its_first_instant_and_ends_before_its_last() -> None:
    book = Book({GATE: (shift(1, 0, 8, 10), shift(2, 8, 16, 11))})
    asked = (hour(0) - INSTANT, hour(0), hour(8) - INSTANT, hour(8), hour(16) - INSTANT, hour(16))
    assert [people(book, at) for at in asked] == [[], [(10, "own")], [(10, "own")], [(11, "own")], [(11, "own")], []]


def test_several_stand_side_by_side_and_nobody_counts_twice() -> None:
    book = Book({GATE: (shift(1, 0, 8, 10), shift(2, 0, 8, 11), shift(3, 4, 8, 10))})
    assert people(book, hour(5)) == [(10, "own"), (11, "own")]


def test_the_leaders_lane_has_one_whoever_was_put_down_last() -> None:
    rows = (shift(1, 0, 24, 10, LEADING), shift(2, 8, 10, 11, LEADING))
    assert [people(Book({LEADING: rows}), hour(n), LEADING) for n in (7, 8, 10)] == [
        [(10, "own")], [(11, "own")], [(10, "own")],
    ]  # fmt: skip


def test_a_swap_goes_with_its_shift_and_a_take_over_holds_from_its_instant() -> None:
    stand_ins = {1: (StandIn(1, 1, 20, As.SWAP), StandIn(2, 1, 21, As.TAKEOVER, hour(5)))}
    book = Book({GATE: (shift(1, 0, 8, 10),)}, stand_ins)
    assert [people(book, hour(n)) for n in (0, 5, 8)] == [[(20, "swap")], [(21, "takeover")], []]
    moved = Book({GATE: (shift(1, 2, 10, 10),)}, {1: stand_ins[1][:1]})
    assert [people(moved, hour(n)) for n in (0, 2, 9)] == [[], [(20, "swap")], [(20, "swap")]]


def test_whoever_is_away_leaves_a_gap_that_the_fallback_fills() -> None:
    book = Book(
        {GATE: (shift(1, 0, 8, 10), shift(2, 0, 8, 11))},
        absences={10: (Absence(10, hour(2), hour(4)),), 30: (Absence(30, hour(3), None),)},
        fallbacks=(Fallback(1, None, "guard", 30, hour(0), hour(24)), Fallback(2, 9, "guard", 31, hour(0), hour(24))),
        needs={GATE: (Need(hour(0), hour(8), 2),)},
    )
    asked = [people(book, hour(n)) for n in (1, 2, 3, 4)]
    assert asked == [
        [(10, "own"), (11, "own")], [(11, "own"), (30, "fallback")], [(11, "own")], [(10, "own"), (11, "own")],
    ]  # fmt: skip
    found = [(one.starts_at, one.missing, one.by_fallback) for _, one in gaps(book, hour(0), hour(8))]
    assert found == [(hour(2), 0, 1), (hour(3), 1, 0)]


def test_a_stand_in_who_is_away_is_no_reason_to_call_the_first_one_back() -> None:
    book = Book(
        {GATE: (shift(1, 0, 8, 10),)}, {1: (StandIn(1, 1, 20, As.SWAP),)},
        absences={20: (Absence(20, hour(0), None),)},
    )  # fmt: skip
    assert people(book, hour(1)) == []


def test_a_shift_of_a_post_is_done_by_whoever_holds_it_then() -> None:
    tenures = (
        Tenure(1, 5, 10, "holder", True, hour(-100), hour(4)), Tenure(2, 5, 11, "holder", True, hour(4), None),
        Tenure(3, 5, 12, "deputy", False, hour(-100), None),
    )  # fmt: skip
    book = Book(
        {GATE: (shift(1, 0, 12, None, post=5),)}, tenures={5: tenures},
        absences={11: (Absence(11, hour(8), hour(9)),)},
    )  # fmt: skip
    assert [people(book, hour(n)) for n in (3, 4, 8, 9)] == [[(10, "own")], [(11, "own")], [(12, "own")], [(11, "own")]]


def test_slots_by_kind_of_day_inherit_and_a_key_period_asks_for_more() -> None:
    monday, sunday = date(2026, 11, 23), date(2026, 11, 22)
    slots = (
        Slot(1, 3, "school_day", "guard", 0, 720, 1), Slot(2, 3, "school_day", "guard", 720, 1440, 3),
        Slot(3, 3, "vacation", "guard", 0, 1440, 1),
    )  # fmt: skip
    days = DutyDays(
        periods=(Period(1, "exam_day", "期中", monday, monday), Period(2, "key", "两会", monday, monday, 1)),
        inherits={"exam_day": "school_day", "winter_vacation": "vacation"},
    )
    found = needs_between(slots, days, sunday, monday)
    assert [(one.starts_at, one.people) for one in found[GATE]] == [(hour(-8), 2), (hour(4), 4)]
    assert [(one.starts_at, one.ends_at, one.people) for one in found[LEADING]] == [(hour(-32), hour(16), 1)]


@some.composite
def books(draw: some.DrawFn) -> Book:
    """A day and a half of one lane, anything in it that can be."""
    edge, person = some.integers(0, 36), some.integers(1, 6)
    spans = some.tuples(edge, some.integers(1, 20))
    shifts = [
        shift(n, start, start + length, who if who < 6 else None, post=9 if who == 6 else None)
        for n, ((start, length), who) in enumerate(draw(some.lists(some.tuples(spans, person), max_size=8)), 1)
    ]
    stand_ins: dict[int, tuple[StandIn, ...]] = {}
    for n, ((start, length), who, whole) in enumerate(
        draw(some.lists(some.tuples(spans, person, some.booleans()), max_size=4)), 1
    ):
        if shifts:
            one = shifts[n % len(shifts)]
            begins, ends = (None, None) if whole else (hour(start), hour(start + length))
            stand_ins[one.id] = (*stand_ins.get(one.id, ()), StandIn(n, one.id, who, As.SWAP, begins, ends))
    absences: dict[int, tuple[Absence, ...]] = {}
    for (start, length), who in draw(some.lists(some.tuples(spans, person), max_size=4)):
        absences[who] = (*absences.get(who, ()), Absence(who, hour(start), hour(start + length)))
    fallbacks = tuple(
        Fallback(n, None, "guard", who, hour(start), hour(start + length))
        for n, ((start, length), who) in enumerate(draw(some.lists(some.tuples(spans, person), max_size=2)), 1)
    )
    needs, reached = [], 0
    for length, count in draw(some.lists(some.tuples(some.integers(1, 12), some.integers(0, 3)), max_size=5)):
        needs.append(Need(hour(reached), hour(reached + length), count))
        reached += length
    tenures = {9: (Tenure(1, 9, 3, "holder", True, hour(0), hour(20)), Tenure(2, 9, 4, "holder", True, hour(20), None))}
    ordered = tuple(sorted(shifts, key=lambda one: (one.starts_at, one.id)))
    return Book({GATE: ordered}, stand_ins, tenures, absences, fallbacks, {GATE: tuple(needs)})


@settings(max_examples=300, deadline=None)
@given(books(), some.integers(0, 40 * 60))
def test_stretches_are_the_answer_for_all_of_time_at_once(book: Book, minute: int) -> None:
    found = stretches(book, GATE, hour(0), hour(60))
    assert found[0].starts_at == hour(0) and found[-1].ends_at == hour(60)
    for one, other in pairwise(found):
        assert one.ends_at == other.starts_at and one[2:] != other[2:]
    for at in (START + timedelta(minutes=minute), *(one.starts_at for one in found)):
        over = next(one for one in found if one.starts_at <= at < one.ends_at)
        assert over.people == on_duty_at(book, GATE, at=at)
        # Exactly those who are needed, or more, or a gap that says how many are missing (TR14).
        assert len(over.people) + over.missing - over.surplus == over.needed
    for one in found[:-1]:
        assert next_change(book, GATE, at=one.ends_at - INSTANT) == one.ends_at
