"""When something is told: in daylight on a working day, at night only what is major. No database, tables of cases."""

from datetime import datetime

import pytest

from portal.duty.rules import DayCalendar, DayEntry, DayKind
from portal.reminders.rules import daylight, may_put_off, most_snooze, out_of_quiet, snooze_end
from portal.reminders.rules.policy import POLICY
from tests.reminders.test_reminder_rules import CALENDAR, at, ladder

MONDAY = at(23, 10)


@pytest.mark.parametrize(
    ("planned", "begin", "due", "moved"),
    [
        (at(24, 12), MONDAY, at(27, 18), at(24, 12)),  # by day: as planned
        (at(24, 22), MONDAY, at(27, 18), at(24, 20)),  # the evening before
        (at(25, 3), MONDAY, at(27, 18), at(24, 20)),
        (at(25, 7, 30), MONDAY, at(27, 18), at(25, 7, 30)),
        (at(28, 15), MONDAY, at(30, 18), at(27, 20)),  # a Saturday: Friday
        (at(23, 23), at(23, 21), at(24, 18), at(24, 7, 30)),  # nothing left before: the first that comes
        (at(28, 15), at(28, 10), at(28, 18), at(28, 15)),  # found and due on one Saturday: as planned
    ],
)
def test_what_is_told_ahead_falls_into_daylight(
    planned: datetime, begin: datetime, due: datetime, moved: datetime
) -> None:
    assert daylight(planned, begin=begin, due=due, calendar=CALENDAR) == moved


def test_a_holiday_is_no_working_day() -> None:
    rest = DayCalendar({at(24, 0).date(): DayEntry(DayKind.HOLIDAY, "")}, frozenset({2026}))
    assert daylight(at(24, 12), begin=at(20, 10), due=at(27, 18), calendar=rest) == at(23, 20)


@pytest.mark.parametrize(
    ("moment", "moved"),
    [(at(23, 20, 59), at(23, 20, 59)), (at(23, 21), at(24, 7, 30)), (at(24, 6), at(24, 7, 30)), (at(24, 7), at(24, 7))],
)
def test_the_night_ends_in_the_morning(moment: datetime, moved: datetime) -> None:
    assert out_of_quiet(moment) == moved


def test_only_a_major_hazard_speaks_at_night() -> None:
    calm = {code: when for code, when, _ in ladder(due_at=at(25, 22))}
    assert calm["overdue"] == at(26, 7, 30) and calm["overdue_1"] == at(27, 7, 30)
    red = {code: when for code, when, _ in ladder(level="red", due_at=at(25, 22))}
    assert red["overdue"] == at(25, 22) and red["overdue_4h"] == at(26, 2)
    late = {code: when for code, when, _ in ladder(due_from=at(23, 18), due_at=at(24, 9))}
    assert late["due_soon"] == at(23, 20), "75 % would be half past five in the morning"
    late = {code: when for code, when, _ in ladder(level="red", due_from=at(23, 18), due_at=at(24, 9))}
    assert late["due_soon"] == at(24, 5, 15), "a major one keeps its real hours"


def test_how_long_something_may_be_put_off() -> None:
    assert [most_snooze(level) for level in ("red", "orange", "yellow", "blue", None)] == [1, 3, 3, 3, 3]
    assert snooze_end(at(27, 15), 1, CALENDAR) == at(30, 9)
    assert may_put_off("due_soon", "rectifying") and not may_put_off("due_soon", "recheck")
    assert not may_put_off("again", "rectifying") and not may_put_off("closed", "closed")


def test_nothing_that_climbs_is_stopped_by_an_answer() -> None:
    assert not [step.code for step in POLICY if step.calm and step.climbs]
