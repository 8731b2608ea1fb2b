"""Keys: the school's authority and seal, a person's own key, and their consent to sign electronically (F7, F9, TP3).

A person's private key is made and opened in a process of its own, by a passphrase that is kept nowhere. Nobody else can
sign with it: neither a dump of the database nor whoever keeps the portal.
"""

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.accounts.passwords import fits
from portal.audit.catalogue import SigningAuthorityMade, SigningConsented, SigningKeyEnded, SigningKeyMade
from portal.audit.services import record_event
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import execute, fetch, fetch_one, fetch_value, insert, unit_of_work
from portal.core.refusals import Invalid, NotFound, Refused
from portal.letters.sealing import (
    Authority,
    Reason,
    Revoked,
    SealKey,
    Secret,
    certify,
    facts_of,
    list_ends_at,
    make_authority,
    make_seal,
    new_key,
    passphrase_fault,
    revocation_list,
)
from portal.letters.services.tries import resting
from portal.letters.tables import SigningAuthority, SigningConsent, SigningKey

RENEWED_BEFORE = timedelta(days=10)
FRESH = timedelta(minutes=30)
"""How long after signing in a key may be made: whoever finds an open session must not make one in another's name."""


class Office(NamedTuple):
    """A school's authority with its seal, ready to sign; `revocations` is its list of taken-back certificates (DER)."""

    org_id: int
    school: str
    authority: Authority
    seal: SealKey
    revocations: bytes


class KeyRow(NamedTuple):
    """Somebody's key as it is kept; once a passkey was used, `wrapped` is what that passkey opens."""

    id: int
    org_id: int
    person_id: int
    serial: str
    certificate: str
    wrapped: str
    made_at: datetime
    failures: int
    locked_until: datetime | None
    passkeys: int = 0
    passkey_id: int | None = None


class _AuthorityRow(NamedTuple):
    id: int
    certificate: str
    key_sealed: str
    seal_certificate: str
    seal_key_sealed: str
    revocations: str | None
    next_list_at: datetime | None
    version: int
    school: str


async def office_of(org_id: int, *, seal_name: str) -> Office:
    """The authority of an organisation, made when it is first asked for; its list is renewed before it runs out.

    `seal_name` says on the seal's certificate that it is a seal (a label of the caller's).
    """
    row = await _authority(org_id) or await _make_authority(org_id, seal_name)
    authority = Authority(row.certificate, row.key_sealed)
    revocations = base64.b64decode(row.revocations or "")
    if row.next_list_at is None or row.next_list_at <= now():
        revocations = await _renew_list(org_id, row, authority)
    return Office(org_id, row.school, authority, SealKey(row.seal_certificate, row.seal_key_sealed), revocations)


async def _authority(org_id: int) -> _AuthorityRow | None:
    return await fetch_one(
        _AuthorityRow,
        "SELECT a.id, a.certificate, a.key_sealed, a.seal_certificate, a.seal_key_sealed, a.revocations, "
        "a.next_list_at, a.version, g.name FROM signing_authority a JOIN grid g ON g.id = a.org_id WHERE a.org_id = {}",
        org_id,
    )


async def _make_authority(org_id: int, seal_name: str) -> _AuthorityRow:
    async with unit_of_work():
        # the organisation's row is the lock: of two who ask at once, the second finds what the first has made
        school = await fetch_value("UPDATE grid SET version = version WHERE id = {} RETURNING name", org_id)
        if school is None:
            raise NotFound()
        if await _authority(org_id) is None:
            made = make_authority(str(school), at=now())
            seal = make_seal(made, name=seal_name, school=str(school), at=now())
            row = {
                "org_id": org_id, "certificate": made.certificate, "key_sealed": made.key_sealed,
                "seal_certificate": seal.certificate, "seal_key_sealed": seal.key_sealed, "made_at": now(),
                "version": 1,
            }  # fmt: skip
            await insert(SigningAuthority, row)
            details = SigningAuthorityMade(serial=facts_of(made.certificate).serial)
            await record_event(details, org_id=org_id, subject_id=org_id, by=SYSTEM)
    found = await _authority(org_id)
    assert found is not None
    return found


class _EndedRow(NamedTuple):
    serial: str
    ended_at: datetime
    end_reason: str


async def _renew_list(org_id: int, row: _AuthorityRow, authority: Authority) -> bytes:
    ended = await fetch(
        _EndedRow,
        "SELECT serial, ended_at, end_reason FROM signing_key WHERE org_id = {} AND ended_at IS NOT NULL ORDER BY id",
        org_id,
    )
    revoked = [Revoked(one.serial, one.ended_at, Reason[one.end_reason.upper()]) for one in ended]
    made = revocation_list(authority, revoked, number=row.version + 1, at=now())
    async with unit_of_work():
        await execute(
            "UPDATE signing_authority SET revocations = {}, next_list_at = {}, version = version + 1 WHERE id = {}",
            base64.b64encode(made).decode(), list_ends_at(made) - RENEWED_BEFORE, row.id,
        )  # fmt: skip
    return made


