"""Marks of the matrix given, changed and ended: one dated row each, never a flag."""

from dataclasses import dataclass
from datetime import datetime

from portal.audit.catalogue import MatrixFilled, MatrixMarked, MatrixMarkEnded
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, insert, unit_of_work
from portal.core.refusals import Conflict, NotFound, Refused
from portal.grids.queries import GridRow, grid_seen
from portal.grids.services import bump_rights
from portal.permissions.rules import Permission
from portal.responsibilities.queries.matrix import duty_exists, post_to_mark, rows_of
from portal.responsibilities.rules import Mark
from portal.responsibilities.rules.marking import Row, check_start, end_of, ended_by, state_of
from portal.responsibilities.tables import Responsibility


@dataclass(frozen=True, slots=True)
class Marking:
    """A mark as it is wanted. `starts_at` None: from this instant on."""

    duty: str
    post_id: int
    mark: Mark
    basis: str | None = None
    reason: str | None = None
    starts_at: datetime | None = None
    ruled_on: int | None = None


async def set_mark(grid_id: int, wants: Marking, *, by: Actor, seen: str | None = None) -> int | None:
    """Gives a post a mark; gives the row, or None when it stands so already.

    `seen` is what the form knew of the duty's rows in this grid (`state_of`): if they are others now, somebody was
    first. None asks for nothing: the caller has decided on the present state in the same unit.
    """
    async with unit_of_work():
        grid = await _grid_to_change(grid_id, by=by, is_whole=not wants.duty)
        at = now()
        starts_at = wants.starts_at or at
        check_start(starts_at, at=at)
        if not await duty_exists(wants.duty, grid.org_id):
            raise NotFound()
        await _check_post(wants.post_id, grid, at)
        rows = await _rows_as_seen(grid_id, wants.duty, seen, at)
        if _stands_so(rows, wants, starts_at):
            return None
        ended = ended_by(rows, post_id=wants.post_id, mark=wants.mark, starts_at=starts_at)
        for row in ended:
            await _end(row, ends_at=starts_at, by=by)
        row_id = await _insert(grid, wants, starts_at, by=by)
        details = MatrixMarked(
            duty=wants.duty, post_id=wants.post_id, mark=wants.mark, starts_at=stamp(starts_at),
            ended=tuple(row.id for row in ended),
        )  # fmt: skip
        texts = {"reason": wants.reason or ""}
        await record_event(details, org_id=grid.org_id, subject_id=grid_id, by=by, texts=texts)
    return row_id


async def end_mark(
    grid_id: int, duty: str, post_id: int, *, by: Actor, seen: str, ends_at: datetime | None = None
) -> bool:
    """Takes a post's mark away from an instant on; false when there is none in this grid. What the grids above say,
    or who keeps the grid, holds from then on."""
    async with unit_of_work():
        grid = await _grid_to_change(grid_id, by=by, is_whole=not duty)
        at = now()
        until = ends_at or at
        check_start(until, at=at)
        rows = await _rows_as_seen(grid_id, duty, seen, at)
        own = [row for row in rows if row.post_id == post_id and (row.ends_at is None or row.ends_at > until)]
        for row in own:
            await _end(row, ends_at=until, by=by)
            details = MatrixMarkEnded(duty=duty, post_id=post_id, mark=row.mark, ends_at=stamp(end_of(row, at=until)))
            await record_event(details, org_id=grid.org_id, subject_id=grid_id, by=by)
    return bool(own)


async def fill_matrix(grid_id: int, wanted: list[Marking], *, by: Actor) -> int:
    """Makes rows that a template proposes, in one go; gives how many. Where rows are in force already nothing is made:
    a template fills what is empty and overrules nobody."""
    async with unit_of_work():
        grid = await _grid_to_change(grid_id, by=by)
        at, made = now(), 0
        for one in wanted:
            if await rows_of(grid_id, one.duty, at=at, post_id=None if one.mark is Mark.MAIN else one.post_id):
                continue
            await _check_post(one.post_id, grid, at)
            await _insert(grid, one, at, by=by)
            made += 1
        if made:
            await record_event(MatrixFilled(rows=made), org_id=grid.org_id, subject_id=grid_id, by=by)
    return made


async def _grid_to_change(grid_id: int, *, by: Actor, is_whole: bool = False) -> GridRow:
    """The grid whose matrix the actor may change, with its row as the lock: two writers of one grid wait here.

    `is_whole`: who answers for the grid itself changes, and with it what is counted as covered.
    """
    grid = await grid_seen(grid_id, by=by, permission=Permission.MATRIX_EDIT)
    if is_whole:
        await bump_rights(grid.org_id)
    await execute("UPDATE grid SET version = version WHERE id = {}", grid_id)
    if grid.ended_at is not None:
        raise Refused("grid.ended")
    return grid


async def _rows_as_seen(grid_id: int, duty: str, seen: str | None, at: datetime) -> list[Row]:
    rows = await rows_of(grid_id, duty, at=at)
    if seen is not None and seen != state_of(rows):
        raise Conflict()
    return rows


async def _check_post(post_id: int, grid: GridRow, at: datetime) -> None:
    post = await post_to_mark(post_id, grid.path, grid.org_id)
    if post is None:
        raise Refused("matrix.post_unknown")
    if post.ended_at is not None and post.ended_at <= at:
        raise Refused("matrix.post_ended")


def _stands_so(rows: list[Row], wants: Marking, starts_at: datetime) -> bool:
    """True when the same mark is in force at the instant, without an end and for the same reason."""
    return any(
        (row.post_id, row.mark, row.basis or None, row.reason or None, row.ends_at)
        == (wants.post_id, wants.mark, wants.basis or None, wants.reason or None, None)
        and row.starts_at <= starts_at
        for row in rows
    )


async def _end(row: Row, *, ends_at: datetime, by: Actor) -> None:
    ends = end_of(row, at=ends_at)
    await compare_and_set(Responsibility, row.id, version=row.version, ends_at=ends, ended_by=by.person_id)


async def _insert(grid: GridRow, wants: Marking, starts_at: datetime, *, by: Actor) -> int:
    row = {
        "org_id": grid.org_id, "grid_id": grid.id, "duty": wants.duty, "post_id": wants.post_id,
        "mark": str(wants.mark), "basis": wants.basis or None, "reason": wants.reason or None,
        "ruled_on": wants.ruled_on, "starts_at": starts_at, "entered_at": now(), "entered_by": by.person_id,
    }  # fmt: skip
    [row_id] = await insert(Responsibility, row)
    return row_id
