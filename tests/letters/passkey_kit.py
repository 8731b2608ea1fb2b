"""An authenticator of the tests' own: it makes passkeys, answers challenges and works out secrets, also wrongly."""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from portal.letters.passkeys.ceremonies import from_base64, to_base64

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """A phone. `shows` is whether its owner shows themselves; `origin` is where its browser says that it is."""

    rp_id: str = "localhost"
    origin: str = "http://localhost"
    shows: bool = True
    count: int = 0
    steps: int = 1
    name: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    inside: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def secret(self, salt: str) -> str:
        """What PRF gives for a salt: another for each, the same for ever, never without the device."""
        asked = hashlib.sha256(b"WebAuthn PRF\x00" + from_base64(salt)).digest()
        return to_base64(hmac.digest(self.inside, asked, "sha256"))

    def make(self, challenge: str) -> str:
        """A new passkey for a challenge, as a browser hands it on (JSON)."""
        body = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + self._attested()}
        told = {"attestationObject": to_base64(cbor2.dumps(body))}
        return self._credential("webauthn.create", challenge, told)

    def answer(self, challenge: str, *, spoil: bool = False) -> str:
        """An answer to a challenge, as a browser hands it on (JSON)."""
        self.count += self.steps
        data, client = self._data(), self._client("webauthn.get", challenge)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        if spoil:
            signature = self.key.sign(b"something else", ec.ECDSA(SHA256()))
        told = {"authenticatorData": to_base64(data), "signature": to_base64(signature)}
        return self._credential("webauthn.get", challenge, told)

    def _credential(self, kind: str, challenge: str, told: dict[str, str]) -> str:
        name = to_base64(self.name)
        response = {"clientDataJSON": to_base64(self._client(kind, challenge)), **told}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.shows else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _attested(self) -> bytes:
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        return bytes(range(16)) + len(self.name).to_bytes(2, "big") + self.name + cbor2.dumps(cose)
