"""The one clock of the portal.

Moments are stored and compared in UTC and shown in Shanghai time. Nothing else asks the machine what time
it is, so that a test can move the clock. Durations of work done (a request, a job) are measured with
`monotonic`, which does not jump when the machine's clock is corrected.
"""

import time as machine_time
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_clock: Callable[[], datetime] | None = None


def now() -> datetime:
    """This moment, aware, in UTC, with microseconds."""
    if _clock is None:
        return datetime.now(UTC)
    return _clock().astimezone(UTC)


def today() -> date:
    """The date on the wall calendar in Shanghai."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment as Shanghai reads it; a moment without a zone is refused (`ValueError`)."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(SHANGHAI)


def at_local(day: date, hour: time) -> datetime:
    """The UTC moment at which Shanghai's clocks show this hour of this day.

    The zone knows the summer time of 1986–1991. An hour shown twice means its first showing.
    """
    return datetime.combine(day, hour.replace(tzinfo=None, fold=0), SHANGHAI).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """The UTC moment at which this day begins in Shanghai: the first instant that belongs to it."""
    return at_local(day, time.min)


def monotonic() -> float:
    """Seconds of a clock that never goes back; only differences mean anything."""
    return machine_time.monotonic()


def set_clock(clock: Callable[[], datetime] | None) -> None:
    """Put another clock in place of the machine's; `None` restores it. For tests only."""
    global _clock
    _clock = clock
