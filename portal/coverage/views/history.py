"""The history of the number: a line of steps, and its last turns in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.coverage import labels
from portal.coverage.queries.reading import PastSpan
from portal.rendering.i18n import translator

WIDE, HIGH = 600, 80
MOST_TURNS = 8


@dataclass(frozen=True, slots=True)
class Turn:
    """From an instant on the number was this."""

    since: datetime
    have: int
    whole: int


@dataclass(frozen=True, slots=True)
class History:
    """The turns of a time, the latest first, and the line as the path of an SVG."""

    days: int
    turns: tuple[Turn, ...]
    path: str
    text: str
    wide: int = WIDE
    high: int = HIGH


def history_of(spans: Sequence[PastSpan], *, at: datetime, days: timedelta, language: str) -> History | None:
    """What the number was over the last days; None while there is only one."""
    start = at - days
    turns: list[Turn] = []
    for one in sorted(spans, key=lambda span: span.begins):
        if one.begins > at or (one.ends is not None and one.ends <= start):
            continue
        if turns and (turns[-1].have, turns[-1].whole) == (one.have, one.whole):
            continue
        turns.append(Turn(max(one.begins, start), one.have, one.whole))
    if len(turns) < 2:
        return None
    first, last = (f"{turn.have} / {turn.whole}" for turn in (turns[0], turns[-1]))
    text = translator(language)(labels.HISTORY_LINE, days=days.days, first=first, last=last)
    return History(days.days, tuple(reversed(turns[-MOST_TURNS:])), _path(turns, start, at), text)


def _path(turns: Sequence[Turn], start: datetime, end: datetime) -> str:
    """Steps: to the right as long as it held, then up or down. What is missing hangs from the top edge."""
    most = max(turn.whole - turn.have for turn in turns) or 1
    whole = (end - start).total_seconds()

    def x(at: datetime) -> float:
        return round((at - start).total_seconds() / whole * WIDE, 1)

    def y(turn: Turn) -> float:
        return round(4 + (turn.whole - turn.have) / most * (HIGH - 8), 1)

    parts = [f"M{x(turns[0].since)} {y(turns[0])}"]
    for turn in turns[1:]:
        parts.append(f"H{x(turn.since)}V{y(turn)}")
    return "".join([*parts, f"H{WIDE}"])
