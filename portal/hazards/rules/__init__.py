"""Pure decisions of the hazards room: the moves, who may make them, what they need. No clock, no database."""

from portal.hazards.rules.levels import LEVELS, Level, level_of
from portal.hazards.rules.moves import (
    COLUMNS,
    MOVES,
    OPEN,
    Facts,
    Given,
    MoveOption,
    Outcome,
    Standing,
    Status,
    blocked_moves,
    check_move,
    legal_moves,
    needs_of,
    undoable,
    why_not,
)
from portal.hazards.rules.sight import Sight, may_see

__all__ = [
    "COLUMNS",
    "LEVELS",
    "MOVES",
    "OPEN",
    "Facts",
    "Given",
    "Level",
    "MoveOption",
    "Outcome",
    "Sight",
    "Standing",
    "Status",
    "blocked_moves",
    "check_move",
    "legal_moves",
    "level_of",
    "may_see",
    "needs_of",
    "undoable",
    "why_not",
]
