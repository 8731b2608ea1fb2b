"""Pure rules of personnel change: what a plan does to whom, and what would be wrong with it. No clock, no database."""

from portal.changes.rules.faults import Fault, empties_in, faults_in
from portal.changes.rules.naming import MOST_SHOWN, Named, people_meant, who_is_meant
from portal.changes.rules.plan import (
    TAKEN_AS,
    Change,
    End,
    Giving,
    Plan,
    Start,
    Taking,
    Then,
    Worked,
    effective_of,
    end_of,
    last_day_of,
)
from portal.changes.rules.working import work_out

__all__ = [
    "MOST_SHOWN",
    "TAKEN_AS",
    "Change",
    "End",
    "Fault",
    "Giving",
    "Named",
    "Plan",
    "Start",
    "Taking",
    "Then",
    "Worked",
    "effective_of",
    "empties_in",
    "end_of",
    "faults_in",
    "last_day_of",
    "people_meant",
    "who_is_meant",
    "work_out",
]
