"""When a person gets mail: at most three times a day, at night never; a major hazard at once (G4, G5)."""

from datetime import datetime, time, timedelta

from portal.core.clock import at_local, local

WINDOWS = (time(7, 35), time(12), time(20, 5))
"""When unread reminders go out, bundled: one message per person and window, so three a day at most.

Five minutes after what is told at 07:30 (due today) and at 20:00 (not overnight), so that it is in the same message.
"""
SOON = ("duty_hour",)
"""What is of use within the hour or not at all: mailed at once outside the quiet hours, and never in a window."""
SOON_FOR = timedelta(hours=1)
KEEP_FOR = timedelta(days=7)
"""Older unread reminders are not mailed any more: they stand in the inbox."""
MOST_ERRORS = 8
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=2)


def newest_window(at: datetime) -> datetime:
    """The beginning of the window that is open at this instant: the last one that has passed, maybe yesterday's."""
    day = local(at).date()
    passed = [at_local(day, hour) for hour in WINDOWS if at_local(day, hour) <= at]
    return passed[-1] if passed else at_local(day - timedelta(days=1), WINDOWS[-1])


def pause_after(errors: int) -> timedelta:
    """How long a message waits after so many failures: 1 min, doubling, at most 2 h."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** max(0, errors - 1))
