"""Large imports, left to the worker: asked for here, done by the outbox, or by the clock where a process died."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from portal.audit.services import enqueue
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import after_commit, compare_and_set, fetch, fetch_one, unit_of_work
from portal.core.refusals import Refused
from portal.grids.tables import ImportBatch
from portal.importing.answers import Answers
from portal.importing.queries import BATCH, BatchRow, batch_row
from portal.importing.services import apply_import, checked, give_up
from portal.permissions.queries import actor_for

QUEUED = "import.queued"
"""The outbox entry's kind; its payload is `{"batch": id}` and `react_to_queued` does it."""
IN_THE_WORKER = 500
"""Rows: a file with more is imported by the worker, with a progress bar; a smaller one at once."""
ABANDONED = timedelta(minutes=5)
NOBODY = Actor(person_id=None, account_id=None, org_id=None)


async def queue_import(
    batch_id: int, *, version: int, by: Actor, answers: Iterable[str] = (), seen: str | None = None
) -> None:
    """Leaves a large batch to the worker, after the same checks."""
    batch = await batch_row(batch_id, by=by)
    given = Answers(tuple(sorted(set(answers))), seen)
    preview = await checked(batch, given, by=by)
    async with unit_of_work():
        await compare_and_set(
            ImportBatch, batch.id, version=version, state="queued", answers=given.dump(), error=None,
            total=preview.plan.total, done=0,
        )  # fmt: skip
        await enqueue(QUEUED, org_id=batch.org_id, payload=json.dumps({"batch": batch.id}))


async def run_queued_import(batch_id: int) -> None:
    """The worker's part: imports as the person who asked for it. Running it twice does nothing the second time.

    Never inside another unit of work: the import is a unit of its own, and its progress is written outside of it. A
    refusal (the school has changed, rights are gone) is noted on the batch for the person to read; it is no error.
    """
    batch = await fetch_one(BatchRow, f"SELECT {BATCH} WHERE b.id = {{}}", batch_id)
    if batch is None or batch.state not in {"queued", "running"}:
        return
    person = await actor_for(batch.created_by, at=now()) if batch.created_by else SYSTEM
    kept = Answers.load(batch.answers)
    by = replace(person or NOBODY, via="worker")
    try:
        await apply_import(batch.id, version=batch.version, by=by, answers=kept.given, seen=kept.seen)
    except Refused as refusal:
        await give_up(batch.id, batch.version, refusal)


async def react_to_queued(batch_id: int) -> None:
    """For the outbox entry `import.queued`: imports as soon as the entry's own unit is committed.

    Should the process die in between, `run_waiting_imports` finds the batch.
    """
    after_commit(partial(run_queued_import, batch_id))


async def run_waiting_imports() -> int:
    """The clock's part: imports what is queued, and what was begun minutes ago by a process that died; gives how many.

    Should it be alive after all, the one that ends second has an old version, and all of its work is rolled back.
    """
    waiting = await fetch(
        _Waiting, "SELECT id, state, answers FROM import_batch WHERE state IN ('queued', 'running') ORDER BY id"
    )
    stale = (now() - ABANDONED).isoformat()
    due = [batch.id for batch in waiting if batch.state == "queued" or Answers.load(batch.answers).since < stale]
    for batch_id in due:
        await run_queued_import(batch_id)
    return len(due)


class _Waiting(NamedTuple):
    id: int
    state: str
    answers: str
