"""The calendar of days, the areas and their hours, and the book of duty: who is on it, who stands in, who took over."""

from portal.duty.tables.book import DutyLeader, DutyRoster, DutyShift, DutyStandIn, DutySwap, DutySwapOffer, DutyWeight
from portal.duty.tables.feeds import DutyFeed, DutyLeaveFile, DutyLeaveRow, DutyScreen
from portal.duty.tables.gaps import DutyGap, DutyLookedThrough
from portal.duty.tables.plan import CalendarDay, DutyArea, DutyDayKind, DutyFallback, DutyPeriod, DutyRole, DutySlot
from portal.duty.tables.watching import DutyHandover, DutyLog, DutyReceipt

__all__ = [
    "CalendarDay",
    "DutyArea",
    "DutyDayKind",
    "DutyFallback",
    "DutyFeed",
    "DutyGap",
    "DutyHandover",
    "DutyLeader",
    "DutyLeaveFile",
    "DutyLeaveRow",
    "DutyLog",
    "DutyLookedThrough",
    "DutyPeriod",
    "DutyReceipt",
    "DutyRole",
    "DutyRoster",
    "DutyScreen",
    "DutyShift",
    "DutySlot",
    "DutyStandIn",
    "DutySwap",
    "DutySwapOffer",
    "DutyWeight",
]
