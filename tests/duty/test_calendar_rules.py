"""The calendar of days: kinds, 调休, years that nobody has published, steps of working days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.clock import SHANGHAI, at_local, local, now, set_clock, start_of_day, today
from portal.duty.rules import DayCalendar, DayEntry, DayKind, add_workdays, working_days_between
from portal.duty.rules.national import known_days

NATIONAL = DayCalendar(
    days={row.day: DayEntry(row.kind, row.name) for row in known_days(2020, 2030)},
    published=frozenset(range(2020, 2027)),
)
EPOCH = datetime(2021, 1, 1, tzinfo=UTC)
dates = st.dates(date(2021, 1, 1), date(2029, 12, 31))
moments = st.integers(0, 8 * 365 * 86_400_000).map(lambda ms: EPOCH + timedelta(milliseconds=ms))


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-02-13", DayKind.SCHOOL_DAY),
        ("2026-02-14", DayKind.MAKEUP),  # 春节调休, a Saturday
        ("2026-02-15", DayKind.HOLIDAY),  # a Sunday, but named in the notice
        ("2026-02-17", DayKind.HOLIDAY),
        ("2026-02-23", DayKind.HOLIDAY),
        ("2026-02-24", DayKind.SCHOOL_DAY),
        ("2026-02-28", DayKind.MAKEUP),  # 春节调休, a Saturday
        ("2026-03-01", DayKind.WEEKEND),
        ("2026-09-20", DayKind.MAKEUP),  # 国庆调休, a Sunday
        ("2026-09-30", DayKind.SCHOOL_DAY),
        ("2026-10-01", DayKind.HOLIDAY),
        ("2026-10-07", DayKind.HOLIDAY),
        ("2026-10-08", DayKind.SCHOOL_DAY),
        ("2026-10-10", DayKind.MAKEUP),  # 国庆调休, a Saturday
        ("2024-02-29", DayKind.SCHOOL_DAY),  # leap day, a Thursday
        ("2028-02-29", DayKind.SCHOOL_DAY),  # leap day of a year not published
        ("2027-01-01", DayKind.SCHOOL_DAY),  # not published: a Friday like any other, with a banner
        ("2027-10-02", DayKind.WEEKEND),
        ("1986-07-01", DayKind.SCHOOL_DAY),
    ],
)
def test_kinds_of_days(day: str, kind: DayKind) -> None:
    assert NATIONAL.kind(date.fromisoformat(day)) is kind


def test_days_carry_the_name_of_their_holiday() -> None:
    assert NATIONAL.name(date(2026, 2, 17)) == "Spring Festival"
    assert NATIONAL.name(date(2026, 3, 3)) == ""


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2026-11-16", 7, "2026-11-25"),  # over one weekend
        ("2026-02-13", 1, "2026-02-14"),  # the make-up Saturday counts
        ("2026-02-14", 1, "2026-02-24"),  # nine days of Spring Festival do not
        ("2026-02-27", 2, "2026-03-02"),
        ("2026-09-18", 1, "2026-09-20"),  # Friday, then the make-up Sunday
        ("2026-09-30", 2, "2026-10-09"),
        ("2026-10-09", 1, "2026-10-10"),
        ("2026-12-31", 1, "2027-01-01"),  # the new year is not published: counted as a plain Friday
        ("2025-12-31", 1, "2026-01-04"),  # 1–3 January off, Sunday the 4th made up
        ("2024-02-28", 1, "2024-02-29"),
        ("2024-02-28", 2, "2024-03-01"),
        ("2026-11-21", 0, "2026-11-21"),
    ],
)
def test_the_nth_working_day(day: str, n: int, expected: str) -> None:
    assert NATIONAL.next_workday(date.fromisoformat(day), n) == date.fromisoformat(expected)


def test_working_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        NATIONAL.next_workday(date(2026, 1, 1), -1)


def test_a_calendar_without_working_days_is_refused_instead_of_hanging() -> None:
    start = date(2026, 1, 1)
    idle = DayCalendar({start + timedelta(days=n): DayEntry(DayKind.HOLIDAY) for n in range(500)})
    with pytest.raises(ValueError, match="no working day"):
        idle.next_workday(start)


def test_years_that_are_not_published_are_named() -> None:
    assert NATIONAL.unpublished_years(date(2026, 12, 20), date(2027, 1, 5)) == (2027,)
    assert NATIONAL.unpublished_years(date(2026, 1, 1), date(2026, 12, 31)) == ()
    assert DayCalendar().unpublished_years(date(2026, 1, 1), date(2027, 1, 1)) == (2026, 2027)
    assert NATIONAL.is_published(2026)
    assert not NATIONAL.is_published(2027)


def test_the_package_is_asked_only_for_what_it_knows() -> None:
    years = {row.day.year for row in known_days(1990, 2060)}
    assert {2004, 2026} <= years
    assert min(years) >= 2004
    assert all(date(year, 1, 1) in {row.day for row in known_days(year, year)} for year in years)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-11-16T16:30", 1, "2026-11-17T16:30"),
        ("2026-11-20T16:30", 1, "2026-11-23T16:30"),
        ("2026-11-21T10:00", 1, "2026-11-23T10:00"),
        ("2026-11-21T10:00", 0, "2026-11-21T10:00"),
        ("2026-11-20T23:59:59.999999", 1, "2026-11-23T23:59:59.999999"),
        ("2026-11-21T00:00", 1, "2026-11-23T00:00"),
    ],
)
def test_steps_keep_the_hour(start: str, n: int, end: str) -> None:
    assert add_workdays(shanghai(start), n, NATIONAL) == shanghai(end)


@given(moments, st.integers(1, 30))
def test_counting_undoes_stepping(start: datetime, n: int) -> None:
    end = add_workdays(start, n, NATIONAL)
    assert working_days_between(start, end, NATIONAL) == n
    assert NATIONAL.is_workday(local(end).date())


def test_nothing_lies_between_a_moment_and_an_earlier_one() -> None:
    assert working_days_between(shanghai("2026-11-20T10:00"), shanghai("2026-11-16T10:00"), NATIONAL) == 0


@given(dates)
def test_a_day_begins_where_the_day_before_ends(day: date) -> None:
    start = start_of_day(day)
    assert local(start).date() == day
    assert local(start - timedelta(microseconds=1)).date() == day - timedelta(days=1)


def test_the_summer_time_of_1988_is_known() -> None:
    assert start_of_day(date(1988, 7, 1)) == datetime(1988, 6, 30, 15, tzinfo=UTC)
    assert start_of_day(date(2026, 7, 1)) == datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert at_local(date(1988, 7, 1), local(start_of_day(date(1988, 7, 1))).time()) == start_of_day(date(1988, 7, 1))


def test_the_clock_speaks_utc_whatever_is_put_in_its_place() -> None:
    set_clock(lambda: datetime(2026, 11, 22, 0, 30, tzinfo=SHANGHAI))
    try:
        assert now() == datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
        assert now().tzinfo is UTC
        assert today() == date(2026, 11, 22)
    finally:
        set_clock(None)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local(datetime(2026, 11, 22))  # noqa: DTZ001 - the mistake under test
