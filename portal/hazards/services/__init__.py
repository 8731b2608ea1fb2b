"""Changing hazards: each verb is one unit of work and at least one event."""

from portal.hazards.services.caring import (
    add_helper,
    list_hazard,
    note_hazard,
    plan_hazard,
    set_interim,
    take_hazard,
    unlist_hazard,
)
from portal.hazards.services.data import end_viewer, name_viewer, seed_categories, set_limit
from portal.hazards.services.moving import Move, move_hazard
from portal.hazards.services.reporting import NewPhoto, Report, report_hazard
from portal.hazards.services.undoing import undo_move

__all__ = [
    "Move",
    "NewPhoto",
    "Report",
    "add_helper",
    "end_viewer",
    "list_hazard",
    "move_hazard",
    "name_viewer",
    "note_hazard",
    "plan_hazard",
    "report_hazard",
    "seed_categories",
    "set_interim",
    "set_limit",
    "take_hazard",
    "undo_move",
    "unlist_hazard",
]
