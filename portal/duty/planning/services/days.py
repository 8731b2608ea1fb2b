"""What a school says itself about single dates; the same rows move its due times."""

from datetime import date
from typing import NamedTuple

from portal.audit.catalogue import DutyDayCleared, DutyDaySet
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.database import execute, fetch_one, insert, unit_of_work
from portal.core.refusals import Conflict, Invalid
from portal.duty.planning.services.common import open_plan
from portal.duty.rules import DayKind
from portal.duty.tables import CalendarDay

SOURCE = "hand"


class _Own(NamedTuple):
    id: int
    kind: str
    name: str


async def set_day(org_id: int, day: date, kind: DayKind, name: str, *, was: str, by: Actor) -> bool:
    """A school says what a date is, from today on; False where it had said so already.

    `was` is the kind that it had said when somebody looked, "" for nothing; where that is another by now, nothing is
    done (`Conflict`). Refused: a date that is past, for what it asked for stays as it was.
    """
    async with unit_of_work():
        await open_plan(org_id, by)
        row = await _own(org_id, day, was)
        if row is not None and (row.kind, row.name) == (kind.value, name):
            return False
        day_id = await _write(org_id, day, kind, name, row)
        details = DutyDaySet(day=day.isoformat(), day_kind=kind.value, was_kind=row.kind if row else None)
        await record_event(details, org_id=org_id, subject_id=day_id, by=by, texts={"name": name})
        return True


async def _write(org_id: int, day: date, kind: DayKind, name: str, row: _Own | None) -> int:
    if row is not None:
        await execute(
            "UPDATE calendar_day SET kind = {}, name = {}, entered_at = {} WHERE id = {}",
            kind.value, name, now(), row.id,
        )  # fmt: skip
        return row.id
    made = {
        "org_id": org_id, "key": f"{org_id}:{day.isoformat()}", "day": day, "kind": kind.value, "name": name,
        "source": SOURCE, "entered_at": now(),
    }  # fmt: skip
    [day_id] = await insert(CalendarDay, made)
    return day_id


async def clear_day(org_id: int, day: date, *, was: str, by: Actor) -> bool:
    """A school says nothing of its own about a date any more; False where it had said nothing. Refused as above."""
    async with unit_of_work():
        await open_plan(org_id, by)
        row = await _own(org_id, day, was)
        if row is None:
            return False
        await execute("DELETE FROM calendar_day WHERE id = {}", row.id)
        details = DutyDayCleared(day=day.isoformat(), was_kind=row.kind)
        await record_event(details, org_id=org_id, subject_id=row.id, by=by, texts={"name": row.name})
        return True


async def _own(org_id: int, day: date, was: str) -> _Own | None:
    if day < today():
        raise Invalid({"day": "plan.day_is_over"})
    row = await fetch_one(_Own, "SELECT id, kind, name FROM calendar_day WHERE org_id = {} AND day = {}", org_id, day)
    if (row.kind if row else "") != was:
        raise Conflict()
    return row
