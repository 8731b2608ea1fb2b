"""Slots: added, changed and ended from a date on, copied to another kind of day. A row that held is never rewritten."""

from datetime import date
from typing import Any, NamedTuple

from portal.audit.catalogue import DutySlotAdded, DutySlotChanged, DutySlotEnded, DutySlotsCopied
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.database import compare_and_set, execute, insert, unit_of_work
from portal.core.refusals import Conflict, Invalid, Refused
from portal.duty.planning.queries import SlotRow, slot_row
from portal.duty.planning.rules import held, state_of
from portal.duty.planning.services.common import ONE_DAY, check_day_kind, check_first_day, check_lane, open_plan
from portal.duty.queries import plan_of
from portal.duty.rules import LEADING, Line, Slot
from portal.duty.tables import DutySlot


class NewSlot(NamedTuple):
    """From minute to minute so many people of a role; from a date on. `asks_report`: heads are counted after it."""

    role: str
    from_minute: int
    to_minute: int
    people: int
    name: str
    name_en: str
    first_day: date
    asks_report: bool = False


async def add_slot(org_id: int, area_id: int | None, day_kind: str, new: NewSlot, *, by: Actor) -> int:
    """A new slot of an area (None: the whole school) on a kind of day; gives its id.

    Refused: a lane or a kind of day that the school has not; a date that is over, and today where somebody is on duty
    in the lane today; two leaders.
    """
    async with unit_of_work():
        await open_plan(org_id, by)
        line = Line(area_id, new.role)
        await check_lane(org_id, line)
        await check_day_kind(org_id, day_kind)
        await check_first_day(org_id, new.first_day, line)
        _check_leader(line, new)
        slot_id = await _enter(org_id, area_id, day_kind, new, None, by)
        details = DutySlotAdded(
            area_id=area_id, day_kind=day_kind, role=new.role, from_minute=new.from_minute, to_minute=new.to_minute,
            people=new.people, first_day=new.first_day.isoformat(), asks_report=new.asks_report,
        )  # fmt: skip
        await record_event(details, org_id=org_id, subject_id=slot_id, by=by, texts={"name": new.name})
        return slot_id


async def change_slot(slot_id: int, new: NewSlot, *, version: int, by: Actor) -> int:
    """From a date on the slot is another; gives the id of the row that holds then.

    The row ends with the day before, and another one begins; one that has not held yet is changed itself. Refused as
    in `add_slot`, and where the slot holds no more on that date.
    """
    async with unit_of_work():
        row = await slot_row(slot_id, by=by, edit=True)
        await open_plan(row.org_id, by)
        lines = (Line(row.area_id, row.role), Line(row.area_id, new.role))
        await _check_change(row, new.first_day)
        await check_lane(row.org_id, lines[1])
        await check_first_day(row.org_id, new.first_day, *lines)
        _check_leader(lines[1], new)
        if not _differs(row, new):
            return slot_id
        new_id = await _replace(row, new, version, by)
        details = DutySlotChanged(
            new_id=new_id, role=new.role, from_minute=new.from_minute, to_minute=new.to_minute, people=new.people,
            first_day=new.first_day.isoformat(), asks_report=new.asks_report,
        )  # fmt: skip
        await record_event(details, org_id=row.org_id, subject_id=slot_id, by=by, texts={"name": new.name})
        return new_id


async def _replace(row: SlotRow, new: NewSlot, version: int, by: Actor) -> int:
    if row.first_day >= new.first_day:
        await compare_and_set(DutySlot, row.id, version=version, **new._asdict())
        return row.id
    await compare_and_set(DutySlot, row.id, version=version, last_day=new.first_day - ONE_DAY)
    return await _enter(row.org_id, row.area_id, row.day_kind, new, row.last_day, by)


async def end_slot(slot_id: int, first_day: date, *, version: int, by: Actor) -> None:
    """From a date on the slot holds no more. Refused as in `change_slot`."""
    async with unit_of_work():
        row = await slot_row(slot_id, by=by, edit=True)
        await open_plan(row.org_id, by)
        await _check_change(row, first_day)
        await check_first_day(row.org_id, first_day, Line(row.area_id, row.role))
        last_day = min(row.first_day, first_day) - ONE_DAY if row.first_day >= first_day else first_day - ONE_DAY
        await compare_and_set(DutySlot, slot_id, version=version, last_day=last_day)
        details = DutySlotEnded(last_day=last_day.isoformat())
        await record_event(details, org_id=row.org_id, subject_id=slot_id, by=by, texts={"name": row.name})


