"""The worker's hold on a letter that is to be made: taken under a lease, finished or failed, never lost (TR1, TR4)."""

import json
import os
import secrets
from datetime import timedelta
from typing import NamedTuple

from portal.audit.catalogue import LetterFailed, LetterMade, LetterRetried
from portal.audit.services import record_event
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch, fetch_one, fetch_value, insert, unit_of_work
from portal.core.files import StoredFile
from portal.core.refusals import Refused
from portal.letters.queries.letters import letter_seen
from portal.letters.tables import Letter, LetterFile
from portal.permissions.rules import Permission

LEASE = timedelta(seconds=20)
PAUSE = timedelta(seconds=20)  # before the next try, doubled by each
TRIES = 3
UNCONFIRMED = "letter.list_unconfirmed"


class Taken(NamedTuple):
    """A letter that is ours for as long as the lease runs."""

    id: int
    org_id: int
    attempts: int
    lease: str


_DUE = (
    "SELECT id FROM letter WHERE made_at IS NULL AND voided_at IS NULL "
    "AND (leased_until IS NULL OR leased_until <= {}) AND (next_try_at IS NULL OR next_try_at <= {}) "
    "ORDER BY next_try_at IS NOT NULL, id LIMIT 1"
)


async def claim_letter(*, lease: timedelta = LEASE) -> Taken | None:
    """Takes the oldest letter that nobody makes; one whose worker was killed is free when its lease has run out."""
    at, token = now(), f"{os.getpid()}-{secrets.token_hex(16)}"
    if not await fetch_value(_DUE, at, at):
        return None  # an idle worker only reads
    async with unit_of_work():
        return await fetch_one(
            Taken,
            f"UPDATE letter SET lease = {{}}, leased_until = {{}}, attempts = attempts + 1 WHERE id = ({_DUE}) "
            "AND (leased_until IS NULL OR leased_until <= {}) RETURNING id, org_id, attempts, lease",
            token, at + lease, at, at, at,
        )  # fmt: skip


async def finish_letter(taken: Taken, text: str, digest: str, file: StoredFile) -> bool:
    """The text is frozen and the file is there; False where the letter was ours no more, and nothing is written."""
    async with unit_of_work():
        held = await execute(
            "UPDATE letter SET text = {}, text_digest = {}, made_at = {}, lease = NULL, leased_until = NULL, "
            "reason = NULL, next_try_at = NULL, attempts = 0, version = version + 1 "
            "WHERE id = {} AND lease = {} AND made_at IS NULL AND voided_at IS NULL RETURNING id",
            text, digest, now(), taken.id, taken.lease,
        )  # fmt: skip
        if not held:
            return False
        row = {"letter_id": taken.id, "stage": 0, "role": "draft", "digest": file.digest, "size": file.size}
        await insert(LetterFile, {**row, "made_at": now()})
        details = LetterMade(text=digest, file=file.digest)
        await record_event(details, org_id=taken.org_id, subject_id=taken.id, by=SYSTEM)
    return True


async def fail_letter(taken: Taken, refusal: Refused, *, is_final: bool = False) -> None:
    """Notes why; tried again later, at most three times. Then it is void, with its reason and its number."""
    over = is_final or taken.attempts >= TRIES
    at = now()
    async with unit_of_work():
        held = await execute(
            "UPDATE letter SET reason = {}, reason_params = {}, voided_at = {}, next_try_at = {}, lease = NULL, "
            "leased_until = NULL, version = version + 1 WHERE id = {} AND lease = {} RETURNING id",
            refusal.code, json.dumps(refusal.params, ensure_ascii=False), at if over else None,
            None if over else at + PAUSE * 2 ** (taken.attempts - 1), taken.id, taken.lease,
        )  # fmt: skip
        if held and over:
            details = LetterFailed(reason=refusal.code, attempts=taken.attempts)
            await record_event(details, org_id=taken.org_id, subject_id=taken.id, by=SYSTEM)


async def give_back_letter(taken: Taken) -> None:
    """The worker stops: the next one takes it at once, and this try does not count."""
    async with unit_of_work():
        await execute(
            "UPDATE letter SET lease = NULL, leased_until = NULL, attempts = attempts - 1 WHERE id = {} AND lease = {}",
            taken.id, taken.lease,
        )  # fmt: skip


async def retry_letter(letter_id: int, *, version: int, by: Actor) -> None:
    """Another try for a letter that is void because it could not be made: the same row, the same number."""
    async with unit_of_work():
        found = await letter_seen(letter_id, by=by, permission=Permission.LETTER_MAKE)
        if found.row.voided_at is None or found.row.made_at is not None or not found.row.attempts:
            raise Refused("letter.not_failed")
        await compare_and_set(
            Letter, letter_id, version=version, voided_at=None, reason=None, reason_params="{}", attempts=0,
            next_try_at=None,
        )  # fmt: skip
        await record_event(LetterRetried(), org_id=found.row.org_id, subject_id=letter_id, by=by)


class _Failed(NamedTuple):
    id: int


async def retry_unconfirmed(org_id: int, *, by: Actor) -> int:
    """A list was confirmed: the letters of its school that waited for that are made, each with its number."""
    async with unit_of_work():
        rows = await fetch(
            _Failed,
            "UPDATE letter SET voided_at = NULL, reason = NULL, attempts = 0, next_try_at = NULL, "
            "version = version + 1 WHERE org_id = {} AND reason = {} AND made_at IS NULL RETURNING id",
            org_id, UNCONFIRMED,
        )  # fmt: skip
        for row in rows:
            await record_event(LetterRetried(), org_id=org_id, subject_id=row.id, by=by)
    return len(rows)
