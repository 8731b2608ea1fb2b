"""What happened to one shift: who stands or stood in, which swaps are about it. For the shift's own page."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch


class StandingIn(NamedTuple):
    """Somebody who does a shift instead, or did; `undone_at`: it was taken back. Times None: the whole shift."""

    id: int
    kind: str
    person_id: int
    name: str
    starts_at: datetime | None
    ends_at: datetime | None
    reason: str
    entered_at: datetime
    entered_by: str | None
    swap_id: int | None
    undone_at: datetime | None


class SwapLine(NamedTuple):
    """A swap of a shift, as far as its page links to it."""

    id: int
    state: str
    from_person_id: int
    expires_at: datetime
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class OfShift:
    """Everything that was agreed or noted about who does a shift."""

    shift_id: int
    stand_ins: tuple[StandingIn, ...]
    swaps: tuple[SwapLine, ...]


async def swaps_of_shift(shift_id: int) -> OfShift:
    """Who stands or stood in for a shift, and its swaps, newest first. The caller has seen it. Two statements."""
    stand_ins = await fetch(
        StandingIn,
        "SELECT t.id, t.kind, t.person_id, p.name, t.starts_at, t.ends_at, t.reason, t.entered_at, e.name, t.swap_id, "
        "t.undone_at FROM duty_stand_in t JOIN person p ON p.id = t.person_id "
        "LEFT JOIN person e ON e.id = t.entered_by WHERE t.shift_id = {} ORDER BY t.id DESC",
        shift_id,
    )
    swaps = await fetch(
        SwapLine,
        "SELECT id, state, from_person_id, expires_at, asked_at FROM duty_swap "
        "WHERE shift_id = {} OR back_shift_id = {} ORDER BY id DESC",
        shift_id, shift_id,
    )  # fmt: skip
    return OfShift(shift_id, tuple(stand_ins), tuple(swaps))
