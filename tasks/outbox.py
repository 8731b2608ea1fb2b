"""Working through the outbox: claim, do what follows, finish, one entry at a time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from portal.audit import outbox
from portal.audit.outbox import Claimed, LeaseLost
from portal.core.database import unit_of_work
from portal.core.refusals import Busy
from tasks.reactions import reactions_to

log = structlog.get_logger(__name__)

BUSY_PAUSE = timedelta(seconds=5)
LOST_RACES = 3


async def drain(*, stopping: Callable[[], bool] = lambda: False, lease: timedelta = outbox.LEASE) -> int:
    """Works on everything that is due until nothing is left or a stop is asked for; gives how many entries it did."""
    done = empty = 0
    while not stopping():
        entry = await outbox.claim(lease=lease)
        if entry is None:
            # On PostgreSQL another worker may have been faster: look again before believing that nothing is left.
            empty += 1
            if empty >= LOST_RACES or not (await outbox.outbox_state()).pending:
                return done
            continue
        empty = 0
        done += await work_on(entry, lease=lease)
    return done


async def work_on(entry: Claimed, *, lease: timedelta = outbox.LEASE) -> bool:
    """Does all that follows from one entry, in one transaction with its end; True when it is done."""
    try:
        async with _held(entry, lease):
            async with unit_of_work():
                for react in reactions_to(entry.kind):
                    await react(entry)
                await outbox.finish(entry)
    except LeaseLost:
        log.warning("outbox.lease_lost", entry=entry.id, kind=entry.kind)
    except Busy:
        await outbox.put_back(entry, after=BUSY_PAUSE)
    except asyncio.CancelledError:
        with contextlib.suppress(Exception):
            await asyncio.shield(outbox.put_back(entry))
        raise
    except Exception as error:
        given_up = await outbox.count_error(entry, f"{type(error).__name__}: {error}")
        tell = log.error if given_up else log.warning
        tell("outbox.failed", entry=entry.id, kind=entry.kind, errors=entry.errors + 1, exc_info=error)
    else:
        return True
    return False


@asynccontextmanager
async def _held(entry: Claimed, lease: timedelta) -> AsyncIterator[None]:
    """Renews the lease while the work lasts. The token decides in the end, so a late renewal harms nothing.

    The keeper is told to end, never cancelled: a statement that is broken off takes its connection along, and closing
    the pool then waits for ever.
    """
    over = asyncio.Event()

    async def keep() -> None:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(lease.total_seconds() / 3):
                    await over.wait()
            if over.is_set() or not await outbox.renew(entry, lease=lease):
                return

    keeper = asyncio.create_task(keep())
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(keeper, return_exceptions=True)
