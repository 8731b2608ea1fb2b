"""Cutting what is needed into turns: one person, one lane, one stretch of time that somebody can really do.

Hours that follow each other are joined, through the night as well, and what is joined is cut again where a turn of the
usual length ends best. The leader's hours are turns as the school wrote them; only evening and night are joined.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from portal.core.clock import local
from portal.duty.rules import LEADING, Line, Need

HOUR = timedelta(hours=1)
LEADER_NIGHT = timedelta(hours=14)
"""A leader's evening and the night after it are one turn, unless they are longer than this."""
Piece = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Turn:
    """One place to fill in a lane over `[starts_at, ends_at)`. `place` counts those that are needed at once."""

    line: Line
    starts_at: datetime
    ends_at: datetime
    place: int = 1

    @property
    def day(self) -> date:
        """The date on which it begins."""
        return local(self.starts_at).date()


class Lengths(NamedTuple):
    """How long a turn should be, and how long it may be at most."""

    usual: timedelta = timedelta(hours=8)
    longest: timedelta = timedelta(hours=12)


LENGTHS = {
    "8": Lengths(),
    "12": Lengths(timedelta(hours=12), timedelta(hours=13)),
    "24": Lengths(timedelta(hours=24), timedelta(hours=24)),
}
"""What a roster may ask for, by the hours of a usual turn."""


def turns_of(needs: Mapping[Line, Sequence[Need]], lengths: Lengths, until: datetime) -> list[Turn]:
    """Every turn that begins before `until`, in order of time. `needs` may reach further, so that a last night is
    drawn to its end."""
    found = []
    for line, rows in needs.items():
        for place in range(1, max((need.people for need in rows), default=0) + 1):
            pieces = [(need.starts_at, need.ends_at) for need in rows if need.people >= place]
            for chain in _chains(pieces):
                cut = _leader_turns(chain) if line == LEADING else _divided(chain, lengths)
                found += [Turn(line, start, end, place) for start, end in cut if start < until]
    return sorted(found, key=lambda turn: (turn.starts_at, turn.line.area_id or 0, turn.line.role, turn.place))


def _chains(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Pieces that follow each other without a break."""
    chain: list[Piece] = []
    for piece in pieces:
        if chain and chain[-1][1] != piece[0]:
            yield chain
            chain = []
        chain.append(piece)
    if chain:
        yield chain


def _leader_turns(chain: Sequence[Piece]) -> list[Piece]:
    found: list[Piece] = []
    for start, end in chain:
        is_midnight = not local(start).hour and not local(start).minute
        if found and is_midnight and end - found[-1][0] <= LEADER_NIGHT:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _divided(chain: Sequence[Piece], lengths: Lengths) -> list[Piece]:
    """The chain in turns whose lengths come nearest to the usual one, and which change at a civil hour."""
    parts = [part for piece in chain for part in _no_longer(piece, lengths)]
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(parts) + 1):
        costs = []
        for first in range(end - 1, -1, -1):
            length = parts[end - 1][1] - parts[first][0]
            if length > lengths.longest:
                break
            costs.append((best[first][0] + _cost(parts[first][0], length, lengths), first))
        best.append(min(costs))
    found, end = [], len(parts)
    while end:
        first = best[end][1]
        found.append((parts[first][0], parts[end - 1][1]))
        end = first
    return found[::-1]


def _cost(start: datetime, length: timedelta, lengths: Lengths) -> float:
    """Each turn costs something (so there are few), and how far it is from the usual, and a beginning at night."""
    away = (length - lengths.usual) / lengths.usual
    return 0.2 + away * away + (0.3 if local(start).hour < 5 else 0.0)


def _no_longer(piece: Piece, lengths: Lengths) -> Iterator[Piece]:
    """A single stretch longer than a turn may be, in equal parts of whole minutes near the usual length."""
    start, end = piece
    parts = -((start - end) // lengths.longest)
    if parts > 1:
        parts = max(parts, round((end - start) / lengths.usual))
    minutes = (end - start) // timedelta(minutes=1)
    edges = [start + timedelta(minutes=minutes * n // parts) for n in range(parts)]
    yield from zip(edges, [*edges[1:], end], strict=True)


def minus(needs: Mapping[Line, Sequence[Need]], there: Iterable[tuple[Line, datetime, datetime]]) -> dict[
    Line, tuple[Need, ...]
]:  # fmt: skip
    """What is still needed beside those who are there already."""
    by_line: dict[Line, list[Piece]] = {}
    for line, start, end in there:
        by_line.setdefault(line, []).append((start, end))
    return {line: tuple(_less(rows, by_line[line])) if line in by_line else tuple(rows) for line, rows in needs.items()}


def _less(rows: Sequence[Need], there: Sequence[Piece]) -> Iterator[Need]:
    for need in rows:
        over = [(start, end) for start, end in there if start < need.ends_at and end > need.starts_at]
        edges = sorted(
            {need.starts_at, need.ends_at, *(e for piece in over for e in piece if need.starts_at < e < need.ends_at)}
        )
        for start, end in pairwise(edges):
            people = need.people - sum(begins <= start and end <= ends for begins, ends in over)
            if people > 0:
                yield need._replace(starts_at=start, ends_at=end, people=people)
