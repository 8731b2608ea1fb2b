"""The key file: what seals phone numbers and signs forms.

Outside the database and outside every backup (TO1).
"""

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path

from portal.serving.words import Trouble

KEY_BYTES = 32


def make_key(path: Path) -> None:
    """Writes a new key (32 random bytes, base64, mode 0600).

    A file that is there already is never overwritten.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def check_key(path: Path) -> None:
    """Refuses a key file that is missing, readable by others, empty, too short, or obviously a default
    (`Trouble`).
    """
    try:
        state = path.stat()
        text = path.read_text("ascii")
    except FileNotFoundError:
        raise Trouble("key.missing", path=path) from None
    except (OSError, UnicodeDecodeError):
        raise Trouble("key.unreadable", path=path) from None
    if not stat.S_ISREG(state.st_mode):
        raise Trouble("key.unreadable", path=path)
    if state.st_mode & 0o077:
        raise Trouble("key.open_to_others", path=path, mode=f"{stat.S_IMODE(state.st_mode):04o}")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise Trouble("key.empty", path=path)
    for line in lines:
        _check_line(line, path)


def _check_line(line: str, path: Path) -> None:
    try:
        raw = base64.b64decode(line, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Trouble("key.not_base64", path=path) from None
    if len(raw) < KEY_BYTES:
        raise Trouble("key.short", path=path, bytes=len(raw), needed=KEY_BYTES)
    if len(set(raw)) < KEY_BYTES // 2:  # 32 random bytes have 30 different ones; "000…" and "abcabc…" do not
        raise Trouble("key.default", path=path)
