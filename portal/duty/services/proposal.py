"""What every school starts from: roles, kinds of day and weights that all share, and the areas and slots proposed."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from piccolo.table import Table

from portal.audit.catalogue import DutyProposalAdopted
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.database import fetch_column, fetch_value, insert, unit_of_work
from portal.core.refusals import Refused
from portal.duty.services.shifts import may_edit_book
from portal.duty.tables import DutyArea, DutyDayKind, DutyRole, DutySlot, DutyWeight
from portal.grids.services import bump_rights

DATA = Path(__file__).parent.parent / "data"
WHOLE_SCHOOL = "Whole school (leader on duty)"


def _read(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


async def seed_duty_words() -> None:
    """Puts in the shared roles, kinds of day and weights that are not there yet; what is there stays as it is."""
    async with unit_of_work():
        await _seed(DutyRole, "code", [{**row, "sort": n} for n, row in enumerate(_read("duty_roles.csv"))])
        kinds = [
            {**row, "inherits": row["inherits"] or None, "sort": n} for n, row in enumerate(_read("duty_day_kinds.csv"))
        ]
        await _seed(DutyDayKind, "code", kinds)
        weights = [{"kind": row["kind"], "tenths": int(row["tenths"])} for row in _read("duty_weights.csv")]
        await _seed(DutyWeight, "kind", weights)


async def _seed(table: type[Table], key: str, rows: list[dict[str, Any]]) -> None:
    there = set(await fetch_column(f"SELECT {key} FROM {table._meta.tablename} WHERE org_id IS NULL"))
    await insert(table, *({**row, "org_id": None} for row in rows if row[key] not in there))


async def adopt_proposal(org_id: int, *, by: Actor) -> int:
    """Gives a school the seven areas with the slots of four kinds of day (R09, R93), from today on; says how many.

    They cover each day without a hole and are the school's to change. Refused (`duty.has_areas`) where the school has
    areas already.
    """
    async with unit_of_work():
        await may_edit_book(org_id, by)
        if await fetch_value("SELECT count(*) FROM duty_area WHERE org_id = {} AND ended_at IS NULL", org_id):
            raise Refused("duty.has_areas")
        rows = list(_read("duty_slots.csv"))
        areas = await _areas(org_id, rows)
        roles = {role["name"]: role["code"] for role in _read("duty_roles.csv")}
        at, first = now(), today()
        slots = [
            {
                "org_id": org_id, "area_id": areas.get(row["area_zh"]), "day_kind": row["kind_of_day"],
                "from_minute": _minute(row["start"]), "to_minute": _minute(row["end"]), "name": row["slot_zh"],
                "name_en": row["slot_en"], "role": roles[row["required_role"]], "people": int(row["min_people"]),
                "first_day": first, "source": row["source"], "entered_at": at, "entered_by": by.person_id,
            }
            for row in rows
        ]  # fmt: skip
        await insert(DutySlot, *slots)
        details = DutyProposalAdopted(areas=len(areas), slots=len(slots))
        await record_event(details, org_id=org_id, subject_id=org_id, by=by)
        await bump_rights(org_id)
        return len(slots)


async def _areas(org_id: int, rows: list[dict[str, str]]) -> dict[str, int]:
    """Makes the areas; the whole school needs none."""
    names = {row["area_zh"]: row["area_en"] for row in rows if row["area_en"] != WHOLE_SCHOOL}
    made = [
        {"org_id": org_id, "name": name, "name_en": english, "sort": n, "made_at": now()}
        for n, (name, english) in enumerate(names.items())
    ]
    return dict(zip(names, await insert(DutyArea, *made), strict=True))


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
