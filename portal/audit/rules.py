"""The hash chain: how events are written down.

Nobody can change one, leave one out or put one in unseen (TT1).
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from portal.audit.catalogue import Details

FIRST_HASH = "0" * 64


class ChainedEvent(NamedTuple):
    """An event as its chain sees it; `details` is the canonical JSON text that was hashed."""

    org_id: int
    seq: int
    kind: str
    subject_kind: str
    subject_id: int | None
    actor_id: int | None
    account_id: int | None
    via: str
    at: datetime
    details: str
    prev_hash: str
    hash: str


class Broken(NamedTuple):
    """The first bad row of a chain: its number, and what is wrong with it."""

    org_id: int
    seq: int
    reason: str  # gap | altered | unlinked | cut


def canonical(details: Details, texts: dict[str, str]) -> str:
    """The details and the digests of their texts as JSON that is the same for the same content."""
    shape: dict[str, Any] = {key: value for key, value in dataclasses.asdict(details).items() if value is not None}
    if texts:
        shape["texts"] = texts
    return json.dumps(shape, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def stamp(at: datetime) -> str:
    """A moment as the chain writes it: UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def event_hash(prev_hash: str, event: tuple[Any, ...]) -> str:
    """SHA-256 over the hash before and the event's fields (all but the two hashes), in order."""
    *plain, at, details = event
    body = json.dumps([prev_hash, *plain, stamp(at), details], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def first_broken(events: Iterable[ChainedEvent], *, after: int = 0, prev_hash: str = FIRST_HASH) -> Broken | None:
    """Walks a chain in order and names the first row that does not follow from the one before; None when all hold."""
    for event in events:
        if event.seq != after + 1:
            return Broken(event.org_id, after + 1, "gap")
        if event.prev_hash != prev_hash:
            return Broken(event.org_id, event.seq, "unlinked")
        if event_hash(event.prev_hash, event[:-2]) != event.hash:
            return Broken(event.org_id, event.seq, "altered")
        after, prev_hash = event.seq, event.hash
    return None
