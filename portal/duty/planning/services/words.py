"""Roles and kinds of day of a school's own. What anything ever named stays; only its name changes."""

from typing import Any

from piccolo.table import Table

from portal.audit.catalogue import (
    DutyDayKindChanged,
    DutyDayKindMade,
    DutyDayKindRemoved,
    DutyRoleChanged,
    DutyRoleMade,
    DutyRoleRemoved,
)
from portal.audit.catalogue.details import Details
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.database import execute, fetch_column, fetch_value, insert, unit_of_work
from portal.core.refusals import Conflict, Invalid, Refused
from portal.duty.planning.queries import KindRow, RoleRow, kind_row, own_words, role_row
from portal.duty.planning.services.common import check_day_kind, open_plan
from portal.duty.tables import DutyDayKind, DutyRole

ROLE_KINDS = ("teacher", "security", "keeper")
"""What a role of one's own may be; there is one leader's role, and all schools share it."""


async def make_role(org_id: int, name: str, name_en: str, kind: str, *, by: Actor) -> int:
    """A role of the school's own; gives its id. Presence is asked of `security` roles only."""
    async with unit_of_work():
        await open_plan(org_id, by)
        if kind not in ROLE_KINDS:
            raise Invalid({"role_kind": "plan.role_kind_missing"})
        row = await _new_word(DutyRole, org_id, name, name_en, "role_name")
        [role_id] = await insert(DutyRole, {**row, "kind": kind})
        await _record(DutyRoleMade(role_kind=kind), org_id, role_id, by, name)
        return role_id


async def make_day_kind(org_id: int, name: str, name_en: str, inherits: str, *, by: Actor) -> int:
    """A kind of day of the school's own; where an area has no slots for it, those of `inherits` hold. Gives its id."""
    async with unit_of_work():
        await open_plan(org_id, by)
        await check_day_kind(org_id, inherits, "inherits")
        row = await _new_word(DutyDayKind, org_id, name, name_en, "kind_name")
        [kind_id] = await insert(DutyDayKind, {**row, "inherits": inherits})
        await _record(DutyDayKindMade(inherits=inherits), org_id, kind_id, by, name)
        return kind_id


async def _new_word(table: type[Table], org_id: int, name: str, name_en: str, field: str) -> dict[str, Any]:
    """The row of a new word, after those there are; its code is never one that another had."""
    there = await fetch_column(
        f"SELECT name FROM {table._meta.tablename} WHERE org_id IS NULL OR org_id = {{}}", org_id
    )
    if name in there:
        raise Invalid({field: "plan.name_taken"})
    last = int(await fetch_value(f"SELECT COALESCE(max(id), 0) FROM {table._meta.tablename}"))
    code = f"own{last + 1}"
    return {"org_id": org_id, "code": code, "name": name, "name_en": name_en or name, "sort": len(there)}


async def rename_role(role_id: int, name: str, name_en: str, *, was: str, by: Actor) -> None:
    """Another name for a role; `was` is the one that was seen."""
    async with unit_of_work():
        row = await role_row(role_id, by=by, edit=True)
        await open_plan(row.org_id, by)
        await _rename(DutyRole, row, name, name_en, was)
        await _record(DutyRoleChanged(), row.org_id, role_id, by, name)


async def rename_day_kind(kind_id: int, name: str, name_en: str, *, was: str, by: Actor) -> None:
    """Another name for a kind of day; `was` is the one that was seen."""
    async with unit_of_work():
        row = await kind_row(kind_id, by=by, edit=True)
        await open_plan(row.org_id, by)
        await _rename(DutyDayKind, row, name, name_en, was)
        await _record(DutyDayKindChanged(), row.org_id, kind_id, by, name)


async def _rename(table: type[Table], row: RoleRow | KindRow, name: str, name_en: str, was: str) -> None:
    there = await fetch_value(
        f"SELECT count(*) FROM {table._meta.tablename} WHERE (org_id IS NULL OR org_id = {{}}) AND id <> {{}} "
        "AND name = {}",
        row.org_id, row.id, name,
    )  # fmt: skip
    if there:
        raise Invalid({"name": "plan.name_taken"})
    changed = await execute(
        f"UPDATE {table._meta.tablename} SET name = {{}}, name_en = {{}} WHERE id = {{}} AND name = {{}} RETURNING id",
        name, name_en or name, row.id, was,
    )  # fmt: skip
    if not changed:
        raise Conflict()


async def remove_role(role_id: int, *, was: str, by: Actor) -> None:
    """Takes a role away that nothing ever named; any other stays (`plan.word_is_used`). `was`: as above."""
    async with unit_of_work():
        row = await role_row(role_id, by=by, edit=True)
        await open_plan(row.org_id, by)
        await _check_unused(row, "role", was)
        await execute("DELETE FROM duty_role WHERE id = {}", role_id)
        await _record(DutyRoleRemoved(), row.org_id, role_id, by, row.name)


async def remove_day_kind(kind_id: int, *, was: str, by: Actor) -> None:
    """Takes a kind of day away that nothing ever named; any other stays (`plan.word_is_used`). `was`: as above."""
    async with unit_of_work():
        row = await kind_row(kind_id, by=by, edit=True)
        await open_plan(row.org_id, by)
        await _check_unused(row, "kind", was)
        await execute("DELETE FROM duty_day_kind WHERE id = {}", kind_id)
        await _record(DutyDayKindRemoved(), row.org_id, kind_id, by, row.name)


async def _check_unused(row: RoleRow | KindRow, what: str, was: str) -> None:
    if row.name != was:
        raise Conflict()
    if any(one.used for one in await own_words(row.org_id) if (one.what, one.id) == (what, row.id)):
        raise Refused("plan.word_is_used")


async def _record(details: Details, org_id: int, subject_id: int, by: Actor, name: str) -> None:
    await record_event(details, org_id=org_id, subject_id=subject_id, by=by, texts={"name": name})
