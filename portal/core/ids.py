"""Names and secrets made at random, and the digests that stand for them in the database."""

import hashlib
import secrets


def new_token() -> str:
    """A 256-bit secret, URL-safe: sessions, invitations, submission keys."""
    return secrets.token_urlsafe(32)


def digest(text: str | bytes) -> str:
    """SHA-256 in hexadecimal, of UTF-8 text or of bytes."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
