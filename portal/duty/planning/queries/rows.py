"""Rows of the plan one by one, as their forms show them: those of schools whose plan the actor may see."""

from datetime import date, datetime
from typing import NamedTuple, TypeVar

from portal.core.actors import Actor
from portal.core.database import fetch_one
from portal.core.refusals import NotFound
from portal.permissions.rules import Permission, scope


class AreaRow(NamedTuple):
    """An area; its school's path says who may see it."""

    id: int
    org_id: int
    path: str
    grid_id: int | None
    name: str
    name_en: str
    ended_at: datetime | None
    version: int
    by_phone: bool


class SlotRow(NamedTuple):
    """A slot."""

    id: int
    org_id: int
    path: str
    area_id: int | None
    day_kind: str
    role: str
    from_minute: int
    to_minute: int
    people: int
    name: str
    name_en: str
    first_day: date
    last_day: date | None
    source: str
    version: int
    asks_report: bool


class PeriodRow(NamedTuple):
    """A period."""

    id: int
    org_id: int
    path: str
    kind: str
    name: str
    first_day: date
    last_day: date
    raise_by: int
    ended_at: datetime | None
    version: int


class FallbackRow(NamedTuple):
    """A fallback, with the name of the person."""

    id: int
    org_id: int
    path: str
    area_id: int | None
    role: str
    person_id: int
    name: str
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None


class RoleRow(NamedTuple):
    """A role of a school's own."""

    id: int
    org_id: int
    path: str
    code: str
    name: str
    name_en: str


class KindRow(NamedTuple):
    """A kind of day of a school's own."""

    id: int
    org_id: int
    path: str
    code: str
    name: str
    name_en: str


R = TypeVar("R", AreaRow, SlotRow, PeriodRow, FallbackRow, RoleRow, KindRow)


async def area_row(area_id: int, *, by: Actor, edit: bool = False) -> AreaRow:
    """An area; an ended one is not found any more."""
    found = await _row(
        AreaRow,
        "SELECT x.id, x.org_id, g.path, x.grid_id, x.name, x.name_en, x.ended_at, x.version, x.by_phone "
        "FROM duty_area x JOIN grid g ON g.id = x.org_id WHERE x.id = {}",
        area_id, by, edit,
    )  # fmt: skip
    if found.ended_at is not None:
        raise NotFound()
    return found._replace(by_phone=bool(found.by_phone))  # SQLite gives 0 and 1


async def slot_row(slot_id: int, *, by: Actor, edit: bool = False) -> SlotRow:
    """A slot, also one that holds no more."""
    found = await _row(
        SlotRow,
        "SELECT x.id, x.org_id, g.path, x.area_id, x.day_kind, x.role, x.from_minute, x.to_minute, x.people, x.name, "
        "x.name_en, x.first_day, x.last_day, x.source, x.version, x.asks_report FROM duty_slot x "
        "JOIN grid g ON g.id = x.org_id WHERE x.id = {}",
        slot_id, by, edit,
    )  # fmt: skip
    return found._replace(asks_report=bool(found.asks_report))


async def period_row(period_id: int, *, by: Actor, edit: bool = False) -> PeriodRow:
    """A period; one that was taken away before it began is not found any more."""
    found = await _row(
        PeriodRow,
        "SELECT x.id, x.org_id, g.path, x.kind, x.name, x.first_day, x.last_day, x.raise_by, x.ended_at, x.version "
        "FROM duty_period x JOIN grid g ON g.id = x.org_id WHERE x.id = {}",
        period_id, by, edit,
    )  # fmt: skip
    if found.ended_at is not None:
        raise NotFound()
    return found


async def fallback_row(fallback_id: int, *, by: Actor, edit: bool = False) -> FallbackRow:
    """A fallback, also one that is over."""
    return await _row(
        FallbackRow,
        "SELECT x.id, x.org_id, g.path, x.area_id, x.role, x.person_id, p.name, x.starts_at, x.ends_at, x.ended_at "
        "FROM duty_fallback x JOIN grid g ON g.id = x.org_id JOIN person p ON p.id = x.person_id WHERE x.id = {}",
        fallback_id, by, edit,
    )  # fmt: skip


async def role_row(role_id: int, *, by: Actor, edit: bool = False) -> RoleRow:
    """A role of the school's own; what all schools share belongs to none."""
    return await _row(
        RoleRow,
        "SELECT x.id, x.org_id, g.path, x.code, x.name, x.name_en FROM duty_role x JOIN grid g ON g.id = x.org_id "
        "WHERE x.id = {}",
        role_id, by, edit,
    )  # fmt: skip


async def kind_row(kind_id: int, *, by: Actor, edit: bool = False) -> KindRow:
    """A kind of day of the school's own; what all schools share belongs to none."""
    return await _row(
        KindRow,
        "SELECT x.id, x.org_id, g.path, x.code, x.name, x.name_en FROM duty_day_kind x JOIN grid g ON g.id = x.org_id "
        "WHERE x.id = {}",
        kind_id, by, edit,
    )  # fmt: skip


async def _row(row: type[R], sql: str, row_id: int, by: Actor, edit: bool) -> R:
    """One row, where the actor may see (or edit) the plan of its school; any other one does not exist."""
    permission = Permission.DUTY_PLAN_EDIT if edit else Permission.DUTY_PLAN_VIEW
    found = await fetch_one(row, sql, row_id)
    if found is None or not scope(by, permission).holds(found.path, found.org_id):
        raise NotFound()
    return found
