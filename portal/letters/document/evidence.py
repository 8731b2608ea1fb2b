"""How a letter was signed, as a PDF of its own: who, when, by what, from where, having read what (F12, TP2)."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from portal.letters.document.text import short_digest
from portal.rendering.pdf import AttachedFile, EmptyField, Extras, pdf_with

JSON_NAME = "evidence.json"
LANGUAGE = "zh-Hans"
SEAL = "seal"


@dataclass(frozen=True)
class Evidenced:
    """One signature. Words are given as they are printed; a network is its prefix only, a device its kind only.

    `name` is who signed; `instead_of` is whose place it is where that is another, `standing` by which right.
    """

    field: str
    label: str
    post: str
    name: str
    signed_at: datetime
    method: str
    level: str
    network: str = ""
    device: str = ""
    consent_edition: int | None = None
    consented_at: datetime | None = None
    opened_at: datetime | None = None
    file_digest: str = ""
    serial: str = ""
    proof: str = ""
    instead_of: str = ""
    standing: str = ""


@dataclass(frozen=True)
class Evidence:
    """What was recorded about the signing of one letter. `files` are its stages with their digests."""

    number: str
    title: str
    school: str
    text_digest: str
    signers: tuple[Evidenced, ...]
    files: tuple[tuple[str, str], ...] = ()
    code: str = ""
    sealed_at: datetime | None = None
    note: str = ""


def evidence_json(evidence: Evidence) -> str:
    """The canonical form, times as instants."""
    body = {"format": 1, **asdict(evidence)}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=datetime.isoformat)


async def evidence_pdf(evidence: Evidence) -> bytes:
    """The record on paper, with itself attached as JSON and an empty place for the school's seal.

    The same evidence gives the same bytes.
    """
    body = evidence_json(evidence)
    digest = hashlib.sha256(body.encode()).hexdigest()
    files = (AttachedFile(JSON_NAME, body, evidence.number),)
    extras = Extras(identifier=digest[:32], files=files, fields=(EmptyField(SEAL, evidence.school),))
    return await pdf_with("pdf/letter_evidence.html", LANGUAGE, extras, evidence=evidence, short=short_digest(digest))
