"""Exactly one accountable post per duty and grid: pure cases and random orders of marks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.refusals import Refused
from portal.responsibilities.rules import Mark
from portal.responsibilities.rules.marking import Row, check_start, end_of, ended_by, state_of

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def row(number: int, post: int, mark: Mark, start: float = -30, end: float | None = None) -> Row:
    return Row(
        number, post, mark, NOON + days(start), NOON + days(end) if end is not None else None, None, None, version=1
    )


def test_nothing_is_dated_back_nor_years_ahead() -> None:
    check_start(NOON, at=NOON)
    for wrong, code in ((NOON - days(1), "matrix.in_the_past"), (NOON + days(1200), "matrix.too_far_ahead")):
        with pytest.raises(Refused) as refusal:
            check_start(wrong, at=NOON)
        assert refusal.value.code == code


def test_a_new_accountable_post_ends_the_earlier_one_and_its_own_other_mark() -> None:
    rows = [row(1, 10, Mark.MAIN), row(2, 11, Mark.ASSIST), row(3, 12, Mark.ASSIST), row(4, 10, Mark.MAIN, -60, -31)]
    ended = ended_by(rows, post_id=11, mark=Mark.MAIN, starts_at=NOON)
    assert [one.id for one in ended] == [1, 2]
    assert [one.id for one in ended_by(rows, post_id=13, mark=Mark.ASSIST, starts_at=NOON)] == []


def test_what_has_not_begun_never_comes_into_force() -> None:
    ahead = row(1, 10, Mark.MAIN, 5)
    assert ended_by([ahead], post_id=11, mark=Mark.MAIN, starts_at=NOON) == [ahead]
    assert end_of(ahead, at=NOON) == ahead.starts_at, "an empty span"


def test_any_change_of_a_row_makes_another_state() -> None:
    one = row(1, 10, Mark.MAIN)
    assert state_of([]) == ""
    assert len({state_of([one]), state_of([one._replace(version=2)]), state_of([one, row(2, 11, Mark.ASSIST)])}) == 3


marks = st.tuples(st.integers(1, 4), st.sampled_from(list(Mark)), st.integers(0, 20))


@given(st.lists(marks, max_size=12))
def test_never_two_at_any_instant_in_whatever_order_they_are_given(given_marks: list[tuple[int, Mark, int]]) -> None:
    rows: list[Row] = []
    for number, (post, mark, day) in enumerate(given_marks):
        start = NOON + days(day)
        ended = {one.id for one in ended_by(rows, post_id=post, mark=mark, starts_at=start)}
        rows = [one._replace(ends_at=end_of(one, at=start)) if one.id in ended else one for one in rows]
        rows.append(Row(number, post, mark, start, None, None, None, version=1))
    for hour in range(0, 21 * 24, 12):
        at = NOON + timedelta(hours=hour)
        alive = [one for one in rows if one.starts_at <= at and (one.ends_at is None or at < one.ends_at)]
        assert sum(one.mark is Mark.MAIN for one in alive) <= 1
        assert len({one.post_id for one in alive}) == len(alive), "one mark of a post at a time"
