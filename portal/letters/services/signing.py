"""Signing a letter: what was read, the signature in its place, a refusal and its way back. The key is used elsewhere.

The file is sealed by `portal.letters.sealing`, in a process of its own. Here stands what must hold together in one
transaction: the place, the very bytes that were read, the new file, the event (TP2, TP6).
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from portal.audit.catalogue import LetterRefused, LetterReopened, LetterSigned, LetterSignedInstead
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch_value, insert, unit_of_work
from portal.core.files import StoredFile
from portal.core.refusals import Conflict, NotFound, Refused
from portal.letters.queries.letters import PartyRow, Whole, file_now, last_read, letter_seen, letter_whole
from portal.letters.rules import (
    Method,
    Party,
    State,
    check_refusal,
    check_signature,
    may_sign_instead,
    places_of,
    state_of,
)
from portal.letters.tables import Letter, LetterFile, LetterParty, LetterReading
from portal.permissions.rules import Permission

OPEN = (State.WAITING, State.SEALING, State.PENDING, State.IN_FORCE)
"""Where the places say what may be done: in all but the first everybody has signed, and that is what is told."""


async def note_reading(letter_id: int, file_digest: str, *, network: str, device: str, by: Actor) -> None:
    """Notes that these very bytes were put before somebody who is to sign them; others leave no trace."""
    async with unit_of_work():
        found = await letter_seen(letter_id, by=by, permission=Permission.LETTER_SIGN_VIEW)
        if not is_to_sign(found, by):
            return
        row = {"letter_id": letter_id, "person_id": by.person_id, "file_digest": file_digest, "opened_at": now()}
        await insert(LetterReading, {**row, "network": network[:60], "device": device[:120]})


def is_to_sign(found: Whole, by: Actor) -> bool:
    """Whether a place in a letter is open for this person, now or later: their own, or that of another whom they
    stand in for."""
    own = places_of([one.rule for one in found.parties], by.person_id)
    return any(one.signed_at is None for one in own)


class Place(NamedTuple):
    """Where somebody signs now, in which bytes. `instead_of` is set where the place is another's."""

    letter: Whole
    party: Party
    file_digest: str
    is_first: bool
    is_last: bool
    instead_of: PartyRow | None = None


async def place_to_sign(letter_id: int, *, seen: str, by: Actor) -> Place:
    """The place in which this person signs now, or the refusal; nothing is written. `seen` is the form's digest."""
    found = await letter_seen(letter_id, by=by, permission=Permission.LETTER_SIGN)
    if by.person_id is None:
        raise NotFound()
    _check_open(found)
    file = await file_now(letter_id)
    rules = [one.rule for one in found.parties]
    read = await last_read(letter_id, by.person_id)
    digest = file.digest if file is not None else None
    party = check_signature(rules, person_id=by.person_id, read=read, now_is=digest, seen=seen)
    signed = [one for one in rules if one.signed_at is not None]
    row = next(one for one in found.parties if one.id == party.id)
    instead_of = row if row.person_id != by.person_id else None
    return Place(found, party, digest or "", not signed, len(signed) == len(rules) - 1, instead_of)


def _check_open(found: Whole) -> None:
    state = state_of(found.facts, at=now())
    if found.row.paper_since is not None:
        raise Refused("letter.on_paper")  # all of it, by everybody: a file is never half of each
    if state in OPEN or state is State.MAKING:
        return
    if state is State.REFUSED:
        raise Conflict("letter.refused_by_somebody")
    raise Refused("letter.not_open")


