"""How often somebody looks at a danger that cannot be taken away yet (R64): daily if it is major, else weekly."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from types import MappingProxyType

from portal.core.clock import at_local, local
from portal.duty.rules import DayCalendar

CHECK_DAYS: Mapping[str | None, int] = MappingProxyType({"red": 1})
OTHERWISE = 7
CHECK_HOUR = time(9)


def check_days(level: str | None) -> int:
    """Every how many days the watcher looks."""
    return CHECK_DAYS.get(level, OTHERWISE)


def next_check(level: str | None, at: datetime, calendar: DayCalendar) -> datetime:
    """When to look again after `at`. A major danger knows no day of rest; any other waits for a working day."""
    day = local(at).date() + timedelta(days=check_days(level))
    if level != "red" and not calendar.is_workday(day):
        day = calendar.next_workday(day)
    return at_local(day, CHECK_HOUR)


def is_watched(status: str, watcher_id: int | None, *, has_interim: bool) -> bool:
    """True while somebody has to look: escalated with a watcher, or held back by an interim measure with one."""
    return status != "closed" and watcher_id is not None and (status == "escalated" or has_interim)


def check_at(planned: datetime | None, column_since: datetime, level: str | None, calendar: DayCalendar) -> datetime:
    """When the watcher looks next: as planned, else counted from the day on which the card came to where it stands."""
    if planned is not None and planned > column_since:
        return planned
    return next_check(level, column_since, calendar)
