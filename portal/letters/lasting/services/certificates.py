"""A school's authority and seal get the next certificate before theirs runs out; the old ones stay for old letters."""

import base64
from datetime import datetime
from typing import NamedTuple

from portal.audit.catalogue import SigningCertificateRenewed
from portal.audit.services import record_event
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import execute, fetch, fetch_column, fetch_one, fetch_value, insert, unit_of_work
from portal.letters.lasting.rules import AUTHORITY_AHEAD, SEAL_AHEAD, is_ending
from portal.letters.sealing import (
    Authority,
    Reason,
    Revoked,
    facts_of,
    list_ends_at,
    make_authority,
    make_seal,
    revocation_list,
)
from portal.letters.services.keys import RENEWED_BEFORE, Office, office_of
from portal.letters.tables import SigningEnded

AUTHORITY, SEAL = "authority", "seal"


_LOST = "FROM signing_key WHERE org_id = {} AND ended_at IS NOT NULL"


class Trusted(NamedTuple):
    """Whom a school's letters are believed from: its authority of today and those before it (PEM), with their lists."""

    authorities: tuple[str, ...]
    lists: tuple[bytes, ...]


class _Held(NamedTuple):
    id: int
    school: str
    certificate: str
    key_sealed: str
    seal_certificate: str
    revocations: str | None
    version: int


class _Ended(NamedTuple):
    id: int
    certificate: str
    key_sealed: str
    revocations: str | None
    listed_at: datetime | None
    next_list_at: datetime | None
    number: int


async def renew_certificates(org_id: int, *, seal_name: str) -> list[str]:
    """Makes what is about to run out anew; gives what it was: authority, seal, or nothing. Twice is once.

    Certificates that people hold stay good: whoever is believed is the old authority as well.
    """
    held = await _held(org_id)
    if held is None or not _ending(held, now()):
        return []
    async with unit_of_work():
        # the organisation's row is the lock: of two who renew at once, the second finds it done
        await execute("UPDATE grid SET version = version WHERE id = {} RETURNING id", org_id)
        held = await _held(org_id)
        assert held is not None
        ending = _ending(held, now())
        if ending:
            await _renew(org_id, held, ending, seal_name)
    return ending


async def _held(org_id: int) -> _Held | None:
    return await fetch_one(
        _Held,
        "SELECT a.id, g.name, a.certificate, a.key_sealed, a.seal_certificate, a.revocations, a.version "
        "FROM signing_authority a JOIN grid g ON g.id = a.org_id WHERE a.org_id = {}",
        org_id,
    )


def _ending(held: _Held, at: datetime) -> list[str]:
    if is_ending(facts_of(held.certificate).ends_at, at=at, ahead=AUTHORITY_AHEAD):
        return [AUTHORITY, SEAL]
    return [SEAL] if is_ending(facts_of(held.seal_certificate).ends_at, at=at, ahead=SEAL_AHEAD) else []


async def _renew(org_id: int, held: _Held, ending: list[str], seal_name: str) -> None:
    at = now()
    authority = Authority(held.certificate, held.key_sealed)
    gone = {"org_id": org_id, "kind": SEAL, "certificate": held.seal_certificate, "ended_at": at}
    await insert(SigningEnded, gone)  # its key is kept nowhere: nothing is sealed with it any more
    if AUTHORITY in ending:
        last = {"key_sealed": held.key_sealed, "revocations": held.revocations, "number": held.version}
        await insert(SigningEnded, {**gone, "kind": AUTHORITY, "certificate": held.certificate, **last})
        authority = make_authority(held.school, at=at)
    seal = make_seal(authority, name=seal_name, school=held.school, at=at)
    await execute(
        "UPDATE signing_authority SET certificate = {}, key_sealed = {}, seal_certificate = {}, seal_key_sealed = {}, "
        "next_list_at = NULL, version = version + 1 WHERE id = {}",
        authority.certificate, authority.key_sealed, seal.certificate, seal.key_sealed, held.id,
    )  # fmt: skip
    for what, certificate in ((AUTHORITY, authority.certificate), (SEAL, seal.certificate)):
        if what in ending:
            details = SigningCertificateRenewed(what=what, serial=facts_of(certificate).serial)
            await record_event(details, org_id=org_id, subject_id=org_id, by=SYSTEM)


