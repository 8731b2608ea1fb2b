"""The worker's part: makes the file of a letter, puts the seal on one that all have signed; killed at any instant,
nothing is lost and nothing is done twice (TR1, TR4, TP6, TR17)."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from portal.core.clock import local, now
from portal.core.database import fetch_value
from portal.core.files import StoredFile, store_of
from portal.core.refusals import Busy, Refused
from portal.letters import labels
from portal.letters.at_office.labels import AGREED_HERE, BY_HAND, WITNESSED
from portal.letters.at_office.queries import signers_of
from portal.letters.document import (
    Evidence,
    Evidenced,
    LetterText,
    digest_of,
    evidence_pdf,
    filled,
    letter_printed,
    to_json,
    wording_from,
)
from portal.letters.document.text import PAPER
from portal.letters.extending import stamp_next
from portal.letters.lasting.services.certificates import renew_certificates, trusted_for
from portal.letters.queries.contents import Contents, contents_of
from portal.letters.queries.evidence import SignedRow, signed_rows
from portal.letters.queries.letters import Whole, file_now, files_of, letter_whole
from portal.letters.sealing import Appearance, Signed, Signing, Stamp, service, sign_with_seal
from portal.letters.services.holding import LEASE, holding
from portal.letters.services.keys import Office, office_of
from portal.letters.services.making import Taken, claim_letter, fail_letter, finish_letter, give_back_letter
from portal.letters.services.sealing_rows import Unsealed, claim_seal, finish_seal, put_off_seal
from portal.letters.signing_online import time_stamping
from portal.rendering.i18n import SOURCE, Translate, translator
from portal.responsibilities.labels import BASES, RHYTHMS
from portal.settings import Settings

SEAL = "seal"
PDF = "application/pdf"
SUMMER = 7
FINAL = (
    "letter.no_duties",
    "letter.list_unconfirmed",
    "letter.variable_missing",
    "letter.one_sided",
    "letter.wording_broken",
    "letter.variant_unknown",
    "letter.too_long",
    "pdf.glyph_missing",
)
"""Trying again does not help: somebody has to do something first."""

log = structlog.get_logger(__name__)


async def run_waiting_letters(
    settings: Settings, *, stopping: Callable[[], bool] = lambda: False, lease: timedelta = LEASE
) -> int:
    """Makes and seals what is waiting, then stamps what is due; gives how many were finished."""
    done = 0
    while not stopping():
        if (seal := await claim_seal(lease=lease)) is not None:
            async with holding(seal, lease=lease):
                done += await _sealed_safely(seal, settings)
        elif (draft := await claim_letter(lease=lease)) is not None:
            async with holding(draft, lease=lease):
                done += await _made_safely(draft, settings)
        elif (stamped := await stamp_next(settings, lease=lease)) is not None:
            done += stamped
        else:
            break
    return done


async def _made_safely(taken: Taken, settings: Settings) -> bool:
    try:
        return await make_letter(taken, settings)
    except Busy as busy:
        await give_back_letter(taken, busy)
    except Refused as refusal:
        log.warning("letter.failed", letter=taken.id, code=refusal.code)
        await fail_letter(taken, refusal, is_final=refusal.code in FINAL)
    except asyncio.CancelledError:
        await asyncio.shield(give_back_letter(taken))
        raise
    except Exception as error:
        log.error("letter.unexpected", letter=taken.id, exc_info=error)
        await fail_letter(taken, Refused("pdf.broken", kind=type(error).__name__))
    return False


async def make_letter(taken: Taken, settings: Settings) -> bool:
    """Freezes the text of a letter and makes its unsigned file; False where somebody else has taken it meanwhile."""
    found = await letter_whole(taken.id)
    assert found is not None
    text = await text_of(found, settings.base_url)
    printed = await letter_printed(text)
    stored = await store_of(settings).put(printed.pdf, media_type=PDF)
    return await finish_letter(taken, to_json(text), digest_of(text), stored, pages=printed.pages)


async def text_of(letter: Whole, base_url: str) -> LetterText:
    """What the letter says, from the school's rows as they are now and the wording that it was drafted with."""
    body = await fetch_value(
        "SELECT t.body FROM letter_template t JOIN letter l ON l.template_id = t.id WHERE l.id = {}", letter.row.id
    )
    contents, wording = await contents_of(letter, at=now()), wording_from(str(body))
    facts = facts_of(contents, base_url, on_paper=letter.row.paper_since is not None)
    variant = wording.variant_for(contents.role, f"{contents.post} {contents.grid}") or ""
    identity = await _identity(letter, wording.defaults.get("identity", ""))
    return filled(wording, facts | {"variant": variant, "at_once": _at_once(contents), "identity": identity})


