"""Reads of rosters."""

from portal.duty.rostering.queries.lists import PostHeld, name_keys, posts_held, proposed_lists
from portal.duty.rostering.queries.rosters import (
    DRAFT,
    PUBLISHED,
    RosterRow,
    ShiftOfRoster,
    may_make,
    on_hold,
    receipts_of,
    roster_row,
    rosters_of,
    shifts_in_force,
    shifts_of_draft,
    shifts_of_published,
)

__all__ = [
    "DRAFT",
    "PUBLISHED",
    "PostHeld",
    "RosterRow",
    "ShiftOfRoster",
    "may_make",
    "name_keys",
    "on_hold",
    "posts_held",
    "proposed_lists",
    "receipts_of",
    "roster_row",
    "rosters_of",
    "shifts_in_force",
    "shifts_of_draft",
    "shifts_of_published",
]
