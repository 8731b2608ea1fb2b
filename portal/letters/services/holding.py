"""How a worker holds a letter while it makes or seals it: by a token, for as long as it lives (TR1, TR4, TR17).

Whoever takes a letter renews its hold until the work ends, so that a slow piece of work is not begun a second time; a
killed worker renews nothing, and its letter is free within seconds. Tries are counted, kills are not: but a letter that
stood in the hands of many workers when they died is not taken for ever.
"""

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar

from portal.core.clock import now
from portal.core.database import execute, fetch_one, unit_of_work
from portal.core.refusals import Busy

LEASE = timedelta(seconds=20)
AHEAD = timedelta(minutes=10)
"""Nothing is held or put off for so long: what stands further ahead was written by a clock that was wrong."""
RENEWED = 3  # times within a lease

FREE = (
    "(leased_until IS NULL OR leased_until <= {} OR leased_until > {}) "
    "AND (next_try_at IS NULL OR next_try_at <= {} OR next_try_at > {})"
)


class Held(Protocol):
    """What of a letter in hand is asked here."""

    @property
    def id(self) -> int:
        """The letter."""

    @property
    def lease(self) -> str:
        """The token by which it is held."""


H = TypeVar("H", bound=NamedTuple)


class _Next(NamedTuple):
    id: int
    lease: str | None


async def take(
    waiting: str, order: str, row: type[H], *, lease: timedelta = LEASE, table: str = "letter", args: Sequence[Any] = ()
) -> H | None:
    """The first letter that waits and that nobody holds, as `row(id, org_id, attempts, lease)`; None without one.

    Of several who reach for one letter the first has it; the others look for the next, and nobody goes away empty while
    one is free. `table` is another one whose
    rows are held in the same way; `args` are those of `waiting`.
    """
    while True:
        at = now()
        free = (at, at + AHEAD, at, at + AHEAD)
        found = await fetch_one(
            _Next, f"SELECT id, lease FROM {table} WHERE {waiting} AND {FREE} ORDER BY {order} LIMIT 1", *args, *free
        )
        if found is None:
            return None  # an idle worker only reads
        async with unit_of_work():
            taken = await fetch_one(
                row,
                f"UPDATE {table} SET lease = {{}}, leased_until = {{}}, "
                "attempts = attempts + CASE WHEN lease IS NULL THEN 1 ELSE 0 END "
                f"WHERE id = {{}} AND COALESCE(lease, '') = {{}} AND {waiting} AND {FREE} "
                "RETURNING id, org_id, attempts, lease",
                _token(found.lease), at + lease, found.id, found.lease or "", *args, *free,
            )  # fmt: skip
        if taken is not None:
            return taken


def _token(before: str | None) -> str:
    """Who holds it, a secret, and how many died with it in their hands: a hold that nobody gave back counts."""
    return f"{os.getpid()}-{secrets.token_hex(12)}-{deaths(before) + 1 if before else 0}"


def deaths(token: str | None) -> int:
    """How many workers died, one after the other, while they held this letter."""
    count = (token or "").rpartition("-")[2]
    return int(count) if count.isdecimal() and len(count) < 4 else 0


async def renew(held: Held, *, until: datetime, table: str = "letter") -> bool:
    """Holds it longer; False where somebody else has it."""
    sql = f"UPDATE {table} SET leased_until = {{}} WHERE id = {{}} AND lease = {{}} RETURNING id"
    async with unit_of_work():
        return bool(await execute(sql, until, held.id, held.lease))


@asynccontextmanager
async def holding(held: Held, *, lease: timedelta = LEASE, table: str = "letter") -> AsyncIterator[None]:
    """Renews the hold while the work inside lasts. The token decides in the end: a late renewal harms nothing.

    The keeper is told to end, never cancelled, as in `tasks.outbox`.
    """
    over = asyncio.Event()

    async def keep() -> None:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(lease.total_seconds() / RENEWED):
                    await over.wait()
            if over.is_set():
                return
            with contextlib.suppress(Busy):  # the next time, there are some before it runs out
                if not await renew(held, until=now() + lease, table=table):
                    return

    keeper = asyncio.create_task(keep())
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(keeper, return_exceptions=True)
