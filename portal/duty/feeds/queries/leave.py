"""Files of leave: those of a school, one with its events, and what is known of whoever they may mean."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one
from portal.core.refusals import NotFound
from portal.grids.queries import GridRow, grid_row
from portal.permissions.rules import Permission, scope
from portal.responsibilities.rules import Absence

MOST_FILES = 20


class FileLine(NamedTuple):
    """A file in the list."""

    id: int
    name: str
    state: str
    made_at: datetime
    maker: str | None
    rows: int
    entered: int


class FileRow(NamedTuple):
    """One file."""

    id: int
    org_id: int
    path: str
    name: str
    person_id: int | None
    state: str
    made_at: datetime
    entered_at: datetime | None
    version: int


class LeaveRow(NamedTuple):
    """One event of a file; once it is entered, with the absence as it is now."""

    id: int
    line: int
    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    is_all_day: bool
    trouble: str
    person_id: int | None
    absence_id: int | None
    away_from: datetime | None
    away_to: datetime | None
    absence_version: int | None
    undone_at: datetime | None


class Named(NamedTuple):
    """Somebody of the staff, with a post to tell two of one name apart."""

    id: int
    name: str
    title: str | None


async def school_of_leave(org_id: int | None, *, by: Actor, permission: Permission) -> GridRow:
    """The organisation for which the actor may enter leave; any other one does not exist."""
    grid = await grid_row(org_id) if org_id is not None else None
    if grid is None or grid.id != grid.org_id or not scope(by, permission).holds(grid.path, grid.org_id):
        raise NotFound()
    return grid


async def files_of(org_id: int) -> list[FileLine]:
    """The newest files of a school. One statement."""
    return await fetch(
        FileLine,
        "SELECT f.id, f.name, f.state, f.made_at, p.name, "
        "(SELECT count(*) FROM duty_leave_row r WHERE r.file_id = f.id), "
        "(SELECT count(*) FROM duty_leave_row r WHERE r.file_id = f.id AND r.absence_id IS NOT NULL) "
        "FROM duty_leave_file f LEFT JOIN person p ON p.id = f.made_by WHERE f.org_id = {} AND f.state <> 'dropped' "
        "ORDER BY f.id DESC LIMIT {}",
        org_id, MOST_FILES,
    )  # fmt: skip


async def file_seen(file_id: int, *, by: Actor, permission: Permission) -> FileRow:
    """A file of an organisation for which the actor may enter leave; any other one does not exist. One statement."""
    found = await fetch_one(
        FileRow,
        "SELECT f.id, f.org_id, g.path, f.name, f.person_id, f.state, f.made_at, f.entered_at, f.version "
        "FROM duty_leave_file f JOIN grid g ON g.id = f.org_id WHERE f.id = {}",
        file_id,
    )
    if found is None or not scope(by, permission).holds(found.path, found.org_id):
        raise NotFound()
    return found


async def leave_rows(file_id: int) -> list[LeaveRow]:
    """The events of a file, in its order. One statement."""
    return await fetch(
        LeaveRow,
        "SELECT r.id, r.line, r.title, r.starts_at, r.ends_at, r.is_all_day, r.trouble, r.person_id, r.absence_id, "
        "b.starts_at, b.ends_at, b.version, b.undone_at FROM duty_leave_row r "
        "LEFT JOIN absence b ON b.id = r.absence_id WHERE r.file_id = {} ORDER BY r.id",
        file_id,
    )


async def staff_names(org_id: int, *, at: datetime) -> Sequence[Named]:
    """The staff of a school who are there now, by name. One statement."""
    return await fetch(
        Named,
        "SELECT p.id, p.name, (SELECT MIN(s.title) FROM appointment a JOIN post s ON s.id = a.post_id "
        "WHERE a.person_id = p.id AND a.starts_at <= {} AND (a.ends_at IS NULL OR a.ends_at > {})) FROM person p "
        "WHERE p.org_id = {} AND p.kind = 'staff' AND (p.left_at IS NULL OR p.left_at > {}) ORDER BY p.name, p.id",
        at, at, org_id, at,
    )  # fmt: skip


class _Away(NamedTuple):
    person_id: int
    starts_at: datetime
    ends_at: datetime | None


async def absences_of_school(org_id: int, *, since: datetime) -> dict[int, list[Absence]]:
    """Everybody's times away that have not ended before `since`. One statement."""
    rows = await fetch(
        _Away,
        "SELECT person_id, starts_at, ends_at FROM absence WHERE org_id = {} AND undone_at IS NULL "
        "AND (ends_at IS NULL OR ends_at > {})",
        org_id, since,
    )  # fmt: skip
    found: dict[int, list[Absence]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(Absence(*row))
    return found