async def record_signature(
    place: Place,
    file: StoredFile,
    *,
    method: Method,
    level: str,
    key_id: int | None,
    proof: Mapping[str, Any],
    by: Actor,
) -> None:
    """Writes a signature that was made: the place, its file, the event, at one instant.

    Refused with a conflict where the letter has changed meanwhile (another signature, an end, a refusal), or where the
    authority to sign for another is over: the bytes that were signed are then nobody's, and nothing is written.
    """
    row = place.letter.row
    async with unit_of_work():
        await _check_key(key_id)
        instead = await _instead(place, by)
        await compare_and_set(Letter, row.id, version=row.version, **({"signed_at": now()} if place.is_last else {}))
        at = now()
        held = await execute(
            "UPDATE letter_party SET signed_at = {}, method = {}, level = {}, file_digest = {}, key_id = {}, "
            "proof = {}, signed_by_id = {}, signed_as = {}, version = version + 1 "
            "WHERE id = {} AND signed_at IS NULL AND refused_at IS NULL RETURNING id",
            at, str(method), level, place.file_digest, key_id, _json({**proof, **authority_of(instead)}),
            by.person_id if instead else None, instead.stand_in_as if instead else None, place.party.id,
        )  # fmt: skip
        if not held:
            raise Conflict("letter.signed_already")
        stage = await fetch_value("SELECT count(*) FROM letter_file WHERE letter_id = {} AND role = 'signed'", row.id)
        stored = {"letter_id": row.id, "stage": int(stage) + 1, "role": "signed", "digest": file.digest}
        await insert(LetterFile, {**stored, "size": file.size, "level": level, "made_at": at})
        details = LetterSigned(
            party_id=place.party.id, part=str(place.party.part), method=str(method), level=level,
            read=place.file_digest, file=file.digest,
        )  # fmt: skip
        await record_event(details, org_id=row.org_id, subject_id=row.id, by=by)
        if instead is not None and instead.stand_in_appointment is not None:
            told = LetterSignedInstead(
                party_id=instead.id, person_id=instead.person_id, appointment_id=instead.stand_in_appointment,
                standing=instead.stand_in_as or "",
            )  # fmt: skip
            await record_event(told, org_id=row.org_id, subject_id=row.id, by=by)


async def _check_key(key_id: int | None) -> None:
    """A key that its owner ended while it was at work signs nothing any more; its row is the lock."""
    if key_id is not None and not await execute(
        "UPDATE signing_key SET version = version WHERE id = {} AND ended_at IS NULL RETURNING id", key_id
    ):
        raise Conflict("letter.no_key_yet")


async def _instead(place: Place, by: Actor) -> PartyRow | None:
    """The place of another, with the authority to sign in it as it stands at this instant; None in one's own place."""
    if place.instead_of is None:
        return None
    found = await letter_whole(place.letter.row.id)
    rules = [one.rule for one in found.parties] if found is not None else []
    now_is = next((one for one in rules if one.id == place.party.id), None)
    if found is None or now_is is None:
        raise NotFound()
    if now_is.signed_at is not None:
        raise Conflict("letter.place_signed")
    if may_sign_instead(now_is, rules) != by.person_id:
        raise Conflict("letter.authority_over")
    return next(one for one in found.parties if one.id == now_is.id)


def authority_of(instead: PartyRow | None) -> dict[str, Any]:
    """By which right somebody signs in the place of another, as it is kept with the signature."""
    if instead is None:
        return {}
    until = instead.stand_in_until
    return {"instead": {
        "of": instead.person_id, "post": instead.post_id, "as": instead.stand_in_as,
        "appointment": instead.stand_in_appointment, "until": until.isoformat() if until else None,
        "since": instead.stand_in_since.isoformat() if instead.stand_in_since else None,
    }}  # fmt: skip


def _json(proof: Mapping[str, Any]) -> str:
    return json.dumps(dict(proof), ensure_ascii=False, sort_keys=True)


async def refuse_letter(letter_id: int, reason: str, *, version: int, by: Actor) -> None:
    """Somebody does not sign and says why; the letter rests until it is reopened or made anew (F12)."""
    async with unit_of_work():
        found = await letter_seen(letter_id, by=by, permission=Permission.LETTER_SIGN)
        _check_open(found)
        if by.person_id is None:
            raise NotFound()
        party = check_refusal([one.rule for one in found.parties], person_id=by.person_id)
        await compare_and_set(Letter, letter_id, version=version)
        await execute(
            "UPDATE letter_party SET refused_at = {}, refusal = {}, version = version + 1 WHERE id = {}",
            now(), reason, party.id,
        )  # fmt: skip
        details = LetterRefused(party_id=party.id, part=str(party.part))
        await record_event(details, org_id=found.row.org_id, subject_id=letter_id, by=by, texts={"reason": reason})


async def reopen_letter(letter_id: int, *, version: int, by: Actor) -> None:
    """The one who refused is asked again, with the same text; the reason stays in the history (F13)."""
    async with unit_of_work():
        found = await letter_seen(letter_id, by=by, permission=Permission.LETTER_MAKE)
        refused = next((one for one in found.parties if one.refused_at is not None), None)
        if refused is None or state_of(found.facts, at=now()) is not State.REFUSED:
            raise Refused("letter.not_refused")
        await compare_and_set(Letter, letter_id, version=version)
        await compare_and_set(LetterParty, refused.id, version=refused.version, refused_at=None, refusal=None)
        details = LetterReopened(party_id=refused.id)
        await record_event(details, org_id=found.row.org_id, subject_id=letter_id, by=by)
