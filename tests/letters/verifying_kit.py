"""A letter that is really signed and sealed, in the register and in the store, for tests of checking."""

from dataclasses import dataclass, field
from pathlib import Path

from portal.core.clock import now
from portal.core.database import fetch_value, insert
from portal.core.files import FolderStore
from portal.letters.queries.letters import Whole, file_now
from portal.letters.rules import Method
from portal.letters.sealing import issue_certificate, new_key
from portal.letters.services.keys import Office, office_of
from portal.letters.services.making import claim_letter, finish_letter
from portal.letters.services.sealing_rows import claim_seal, finish_seal
from portal.letters.services.signing import note_reading, place_to_sign, record_signature
from portal.letters.tables import LetterFile, SigningKey
from portal.settings import Settings
from tasks.outbox import drain
from tests.cast import Cast
from tests.letters.letter_stories import letter_of, taken, whole
from tests.letters.sealing_kit import QUICK, SECRET, School, Signer, TimeServer, lift, seal_it, sign_as, unsigned

PDF = "application/pdf"


@dataclass
class Made:
    """A letter with every stage of its file."""

    id: int
    school: School
    store: FolderStore
    stages: list[bytes] = field(default_factory=list)
    evidence: bytes = b""

    async def whole(self) -> Whole:
        return await whole(self.id)

    async def code(self) -> str:
        return (await self.whole()).row.code

    @property
    def final(self) -> bytes:
        return self.stages[-1]


_signers: dict[tuple[str, str], Signer] = {}
"""Whoever signs twice has one key: by their school's certificate and their name."""


async def school_of(office: Office, people: list[str]) -> School:
    """The school's own authority, with keys for these people."""
    signers = []
    for name in people:
        if known := _signers.get((office.authority.certificate, name)):
            signers.append(known)
            continue
        key = await new_key(SECRET, cost=QUICK)
        certificate = issue_certificate(office.authority, key.public, name=name, school=office.school, at=now())
        signers.append(_signers.setdefault((office.authority.certificate, name), Signer(name, key, certificate)))
    return School(office.authority, office.seal, signers, office.revocations, now())


async def drafted(
    cast: Cast, settings: Settings, name: str = "甄新人", *, days: int = 2, org_id: int | None = None
) -> Made:
    """A letter with its unsigned file."""
    appointment = await taken(cast, name, days=days)
    await drain()
    letter_id = await letter_of(appointment)
    held = await claim_letter()
    assert held is not None and held.id == letter_id
    found = await whole(letter_id)
    office = await office_of(org_id or found.row.org_id, seal_name="安全责任书专用章")
    school = await school_of(office, [one.person for one in found.parties])
    made = Made(letter_id, school, FolderStore(Path(settings.files)), [unsigned(len(school.people), found.row.number)])
    stored = await made.store.put(made.final, media_type=PDF)
    assert await finish_letter(held, "{}", "7" * 64, stored)
    await drain()
    return made


async def signed_by(made: Made, cast: Cast, *, turns: int = 99, server: TimeServer | None = None) -> Made:
    """The same, signed by so many."""
    for turn, party in enumerate((await made.whole()).parties[:turns], 1):
        by = await cast.actor(party.person_id)
        signer = made.school.people[turn - 1]
        row = {
            "org_id": cast.school, "person_id": party.person_id, "serial": signer.serial,
            "certificate": signer.certificate, "wrapped": signer.key.wrapped, "made_at": now(), "failures": 0,
            "version": 1,
        }  # fmt: skip
        known = await fetch_value("SELECT id FROM signing_key WHERE serial = {}", signer.serial)
        key_id = known or (await insert(SigningKey, row))[0]
        file = await file_now(made.id)
        assert file is not None
        await note_reading(made.id, file.digest, network="0.0.0.0", device="phone", by=by)
        place = await place_to_sign(made.id, seen=file.digest, by=by)
        signed = await sign_as(made.school, made.final, turn, server=server, at=now())
        made.stages.append(signed.pdf)
        stored = await made.store.put(signed.pdf, media_type=PDF)
        await record_signature(
            place, stored, method=Method.KEY, level=str(signed.level), key_id=key_id, proof={"by": "test"}, by=by
        )
    return made


async def sealed(made: Made, *, server: TimeServer | None = None, extended: bool = False) -> Made:
    """The same, sealed; with a server also extended, if so wished."""
    signed = await seal_it(made.school, made.final, server=server, at=now())
    made.stages.append(signed.pdf)
    made.evidence = b"%PDF-1.7 evidence of " + str(made.id).encode()
    stored = await made.store.put(signed.pdf, media_type=PDF)
    evidence = await made.store.put(made.evidence, media_type=PDF)
    held = await claim_seal()
    assert held is not None and held.id == made.id
    assert await finish_seal(held, stored, evidence, level=str(signed.level))
    if extended and server is not None:
        longer = await lift(made.school, made.final, server)
        made.stages.append(longer.pdf)
        stored = await made.store.put(longer.pdf, media_type=PDF)
        last = {"letter_id": made.id, "stage": 1, "role": "extended", "digest": stored.digest, "size": stored.size}
        await insert(LetterFile, {**last, "level": str(longer.level), "made_at": now()})
    await drain()
    return made


async def complete(cast: Cast, settings: Settings, name: str = "甄新人", *, days: int = 2) -> Made:
    """A letter that all have signed and the school has sealed."""
    return await sealed(await signed_by(await drafted(cast, settings, name, days=days), cast))
