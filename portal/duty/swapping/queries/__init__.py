"""Reads of swaps and of whoever could do a shift instead."""

from portal.duty.swapping.queries.around import WEEKS_AHEAD, Around, around_shift, duty_of, names_of, sealed_phones
from portal.duty.swapping.queries.standing import OfShift, StandingIn, SwapLine, swaps_of_shift
from portal.duty.swapping.queries.swaps import (
    Offered,
    Swapped,
    SwapRow,
    is_office,
    mover_of,
    open_on_shift,
    overdue_swaps,
    swap_found,
    swap_seen,
    swaps_seen,
)

__all__ = [
    "WEEKS_AHEAD",
    "Around",
    "OfShift",
    "Offered",
    "StandingIn",
    "SwapLine",
    "SwapRow",
    "Swapped",
    "around_shift",
    "duty_of",
    "is_office",
    "mover_of",
    "names_of",
    "open_on_shift",
    "overdue_swaps",
    "sealed_phones",
    "swap_found",
    "swap_seen",
    "swaps_of_shift",
    "swaps_seen",
]
