"""The worker's part: a document time stamp over a letter's whole file, in time, again and again (F6, F20, TP5, TP6).

In this order, and each step may be lost without harm: the stamped file is checked as anybody would check it, then it
stands in the store, then its rows are written. Until then, and for ever, the file before is there.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

import structlog

from portal.core.clock import now
from portal.core.files import FileStore, StoredFile, store_of
from portal.core.refusals import Busy, Refused
from portal.letters.lasting.services.upkeep import (
    TABLE,
    Due,
    claim_stamp,
    finish_stamp,
    letter_of,
    put_off_stamp,
    stop_stamp,
)
from portal.letters.queries.letters import FileRow
from portal.letters.sealing import (
    Expected,
    Level,
    Registered,
    SealingFailed,
    SealingLate,
    Signed,
    TimeStamping,
    check,
    extend,
)
from portal.letters.services.holding import LEASE, holding
from portal.letters.signing_online import nothing_due, time_stamping
from portal.letters.verification.checking import evidence_expected, expected_of
from portal.letters.verification.queries import letter_known
from portal.settings import Settings

PDF = "application/pdf"
USELESS = "letter.stamp_useless"
LAPSED = ("sealing.why_expired", "sealing.why_revoked", "sealing.why_no_list")
"""What a stamp of today cannot heal: a signature that could not be confirmed any more before it was made."""

log = structlog.get_logger(__name__)


async def stamp_next(settings: Settings, *, lease: timedelta = LEASE) -> bool | None:
    """Stamps the letter that has been due for longest: whether that worked. None where none is due."""
    if nothing_due(settings) or (taken := await claim_stamp(lease=lease)) is None:
        return None
    async with holding(taken, lease=lease, table=TABLE):
        return await _stamped_safely(taken, settings)


async def _stamped_safely(taken: Due, settings: Settings) -> bool:
    try:
        return await stamp_letter(taken, settings)
    except Refused as refusal:
        log.warning("letter.not_stamped", row=taken.id, code=refusal.code)
        await (stop_stamp if refusal.code == USELESS else put_off_stamp)(taken, refusal)
    except asyncio.CancelledError:
        await asyncio.shield(put_off_stamp(taken, Refused("letter.interrupted")))
        raise
    except Exception as error:
        log.error("letter.unexpected", row=taken.id, exc_info=error)
        await put_off_stamp(taken, Refused("pdf.broken", kind=type(error).__name__))
    return False


async def stamp_letter(taken: Due, settings: Settings) -> bool:
    """The next file of a letter, with a stamp over all of it, and the same for the record of its signing."""
    letter, stamping, store = await letter_known(await letter_of(taken)), time_stamping(settings), store_of(settings)
    if letter is None or letter.final is None or stamping is None:
        raise Refused("letter.file_missing")
    expected = await expected_of(letter, settings)
    signed = await _extended(await _body(store, letter.final), expected, "extended", stamping)
    evidence = await _evidence(letter.file("evidence"), evidence_expected(letter, expected), stamping, store)
    stored = await store.put(signed.pdf, media_type=PDF)
    return await finish_stamp(
        taken, letter.final, stored, level=str(signed.level), ends_at=signed.stamp_ends_at, evidence=evidence
    )


async def _body(store: FileStore, file: FileRow) -> bytes:
    body = await store.open(file.digest)
    if body is None:
        raise Refused("letter.file_missing")
    return body


async def _extended(pdf: bytes, expected: Expected, stage: str, stamping: TimeStamping) -> Signed:
    """The stamped file, if it is as good as it should be: it is checked before anybody relies on it.

    Refused: `letter.stamp_useless` where no stamp helps any more; `letter.stamp_unsound` where this one did not.
    """
    signed = await extend(
        pdf, authorities=expected.authorities, revocations=expected.revocations, time_stamping=stamping, at=now()
    )
    registered = (*expected.registered, Registered(signed.digest, stage, final=True))
    verdict = await check(signed.pdf, replace(expected, registered=registered), at=now())
    if verdict.is_green and verdict.level is Level.LTA:
        return signed
    lapsed = any(reason in LAPSED for reason in verdict.reasons)
    raise Refused(USELESS if lapsed else "letter.stamp_unsound", why=(*verdict.reasons, str(verdict.level))[0])


async def _evidence(
    file: FileRow | None, expected: Expected, stamping: TimeStamping, store: FileStore
) -> tuple[FileRow, StoredFile] | None:
    """The record of the signing, stamped as well; what was made before such records were sealed stays as it is."""
    if file is None:
        return None
    try:
        signed = await _extended(await _body(store, file), expected, "evidence", stamping)
    except SealingLate:
        raise
    except (SealingFailed, Refused) as refusal:
        if isinstance(refusal, Busy):
            raise
        log.warning("letter.evidence_not_stamped", file=file.digest, code=refusal.code)
        return None  # the letter is stamped all the same
    return file, await store.put(signed.pdf, media_type=PDF)
