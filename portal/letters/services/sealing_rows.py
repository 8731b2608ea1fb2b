"""The worker's hold on a letter that all have signed: sealed under a lease, tried until it succeeds (TP6, TR17)."""

import json
from datetime import timedelta
from typing import NamedTuple

from portal.audit.catalogue import LetterSealed
from portal.audit.services import record_event
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import execute, insert, unit_of_work
from portal.core.files import StoredFile
from portal.core.refusals import Refused
from portal.letters.services.ending import supersede_before
from portal.letters.services.holding import LEASE, take
from portal.letters.services.upkeep_rows import begin_upkeep
from portal.letters.tables import LetterFile

PAUSE = timedelta(seconds=15)
LONGEST = timedelta(minutes=5)
"""Nothing that all have signed waits longer than this for its next try, and its page says why it waits."""


class Unsealed(NamedTuple):
    """A letter that all have signed, ours for as long as the lease runs."""

    id: int
    org_id: int
    attempts: int
    lease: str


async def claim_seal(*, lease: timedelta = LEASE) -> Unsealed | None:
    """Takes the letter that has waited longest for its seal; one whose worker was killed is free after its lease."""
    waiting = "signed_at IS NOT NULL AND sealed_at IS NULL AND voided_at IS NULL"
    return await take(waiting, "next_try_at IS NOT NULL, signed_at, id", Unsealed, lease=lease)


async def put_off_seal(taken: Unsealed, refusal: Refused) -> None:
    """It did not work: why, for everybody to see, and when it is tried again. Never given up."""
    pause = min(LONGEST, PAUSE * 2 ** min(taken.attempts - 1, 10))
    async with unit_of_work():
        await execute(
            "UPDATE letter SET reason = {}, reason_params = {}, next_try_at = {}, lease = NULL, leased_until = NULL "
            "WHERE id = {} AND lease = {}",
            refusal.code, json.dumps(refusal.params, ensure_ascii=False), now() + pause, taken.id, taken.lease,
        )  # fmt: skip


async def finish_seal(taken: Unsealed, file: StoredFile, evidence: StoredFile, *, level: str) -> bool:
    """The seal is on it: the letter is complete and takes the place of the one before. False where it is not ours."""
    at = now()
    async with unit_of_work():
        held = await execute(
            "UPDATE letter SET sealed_at = {}, lease = NULL, leased_until = NULL, reason = NULL, version = version + 1 "
            "WHERE id = {} AND lease = {} AND sealed_at IS NULL RETURNING id",
            at, taken.id, taken.lease,
        )  # fmt: skip
        if not held:
            return False
        sealed = {"letter_id": taken.id, "stage": 0, "role": "sealed", "digest": file.digest, "size": file.size}
        proof = {
            "letter_id": taken.id,
            "stage": 0,
            "role": "evidence",
            "digest": evidence.digest,
            "size": evidence.size,
        }
        await insert(LetterFile, {**sealed, "level": level, "made_at": at}, {**proof, "level": None, "made_at": at})
        await begin_upkeep(taken.id)
        details = LetterSealed(file=file.digest, evidence=evidence.digest, level=level)
        await record_event(details, org_id=taken.org_id, subject_id=taken.id, by=SYSTEM)
        await supersede_before(taken.id, by=SYSTEM)
    return True
