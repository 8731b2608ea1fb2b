"""Reads of swaps: one with its shifts and whoever is asked, and those that concern somebody."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_column, in_list
from portal.core.refusals import NotFound
from portal.duty.rules import Duty, Line
from portal.duty.swapping.rules import OPEN, Mover, State, Swap
from portal.permissions.rules import Permission, scope

MOST = 100


class SwapRow(NamedTuple):
    """A swap with the shift that is given away and, for an exchange, the one that is done in return (`back_…`)."""

    id: int
    org_id: int
    path: str
    shift_id: int
    back_shift_id: int | None
    from_person_id: int
    to_person_id: int
    state: str
    is_urgent: bool
    reason: str
    answer: str
    asked_at: datetime
    asked_by: int | None
    expires_at: datetime
    accepted_at: datetime | None
    accepted_by: int | None
    decided_at: datetime | None
    version: int
    area_id: int | None
    role: str
    starts_at: datetime
    ends_at: datetime
    back_area_id: int | None
    back_role: str | None
    back_starts_at: datetime | None
    back_ends_at: datetime | None
    from_name: str
    to_name: str

    @property
    def gives(self) -> Duty:
        """The time on duty that is given away."""
        return Duty(self.starts_at, self.ends_at, Line(self.area_id, self.role), self.shift_id)

    @property
    def back(self) -> Duty | None:
        """The time on duty that is done in return."""
        if self.back_starts_at is None or self.back_ends_at is None:
            return None
        line = Line(self.back_area_id, self.back_role or "")
        return Duty(self.back_starts_at, self.back_ends_at, line, self.back_shift_id)

    @property
    def begins_at(self) -> datetime:
        """When the first of its shifts begins."""
        return min(self.starts_at, self.back_starts_at or self.starts_at)


class Offered(NamedTuple):
    """Somebody who is asked, and what they said if they will not."""

    swap_id: int
    person_id: int
    name: str
    declined_at: datetime | None
    answer: str


@dataclass(frozen=True, slots=True)
class Swapped:
    """A swap with everybody who is asked."""

    row: SwapRow
    offers: tuple[Offered, ...] = ()

    @property
    def swap(self) -> Swap:
        """The swap as the rules read it."""
        row, state = self.row, State(self.row.state)
        has_taken = row.accepted_at is not None and state is not State.ASKED
        return Swap(
            state, row.from_person_id, frozenset(one.person_id for one in self.offers if one.declined_at is None),
            row.begins_at, row.expires_at, row.is_urgent, row.to_person_id if has_taken else None, row.asked_by,
            row.accepted_by,
        )  # fmt: skip

    def concerns(self, person_id: int | None) -> bool:
        """Whether somebody gives, takes, or is asked."""
        people = {self.row.from_person_id, *(one.person_id for one in self.offers)}
        return person_id is not None and person_id in people


_SQL = (
    "SELECT w.id, w.org_id, g.path, w.shift_id, w.back_shift_id, w.from_person_id, w.to_person_id, w.state, "
    "w.is_urgent, w.reason, w.answer, w.asked_at, w.asked_by, w.expires_at, w.accepted_at, w.accepted_by, "
    "w.decided_at, w.version, s.area_id, s.role, s.starts_at, s.ends_at, b.area_id, b.role, b.starts_at, b.ends_at, "
    "f.name, t.name FROM duty_swap w JOIN grid g ON g.id = w.org_id JOIN duty_shift s ON s.id = w.shift_id "
    "JOIN person f ON f.id = w.from_person_id JOIN person t ON t.id = w.to_person_id "
    "LEFT JOIN duty_shift b ON b.id = w.back_shift_id "
)


def is_office(by: Actor, path: str, org_id: int) -> bool:
    """Whether somebody keeps this school's book of duty."""
    return scope(by, Permission.DUTY_EDIT).holds(path, org_id)


def mover_of(by: Actor, row: SwapRow) -> Mover:
    """Who acts, as the rules of a swap ask it."""
    return Mover(by.person_id, is_office(by, row.path, row.org_id))


async def swap_found(swap_id: int) -> Swapped | None:
    """A swap by its id, whoever asks. Two statements."""
    found = await _with_offers(await fetch(SwapRow, _SQL + "WHERE w.id = {}", swap_id))
    return found[0] if found else None


async def swap_seen(swap_id: int, *, by: Actor) -> Swapped:
    """A swap that concerns the actor, or of a book that they keep; any other one does not exist."""
    found = await swap_found(swap_id)
    if found is None or not (found.concerns(by.person_id) or is_office(by, found.row.path, found.row.org_id)):
        raise NotFound()
    return found


async def swaps_seen(org_id: int, *, by: Actor, whole: bool) -> list[Swapped]:
    """The newest swaps of a school that concern the actor, or (`whole`) all of them. Two statements."""
    own = "AND (w.from_person_id = {} OR w.id IN (SELECT o.swap_id FROM duty_swap_offer o WHERE o.person_id = {})) "
    rows = await fetch(
        SwapRow, _SQL + "WHERE w.org_id = {} " + ("" if whole else own) + "ORDER BY w.id DESC LIMIT {}",
        org_id, *(() if whole else (by.person_id, by.person_id)), MOST,
    )  # fmt: skip
    return await _with_offers(rows)


async def open_on_shift(shift_id: int, *, approved: bool = False) -> list[int]:
    """The swaps that a shift is part of and that are open, or (`approved`) hold as well."""
    marks, states = in_list([*sorted(OPEN), *([State.APPROVED] if approved else [])])
    return await fetch_column(
        f"SELECT id FROM duty_swap WHERE (shift_id = {{}} OR back_shift_id = {{}}) AND state IN {marks} ORDER BY id",
        shift_id, shift_id, *states,
    )  # fmt: skip


async def overdue_swaps(at: datetime) -> list[int]:
    """The open swaps whose time is up."""
    marks, states = in_list(sorted(OPEN))
    return await fetch_column(
        f"SELECT id FROM duty_swap WHERE expires_at <= {{}} AND state IN {marks} ORDER BY id", at, *states
    )


async def _with_offers(rows: list[SwapRow]) -> list[Swapped]:
    marks, ids = in_list(row.id for row in rows)
    offers = await fetch(
        Offered,
        "SELECT o.swap_id, o.person_id, p.name, o.declined_at, o.answer FROM duty_swap_offer o "
        f"JOIN person p ON p.id = o.person_id WHERE o.swap_id IN {marks} ORDER BY o.id",
        *ids,
    )
    return [Swapped(row, tuple(one for one in offers if one.swap_id == row.id)) for row in rows]
