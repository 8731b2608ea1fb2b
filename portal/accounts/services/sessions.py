"""Sessions: every one starts with a new token, and ends for a reason that is written down (TA6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from portal.accounts.queries import Credentials
from portal.accounts.rules import DEVICE_LIVES, DEVICES_KEPT, SESSION_LIVES, idle_of
from portal.accounts.tables import KnownDevice, SignedInSession
from portal.audit.catalogue import SignedIn, SignedOut
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_column, insert, is_postgres, unit_of_work
from portal.core.ids import digest, new_token
from portal.core.refusals import NotFound
from portal.permissions.queries import grants_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request comes from. `visit` is the mark of a stranger's visit, `devices` are the device tokens in the
    browser's cookie, `session_id` is a session that it has already.
    """

    network: str
    address: str = ""
    device: str = ""
    visit: str = ""
    devices: tuple[str, ...] = ()
    session_id: int | None = None


class Entry(NamedTuple):
    """What the browser is given after coming in: the session's token, and a device token if it got a new one."""

    token: str
    seconds: int
    device_token: str | None
    must_change: bool
    person_id: int


def as_actor(who: Credentials, session_id: int | None = None) -> Actor:
    """The person who is coming in, as the one who acts; their rights are built at the next request."""
    return Actor(
        person_id=who.person_id, account_id=who.account_id, org_id=who.org_id, name=who.name,
        language=who.language, session_id=session_id,
    )  # fmt: skip


async def take_turn(*org_ids: int) -> None:
    """Takes the organisations' chains before any other row. Units that end sessions and units that start them then wait
    for one another in one order; on SQLite the write transaction is that order already.
    """
    if is_postgres():
        for org_id in sorted(set(org_ids)):
            await execute("SELECT 1 FROM chain_head WHERE org_id = {} FOR UPDATE", org_id)


async def start_session(who: Credentials, place: Place, *, must_change: bool = False) -> Entry:
    """A session with a token of its own, whatever the browser brought; that one ends. Inside a unit of work."""
    at = now()
    if place.session_id is not None:
        await execute(
            "UPDATE session SET revoked_at = {}, revoked_why = 'replaced' WHERE id = {} AND revoked_at IS NULL",
            at, place.session_id,
        )  # fmt: skip
    grants, _ = await grants_of(who.person_id, who.org_id, at=at)
    idle = idle_of((grant.role for grant in grants), device_known=who.device_id is not None)
    token = new_token()
    row = {
        "token_digest": digest(token), "account_id": who.account_id, "device": place.device[:200],
        "address": place.address[:64], "created_at": at, "seen_at": at, "expires_at": at + SESSION_LIVES,
        "idle_seconds": int(idle.total_seconds()), "idle_until": at + idle, "proved_at": at,
    }  # fmt: skip
    [session_id] = await insert(SignedInSession, row)
    device_token = await _remember_device(who, at)
    details = SignedIn(session_id=session_id, device_known=who.device_id is not None)
    await record_event(details, org_id=who.org_id, subject_id=who.account_id, by=as_actor(who, session_id))
    return Entry(token, int(SESSION_LIVES.total_seconds()), device_token, must_change, who.person_id)


async def _remember_device(who: Credentials, at: datetime) -> str | None:
    """A browser in which the account has signed in is known to it from now on; the token is always of our making."""
    if who.device_id is not None:
        await execute("UPDATE known_device SET seen_at = {} WHERE id = {}", at, who.device_id)
        return None
    token = new_token()
    row = {"account_id": who.account_id, "token_digest": digest(token), "created_at": at, "seen_at": at}
    await insert(KnownDevice, row)
    await execute(
        "DELETE FROM known_device WHERE account_id = {} AND (seen_at < {} OR id NOT IN "
        "(SELECT id FROM known_device WHERE account_id = {} ORDER BY seen_at DESC, id DESC LIMIT {}))",
        who.account_id, at - DEVICE_LIVES, who.account_id, DEVICES_KEPT,
    )  # fmt: skip
    return token


async def end_all(account_id: int, *, org_id: int, why: str, by: Actor, but: int | None = None) -> int:
    """Ends every session of an account that holds, except perhaps one; gives how many. Inside a unit of work."""
    at = now()
    ended = await fetch_column(
        "UPDATE session SET revoked_at = {}, revoked_why = {} WHERE account_id = {} AND revoked_at IS NULL "
        "AND expires_at > {} AND idle_until > {} AND id <> {} RETURNING id",
        at, why, account_id, at, at, but or 0,
    )  # fmt: skip
    for session_id in sorted(ended):
        details = SignedOut(session_id=session_id, why=why)
        await record_event(details, org_id=org_id, subject_id=account_id, by=by)
    return len(ended)


async def end_session(session_id: int, *, by: Actor, why: str = "ended") -> None:
    """Ends one of one's own sessions; a session of somebody else does not exist (404)."""
    assert by.org_id is not None
    async with unit_of_work():
        await take_turn(by.org_id)
        own = await fetch_column(
            "UPDATE session SET revoked_at = {}, revoked_why = {} WHERE id = {} AND account_id = {} "
            "AND revoked_at IS NULL RETURNING id",
            now(), why, session_id, by.account_id,
        )  # fmt: skip
        if not own:
            raise NotFound()
        details = SignedOut(session_id=session_id, why=why)
        await record_event(details, org_id=by.org_id, subject_id=by.account_id, by=by)


async def end_other_sessions(*, by: Actor) -> int:
    """Ends every session of one's own but this one; gives how many there were."""
    assert by.org_id is not None and by.account_id is not None
    async with unit_of_work():
        await take_turn(by.org_id)
        return await end_all(by.account_id, org_id=by.org_id, why="ended", by=by, but=by.session_id)
