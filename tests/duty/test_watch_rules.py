"""Taking over, signing off, rounds and reports after lights-out, as pure decisions."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.core.refusals import Refused
from portal.duty.rules import LEADING, As, Book, Line, Need, Shift, StandIn
from portal.duty.watching.rules import (
    Writer,
    WrittenAs,
    Zero,
    after,
    before,
    check_sign,
    check_take,
    hands_over,
    is_asked,
    is_taken,
    rounds_of,
    watched,
    writes_as,
    zeros_in,
)

GATE = Line(1, "guard")
T0 = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
KINDS = {"guard": "security", "dormitory": "security", "weekly": "teacher", "leader": "leader", "canteen": "keeper"}
ANNA, BERT, CORA = 1, 2, 3


def shift(number: int, person: int | None, start: float, end: float) -> Shift:
    return Shift(number, 1, "guard", person, None, T0 + start * HOUR, T0 + end * HOUR)


FIRST, SECOND = shift(1, ANNA, 0, 8), shift(2, BERT, 8, 16)
BOOK = Book({GATE: (FIRST, SECOND)})


def at(hours: float, minutes: float = 0) -> datetime:
    return T0 + hours * HOUR + minutes * MINUTE


def test_presence_is_asked_of_posts_and_the_leader_hands_over_too() -> None:
    assert is_asked(GATE, KINDS) and hands_over(GATE, KINDS)
    assert hands_over(LEADING, KINDS) and not is_asked(LEADING, KINDS)
    for role in ("weekly", "canteen", "unknown"):
        assert not hands_over(Line(1, role), KINDS)
    assert not hands_over(Line(1, "leader"), KINDS), "only the whole school's lane leads"
    assert not is_asked(GATE, KINDS, {GATE.area_id}) and not hands_over(GATE, KINDS, {GATE.area_id}), "on paper"
    assert hands_over(LEADING, KINDS, {GATE.area_id})


@pytest.mark.parametrize(
    ("mover", "when", "code"),
    [
        (BERT, at(7, 29.99), "duty.take_too_early"),
        (BERT, at(7, 30), None),
        (BERT, at(8), None),
        (BERT, at(15, 59.9), None),
        (BERT, at(16), "duty.take_too_late"),
        (ANNA, at(8), "duty.take_not_yours"),
        (None, at(8), "duty.take_not_yours"),
    ],
)
def test_who_takes_over_and_when(mover: int | None, when: datetime, code: str | None) -> None:
    assert refusal(check_take, SECOND, mover, when) == code


@pytest.mark.parametrize(
    ("mover", "when", "code"),
    [
        (ANNA, at(7, 29), "duty.sign_too_early"),
        (ANNA, at(7, 30), None),
        (ANNA, at(8), None),
        (ANNA, at(32), None),
        (ANNA, at(32, 0.1), "duty.sign_too_late"),
        (BERT, at(8), "duty.sign_not_yours"),
    ],
)
def test_who_signs_off_and_until_when(mover: int, when: datetime, code: str | None) -> None:
    assert refusal(check_sign, FIRST, mover, when) == code


def refusal(check: object, of: Shift, mover: int | None, when: datetime, book: Book = BOOK) -> str | None:
    try:
        check(book, of, mover=mover, at=when)  # type: ignore[operator]
    except Refused as found:
        return found.code
    return None


def test_whoever_stands_in_takes_over_and_a_confirmation_of_somebody_else_counts_no_more() -> None:
    whole = Book({GATE: (FIRST, SECOND)}, {2: (StandIn(1, 2, CORA, As.TAKEOVER),)})
    assert refusal(check_take, SECOND, CORA, at(8), whole) is None
    assert refusal(check_take, SECOND, BERT, at(8), whole) == "duty.take_not_yours"
    assert not is_taken(whole, SECOND, person_id=BERT, taken_at=at(7, 50))
    assert is_taken(BOOK, SECOND, person_id=BERT, taken_at=at(7, 50))
    later = Book({GATE: (FIRST, SECOND)}, {2: (StandIn(1, 2, CORA, As.TAKEOVER, at(10)),)})
    assert is_taken(later, SECOND, person_id=BERT, taken_at=at(7, 50)), "Bert was there until ten"
    assert refusal(check_take, SECOND, CORA, at(10), later) is None
    assert is_taken(later, SECOND, person_id=CORA, taken_at=at(10, 2))
    assert refusal(check_sign, SECOND, CORA, at(16), later) is None
    assert refusal(check_sign, SECOND, BERT, at(16), later) == "duty.sign_not_yours"
    assert not is_taken(BOOK, SECOND, person_id=BERT, taken_at=None)


def test_neighbours_of_a_shift_are_all_of_the_last_and_all_of_the_next() -> None:
    third, fourth = shift(3, CORA, 0, 8), shift(4, CORA, 2, 6)
    book = Book({GATE: (FIRST, third, fourth, SECOND)})
    assert [one.id for one in before(book, SECOND)] == [1, 3]
    assert [one.id for one in after(book, fourth)] == [2]
    assert before(book, FIRST) == [] and after(book, SECOND) == []


def test_whoever_is_there_writes_then_the_leader_then_the_office() -> None:
    guard, leader, office, other = (
        Writer(ANNA, False, False), Writer(CORA, True, False), Writer(CORA, False, True), Writer(CORA, False, False),
    )  # fmt: skip
    assert writes_as(BOOK, GATE, guard, at=at(3)) == (WrittenAs.DUTY, 1)
    assert writes_as(BOOK, GATE, guard, at=at(8)) is None
    assert writes_as(BOOK, GATE, leader, at=at(3)) == (WrittenAs.LEADER, None)
    assert writes_as(BOOK, GATE, office, at=at(20)) == (WrittenAs.OFFICE, None)
    assert writes_as(BOOK, GATE, other, at=at(3)) is None
    assert writes_as(BOOK, GATE, Writer(ANNA, True, True), at=at(3)) == (WrittenAs.DUTY, 1)


def test_rounds_are_due_two_hours_after_the_last_one() -> None:
    spans = [(at(0), at(8))]
    assert rounds_of(spans, [], at=at(1), start=at(0)) == (None, at(2), ())
    assert rounds_of(spans, [at(1)], at=at(1, 1), start=at(0)) == (at(1), at(3), ())
    assert rounds_of(spans, [at(1)], at=at(3), start=at(0)) == (at(1), at(5), (at(3),)), (
        "the minute it is due it is late"
    )
    assert rounds_of(spans, [at(1), at(4)], at=at(4), start=at(0)) == (at(4), at(6), (at(3),))
    assert rounds_of(spans, [at(1), at(3), at(5), at(7)], at=at(9), start=at(0)) == (at(7), None, ())
    assert rounds_of(spans, [], at=at(9), start=at(0)).missed == (at(2), at(4), at(6), at(8))
    assert rounds_of(spans, [], at=at(-1), start=at(0)) == (None, None, ()), "before anybody is there nothing is due"


def test_rounds_of_a_day_are_counted_on_from_the_evening_before() -> None:
    spans = [(at(-2), at(8))]
    assert rounds_of(spans, [at(-1)], at=at(0, 30), start=at(0)).due == at(1)
    assert rounds_of(spans, [], at=at(0, 30), start=at(0)).due == at(2)


def test_nobody_there_makes_no_round_and_two_spans_each_begin_anew() -> None:
    spans = [(at(0), at(3)), (at(6), at(12))]
    found = rounds_of(spans, [at(1, 30)], at=at(7), start=at(0))
    assert found == (at(1, 30), at(8), ())
    book = Book({GATE: (shift(1, ANNA, 0, 3), shift(2, BERT, 3, 5), shift(3, None, 5, 6))})
    assert watched(book, GATE, at(0), at(10)) == [(at(0), at(5))]


def test_a_slot_asks_for_a_report_whatever_it_is_called() -> None:
    dormitory, name = Line(4, "sleep"), "就寝"
    needs = {
        dormitory: (
            Need(at(0), at(1), 2, "归寝"),
            Need(at(1), at(2), 2, name, asks_report=True),
            Need(at(2), at(9), 2, "夜间值守，不要零报告"),
        ),
        Line(5, "dormitory"): (
            Need(at(1), at(1.5), 2, name, asks_report=True),
            Need(at(1.5), at(2), 3, name, asks_report=True),
            Need(at(25), at(26), 2, name, asks_report=True),
        ),
        Line(6, "dormitory"): (Need(at(3), at(4), 1, "", asks_report=True),),
    }
    found = zeros_in(needs)
    assert [(one.area_id, one.starts_at, one.ends_at) for one in found] == [
        (4, at(1), at(2)), (5, at(1), at(2)), (6, at(3), at(4)), (5, at(25), at(26)),
    ]  # fmt: skip


def test_a_report_is_of_its_night_until_noon() -> None:
    zero = Zero(4, "sleep", at(0), at(0.5), "", "")
    assert zero.told_at == at(1)
    assert zero.holds(at(0)) and zero.holds(at(12, 29))
    assert not zero.holds(at(0, -1)) and not zero.holds(at(12.5))
