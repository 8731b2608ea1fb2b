"""Sealing what must not be readable in a stolen database: phone numbers, mail addresses, one-time secrets (TO1).

The key stands in a file outside the database (mode 0600, made at first start). A sealed value names its key, so that
a new key can be put first and old values still open while they are being sealed again.
"""

import base64
import hashlib
import hmac
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_vault: MultiFernet | None = None
_root: bytes = b""


def use_key_file(path: Path) -> None:
    """Reads the key file: one base64 key of 32 bytes per line, the newest first.

    Refuses an empty file by ValueError.
    """
    keys = [line.strip().encode() for line in path.read_text().splitlines() if line.strip()]
    if not keys:
        raise ValueError(f"no key in {path}")
    use_keys(*keys)


def use_keys(*keys: bytes) -> None:
    """Sets the keys of this process, newest first (base64, 32 bytes each)."""
    global _vault, _root
    raw = [base64.urlsafe_b64decode(key) for key in keys]
    _vault = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, b"seal"))) for key in raw])
    _root = raw[-1]  # signatures outlive a rotation: they hang on the oldest key


def _derive(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, b"anwang:" + purpose, hashlib.sha256).digest()


def seal(text: str) -> str:
    """Encrypts and authenticates a short text."""
    assert _vault is not None, "use_key_file() comes first"
    return _vault.encrypt(text.encode()).decode()


def unseal(sealed: str) -> str | None:
    """The text back, or None when no key of ours opens it."""
    assert _vault is not None, "use_key_file() comes first"
    try:
        return _vault.decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def keyed_digest(purpose: str, text: str) -> str:
    """HMAC-SHA-256 under a key of its own per purpose: CSRF tokens, look-ups of sealed values."""
    assert _root, "use_key_file() comes first"
    return hmac.new(_derive(_root, purpose.encode()), text.encode(), hashlib.sha256).hexdigest()


def same(first: str, second: str) -> bool:
    """Equality in constant time."""
    return hmac.compare_digest(first.encode(), second.encode())
