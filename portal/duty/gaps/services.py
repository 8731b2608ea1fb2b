"""Looking through a school's book for holes: worked out aside, written in one unit if nothing has moved meanwhile."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog

from portal.core.clock import local, monotonic, now, start_of_day
from portal.core.database import execute, fetch_value, insert, unit_of_work
from portal.duty.gaps.queries import ToLook, books_to_look_through, holes_of, to_look
from portal.duty.gaps.rules import Hole, holes_in, joined, pieces, until_of, with_past
from portal.duty.queries import book_of, first_day_of, plan_of, with_needs
from portal.duty.rules import needs_between
from portal.duty.tables import DutyGap

TRIES = 3
MOST_KEPT = 500
"""So many holes are written down, the first ones; of the rest only the number."""
AT_A_TIME = 20.0
"""Seconds that one tick may look through books: what is left waits for the next, and no other tick waits for it."""

log = structlog.get_logger(__name__)


async def look_through(org_id: int) -> bool:
    """Looks through a school's book up to the end of its term and writes down every hole; true when it wrote.

    Nothing is done where the book has not moved since and the day is the same. Nobody waits while it is worked out; if
    the book moves meanwhile, it is looked at again.
    """
    for _ in range(TRIES):
        at, known = now(), await to_look(org_id)
        if known is None or known.is_fresh(at):
            return False
        found, until = await _ahead(org_id, known, at)
        async with unit_of_work():
            # The organisation's row is the lock, as for everything that changes the book.
            version = await fetch_value(
                "UPDATE organisation SET rights_version = rights_version WHERE grid_id = {} RETURNING rights_version",
                org_id,
            )
            if version == known.version:
                await _write(org_id, version, found, until, at)
                return True
    return False


async def _ahead(org_id: int, known: ToLook, at: datetime) -> tuple[list[Hole], datetime]:
    """Every hole from now on, and up to when was looked."""
    plan = await plan_of(org_id)
    until = until_of(plan.days, at)
    if not known.keeps_book:
        return [], until
    found: list[Hole] = []
    # Up to the day of the first roster nobody was put down: that is no hole. Without any, all of it is one.
    first = await first_day_of(org_id)
    for start, end in pieces(max(at, start_of_day(first)) if first else at, until):
        last = local(end - timedelta(microseconds=1)).date()
        needs = needs_between(plan.slots, plan.days, local(start).date(), last)
        opened = with_needs(await book_of(org_id, start, end), needs)
        found += holes_in(opened.book, start, end, at=at)
    return joined(found), until


async def _write(org_id: int, version: int, found: list[Hole], until: datetime, at: datetime) -> None:
    holes = with_past(found[:MOST_KEPT], await holes_of(org_id), at)
    await execute("DELETE FROM duty_gap WHERE org_id = {}", org_id)
    await insert(DutyGap, *(_row(org_id, hole) for hole in holes))
    await execute(
        "INSERT INTO duty_looked_through (org_id, rights_version, looked_at, until, gaps, first_gap_at) "
        "VALUES ({}, {}, {}, {}, {}, {}) ON CONFLICT (org_id) DO UPDATE SET rights_version = excluded.rights_version, "
        "looked_at = excluded.looked_at, until = excluded.until, gaps = excluded.gaps, "
        "first_gap_at = excluded.first_gap_at",
        org_id, version, at, until, len(found), holes[0].starts_at if holes else None,
    )  # fmt: skip


def _row(org_id: int, hole: Hole) -> dict[str, Any]:
    return {
        "org_id": org_id, "area_id": hole.line.area_id, "role": hole.line.role, "starts_at": hole.starts_at,
        "ends_at": hole.ends_at, "missing": hole.missing, "by_fallback": hole.by_fallback, "found_at": hole.found_at,
    }  # fmt: skip


async def look_through_stale(*, seconds: float = AT_A_TIME) -> int:
    """The clock's part: every book that has moved, or was not looked through today; gives how many were written.

    One that fails is told, tried again at the next tick, and holds up nobody else.
    """
    written, began = 0, monotonic()
    with _older_left_alone():
        for org_id in await books_to_look_through(now()):
            if monotonic() - began > seconds:
                break
            try:
                written += await look_through(org_id)
            except Exception as error:
                log.error("duty.not_looked_through", org=org_id, exc_info=error)
            await asyncio.sleep(0)  # between two books the worker's other loops have their turn
    return written


@contextmanager
def _older_left_alone() -> Iterator[None]:
    """A book is tens of thousands of small objects: each would make the collector walk all that the worker holds, a
    third of the whole time. What was there before is not walked meanwhile."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
