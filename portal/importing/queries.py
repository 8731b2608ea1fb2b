"""Reading import batches, and what a school has now, within what the actor may import into."""

import asyncio
import json
from datetime import datetime
from typing import NamedTuple

from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.crypto import unseal
from portal.core.database import fetch, fetch_one, fetch_value
from portal.core.refusals import NotFound
from portal.importing.codec import fingerprint, load
from portal.importing.importer import importer_of
from portal.importing.plan import (
    ExistingGrid,
    ExistingHolder,
    ExistingPerson,
    ExistingPost,
    Plan,
    Snapshot,
)
from portal.importing.planning import make_plan
from portal.importing.rows import Parsed
from portal.importing.tree import KnownGrid, keys_of
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope


class School(NamedTuple):
    """A school into which the actor may import."""

    id: int
    name: str


class BatchRow(NamedTuple):
    """One upload, without its rows."""

    id: int
    org_id: int
    filename: str
    digest: str
    state: str
    answers: str
    total: int
    done: int
    created_by: int | None
    created_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    error: str | None
    version: int
    school: str
    author: str | None

    @property
    def failure(self) -> tuple[str, dict[str, object]] | None:
        """The refusal on which the last try ended: its code and parameters."""
        if not self.error:
            return None
        code, params = json.loads(self.error)
        return code, params


BATCH = (
    "b.id, b.org_id, b.filename, b.digest, b.state, b.answers, b.total, b.done, b.created_by, b.created_at, "
    "b.applied_at, b.undone_at, b.error, b.version, g.name, p.name FROM import_batch b "
    "JOIN grid g ON g.id = b.org_id LEFT JOIN person p ON p.id = b.created_by"
)


class Preview(NamedTuple):
    """What importing this batch would do to the school as it stands now."""

    parsed: Parsed
    plan: Plan
    mark: str
    snapshot: Snapshot


class Made(NamedTuple):
    """How many things of a batch stand in the school."""

    grids: int
    posts: int
    people: int
    appointments: int


async def schools_to_import(*, by: Actor) -> list[School]:
    """The schools into which the actor may import, by name."""
    condition, args = scope_sql(scope(by, Permission.IMPORT_RUN), path="g.path", org="g.org_id")
    return await fetch(
        School,
        "SELECT g.id, g.name FROM grid g JOIN organisation o ON o.grid_id = g.id "
        f"WHERE o.kind = 'school' AND g.ended_at IS NULL AND {condition} ORDER BY g.name, g.id",
        *args,
    )


async def school_to_import(school_id: int, *, by: Actor) -> School:
    """One of those schools; any other is not found."""
    found = next((school for school in await schools_to_import(by=by) if school.id == school_id), None)
    if found is None:
        raise NotFound()
    return found


async def batch_row(batch_id: int, *, by: Actor) -> BatchRow:
    """A batch of a school into which the actor may import; any other is not found."""
    condition, args = scope_sql(scope(by, Permission.IMPORT_RUN), path="g.path", org="g.org_id")
    found = await fetch_one(BatchRow, f"SELECT {BATCH} WHERE b.id = {{}} AND {condition}", batch_id, *args)
    if found is None:
        raise NotFound()
    return found


async def recent_batches(*, by: Actor, limit: int = 30) -> list[BatchRow]:
    """The latest uploads, newest first."""
    condition, args = scope_sql(scope(by, Permission.IMPORT_RUN), path="g.path", org="g.org_id")
    return await fetch(BatchRow, f"SELECT {BATCH} WHERE {condition} ORDER BY b.id DESC LIMIT {{}}", *args, limit)


async def preview_of(batch: BatchRow, *, by: Actor = SYSTEM) -> Preview | None:
    """The plan for a batch and its school at this moment, as this person may carry it out.

    `None` once it is applied and its rows are dropped.
    """
    sealed = await fetch_value("SELECT plan FROM import_batch WHERE id = {}", batch.id)
    text = unseal(str(sealed)) if sealed else None
    if text is None:
        return None
    snapshot = await snapshot_of(batch.org_id, by=by)
    # a third of a second for 5,000 rows: in a thread, so that other requests go on
    return await asyncio.to_thread(_plan, text, snapshot)


def _plan(text: str, snapshot: Snapshot) -> Preview:
    parsed = load(text)
    plan = make_plan(parsed, snapshot)
    return Preview(parsed, plan, fingerprint(plan), snapshot)


class _Grid(NamedTuple):
    id: int
    parent_id: int | None
    name: str
    kind: str


class _Post(NamedTuple):
    id: int
    grid_id: int
    title: str
    role: str


async def snapshot_of(school_id: int, *, by: Actor) -> Snapshot:
    """Grids, posts, holders and people that the school has now, in four statements; one more for who imports."""
    at = now()
    grids = await fetch(
        _Grid,
        "SELECT id, parent_id, name, kind FROM grid WHERE org_id = {} AND ended_at IS NULL ORDER BY depth, sort, id",
        school_id,
    )
    posts = await fetch(
        _Post,
        "SELECT id, grid_id, title, role FROM post WHERE org_id = {} AND ended_at IS NULL ORDER BY id",
        school_id,
    )
    holders = await fetch(
        ExistingHolder,
        "SELECT a.post_id, a.person_id, p.name FROM appointment a JOIN person p ON p.id = a.person_id "
        "WHERE a.org_id = {} AND (a.ends_at IS NULL OR a.ends_at > {}) ORDER BY a.is_primary DESC, a.id",
        school_id, at,
    )  # fmt: skip
    persons = await fetch(
        ExistingPerson,
        "SELECT id, name, kind, staff_no FROM person WHERE org_id = {} AND (left_at IS NULL OR left_at > {}) "
        "ORDER BY id",
        school_id, at,
    )  # fmt: skip
    return _snapshot(school_id, grids, posts, holders, persons)._replace(importer=await importer_of(school_id, by=by))


def _snapshot(
    school_id: int,
    grids: list[_Grid],
    posts: list[_Post],
    holders: list[ExistingHolder],
    persons: list[ExistingPerson],
) -> Snapshot:
    keys = keys_of([KnownGrid(grid.id, grid.parent_id, grid.name) for grid in grids], school_id)
    return Snapshot(
        next(grid.name for grid in grids if grid.id == school_id),
        tuple(ExistingGrid(keys[grid.id], grid.id, grid.kind) for grid in grids if grid.id in keys),
        tuple(
            ExistingPost(keys[post.grid_id], post.title, post.id, post.role) for post in posts if post.grid_id in keys
        ),
        tuple(holders),
        tuple(persons),
    )


async def made_by(batch_id: int) -> Made:
    """What stands of a batch, counted."""
    counts = [
        await fetch_value(f"SELECT COUNT(*) FROM {table} WHERE import_batch_id = {{}}", batch_id)
        for table in ("grid", "post", "person", "appointment")
    ]
    return Made(*map(int, counts))
