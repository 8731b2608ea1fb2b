"""Invitations and slips."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from portal.accounts.rules import (
    SLIP_SHOWN,
)
from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one, in_list


class InvitationRow(NamedTuple):
    """An invitation as it stands."""

    id: int
    org_id: int
    person_id: int
    purpose: str
    made_at: datetime
    made_by: int | None
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


INVITATION = (
    "SELECT i.id, i.org_id, i.person_id, i.purpose, i.made_at, i.made_by, i.expires_at, i.used_at, i.revoked_at "
    "FROM invitation i "
)


async def invitation_by_digest(code_digest: str) -> InvitationRow | None:
    """The invitation that a code belongs to, whatever became of it."""
    return await fetch_one(InvitationRow, INVITATION + "WHERE i.code_digest = {}", code_digest)


async def open_invitations(person_ids: Sequence[int], *, at: datetime) -> dict[int, InvitationRow]:
    """The invitations of some people that can still be used, by person."""
    found: dict[int, InvitationRow] = {}
    for start in range(0, len(person_ids), 500):
        marks, ids = in_list(person_ids[start : start + 500])
        rows = await fetch(
            InvitationRow,
            f"{INVITATION} WHERE i.person_id IN {marks} AND i.used_at IS NULL AND i.revoked_at IS NULL "
            "AND i.expires_at > {} ORDER BY i.id",
            *ids, at,
        )  # fmt: skip
        found |= {row.person_id: row for row in rows}
    return found


class SlipRow(NamedTuple):
    """What a slip says about whom."""

    id: int
    person_id: int
    purpose: str
    made_at: datetime
    expires_at: datetime
    name: str
    staff_no: str | None
    school: str


async def slips_made_by(actor: Actor, *, at: datetime, person_id: int | None = None) -> list[SlipRow]:
    """The actor's own unused slips of the last half hour: only their maker sees the codes, and only then."""
    one = "" if person_id is None else " AND i.person_id = {}"
    return await fetch(
        SlipRow,
        "SELECT i.id, i.person_id, i.purpose, i.made_at, i.expires_at, p.name, p.staff_no, g.name FROM invitation i "
        "JOIN person p ON p.id = i.person_id JOIN grid g ON g.id = p.org_id WHERE i.made_by = {} AND i.made_at > {} "
        f"AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > {{}}{one} ORDER BY g.path, i.id",
        actor.person_id, at - SLIP_SHOWN, at, *([person_id] if person_id is not None else []),
    )  # fmt: skip
