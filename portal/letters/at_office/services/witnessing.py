"""A signature by hand on the office's device, before two of the staff (R110, TP2, TP3).

Who signs has no key. So it is the first of the two whose own key closes the field, as a witness; the second proves who
they are with their own passphrase. Both stand in the file, in the record, and in the register.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from portal.audit.catalogue import LetterSignedAtOffice, LetterWitnessWrong
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import insert, unit_of_work
from portal.core.files import store_of
from portal.core.ids import digest
from portal.core.refusals import NotFound, Refused, TooMany
from portal.letters.at_office.queries import Second, Signer, colleague_of, signers_of
from portal.letters.proof import Proof
from portal.letters.queries.letters import Whole, file_now, last_read, letter_seen
from portal.letters.rules import Method, State, state_of
from portal.letters.rules.at_office import check_at_office, check_first, check_may_sign_here, check_second
from portal.letters.sealing import Appearance, SealingFailed, Secret, Signing, Strokes, Typed, change_secret, sign
from portal.letters.services.keys import KeyRow, consent_of, key_of, office_of
from portal.letters.services.signing import Place, record_signature
from portal.letters.services.tries import WRONG, one_try
from portal.letters.signing_online import opening, time_stamping
from portal.letters.tables import LetterReading
from portal.permissions.rules import Permission
from portal.settings import Settings

SECOND_WRONG = "letter.second_wrong"


@dataclass(frozen=True, slots=True)
class Words:
    """What is written into the file, in its own language: labels of the caller's. `caption` names both witnesses."""

    reason: str
    caption: Callable[[str, str], str]
    seal_name: str
    agreed: str
    edition: int


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What is signed on the office's device: the digest of the file that was seen, the mark, who is the second."""

    seen: str
    mark: Strokes | Typed
    second_login: str
    second_passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Here:
    """Who would sign on this device, in which letter."""

    letter: Whole
    signer: Signer


async def place_here(letter_id: int, party_id: int, *, by: Actor, permission: Permission) -> Here:
    """The place of somebody who signs on the office's device. Refused: a letter on paper, a pupil, whoever has an
    account. What is not in this letter is not found."""
    found = await letter_seen(letter_id, by=by, permission=permission)
    signer = next((one for one in await signers_of(letter_id) if one.party_id == party_id), None)
    if signer is None:
        raise NotFound()
    if found.row.paper_since is not None:
        raise Refused("letter.on_paper")
    check_may_sign_here(is_staff=signer.is_staff, has_account=signer.account_id is not None)
    return Here(found, signer)


async def note_reading_here(here: Here, file_digest: str, *, network: str, device: str, by: Actor) -> None:
    """Notes that these very bytes were put before somebody on the office's device."""
    if state_of(here.letter.facts, at=now()) is not State.WAITING:
        return
    row = {"letter_id": here.letter.row.id, "person_id": here.signer.person_id, "file_digest": file_digest}
    async with unit_of_work():
        await insert(LetterReading, {**row, "opened_at": now(), "network": network[:60], "device": device[:120]})


async def place_to_witness(letter_id: int, party_id: int, *, seen: str, by: Actor) -> tuple[Place, Signer]:
    """The place that is signed here now, or the refusal; nothing is written."""
    here = await place_here(letter_id, party_id, by=by, permission=Permission.LETTER_AT_OFFICE)
    found, signer = here.letter, here.signer
    if state_of(found.facts, at=now()) not in (State.WAITING, State.REFUSED, State.MAKING):
        raise Refused("letter.not_open")
    file, rules = await file_now(letter_id), [one.rule for one in found.parties]
    now_is = file.digest if file is not None else None
    party = check_at_office(
        rules, party_id, is_staff=signer.is_staff, has_account=signer.account_id is not None,
        read=await last_read(letter_id, signer.person_id), now_is=now_is, seen=seen,
    )  # fmt: skip
    check_first(party, by.person_id)
    signed = [one for one in rules if one.signed_at is not None]
    return Place(found, party, now_is or "", not signed, len(signed) == len(rules) - 1), signer


