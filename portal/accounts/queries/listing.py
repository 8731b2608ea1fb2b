"""The list of accounts: its lines, its counts, and who has none yet."""

from datetime import datetime
from typing import Any, NamedTuple

from portal.accounts.rules import AccountState
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch, fetch_column
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope


class AccountLine(NamedTuple):
    """One line of the list of accounts."""

    person_id: int
    name: str
    staff_no: str | None
    school: str
    login: str | None
    last_sign_in_at: datetime | None
    state: str


_STATE = (
    "CASE WHEN a.disabled_at IS NOT NULL THEN 'disabled' WHEN a.password_hash IS NOT NULL THEN 'active' "
    "WHEN EXISTS (SELECT 1 FROM invitation i WHERE i.person_id = p.id AND i.used_at IS NULL AND i.revoked_at IS NULL "
    "AND i.expires_at > {}) THEN 'invited' ELSE 'none' END"
)


class Wanted(NamedTuple):
    """Which lines of the list: of one organisation (None: every one), in one state, with these words in the name."""

    org_id: int | None = None
    state: AccountState | None = None
    words: str = ""


def _inside(wanted: Wanted, by: Actor, permission: Permission) -> tuple[str, list[Any]]:
    inside, args = scope_sql(scope(by, permission), path="g.path", org="p.org_id")
    where, args = f"p.kind = 'staff' AND (p.left_at IS NULL OR p.left_at > {{}}) AND {inside}", [now(), *args]
    if wanted.org_id is not None:
        where, args = f"{where} AND p.org_id = {{}}", [*args, wanted.org_id]
    if wanted.words:
        pattern = "%" + wanted.words.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
        where = f"{where} AND (p.name LIKE {{}} ESCAPE '!' OR p.staff_no LIKE {{}} ESCAPE '!')"
        args = [*args, pattern, pattern]
    return where, args


async def account_lines(wanted: Wanted, *, by: Actor, at: datetime, most: int, skip: int = 0) -> list[AccountLine]:
    """A page of the list of accounts, within what the actor may see."""
    where, args = _inside(wanted, by, Permission.ACCOUNT_VIEW)
    only = "" if wanted.state is None else "WHERE x.state = {}"
    return await fetch(
        AccountLine,
        "SELECT x.id, x.name, x.staff_no, x.school, x.login, x.last_sign_in_at, x.state FROM ("
        f"SELECT p.id, p.name, p.staff_no, g.name AS school, g.path, a.login, a.last_sign_in_at, {_STATE} AS state "
        "FROM person p JOIN grid g ON g.id = p.org_id LEFT JOIN account a ON a.person_id = p.id "
        f"WHERE {where}) x {only} ORDER BY x.path, x.name, x.id LIMIT {{}} OFFSET {{}}",
        at, *args, *([wanted.state.value] if wanted.state else []), most, skip,
    )  # fmt: skip


class _Count(NamedTuple):
    state: str
    people: int


async def account_counts(wanted: Wanted, *, by: Actor, at: datetime) -> dict[str, int]:
    """How many people are in each state, whatever state is wanted."""
    where, args = _inside(wanted, by, Permission.ACCOUNT_VIEW)
    rows = await fetch(
        _Count,
        f"SELECT x.state, count(*) FROM (SELECT {_STATE} AS state FROM person p JOIN grid g ON g.id = p.org_id "
        f"LEFT JOIN account a ON a.person_id = p.id WHERE {where}) x GROUP BY x.state",
        at, *args,
    )  # fmt: skip
    return {row.state: row.people for row in rows}


async def people_without_account(wanted: Wanted, *, by: Actor, at: datetime, most: int) -> list[int]:
    """Everybody in the list who has neither an account nor an open invitation, as far as the actor may manage them."""
    where, args = _inside(wanted, by, Permission.ACCOUNT_MANAGE)
    return await fetch_column(
        f"SELECT x.id FROM (SELECT p.id, p.name, g.path, {_STATE} AS state FROM person p "
        "JOIN grid g ON g.id = p.org_id LEFT JOIN account a ON a.person_id = p.id "
        f"WHERE {where}) x WHERE x.state = 'none' ORDER BY x.path, x.name, x.id LIMIT {{}}",
        at, *args, most,
    )  # fmt: skip


class Org(NamedTuple):
    """An organisation to choose from."""

    id: int
    name: str


async def organisations_within(*, by: Actor) -> list[Org]:
    """The organisations whose accounts the actor may see."""
    inside, args = scope_sql(scope(by, Permission.ACCOUNT_VIEW), path="g.path", org="g.id")
    return await fetch(
        Org,
        f"SELECT g.id, g.name FROM organisation o JOIN grid g ON g.id = o.grid_id WHERE {inside} ORDER BY g.path",
        *args,
    )
