"""Whoever is told answers: "I know", or "later, because …" (G2). Nobody's answer stops what goes upward."""

from datetime import datetime
from typing import NamedTuple

from portal.audit.catalogue import Details, HazardAcknowledged, HazardSnoozed
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_one, unit_of_work
from portal.core.refusals import Invalid, NotFound, Refused
from portal.duty.queries import calendar_for
from portal.hazards.queries import HazardRow, hazard_to_see
from portal.hazards.rules.owning import LONGEST_REASON
from portal.reminders.rules import may_put_off, most_snooze, snooze_end


class _Mine(NamedTuple):
    code: str
    hazard_id: int
    answered_at: datetime | None


async def acknowledge(reminder_id: int, *, by: Actor) -> int:
    """ "I know": the card's page and history say so, and what only reminds of this date stays silent for this person.

    Gives the card. Twice changes nothing; another person's reminder is `NotFound`.
    """
    async with unit_of_work():
        mine, hazard = await _mine(reminder_id, by)
        await _answer(reminder_id, HazardAcknowledged(step=mine.code), hazard, by)
    return hazard.id


async def snooze(reminder_id: int, *, days: int | None, reason: str, by: Actor) -> int:
    """ "Later": told again in the morning so many working days on, with the reason; gives the card.

    A major one can be put off by one working day, any other by three; what was put off once is not put off again.
    """
    async with unit_of_work():
        mine, hazard = await _mine(reminder_id, by)
        if mine.answered_at is None and not may_put_off(mine.code, hazard.status):
            raise Refused("reminder.not_to_put_off")
        errors = {} if days and 1 <= days <= most_snooze(hazard.level) else {"days": "reminder.need_days"}
        if not reason or len(reason) > LONGEST_REASON:
            errors["reason"] = "reminder.reason_too_long" if reason else "reminder.need_reason"
        if errors or days is None:
            raise Invalid(errors)
        until = snooze_end(now(), days, await calendar_for(hazard.org_id))
        details = HazardSnoozed(step=mine.code, until=stamp(until))
        await _answer(reminder_id, details, hazard, by, until=until, reason=reason)
    return hazard.id


async def _mine(reminder_id: int, by: Actor) -> tuple[_Mine, HazardRow]:
    """A reminder of one's own about an open card that one still may see."""
    found = await fetch_one(
        _Mine,
        "SELECT kind, subject_id, answered_at FROM reminder "
        "WHERE id = {} AND person_id = {} AND subject_kind = 'hazard' AND subject_id IS NOT NULL",
        reminder_id, by.person_id,
    )  # fmt: skip
    if found is None:
        raise NotFound()
    hazard = await hazard_to_see(found.hazard_id, by=by)
    if hazard.closed_at is not None and found.answered_at is None:
        raise Refused("reminder.closed")
    return found, hazard


async def _answer(
    reminder_id: int, details: Details, hazard: HazardRow, by: Actor, *, until: datetime | None = None, reason: str = ""
) -> None:
    """Writes the answer once. It is no progress: neither the card's version nor its last movement changes by it."""
    at = now()
    fresh = await execute(
        "UPDATE reminder SET answered_at = {}, snoozed_until = {}, read_at = coalesce(read_at, {}) "
        "WHERE id = {} AND answered_at IS NULL RETURNING id",
        at, until, at, reminder_id,
    )  # fmt: skip
    if fresh:
        texts = {"reason": reason} if reason else None
        await record_event(details, org_id=hazard.org_id, subject_id=hazard.id, by=by, texts=texts)
