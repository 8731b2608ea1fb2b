"""Reads of single shifts: one with what its page says, and the versions that changes are made against."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one, in_list
from portal.core.refusals import NotFound
from portal.duty.rules import Line
from portal.permissions.rules import Permission, scope


class SeenShift(NamedTuple):
    """A shift as its page shows it. `title` is the post where it names no person."""

    id: int
    org_id: int
    path: str
    area_id: int | None
    role: str
    person_id: int | None
    name: str
    title: str
    starts_at: datetime
    ends_at: datetime
    note: str
    roster_id: int | None
    published_at: datetime | None
    cancelled_at: datetime | None
    version: int

    @property
    def line(self) -> Line:
        """The lane it lies in."""
        return Line(self.area_id, self.role)


async def shift_seen(shift_id: int, *, by: Actor) -> SeenShift:
    """A shift that was published, of a book that the actor may see; any other one does not exist. One statement."""
    row = await fetch_one(
        SeenShift,
        "SELECT d.id, d.org_id, g.path, d.area_id, d.role, d.person_id, COALESCE(p.name, ''), COALESCE(s.title, ''), "
        "d.starts_at, d.ends_at, d.note, d.roster_id, d.published_at, d.cancelled_at, d.version "
        "FROM duty_shift d JOIN grid g ON g.id = d.org_id LEFT JOIN person p ON p.id = d.person_id "
        "LEFT JOIN post s ON s.id = d.post_id WHERE d.id = {}",
        shift_id,
    )
    if row is None or row.published_at is None or not scope(by, Permission.DUTY_VIEW).holds(row.path, row.org_id):
        raise NotFound()
    return row


class _Version(NamedTuple):
    id: int
    version: int


async def shift_versions(ids: Iterable[int]) -> dict[int, int]:
    """The versions of shifts, by id. One statement."""
    marks, args = in_list(sorted(set(ids)))
    return {
        row.id: row.version
        for row in await fetch(_Version, f"SELECT id, version FROM duty_shift WHERE id IN {marks}", *args)
    }


async def lane_state(org_id: int, line: Line, start: datetime, end: datetime) -> str:
    """What lies in a lane between two instants, in a few signs: whoever saw it can tell whether it is still so."""
    rows = await fetch(
        _Version,
        "SELECT id, version FROM duty_shift WHERE org_id = {} AND role = {} AND COALESCE(area_id, 0) = {} "
        "AND published_at IS NOT NULL AND cancelled_at IS NULL AND ends_at > {} AND starts_at < {} ORDER BY id",
        org_id, line.role, line.area_id or 0, start, end,
    )  # fmt: skip
    return "-".join(f"{row.id}.{row.version}" for row in rows)


class LastChange(NamedTuple):
    """Who changed a shift last, and when."""

    name: str | None
    at: datetime


async def last_change(shift_id: int) -> LastChange | None:
    """The latest event about a shift. One statement."""
    return await fetch_one(
        LastChange,
        "SELECT p.name, e.at FROM event e LEFT JOIN person p ON p.id = e.actor_id "
        "WHERE e.subject_kind = 'duty' AND e.subject_id = {} ORDER BY e.id DESC LIMIT 1",
        shift_id,
    )
