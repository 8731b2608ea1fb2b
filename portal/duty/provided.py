"""What this room lends to rooms on its right; `app.py` hands it over."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.core.actors import Actor
from portal.core.clock import local, now, start_of_day
from portal.core.database import fetch_value
from portal.core.provided import Held
from portal.duty.lent import Told, handed_over
from portal.duty.queries import book_of, kept_plan, with_needs
from portal.duty.rules import needs_between
from portal.duty.views.lanes import Laid, Reader
from portal.duty.views.today import DayView, day_view
from portal.duty.views.words import Words
from portal.permissions.rules import Permission, scope


async def duty_of_person(person_id: int, _by: Actor, _language: str) -> list[Held]:
    """Shifts ahead of somebody. One statement."""
    days = await fetch_value(
        "SELECT count(*) FROM duty_shift WHERE person_id = {} AND ends_at > {} "
        "AND published_at IS NOT NULL AND cancelled_at IS NULL",
        person_id, now(),
    )  # fmt: skip
    return [Held("duty.days", int(days), "/duty")]


async def laid_days(org_id: int, words: Words, reader: Reader, first: date, last: date) -> Laid:
    """The book of some days with what they need, cut into stretches. One statement."""
    start, end = start_of_day(first), start_of_day(last + timedelta(days=1))
    needs = needs_between(words.plan.slots, words.plan.days, first, last)
    return Laid.of(with_needs(await book_of(org_id, start, end), needs), words, reader, first, last)


@dataclass(frozen=True, slots=True)
class DutyToday:
    """A school's day for the first page of whoever leads: the strip, who is there, the gaps, what is handed over."""

    day: DayView
    handover: tuple[Told, ...]


async def duty_today(org_id: int, version: int, *, by: Actor, at: datetime, language: str) -> DutyToday:
    """The day of the person's own school. One statement and the lent ones; `version` is that of its book."""
    kept = await kept_plan(org_id, version)
    may_edit = scope(by, Permission.DUTY_EDIT).holds(kept.org.path, org_id)
    today = local(at).date()
    laid = await laid_days(org_id, Words(kept.plan, language), Reader(at, may_edit), today, today + timedelta(days=1))
    return DutyToday(day_view(laid, today), tuple(await handed_over(org_id, at, by, language)))
