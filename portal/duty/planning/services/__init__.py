"""Changes of the plan. Each is one unit of work with its events."""

from portal.duty.planning.services.areas import NewArea, change_area, end_area, make_area
from portal.duty.planning.services.days import clear_day, set_day
from portal.duty.planning.services.fallbacks import NewFallback, end_fallback, make_fallback
from portal.duty.planning.services.periods import NewPeriod, change_period, end_period, make_period
from portal.duty.planning.services.slots import NewSlot, add_slot, change_slot, copy_slots, end_slot, standing
from portal.duty.planning.services.words import (
    ROLE_KINDS,
    make_day_kind,
    make_role,
    remove_day_kind,
    remove_role,
    rename_day_kind,
    rename_role,
)

__all__ = [
    "ROLE_KINDS",
    "NewArea",
    "NewFallback",
    "NewPeriod",
    "NewSlot",
    "add_slot",
    "change_area",
    "change_period",
    "change_slot",
    "clear_day",
    "copy_slots",
    "end_area",
    "end_fallback",
    "end_period",
    "end_slot",
    "make_area",
    "make_day_kind",
    "make_fallback",
    "make_period",
    "make_role",
    "remove_day_kind",
    "remove_role",
    "rename_day_kind",
    "rename_role",
    "set_day",
    "standing",
]
