"""The national days as the package `chinesecalendar` knows them, in the shape of the table."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from portal.duty.rules.calendar import DayKind

SOURCE = "chinesecalendar"
# No card is older; earlier years would only make the table longer.
FIRST_YEAR = 2020
YEARS_AHEAD = 5


class NationalDay(NamedTuple):
    """A date whose kind its weekday does not tell, and its holiday (in the package's English)."""

    day: date
    kind: DayKind
    name: str


def known_days(first: int, last: int) -> list[NationalDay]:
    """Holidays and make-up days of each year from `first` to `last` that the package knows.

    It says which years by raising for the others, so each year is tried.
    """
    return [day for year in range(first, last + 1) if _is_known(year) for day in _days_of(year)]


def _is_known(year: int) -> bool:
    import chinese_calendar  # asked when a portal is brought up to date; a web process need not hold it

    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def _days_of(year: int) -> Iterator[NationalDay]:
    import chinese_calendar

    day = date(year, 1, 1)
    while day.year == year:
        works, name = chinese_calendar.is_workday(day), chinese_calendar.get_holiday_detail(day)[1]
        if name:
            yield NationalDay(day, DayKind.MAKEUP if works else DayKind.HOLIDAY, name)
        day += timedelta(days=1)
