"""Reading the trail: the story of one thing, and the chain for its check."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, NamedTuple

from portal.audit.rules import Broken, ChainedEvent, first_broken
from portal.core.database import fetch, fetch_one, fetch_value

PAGE = 2_000


class StoryLine(NamedTuple):
    """One event as its page tells it. `texts` is a JSON object of what was written, or None."""

    id: int
    kind: str
    at: datetime
    actor_id: int | None
    actor: str | None
    via: str
    details: str
    texts: str | None

    @property
    def facts(self) -> dict[str, Any]:
        """The details as they were hashed."""
        found: dict[str, Any] = json.loads(self.details)
        return found


class _Text(NamedTuple):
    event_id: int
    field: str
    body: str


async def history_of(subject_kind: str, subject_id: int, *, most: int = 200) -> list[StoryLine]:
    """The latest events about one thing, newest first, with who did it and what they wrote. Two statements."""
    rows = await fetch(
        StoryLine,
        "SELECT e.id, e.kind, e.at, e.actor_id, p.name, e.via, e.details, NULL FROM event e "
        "LEFT JOIN person p ON p.id = e.actor_id WHERE e.subject_kind = {} AND e.subject_id = {} "
        "ORDER BY e.id DESC LIMIT {}",
        subject_kind, subject_id, most,
    )  # fmt: skip
    texts = await fetch(
        _Text,
        "SELECT t.event_id, t.field, t.body FROM event_text t JOIN event e ON e.id = t.event_id "
        "WHERE e.subject_kind = {} AND e.subject_id = {} ORDER BY t.id",
        subject_kind, subject_id,
    )  # fmt: skip
    written: dict[int, dict[str, str]] = {}
    for text in texts:
        written.setdefault(text.event_id, {})[text.field] = text.body
    return [row._replace(texts=json.dumps(written[row.id])) if row.id in written else row for row in rows]


class _Head(NamedTuple):
    seq: int
    hash: str


async def _chain(org_id: int, after: int) -> AsyncIterator[list[ChainedEvent]]:
    while True:
        page = await fetch(
            ChainedEvent,
            "SELECT org_id, seq, kind, subject_kind, subject_id, actor_id, account_id, via, at, details, "
            "prev_hash, hash FROM event WHERE org_id = {} AND seq > {} ORDER BY seq LIMIT {}",
            org_id, after, PAGE,
        )  # fmt: skip
        if not page:
            return
        yield page
        after = page[-1].seq


async def verify_chain(org_id: int) -> Broken | None:
    """Checks one organisation's chain from its first event to its head and its anchors; names the first bad row."""
    after, prev = 0, "0" * 64
    async for page in _chain(org_id, 0):
        broken = first_broken(page, after=after, prev_hash=prev)
        if broken:
            return broken
        after, prev = page[-1].seq, page[-1].hash
    head = await fetch_one(_Head, "SELECT seq, hash FROM chain_head WHERE org_id = {}", org_id)
    if head is None or (head.seq, head.hash) != (after, prev):
        return Broken(org_id, after + 1, "cut")
    return await _against_anchors(org_id)


async def _against_anchors(org_id: int) -> Broken | None:
    """Every anchored head must still stand in the chain: a chain that was written anew or cut does not have it."""
    for anchor in await fetch(_Head, "SELECT seq, hash FROM anchor WHERE org_id = {} ORDER BY seq", org_id):
        found = await fetch_value("SELECT hash FROM event WHERE org_id = {} AND seq = {}", org_id, anchor.seq)
        if anchor.seq and found != anchor.hash:
            return Broken(org_id, anchor.seq, "rewritten")
    return None
