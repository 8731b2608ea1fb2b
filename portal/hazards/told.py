"""The place where the reminders room, which lies to the right, says who is told what about a card (G12)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from portal.core.actors import Actor


@dataclass(frozen=True, slots=True)
class ToldView:
    """Who is told what, when (G12): `past` lines were sent, the others will be.

    `answer` is the reminder that the reader may answer here, and `most_days` how long they may put it off (0: not).
    """

    at: datetime
    text: str
    small: str
    past: bool
    answer: int = 0
    most_days: int = 0


ToldSource = Callable[[int, Actor, str], Awaitable[tuple[ToldView, ...]]]
_source: list[ToldSource] = []


def use_told_source(source: ToldSource) -> None:
    """Sets who is asked; called in `app.py` only."""
    _source[:] = [source]


def told_source() -> ToldSource | None:
    """Who is asked, if anybody."""
    return _source[0] if _source else None
