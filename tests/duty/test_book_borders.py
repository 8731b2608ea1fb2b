"""Corrections whose ends lie on the border of a shift: read off by hand, and by all three questions of the law."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.duty.rules import (
    LEADING,
    As,
    Book,
    Line,
    Shift,
    StandIn,
    next_change,
    on_duty_at,
    stretches,
)

GATE = Line(3, "guard")
START = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
ANNA, BERT, CLEO = 10, 11, 12


def hour(n: float) -> datetime:
    return START + timedelta(hours=n)


def shift(n: int, start: float, end: float, person: int, line: Line) -> Shift:
    return Shift(n, line.area_id, line.role, person, None, hour(start), hour(end))


def really(n: int, shift_id: int, person: int, start: float | None, end: float | None) -> StandIn:
    times = (None if one is None else hour(one) for one in (start, end))
    return StandIn(n, shift_id, person, As.CORRECTION, *times)


Case = tuple[str, Line, tuple[StandIn, ...], dict[float, list[int]]]
"""What was corrected of Anna's 0 to 8 and Bert's 8 to 16, and who was there at which hour."""

# fmt: off
CASES: list[Case] = [
    ("to the end", GATE, (really(1, 1, CLEO, 6, 8),), {5.999: [ANNA], 6: [CLEO], 7.999: [CLEO], 8: [BERT]}),
    ("an open end", GATE, (really(1, 1, CLEO, 6, None),), {5: [ANNA], 6: [CLEO], 8: [BERT], 16: []}),
    ("from the beginning", GATE, (really(1, 2, CLEO, 8, 9),), {7.999: [ANNA], 8: [CLEO], 9: [BERT]}),
    ("an open beginning", GATE, (really(1, 2, CLEO, None, 9),), {7.999: [ANNA], 8: [CLEO], 9: [BERT]}),
    ("both sides of a border", GATE, (really(1, 1, CLEO, 7, 8), really(2, 2, CLEO, 8, 9)),
     {7: [CLEO], 8: [CLEO], 9: [BERT]}),
    ("the next one came early", GATE, (really(1, 1, BERT, 7, 8),), {6: [ANNA], 7: [BERT], 8: [BERT]}),
    ("the one before stayed", GATE, (really(1, 2, ANNA, 8, 9),), {7: [ANNA], 8: [ANNA], 9: [BERT]}),
    ("over the end of a shift that was cut", GATE, (really(1, 1, CLEO, 6, 10),), {7: [CLEO], 8: [BERT], 9: [BERT]}),
    ("no time at all", GATE, (really(1, 1, CLEO, 6, 6),), {5: [ANNA], 6: [ANNA], 7: [ANNA]}),
    ("turned round by a clock set back", GATE, (really(1, 1, CLEO, 6, 5),), {4: [ANNA], 5: [ANNA], 6: [ANNA]}),
    ("after the shift by a clock set back", GATE, (really(1, 1, CLEO, 9, 10),), {7: [ANNA], 9: [BERT]}),
    ("two that touch", GATE, (really(1, 1, CLEO, 2, 4), really(2, 1, BERT, 4, 8)), {2: [CLEO], 4: [BERT], 8: [BERT]}),
    ("two that overlap: the one entered last", GATE, (really(2, 1, CLEO, 2, 6), really(1, 1, BERT, 4, 8)),
     {4: [CLEO], 6: [BERT], 8: [BERT]}),
    ("the leader to the end", LEADING, (really(1, 1, CLEO, 6, 8),), {6: [CLEO], 7.999: [CLEO], 8: [BERT]}),
    ("the leader from the beginning", LEADING, (really(1, 2, CLEO, 8, 9),), {7.999: [ANNA], 8: [CLEO], 9: [BERT]}),
    ("whoever leads next came early", LEADING, (really(1, 1, BERT, 7, 8),), {7: [BERT], 8: [BERT], 16: []}),
]
# fmt: on


@pytest.mark.parametrize(("line", "stand_ins", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_correction_holds_to_its_last_instant_and_never_outside_its_shift(
    line: Line, stand_ins: tuple[StandIn, ...], wanted: dict[float, list[int]]
) -> None:
    of = {n: tuple(one for one in stand_ins if one.shift_id == n) for n in (1, 2)}
    book = Book({line: (shift(1, 0, 8, ANNA, line), shift(2, 8, 16, BERT, line))}, of)
    for at, people in wanted.items():
        assert [one.person_id for one in on_duty_at(book, line, at=hour(at))] == people, at
    found = stretches(book, line, hour(-1), hour(17))
    for one in found:
        for at in (one.starts_at, one.ends_at - TICK):
            assert on_duty_at(book, line, at=at) == one.people, at
    changes = [one.starts_at for one in found[1:]]
    at, seen = hour(-1), list[datetime]()
    while (after := next_change(book, line, at=at)) is not None and after < hour(17):
        seen, at = [*seen, after], after
    assert set(changes) <= set(seen), "whoever keeps an answer until the next change never keeps an old one"


def test_of_two_who_lead_at_once_a_correction_of_the_first_one_changes_nothing() -> None:
    rows = (shift(1, 0, 24, ANNA, LEADING), shift(2, 8, 10, BERT, LEADING))
    book = Book({LEADING: rows}, {1: (really(1, 1, CLEO, 8, 10),)})
    asked = (hour(8) - TICK, hour(8), hour(10) - TICK, hour(10))
    assert [[one.person_id for one in on_duty_at(book, LEADING, at=at)] for at in asked] == [
        [ANNA], [BERT], [BERT], [ANNA],
    ]  # fmt: skip
