"""Signing in: for a whole school behind one address while somebody guesses (TA7), telling nobody who has one (TA8)."""

from typing import NamedTuple

from portal.accounts.passwords import fits, hash_of, is_old, slot
from portal.accounts.queries import Credentials, credentials_of, tries_against
from portal.accounts.rules import free_at
from portal.accounts.services.sessions import Entry, Place, start_session, take_turn
from portal.accounts.tables import SignInAttempt
from portal.core.clock import now
from portal.core.crypto import keyed_digest
from portal.core.database import execute, fetch_value, insert, is_postgres, unit_of_work
from portal.core.ids import digest
from portal.core.refusals import Refused, TooMany

WRONG = "account.wrong"

__all__ = ["Guess", "Place", "enter", "sign_in", "weigh"]


class Guess(NamedTuple):
    """A password that is about to be weighed: for which login, from where, in which browser.

    `browser` is `d…` for one that the account knows, `s…` for a session that asks again, `v…` for a stranger's visit.
    """

    login_digest: str
    network: str
    browser: str


async def sign_in(login: str, password: str, *, place: Place) -> Entry:
    """Lets somebody in, or refuses with the same words after the same work: no such login, disabled, left, or wrong.

    `TooMany` says in how many seconds the next guess is weighed. Failures are counted before the password is weighed,
    so that no number of guesses at once slips through.
    """
    who = await credentials_of(login, [digest(token) for token in place.devices])
    browser = f"d{who.device_id}" if who and who.device_id else f"v{digest(place.visit)[:60]}"
    guess = Guess(keyed_digest("login", login), place.network, browser)
    right, attempt_id = await weigh(guess, password, who.password_hash if who else None)
    if not right or who is None or who.disabled_at is not None or (who.left_at is not None and who.left_at <= now()):
        raise Refused(WRONG)
    renewed = await hash_of(password) if is_old(who.password_hash or "") else None
    return await enter(who, place, attempt_id, renewed=renewed)


async def weigh(guess: Guess, password: str, stored: str | None) -> tuple[bool, int]:
    """Whether the password fits, and the row under which the guess was counted; `TooMany`: it was not weighed."""
    await refuse_while_waiting(guess)  # without a place in the queue: a flood of guesses must not make others wait
    async with slot():
        async with unit_of_work():
            await _one_at_a_time(guess)
            await refuse_while_waiting(guess)
            attempt_id = await count_guess(guess, ok=False)
        return await fits(password, stored), attempt_id


async def enter(who: Credentials, place: Place, attempt_id: int, *, renewed: str | None = None) -> Entry:
    """Writes down that the guess was right and starts the session, unless the account changed while it was weighed."""
    async with unit_of_work():
        await take_turn(who.org_id)
        # The row is taken with the hash that was weighed: a reset or a disabling that came in between wins (TA6).
        still = await fetch_value(
            "UPDATE account SET last_sign_in_at = {}, password_hash = {} WHERE id = {} AND disabled_at IS NULL "
            "AND password_hash = {} RETURNING id",
            now(), renewed or who.password_hash, who.account_id, who.password_hash,
        )  # fmt: skip
        if still is None:
            raise Refused(WRONG)
        await execute("UPDATE sign_in_attempt SET ok = TRUE WHERE id = {}", attempt_id)
        return await start_session(who, place, must_change=who.must_change)


async def count_guess(guess: Guess, *, ok: bool) -> int:
    """Writes a guess down; gives the id of its row."""
    row = {
        "login_digest": guess.login_digest, "network": guess.network, "device_digest": guess.browser,
        "ok": ok, "evaluated": True, "at": now(),
    }  # fmt: skip
    [attempt_id] = await insert(SignInAttempt, row)
    return attempt_id


async def refuse_while_waiting(guess: Guess) -> None:
    """Raises `TooMany` as long as guesses of this kind are not weighed."""
    at = now()
    free = free_at(await tries_against(guess.login_digest, guess.network, guess.browser, at=at), at)
    seconds = (free - at).total_seconds()
    if seconds > 0:
        raise TooMany("account.wait", seconds=int(seconds) + 1, minutes=int(seconds // 60) + 1)


async def _one_at_a_time(guess: Guess) -> None:
    """Counting and asking must not interleave. On SQLite the write transaction itself is the lock."""
    if is_postgres():
        for name in (f"n{guess.network}", f"l{guess.login_digest}"):
            await execute("SELECT pg_advisory_xact_lock({})", int(digest(name)[:15], 16))
