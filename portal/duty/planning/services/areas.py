"""Areas: made, renamed, tied to a grid, ended with what hangs on them."""

from datetime import date, datetime
from typing import NamedTuple

from portal.audit.catalogue import DutyAreaChanged, DutyAreaEnded, DutyAreaMade, DutyShiftCancelled
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.database import compare_and_set, execute, fetch, fetch_value, insert, unit_of_work
from portal.core.refusals import Invalid
from portal.duty.planning.queries import Hanging, area_row, hanging_on
from portal.duty.planning.services.common import ONE_DAY, end_of, open_plan
from portal.duty.services.listeners import tell_listeners
from portal.duty.tables import DutyArea


class NewArea(NamedTuple):
    """What an area is called, which grid it is, if any, and whether its posts are taken over on the phone."""

    name: str
    name_en: str = ""
    grid_id: int | None = None
    by_phone: bool = True


async def make_area(org_id: int, new: NewArea, *, by: Actor) -> int:
    """A new area of a school, the last in the order; gives its id. Refused: a name or grid that another area has."""
    async with unit_of_work():
        await open_plan(org_id, by)
        await _check(org_id, new)
        sort = await fetch_value("SELECT COALESCE(max(sort), -1) + 1 FROM duty_area WHERE org_id = {}", org_id)
        [area_id] = await insert(
            DutyArea,
            {"org_id": org_id, "grid_id": new.grid_id, "name": new.name, "name_en": new.name_en, "sort": int(sort),
             "made_at": now(), "by_phone": new.by_phone},
        )  # fmt: skip
        await record_event(
            DutyAreaMade(grid_id=new.grid_id), org_id=org_id, subject_id=area_id, by=by, texts={"name": new.name}
        )
        return area_id


async def change_area(area_id: int, new: NewArea, *, version: int, by: Actor) -> bool:
    """Another name or grid for an area, or its posts on paper; False where nothing is different. Refused as in
    `make_area`."""
    async with unit_of_work():
        row = await area_row(area_id, by=by, edit=True)
        await open_plan(row.org_id, by)
        if new == NewArea(row.name, row.name_en, row.grid_id, row.by_phone):
            return False
        await _check(row.org_id, new, but=area_id)
        await compare_and_set(
            DutyArea, area_id, version=version, name=new.name, name_en=new.name_en, grid_id=new.grid_id,
            by_phone=new.by_phone,
        )  # fmt: skip
        await record_event(
            DutyAreaChanged(grid_id=new.grid_id, was_grid_id=row.grid_id, by_phone=new.by_phone), org_id=row.org_id,
            subject_id=area_id, by=by, texts={"name": new.name, "was": row.name},
        )  # fmt: skip
        return True


async def _check(org_id: int, new: NewArea, but: int = 0) -> None:
    if await fetch_value(
        "SELECT count(*) FROM duty_area WHERE org_id = {} AND ended_at IS NULL AND id <> {} AND name = {}",
        org_id, but, new.name,
    ):  # fmt: skip
        raise Invalid({"name": "plan.name_taken"})
    if new.grid_id is None:
        return
    if not await fetch_value(
        "SELECT count(*) FROM grid WHERE id = {} AND org_id = {} AND ended_at IS NULL", new.grid_id, org_id
    ):
        raise Invalid({"grid": "plan.no_such_grid"})
    if await fetch_value(
        "SELECT count(*) FROM duty_area WHERE org_id = {} AND ended_at IS NULL AND id <> {} AND grid_id = {}",
        org_id, but, new.grid_id,
    ):  # fmt: skip
        raise Invalid({"grid": "plan.grid_taken"})


async def end_area(area_id: int, *, version: int, by: Actor) -> Hanging:
    """Ends an area with today; says what went with it.

    Its slots hold today for the last time, shifts that begin later are cancelled one by one, as if each were cancelled
    by hand, fallbacks end with the day, its feeds at once. What is past stays.
    """
    async with unit_of_work():
        row = await area_row(area_id, by=by, edit=True)
        await open_plan(row.org_id, by)
        end = end_of(today())
        gone = await hanging_on(area_id, end)
        await compare_and_set(DutyArea, area_id, version=version, ended_at=now())
        await _end_slots(area_id)
        await _cancel_shifts(row.org_id, area_id, end, by=by)
        await _end_fallbacks(area_id, end)
        await execute("UPDATE duty_feed SET ended_at = {} WHERE area_id = {} AND ended_at IS NULL", now(), area_id)
        details = DutyAreaEnded(
            last_day=today().isoformat(), slots=gone.slots, shifts=gone.shifts, fallbacks=gone.fallbacks,
            feeds=gone.feeds,
        )  # fmt: skip
        await record_event(details, org_id=row.org_id, subject_id=area_id, by=by, texts={"name": row.name})
        return gone


async def _end_slots(area_id: int) -> None:
    """Also those that would begin later: they end before they begin, and never hold."""
    await execute(
        "UPDATE duty_slot SET last_day = {}, version = version + 1 WHERE area_id = {} AND first_day <= {} "
        "AND (last_day IS NULL OR last_day > {})",
        today(), area_id, today(), today(),
    )  # fmt: skip
    first_days = await fetch(
        _Later, "SELECT id, first_day FROM duty_slot WHERE area_id = {} AND first_day > {}", area_id, today()
    )
    for row in first_days:
        await execute(
            "UPDATE duty_slot SET last_day = {}, version = version + 1 WHERE id = {}", row.first_day - ONE_DAY, row.id
        )


class _Later(NamedTuple):
    id: int
    first_day: date


class _Shift(NamedTuple):
    id: int
    person_id: int | None
    starts_at: datetime
    ends_at: datetime


async def _cancel_shifts(org_id: int, area_id: int, end: datetime, *, by: Actor) -> None:
    rows = await fetch(
        _Shift,
        "UPDATE duty_shift SET cancelled_at = {}, sequence = sequence + 1, version = version + 1 WHERE area_id = {} "
        "AND starts_at >= {} AND cancelled_at IS NULL AND published_at IS NOT NULL "
        "RETURNING id, person_id, starts_at, ends_at",
        now(), area_id, end,
    )  # fmt: skip
    for row in sorted(rows):
        details = DutyShiftCancelled(
            person_id=row.person_id, starts_at=stamp(row.starts_at), ends_at=stamp(row.ends_at)
        )
        await record_event(details, org_id=org_id, subject_id=row.id, by=by)
        await tell_listeners(row.id, "cancelled", by)


async def _end_fallbacks(area_id: int, end: datetime) -> None:
    """One that has begun keeps the days it had; one that has not never holds."""
    await execute(
        "UPDATE duty_fallback SET ended_at = {} WHERE area_id = {} AND ended_at IS NULL AND starts_at >= {}",
        now(), area_id, end,
    )  # fmt: skip
    await execute(
        "UPDATE duty_fallback SET ends_at = {} WHERE area_id = {} AND ended_at IS NULL AND ends_at > {}",
        end, area_id, end,
    )  # fmt: skip
