"""Letters: drafted as soon as somebody takes a post, told to whoever signs next, ended with their holder (F1, F13).

The outbox wakes the maker, which takes letters by leases of their own: setting and sealing a file is not done inside
the outbox's transaction, so that reminders do not wait for it.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from portal.audit.outbox import Claimed
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import after_commit
from portal.duty.queries import calendar_for
from portal.duty.rules import DayCalendar
from portal.letters.queries.letters import Whole, letter_whole, letters_waiting
from portal.letters.rules import Party, State, may_sign_instead, state_of, turn_of
from portal.letters.rules.chasing import Chase, chase_due
from portal.letters.services.drafting import CLASS_LETTER, draft_for_appointment
from portal.letters.services.ending import end_with_appointment, restore_with_appointment
from portal.letters.services.making import retry_unconfirmed
from portal.permissions.rules import Role
from portal.reminders.services import remind, settle
from portal.responsibilities.queries import answering_for_offices
from portal.settings import Settings

SUBJECT, REFUSED, DONE = "letter_to_sign", "letter_refused", "letter_done"
KEY_MADE, PASSKEY_MADE = "signing_key_made", "signing_passkey_made"
LATE, LATE_HEAD, INSTEAD = "letter_late", "letter_late_head", "letter_instead"
HEADS = (Role.SAFETY_OFFICER, Role.PRINCIPAL)

_wake: Callable[[], None] | None = None


def use_letter_maker(wake: Callable[[], None] | None) -> None:
    """Sets what is called when a letter is to be made or sealed. It must never raise."""
    global _wake
    _wake = wake


async def wake_maker(_entry: Claimed) -> None:
    """Something is to be made: now, not at the next look."""
    after_commit(_ring)


async def _ring() -> None:
    if _wake is not None:
        _wake()


async def draft_letter(entry: Claimed) -> None:
    """Somebody takes a post: their letter is drafted at once, so that both can sign before it takes effect (R112)."""
    await draft_for_appointment(int(entry.facts["appointment_id"]), by=SYSTEM)


async def end_letter(entry: Claimed) -> None:
    """Somebody leaves a post: the letter ends with them, or never begins."""
    ends_at = datetime.fromisoformat(entry.facts["ends_at"])
    await end_with_appointment(int(entry.facts["appointment_id"]), ends_at=ends_at, by=SYSTEM)


async def restore_letter(entry: Claimed) -> None:
    """An end was taken back: so is that of the letter."""
    await restore_with_appointment(int(entry.facts["appointment_id"]), by=SYSTEM)


async def make_what_waited(entry: Claimed) -> None:
    """A list of duties was confirmed: letters that waited for it are made."""
    await retry_unconfirmed(entry.org_id, by=SYSTEM)


async def tell_signers(entry: Claimed) -> None:
    """Whoever signs next is told; what asked the one before need not be read any more."""
    found = await _letter(entry)
    await settle(SUBJECT, found.row.id)
    if found.row.paper_since is not None and found.row.kind != CLASS_LETTER:
        return  # nobody signs it here
    if state_of(found.facts, at=now()) is State.WAITING:
        turn = turn_of(one.rule for one in found.parties)
        cycle = ",".join(str(one.id) for one in turn)
        await _tell(SUBJECT, _who(turn, found), found, cycle=cycle)
    else:
        after_commit(_ring)  # all have signed: it is sealed


async def tell_of_stand_in(entry: Claimed) -> None:
    """Whoever was away learns who has signed in their place (F14)."""
    found = await _letter(entry)
    place = next((one for one in found.parties if one.id == entry.facts["party_id"]), None)
    if place is not None and place.signed_by:
        await _tell(INSTEAD, [place.person_id], found, cycle=str(place.id), by=place.signed_by)


def _who(turn: Sequence[Party], found: Whole) -> list[int]:
    """Those who may sign now: by their own right, and whoever stands in for one of them while they are away."""
    rules = [one.rule for one in found.parties]
    instead = [may_sign_instead(one, rules) for one in turn]
    return [one.person_id for one in turn] + [one for one in instead if one is not None]


async def tell_of_refusal(entry: Claimed) -> None:
    """Whoever asked for it and whoever has signed already learn that somebody does not sign (F12)."""
    found = await _letter(entry)
    await settle(SUBJECT, found.row.id)
    signed = [one.person_id for one in found.parties if one.signed_at is not None or one.part == "giver"]
    signed += [one.signed_by_id for one in found.parties if one.signed_by_id is not None]
    await _tell(REFUSED, [one for one in signed if one != entry.actor_id], found, cycle=str(entry.event_id))


async def tell_of_completion(entry: Claimed) -> None:
    """It is complete: everybody in it may read and keep it."""
    found = await _letter(entry)
    await settle(SUBJECT, found.row.id)
    signed = [one.signed_by_id for one in found.parties if one.signed_by_id is not None]
    await _tell(DONE, [*(one.person_id for one in found.parties), *signed], found, cycle="")


def tell_of_key(kind: str) -> Callable[[Claimed], Awaitable[None]]:
    """Whoever can now be signed for learns when that began: if it was somebody else, it is ended at once (TP3)."""

    async def react(entry: Claimed) -> None:
        assert entry.subject_id is not None and entry.at is not None
        await remind(
            kind, [entry.subject_id], org_id=entry.org_id, subject_kind=kind, subject_id=entry.subject_id,
            cycle=str(entry.event_id), params={"made_at": entry.at.isoformat()},
        )  # fmt: skip

    return react


async def _letter(entry: Claimed) -> Whole:
    assert entry.subject_id is not None
    found = await letter_whole(entry.subject_id)
    assert found is not None
    return found


async def _tell(kind: str, people: list[int], found: Whole, *, cycle: str, **more: str) -> int:
    row = found.row
    subject = INSTEAD if kind == INSTEAD else SUBJECT  # of its own: that it is complete must not hide who signed it
    written = await remind(
        kind, people, org_id=row.org_id, subject_kind=subject, subject_id=row.id, cycle=cycle,
        params={"post": row.post, "name": row.person, **more},
    )  # fmt: skip
    return len(written)


async def sweep_letters(_settings: Settings, _slot: datetime) -> int:
    """Reminds whoever has not signed, on working days; then their head. Twice tells nobody twice (F13)."""
    at, told = now(), 0
    calendars: dict[int, DayCalendar] = {}
    for found in await letters_waiting():
        org_id = found.row.org_id
        if org_id not in calendars:
            calendars[org_id] = await calendar_for(org_id)
        due = chase_due(found.facts, calendars[org_id], at=at)
        if due is not None:
            told += await _chase(found, due, at)
    return told


async def _chase(found: Whole, due: Chase, at: datetime) -> int:
    turn = turn_of(one.rule for one in found.parties)
    by_office = found.row.paper_since is not None and found.row.kind != CLASS_LETTER  # it prints, scans and compares
    signers = [] if by_office else _who(turn, found)
    cycle = f"{','.join(str(one.id) for one in turn)}:{due.days}"
    told = await _tell(LATE, signers, found, cycle=cycle)
    if due.to_head or by_office:
        heads = await answering_for_offices(found.row.org_id, HEADS, at=at)
        giver = [one.person_id for one in found.parties if one.part == "giver"] if not by_office else []
        above = [one for one in (*giver, *heads) if one not in signers]
        told += await _tell(LATE_HEAD, above, found, cycle=cycle)
    return told
