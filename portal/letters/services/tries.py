"""Tries at a signing key: after five wrong secrets in a row it rests for a quarter of an hour (F8, TP3)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.core.clock import now
from portal.core.database import execute, fetch_one, fetch_value, unit_of_work
from portal.core.refusals import TooMany
from portal.letters.sealing import SealingFailed

WRONG = "sealing.wrong_secret"
WRONG_MOST = 5
LOCKED = timedelta(minutes=15)


@asynccontextmanager
async def one_try(key_id: int) -> AsyncIterator[None]:
    """Around the opening of a key: one counted try.

    The try is counted before it is made, so that many at once are no more than five. Given back when it was not the
    secret that was wrong; a right one forgets all before it. One whose process was killed stays counted.
    Refused: a key that rests.
    """
    locks = await take_try(key_id)
    try:
        yield
    except BaseException as error:
        if not (isinstance(error, SealingFailed) and error.code == WRONG):
            await asyncio.shield(_give_back(key_id, locks))
        raise
    await _forget_tries(key_id)


async def take_try(key_id: int) -> bool:
    """Counts a try; whether it was the last one before the key rests. For what is known to be wrong, this is all."""
    async with unit_of_work():
        found = await fetch_value(
            "UPDATE signing_key SET failures = CASE WHEN failures + 1 < {} THEN failures + 1 ELSE 0 END, "
            "locked_until = CASE WHEN failures + 1 < {} THEN locked_until ELSE {} END "
            "WHERE id = {} AND (locked_until IS NULL OR locked_until <= {}) RETURNING failures",
            WRONG_MOST, WRONG_MOST, now() + LOCKED, key_id, now(),
        )  # fmt: skip
        if found is None:
            until = await fetch_one(_LockRow, "SELECT locked_until FROM signing_key WHERE id = {}", key_id)
            raise resting(until.locked_until if until else None)
    return int(found) == 0


async def _give_back(key_id: int, locks: bool) -> None:
    async with unit_of_work():
        if locks:
            await execute(
                "UPDATE signing_key SET failures = {}, locked_until = NULL WHERE id = {}", WRONG_MOST - 1, key_id
            )
        else:
            await execute("UPDATE signing_key SET failures = failures - 1 WHERE id = {} AND failures > 0", key_id)


async def _forget_tries(key_id: int) -> None:
    async with unit_of_work():
        await execute("UPDATE signing_key SET failures = 0, locked_until = NULL WHERE id = {}", key_id)


class _LockRow(NamedTuple):
    locked_until: datetime | None


def resting(until: datetime | None) -> TooMany:
    """What to say of a key that rests until then."""
    left = (until - now()).total_seconds() if until is not None else 0
    return TooMany("letter.key_locked", seconds=max(1, int(left) + 1))
