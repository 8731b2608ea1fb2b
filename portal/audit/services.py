"""Writing the trail: one event, its texts, its outbox row, in the transaction of the change."""

import secrets
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from portal.audit.catalogue import Details
from portal.audit.rules import FIRST_HASH, canonical, event_hash, stamp
from portal.audit.tables import ChainHead, Event, EventText, OutboxEntry
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import after_commit, execute, fetch_one, insert
from portal.core.ids import digest


class _Head(NamedTuple):
    seq: int
    hash: str


async def _no_bell() -> None:
    """Without Redis nothing rings; the worker's own poll finds the row."""


_bell: Callable[[], Awaitable[None]] = _no_bell


def use_bell(ring: Callable[[], Awaitable[None]] | None) -> None:
    """Sets what is called after a commit that left work in the outbox. It must never raise."""
    global _bell
    _bell = ring or _no_bell


async def start_chain(org_id: int) -> None:
    """Begins the chain of a new organisation."""
    await insert(ChainHead, {"org_id": org_id, "seq": 0, "hash": FIRST_HASH, "board_version": 0})


async def record_event(
    details: Details,
    *,
    org_id: int,
    subject_id: int | None,
    by: Actor,
    texts: dict[str, str] | None = None,
) -> int:
    """Writes one event into its organisation's chain; gives its id. Belongs inside a unit of work.

    `texts` is what a person wrote (reason, measure …): kept beside the event, only a salted digest is hashed (TT4).
    The head's row is taken first, so that two writers of one school never share a number.
    """
    written = {field: body for field, body in (texts or {}).items() if body}
    salts = {field: secrets.token_hex(16) for field in written}
    head = await fetch_one(
        _Head,
        "UPDATE chain_head SET seq = seq + 1, board_version = board_version + {} WHERE org_id = {} RETURNING seq, hash",
        1 if details.board else 0,
        org_id,
    )
    assert head is not None, f"organisation {org_id} has no chain"
    at = now()
    shape = canonical(details, {field: digest(salts[field] + body) for field, body in written.items()})
    row = (org_id, head.seq, details.kind, details.about, subject_id, by.person_id, by.account_id, by.via, at, shape)
    new_hash = event_hash(head.hash, row)
    names = ["org_id", "seq", "kind", "subject_kind", "subject_id", "actor_id", "account_id", "via", "at", "details"]
    [event_id] = await insert(Event, {**dict(zip(names, row, strict=True)), "prev_hash": head.hash, "hash": new_hash})
    await execute("UPDATE chain_head SET hash = {} WHERE org_id = {}", new_hash, org_id)
    if written:
        rows = [
            {"event_id": event_id, "field": field, "body": body, "salt": salts[field]}
            for field, body in written.items()
        ]
        await insert(EventText, *rows)
    if details.queued:
        await enqueue(details.kind, org_id=org_id, event_id=event_id)
    return event_id


async def enqueue(kind: str, *, org_id: int, event_id: int | None = None, payload: str = "{}") -> int:
    """Leaves work for the worker in the same unit; the bell rings after the commit. Payloads are ids in JSON (TW8)."""
    at = now()
    [entry_id] = await insert(
        OutboxEntry,
        {
            "org_id": org_id, "event_id": event_id, "kind": kind, "payload": payload,
            "created_at": at, "available_at": at,
        },
    )  # fmt: skip
    after_commit(_ring)
    return entry_id


async def _ring() -> None:
    await _bell()


__all__ = ["enqueue", "record_event", "stamp", "start_chain", "use_bell"]
