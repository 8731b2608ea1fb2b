"""The passkeys of a signing key."""

from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch, fetch_one

COLUMNS = "id, credential, public_key, sign_count, prf_salt, wrapped, label, made_at, used_at"


class PasskeyRow(NamedTuple):
    """A passkey that opens a key now."""

    id: int
    credential: str
    public_key: str
    sign_count: int
    prf_salt: str
    wrapped: str
    label: str
    made_at: datetime
    used_at: datetime | None


async def passkeys_of(key_id: int) -> list[PasskeyRow]:
    """Those that open this key, the oldest first. One statement."""
    return await fetch(
        PasskeyRow,
        f"SELECT {COLUMNS} FROM signing_passkey WHERE key_id = {{}} AND ended_at IS NULL ORDER BY id",
        key_id,
    )


async def passkey_of(key_id: int, credential: str) -> PasskeyRow | None:
    """The one of this name, if it opens this key. One statement."""
    return await fetch_one(
        PasskeyRow,
        f"SELECT {COLUMNS} FROM signing_passkey WHERE key_id = {{}} AND credential = {{}} AND ended_at IS NULL",
        key_id, credential,
    )  # fmt: skip
