"""What the pages of handovers and of the log show."""

from portal.duty.watching.views.handovers import (
    HandoverCard,
    HandoversView,
    HandoverView,
    handover_view,
    handovers_view,
)
from portal.duty.watching.views.log import LogView, line_view, log_view
from portal.duty.watching.views.month import MonthView, digest_of, month_view

__all__ = [
    "HandoverCard",
    "HandoverView",
    "HandoversView",
    "LogView",
    "MonthView",
    "digest_of",
    "handover_view",
    "handovers_view",
    "line_view",
    "log_view",
    "month_view",
]
