"""Reads of who took over and signed off, of who has not, and of the log of duty."""

from portal.duty.watching.queries.handovers import (
    HandoverRow,
    Untaken,
    Watched,
    handovers_between,
    schools_with_untaken,
    shift_to_watch,
    untaken,
    watched_between,
)
from portal.duty.watching.queries.log import (
    LogRow,
    log_between,
    log_line,
    log_of_area,
    missing_reports,
    reported,
    schools_awaiting_reports,
    zeros_between,
)

__all__ = [
    "HandoverRow",
    "LogRow",
    "Untaken",
    "Watched",
    "handovers_between",
    "log_between",
    "log_line",
    "log_of_area",
    "missing_reports",
    "reported",
    "schools_awaiting_reports",
    "schools_with_untaken",
    "shift_to_watch",
    "untaken",
    "watched_between",
    "zeros_between",
]
