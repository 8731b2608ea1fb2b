"""Other people's accounts, one by one."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one, fetch_value, in_list
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope


class Someone(NamedTuple):
    """A person whose account somebody may manage. `account_id` is None before there is one."""

    id: int
    org_id: int
    name: str
    kind: str
    staff_no: str | None
    left_at: datetime | None
    account_id: int | None
    login: str | None
    has_password: bool
    disabled_at: datetime | None
    school: str


SOMEONE = (
    "SELECT p.id, p.org_id, p.name, p.kind, p.staff_no, p.left_at, a.id, a.login, "
    "CASE WHEN a.password_hash IS NULL THEN 0 ELSE 1 END, a.disabled_at, g.name "
    "FROM person p JOIN grid g ON g.id = p.org_id LEFT JOIN account a ON a.person_id = p.id "
)


async def people_to_manage(person_ids: Sequence[int], *, by: Actor) -> list[Someone]:
    """Those of these people whose accounts the actor may manage; whoever is outside is simply not among them (TA1)."""
    inside, args = scope_sql(scope(by, Permission.ACCOUNT_MANAGE), path="g.path", org="p.org_id")
    found: list[Someone] = []
    for start in range(0, len(person_ids), 500):
        marks, ids = in_list(person_ids[start : start + 500])
        found += await fetch(Someone, f"{SOMEONE} WHERE p.id IN {marks} AND {inside} ORDER BY p.id", *ids, *args)
    return found


async def someone(person_id: int) -> Someone | None:
    """A person and their account, whoever asks: for commands and for the holder of an invitation."""
    return await fetch_one(Someone, SOMEONE + "WHERE p.id = {}", person_id)


async def login_taken(login: str) -> bool:
    """Whether somebody has this login already."""
    return await fetch_value("SELECT 1 FROM account WHERE login = {}", login) is not None
