"""What can be printed, how much at once, and which failures pass by themselves. Pure."""

from datetime import timedelta
from enum import StrEnum

MOST_PIECES = 600
"""Plates or cards of one job; a school of 400 rooms fits, a county does not."""
MOST_ERRORS = 3
LEASE = timedelta(seconds=45)
KEPT = timedelta(days=30)
"""How long a finished file is kept: it names people, and what it says grows old."""
BY_THEMSELVES = frozenset({"pdf.busy", "pdf.crashed", "pdf.interrupted", "pdf.not_ready", "pdf.too_slow"})
"""A machine that was busy or out of breath: tried again. Anything else would fail the same way."""


class Kind(StrEnum):
    """What the worker makes."""

    PLATES = "plates"
    POSTER = "poster"
    CARDS = "cards"


PAPER = {Kind.PLATES: "A5", Kind.POSTER: "A3", Kind.CARDS: "A4"}
CARDS_PER_SHEET = 10


class State(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    GONE = "gone"


def tries_again(error: str, errors: int) -> bool:
    """Whether a job that has failed so often, now with this, is worth another try."""
    return error in BY_THEMSELVES and errors < MOST_ERRORS
