"""A person's private key, wrapped by a secret that only they give (F7, TP3, TO1).

What is kept is text for a column: parameters, salt, and a body that opens only with the secret. There is no second
way in: no key of the portal, no copy, no recovery. A lost secret means a new key and a new certificate.

A passphrase goes through argon2id, which is made costly, because whoever holds the database may guess for years. A
passkey's secret (32 random bytes of its PRF) needs no such thing.
"""

import base64
import binascii
import itertools
import json
import secrets
import string
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from portal.core.refusals import Refused

SHORTEST = 12
LONGEST = 256
PRF_BYTES = 32
FEWEST_SIGNS = 5  # different ones


class SealingFailed(Refused):
    """Why nothing was signed or checked: `sealing.…`, the sentences are in `portal.letters.sealing.labels`."""


class SealingLate(SealingFailed):
    """The same, when it is the machine's fault, not the asker's: trying again later may help."""

    status = 503


class Cost(NamedTuple):
    """What one guess costs: `memory` in KiB, `time` passes over it. Kept beside each key, so it may rise later."""

    memory: int = 128 * 1024
    time: int = 3

    def is_bearable(self) -> bool:
        """A row that somebody has tampered with must not fill the memory."""
        return 8 <= self.memory <= 256 * 1024 and 1 <= self.time <= 16


COST = Cost()


class SecretKind(StrEnum):
    """What the signer gives."""

    PASSPHRASE = "passphrase"  # noqa: S105 - the name of a kind
    PRF = "prf"


@dataclass(frozen=True, slots=True)
class Secret:
    """What only the signer has. Never kept, never logged: it does not even show itself."""

    kind: SecretKind
    material: bytes = field(repr=False)

    @classmethod
    def passphrase(cls, text: str) -> "Secret":
        """A signing passphrase, in whichever way a keyboard writes its signs."""
        return cls(SecretKind.PASSPHRASE, unicodedata.normalize("NFKC", text).encode())

    @classmethod
    def prf(cls, material: bytes) -> "Secret":
        """The secret of a passkey (WebAuthn PRF). Anything but 32 bytes is refused by ValueError."""
        if len(material) != PRF_BYTES:
            raise ValueError("a passkey's secret has 32 bytes")
        return cls(SecretKind.PRF, bytes(material))


def passphrase_fault(passphrase: str, *, known: Collection[str] = ()) -> str | None:
    """What is wrong with a new signing passphrase, as a code; None when it will do.

    `known` are words that others know: the signer's name, login, telephone. A short PIN is never taken (F7).
    """
    plain = unicodedata.normalize("NFKC", passphrase).casefold()
    if len(plain) < SHORTEST:
        return "sealing.passphrase_short"
    if len(plain) > LONGEST:
        return "sealing.passphrase_long"
    if any(len(word) >= 2 and len(plain.replace(word.casefold(), "")) < SHORTEST - 4 for word in known):
        return "sealing.passphrase_known"
    if _is_common(plain):
        return "sealing.passphrase_common"
    return None


def _is_common(plain: str) -> bool:
    """In the list of common ones, as it is or with something short before or after; a few signs; one piece repeated."""
    if len(set(plain)) < FEWEST_SIGNS or plain in (plain + plain)[1:-1]:
        return True
    common = _common()
    bare = plain.strip(string.digits + string.punctuation + " ")
    if plain in common or (len(bare) < SHORTEST and (bare in common or len(bare) <= 3 or _is_along_keys(bare))):
        return True
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(plain)}
    return steps <= {1} or steps <= {-1} or _is_along_keys(plain)


def _is_along_keys(plain: str) -> bool:
    return any(plain in row or plain in row[::-1] for row in ROWS)


ROWS = ("1234567890" * 3, "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujmikolp")
WORDS = frozenset("password passphrase letmein welcome admin anwang qwerty iloveyou woaini sunshine".split())


@cache
def _common() -> frozenset[str]:
    from portal.accounts.passwords import common_passwords  # the same list as for signing in

    return common_passwords() | WORDS


def wrap_key(key: bytes, secret: Secret, *, cost: Cost = COST) -> str:
    """The text to keep for a private key (DER). Costs some hundred milliseconds: never on an event loop.

    Refused: a passphrase that is too short or too common (`sealing.passphrase_…`).
    """
    if secret.kind is SecretKind.PASSPHRASE and (fault := passphrase_fault(secret.material.decode())):
        raise SealingFailed(fault, shortest=SHORTEST, longest=LONGEST)
    head: dict[str, Any] = {"v": 1, "kind": secret.kind.value, "salt": _text(secrets.token_bytes(16))}
    if secret.kind is SecretKind.PASSPHRASE:
        head |= {"memory": cost.memory, "time": cost.time}
    nonce = secrets.token_bytes(12)
    body = _cipher(head, secret).encrypt(nonce, key, _bound(head))
    return json.dumps(head | {"nonce": _text(nonce), "body": _text(body)}, sort_keys=True)


def unwrap_key(wrapped: str, secret: Secret) -> bytes:
    """The private key (DER). As costly as wrapping it.

    Refused: a wrong secret (`sealing.wrong_secret`), never told apart from a wrapping that was tampered with.
    """
    from cryptography.exceptions import InvalidTag

    try:
        kept = json.loads(wrapped)
        nonce, body = (base64.b64decode(kept.pop(name), validate=True) for name in ("nonce", "body"))
        if kept["v"] != 1 or kept["kind"] != secret.kind:
            raise SealingFailed("sealing.wrong_secret")
        key: bytes = _cipher(kept, secret).decrypt(nonce, body, _bound(kept))
        return key
    except (InvalidTag, ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise SealingFailed("sealing.wrong_secret") from None


def kind_of(wrapped: str) -> SecretKind:
    """Which secret opens it."""
    return SecretKind(json.loads(wrapped)["kind"])


def _cipher(head: dict[str, Any], secret: Secret) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt = base64.b64decode(head["salt"], validate=True)
    if secret.kind is SecretKind.PRF:
        return AESGCM(_expanded(secret.material, salt))
    cost = Cost(memory=int(head["memory"]), time=int(head["time"]))
    if not cost.is_bearable():
        raise ValueError("no cost that we ever set")
    return AESGCM(_derived(secret.material, salt, cost))


def _derived(material: bytes, salt: bytes, cost: Cost) -> bytes:
    from argon2.exceptions import HashingError
    from argon2.low_level import Type, hash_secret_raw

    try:
        key: bytes = hash_secret_raw(
            material, salt, time_cost=cost.time, memory_cost=cost.memory, parallelism=1, hash_len=32, type=Type.ID
        )
    except HashingError as error:
        if "llocat" in str(error):  # the machine's fault, never to be counted as a wrong secret
            raise MemoryError from error
        raise ValueError(str(error)) from error
    return key


def _expanded(material: bytes, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"anwang:signing-key").derive(material)


def _bound(head: dict[str, Any]) -> bytes:
    """What the body is bound to: nobody lowers the cost of a kept key without the secret."""
    return json.dumps(head, sort_keys=True).encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
