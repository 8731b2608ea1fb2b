"""Pure decisions of rosters: turns, lists, the rotation, and what a draft changes. No clock and no database in here."""

from portal.duty.rostering.rules.briefs import Brief, brief_from_json, brief_to_json
from portal.duty.rostering.rules.diff import Diff, Pair, Planned, after, compare
from portal.duty.rostering.rules.lists import Member, Rota, one_team
from portal.duty.rostering.rules.looking import clashes
from portal.duty.rostering.rules.people import Bar, Worker
from portal.duty.rostering.rules.rotation import (
    EVENED,
    LEAST,
    ONLY,
    TEAM,
    TIRED,
    Given,
    Hole,
    Proposal,
    Standing,
    Why,
    rotate,
    spread,
)
from portal.duty.rostering.rules.turns import LENGTHS, Lengths, Turn, minus, turns_of
from portal.duty.rostering.rules.weights import Scale, Weights, weights_from

__all__ = [
    "EVENED",
    "LEAST",
    "LENGTHS",
    "ONLY",
    "TEAM",
    "TIRED",
    "Bar",
    "Brief",
    "Diff",
    "Given",
    "Hole",
    "Lengths",
    "Member",
    "Pair",
    "Planned",
    "Proposal",
    "Rota",
    "Scale",
    "Standing",
    "Turn",
    "Weights",
    "Why",
    "Worker",
    "after",
    "brief_from_json",
    "brief_to_json",
    "clashes",
    "compare",
    "minus",
    "one_team",
    "rotate",
    "spread",
    "turns_of",
    "weights_from",
]
