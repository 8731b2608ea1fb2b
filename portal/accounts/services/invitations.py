"""One-time ways in (I7). A code is never stored: it is made of the invitation and our key, so that a slip can be
printed again within its half hour, while a stolen database opens nothing. Looking at an invitation never uses it up.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from portal.accounts.passwords import common_passwords, hash_of
from portal.accounts.queries import (
    InvitationRow,
    Someone,
    credentials_by_id,
    invitation_by_digest,
    login_taken,
    open_invitations,
    people_to_manage,
    someone,
)
from portal.accounts.rules import LONG, SHORT, Purpose, code_from, lives, login_fault, password_fault
from portal.accounts.services.heads import check_head, is_head_to
from portal.accounts.services.sessions import Entry, Place, as_actor, end_all, start_session, take_turn
from portal.accounts.services.sign_in import Guess, count_guess, refuse_while_waiting
from portal.accounts.tables import Account, Invitation
from portal.audit.catalogue import AccountInvited, AccountMade, InvitationUsed, PasswordChanged
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.crypto import keyed_digest, same
from portal.core.database import execute, fetch_value, insert, is_postgres, unit_of_work
from portal.core.ids import digest, new_token
from portal.core.refusals import Invalid, NotFound, Refused

SAME_PRESS = timedelta(minutes=1)  # a second press of the same button finds the first one's slip (TR6)


class Joined(NamedTuple):
    """An invitation that can be used now, and for whom."""

    invitation: InvitationRow
    person: Someone


def secret_of(invitation_id: int, person_id: int, made_at_seconds: int) -> str:
    """The code of an invitation: 26 signs, 130 bits; its first twelve are what people type."""
    return code_from(keyed_digest("invitation", f"{invitation_id}:{person_id}:{made_at_seconds}"))


def code_of(row: InvitationRow) -> str:
    """The code of an invitation as it stands."""
    return secret_of(row.id, row.person_id, int(row.made_at.timestamp()))


def lookup(code: str) -> str:
    """What the database knows a code by: a digest under our key, of the part that people type."""
    return keyed_digest("invitation-lookup", code[:SHORT])


async def invite(person_id: int, *, purpose: Purpose = Purpose.INVITE, by: Actor) -> int:
    """A one-time way in for one person, in place of any older one; gives the invitation's id.

    Raises `NotFound` outside of the actor's scope, `Refused` for pupils, people who have left, a second account,
    a reset without an account.
    """
    async with unit_of_work():
        found = await people_to_manage([person_id], by=by)
        if not found:
            raise NotFound()
        if purpose is Purpose.RESET:
            await check_head(found[0].id, by=by)
        fault = why_not(found[0], purpose)
        if fault:
            raise Refused(fault, name=found[0].name)
        [invitation_id] = await _make(found, purpose, by=by)
    return invitation_id


async def invite_many(person_ids: Sequence[int], *, purpose: Purpose = Purpose.INVITE, by: Actor) -> list[int]:
    """Ways in for a list; whoever cannot have one is left out. Gives the invitations' ids. All or nothing."""
    async with unit_of_work():
        people = await people_to_manage(person_ids, by=by)
        if purpose is Purpose.RESET:
            people = [person for person in people if not await is_head_to(person.id, by=by)]
        return await _make([person for person in people if why_not(person, purpose) is None], purpose, by=by)


def why_not(person: Someone, purpose: Purpose) -> str | None:
    """Why this person cannot be given this, as a code."""
    if person.kind != "staff":
        return "account.pupil"
    if person.left_at is not None and person.left_at <= now():
        return "account.left"
    if person.disabled_at is not None:
        return "account.is_disabled"
    if purpose is Purpose.INVITE:
        return "account.has_one" if person.has_password else None
    return None if person.has_password else "account.has_none"


async def _make(people: Sequence[Someone], purpose: Purpose, *, by: Actor) -> list[int]:
    at = now()
    await take_turn(*(person.org_id for person in people))
    before = await open_invitations([person.id for person in people], at=at)
    made: list[int] = []
    for person in people:
        old = before.get(person.id)
        if old and old.made_by == by.person_id and old.purpose == purpose and at - old.made_at < SAME_PRESS:
            made.append(old.id)
            continue
        await _revoke_open(person.id)
        row = {
            "org_id": person.org_id, "person_id": person.id, "purpose": purpose.value, "made_at": at,
            "code_digest": digest(new_token()), "made_by": by.person_id, "expires_at": at + lives(purpose),
        }  # fmt: skip
        [invitation_id] = await insert(Invitation, row)
        code = secret_of(invitation_id, person.id, int(at.timestamp()))
        await execute("UPDATE invitation SET code_digest = {} WHERE id = {}", lookup(code), invitation_id)
        details = AccountInvited(invitation_id=invitation_id, purpose=purpose.value)
        await record_event(details, org_id=person.org_id, subject_id=person.id, by=by)
        made.append(invitation_id)
    return made


async def _revoke_open(person_id: int) -> None:
    await execute(
        "UPDATE invitation SET revoked_at = {} WHERE person_id = {} AND used_at IS NULL AND revoked_at IS NULL",
        now(), person_id,
    )  # fmt: skip


