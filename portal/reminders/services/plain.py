"""Reminders about what is no hazard: a report from outside that waits. Same rows, same keys, no ladder of a card."""

from collections.abc import Iterable

from portal.core.clock import now
from portal.core.database import execute, fetch_column, unit_of_work


async def remind(
    kind: str, people: Iterable[int], *, org_id: int, subject_kind: str, subject_id: int, cycle: str = ""
) -> list[int]:
    """One row per person; a row whose key is there already is left alone. Gives who was told by this call.

    What this person was told of the same thing before, and has not read, is replaced by it (G5).
    """
    told: list[int] = []
    async with unit_of_work():
        for person in dict.fromkeys(people):
            new = await fetch_column(
                "INSERT INTO reminder (org_id, key, person_id, kind, subject_kind, subject_id, params, made_at) "
                "VALUES ({}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (key) DO NOTHING RETURNING id",
                org_id, f"{subject_kind}:{subject_id}:{kind}:{cycle}:person:{person}", person, kind, subject_kind,
                subject_id, "{}", now(),
            )  # fmt: skip
            if new:
                told.append(person)
                await execute(
                    "UPDATE reminder SET read_at = {} WHERE subject_kind = {} AND subject_id = {} AND person_id = {} "
                    "AND read_at IS NULL AND id < {}",
                    now(), subject_kind, subject_id, person, new[0],
                )  # fmt: skip
    return told


async def settle(subject_kind: str, subject_id: int) -> None:
    """Somebody has acted: what asked for it is unread for nobody any more."""
    async with unit_of_work():
        await execute(
            "UPDATE reminder SET read_at = {} WHERE subject_kind = {} AND subject_id = {} AND read_at IS NULL",
            now(), subject_kind, subject_id,
        )  # fmt: skip
