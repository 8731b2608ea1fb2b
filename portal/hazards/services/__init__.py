"""Changing hazards: each verb is one unit of work and at least one event."""

from portal.hazards.services.caring import (
    add_helper,
    list_hazard,
    note_hazard,
    set_interim,
    take_hazard,
    unlist_hazard,
)
from portal.hazards.services.data import end_viewer, name_viewer, seed_categories, set_limit
from portal.hazards.services.moving import Move, move_hazard
from portal.hazards.services.owning import dispute_hazard, rule_hazard, urge_hazard
from portal.hazards.services.planning import finish_step, plan_hazard
from portal.hazards.services.reporting import NewPhoto, Report, report_hazard
from portal.hazards.services.undoing import undo_move
from portal.hazards.services.watching import check_hazard, move_due

__all__ = [
    "Move",
    "NewPhoto",
    "Report",
    "add_helper",
    "check_hazard",
    "dispute_hazard",
    "end_viewer",
    "finish_step",
    "list_hazard",
    "move_due",
    "move_hazard",
    "name_viewer",
    "note_hazard",
    "plan_hazard",
    "report_hazard",
    "rule_hazard",
    "seed_categories",
    "set_interim",
    "set_limit",
    "take_hazard",
    "undo_move",
    "unlist_hazard",
    "urge_hazard",
]
