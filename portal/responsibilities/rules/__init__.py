"""Pure rules of this room: who holds a post, who answers for a duty in a grid, at any instant."""

from portal.responsibilities.rules.answering import (
    WHOLE,
    Answer,
    Candidate,
    Cell,
    Duty,
    Ground,
    candidates,
    marks_for,
    responsible_for,
)
from portal.responsibilities.rules.facts import Facts, Mark, Place, Post, Ruling, next_change
from portal.responsibilities.rules.holding import (
    Absence,
    Held,
    Standing,
    Tenure,
    changes_of,
    claimants_at,
    holder_at,
    person_answering,
)
from portal.responsibilities.rules.offices import UPWARDS, told_for

__all__ = [
    "UPWARDS",
    "WHOLE",
    "Absence",
    "Answer",
    "Candidate",
    "Cell",
    "Duty",
    "Facts",
    "Ground",
    "Held",
    "Mark",
    "Place",
    "Post",
    "Ruling",
    "Standing",
    "Tenure",
    "candidates",
    "changes_of",
    "claimants_at",
    "holder_at",
    "marks_for",
    "next_change",
    "person_answering",
    "responsible_for",
    "told_for",
]
