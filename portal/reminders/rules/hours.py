"""When a phone may ring: ahead of time in the hours of work, at night for major hazards only (G4)."""

from datetime import date, datetime, time, timedelta

from portal.core.clock import at_local, local
from portal.duty.rules import DayCalendar
from portal.reminders.rules.policy import (
    AGAIN,
    ASKS,
    DAY_BEGINS,
    DAY_ENDS,
    SNOOZE_DAYS,
    SNOOZE_DAYS_OTHERWISE,
    SNOOZE_HOUR,
)

QUIET = (time(21), time(7))
LONGEST_REST = 60  # days; beyond it no working day is looked for


def is_quiet(at: datetime) -> bool:
    """Between 21:00 and 07:00 only major hazards make a phone ring (G4)."""
    hour = local(at).time()
    return hour >= QUIET[0] or hour < QUIET[1]


def out_of_quiet(at: datetime) -> datetime:
    """The moment itself, or the morning after the night that it falls into."""
    if not is_quiet(at):
        return at
    here = local(at)
    return at_local(here.date() + timedelta(days=here.time() >= QUIET[0]), DAY_BEGINS)


def daylight(planned: datetime, *, begin: datetime, due: datetime, calendar: DayCalendar) -> datetime:
    """A planned moment moved into 07:30–20:00 of a working day, where one lies between the beginning and the due time.

    The latest such moment up to the planned one; if that is before the beginning, the first one after it.
    """
    earlier = _last_up_to(planned, calendar)
    if earlier is not None and earlier > begin:
        return earlier
    later = _first_from(planned, calendar)
    return later if later is not None and later < due else planned


def _last_up_to(at: datetime, calendar: DayCalendar) -> datetime | None:
    here = local(at)
    for back in range(LONGEST_REST):
        day: date = here.date() - timedelta(days=back)
        if calendar.is_workday(day) and (back or here.time() >= DAY_BEGINS):
            return min(at, at_local(day, DAY_ENDS))
    return None


def _first_from(at: datetime, calendar: DayCalendar) -> datetime | None:
    here = local(at)
    for ahead in range(LONGEST_REST):
        day: date = here.date() + timedelta(days=ahead)
        if calendar.is_workday(day) and (ahead or here.time() <= DAY_ENDS):
            return max(at, at_local(day, DAY_BEGINS))
    return None


def most_snooze(level: str | None) -> int:
    """How many working days a reminder may be put off."""
    return SNOOZE_DAYS.get(level, SNOOZE_DAYS_OTHERWISE)


def may_put_off(code: str, status: str) -> bool:
    """Whether a "later" is possible: it still asks for something, and was not put off before."""
    return code != AGAIN and status in ASKS.get(code, frozenset())


def snooze_end(at: datetime, days: int, calendar: DayCalendar) -> datetime:
    """When a reminder that was put off speaks again: in the morning, so many working days later."""
    return at_local(calendar.next_workday(local(at).date(), days), SNOOZE_HOUR)
