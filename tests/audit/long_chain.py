"""A chain as long as a test needs, written straight into the database in bulk, and the ways to spoil it."""

import random
from datetime import timedelta
from typing import Any

from portal.audit.queries import verify_chain
from portal.audit.rules import FIRST_HASH, Broken, ChainedEvent, event_hash, first_broken
from portal.audit.tables import Event
from portal.core.clock import now
from portal.core.database import execute, insert

ORG = 900
DETAILS = '{"came_from":"assigned","went_to":"rectifying"}'


def chain(length: int, *, org_id: int = ORG) -> list[ChainedEvent]:
    """Events that follow from one another."""
    prev, at, made = FIRST_HASH, now(), []
    for seq in range(1, length + 1):
        plain = (
            org_id,
            seq,
            "hazard.moved",
            "hazard",
            seq % 997,
            seq % 31,
            None,
            "web",
            at + timedelta(seconds=seq),
            DETAILS,
        )
        digest = event_hash(prev, plain)
        made.append(ChainedEvent(*plain, prev, digest))
        prev = digest
    return made


async def write(events: list[ChainedEvent]) -> None:
    """Stores a chain and its head."""
    org_id, last = events[0].org_id, events[-1]
    for start in range(0, len(events), 5_000):
        await insert(Event, *(event._asdict() for event in events[start : start + 5_000]))
    await execute(
        "INSERT INTO chain_head (org_id, seq, hash, board_version) VALUES ({}, {}, {}, 0) "
        "ON CONFLICT (org_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
        org_id, last.seq, last.hash,
    )  # fmt: skip


async def unlock(*, postgres: bool) -> None:
    """What an attacker with the database's own password does first: the triggers go."""
    for what in ("update", "delete"):
        await execute(f"DROP TRIGGER event_no_{what}" + (" ON event" if postgres else ""))


FIELDS = ("kind", "subject_id", "actor_id", "via", "details", "at", "hash", "prev_hash")


def spoil(events: list[ChainedEvent], chance: random.Random) -> tuple[list[ChainedEvent], int, str]:
    """One mutation of a stretch: the spoilt rows, the number of the first row that is wrong, and what was done."""
    place = chance.randrange(len(events) - 1)
    event, what = events[place], chance.choice(("edit", "delete", "insert", "swap", "renumber"))
    spoilt = list(events)
    if what == "edit":
        field = chance.choice(FIELDS)
        spoilt[place] = event._replace(**{field: _other(getattr(event, field), chance)})
    elif what == "delete":
        del spoilt[place]
    elif what == "insert":
        made = event._replace(subject_id=chance.randrange(10**6), seq=event.seq + 1)
        made = made._replace(prev_hash=event.hash, hash=event_hash(event.hash, made[:-2]))
        spoilt[place + 1 : place + 1] = [made]  # well made, and still the row after it tells
        return spoilt, event.seq + 2, what
    elif what == "swap":
        one, two = spoilt[place], spoilt[place + 1]
        spoilt[place], spoilt[place + 1] = two._replace(seq=one.seq), one._replace(seq=two.seq)
    else:
        spoilt[place] = event._replace(seq=event.seq + 1)
    return spoilt, event.seq, what


def _other(value: Any, chance: random.Random) -> Any:
    if isinstance(value, str):
        at = chance.randrange(len(value))
        return value[:at] + chance.choice("xyz0189") + value[at + 1 :] + ("" if chance.random() < 0.9 else " ")
    if isinstance(value, int):
        return value + 1
    return value + timedelta(microseconds=1)


def named(events: list[ChainedEvent], spoilt: list[ChainedEvent]) -> Broken | None:
    """The verifier's word on a spoilt stretch, starting from what stood before it."""
    first = events[0]
    return first_broken(spoilt, after=first.seq - 1, prev_hash=first.prev_hash)


__all__ = ["ORG", "chain", "named", "spoil", "unlock", "verify_chain", "write"]
