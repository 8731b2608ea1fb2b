"""Print jobs within the actor's scope, and what is printed on them, in a fixed number of statements."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from portal.contact_boards.printing.rules import Kind
from portal.contact_boards.queries.boards import PLACES
from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one, fetch_value, in_list
from portal.core.refusals import NotFound
from portal.grids.queries import GridRow, ids_in
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope


class PrintRow(NamedTuple):
    """A job with the names that its page shows."""

    id: int
    org_id: int
    grid_id: int
    kind: str
    params: str
    state: str
    total: int
    done: int
    attempts: int
    error: str | None
    error_params: str
    file_digest: str | None
    asked_at: datetime
    asked_by: int | None
    finished_at: datetime | None
    version: int
    grid: str
    path: str
    school: str
    asker: str | None

    @property
    def language(self) -> str:
        """The language of the paper."""
        return str(json.loads(self.params).get("language", ""))

    @property
    def failure(self) -> tuple[str, dict[str, Any]] | None:
        """Why the last try failed: a code, and what fills its sentence."""
        return (self.error, json.loads(self.error_params)) if self.error else None


PRINT = (
    "SELECT j.id, j.org_id, j.grid_id, j.kind, j.params, j.state, j.total, j.done, j.attempts, j.error, "
    "j.error_params, j.file_digest, j.asked_at, j.asked_by, j.finished_at, j.version, g.name, g.path, s.name, p.name "
    "FROM print_job j JOIN grid g ON g.id = j.grid_id JOIN grid s ON s.id = j.org_id "
    "LEFT JOIN person p ON p.id = j.asked_by"
)


async def print_row(job_id: int) -> PrintRow | None:
    """A job, whoever asks: for the worker."""
    return await fetch_one(PrintRow, f"{PRINT} WHERE j.id = {{}}", job_id)


async def print_seen(job_id: int, *, by: Actor, permission: Permission = Permission.PRINT_VIEW) -> PrintRow:
    """A job for a grid in the actor's scope; any other does not exist."""
    found = await print_row(job_id)
    if found is None or not scope(by, permission).holds(found.path, found.org_id):
        raise NotFound()
    return found


async def same_waiting(grid_id: int, kind: str, params: str) -> int | None:
    """A job for the same that has not been begun."""
    found = await fetch_value(
        "SELECT id FROM print_job WHERE grid_id = {} AND kind = {} AND params = {} AND state = 'waiting' LIMIT 1",
        grid_id, kind, params,
    )  # fmt: skip
    return int(found) if found is not None else None


async def recent_prints(*, by: Actor, most: int = 30) -> list[PrintRow]:
    """The latest jobs, newest first."""
    condition, args = scope_sql(scope(by, Permission.PRINT_VIEW), path="g.path", org="g.org_id")
    return await fetch(PrintRow, f"{PRINT} WHERE {condition} ORDER BY j.id DESC LIMIT {{}}", *args, most)


_NO_PLACE = (
    "EXISTS (SELECT 1 FROM grid_kind k WHERE k.code = {0}.kind AND k.is_place = FALSE "
    "AND (k.org_id IS NULL OR k.org_id = {0}.org_id))"
)
IS_PLACE = "NOT " + _NO_PLACE.format("g")
LEAVES = (
    f"{PLACES} AND {IS_PLACE} AND NOT EXISTS (SELECT 1 FROM grid c WHERE c.parent_id = g.id AND c.ended_at IS NULL "
    f"AND c.is_heading = FALSE AND NOT {_NO_PLACE.format('c')})"
)
"""Places without places below them: rooms, gates, zones. Takes organisation and path."""


class Choice(NamedTuple):
    """A grid that something may be printed for."""

    id: int
    name: str
    kind: str
    org_id: int
    school: str
    parent: str | None
    depth: int  # below the school


async def printable_grids(*, by: Actor, most: int = 200) -> list[Choice]:
    """Where one usually prints: the schools and what stands directly below them, within the actor's scope."""
    condition, args = scope_sql(scope(by, Permission.PRINT_MAKE), path="g.path", org="g.org_id")
    return await fetch(
        Choice,
        "SELECT g.id, g.name, g.kind, g.org_id, s.name, u.name, g.depth - s.depth FROM grid g "
        "JOIN grid s ON s.id = g.org_id LEFT JOIN grid u ON u.id = g.parent_id "
        "JOIN organisation o ON o.grid_id = g.org_id WHERE o.kind = 'school' AND g.ended_at IS NULL "
        f"AND g.is_heading = FALSE AND (g.id = g.org_id OR {IS_PLACE}) AND g.depth <= s.depth + 2 AND {condition} "
        "ORDER BY s.name, s.id, g.depth, g.sort, g.id LIMIT {}",
        *args, most,
    )  # fmt: skip


class Place(NamedTuple):
    """A place that gets a plate or a card."""

    id: int
    path: str
    name: str
    key: str
    check_code: str


async def count_places(grid: GridRow) -> int:
    """How many plates a grid takes: one for each of its innermost places, itself where there are none."""
    found = await fetch_value(f"SELECT count(*) FROM grid g WHERE {LEAVES}", grid.org_id, grid.path + "%")
    return int(found) or 1


async def places_of(row: PrintRow) -> list[Place]:
    """The innermost places of the job's grid that have an open board, in the order of the tree."""
    columns = "g.id, g.path, g.name, b.key, b.check_code"
    board = "JOIN contact_board b ON b.grid_id = g.id AND b.revoked_at IS NULL"
    found = await fetch(Place, f"SELECT {columns} FROM grid g {board} WHERE {LEAVES}", row.org_id, row.path + "%")
    if not found:
        found = await fetch(Place, f"SELECT {columns} FROM grid g {board} WHERE g.id = {{}}", row.grid_id)
    return found


class Step(NamedTuple):
    """A grid on the way down to a place."""

    id: int
    name: str
    sort: int


async def steps_to(paths: Sequence[str]) -> dict[int, Step]:
    """Every grid on these paths, by id."""
    wanted = sorted({grid_id for path in paths for grid_id in ids_in(path)})
    found: dict[int, Step] = {}
    for start in range(0, len(wanted), 500):
        marks, ids = in_list(wanted[start : start + 500])
        rows = await fetch(Step, f"SELECT id, name, sort FROM grid WHERE id IN {marks}", *ids)
        found |= {row.id: row for row in rows}
    return found


def in_order(places: Sequence[Place], steps: dict[int, Step]) -> list[Place]:
    """The places as one walks through the tree."""
    return sorted(places, key=lambda place: [(steps[one].sort, one) for one in ids_in(place.path) if one in steps])


class School(NamedTuple):
    """The school on the paper, and the line that is called first."""

    name: str
    duty_phone: str


async def school_of(org_id: int) -> School:
    """The school of a job."""
    found = await fetch_one(
        School,
        "SELECT g.name, coalesce(o.duty_phone, '') FROM grid g JOIN organisation o ON o.grid_id = g.id WHERE g.id = {}",
        org_id,
    )
    assert found is not None
    return found


def needs_places(kind: str) -> bool:
    """Whether it is made for each place of a grid, not for the grid itself."""
    return kind in (Kind.PLATES, Kind.CARDS)
