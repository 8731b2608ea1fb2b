"""Changes of the duty room. Each is one unit of work with its events."""

from portal.duty.services.calendar import seed_calendar
from portal.duty.services.leaders import clear_duty_leader, set_duty_leader
from portal.duty.services.proposal import adopt_proposal, seed_duty_words
from portal.duty.services.shifts import NewShift, add_shift, add_shifts, cancel_shift, change_shift

__all__ = [
    "NewShift",
    "add_shift",
    "add_shifts",
    "adopt_proposal",
    "cancel_shift",
    "change_shift",
    "clear_duty_leader",
    "seed_calendar",
    "seed_duty_words",
    "set_duty_leader",
]
