"""The law of letters: who gives and takes them, who signs when, and whether one is in force. Pure."""

from portal.letters.rules.chain import Edge, Reach, Seat, Station, edge_for, seats_for
from portal.letters.rules.numbering import number_text, school_year_end
from portal.letters.rules.signing import (
    Method,
    Part,
    Party,
    check_refusal,
    check_signature,
    may_sign_instead,
    places_of,
    turn_of,
)
from portal.letters.rules.states import (
    End,
    EndKind,
    LetterFacts,
    State,
    is_in_force,
    next_change,
    state_of,
)

__all__ = [
    "Edge",
    "End",
    "EndKind",
    "LetterFacts",
    "Method",
    "Part",
    "Party",
    "Reach",
    "Seat",
    "State",
    "Station",
    "check_refusal",
    "check_signature",
    "edge_for",
    "is_in_force",
    "may_sign_instead",
    "next_change",
    "number_text",
    "places_of",
    "school_year_end",
    "seats_for",
    "state_of",
    "turn_of",
]
