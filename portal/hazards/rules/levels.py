"""How dangerous: four levels from two taps, how likely and how bad (B8, R57)."""

from enum import StrEnum


class Level(StrEnum):
    """From worst to least; the screen says major, serious, general, low, never a number."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


LEVELS = tuple(Level)

# Rows: how likely (1 hardly, 2 possible, 3 any moment). Columns: how bad (1 slight, 2 somebody hurt, 3 a life).
MATRIX: dict[int, tuple[Level, Level, Level]] = {
    1: (Level.BLUE, Level.YELLOW, Level.ORANGE),
    2: (Level.BLUE, Level.YELLOW, Level.RED),
    3: (Level.YELLOW, Level.ORANGE, Level.RED),
}


def level_of(likelihood: int, severity: int) -> Level:
    """The level of a likelihood and a severity, each 1 to 3; anything else is a `ValueError`."""
    if likelihood not in MATRIX or severity not in (1, 2, 3):
        raise ValueError(f"no level for {likelihood} × {severity}")
    return MATRIX[likelihood][severity - 1]
