"""Changing who holds what: announced, taken back, handed over, reported; each verb one unit of work."""

from portal.changes.services.entering import Checked, check_plan, enter_change
from portal.changes.services.reporting import report_change
from portal.changes.services.returning import end_early
from portal.changes.services.settling import settle_changes, settle_leavers
from portal.changes.services.sheets import confirm_sheet, fill_sheet
from portal.changes.services.undoing import undo_change

__all__ = [
    "Checked",
    "check_plan",
    "confirm_sheet",
    "end_early",
    "enter_change",
    "fill_sheet",
    "report_change",
    "settle_changes",
    "settle_leavers",
    "undo_change",
]
