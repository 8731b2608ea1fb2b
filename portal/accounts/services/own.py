"""What people change about themselves."""

from typing import NamedTuple

from portal.accounts.passwords import common_passwords, hash_of
from portal.accounts.queries import credentials_by_id
from portal.accounts.rules import password_fault
from portal.accounts.services.sessions import Entry, Place, end_all, start_session, take_turn
from portal.accounts.services.sign_in import Guess, weigh
from portal.audit.catalogue import LanguageChosen, PasswordChanged, PersonChanged
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.crypto import keyed_digest, seal, unseal
from portal.core.database import compare_and_set, execute, fetch_one, fetch_value, unit_of_work
from portal.core.ids import digest
from portal.core.refusals import Conflict, Invalid, NotFound
from portal.people.services import sealed_phone
from portal.people.tables import Person


async def change_password(old: str, new: str, *, place: Place, by: Actor) -> Entry:
    """A new password after the old one; every session ends, and this browser gets a new one.

    Guesses at the old one are counted, so that a borrowed phone is no way to find it out.
    """
    assert by.account_id is not None and by.org_id is not None
    who = await credentials_by_id(by.account_id, [digest(token) for token in place.devices])
    if who is None:
        raise NotFound()
    login = await fetch_value("SELECT login FROM account WHERE id = {}", by.account_id)
    guess = Guess(keyed_digest("login", f"#{by.account_id}"), place.network, f"s{by.session_id}")
    right, attempt_id = await weigh(guess, old, who.password_hash)
    if not right:
        raise Invalid({"old": "account.old_wrong"})
    await execute("UPDATE sign_in_attempt SET ok = TRUE WHERE id = {}", attempt_id)
    fault = password_fault(new, login=login, common=common_passwords())
    if fault is None and new == old:
        fault = "account.password_same"
    if fault:
        raise Invalid({"new": fault})
    new_hash = await hash_of(new)
    async with unit_of_work():
        await take_turn(by.org_id)
        changed = await fetch_value(
            "UPDATE account SET password_hash = {}, must_change = FALSE, version = version + 1 WHERE id = {} "
            "AND disabled_at IS NULL AND password_hash = {} RETURNING id",
            new_hash, by.account_id, who.password_hash,
        )  # fmt: skip
        if changed is None:
            raise Conflict()
        ended = await end_all(by.account_id, org_id=by.org_id, why="password", by=by)
        await execute("DELETE FROM known_device WHERE account_id = {} AND id <> {}", by.account_id, who.device_id or 0)
        details = PasswordChanged(sessions=ended)
        await record_event(details, org_id=by.org_id, subject_id=by.account_id, by=by)
        return await start_session(who, place)


async def choose_language(language: str, *, by: Actor) -> None:
    """Keeps the language for the person; the caller has made sure that the portal speaks it."""
    assert by.person_id is not None and by.org_id is not None
    async with unit_of_work():
        changed = await fetch_value(
            "UPDATE person SET language = {} WHERE id = {} AND language <> {} RETURNING id",
            language, by.person_id, language,
        )  # fmt: skip
        if changed is not None:
            details = LanguageChosen(language=language)
            await record_event(details, org_id=by.org_id, subject_id=by.person_id, by=by)


async def change_contact(phone: str, email: str, *, version: int, by: Actor) -> None:
    """One's own phone number and mail address, sealed before they are stored (TO1). `Conflict`: the page was old."""
    assert by.person_id is not None and by.org_id is not None
    async with unit_of_work():
        if await _contact(by.person_id) == (phone, email):
            return  # the same form sent twice is one change (TR6)
        await compare_and_set(
            Person, by.person_id, version=version,
            **sealed_phone(phone or None), email_sealed=seal(email) if email else None,
        )  # fmt: skip
        details = PersonChanged(fields=("email", "phone"))
        await record_event(details, org_id=by.org_id, subject_id=by.person_id, by=by)


class _Sealed(NamedTuple):
    phone: str | None
    email: str | None


async def _contact(person_id: int) -> tuple[str, str]:
    found = await fetch_one(_Sealed, "SELECT phone_sealed, email_sealed FROM person WHERE id = {}", person_id)
    phone, email = found or (None, None)
    return (unseal(phone) or "") if phone else "", (unseal(email) or "") if email else ""