async def _identity(letter: Whole, usual: str) -> str:
    """How those who sign show who they are: without an account, by hand before two others (R110). "" leaves it open."""
    by_hand = any(one.account_id is None for one in await signers_of(letter.row.id))
    return usual + translator(SOURCE)(BY_HAND) if usual and by_hand and letter.row.paper_since is None else ""


def _at_once(said: Contents) -> str:
    """The clause on the period of a letter that takes effect at once: the instant, and whose reason it is (F3)."""
    if said.at_once is None:
        return ""
    say = translator(SOURCE)
    last = said.ends_at - timedelta(microseconds=1) if said.ends_at is not None else None
    until = say(labels.UNTIL_END, day=say(labels.DAY, **_day(last))) if last else say(labels.UNTIL_CHANGE)
    starts = local(said.at_once.starts_at)
    moment = say(labels.MOMENT, **_day(starts), hour=starts.hour, minute=f"{starts.minute:02d}")
    return say(labels.AT_ONCE, moment=moment, until=until, name=said.at_once.decided_by, reason=said.at_once.reason)


def _day(moment: datetime) -> dict[str, int]:
    day = local(moment)
    return {"year": day.year, "month": day.month, "day": day.day}


def facts_of(said: Contents, base_url: str, *, on_paper: bool = False) -> dict[str, Any]:
    """The facts that a wording asks for, in the words of the letter's language."""
    say = translator(SOURCE)
    first = said.starts_on.year - (said.starts_on.month < SUMMER)
    last = local(said.ends_at - timedelta(microseconds=1)).date() if said.ends_at is not None else None
    people = {one.part: {"unit": one.unit, "post": one.post, "name": one.name} for one in said.signers}
    between = people.get("witness") or people["giver"]
    if "taker" not in people:  # a class: many sign, and nobody of them is named
        people["taker"] = {"unit": said.grid, "post": say(labels.WHOLE_CLASS), "name": ""}
    facts: dict[str, Any] = {
        "number": said.number, "school": said.school, "grid": said.grid, "grid_code": said.grid_code,
        "year": say(labels.SCHOOL_YEAR, first=first, second=first + 1), "role": said.post,
        "boundary": said.boundary, "key_places": said.key_places, "superior": between["post"],
        "grounds": tuple(say(BASES[code]) for code in said.grounds if code in BASES),
        "starts_on": said.starts_on, "ends_on": last,
        "duties": [(text, "" if rhythm == "none" else say(RHYTHMS.get(rhythm, ""))) for text, rhythm in said.duties],
        "code": said.code, "address": f"{base_url}/v/{said.code}",
        "signature_kind": PAPER if on_paper else service().basis, "issuer": service().issuer,
        "fields": [
            {"name": one.field, "part": one.part, "post": one.post, "person": one.name} for one in said.signers
        ],
    }  # fmt: skip
    return facts | people


async def _sealed_safely(taken: Unsealed, settings: Settings) -> bool:
    try:
        return await seal_letter(taken, settings)
    except Refused as refusal:
        log.warning("letter.not_sealed", letter=taken.id, code=refusal.code)
        await put_off_seal(taken, refusal)
    except asyncio.CancelledError:
        await asyncio.shield(put_off_seal(taken, Refused("letter.interrupted")))
        raise
    except Exception as error:
        log.error("letter.unexpected", letter=taken.id, exc_info=error)
        await put_off_seal(taken, Refused("pdf.broken", kind=type(error).__name__))
    return False


