"""Who leads at an instant: the row entered last wins, gaps are found to the microsecond."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.core.clock import start_of_day
from portal.duty.rules import LeaderRow, gaps_in, leading_at, next_change_at, segments_in

START = datetime(2026, 11, 22, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def row(id: int, person_id: int | None, first: int, last: int, post_id: int | None = None) -> LeaderRow:
    """A row over [first, last) hours after START."""
    return LeaderRow(id, 1, person_id, post_id, START + timedelta(hours=first), START + timedelta(hours=last))


rows_of_any_kind = st.lists(
    st.tuples(st.sampled_from([None, 7, 8, 9]), st.integers(0, 40), st.integers(1, 20)), max_size=8
).map(lambda found: [row(n, who, at, at + length) for n, (who, at, length) in enumerate(found)])


def test_nobody_leads_without_a_row() -> None:
    assert leading_at([], START) is None
    assert next_change_at([], START) is None
    assert segments_in([], START, START + timedelta(hours=1)) == ((START, START + timedelta(hours=1), None),)


def test_a_row_leads_from_its_first_instant_until_just_before_its_last() -> None:
    rows = [row(1, 7, 0, 24)]
    assert leading_at(rows, START - MICROSECOND) is None
    assert leading_at(rows, START) == rows[0]
    assert leading_at(rows, rows[0].ends_at - MICROSECOND) == rows[0]
    assert leading_at(rows, rows[0].ends_at) is None


def test_midnight_belongs_to_the_new_day() -> None:
    midnight = start_of_day(START.date())
    before = LeaderRow(1, 1, 7, None, midnight - timedelta(days=1), midnight)
    after = LeaderRow(2, 1, 8, None, midnight, midnight + timedelta(days=1))
    assert leading_at([before, after], midnight - timedelta(milliseconds=1)) == before
    assert leading_at([before, after], midnight) == after


def test_the_row_entered_last_wins_whatever_the_order() -> None:
    plan, change = row(1, 7, 0, 24), row(2, 8, 8, 12)
    for rows in ([plan, change], [change, plan]):
        who = [segment.row and segment.row.person_id for segment in segments_in(rows, START, plan.ends_at)]
        assert who == [7, 8, 7]


def test_a_row_that_names_nobody_takes_the_leader_away() -> None:
    rows = [row(1, 7, 0, 24), row(2, None, 8, 12)]
    assert leading_at(rows, START + timedelta(hours=9)) is None
    gap = gaps_in(rows, START, START + timedelta(hours=24))[0]
    assert (gap.starts_at, gap.ends_at) == (rows[1].starts_at, rows[1].ends_at)


def test_a_row_may_name_a_post_instead_of_a_person() -> None:
    rows = [row(1, None, 0, 24, post_id=3)]
    assert leading_at(rows, START) == rows[0]


def test_the_same_leader_on_two_rows_is_no_change() -> None:
    rows = [row(1, 7, 0, 12), row(2, 7, 12, 24), row(3, 8, 24, 36)]
    assert next_change_at(rows, START) == START + timedelta(hours=24)


def test_an_interval_of_no_length_has_no_segments() -> None:
    assert segments_in([row(1, 7, 0, 24)], START, START) == ()


@given(rows_of_any_kind, st.integers(-5, 70 * 60))
def test_nothing_changes_before_the_change_foretold(rows: list[LeaderRow], minutes: int) -> None:
    at = START + timedelta(minutes=minutes)
    here, change = leading_at(rows, at), next_change_at(rows, at)
    instants = [START + timedelta(minutes=30 * n) for n in range(160)]
    for instant in (i for i in instants if i > at and (change is None or i < change)):
        found = leading_at(rows, instant)
        assert (found and found.person_id) == (here and here.person_id)
    if change:
        found = leading_at(rows, change)
        assert change > at
        assert (found and found.person_id) != (here and here.person_id)


@given(rows_of_any_kind)
def test_segments_cover_the_time_without_hole_or_overlap(rows: list[LeaderRow]) -> None:
    end = START + timedelta(hours=72)
    segments = segments_in(rows, START, end)
    assert segments[0].starts_at == START
    assert segments[-1].ends_at == end
    assert all(one.ends_at == two.starts_at for one, two in pairwise(segments))
    assert all(leading_at(rows, s.starts_at) == s.row for s in segments)
