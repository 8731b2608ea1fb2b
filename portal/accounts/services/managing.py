"""Accounts of other people: made, switched off at once with all their sessions (I8), switched on again, tidied up."""

from collections.abc import Sequence
from datetime import timedelta

from portal.accounts.passwords import hash_of
from portal.accounts.queries import Someone, login_taken, people_to_manage, someone
from portal.accounts.rules import normal_login
from portal.accounts.services.heads import check_head
from portal.accounts.services.invitations import make_row
from portal.accounts.services.sessions import end_all, take_turn
from portal.audit.catalogue import AccountDisabled, AccountEnabled, AccountMade, PasswordChanged
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_value, unit_of_work
from portal.core.refusals import Invalid, NotFound, Refused

ATTEMPTS_KEPT = timedelta(days=3)
SESSIONS_KEPT = timedelta(days=90)


async def make_account(person_id: int, login: str, *, password: str, by: Actor, must_change: bool = False) -> int:
    """An account with a password that somebody else has made up; gives its id. For commands and demonstration data.

    Raises `Invalid` for a login that is taken, `Refused` when the person has an account.
    """
    password_hash, login = await hash_of(password), normal_login(login)
    async with unit_of_work():
        person = await someone(person_id)
        if person is None:
            raise NotFound()
        if person.account_id is not None:
            raise Refused("account.has_one", name=person.name)
        if await login_taken(login):
            raise Invalid({"login": "account.login_taken"})
        account_id = await make_row(person, login, password_hash, must_change=must_change)
        await record_event(AccountMade(person_id=person_id), org_id=person.org_id, subject_id=account_id, by=by)
    return account_id


async def renew_password(login: str, *, password: str, by: Actor) -> int:
    """A one-time password for an account, to be changed at the next sign-in; every session ends. For commands."""
    password_hash = await hash_of(password)
    async with unit_of_work():
        person_id = await fetch_value("SELECT person_id FROM account WHERE login = {}", normal_login(login))
        person = await someone(person_id) if person_id else None
        if person is None or person.account_id is None:
            raise NotFound()
        await take_turn(person.org_id)
        await execute(
            "UPDATE account SET password_hash = {}, must_change = TRUE, disabled_at = NULL, version = version + 1 "
            "WHERE id = {}",
            password_hash, person.account_id,
        )  # fmt: skip
        ended = await end_all(person.account_id, org_id=person.org_id, why="reset", by=by)
        await execute("DELETE FROM known_device WHERE account_id = {}", person.account_id)
        details = PasswordChanged(sessions=ended)
        await record_event(details, org_id=person.org_id, subject_id=person.account_id, by=by)
    return person.account_id


async def disable_account(person_id: int, *, by: Actor) -> bool:
    """Off at once: no session, no open invitation, no known browser is left; tells whether it was on before.

    Raises `NotFound` outside of the actor's scope or without an account, `Refused` for one's own.
    """
    async with unit_of_work():
        person = await _to_manage(person_id, by=by)
        if person_id == by.person_id:
            raise Refused("account.not_oneself")
        await check_head(person_id, by=by)
        return await _switch_off(person, why="disabled", by=by)


async def close_account_of(person_id: int, by: Actor) -> None:
    """Follows when somebody leaves: whatever they could come in with ends in the same unit of work (I8)."""
    async with unit_of_work():
        person = await someone(person_id)
        if person is not None:
            await _switch_off(person, why="left", by=by)


async def _switch_off(person: Someone, *, why: str, by: Actor) -> bool:
    at = now()
    await take_turn(person.org_id)
    await execute(
        "UPDATE invitation SET revoked_at = {} WHERE person_id = {} AND used_at IS NULL AND revoked_at IS NULL",
        at, person.id,
    )  # fmt: skip
    changed = await fetch_value(
        "UPDATE account SET disabled_at = {}, version = version + 1 WHERE id = {} AND disabled_at IS NULL RETURNING id",
        at, person.account_id or 0,
    )  # fmt: skip
    if changed is None:
        return False
    ended = await end_all(changed, org_id=person.org_id, why=why, by=by)
    await execute("DELETE FROM known_device WHERE account_id = {}", changed)
    details = AccountDisabled(sessions=ended)
    await record_event(details, org_id=person.org_id, subject_id=changed, by=by)
    return True


async def enable_account(person_id: int, *, by: Actor) -> bool:
    """On again, with the same password; sessions that ended stay ended. Tells whether it was off before."""
    async with unit_of_work():
        person = await _to_manage(person_id, by=by)
        await check_head(person_id, by=by)
        await take_turn(person.org_id)
        changed = await fetch_value(
            "UPDATE account SET disabled_at = NULL, version = version + 1 WHERE id = {} AND disabled_at IS NOT NULL "
            "RETURNING id",
            person.account_id,
        )
        if changed is not None:
            await record_event(AccountEnabled(), org_id=person.org_id, subject_id=person.account_id, by=by)
        return changed is not None


async def switch_accounts(person_ids: Sequence[int], *, on: bool, by: Actor) -> int:
    """A list of accounts on or off, all or nothing; whoever has none is left out. Gives how many were changed."""
    async with unit_of_work():
        people = [person for person in await people_to_manage(person_ids, by=by) if person.account_id is not None]
        act = enable_account if on else disable_account
        return sum([await act(person.id, by=by) for person in people])


async def _to_manage(person_id: int, *, by: Actor) -> Someone:
    found = await people_to_manage([person_id], by=by)
    if not found or found[0].account_id is None:
        raise NotFound()
    return found[0]


async def tidy_accounts() -> None:
    """Forgets guesses that count no more and sessions that ended long ago. For the worker's clock."""
    at = now()
    async with unit_of_work():
        await execute("DELETE FROM sign_in_attempt WHERE at < {}", at - ATTEMPTS_KEPT)
        await execute("DELETE FROM session WHERE expires_at < {}", at - SESSIONS_KEPT)
