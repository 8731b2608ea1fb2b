"""Who leads on a day: whole days, one person each."""

from collections.abc import Sequence
from datetime import date, datetime

from portal.audit.catalogue import DutyLeaderCleared, DutyLeaderSet
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import unit_of_work
from portal.core.refusals import Refused
from portal.duty.queries import duty_leader_rows, leading_terms
from portal.duty.rules import LEADING, LeaderRow, duty_span, gains_by_leading, may_lead, segments_in
from portal.duty.services.shifts import clear_lane, enter_shift, may_edit_book
from portal.grids.services import bump_rights

MOST_DAYS = 62


async def set_duty_leader(org_id: int, person_id: int, days: Sequence[date], *, by: Actor, note: str = "") -> list[int]:
    """Puts a person down as leader of whole days (Shanghai); gives the ids of the new rows.

    Today counts from now on, for what was is not rewritten. A day that this person already leads is left
    alone, so doing it twice changes nothing. Refused: a day that is over, more than 62 days at once, a person
    without a leading post (`LEADING_ROLES`) when the day begins, oneself when that would give more rights than
    one has. An organisation outside the actor's scope does not exist.
    """
    async with unit_of_work():
        path = await may_edit_book(org_id, by)
        if person_id == by.person_id and gains_by_leading(by, path):
            raise Refused("duty.not_yourself")
        terms = await leading_terms(org_id, person_id)
        spans = _spans(days)
        for day, (start, _) in spans.items():
            if not may_lead(terms, start):
                raise Refused("duty.may_not_lead", day=day.isoformat())
        rows = await _rows_over(org_id, spans)
        wanted = [span for span in spans.values() if not _led_by(person_id, rows, *span)]
        return [await _enter(org_id, person_id, *span, by=by, note=note) for span in wanted]


async def clear_duty_leader(org_id: int, days: Sequence[date], *, by: Actor) -> list[int]:
    """Takes the leader of whole days away (today: from now on); gives the ids of the rows that say so.

    A day that nobody leads is left alone. Refused as in `set_duty_leader`.
    """
    async with unit_of_work():
        await may_edit_book(org_id, by)
        spans = _spans(days)
        rows = await _rows_over(org_id, spans)
        wanted = [span for span in spans.values() if not _led_by(None, rows, *span)]
        return [await _enter(org_id, None, *span, by=by) for span in wanted]


def _spans(days: Sequence[date]) -> dict[date, tuple[datetime, datetime]]:
    """From when until when an entry made now holds, for each day in order."""
    if len(days) > MOST_DAYS:
        raise Refused("duty.too_many_days", most=MOST_DAYS)
    at, spans = now(), {}
    for day in sorted(set(days)):
        span = duty_span(day, at)
        if span is None:
            raise Refused("duty.day_is_over", day=day.isoformat())
        spans[day] = span
    return spans


async def _rows_over(org_id: int, spans: dict[date, tuple[datetime, datetime]]) -> list[LeaderRow]:
    if not spans:
        return []
    start, end = min(span[0] for span in spans.values()), max(span[1] for span in spans.values())
    return await duty_leader_rows(org_id, start, days=(end - start).days + 1)


def _led_by(person_id: int | None, rows: list[LeaderRow], start: datetime, end: datetime) -> bool:
    """Whether exactly this person (None: nobody) leads the whole time by name."""
    return all(
        segment.row is None if person_id is None else segment.row and segment.row.person_id == person_id
        for segment in segments_in(rows, start, end)
    )


async def _enter(
    org_id: int, person_id: int | None, start: datetime, end: datetime, *, by: Actor, note: str = ""
) -> int:
    """Clears the lane for that time and puts the person in; gives the shift that was made, or was cleared last."""
    # Leading gives rights: whoever is signed in gets them with the next request (TA2). It also makes others wait.
    await bump_rights(org_id)
    cleared = await clear_lane(org_id, LEADING, start, end, by=by)
    span = {"starts_at": stamp(start), "ends_at": stamp(end)}
    if person_id is None:
        shift_id = cleared[-1] if cleared else 0
        await record_event(DutyLeaderCleared(**span), org_id=org_id, subject_id=shift_id, by=by)
        return shift_id
    shift_id = await enter_shift(org_id, LEADING, start, end, person_id=person_id, by=by, note=note)
    details = DutyLeaderSet(person_id=person_id, **span)
    await record_event(details, org_id=org_id, subject_id=shift_id, by=by, texts={"note": note})
    return shift_id
