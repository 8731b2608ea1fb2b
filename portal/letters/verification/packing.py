"""The evidence pack: a letter with all that proves it, to be checked elsewhere with stock tools (F24, TP4)."""

import json
from collections.abc import Iterator
from pathlib import Path
from string import Template

from cryptography.x509 import load_der_x509_crl

from portal.audit.catalogue import LetterPackTaken
from portal.audit.rules import ChainedEvent, stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.database import unit_of_work
from portal.core.files import FileStore
from portal.core.refusals import NotFound
from portal.letters.lasting.services.certificates import seal_of, trusted_for
from portal.letters.queries.letters import letter_seen
from portal.letters.services.keys import Office, office_of
from portal.letters.verification.csv_lines import csv_text
from portal.letters.verification.queries import Known, events_of_letter, has_authority, letter_known
from portal.letters.verification.zips import Zip

DATA = Path(__file__).parent / "data"
HEAD = ("file", "size", "sha256")


async def take_pack(letter_id: int, *, base_url: str, store: FileStore, by: Actor) -> tuple[str, bytes]:
    """The pack of a letter that the actor may see, and its number. The same letter gives the same bytes."""
    await letter_seen(letter_id, by=by)
    letter = await letter_known(letter_id)
    if letter is None:
        raise NotFound()
    office = await office_of(letter.row.org_id, seal_name="") if await has_authority(letter.row.org_id) else None
    proofs = await _proofs(letter, office) if office else []
    pdfs = await _pdfs(letter, store)
    events = await events_of_letter(letter_id)
    async with unit_of_work():
        await record_event(LetterPackTaken(), org_id=letter.row.org_id, subject_id=letter_id, by=by)
    return letter.row.number, _zipped([*pdfs, *proofs, *_papers(letter, office, events, base_url)])


async def _pdfs(letter: Known, store: FileStore) -> list[tuple[str, bytes]]:
    """The letter as it stands, sealed or on its way, and its evidence."""
    on_paper = letter.row.paper_since is not None  # then the final file is the scan, and the letter its unsigned text
    now_is = (None if on_paper else letter.final or letter.file("signed")) or letter.file("draft")
    found = []
    for name, file in (
        ("letter.pdf", now_is),
        ("evidence.pdf", letter.file("evidence")),
        ("scan.pdf", letter.file("scan")),
    ):
        body = await store.open(file.digest) if file is not None else None
        if body is not None:
            found.append((name, body))
    return found


async def _proofs(letter: Known, office: Office) -> list[tuple[str, bytes]]:
    """Certificates (PEM) and the lists of those that were taken back (DER).

    An authority or a seal may have been renewed since: older authorities are numbered, the seal is that of its time.
    """
    trusted = await trusted_for(office, letter.row.id)
    marks = ["", *(f"-{number}" for number in range(1, len(trusted.authorities)))]
    found = [
        (f"certificates/authority{mark}.pem", certificate.encode())
        for mark, certificate in zip(marks, trusted.authorities, strict=True)
    ]
    for party in letter.parties:
        if party.certificate and party.signed_at:
            found.append((f"certificates/{party.field}.pem", party.certificate.encode()))
    if letter.row.sealed_at is not None and letter.row.paper_since is None:
        found.append(("certificates/seal.pem", (await seal_of(office, letter.row.sealed_at)).encode()))
    return [*found, *((f"revocations{mark}.crl", one) for mark, one in zip(marks, trusted.lists, strict=True))]


def _papers(
    letter: Known, office: Office | None, events: list[ChainedEvent], base_url: str
) -> Iterator[tuple[str, bytes]]:
    yield "events.jsonl", "".join(f"{_line(event)}\n" for event in events).encode()
    yield "check_pack.py", (DATA / "check_pack.py").read_bytes()
    moment = int(load_der_x509_crl(office.revocations).last_update_utc.timestamp()) + 1 if office else 0
    readme = Template((DATA / "README.txt").read_text("utf-8")).substitute(
        number=letter.row.number, school=letter.row.school, moment=moment, address=f"{base_url}/v/{letter.row.code}"
    )
    yield "README.txt", readme.encode()


def _line(event: ChainedEvent) -> str:
    """An event as it was hashed: `details` stays the very text."""
    return json.dumps({**event._asdict(), "at": stamp(event.at)}, ensure_ascii=False)


def _zipped(files: list[tuple[str, bytes]]) -> bytes:
    made, parts = Zip(), []
    for name, body in files:
        parts.append(made.add(name, body))
    index = csv_text([HEAD, *((one.name, str(one.size), one.digest) for one in made.entries)])
    parts += [made.add("index.csv", index.encode()), made.end()]
    return b"".join(parts)
