"""Importing a school's table: kept for a preview, written in one piece, taken back in one piece (I3, TF7)."""

import asyncio
import json
from collections.abc import Iterable
from functools import partial

from portal.audit.catalogue import ImportApplied, ImportUndone
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.crypto import seal
from portal.core.database import compare_and_set, execute, insert, unit_of_work
from portal.core.ids import digest
from portal.core.refusals import Conflict, Refused
from portal.grids.services import bump_rights
from portal.grids.tables import ImportBatch
from portal.importing.answers import Answers, check_answers, renamed
from portal.importing.codec import dump
from portal.importing.hanging import what_hangs_on
from portal.importing.parse import parse
from portal.importing.plan import Plan
from portal.importing.planning import make_plan
from portal.importing.queries import (
    BatchRow,
    Made,
    Preview,
    batch_row,
    preview_of,
    school_to_import,
    snapshot_of,
)
from portal.importing.reading import read_file
from portal.importing.rows import Parsed
from portal.importing.writing import Sealed, Writer, delete_made

WAITING = frozenset({"staged", "failed"})
_STEP = 500


async def stage_import(data: bytes, filename: str, *, school_id: int, by: Actor) -> int:
    """Reads a file and keeps its rows for the preview; gives the batch's id. Nothing of the school changes.

    Refused (`import.…`) when the file is no table, too large or unsafe; odd rows are no refusal, they stand
    in the
    preview. The rows name people, so they are kept sealed.
    """
    school = await school_to_import(school_id, by=by)
    parsed = await asyncio.to_thread(_read, data, filename)
    if not parsed.rows and not parsed.oddities:
        raise Refused("import.no_rows")
    row = {
        "org_id": school.id, "filename": filename[-200:], "digest": digest(data),
        "plan": await asyncio.to_thread(lambda: seal(dump(parsed))),
        "created_by": by.person_id, "created_at": now(),
    }  # fmt: skip
    async with unit_of_work():
        [batch_id] = await insert(ImportBatch, row)
    return batch_id


def _read(data: bytes, filename: str) -> Parsed:
    return parse(read_file(data, filename))


async def apply_import(
    batch_id: int, *, version: int, by: Actor, answers: Iterable[str] = (), seen: str | None = None
) -> Made:
    """Writes a batch in one unit of work, or nothing of it; gives what was made. Called by page, command and
    worker.

    `answers` confirm the questions (see `answers.py`); `seen` is the mark of the plan that the person looked
    at: when
    the school has changed since, it is refused as a conflict. Progress is written before the unit, outside of
    it.
    """
    batch = await batch_row(batch_id, by=by)
    given = Answers(tuple(sorted(set(answers))), seen)
    preview = await checked(batch, given, by=by)
    claimed = await _claim(batch, version, given, preview.plan.total)
    try:
        return await _write(batch, claimed, given, preview, by=by)
    except Exception as error:
        refusal = error if isinstance(error, Refused) else Refused("import.failed")
        await give_up(batch_id, claimed, refusal)
        raise


async def undo_import(batch_id: int, *, version: int, by: Actor) -> None:
    """Takes back exactly what a batch made. Refused, with what stands in the way, once something else hangs
    on it."""
    async with unit_of_work():
        batch = await batch_row(batch_id, by=by)
        if batch.state != "applied":
            raise Refused("import.not_applied")
        await bump_rights(batch.org_id)  # also the lock: nobody imports or appoints here meanwhile
        hanging = await what_hangs_on(batch.id)
        if hanging:
            raise Refused("import.undo_blocked", hanging=dict(hanging))
        await delete_made(batch.id)
        await compare_and_set(ImportBatch, batch.id, version=version, state="undone", undone_at=now())
        details = ImportUndone(file_digest=batch.digest)
        await record_event(details, org_id=batch.org_id, subject_id=batch.id, by=by)


async def throw_away_import(batch_id: int, *, version: int, by: Actor) -> None:
    """Drops an upload that was never imported, with all the names in it."""
    async with unit_of_work():
        batch = await batch_row(batch_id, by=by)
        if batch.state not in WAITING:
            raise Refused("import.not_waiting", state=batch.state)
        await compare_and_set(ImportBatch, batch.id, version=version)
        await execute("DELETE FROM import_batch WHERE id = {}", batch.id)


