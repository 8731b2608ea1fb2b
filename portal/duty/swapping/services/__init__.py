"""Changes of who does a shift: swaps, take-overs, corrections. Each is one unit of work with its events."""

from portal.duty.services.listeners import listeners
from portal.duty.swapping.services.acting import (
    accept_swap,
    approve_swap,
    decline_swap,
    refuse_swap,
    undo_swap,
    untake_swap,
    withdraw_swap,
)
from portal.duty.swapping.services.asking import Ask, ask_swap
from portal.duty.swapping.services.following import expire_swaps, swaps_follow
from portal.duty.swapping.services.standing_in import Correction, TakeOver, correct_shift, take_over

if swaps_follow not in listeners:  # wherever a shift can be changed by way of this room, its swaps follow
    listeners.append(swaps_follow)

__all__ = [
    "Ask",
    "Correction",
    "TakeOver",
    "accept_swap",
    "approve_swap",
    "ask_swap",
    "correct_shift",
    "decline_swap",
    "expire_swaps",
    "refuse_swap",
    "swaps_follow",
    "take_over",
    "undo_swap",
    "untake_swap",
    "withdraw_swap",
]
