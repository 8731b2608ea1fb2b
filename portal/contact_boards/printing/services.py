"""Print jobs: asked for by a person, taken and finished by a worker under a lease, told in the trail."""

import json
import os
import secrets
from datetime import timedelta
from typing import Any

from portal.audit.catalogue import PrintAsked, PrintFailed, PrintMade
from portal.audit.services import record_event
from portal.contact_boards.printing.queries import (
    PrintRow,
    count_places,
    needs_places,
    print_row,
    print_seen,
    same_waiting,
)
from portal.contact_boards.printing.rules import KEPT, LEASE, MOST_PIECES, Kind, State, tries_again
from portal.contact_boards.queries.boards import board_grid
from portal.contact_boards.services.keys import board_of, make_boards
from portal.contact_boards.tables import PrintJob
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch_value, insert, unit_of_work
from portal.core.refusals import Refused
from portal.grids.queries import GridRow
from portal.permissions.rules import Permission


async def ask_print(grid_id: int, kind: Kind, *, language: str, by: Actor) -> int:
    """Leaves a job to the worker, with boards for every place that has none; gives its id.

    Whoever presses twice gets the same job, as long as nobody has begun it (TR6).
    """
    params = json.dumps({"language": language})
    async with unit_of_work():
        grid = await board_grid(grid_id, by=by, permission=Permission.PRINT_MAKE)
        # The grid's row is the lock: of two who press at once, the second sees the first one's job.
        await execute("UPDATE grid SET version = version WHERE id = {} RETURNING id", grid.id)
        known = await same_waiting(grid.id, kind, params)
        if known is not None:
            return known
        pieces = await _boards_for(grid, kind, by)
        [job_id] = await insert(
            PrintJob,
            {
                "org_id": grid.org_id, "grid_id": grid.id, "kind": str(kind), "total": pieces, "params": params,
                "asked_at": now(), "asked_by": by.person_id, "state": str(State.WAITING), "done": 0, "attempts": 0,
                "version": 1, "error_params": "{}", "is_big": False,
            },
        )  # fmt: skip
        details = PrintAsked(grid_id=grid.id, what=str(kind), pieces=pieces)
        await record_event(details, org_id=grid.org_id, subject_id=job_id, by=by)
    return job_id


async def _boards_for(grid: GridRow, kind: Kind, by: Actor) -> int:
    """Sees to it that everything that is printed has a board; gives how many pieces there will be."""
    if not needs_places(kind):
        await board_of(grid.id, by=by)
        return 1
    pieces = await count_places(grid)
    if pieces > MOST_PIECES:
        raise Refused("print.too_many", pieces=pieces, most=MOST_PIECES)
    await make_boards(grid.id, by=by)
    return pieces


async def retry_print(job_id: int, *, version: int, by: Actor) -> None:
    """Another try for a job that has failed, or whose file is gone."""
    async with unit_of_work():
        job = await print_seen(job_id, by=by, permission=Permission.PRINT_MAKE)
        if job.state not in (State.FAILED, State.GONE):
            raise Refused("print.not_failed")
        again = {"state": str(State.WAITING), "attempts": 0, "done": 0, "error": None, "error_params": "{}"}
        await compare_and_set(PrintJob, job_id, version=version, finished_at=None, **again)
        details = PrintAsked(grid_id=job.grid_id, what=job.kind, pieces=job.total)
        await record_event(details, org_id=job.org_id, subject_id=job_id, by=by)


WAITING = (
    "SELECT id FROM print_job WHERE state IN ('waiting', 'running') AND (leased_until IS NULL OR leased_until <= {}) "
    "ORDER BY asked_at, id LIMIT 1"
)


async def claim_print(*, lease: timedelta = LEASE) -> tuple[PrintRow, str] | None:
    """Takes the oldest job that nobody works on; one whose worker was killed is free when its lease has run out."""
    at, token = now(), f"{os.getpid()}-{secrets.token_hex(16)}"
    if not await fetch_value(WAITING, at):
        return None  # an idle worker only reads
    async with unit_of_work():
        job_id = await fetch_value(
            "UPDATE print_job SET lease = {}, leased_until = {}, state = 'running', done = 0 "
            f"WHERE id = ({WAITING}) "
            "AND state IN ('waiting', 'running') AND (leased_until IS NULL OR leased_until <= {}) RETURNING id",
            token, at + lease, at, at,
        )  # fmt: skip
    job = await print_row(int(job_id)) if job_id is not None else None
    return (job, token) if job is not None else None


async def keep_print(job_id: int, token: str, *, done: int, total: int, lease: timedelta = LEASE) -> bool:
    """Writes how far it is and holds the job longer; False when it is no longer ours."""
    async with unit_of_work():
        held = await execute(
            "UPDATE print_job SET done = {}, total = {}, leased_until = {} WHERE id = {} AND lease = {} "
            "AND state = 'running' RETURNING id",
            done, total, now() + lease, job_id, token,
        )  # fmt: skip
    return bool(held)


async def finish_print(job: PrintRow, token: str, *, file_digest: str, pieces: int, by: Actor = SYSTEM) -> bool:
    """The file is there. False, and nothing is written, when somebody else has taken the job meanwhile."""
    async with unit_of_work():
        ours = await execute(
            "UPDATE print_job SET state = 'done', file_digest = {}, done = {}, total = {}, finished_at = {}, "
            "error = NULL, lease = NULL, leased_until = NULL, version = version + 1 "
            "WHERE id = {} AND lease = {} AND state = 'running' RETURNING id",
            file_digest, pieces, pieces, now(), job.id, token,
        )  # fmt: skip
        if ours:
            details = PrintMade(what=job.kind, pieces=pieces, file_digest=file_digest)
            await record_event(details, org_id=job.org_id, subject_id=job.id, by=by)
    return bool(ours)


async def fail_print(job: PrintRow, token: str, *, error: str, params: dict[str, Any], by: Actor = SYSTEM) -> bool:
    """Notes why; another try where that may help. True when the job was given up."""
    errors = job.attempts + 1
    again = tries_again(error, errors)
    async with unit_of_work():
        ours = await execute(
            "UPDATE print_job SET state = {}, attempts = {}, error = {}, error_params = {}, finished_at = {}, "
            "lease = NULL, leased_until = {}, version = version + 1 WHERE id = {} AND lease = {} "
            "AND state = 'running' RETURNING id",
            State.WAITING if again else State.FAILED, errors, error[:60], json.dumps(params), None if again else now(),
            now() + timedelta(seconds=2 * errors) if again else None, job.id, token,
        )  # fmt: skip
        if ours and not again:
            details = PrintFailed(what=job.kind, error=error[:60])
            await record_event(details, org_id=job.org_id, subject_id=job.id, by=by)
    return bool(ours) and not again


async def give_back_print(job_id: int, token: str, *, pause: float = 0) -> None:
    """The worker stops: the job waits for the next one, at once; or after a pause, while the file store is away."""
    async with unit_of_work():
        await execute(
            "UPDATE print_job SET state = 'waiting', lease = NULL, leased_until = {} WHERE id = {} AND lease = {}",
            now() + timedelta(seconds=pause) if pause else None, job_id, token,
        )  # fmt: skip


async def tidy_prints() -> int:
    """Old files are let go (the night's sweep removes what no row refers to); gives how many."""
    async with unit_of_work():
        return await execute(
            "UPDATE print_job SET state = 'gone', file_digest = NULL, version = version + 1 "
            "WHERE state = 'done' AND finished_at < {} RETURNING id",
            now() - KEPT,
        )
