"""What kind of day a date is, and steps of working days over it (D5).

The State Council publishes holidays and make-up days (workdays on a weekend) each autumn for the next year.
A year that is not published yet falls back to plain weeks; whoever shows a date of such a year says so
(`unpublished_years`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal.core.clock import at_local, local

ONE_DAY = timedelta(days=1)
SATURDAY = 5
# Far beyond any holiday. A calendar of endless rest days is refused instead of hanging the request.
LONGEST_REST = 400


class DayKind(StrEnum):
    """What a date is for the school. Vacations and exam days join later."""

    SCHOOL_DAY = "school_day"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"

    @property
    def is_workday(self) -> bool:
        """Whether this kind of day counts in a number of working days."""
        return self in (DayKind.SCHOOL_DAY, DayKind.MAKEUP)


@dataclass(frozen=True, slots=True)
class DayEntry:
    """One explicit row of the calendar: its kind and what it is called ("Spring Festival")."""

    kind: DayKind
    name: str = ""


@dataclass(frozen=True, eq=False)
class DayCalendar:
    """The days one organisation works, as read at one moment. Build it once per request and pass it on.

    `days` holds explicit rows only, the organisation's own ones already laid over the national ones;
    `published` the years whose national holidays are known.
    """

    days: Mapping[date, DayEntry] = field(default_factory=dict)
    published: frozenset[int] = frozenset()

    def kind(self, day: date) -> DayKind:
        """The explicit row's kind, else weekday or weekend. Never an error, whatever the year."""
        entry = self.days.get(day)
        if entry is not None:
            return entry.kind
        return DayKind.WEEKEND if day.weekday() >= SATURDAY else DayKind.SCHOOL_DAY

    def name(self, day: date) -> str:
        """What the explicit row calls the day, else an empty string."""
        entry = self.days.get(day)
        return entry.name if entry else ""

    def is_workday(self, day: date) -> bool:
        """Whether the date counts as a working day: school days and make-up days."""
        return self.kind(day).is_workday

    def next_workday(self, day: date, n: int = 1) -> date:
        """The n-th working day strictly after this date; n = 0 is the date itself, working or not.

        Refuses (`ValueError`) a negative n, and a calendar in which no working day follows within 400 days.
        """
        if n < 0:
            raise ValueError("working days are counted forward")
        resting = 0
        while n:
            day += ONE_DAY
            works = self.is_workday(day)
            n -= works
            resting = 0 if works else resting + 1
            if resting > LONGEST_REST:
                raise ValueError("the calendar holds no working day for more than a year")
        return day

    def is_published(self, year: int) -> bool:
        """Whether the national holidays of this year are known."""
        return year in self.published

    def unpublished_years(self, first: date, last: date) -> tuple[int, ...]:
        """Years between two dates (both included) whose holidays are not known: what the banner names."""
        return tuple(year for year in range(first.year, last.year + 1) if year not in self.published)


def published_years(national: Iterable[date]) -> frozenset[int]:
    """The years whose notice is known, told by the national rows: every notice names New Year's Day."""
    return frozenset(day.year for day in national if (day.month, day.day) == (1, 1))


def days_after(first: date, last: date) -> Iterator[date]:
    """Each date after `first` up to and including `last`."""
    return (first + timedelta(days=step) for step in range(1, (last - first).days + 1))


def add_workdays(moment: datetime, n: int, calendar: DayCalendar) -> datetime:
    """The same hour in Shanghai on the n-th working day after this moment's date, in UTC.

    n = 0 changes nothing, also on a day of rest.
    """
    if n == 0:
        return moment
    here = local(moment)
    return at_local(calendar.next_workday(here.date(), n), here.time())


def working_days_between(start: datetime, end: datetime, calendar: DayCalendar) -> int:
    """Working days after the date of `start` up to and including the date of `end`.

    0 when `end` is not later. Dates are Shanghai's: it undoes `add_workdays`.
    """
    return sum(map(calendar.is_workday, days_after(local(start).date(), local(end).date())))