async def copy_slots(
    org_id: int, area_id: int | None, from_kind: str, to_kind: str, first_day: date, *, state: str, by: Actor
) -> int:
    """From a date on an area asks on one kind of day for what it asks for on another; says for how many slots.

    What it asked for on that kind of day until then ends. `state` marks what that was when somebody looked
    (`state_of`); where it is another by now, nothing is done (`Conflict`).
    """
    async with unit_of_work():
        await open_plan(org_id, by)
        for field, code in (("from_kind", from_kind), ("to_kind", to_kind)):
            await check_day_kind(org_id, code, field)
        plan = await plan_of(org_id, around=first_day)
        area = plan.areas.get(area_id or 0)
        if area_id is not None and (area is None or area.is_ended):
            raise Invalid({"from_kind": "duty.no_such_lane"})
        source = held(plan.slots, plan.days, area_id, from_kind, first_day)
        stands = standing(plan.slots, area_id, to_kind, first_day)
        _check_copy(source.kind, to_kind, state, standing(plan.slots, area_id, to_kind, today()))
        await check_first_day(org_id, first_day, *(slot.line for slot in (*source.slots, *stands)))
        await _end_all(stands, first_day)
        for slot in source.slots:
            await _enter(org_id, area_id, to_kind, _copied(slot, first_day), None, by)
        details = DutySlotsCopied(
            area_id=area_id, from_kind=from_kind, to_kind=to_kind, first_day=first_day.isoformat(),
            slots=len(source.slots), ended=len(stands),
        )  # fmt: skip
        await record_event(details, org_id=org_id, subject_id=org_id, by=by)
        return len(source.slots)


def standing(slots: tuple[Slot, ...], area_id: int | None, kind: str, day: date) -> list[Slot]:
    """The slots of an area's own on a kind of day that hold on a date or later."""
    return [
        slot for slot in slots
        if (slot.area_id, slot.day_kind) == (area_id, kind) and (slot.last_day is None or slot.last_day >= day)
        and (slot.last_day is None or slot.last_day >= slot.first_day)
    ]  # fmt: skip


def _check_copy(from_kind: str, to_kind: str, state: str, stands: list[Slot]) -> None:
    if state != state_of(stands):
        raise Conflict()
    if not from_kind:
        raise Invalid({"from_kind": "plan.nothing_to_copy"})
    if from_kind == to_kind:
        raise Invalid({"from_kind": "plan.same_kind"})


def _copied(slot: Slot, first_day: date) -> NewSlot:
    return NewSlot(
        slot.role, slot.from_minute, slot.to_minute, slot.people, slot.name, slot.name_en, first_day, slot.asks_report
    )  # fmt: skip


async def _end_all(slots: list[Slot], first_day: date) -> None:
    """The lock of the book is held and the state was compared, so no version is asked for."""
    for slot in slots:
        last_day = min(slot.first_day, first_day) - ONE_DAY
        if slot.first_day < first_day:
            last_day = first_day - ONE_DAY
        await execute("UPDATE duty_slot SET last_day = {}, version = version + 1 WHERE id = {}", last_day, slot.id)


async def _check_change(row: SlotRow, day: date) -> None:
    if row.last_day is not None and (row.last_day < day or row.last_day < row.first_day):
        raise Refused("plan.slot_is_over")
    if row.area_id is not None:
        await check_lane(row.org_id, Line(row.area_id, row.role))


def _check_leader(line: Line, new: NewSlot) -> None:
    if line == LEADING and new.people != 1:
        raise Invalid({"people": "plan.one_leader"})


def _differs(row: SlotRow, new: NewSlot) -> bool:
    stands = NewSlot(
        row.role, row.from_minute, row.to_minute, row.people, row.name, row.name_en, new.first_day, row.asks_report
    )  # fmt: skip
    return stands != new


async def _enter(
    org_id: int, area_id: int | None, day_kind: str, new: NewSlot, last_day: date | None, by: Actor
) -> int:
    row: dict[str, Any] = {
        "org_id": org_id, "area_id": area_id, "day_kind": day_kind, **new._asdict(), "last_day": last_day,
        "source": "hand", "entered_at": now(), "entered_by": by.person_id,
    }  # fmt: skip
    [slot_id] = await insert(DutySlot, row)
    return slot_id
