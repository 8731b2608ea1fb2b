"""Challenges: made here, for one person and one thing, good for minutes and for one use (TP2)."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_value, insert, unit_of_work
from portal.core.ids import digest
from portal.letters.services.keys import KeyRow
from portal.letters.tables import SigningChallenge

LIVES = timedelta(minutes=5)
MOST = 10
"""Open ones of one person; the oldest go."""


def signing(of: Iterable[tuple[int, str]]) -> str:
    """What an assertion is good for: these letters, in the very bytes that were seen."""
    return digest("\n".join(["sign", *sorted({f"{letter_id}:{seen}" for letter_id, seen in of})]))


def adding(held: KeyRow) -> str:
    """What a registration is good for: another way to open this key."""
    return digest(f"add\n{held.serial}")


async def give_challenge(purpose: str, held: KeyRow, *, by: Actor) -> bytes:
    """A new challenge for whoever holds this key."""
    made, at = secrets.token_bytes(32), now()
    row = {"org_id": held.org_id, "person_id": by.person_id, "digest": digest(made), "purpose": purpose}
    async with unit_of_work():
        await execute("DELETE FROM signing_challenge WHERE ends_at <= {}", at)
        await insert(SigningChallenge, {**row, "ends_at": at + LIVES})
        await execute(
            "DELETE FROM signing_challenge WHERE person_id = {} AND id NOT IN "
            "(SELECT id FROM signing_challenge WHERE person_id = {} ORDER BY id DESC LIMIT {})",
            by.person_id, by.person_id, MOST,
        )  # fmt: skip
    return made


async def take_challenge(challenge: bytes, purpose: str, *, by: Actor) -> bool:
    """Takes a challenge back. False where it was never given to this person for this, is used, or too old."""
    async with unit_of_work():
        taken = await fetch_value(
            "DELETE FROM signing_challenge WHERE digest = {} AND purpose = {} AND person_id = {} AND ends_at > {} "
            "RETURNING id",
            digest(challenge), purpose, by.person_id, now(),
        )  # fmt: skip
    return taken is not None
