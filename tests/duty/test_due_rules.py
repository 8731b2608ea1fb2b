"""Due times: a table that a layman can check against a wall calendar, then what holds for all of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.clock import SHANGHAI, local
from portal.duty.rules import (
    DUE_POLICY,
    DayCalendar,
    DayEntry,
    DayKind,
    LevelRule,
    band,
    due_by_hand,
    due_for,
    next_band_instant,
    next_left_instant,
    trace_from_json,
    trace_to_json,
    triage_due,
    used,
)
from portal.duty.rules.national import known_days
from portal.rendering.moments import left_text

NATIONAL = DayCalendar(
    days={row.day: DayEntry(row.kind, row.name) for row in known_days(2020, 2030)},
    published=frozenset(range(2020, 2027)),
)
MICROSECOND = timedelta(microseconds=1)
START = datetime(2024, 1, 1, tzinfo=UTC)
moments = st.integers(0, 4 * 365 * 86_400_000).map(lambda ms: START + timedelta(milliseconds=ms))
levels = st.sampled_from(sorted(DUE_POLICY))


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("level", "start", "due"),
    [
        ("yellow", "2026-11-16T16:30", "2026-11-25T18:00"),
        ("orange", "2026-11-16T16:30", "2026-11-20T18:00"),
        ("red", "2026-11-16T16:30", "2026-11-18T18:00"),
        ("red", "2026-11-20T16:30", "2026-11-24T18:00"),
        ("red", "2026-11-21T10:00", "2026-11-24T18:00"),  # found on a Saturday: as if on the Friday
        ("blue", "2026-11-16T16:30", "2026-11-16T20:00"),  # 隐患不过夜
        ("blue", "2026-11-16T00:00", "2026-11-16T20:00"),
        ("blue", "2026-11-16T17:59:59.999999", "2026-11-16T20:00"),
        ("blue", "2026-11-16T18:00", "2026-11-17T18:00"),
        ("blue", "2026-11-16T23:59:59.999", "2026-11-17T18:00"),
        ("blue", "2026-11-20T19:00", "2026-11-23T18:00"),
        ("blue", "2026-11-21T09:00", "2026-11-23T18:00"),  # a day of rest
        ("blue", "2026-02-14T09:00", "2026-02-14T20:00"),  # 调休: this Saturday is worked
        ("red", "2026-02-13T09:00", "2026-02-24T18:00"),  # the 14th is one, then Spring Festival
        ("orange", "2026-09-18T09:00", "2026-09-23T18:00"),  # the make-up Sunday counts
        ("yellow", "2026-09-30T09:00", "2026-10-15T18:00"),  # National Day off, Saturday the 10th counts
        ("red", "2026-12-30T09:00", "2027-01-01T18:00"),  # 2027 is not published: a plain Friday
        ("yellow", "2024-02-27T09:00", "2024-03-07T18:00"),  # over a leap day
        ("red", "2026-11-16T23:59:59.999", "2026-11-18T18:00"),
        ("red", "2026-11-17T00:00", "2026-11-19T18:00"),  # one millisecond later is another day
    ],
)
def test_due_dates(level: str, start: str, due: str) -> None:
    assert due_for(level, shanghai(start), NATIONAL).at == shanghai(due)


def clauses(level: str, start: str) -> dict[str, Any]:
    return {part.code: dict(part.params) for part in due_for(level, shanghai(start), NATIONAL).trace}


def test_the_trace_says_why_this_date() -> None:
    assert clauses("yellow", "2026-11-16T16:30") == {
        "limit.workdays": {"level": "yellow", "days": 7},
        "counted_from": {"at": "2026-11-16T08:30:00+00:00"},
        "passed.weekend": {"days": 2},
    }
    assert clauses("orange", "2026-11-16T16:30")["passed.none"] == {}


def test_the_trace_names_holidays_and_make_up_days() -> None:
    found = clauses("yellow", "2026-09-30T09:00")
    assert found["passed.holiday"] == {"days": 7, "names": ["National Day"]}
    assert found["counted.makeup"] == {"dates": ["2026-10-10"]}
    assert found["passed.weekend"] == {"days": 1}


def test_the_trace_owns_up_to_a_year_not_published() -> None:
    assert clauses("yellow", "2026-12-30T09:00")["unpublished"] == {"years": [2027]}
    assert "unpublished" not in clauses("yellow", "2026-11-16T16:30")


def test_the_trace_says_why_a_low_hazard_waits_for_tomorrow() -> None:
    assert clauses("blue", "2026-11-16T18:00")["found.late"] == {"hour": "18:00"}
    assert "found.rest_day" in clauses("blue", "2026-11-21T09:00")
    assert list(clauses("blue", "2026-11-16T08:00")) == ["limit.same_day", "counted_from"]


@given(levels, moments)
def test_a_stored_trace_reads_back(level: str, start: datetime) -> None:
    trace = due_for(level, start, NATIONAL).trace
    assert trace_from_json(trace_to_json(trace)) == trace


def test_a_date_set_by_hand_keeps_its_reason() -> None:
    due = due_by_hand(shanghai("2026-12-01T18:00"), "配件周五到")
    assert due.at == shanghai("2026-12-01T18:00")
    assert trace_from_json(trace_to_json(due.trace))[0].params == {"reason": "配件周五到"}
    assert trace_from_json(None) == ()


def test_a_school_may_have_limits_of_its_own() -> None:
    strict = {**DUE_POLICY, "yellow": LevelRule(workdays=1)}
    assert due_for("yellow", shanghai("2026-11-16T16:30"), NATIONAL, strict).at == shanghai("2026-11-17T18:00")


def test_a_level_without_a_rule_is_an_error() -> None:
    with pytest.raises(KeyError):
        due_for("purple", START, NATIONAL)


@given(levels, moments)
def test_due_is_on_a_working_day_and_after_the_start(level: str, start: datetime) -> None:
    due = due_for(level, start, NATIONAL)
    assert due.at > start
    assert due.at.tzinfo is UTC
    assert NATIONAL.is_workday(local(due.at).date())


@given(levels, moments, st.timedeltas(timedelta(0), timedelta(days=20)))
def test_who_starts_later_is_not_due_earlier(level: str, start: datetime, later: timedelta) -> None:
    assert due_for(level, start, NATIONAL).at <= due_for(level, start + later, NATIONAL).at


@given(levels, moments, st.lists(st.integers(0, 40), max_size=10))
def test_more_rest_days_never_bring_a_due_date_forward(level: str, start: datetime, off: list[int]) -> None:
    first = local(start).date()
    more = {first + timedelta(days=n): DayEntry(DayKind.HOLIDAY) for n in off}
    rested = DayCalendar({**NATIONAL.days, **more}, NATIONAL.published)
    assert due_for(level, start, NATIONAL).at <= due_for(level, start, rested).at


@pytest.mark.parametrize(
    ("red", "reported", "due"),
    [
        (False, "2026-11-16T16:30", "2026-11-17T18:00"),
        (False, "2026-11-20T16:30", "2026-11-23T18:00"),
        (True, "2026-11-20T16:30", "2026-11-20T18:30"),
        (True, "2026-11-21T23:00", "2026-11-22T01:00"),  # real hours, also at night
    ],
)
def test_the_clock_of_triage(red: bool, reported: str, due: str) -> None:
    assert triage_due(shanghai(reported), NATIONAL, red=red).at == shanghai(due)


def test_the_share_of_time_used() -> None:
    due = START + timedelta(hours=10)
    at = [START + timedelta(hours=h) for h in (-1, 0, 5, 7.5, 9.99, 10, 15)]
    assert [used(START, due, moment) for moment in at] == [0, 0, 50, 75, 99, 100, 150]
    assert [band(used(START, due, moment)) for moment in at] == [0, 0, 50, 75, 75, 100, 100]


def test_a_limit_of_no_length_is_used_up_when_due() -> None:
    assert used(START, START, START) == 100
    assert used(START, START, START - MICROSECOND) == 0
    assert next_band_instant(START, START, START - MICROSECOND) == START
    assert next_band_instant(START, START, START) is None


@given(st.integers(1, 10**12), st.integers(-(10**11), 2 * 10**12))
def test_the_band_changes_at_the_instant_foretold_and_not_before(span: int, passed: int) -> None:
    due, at = START + span * MICROSECOND, START + passed * MICROSECOND
    here, change = band(used(START, due, at)), next_band_instant(START, due, at)
    if change is None:
        assert here == 100
        return
    assert at < change <= due
    assert band(used(START, due, change)) > here
    assert band(used(START, due, change - MICROSECOND)) == here


@given(st.integers(-3 * 10**11, 3 * 10**11))
def test_the_words_of_what_is_left_change_at_the_instant_foretold(gap: int) -> None:
    due, at = START, START - gap * MICROSECOND

    def words(moment: datetime) -> str:
        return left_text((due - moment).total_seconds(), language="zh-Hans")

    change = next_left_instant(due, at)
    assert change > at
    assert words(change - MICROSECOND) == words(at)


def test_a_date_of_every_kind_of_day_is_explained_in_order() -> None:
    codes = [part.code for part in due_for("yellow", shanghai("2026-12-30T09:00"), NATIONAL).trace]
    assert codes == ["limit.workdays", "counted_from", "passed.weekend", "unpublished"]
    assert date(2027, 1, 8) == local(due_for("yellow", shanghai("2026-12-30T09:00"), NATIONAL).at).date()
