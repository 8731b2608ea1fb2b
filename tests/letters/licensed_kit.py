"""A signing service of somebody else's, as a licensed authority or SM2 would stand behind the interface (F21).

It is no such thing: keys lie in this object, and a signature is a line at the end of the file with a keyed digest.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from portal.core.clock import now
from portal.letters.sealing import (
    Authority,
    Cost,
    Expected,
    Finding,
    Level,
    NewKey,
    Refusal,
    SealingFailed,
    SealKey,
    Secret,
    SignatureFacts,
    Signed,
    Signing,
    TimeStamping,
    Verdict,
    facts_of,
    issue_certificate,
    make_authority,
)
from portal.letters.sealing.service import Basis

MARK = b"\n%ELSEWHERE "
ISSUER = "某某电子认证服务有限公司（测试用）"


class Elsewhere:
    """Keys that never come here: the portal holds a handle, and hands the secret through."""

    basis: Basis = "licensed"
    issuer = ISSUER

    def __init__(self) -> None:
        self.authority = make_authority(ISSUER, at=now())
        self.secrets: dict[str, bytes] = {}
        self.asked: list[str] = []

    async def new_key(self, secret: Secret, *, cost: Cost) -> NewKey:
        """A key here, its handle there."""
        handle = f"elsewhere:{len(self.secrets) + 1}"
        self.secrets[handle] = secret.material
        public = ec.generate_private_key(ec.SECP256R1()).public_key()
        return NewKey(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), handle)

    async def change_secret(self, wrapped: str, old: Secret, new: Secret, *, cost: Cost) -> str:
        """The same handle under another secret."""
        self._open(wrapped, old)
        self.secrets[wrapped] = new.material
        return wrapped

    async def certify(self, authority: Authority, public: bytes, *, name: str, school: str, at: datetime) -> str:
        """By its own authority; the school's is not asked."""
        return issue_certificate(self.authority, public, name=name, school=school, at=at)

    async def sign_many(
        self, signings: Sequence[Signing], *, wrapped: str, secret: Secret, certificate: str, chain: Sequence[str]
    ) -> list[Signed | Refusal]:
        """Each file with one line more."""
        self._open(wrapped, secret)
        return [self._signed(one, facts_of(certificate).serial) for one in signings]

    async def sign_with_seal(self, signing: Signing, *, seal: SealKey, chain: Sequence[str]) -> Signed:
        """The seal, by its handle."""
        return self._signed(signing, "seal")

    async def extend(
        self, pdf: bytes, *, authorities: Sequence[str], revocations: Sequence[bytes], time_stamping: TimeStamping,
        at: datetime,
    ) -> Signed:  # fmt: skip
        """One line more, of nobody."""
        return self._with(pdf, "stamp", "", Level.LTA)

    async def check(self, pdf: bytes, expected: Expected | None, *, at: datetime) -> Verdict:
        """Green only for what is registered as final, with every line right and of those who are expected."""
        digest, found = hashlib.sha256(pdf).hexdigest(), self._lines(pdf)
        facts = tuple(_facts(line, is_right) for line, is_right in found)
        number = expected.number if expected else None
        stage = next((one for one in expected.registered if one.digest == digest), None) if expected else None
        if expected is None or not found:
            return Verdict(Finding.NOT_OURS, digest, signatures=facts)
        signers = [(one.field, one.serial or "seal") for one in expected.signers]
        is_whole = [(line["field"], line["serial"]) for line, _ in found if line["field"] != "stamp"] == signers
        if stage is None:
            finding = Finding.ALTERED
        elif not stage.final:
            finding = Finding.EARLIER
        else:
            finding = Finding.ORIGINAL if is_whole and all(is_right for _, is_right in found) else Finding.UNPROVEN
        return Verdict(finding, digest, stage.stage if stage else None, number, Level.T, facts)

    def _open(self, wrapped: str, secret: Secret) -> None:
        self.asked.append(wrapped)
        if not hmac.compare_digest(self.secrets[wrapped], secret.material):
            raise SealingFailed("sealing.wrong_secret")

    def _signed(self, signing: Signing, serial: str) -> Signed:
        return self._with(signing.pdf, signing.field, serial, Level.T)

    def _with(self, pdf: bytes, field: str, serial: str, level: Level) -> Signed:
        line = {"field": field, "serial": serial, "mac": _mac(pdf, field, serial)}
        body = pdf + MARK + json.dumps(line).encode()
        return Signed(body, level, hashlib.sha256(body).hexdigest())

    def _lines(self, pdf: bytes) -> list[tuple[dict[str, Any], bool]]:
        """Each line with whether it is right, the oldest first."""
        found: list[tuple[dict[str, Any], bool]] = []
        while (place := pdf.rfind(MARK)) >= 0:
            try:
                line = json.loads(pdf[place + len(MARK) :])
            except ValueError:
                line = {"field": "", "serial": "", "mac": ""}
            pdf = pdf[:place]
            found.insert(0, (line, line["mac"] == _mac(pdf, line["field"], line["serial"])))
        return found


def _mac(pdf: bytes, field: str, serial: str) -> str:
    return hmac.new(b"elsewhere", pdf + field.encode() + serial.encode(), hashlib.sha256).hexdigest()


def _facts(line: dict[str, Any], is_right: bool) -> SignatureFacts:
    kind = "organisation seal" if line["serial"] == "seal" else "person"
    return SignatureFacts(
        line["field"], kind, "", "", line["serial"], None, None, Level.T, is_right, is_right, is_right, is_right
    )
