"""Anchors: the head of each chain told to the outside once a day, so that a cut or rewritten chain is found (TT2).

A chain alone cannot tell that its tail is missing, or that all of it was written anew. The heads therefore go where
whoever changes the database does not reach: a file that is only appended to (best on another machine), or a mail to
the bureau. Before the next anchor the window is at most 24 hours. No event is recorded for it: an anchor would change
the head that it has just told.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from portal.audit.rules import Broken, stamp
from portal.core.clock import now
from portal.core.database import execute, fetch, fetch_value, unit_of_work


class Head(NamedTuple):
    """The last event of an organisation's chain: its number and hash."""

    org_id: int
    seq: int
    hash: str


Tell = Callable[[list[str]], Awaitable[str]]
"""Takes the lines to be kept outside; gives where they went. Raises when they did not go."""


async def anchor_heads(day: date, tell: Tell) -> int:
    """Tells the heads that have not been told on this day, then writes down that they were; gives how many.

    Killed in between, it tells them again: two lines for one day, both true.
    """
    heads = await fetch(
        Head,
        "SELECT c.org_id, c.seq, c.hash FROM chain_head c WHERE c.seq > 0 AND NOT EXISTS "
        "(SELECT 1 FROM anchor a WHERE a.org_id = c.org_id AND a.day = {}) ORDER BY c.org_id",
        day.isoformat(),
    )
    if not heads:
        return 0
    told_to = await tell([line_of(head, day) for head in heads])
    async with unit_of_work():
        for head in heads:
            await execute(
                "INSERT INTO anchor (org_id, day, seq, hash, told_at, told_to) VALUES ({}, {}, {}, {}, {}, {}) "
                "ON CONFLICT (org_id, day) DO NOTHING",
                head.org_id, day.isoformat(), head.seq, head.hash, now(), told_to[:300],
            )  # fmt: skip
    return len(heads)


def line_of(head: Head, day: date) -> str:
    """A head as one line of JSON: the same in the file and in the mail."""
    row = {"day": day.isoformat(), "at": stamp(now()), "org": head.org_id, "seq": head.seq, "hash": head.hash}
    return json.dumps(row)


def to_file(path: Path) -> Tell:
    """Appends to a file of the owner's and waits until it is on the disk."""

    async def tell(lines: list[str]) -> str:
        await asyncio.to_thread(_append, path, lines)
        return str(path)

    return tell


def _append(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        # A line of its own, whatever a crash left of the last one.
        file.write(("" if is_new else "\n").encode() + "".join(line + "\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read_heads(text: str) -> list[Head]:
    """The heads in an anchor file or a mail; lines that are not such heads (greetings, a torn end) are passed over."""
    found = []
    for line in text.splitlines():
        try:
            row = json.loads(line)
            found.append(Head(int(row["org"]), int(row["seq"]), str(row["hash"])))
        except (ValueError, TypeError, KeyError):
            continue
    return found


async def against_heads(heads: Iterable[Head]) -> list[Broken]:
    """Chains in which a head that was told to the outside does not stand any more: the first such row of each."""
    broken: dict[int, Broken] = {}
    for head in sorted(set(heads)):
        found = await fetch_value("SELECT hash FROM event WHERE org_id = {} AND seq = {}", head.org_id, head.seq)
        if found != head.hash:
            broken.setdefault(head.org_id, Broken(head.org_id, head.seq, "cut" if found is None else "rewritten"))
    return list(broken.values())
