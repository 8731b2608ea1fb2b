"""What every school starts from: roles, kinds of day and weights that all share, and the areas and slots proposed."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from piccolo.table import Table

from portal.audit.catalogue import DutyProposalAdopted
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.database import fetch, fetch_column, fetch_value, insert, unit_of_work
from portal.core.refusals import Refused
from portal.duty.rules.places import PlaceAt, only_place
from portal.duty.services.shifts import may_edit_book
from portal.duty.tables import DutyArea, DutyDayKind, DutyRole, DutySlot, DutyWeight
from portal.grids.services import bump_rights

DATA = Path(__file__).parent.parent / "data"
WHOLE_SCHOOL = "Whole school (leader on duty)"
ASKS_REPORT = "zero report"
"""A proposed slot that says so asks for a report; from then on the slot itself knows."""


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


class ProposedSlot(NamedTuple):
    """A slot that every school is offered; `area` is "" for the whole school."""

    area: str
    area_en: str
    day_kind: str
    from_minute: int
    to_minute: int
    name: str
    name_en: str
    role: str
    people: int
    source: str
    asks_report: bool


def proposed_slots() -> list[ProposedSlot]:
    """The seven areas on four kinds of day, each minute once (R09, R93)."""
    roles = {role["name"]: role["code"] for role in _read("duty_roles.csv")}
    return [
        ProposedSlot(
            "" if row["area_en"] == WHOLE_SCHOOL else row["area_zh"], row["area_en"], row["kind_of_day"],
            _minute(row["start"]), _minute(row["end"]), row["slot_zh"], row["slot_en"], roles[row["required_role"]],
            int(row["min_people"]), row["source"], ASKS_REPORT in row["slot_en"],
        )
        for row in _read("duty_slots.csv")
    ]  # fmt: skip


async def proposed_places(org_id: int) -> dict[str, PlaceAt]:
    """The grid that each proposed area is, where exactly one of the school fits. One statement."""
    grids = await fetch(
        PlaceAt, "SELECT id, parent_id, kind, name FROM grid WHERE org_id = {} AND ended_at IS NULL ORDER BY id", org_id
    )
    found = {row["area"]: only_place(row["kind"], row["words"].split(";"), grids) for row in _read("duty_areas.csv")}
    return {area: place for area, place in found.items() if place is not None}


async def adopt_proposal(org_id: int, *, by: Actor) -> int:
    """Gives a school the seven areas with the slots of four kinds of day, from today on; says how many slots.

    They cover each day without a hole and are the school's to change. An area is tied to its grid where exactly one
    fits. Refused (`duty.has_areas`) where the school has areas or slots already.
    """
    async with unit_of_work():
        await may_edit_book(org_id, by)
        await bump_rights(org_id)  # also: two who take it at once wait for each other
        if await _has_plan(org_id):
            raise Refused("duty.has_areas")
        rows = proposed_slots()
        areas = await _areas(org_id, rows)
        at, first = now(), today()
        slots = [
            {
                "org_id": org_id, "area_id": areas.get(row.area), "day_kind": row.day_kind,
                "from_minute": row.from_minute, "to_minute": row.to_minute, "name": row.name, "name_en": row.name_en,
                "role": row.role, "people": row.people, "first_day": first, "source": row.source, "entered_at": at,
                "entered_by": by.person_id, "asks_report": row.asks_report,
            }
            for row in rows
        ]  # fmt: skip
        await insert(DutySlot, *slots)
        details = DutyProposalAdopted(areas=len(areas), slots=len(slots))
        await record_event(details, org_id=org_id, subject_id=org_id, by=by)
        return len(slots)


async def _has_plan(org_id: int) -> bool:
    found = await fetch_value(
        "SELECT count(*) FROM (SELECT id FROM duty_area WHERE org_id = {} AND ended_at IS NULL UNION ALL "
        "SELECT id FROM duty_slot WHERE org_id = {} AND (last_day IS NULL OR last_day >= {})) x",
        org_id, org_id, today(),
    )  # fmt: skip
    return bool(found)


async def _areas(org_id: int, rows: list[ProposedSlot]) -> dict[str, int]:
    """Makes the areas; the whole school needs none."""
    names, places = {row.area: row.area_en for row in rows if row.area}, await proposed_places(org_id)
    made = [
        {
            "org_id": org_id, "grid_id": places[name].id if name in places else None, "name": name,
            "name_en": english, "sort": n, "made_at": now(),
        }
        for n, (name, english) in enumerate(names.items())
    ]  # fmt: skip
    return dict(zip(names, await insert(DutyArea, *made), strict=True))


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
