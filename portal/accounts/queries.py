"""Reading accounts, sessions, invitations, and what counts against a sign-in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from portal.accounts.rules import (
    ACCOUNT_WINDOW,
    MOST_A_NETWORK,
    NETWORK_WINDOW,
    SLIP_SHOWN,
    AccountState,
    Failure,
    Tries,
)
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch, fetch_column, fetch_one, fetch_value, in_list
from portal.people.queries import HELD_AT
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope


class SignedIn(NamedTuple):
    """A session that holds, with what every page needs to know about its person: one statement per request."""

    session_id: int
    account_id: int
    person_id: int
    org_id: int
    name: str
    language: str
    must_change: bool
    seen_at: datetime
    proved_at: datetime
    rights_version: int
    school: str
    unread: int
    idle_seconds: int


SIGNED_IN = (
    "SELECT s.id, a.id, p.id, p.org_id, p.name, p.language, a.must_change, s.seen_at, s.proved_at, "
    "o.rights_version, g.name, "
    "(SELECT count(*) FROM reminder r WHERE r.person_id = p.id AND r.read_at IS NULL), s.idle_seconds "
    "FROM session s JOIN account a ON a.id = s.account_id JOIN person p ON p.id = a.person_id "
    "JOIN organisation o ON o.grid_id = p.org_id JOIN grid g ON g.id = p.org_id "
    "WHERE s.token_digest = {} AND s.revoked_at IS NULL AND a.disabled_at IS NULL "
    "AND s.expires_at > {} AND s.idle_until > {} AND (p.left_at IS NULL OR p.left_at > {})"
)


async def signed_in(token_digest: str, *, at: datetime) -> SignedIn | None:
    """The session behind a token, unless it has ended, run out, gone idle, or its account or person is out."""
    return await fetch_one(SignedIn, SIGNED_IN, token_digest, at, at, at)


# -- signing in


class Credentials(NamedTuple):
    """What a sign-in is weighed against. `device_id` is the known browser that asks, if it is one."""

    account_id: int
    person_id: int
    org_id: int
    name: str
    language: str
    password_hash: str | None
    must_change: bool
    disabled_at: datetime | None
    left_at: datetime | None
    device_id: int | None


_CREDENTIALS = (
    "SELECT a.id, p.id, p.org_id, p.name, p.language, a.password_hash, a.must_change, a.disabled_at, p.left_at, "
    "(SELECT max(d.id) FROM known_device d WHERE d.account_id = a.id AND d.token_digest IN {marks}) "
    "FROM account a JOIN person p ON p.id = a.person_id WHERE a.{column} = {{}}"
)


async def credentials_of(login: str, devices: Sequence[str] = ()) -> Credentials | None:
    """The account of a login (normal form), and whether one of these device digests is known to it. One statement."""
    return await _credentials("login", login, devices)


async def credentials_by_id(account_id: int, devices: Sequence[str] = ()) -> Credentials | None:
    """The same by the account's id."""
    return await _credentials("id", account_id, devices)


async def _credentials(column: str, value: str | int, devices: Sequence[str]) -> Credentials | None:
    marks, digests = in_list(devices)
    return await fetch_one(Credentials, _CREDENTIALS.format(marks=marks, column=column), *digests, value)


async def tries_against(login_digest: str, network: str, browser: str, *, at: datetime) -> Tries:
    """The failures that count against a guess: those of a browser that is known, or else those at the account from
    strangers and those from the network. A stranger's own mistakes are forgiven once the same visit came in.
    """
    if not browser.startswith("v"):
        own = await fetch_column(
            "SELECT at FROM sign_in_attempt WHERE login_digest = {} AND device_digest = {} AND ok = FALSE AND at > {}",
            login_digest, browser, at - ACCOUNT_WINDOW,
        )  # fmt: skip
        return Tries(device=own)
    account = await fetch(Failure, _ACCOUNT_FAILURES, login_digest, at - ACCOUNT_WINDOW)
    from_network = await fetch_column(_NETWORK_FAILURES, network, at - NETWORK_WINDOW, MOST_A_NETWORK)
    return Tries(account=[Failure(row.at, bool(row.forgiven)) for row in account], network=from_network)


_FORGIVEN = (
    "EXISTS (SELECT 1 FROM sign_in_attempt s WHERE s.login_digest = f.login_digest "
    "AND s.device_digest = f.device_digest AND s.ok = TRUE AND s.at >= f.at)"
)
_ACCOUNT_FAILURES = (
    f"SELECT f.at, {_FORGIVEN} FROM sign_in_attempt f WHERE f.login_digest = {{}} AND f.at > {{}} "
    "AND f.ok = FALSE AND f.device_digest LIKE 'v%'"
)
_NETWORK_FAILURES = (
    "SELECT f.at FROM sign_in_attempt f WHERE f.network = {} AND f.at > {} AND f.ok = FALSE "
    f"AND f.device_digest LIKE 'v%' AND NOT {_FORGIVEN} ORDER BY f.at DESC LIMIT {{}}"
)


# -- one's own account


class OwnSession(NamedTuple):
    """One of a person's sessions that still hold."""

    id: int
    device: str
    address: str
    created_at: datetime
    seen_at: datetime


async def sessions_of(account_id: int, *, at: datetime) -> list[OwnSession]:
    """The sessions of an account that hold at an instant, the latest first."""
    return await fetch(
        OwnSession,
        "SELECT id, device, address, created_at, seen_at FROM session WHERE account_id = {} AND revoked_at IS NULL "
        "AND expires_at > {} AND idle_until > {} ORDER BY seen_at DESC, id DESC",
        account_id, at, at,
    )  # fmt: skip


class OwnPage(NamedTuple):
    """What a person's own page shows of them."""

    login: str
    name: str
    school: str
    phone_sealed: str | None
    email_sealed: str | None
    person_version: int
    last_sign_in_at: datetime | None


async def own_page(account_id: int) -> OwnPage | None:
    """The person behind an account."""
    return await fetch_one(
        OwnPage,
        "SELECT a.login, p.name, g.name, p.phone_sealed, p.email_sealed, p.version, a.last_sign_in_at FROM account a "
        "JOIN person p ON p.id = a.person_id JOIN grid g ON g.id = p.org_id WHERE a.id = {}",
        account_id,
    )


class HeldPost(NamedTuple):
    """A post that a person holds now, and where."""

    person_id: int
    title: str
    place: str


async def posts_held(person_ids: Sequence[int], *, at: datetime) -> dict[int, list[HeldPost]]:
    """The posts of some people at an instant, each person's in order. One statement."""
    marks, ids = in_list(person_ids)
    rows = await fetch(
        HeldPost,
        "SELECT a.person_id, o.title, g.name FROM appointment a JOIN post o ON o.id = a.post_id "
        f"JOIN grid g ON g.id = o.grid_id WHERE a.person_id IN {marks} AND {HELD_AT} "
        "AND (o.ended_at IS NULL OR o.ended_at > {}) ORDER BY a.person_id, o.is_accountable DESC, o.sort, o.id",
        *ids, at, at, at,
    )  # fmt: skip
    held: dict[int, list[HeldPost]] = {}
    for row in rows:
        held.setdefault(row.person_id, []).append(row)
    return held


# -- other people's accounts


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


# -- invitations


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


async def login_taken(login: str) -> bool:
    """Whether somebody has this login already."""
    return await fetch_value("SELECT 1 FROM account WHERE login = {}", login) is not None
