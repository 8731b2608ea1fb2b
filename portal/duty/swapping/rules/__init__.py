"""Pure decisions about swaps, take-overs and corrections."""

from portal.duty.swapping.rules.choosing import MOST_ASKED, Offer, fitting, no_fit, offers, speaks_against, whose
from portal.duty.swapping.rules.swaps import (
    ENDED,
    OF_THE_OFFICE,
    OPEN,
    Act,
    Mover,
    State,
    Swap,
    acts_of,
    check_act,
    expiry,
    is_urgent,
    on_behalf_of,
    standing,
    state_after,
)

__all__ = [
    "ENDED",
    "MOST_ASKED",
    "OF_THE_OFFICE",
    "OPEN",
    "Act",
    "Mover",
    "Offer",
    "State",
    "Swap",
    "acts_of",
    "check_act",
    "expiry",
    "fitting",
    "is_urgent",
    "no_fit",
    "offers",
    "on_behalf_of",
    "speaks_against",
    "standing",
    "state_after",
    "whose",
]
