"""The queue in the database: who works on an entry, how it ends, and what is seen of it (TR1–TR3).

An entry is claimed by a lease token. Its result and `done_at` are written in one transaction that holds only while
the token stands, so that a worker that was killed, or that came back too late, neither loses nor repeats anything.
Errors are counted, crashes are not: a lease that was never given back simply runs out.
"""

import json
import os
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from portal.core.clock import now
from portal.core.database import execute, fetch, fetch_one, fetch_value, unit_of_work

LEASE = timedelta(seconds=45)
MOST_ERRORS = 8
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
KEEP_DONE = timedelta(days=30)


class Claimed(NamedTuple):
    """An entry that this worker may work on, and the event that it follows from (if it follows from one)."""

    id: int
    org_id: int
    kind: str
    payload: str
    errors: int
    lease: str
    event_id: int | None
    subject_id: int | None
    actor_id: int | None
    at: datetime | None
    details: str | None

    @property
    def facts(self) -> dict[str, Any]:
        """The event's details; the entry's own payload when there is no event."""
        found: dict[str, Any] = json.loads(self.details or self.payload)
        return found


class LeaseLost(Exception):
    """Somebody else took the entry over meanwhile: what was done for it here is rolled back."""


WAITING = (
    "SELECT id FROM outbox WHERE done_at IS NULL AND failed_at IS NULL AND available_at <= {} "
    "AND (leased_until IS NULL OR leased_until <= {}) LIMIT 1"
)
CLAIM = (
    "UPDATE outbox SET lease = {}, leased_until = {}, attempts = attempts + 1 WHERE id = ("
    "SELECT id FROM outbox WHERE done_at IS NULL AND failed_at IS NULL AND available_at <= {} "
    "AND (leased_until IS NULL OR leased_until <= {}) ORDER BY available_at, id LIMIT 1) "
    # Said again outside: PostgreSQL looks at the row anew after waiting for whoever else was claiming it.
    "AND done_at IS NULL AND failed_at IS NULL AND (leased_until IS NULL OR leased_until <= {}) RETURNING id"
)


async def claim(*, lease: timedelta = LEASE) -> Claimed | None:
    """Takes the oldest entry that nobody works on, for so long; None when there is none (or another was faster)."""
    # The process stands in the token, so that a stuck entry tells who holds it.
    token, at = f"{os.getpid()}-{secrets.token_hex(16)}", now()
    if not await fetch_value(WAITING, at, at):
        return None  # an idle worker only reads: it takes no write lock once a second
    async with unit_of_work():
        entry_id = await fetch_value(CLAIM, token, at + lease, at, at, at)
    if entry_id is None:
        return None
    return await fetch_one(
        Claimed,
        "SELECT o.id, o.org_id, o.kind, o.payload, o.errors, o.lease, e.id, e.subject_id, e.actor_id, e.at, e.details "
        "FROM outbox o LEFT JOIN event e ON e.id = o.event_id WHERE o.id = {} AND o.lease = {}",
        entry_id, token,
    )  # fmt: skip


async def renew(entry: Claimed, *, lease: timedelta = LEASE) -> bool:
    """Holds the entry longer; False when it is no longer ours."""
    async with unit_of_work():
        held = await execute(
            "UPDATE outbox SET leased_until = {} WHERE id = {} AND lease = {} AND done_at IS NULL RETURNING id",
            now() + lease, entry.id, entry.lease,
        )  # fmt: skip
    return bool(held)


async def finish(entry: Claimed) -> None:
    """Marks it done, inside the unit that wrote its result; raises `LeaseLost`, which undoes that unit."""
    done = await execute(
        "UPDATE outbox SET done_at = {}, lease = NULL, leased_until = NULL, last_error = NULL "
        "WHERE id = {} AND lease = {} AND done_at IS NULL RETURNING id",
        now(), entry.id, entry.lease,
    )  # fmt: skip
    if not done:
        raise LeaseLost(f"entry {entry.id}")


async def put_back(entry: Claimed, *, after: timedelta = timedelta(0)) -> None:
    """Gives an entry back without counting anything: the worker stops, or the database was too busy."""
    async with unit_of_work():
        await execute(
            "UPDATE outbox SET lease = NULL, leased_until = NULL, available_at = {} WHERE id = {} AND lease = {} "
            "AND done_at IS NULL",
            now() + after, entry.id, entry.lease,
        )  # fmt: skip


async def count_error(entry: Claimed, error: str) -> bool:
    """Puts the entry back for later (5 s, doubling, at most 1 h); after 8 errors it is given up. True when given up."""
    errors = entry.errors + 1
    at, gives_up = now(), errors >= MOST_ERRORS
    async with unit_of_work():
        await execute(
            "UPDATE outbox SET errors = {}, last_error = {}, lease = NULL, leased_until = NULL, available_at = {}, "
            "failed_at = {} WHERE id = {} AND lease = {} AND done_at IS NULL",
            errors, error[:2000], at + pause_after(errors), at if gives_up else None, entry.id, entry.lease,
        )  # fmt: skip
    return gives_up


def pause_after(errors: int) -> timedelta:
    """How long to wait after so many errors in a row."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** max(0, errors - 1))


async def sweep_done(*, keep: timedelta = KEEP_DONE) -> int:
    """Removes entries done long ago; gives how many. Failed ones stay until somebody has looked at them."""
    async with unit_of_work():
        return await execute("DELETE FROM outbox WHERE done_at < {} RETURNING id", now() - keep)


class OutboxState(NamedTuple):
    """What the health page and the administrators see."""

    pending: int
    leased: int
    failed: int
    oldest: datetime | None


async def outbox_state() -> OutboxState:
    """How much is waiting, how much is being worked on, how much was given up, and since when the oldest waits."""
    at = now()
    open_rows = "FROM outbox WHERE done_at IS NULL AND failed_at IS NULL"
    return OutboxState(
        pending=int(await fetch_value(f"SELECT count(*) {open_rows} AND available_at <= {{}}", at)),
        leased=int(await fetch_value(f"SELECT count(*) {open_rows} AND leased_until > {{}}", at)),
        failed=int(await fetch_value("SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL")),
        oldest=await fetch_value(
            f"SELECT available_at {open_rows} AND available_at <= {{}} ORDER BY available_at LIMIT 1", at
        ),
    )


class Failed(NamedTuple):
    """An entry that was given up, with its last error."""

    id: int
    org_id: int
    kind: str
    errors: int
    failed_at: datetime
    last_error: str | None


async def failed_entries(*, most: int = 50) -> list[Failed]:
    """What was given up, newest first: for the administrators' page."""
    return await fetch(
        Failed,
        "SELECT id, org_id, kind, errors, failed_at, last_error FROM outbox WHERE failed_at IS NOT NULL "
        "ORDER BY failed_at DESC LIMIT {}",
        most,
    )


async def try_again(entry_id: int) -> bool:
    """Gives a failed entry another 8 tries from now; False when it had not failed."""
    sql = (
        "UPDATE outbox SET failed_at = NULL, errors = 0, available_at = {} "
        "WHERE id = {} AND failed_at IS NOT NULL RETURNING id"
    )
    async with unit_of_work():
        return bool(await execute(sql, now(), entry_id))