async def trusted_of(office: Office) -> Trusted:
    """All authorities of a school, that of today first, each with a list that still holds. One statement, mostly."""
    authorities, lists = [office.authority.certificate], [office.revocations]
    rows = await fetch(
        _Ended,
        "SELECT id, certificate, key_sealed, revocations, listed_at, next_list_at, number FROM signing_ended "
        "WHERE org_id = {} AND kind = 'authority' ORDER BY id DESC",
        office.org_id,
    )
    if rows:
        last = await fetch_value(f"SELECT ended_at {_LOST} ORDER BY ended_at DESC LIMIT 1", office.org_id)
        for row in rows:
            authorities.append(row.certificate)
            lists.append(await _list_of(office.org_id, row, last))
    return Trusted(tuple(authorities), tuple(lists))


async def trusted_for(office: Office, letter_id: int) -> Trusted:
    """The same, and the authorities of other organisations whose people signed this letter: somebody of the bureau
    gives a principal theirs (R105). One statement more, where there are none."""
    trusted = await trusted_of(office)
    others = await fetch_column(
        "SELECT DISTINCT k.org_id FROM letter_party y JOIN signing_key k ON k.id = y.key_id "
        "JOIN signing_authority a ON a.org_id = k.org_id WHERE y.letter_id = {} AND k.org_id <> {} ORDER BY k.org_id",
        letter_id, office.org_id,
    )  # fmt: skip
    for org_id in others:  # their authority is there: asking for it makes none, and names no seal
        more = await trusted_of(await office_of(org_id, seal_name=""))
        trusted = Trusted((*trusted.authorities, *more.authorities), (*trusted.lists, *more.lists))
    return trusted


async def _list_of(org_id: int, row: _Ended, last_ended: datetime | None) -> bytes:
    """The list of an authority that has ended: people may still hold keys of it, and lose them."""
    old = row.next_list_at is None or row.next_list_at <= now() or row.listed_at is None
    if not old and (last_ended is None or row.listed_at is None or last_ended <= row.listed_at):
        return base64.b64decode(row.revocations or "")
    revoked = [
        Revoked(one.serial, one.ended_at, Reason[one.end_reason.upper()])
        for one in await fetch(_Lost, f"SELECT serial, ended_at, end_reason {_LOST} ORDER BY id", org_id)
    ]
    made = revocation_list(Authority(row.certificate, row.key_sealed), revoked, number=row.number + 1, at=now())
    async with unit_of_work():
        await execute(
            "UPDATE signing_ended SET revocations = {}, listed_at = {}, next_list_at = {}, number = number + 1 "
            "WHERE id = {}",
            base64.b64encode(made).decode(), now(), list_ends_at(made) - RENEWED_BEFORE, row.id,
        )  # fmt: skip
    return made


class _Lost(NamedTuple):
    serial: str
    ended_at: datetime
    end_reason: str


async def seal_of(office: Office, sealed_at: datetime) -> str:
    """The certificate (PEM) of the seal that the school had at an instant."""
    found = await fetch_value(
        "SELECT certificate FROM signing_ended WHERE org_id = {} AND kind = 'seal' AND ended_at > {} "
        "ORDER BY ended_at, id LIMIT 1",
        office.org_id, sealed_at,
    )  # fmt: skip
    return str(found) if found is not None else office.seal.certificate


async def schools_with_certificates() -> list[int]:
    """Whose certificates there are to renew."""
    return [int(one) for one in await fetch_column("SELECT org_id FROM signing_authority ORDER BY id")]
