"""Reminders about what is no hazard: a report from outside that waits. Same rows, same keys, no ladder of a card."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from portal.core.clock import now
from portal.core.database import execute, fetch_column, in_list, unit_of_work


async def remind(
    kind: str, people: Iterable[int], *, org_id: int, subject_kind: str, subject_id: int, cycle: str = "",
    params: Mapping[str, Any] | None = None,
) -> list[int]:  # fmt: skip
    """One row per person; a row whose key is there already is left alone. Gives who was told by this call.

    `params` fill the sentence; what ends in `_at` or `_on` is a moment or a day, said in the reader's language.
    What this person was told of the same thing before, and has not read, is replaced by it (G5).
    """
    told: list[int] = []
    async with unit_of_work():
        for person in dict.fromkeys(people):
            new = await fetch_column(
                "INSERT INTO reminder (org_id, key, person_id, kind, subject_kind, subject_id, params, made_at) "
                "VALUES ({}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (key) DO NOTHING RETURNING id",
                org_id, f"{subject_kind}:{subject_id}:{kind}:{cycle}:person:{person}", person, kind, subject_kind,
                subject_id, json.dumps(params or {}), now(),
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


async def withdraw(kind: str, *, subject_kind: str, subject_ids: Iterable[int], but: int | None = None) -> None:
    """What was told of these things is not so any more: it is unread for nobody, except for `but`, who is meant."""
    marks, ids = in_list(sorted(set(subject_ids)))
    async with unit_of_work():
        await execute(
            "UPDATE reminder SET read_at = {} WHERE kind = {} AND subject_kind = {} AND read_at IS NULL "
            f"AND person_id <> {{}} AND subject_id IN {marks}",
            now(), kind, subject_kind, but or 0, *ids,
        )  # fmt: skip
