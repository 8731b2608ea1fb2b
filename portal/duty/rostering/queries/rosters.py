"""Reads of rosters: the list, one with its shifts, and what stands in the book around it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch, fetch_column, fetch_one
from portal.core.refusals import NotFound
from portal.duty.rostering.rules import Planned
from portal.duty.rules import Line
from portal.permissions.rules import Permission, scope

DRAFT, PUBLISHED, DROPPED = "draft", "published", "dropped"


class RosterRow(NamedTuple):
    """A roster, where its school lies, and who made and published it."""

    id: int
    org_id: int
    path: str
    school: str
    name: str
    first_day: date
    last_day: date
    rule: str
    state: str
    made_at: datetime
    maker: str | None
    published_at: datetime | None
    publisher: str | None
    version: int
    waits: int = 0  # whether a receipt of the person who asks is awaited


_ROSTER = (
    "SELECT r.id, r.org_id, g.path, g.name, r.name, r.first_day, r.last_day, {rule}, r.state, r.made_at, m.name, "
    "r.published_at, p.name, r.version FROM duty_roster r JOIN grid g ON g.id = r.org_id "
    "LEFT JOIN person m ON m.id = r.made_by LEFT JOIN person p ON p.id = r.published_by "
)


async def roster_row(roster_id: int, *, by: Actor) -> RosterRow:
    """A roster that the actor may see: a draft is seen by whoever makes rosters, and nobody else knows of it."""
    row = await fetch_one(RosterRow, _ROSTER.replace("{rule}", "r.rule") + "WHERE r.id = {}", roster_id)
    if row is None or row.state == DROPPED or not scope(by, Permission.DUTY_VIEW).holds(row.path, row.org_id):
        raise NotFound()
    if row.state == DRAFT and not may_make(row.path, row.org_id, by=by):
        raise NotFound()
    return row


def may_make(path: str, org_id: int, *, by: Actor) -> bool:
    """Whether the actor makes this school's rosters."""
    return scope(by, Permission.ROSTER_MAKE).holds(path, org_id)


_WAITS = (
    "CASE WHEN r.state = 'published' AND EXISTS (SELECT 1 FROM duty_shift d WHERE d.roster_id = r.id "
    "AND d.person_id = {} AND d.cancelled_at IS NULL AND d.ends_at > {}) AND NOT EXISTS "
    "(SELECT 1 FROM duty_receipt c WHERE c.roster_id = r.id AND c.person_id = {}) THEN 1 ELSE 0 END"
)


async def rosters_of(org_id: int, *, drafts: bool, person_id: int | None) -> list[RosterRow]:
    """The rosters of a school, the latest first; drafts only where they may be seen. One statement."""
    states = "('draft', 'published')" if drafts else "('published')"
    sql = _ROSTER.replace("{rule}", "''").replace("r.version FROM", f"r.version, {_WAITS} FROM")
    sql += f"WHERE r.org_id = {{}} AND r.state IN {states} ORDER BY r.first_day DESC, r.id DESC LIMIT 60"
    me = person_id or 0
    return await fetch(RosterRow, sql, me, now(), me, org_id)


class ShiftOfRoster(NamedTuple):
    """A shift as drafts and publications read it. `doer_id`: whoever does it, with who stands in for all of it."""

    id: int
    area_id: int | None
    role: str
    person_id: int | None
    post_id: int | None
    starts_at: datetime
    ends_at: datetime
    version: int
    roster_id: int | None
    doer_id: int | None
    why: str

    @property
    def line(self) -> Line:
        """The lane it lies in."""
        return Line(self.area_id, self.role)

    @property
    def planned(self) -> Planned:
        """As the comparison takes it."""
        return Planned(self.id, self.line, self.person_id, self.post_id, self.starts_at, self.ends_at, self.version)


_SHIFT = (
    "SELECT d.id, d.area_id, d.role, d.person_id, d.post_id, d.starts_at, d.ends_at, d.version, d.roster_id, "
    "COALESCE((SELECT t.person_id FROM duty_stand_in t WHERE t.shift_id = d.id AND t.undone_at IS NULL "
    "AND t.starts_at IS NULL ORDER BY t.id DESC LIMIT 1), d.person_id), {why} FROM duty_shift d WHERE "
)
_IN_FORCE = "d.org_id = {} AND d.published_at IS NOT NULL AND d.cancelled_at IS NULL AND d.ends_at > {} AND "


async def shifts_in_force(org_id: int, start: datetime, end: datetime) -> list[ShiftOfRoster]:
    """Every shift in force that touches the time, in order. One statement."""
    sql = _SHIFT.replace("{why}", "''") + _IN_FORCE + "d.starts_at < {} ORDER BY d.starts_at, d.id"
    return await fetch(ShiftOfRoster, sql, org_id, start, end)


async def shifts_of_draft(roster_id: int) -> list[ShiftOfRoster]:
    """The shifts of a draft, in order. One statement."""
    sql = _SHIFT.replace("{why}", "d.why") + "d.roster_id = {} AND d.published_at IS NULL ORDER BY d.starts_at, d.id"
    return await fetch(ShiftOfRoster, sql, roster_id)


async def shifts_of_published(roster_id: int) -> list[ShiftOfRoster]:
    """The shifts of a published roster that are in force, in order. One statement."""
    sql = _SHIFT.replace("{why}", "d.why") + (
        "d.roster_id = {} AND d.published_at IS NOT NULL AND d.cancelled_at IS NULL ORDER BY d.starts_at, d.id"
    )
    return await fetch(ShiftOfRoster, sql, roster_id)


async def on_hold(shift_ids: Iterable[int]) -> set[int]:
    """Of these shifts those on which a swap or a stand-in hangs."""
    wanted = set(shift_ids)
    if not wanted:
        return set()
    first, last = min(wanted), max(wanted)
    hanging = await fetch_column(
        "SELECT shift_id FROM duty_swap WHERE state IN ('asked', 'accepted') AND shift_id >= {} AND shift_id <= {} "
        "UNION SELECT back_shift_id FROM duty_swap WHERE state IN ('asked', 'accepted') AND back_shift_id >= {} "
        "AND back_shift_id <= {} UNION SELECT shift_id FROM duty_stand_in WHERE undone_at IS NULL "
        "AND shift_id >= {} AND shift_id <= {}",
        first, last, first, last, first, last,
    )  # fmt: skip
    return wanted & {int(shift_id) for shift_id in hanging}


class Receipt(NamedTuple):
    """Who has read a roster, and when."""

    person_id: int
    seen_at: datetime


async def receipts_of(roster_id: int) -> dict[int, datetime]:
    """When each has confirmed. One statement."""
    rows = await fetch(Receipt, "SELECT person_id, seen_at FROM duty_receipt WHERE roster_id = {}", roster_id)
    return {row.person_id: row.seen_at for row in rows}
