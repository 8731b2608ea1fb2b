"""The worker's hold on a letter that is to be made: taken under a lease, finished or failed, never lost (TR1, TR4)."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from portal.audit.catalogue import LetterFailed, LetterMade, LetterRetried, LetterRoundRetried
from portal.audit.services import record_event
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch, fetch_value, insert, unit_of_work
from portal.core.files import StoredFile
from portal.core.refusals import Busy, Refused
from portal.letters.queries.letters import letter_seen
from portal.letters.queries.rounds import round_seen
from portal.letters.services.drafting import wording_of
from portal.letters.services.holding import LEASE, deaths, take
from portal.letters.tables import Letter, LetterFile
from portal.permissions.rules import Permission

PAUSE = timedelta(seconds=20)  # before the next try, doubled by each
TRIES = 3
MOST_DEATHS = 10  # of workers with one letter in their hands: then it is the letter
UNCONFIRMED = "letter.list_unconfirmed"


class Taken(NamedTuple):
    """A letter that is ours for as long as the lease runs."""

    id: int
    org_id: int
    attempts: int
    lease: str


async def claim_letter(*, lease: timedelta = LEASE) -> Taken | None:
    """Takes the oldest letter that nobody makes; one whose worker was killed is free when its lease has run out.

    One that ten workers died of, one after the other, is void with its reason: it would take the eleventh as well.
    """
    waiting, order = "made_at IS NULL AND voided_at IS NULL", "next_try_at IS NOT NULL, id"
    while (taken := await take(waiting, order, Taken, lease=lease)) is not None:
        if deaths(taken.lease) < MOST_DEATHS:
            return taken
        await fail_letter(taken, Refused("letter.stopped_often", times=MOST_DEATHS), is_final=True)
    return None


async def finish_letter(taken: Taken, text: str, digest: str, file: StoredFile, *, pages: Sequence[str] = ()) -> bool:
    """The text is frozen and the file is there; False where the letter was ours no more, and nothing is written."""
    async with unit_of_work():
        held = await execute(
            "UPDATE letter SET text = {}, text_digest = {}, pages = {}, made_at = {}, lease = NULL, "
            "leased_until = NULL, reason = NULL, next_try_at = NULL, attempts = 0, version = version + 1 "
            "WHERE id = {} AND lease = {} AND made_at IS NULL AND voided_at IS NULL RETURNING id",
            text, digest, "\n".join(pages) or None, now(), taken.id, taken.lease,
        )  # fmt: skip
        if not held:
            return False
        # made anew where it goes over to paper: the one before stays known as what it was
        stage = await fetch_value("SELECT count(*) FROM letter_file WHERE letter_id = {} AND role = 'draft'", taken.id)
        row = {"letter_id": taken.id, "stage": int(stage), "role": "draft", "digest": file.digest, "size": file.size}
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


async def give_back_letter(taken: Taken, busy: Busy | None = None) -> None:
    """This try does not count. The worker stops, and the next one takes it at once; or something that the portal needs
    is away (`busy`), then its page says what, and it is tried again soon."""
    if busy is not None:
        await _put_off(taken, busy)
        return
    async with unit_of_work():
        await execute(
            "UPDATE letter SET lease = NULL, leased_until = NULL, attempts = attempts - 1 WHERE id = {} AND lease = {}",
            taken.id, taken.lease,
        )  # fmt: skip


async def _put_off(taken: Taken, busy: Busy) -> None:
    async with unit_of_work():
        await execute(
            "UPDATE letter SET lease = NULL, leased_until = NULL, attempts = attempts - 1, reason = {}, "
            "reason_params = {}, next_try_at = {} WHERE id = {} AND lease = {}",
            busy.code, json.dumps(busy.params, ensure_ascii=False), now() + PAUSE, taken.id, taken.lease,
        )  # fmt: skip


async def retry_letter(letter_id: int, *, version: int, by: Actor) -> None:
    """Another try for a letter that is void because it could not be made: the same row, the same number.

    Its words were not frozen yet: it takes those in force now, or one with a broken wording would never be made.
    """
    async with unit_of_work():
        found = await letter_seen(letter_id, by=by, permission=Permission.LETTER_MAKE)
        row = found.row
        if row.voided_at is None or row.made_at is not None or not row.attempts:
            raise Refused("letter.not_failed")
        wording = await wording_of(row.org_id, row.kind)
        await compare_and_set(
            Letter, letter_id, version=version, voided_at=None, reason=None, reason_params="{}", attempts=0,
            next_try_at=None, **({"template_id": wording} if wording is not None else {}),
        )  # fmt: skip
        await record_event(LetterRetried(), org_id=row.org_id, subject_id=letter_id, by=by)


class _Failed(NamedTuple):
    id: int


async def retry_round(round_id: int, *, by: Actor) -> int:
    """Another try for everything of a round that could not be made, with the wording in force; gives how many.

    Refused: somebody else's round, one in which nothing has failed.
    """
    async with unit_of_work():
        found = await round_seen(round_id, by=by, permission=Permission.LETTER_MAKE)
        wording = await wording_of(found.org_id, found.kind)
        rows = await fetch(
            _Failed,
            "UPDATE letter SET voided_at = NULL, reason = NULL, reason_params = {}, attempts = 0, "
            "next_try_at = NULL, template_id = coalesce({}, template_id), version = version + 1 "
            "WHERE round_id = {} AND voided_at IS NOT NULL AND made_at IS NULL AND attempts > 0 "
            "AND reason <> 'letter.cause_taken_back' RETURNING id",
            "{}", wording, round_id,
        )  # fmt: skip
        if not rows:
            raise Refused("letter.nothing_failed")
        for row in rows:
            await record_event(LetterRetried(), org_id=found.org_id, subject_id=row.id, by=by)
        details = LetterRoundRetried(letters=len(rows))
        await record_event(details, org_id=found.org_id, subject_id=round_id, by=by)
    return len(rows)


class _Waited(NamedTuple):
    id: int
    org_id: int


async def retry_unconfirmed(org_id: int, *, by: Actor) -> int:
    """A list was confirmed: the letters of its school that waited for that are made, each with its number; also those
    that the bureau gives to it (R105)."""
    async with unit_of_work():
        rows = await fetch(
            _Waited,
            "UPDATE letter SET voided_at = NULL, reason = NULL, attempts = 0, next_try_at = NULL, "
            "version = version + 1 WHERE (org_id = {} OR grid_id IN (SELECT id FROM grid WHERE org_id = {})) "
            "AND reason = {} AND made_at IS NULL RETURNING id, org_id",
            org_id, org_id, UNCONFIRMED,
        )  # fmt: skip
        for row in rows:
            await record_event(LetterRetried(), org_id=row.org_id, subject_id=row.id, by=by)
    return len(rows)