async def usable_invitation(code: str) -> Joined:
    """The invitation behind a code (of 26 signs, or the 12 that people type); changes nothing.

    Raises `NotFound` for an unknown code, `Refused` for one that was used, taken back, or is too old.
    """
    row = await invitation_by_digest(lookup(code)) if len(code) in (SHORT, LONG) else None
    if row is None or not same(code, code_of(row)[: len(code)]):
        raise NotFound("account.code_unknown")
    if row.used_at is not None:
        raise Refused("account.code_used")
    if row.revoked_at is not None:
        raise Refused("account.code_revoked")
    if row.expires_at <= now():
        raise Refused("account.code_expired")
    person = await someone(row.person_id)
    if person is None or why_not(person, Purpose(row.purpose)) is not None:
        raise Refused("account.code_revoked")
    return Joined(row, person)


async def typed(code: str, *, place: Place) -> str:
    """The long code behind one that was typed. Wrong ones are counted like wrong passwords from this place."""
    guess = Guess(keyed_digest("login", f"code:{place.visit}"), place.network, f"v{digest(place.visit)[:60]}")
    await refuse_while_waiting(guess)
    try:
        found = await usable_invitation(code)
    except NotFound:
        await count_guess(guess, ok=False)
        raise
    await count_guess(guess, ok=True)
    return code_of(found.invitation)


async def join(code: str, login: str, password: str, *, place: Place) -> Entry:
    """Uses an invitation up: makes the account or sets the new password, and signs in. Of many at once one wins.

    Raises `Invalid` for the login or the password before anything is used up.
    """
    found = await usable_invitation(code)
    purpose = Purpose(found.invitation.purpose)
    if purpose is Purpose.RESET:
        login = found.person.login or ""
    await _check(login, password, purpose, found.person)
    password_hash = await hash_of(password)
    async with unit_of_work():
        await take_turn(found.invitation.org_id)
        await _use_up(found.invitation.id)
        if purpose is Purpose.INVITE:
            return await _first_password(found, login, password_hash, place)
        return await _new_password(found, password_hash, place)


async def _check(login: str, password: str, purpose: Purpose, person: Someone) -> None:
    faults: dict[str, str] = {}
    if purpose is Purpose.INVITE:
        fault = login_fault(login)
        if fault is None and login != person.login and await login_taken(login):
            fault = "account.login_taken"
        if fault:
            faults["login"] = fault
    fault = password_fault(password, login=login, common=common_passwords())
    if fault:
        faults["password"] = fault
    if faults:
        raise Invalid(faults)


async def _use_up(invitation_id: int) -> None:
    at = now()
    won = await fetch_value(
        "UPDATE invitation SET used_at = {} WHERE id = {} AND used_at IS NULL AND revoked_at IS NULL "
        "AND expires_at > {} RETURNING id",
        at, invitation_id, at,
    )  # fmt: skip
    if won is None:
        raise Refused("account.code_used")


async def _first_password(found: Joined, login: str, password_hash: str, place: Place) -> Entry:
    person = found.person
    account_id = person.account_id
    if account_id is None:
        account_id = await make_row(person, login, password_hash)
    else:  # an account that never had a password
        await _claim(login, account_id)
        await execute(
            "UPDATE account SET login = {}, password_hash = {}, version = version + 1 WHERE id = {}",
            login, password_hash, account_id,
        )  # fmt: skip
    return await _come_in(found, account_id, AccountMade(person_id=person.id), place)


async def make_row(person: Someone, login: str, password_hash: str, *, must_change: bool = False) -> int:
    """The account's row; a login that somebody took meanwhile is refused like one that was taken before."""
    await _claim(login, 0)
    row = {
        "org_id": person.org_id, "person_id": person.id, "login": login, "password_hash": password_hash,
        "must_change": must_change, "created_at": now(),
    }  # fmt: skip
    [account_id] = await insert(Account, row)
    return account_id


async def _claim(login: str, account_id: int) -> None:
    """On PostgreSQL two people may ask for one login at the same moment: the later one waits here and is told."""
    if is_postgres():
        await execute("SELECT pg_advisory_xact_lock({})", int(digest(f"login:{login}")[:15], 16))
    if await fetch_value("SELECT 1 FROM account WHERE login = {} AND id <> {}", login, account_id) is not None:
        raise Invalid({"login": "account.login_taken"})


async def _new_password(found: Joined, password_hash: str, place: Place) -> Entry:
    account_id = found.person.account_id
    assert account_id is not None
    changed = await fetch_value(
        "UPDATE account SET password_hash = {}, must_change = FALSE, version = version + 1 WHERE id = {} "
        "AND disabled_at IS NULL RETURNING id",
        password_hash, account_id,
    )  # fmt: skip
    who = await credentials_by_id(account_id)
    if changed is None or who is None:
        raise Refused("account.code_revoked")
    ended = await end_all(account_id, org_id=who.org_id, why="reset", by=as_actor(who))
    # Whoever had the old password may have had a browser too.
    await execute("DELETE FROM known_device WHERE account_id = {}", account_id)
    return await _come_in(found, account_id, PasswordChanged(sessions=ended), place)


async def _come_in(found: Joined, account_id: int, told: AccountMade | PasswordChanged, place: Place) -> Entry:
    who = await credentials_by_id(account_id)
    assert who is not None
    by = as_actor(who)
    await record_event(told, org_id=who.org_id, subject_id=account_id, by=by)
    used = InvitationUsed(invitation_id=found.invitation.id)
    await record_event(used, org_id=who.org_id, subject_id=account_id, by=by)
    return await start_session(who, place)
