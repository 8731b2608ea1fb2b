"""The worker's hold on a complete letter whose file is due for a document time stamp (F6, F20, TP5, TP6, TR17).

Every complete letter has a row that says when it is due. A row that is missing is made by the sweep, however old the
letter is; a row that is due is taken under a lease; and whatever keeps it from being done stands on it, for everybody
to see. Nothing is ever changed in a file: the next one is added beside it.
"""

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from portal.audit.catalogue import LetterExtended, LetterStampAsked, LetterStampStopped
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_value, insert, unit_of_work
from portal.core.files import StoredFile
from portal.core.refusals import Refused
from portal.letters.lasting.rules import ALGORITHM, next_stamp, pause
from portal.letters.queries.letters import FileRow, letter_seen
from portal.letters.services.holding import LEASE, take
from portal.letters.services.upkeep_rows import begin_upkeep
from portal.letters.tables import LetterFile
from portal.permissions.rules import Permission

TABLE = "letter_upkeep"


class Due(NamedTuple):
    """A letter that is due for a stamp, ours for as long as the lease runs. `id` is that of its row here."""

    id: int
    org_id: int
    attempts: int
    lease: str


async def sweep_upkeep() -> int:
    """Looks for what should be there and is not, without an upper age (TR17): rows, and stamps of an old algorithm."""
    async with unit_of_work():
        begun = await begin_upkeep()
        old = await execute(
            "UPDATE letter_upkeep SET due_at = {} WHERE algorithm IS NOT NULL AND algorithm <> {} "
            "AND (due_at IS NULL OR due_at > {}) AND NOT EXISTS (SELECT 1 FROM letter_removal r "
            "WHERE r.letter_id = letter_upkeep.letter_id) RETURNING id",
            now(), ALGORITHM, now(),
        )  # fmt: skip
    return begun + old


async def claim_stamp(*, lease: timedelta = LEASE) -> Due | None:
    """Takes the letter that has been due for longest; one whose worker was killed is free after its lease."""
    waiting, order = "due_at IS NOT NULL AND due_at <= {}", "next_try_at IS NOT NULL, due_at, id"
    return await take(waiting, order, Due, lease=lease, table=TABLE, args=[now()])


async def letter_of(taken: Due) -> int:
    """Whose row it is."""
    return int(await fetch_value("SELECT letter_id FROM letter_upkeep WHERE id = {}", taken.id))


async def put_off_stamp(taken: Due, refusal: Refused) -> None:
    """It did not work: why, and when it is tried again. The file is as it was."""
    async with unit_of_work():
        await _note(taken, refusal, "next_try_at", now() + pause(taken.attempts))


async def stop_stamp(taken: Due, refusal: Refused) -> None:
    """No stamp helps this file any more: it stays as it is, with the reason, until somebody asks for another try."""
    async with unit_of_work():
        if await _note(taken, refusal, "due_at", None):
            details = LetterStampStopped(reason=refusal.code)
            await record_event(details, org_id=taken.org_id, subject_id=await letter_of(taken), by=SYSTEM)


async def _note(taken: Due, refusal: Refused, column: str, value: datetime | None) -> bool:
    params = json.dumps(refusal.params, ensure_ascii=False, default=str)
    held = await execute(
        f"UPDATE letter_upkeep SET reason = {{}}, reason_params = {{}}, {column} = {{}}, lease = NULL, "
        "leased_until = NULL, version = version + 1 WHERE id = {} AND lease = {} RETURNING id",
        refusal.code, params, value, taken.id, taken.lease,
    )  # fmt: skip
    return bool(held)


async def finish_stamp(
    taken: Due,
    base: FileRow,
    file: StoredFile,
    *,
    level: str,
    ends_at: datetime | None,
    evidence: tuple[FileRow, StoredFile] | None = None,
) -> bool:
    """The stamped file is the letter from now on; the one before stays. False where the letter was ours no more."""
    at = now()
    due = next_stamp(at, ends_at)
    async with unit_of_work():
        held = await execute(
            "UPDATE letter_upkeep SET level = {}, stamped_at = {}, stamp_ends_at = {}, algorithm = {}, due_at = {}, "
            "attempts = 0, next_try_at = NULL, reason = NULL, lease = NULL, leased_until = NULL, "
            "version = version + 1 WHERE id = {} AND lease = {} RETURNING id",
            level, at, ends_at, ALGORITHM, due, taken.id, taken.lease,
        )  # fmt: skip
        if not held:
            return False
        letter_id = await letter_of(taken)
        stage = base.stage + 1 if base.role == "extended" else 1
        await insert(LetterFile, _row(letter_id, "extended", stage, file, level, at))
        if evidence is not None:
            before, record = evidence
            await insert(LetterFile, _row(letter_id, "evidence", before.stage + 1, record, level, at))
        details = LetterExtended(file=file.digest, before=base.digest, level=level, next_at=stamp(due))
        await record_event(details, org_id=taken.org_id, subject_id=letter_id, by=SYSTEM)
    return True


def _row(letter_id: int, role: str, stage: int, file: StoredFile, level: str, at: datetime) -> dict[str, Any]:
    name = {"letter_id": letter_id, "role": role, "stage": stage}
    return {**name, "digest": file.digest, "size": file.size, "level": level, "made_at": at}


async def ask_for_stamp(letter_id: int, *, by: Actor) -> None:
    """The office does not want to wait for the next try, or has put right what kept it. Not of one that is stamped.

    Refused: `letter.no_stamp_due`.
    """
    async with unit_of_work():
        found = await letter_seen(letter_id, by=by, permission=Permission.LETTER_MAKE)
        asked = await execute(
            "UPDATE letter_upkeep SET due_at = CASE WHEN due_at IS NULL OR due_at > {} THEN {} ELSE due_at END, "
            "next_try_at = NULL, attempts = 0, version = version + 1 WHERE letter_id = {} "
            "AND (reason IS NOT NULL OR due_at <= {}) RETURNING id",
            now(), now(), letter_id, now(),
        )  # fmt: skip
        if not asked:
            raise Refused("letter.no_stamp_due")
        await record_event(LetterStampAsked(), org_id=found.row.org_id, subject_id=letter_id, by=by)
