"""Passkeys are added with the passphrase, used for what was seen, and ended by their owner (F7, F8, TP3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from portal.audit.catalogue import SigningPasskeyEnded, SigningPasskeyMade
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch_value, insert, unit_of_work
from portal.core.ids import digest
from portal.core.refusals import Conflict, NotFound, Refused
from portal.letters.passkeys import challenges
from portal.letters.passkeys.ceremonies import (
    Registered,
    Site,
    asserted,
    challenge_of,
    check_assertion,
    check_registration,
    secret_from,
    to_base64,
)
from portal.letters.queries.passkeys import PasskeyRow, passkey_of, passkeys_of
from portal.letters.sealing import Secret, change_secret
from portal.letters.services.keys import KeyRow, key_of, usable_key
from portal.letters.services.tries import one_try, take_try
from portal.letters.tables import SigningPasskey

MOST = 10


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What the browser made (JSON), the secret it worked out, and the passphrase that lets it in."""

    attestation: str
    prf: str = field(repr=False)
    passphrase: str = field(repr=False)
    label: str


def salt_of(challenge: bytes) -> str:
    """What the device is asked with, for its secret: no secret itself, another for each passkey."""
    return to_base64(bytes.fromhex(digest(b"anwang:passkey-salt" + challenge)))


async def add_passkey(new: NewPasskey, *, editions: Sequence[int], site: Site, by: Actor) -> int:
    """Another way to open one's key; gives its id.

    Refused: what `usable_key` refuses; a wrong passphrase (counted); an answer that is late, for another site, or made
    without showing oneself to the device; more than `MOST`.
    """
    held = await usable_key(by, editions=editions)
    challenge, secret = challenge_of(new.attestation), secret_from(new.prf)
    if not await challenges.take_challenge(challenge, challenges.adding(held), by=by):
        raise Refused("passkey.stale")
    made = check_registration(new.attestation, challenge=challenge, site=site)
    async with one_try(held.id):
        wrapped = await change_secret(held.wrapped, Secret.passphrase(new.passphrase), secret)
    return await _keep(made, wrapped, salt_of(challenge), new.label, held, by)


async def _keep(made: Registered, wrapped: str, salt: str, label: str, held: KeyRow, by: Actor) -> int:
    async with unit_of_work():
        # the key's row is the lock: no passkey is added to a key that ends at this moment
        is_open = await fetch_value(
            "UPDATE signing_key SET version = version WHERE id = {} AND ended_at IS NULL RETURNING id", held.id
        )
        if is_open is None:
            raise Conflict("letter.no_key_yet")
        if len(await passkeys_of(held.id)) >= MOST:
            raise Refused("passkey.too_many", most=MOST)
        known = "SELECT id FROM signing_passkey WHERE credential = {} AND ended_at IS NULL"
        if await fetch_value(known, made.credential) is not None:
            raise Refused("passkey.known")
        row = {
            "key_id": held.id, "org_id": held.org_id, "person_id": by.person_id, "credential": made.credential,
            "public_key": made.public_key, "sign_count": made.sign_count, "aaguid": made.aaguid, "label": label[:60],
            "prf_salt": salt, "wrapped": wrapped, "made_at": now(),
        }  # fmt: skip
        [passkey_id] = await insert(SigningPasskey, row)
        details = SigningPasskeyMade(passkey_id=passkey_id, serial=held.serial, aaguid=made.aaguid)
        await record_event(details, org_id=held.org_id, subject_id=by.person_id, by=by)
    return int(passkey_id)


async def open_with_passkey(
    assertion: str, prf: str, held: KeyRow, *, of: Iterable[tuple[int, str]], site: Site, by: Actor
) -> tuple[KeyRow, Secret]:
    """The key as this passkey opens it, with the secret; whether that opens it is found when it is opened.

    Refused: an assertion that is late, used before, or made for other letters, other bytes or another person; one of a
    passkey that does not open this key, for another site, without its owner shown, or with a count that has been seen.
    What no honest browser sends counts as a wrong try.
    """
    secret, said = secret_from(prf), asserted(assertion)
    if not await challenges.take_challenge(said.challenge, challenges.signing(of), by=by):
        raise Refused("passkey.stale")
    kept = await passkey_of(held.id, said.credential)
    try:
        if kept is None:
            raise Refused("passkey.unknown")
        count = check_assertion(
            assertion, challenge=said.challenge, site=site, public_key=kept.public_key, sign_count=kept.sign_count
        )
        await _note_use(kept, count)
    except Refused:
        await take_try(held.id)
        raise
    return held._replace(wrapped=kept.wrapped, passkey_id=kept.id), secret


async def _note_use(kept: PasskeyRow, count: int) -> None:
    """A count that does not rise is that of a copy; those that do not count always say nought."""
    async with unit_of_work():
        noted = await fetch_value(
            "UPDATE signing_passkey SET sign_count = {}, used_at = {} WHERE id = {} AND ended_at IS NULL "
            "AND sign_count = {} RETURNING id",
            count, now(), kept.id, kept.sign_count,
        )  # fmt: skip
    if noted is None:
        raise Refused("passkey.not_valid")


async def end_passkey(passkey_id: int, *, by: Actor) -> None:
    """Takes one of one's own passkeys away; its wrapping is gone with it. The key and the others stay."""
    async with unit_of_work():
        held = await key_of(by.person_id or 0)
        ended = held and await fetch_value(
            "UPDATE signing_passkey SET ended_at = {}, wrapped = '' WHERE id = {} AND key_id = {} AND ended_at IS NULL "
            "RETURNING id",
            now(), passkey_id, held.id,
        )  # fmt: skip
        if held is None or ended is None:
            raise NotFound()
        details = SigningPasskeyEnded(passkey_id=passkey_id, serial=held.serial)
        await record_event(details, org_id=held.org_id, subject_id=by.person_id, by=by)