async def key_of(person_id: int) -> KeyRow | None:
    """The key that somebody signs with now."""
    return await fetch_one(
        KeyRow,
        "SELECT id, org_id, person_id, serial, certificate, wrapped, made_at, failures, locked_until, (SELECT count(*) "
        "FROM signing_passkey p WHERE p.key_id = signing_key.id AND p.ended_at IS NULL) FROM signing_key "
        "WHERE person_id = {} AND ended_at IS NULL",
        person_id,
    )


async def consent_of(person_id: int) -> int | None:
    """The edition of the text that somebody has agreed to, the newest; None where they have not, or not any more."""
    found = await fetch_value(
        "SELECT max(edition) FROM signing_consent WHERE person_id = {} AND withdrawn_at IS NULL", person_id
    )
    return int(found) if found is not None else None


class _Who(NamedTuple):
    name: str
    org_id: int
    school: str
    login: str | None
    password_hash: str | None


async def make_key(passphrase: str, *, edition: int, text_digest: str, seal_name: str, by: Actor) -> int:
    """A new key of one's own under a passphrase; gives its id. The key before ends: what it signed stays valid.

    Refused: a passphrase that is short, common, known to others, or the one that one signs in with.
    """
    who = await _who(by)
    known = [word for word in (who.name, who.login or "") if word]
    if fault := passphrase_fault(passphrase, known=known):
        raise Invalid({"passphrase": fault})
    if who.password_hash and await fits(passphrase, who.password_hash):
        raise Invalid({"passphrase": "letter.passphrase_is_password"})
    office = await office_of(who.org_id, seal_name=seal_name)
    made = await new_key(Secret.passphrase(passphrase))
    at = now()
    certificate = await certify(office.authority, made.public, name=who.name, school=office.school, at=at)
    serial = facts_of(certificate).serial
    async with unit_of_work():
        await _end_key(by, Reason.LOST, at)
        row = {
            "org_id": who.org_id, "person_id": by.person_id, "serial": serial, "certificate": certificate,
            "wrapped": made.wrapped, "made_at": at, "failures": 0, "version": 1,
        }  # fmt: skip
        [key_id] = await insert(SigningKey, row)
        details = SigningKeyMade(serial=serial)
        await record_event(details, org_id=who.org_id, subject_id=by.person_id, by=by)
        await _consent(edition, text_digest, who.org_id, by)
    return key_id


async def _who(by: Actor) -> _Who:
    who = await fetch_one(
        _Who,
        "SELECT p.name, p.org_id, g.name, a.login, a.password_hash FROM person p JOIN grid g ON g.id = p.org_id "
        "LEFT JOIN account a ON a.person_id = p.id AND a.id = {} WHERE p.id = {} AND p.kind = 'staff' "
        "AND p.left_at IS NULL",
        by.account_id, by.person_id,
    )  # fmt: skip
    if who is None:
        raise NotFound()
    return who


async def agree(edition: int, text_digest: str, *, by: Actor) -> None:
    """Agrees to the text in this edition; the key stays as it is (F9). Agreeing twice is once."""
    async with unit_of_work():
        who = await _who(by)
        await _consent(edition, text_digest, who.org_id, by)


async def _consent(edition: int, text_digest: str, org_id: int, by: Actor) -> None:
    if await consent_of(by.person_id or 0) == edition:
        return
    row = {"org_id": org_id, "person_id": by.person_id, "edition": edition, "text_digest": text_digest}
    await insert(SigningConsent, {**row, "given_at": now()})
    details = SigningConsented(edition=edition, text=text_digest)
    await record_event(details, org_id=org_id, subject_id=by.person_id, by=by)


async def end_key(reason: Reason, *, by: Actor) -> bool:
    """Ends one's own key, lost or seen by others; False where there is none. What it signed before stays valid."""
    async with unit_of_work():
        return await _end_key(by, reason, now())


async def _end_key(by: Actor, reason: Reason, at: datetime) -> bool:
    held = await key_of(by.person_id or 0)
    if held is None:
        return False
    await execute(
        "UPDATE signing_key SET ended_at = {}, end_reason = {}, version = version + 1 WHERE id = {} "
        "AND ended_at IS NULL",
        at, reason.name.lower(), held.id,
    )  # fmt: skip
    await execute(
        "UPDATE signing_passkey SET ended_at = {}, wrapped = '' WHERE key_id = {} AND ended_at IS NULL", at, held.id
    )
    await execute("UPDATE signing_authority SET next_list_at = NULL WHERE org_id = {}", held.org_id)
    details = SigningKeyEnded(serial=held.serial, reason=reason.name.lower())
    await record_event(details, org_id=held.org_id, subject_id=by.person_id, by=by)
    return True


async def usable_key(by: Actor, *, editions: Sequence[int]) -> KeyRow:
    """The key that this person may sign with now. Refused: no key, no consent to this text, too many wrong tries."""
    held = await key_of(by.person_id or 0)
    if held is None:
        raise Refused("letter.no_key_yet")
    if await consent_of(by.person_id or 0) not in editions:
        raise Refused("letter.no_consent_yet")
    if held.locked_until is not None and held.locked_until > now():
        raise resting(held.locked_until)
    return held