async def second_of(place: Place, asked: Witnessed, *, editions: Sequence[int], by: Actor) -> tuple[Second, KeyRow]:
    """Whoever confirms as the second, after they have proved it with their own passphrase.

    A login that nobody has, one without a key, and a wrong passphrase give the same answer. A wrong one is counted
    against the key, and stands in the history.
    """
    row = place.letter.row
    second = await colleague_of(asked.second_login, row.org_id)
    held = await key_of(second.person_id) if second is not None else None
    if second is not None:
        check_second([one.rule for one in place.letter.parties], first=by.person_id or 0, second=second.person_id)
    if second is None or held is None or await consent_of(second.person_id) not in editions:
        await _note_wrong(place, by)
        raise Refused(SECOND_WRONG)
    await _prove(place, held, asked.second_passphrase, by)
    return second, held


async def _prove(place: Place, held: KeyRow, passphrase: str, by: Actor) -> None:
    """Opens a key and signs nothing: the wrapping that comes back is thrown away."""
    secret = Secret.passphrase(passphrase)
    try:
        async with one_try(held.id):
            await _opened(held, secret)
    except TooMany as rests:
        raise TooMany("letter.second_locked", **rests.params) from None
    except SealingFailed as failed:
        if failed.code == WRONG:
            await _note_wrong(place, by)
            raise Refused(SECOND_WRONG) from None
        raise


async def _opened(held: KeyRow, secret: Secret) -> None:
    try:
        await change_secret(held.wrapped, secret, secret)
    except SealingFailed as failed:
        if failed.status == SealingFailed.status:  # not the machine's fault: whatever it says, it is no passphrase
            raise SealingFailed(WRONG) from None
        raise


async def _note_wrong(place: Place, by: Actor) -> None:
    row = place.letter.row
    async with unit_of_work():
        details = LetterWitnessWrong(party_id=place.party.id)
        await record_event(details, org_id=row.org_id, subject_id=row.id, by=by)


async def sign_here(
    place: Place, signer: Signer, second: tuple[Second, KeyRow], asked: Witnessed, proof: Proof, *,
    words: Words, network: str, device: str, settings: Settings, by: Actor,
) -> None:  # fmt: skip
    """The handwriting goes into its place, closed by the first witness's own key; then the row, at one instant.

    Refused: a wrong passphrase of the first (counted), a mark that cannot be drawn. A conflict where the letter changed
    meanwhile: nothing is written then.
    """
    store, held = store_of(settings), proof.held
    pdf = await store.open(place.file_digest)
    if pdf is None:
        raise Refused("letter.file_missing")
    office = await office_of(held.org_id, seal_name=words.seal_name)
    mark = asked.mark
    signing = Signing(
        pdf, place.party.field, now(), certify=place.is_first, reason=words.reason,
        appearance=Appearance(mark, words.caption(by.name, second[0].name)), time_stamping=time_stamping(settings),
    )  # fmt: skip
    async with opening(held):
        chain = [office.authority.certificate]
        signed = await sign(
            signing, wrapped=held.wrapped, secret=proof.secret, certificate=held.certificate, chain=chain
        )
    stored = await store.put(signed.pdf, media_type="application/pdf")
    told = {
        "at": now().isoformat(), "network": network, "device": device, "key": held.serial, "read": place.file_digest,
        "mark": type(mark).__name__.lower(), "short_of": signed.short_of,
        "agreed": {"edition": words.edition, "text": digest(words.agreed)},
        "witnesses": [
            {"person": by.person_id, "name": by.name, "key": held.serial, "signed": True},
            {"person": second[0].person_id, "name": second[0].name, "key": second[1].serial, "signed": False},
        ],
    }  # fmt: skip
    async with unit_of_work():
        await record_signature(
            place, stored, method=Method.DEVICE, level=str(signed.level), key_id=held.id, proof=told, by=by
        )
        details = LetterSignedAtOffice(
            party_id=signer.party_id, first_id=by.person_id or 0, first_serial=held.serial,
            second_id=second[0].person_id, second_serial=second[1].serial,
        )  # fmt: skip
        await record_event(details, org_id=place.letter.row.org_id, subject_id=place.letter.row.id, by=by)