async def seal_letter(taken: Unsealed, settings: Settings) -> bool:
    """Puts the school's seal on a letter that all have signed, and makes the record of how that came about.

    Each step may be repeated: the files are found by their digests, the rows are written once, at the end.
    """
    store = store_of(settings)
    found = await letter_whole(taken.id)
    file = await file_now(taken.id)
    pdf = await store.open(file.digest) if file is not None else None
    if found is None or pdf is None:
        raise Refused("letter.file_missing")
    office = await _office(taken.org_id)
    lists = (await trusted_for(office, taken.id)).lists
    signed = await _with_seal(pdf, office, settings, labels.SEAL_REASON, lists=lists)
    stored = await store.put(signed.pdf, media_type=PDF)
    record = await _with_seal(
        await _record(found, stored), office, settings, labels.RECORD_REASON, lists=lists, certify=True
    )
    evidence = await store.put(record.pdf, media_type=PDF)
    return await finish_seal(taken, stored, evidence, level=str(signed.level))


async def _office(org_id: int) -> Office:
    """The school's seal, renewed where it is about to run out: nothing waits for the daily look."""
    name = translator(SOURCE)(labels.SEAL_NAME)
    await renew_certificates(org_id, seal_name=name)
    return await office_of(org_id, seal_name=name)


async def _with_seal(
    pdf: bytes, office: Office, settings: Settings, reason: str, *, lists: tuple[bytes, ...], certify: bool = False
) -> Signed:
    """The seal as the last signature, or (`certify`) as the only one; with what a check needs years later: B-LT."""
    say = translator(SOURCE)
    signing = Signing(
        pdf, SEAL, now(), certify=certify, lock=True, reason=say(reason),
        appearance=Appearance(Stamp(office.school, say(labels.SEAL_NAME))), time_stamping=time_stamping(settings),
        revocations=lists,
    )  # fmt: skip
    return await sign_with_seal(signing, seal=office.seal, chain=[office.authority.certificate])


async def _record(found: Whole, sealed: StoredFile) -> bytes:
    """The evidence: a PDF of its own, because nothing may be added to the letter after its first signature (F15)."""
    say, row, at = translator(SOURCE), found.row, now()
    signers = tuple(_signer(one) for one in await signed_rows(row.id))
    stages = [(f"{one.role} {one.stage}", one.digest) for one in await files_of(row.id)]
    evidence = Evidence(
        number=row.number, title=title_of(found), school=row.school, text_digest=row.text_digest or "", signers=signers,
        files=(*stages, ("sealed 0", sealed.digest)), code=row.code, sealed_at=at, note=say(labels.EVIDENCE_NOTE),
    )  # fmt: skip
    return await evidence_pdf(evidence)


def _signer(one: SignedRow) -> Evidenced:
    say, proof = translator(SOURCE), json.loads(one.proof or "{}")
    return Evidenced(
        field=one.field, label=say(labels.PARTS[one.part]), post=one.post or "", name=one.signed_by or one.person,
        instead_of=one.person if one.signed_by else "",
        standing=say(labels.STANDINGS[one.signed_as]) if one.signed_as else "",
        signed_at=one.signed_at, method=say(labels.METHODS[one.method]), level=say(labels.LEVELS[one.level]),
        network=str(proof.get("network") or ""), device=str(proof.get("device") or ""), consent_edition=one.consent,
        proof=_witnesses(proof, say) or say(labels.PROVED.get(proof.get("proved", ""), "")),
        consented_at=one.consented_at, opened_at=one.opened_at, file_digest=one.file_digest, serial=one.serial or "",
    )  # fmt: skip


def _witnesses(proof: dict[str, Any], say: Translate) -> str:
    """Who stood by where somebody wrote by hand on the office's device (R110); "" of any other signature."""
    found = proof.get("witnesses") or []
    if len(found) != 2:
        return ""
    (first, second), agreed = found, proof.get("agreed") or {}
    told = say(
        WITNESSED, first=first["name"], first_serial=first["key"], second=second["name"], second_serial=second["key"]
    )
    return told + say(AGREED_HERE, edition=agreed.get("edition", ""), digest=str(agreed.get("text", ""))[:16])


def title_of(letter: Whole) -> str:
    """The title that stands on the paper, or the kind's name before there is one."""
    return str(json.loads(letter.row.text or "{}").get("title") or letter.row.title)
