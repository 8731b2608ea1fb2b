"""Changes of the duty room: who leads on a day, and the national days of the calendar."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from portal.audit.catalogue import DutyLeaderCleared, DutyLeaderSet
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.database import execute, fetch, insert, unit_of_work
from portal.core.refusals import NotFound, Refused
from portal.duty.queries import duty_leader_rows, leading_terms
from portal.duty.rules import LeaderRow, duty_span, gains_by_leading, may_lead, segments_in
from portal.duty.rules.national import FIRST_YEAR, SOURCE, YEARS_AHEAD, NationalDay, known_days
from portal.duty.tables import CalendarDay, DutyLeader
from portal.grids.queries import grid_row
from portal.grids.services import bump_rights
from portal.permissions.rules import Permission, scope

MOST_DAYS = 62


class _StoredDay(NamedTuple):
    day: date
    kind: str
    name: str
    source: str


async def set_duty_leader(org_id: int, person_id: int, days: Sequence[date], *, by: Actor, note: str = "") -> list[int]:
    """Puts a person down as leader of whole days (Shanghai); gives the ids of the new rows.

    Today counts from now on, for what was is not rewritten. A day that this person already leads is left
    alone, so doing it twice changes nothing. Refused: a day that is over, more than 62 days at once, a person
    without a leading post (`LEADING_ROLES`) when the day begins, oneself when that would give more rights than
    one has. An organisation outside the actor's scope does not exist.
    """
    async with unit_of_work():
        path = await _may_edit(org_id, by)
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
        await _may_edit(org_id, by)
        spans = _spans(days)
        rows = await _rows_over(org_id, spans)
        wanted = [span for span in spans.values() if not _led_by(None, rows, *span)]
        return [await _enter(org_id, None, *span, by=by) for span in wanted]


async def _may_edit(org_id: int, by: Actor) -> str:
    """The path of the organisation, whose book this person may change."""
    grid = await grid_row(org_id)
    if grid is None or not scope(by, Permission.DUTY_EDIT).holds(grid.path, grid.org_id):
        raise NotFound()
    return grid.path


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
    row = {
        "org_id": org_id, "person_id": person_id, "starts_at": start, "ends_at": end, "note": note,
        "entered_at": now(), "entered_by": by.person_id,
    }  # fmt: skip
    [row_id] = await insert(DutyLeader, row)
    span = {"starts_at": stamp(start), "ends_at": stamp(end)}
    details = DutyLeaderSet(person_id=person_id, **span) if person_id else DutyLeaderCleared(**span)
    await record_event(details, org_id=org_id, subject_id=row_id, by=by, texts={"note": note})
    # Leading gives rights: whoever is signed in gets them with the next request (TA2).
    await bump_rights(org_id)
    return row_id


async def seed_calendar() -> int:
    """Brings the national days to what the installed package knows; gives how many rows changed.

    Run at each migration: a second run changes nothing, a new release of the package adds its year and
    corrects days that the State Council moved. Days entered by hand stay. No event is recorded, because
    national days are in no one's chain.
    """
    known = {row.day: row for row in known_days(FIRST_YEAR, today().year + YEARS_AHEAD)}
    async with unit_of_work():
        found = await fetch(_StoredDay, "SELECT day, kind, name, source FROM calendar_day WHERE org_id IS NULL")
        here = {row.day: row[:3] for row in found if row.source == SOURCE}
        by_hand = {row.day for row in found if row.source != SOURCE}
        stale = [day for day, row in here.items() if known.get(day) != row]
        fresh = [row for day, row in known.items() if here.get(day) != row and day not in by_hand]
        await _replace_days(stale, fresh)
    return len({*stale, *(row.day for row in fresh)})


async def _replace_days(stale: Sequence[date], fresh: Sequence[NationalDay]) -> None:
    for day in stale:
        await execute("DELETE FROM calendar_day WHERE key = {}", _national_key(day))
    rows = [
        {
            "org_id": None, "key": _national_key(row.day), "day": row.day, "kind": row.kind.value,
            "name": row.name, "source": SOURCE, "entered_at": now(),
        }
        for row in fresh
    ]  # fmt: skip
    await insert(CalendarDay, *rows)


def _national_key(day: date) -> str:
    return f"national:{day.isoformat()}"
