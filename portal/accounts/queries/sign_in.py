"""What a sign-in is weighed against, and what counts against it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from portal.accounts.rules import (
    ACCOUNT_WINDOW,
    MOST_A_NETWORK,
    NETWORK_WINDOW,
    Failure,
    Tries,
)
from portal.core.database import fetch, fetch_column, fetch_one, in_list


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