async def checked(batch: BatchRow, answers: Answers, *, by: Actor) -> Preview:
    """The plan of a batch that may be imported now."""
    preview = await preview_of(batch, by=by)
    if preview is None or batch.state in {"applied", "undone"}:
        raise Refused("import.not_waiting", state=batch.state)
    if answers.seen is not None and answers.seen != preview.mark:
        raise Conflict("import.school_changed")
    check_answers(preview.plan, answers.given)
    return preview


async def _claim(batch: BatchRow, version: int, answers: Answers, total: int) -> int:
    """Says that this batch is being imported: whoever comes second has an old version and is refused."""
    async with unit_of_work():
        return await compare_and_set(
            ImportBatch, batch.id, version=version, state="running",
            answers=answers._replace(since=now().isoformat()).dump(), total=total,
            done=0, error=None,
        )  # fmt: skip


async def give_up(batch_id: int, version: int, refusal: Refused) -> None:
    """Back to the person, with the reason; only if nobody else has taken the batch meanwhile."""
    error = json.dumps([refusal.code, refusal.params], default=str)
    async with unit_of_work():
        await execute(
            "UPDATE import_batch SET state = 'failed', error = {}, done = 0, version = version + 1 "
            "WHERE id = {} AND version = {}",
            error, batch_id, version,
        )  # fmt: skip


async def _write(batch: BatchRow, claimed: int, answers: Answers, preview: Preview, *, by: Actor) -> Made:
    parsed = renamed(preview.parsed, preview.plan, answers.given)
    plan = await asyncio.to_thread(make_plan, parsed, preview.snapshot)
    phones = await _seal_phones(batch.id, plan)
    async with unit_of_work():
        await bump_rights(batch.org_id)  # also the lock: two imports into one school come one after the other
        if await snapshot_of(batch.org_id, by=by) != preview.snapshot:
            raise Conflict("import.school_changed")
        snapshot = preview.snapshot
        await Writer(plan, snapshot, batch_id=batch.id, school_id=batch.org_id, phones=phones, by=by).write()
        made = Made(len(plan.grids), len(plan.posts), len(plan.persons), len(plan.appointments))
        await _finish(batch, claimed, plan, answers, made, by=by)
    return made


async def _finish(batch: BatchRow, claimed: int, plan: Plan, answers: Answers, made: Made, *, by: Actor) -> None:
    """In the same unit: the batch is applied, its rows with their names are dropped, the event is written.

    Which posts somebody else has to fill is kept for the result: rows and titles, no names.
    """
    await compare_and_set(
        ImportBatch, batch.id, version=claimed, state="applied", applied_at=now(), plan="", done=plan.total,
        total=plan.total, answers=answers._replace(left_vacant=plan.left_vacant).dump(),
    )  # fmt: skip
    details = ImportApplied(
        file_digest=batch.digest, grids=made.grids, posts=made.posts, people=made.people,
        appointments=made.appointments,
    )  # fmt: skip
    await record_event(details, org_id=batch.org_id, subject_id=batch.id, by=by)


async def _seal_phones(batch_id: int, plan: Plan) -> dict[str, Sealed]:
    """Seals the phones before the unit, a few hundred at a time, and says how far it has come.

    This is the part that takes time; nobody else can write while the unit itself runs (SQLite has one
    writer).
    """
    sealed: dict[str, Sealed] = {}
    for start in range(0, len(plan.persons), _STEP):
        part = plan.persons[start : start + _STEP]
        numbers = [(person.ref, person.phone) for person in part if person.phone]
        sealed |= await asyncio.to_thread(partial(_seal, numbers))
        await _progress(batch_id, start + len(part))
    return sealed


def _seal(numbers: list[tuple[str, str]]) -> dict[str, Sealed]:
    return {ref: Sealed(seal(phone), phone[-4:]) for ref, phone in numbers}


async def _progress(batch_id: int, done: int) -> None:
    async with unit_of_work():
        await execute("UPDATE import_batch SET done = {} WHERE id = {}", done, batch_id)
