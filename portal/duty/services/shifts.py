"""Shifts of the book: entered, moved, given to another, cancelled. What is past stays as it is (D17)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.audit.catalogue import DutyShiftCancelled, DutyShiftChanged, DutyShiftEntered
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch, fetch_one, fetch_value, insert, unit_of_work
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.duty.queries import lane_state, leading_terms
from portal.duty.rules import LEADING, Line, gains_by_leading, may_lead
from portal.duty.services.listeners import tell_listeners
from portal.duty.tables import DutyShift
from portal.grids.queries import grid_row
from portal.grids.services import bump_rights
from portal.permissions.rules import Permission, scope

LONGEST_SHIFT = timedelta(hours=24)


class ShiftRow(NamedTuple):
    """A shift as a change reads it."""

    id: int
    org_id: int
    area_id: int | None
    role: str
    person_id: int | None
    post_id: int | None
    starts_at: datetime
    ends_at: datetime
    note: str
    roster_id: int | None
    published_at: datetime | None
    cancelled_at: datetime | None
    sequence: int
    version: int

    @property
    def line(self) -> Line:
        """The lane it lies in."""
        return Line(self.area_id, self.role)


_COLUMNS = (
    "id, org_id, area_id, role, person_id, post_id, starts_at, ends_at, note, roster_id, published_at, cancelled_at, "
    "sequence, version"
)


@dataclass(frozen=True, slots=True)
class NewShift:
    """What a shift shall be: a person or a post, in a lane, over `[starts_at, ends_at)`."""

    line: Line
    starts_at: datetime
    ends_at: datetime
    person_id: int | None = None
    post_id: int | None = None
    note: str = ""


async def may_edit_book(org_id: int, by: Actor) -> str:
    """The path of the organisation, whose book this person may change; any other organisation does not exist."""
    grid = await grid_row(org_id)
    if grid is None or grid.id != grid.org_id or not scope(by, Permission.DUTY_EDIT).holds(grid.path, grid.org_id):
        raise NotFound()
    return grid.path


async def shift_to_change(shift_id: int, *, by: Actor) -> ShiftRow:
    """A shift of a book that the actor may change; any other one does not exist."""
    row = await fetch_one(ShiftRow, f"SELECT {_COLUMNS} FROM duty_shift WHERE id = {{}}", shift_id)
    if row is None or row.cancelled_at is not None:
        raise NotFound()
    await may_edit_book(row.org_id, by)
    return row


async def shift_to_lock(shift_id: int, *, by: Actor) -> ShiftRow:
    """The same, once nobody else changes this book: its lock comes before those of its shifts, swaps and events, so
    that two who change it wait for each other and never for ever."""
    await bump_rights((await shift_to_change(shift_id, by=by)).org_id)
    return await shift_to_change(shift_id, by=by)


async def add_shift(org_id: int, new: NewShift, *, by: Actor) -> int:
    """Puts somebody on duty, at once in force; gives the shift's id.

    Refused: a time that is over or empty, more than 24 hours, an area or a role that the school has not, somebody who
    is not of its staff; for the leader's lane also whoever has no leading post then, and oneself where that would give
    more rights than one has. What lies in the leader's lane over that time makes room; other lanes hold several.
    """
    async with unit_of_work():
        path = await may_edit_book(org_id, by)
        await bump_rights(org_id)  # also: whoever changes the same book waits here
        return await _add(org_id, new, by=by, path=path)


async def add_shifts(
    org_id: int, new: NewShift, people: Sequence[int], *, by: Actor, state: str | None = None
) -> list[int]:
    """Puts several people on duty over the same time, all of them or nobody; gives the shifts' ids.

    `state` is what the lane held when they were chosen (`lane_state`): where it holds something else by now, somebody
    was quicker (`Conflict`), and nobody is put there twice. Refused as in `add_shift`; a leader leads alone.
    """
    async with unit_of_work():
        path = await may_edit_book(org_id, by)
        await bump_rights(org_id)
        if state is not None and state != await lane_state(org_id, new.line, new.starts_at, new.ends_at):
            raise Conflict("duty.lane_changed")
        if not people:
            raise Invalid({"person": "duty.person_missing"})
        if new.line == LEADING and len(people) > 1:
            raise Invalid({"person": "duty.leads_alone"})
        return [await _add(org_id, replace(new, person_id=one, post_id=None), by=by, path=path) for one in people]


async def _add(org_id: int, new: NewShift, *, by: Actor, path: str) -> int:
    await check_shift(org_id, new, by=by, path=path)
    if new.line == LEADING:
        await clear_lane(org_id, LEADING, new.starts_at, new.ends_at, by=by)
    shift_id = await enter_shift(
        org_id, new.line, new.starts_at, new.ends_at, person_id=new.person_id, post_id=new.post_id, by=by, note=new.note
    )
    details = DutyShiftEntered(
        role=new.line.role, area_id=new.line.area_id, person_id=new.person_id, post_id=new.post_id,
        starts_at=stamp(new.starts_at), ends_at=stamp(new.ends_at),
    )  # fmt: skip
    await record_event(details, org_id=org_id, subject_id=shift_id, by=by, texts={"note": new.note})
    return shift_id


async def change_shift(
    shift_id: int, *, version: int, by: Actor, starts_at: datetime | None = None, ends_at: datetime | None = None,
    person_id: int | None = None,
) -> int:  # fmt: skip
    """Moves a shift, or gives it to another person, before it has begun; gives the new version.

    Swaps go with it, and whoever has to know is told (`listeners`). Refused: as in `add_shift`; a shift that has begun
    (`duty.shift_has_begun`), for what happens now is a take-over and what was is a correction; a version that is not
    today's (`Conflict`).
    """
    async with unit_of_work():
        row = await shift_to_lock(shift_id, by=by)
        if row.starts_at <= now():
            raise Refused("duty.shift_has_begun")
        new = NewShift(
            row.line, starts_at or row.starts_at, ends_at or row.ends_at, person_id or row.person_id,
            None if person_id else row.post_id, row.note,
        )  # fmt: skip
        path = await may_edit_book(row.org_id, by)
        await check_shift(row.org_id, new, by=by, path=path)
        fresh = await compare_and_set(
            DutyShift, shift_id, version=version, starts_at=new.starts_at, ends_at=new.ends_at,
            person_id=new.person_id, post_id=new.post_id, sequence=row.sequence + 1,
        )  # fmt: skip
        details = DutyShiftChanged(
            person_id=new.person_id, was_person_id=row.person_id, starts_at=stamp(new.starts_at),
            ends_at=stamp(new.ends_at), was_from=stamp(row.starts_at), was_to=stamp(row.ends_at),
        )  # fmt: skip
        await record_event(details, org_id=row.org_id, subject_id=shift_id, by=by)
        if (new.person_id, new.post_id) != (row.person_id, row.post_id):
            await tell_listeners(shift_id, "given", by)
        if (new.starts_at, new.ends_at) != (row.starts_at, row.ends_at):
            await tell_listeners(shift_id, "moved", by)
        return fresh


async def cancel_shift(shift_id: int, *, version: int, by: Actor, reason: str = "") -> None:
    """Takes a shift away before it has begun. Refused as in `change_shift`."""
    async with unit_of_work():
        row = await shift_to_lock(shift_id, by=by)
        at = now()
        if row.starts_at <= at:
            raise Refused("duty.shift_has_begun")
        await compare_and_set(DutyShift, shift_id, version=version, cancelled_at=at, sequence=row.sequence + 1)
        details = DutyShiftCancelled(
            person_id=row.person_id, starts_at=stamp(row.starts_at), ends_at=stamp(row.ends_at)
        )
        await record_event(details, org_id=row.org_id, subject_id=shift_id, by=by, texts={"reason": reason})
        await tell_listeners(shift_id, "cancelled", by)


async def check_shift(org_id: int, new: NewShift, *, by: Actor, path: str) -> None:
    """Refuses what can be no shift of this school; see `add_shift`."""
    if new.ends_at <= new.starts_at:
        raise Refused("duty.shift_is_empty")
    if new.ends_at <= now():
        raise Refused("duty.shift_is_over")
    if new.ends_at - new.starts_at > LONGEST_SHIFT:
        raise Refused("duty.shift_too_long")
    await _check_lane(org_id, new.line)
    if new.person_id is not None:
        await _check_person(org_id, new)
    elif (
        await fetch_value(
            "SELECT 1 FROM post WHERE id = {} AND org_id = {} AND ended_at IS NULL AND role <> 'pupil'",
            new.post_id,
            org_id,
        )
        is None
    ):
        raise Refused("duty.person_missing")
    if new.line == LEADING and new.person_id is not None:
        if new.person_id == by.person_id and gains_by_leading(by, path):
            raise Refused("duty.not_yourself")
        if not may_lead(await leading_terms(org_id, new.person_id), new.starts_at):
            raise Refused("duty.may_not_lead", day=stamp(new.starts_at)[:10])


async def _check_lane(org_id: int, line: Line) -> None:
    found = await fetch_value(
        "SELECT 1 FROM duty_role r WHERE r.code = {} AND (r.org_id IS NULL OR r.org_id = {}) AND ({} = 0 OR EXISTS "
        "(SELECT 1 FROM duty_area a WHERE a.id = {} AND a.org_id = {} AND a.ended_at IS NULL))",
        line.role, org_id, line.area_id or 0, line.area_id or 0, org_id,
    )  # fmt: skip
    if found is None:
        raise Refused("duty.no_such_lane")


async def _check_person(org_id: int, new: NewShift) -> None:
    """Somebody of the staff who will not have left when the shift begins."""
    found = await fetch_value(
        "SELECT 1 FROM person WHERE id = {} AND org_id = {} AND kind = 'staff' AND (left_at IS NULL OR left_at > {})",
        new.person_id, org_id, max(new.starts_at, now()),
    )  # fmt: skip
    if found is None:
        raise Refused("duty.person_missing")


async def clear_lane(org_id: int, line: Line, start: datetime, end: datetime, *, by: Actor) -> list[int]:
    """Makes room in a lane between two instants, none of them past: shifts within go, others are cut; gives their ids.

    What lies after `end` of a shift that is cut goes on as a shift of its own, with whoever stands in for it. Each
    shift is one event, by which its person is told (D15).
    """
    rows = await fetch(
        ShiftRow,
        f"SELECT {_COLUMNS} FROM duty_shift WHERE org_id = {{}} AND role = {{}} AND COALESCE(area_id, 0) = {{}} "
        "AND published_at IS NOT NULL AND cancelled_at IS NULL AND ends_at > {} AND starts_at < {} "
        "ORDER BY starts_at, id",
        org_id, line.role, line.area_id or 0, start, end,
    )  # fmt: skip
    for row in rows:
        if row.ends_at > end:
            rest = await enter_shift(
                org_id, line, end, row.ends_at, person_id=row.person_id, post_id=row.post_id, by=by, note=row.note
            )
            await _stand_in_for_the_rest(row.id, rest)
        is_cut = row.starts_at < start
        await _set(row, "ends_at" if is_cut else "cancelled_at", start if is_cut else now())
        await _record_cleared(row, start, end, by)
        await tell_listeners(row.id, "moved" if is_cut else "cancelled", by)
    return [row.id for row in rows]


async def _record_cleared(row: ShiftRow, start: datetime, end: datetime, by: Actor) -> None:
    """Gone, or what is left of it: its beginning, else its end (both only where the middle was taken)."""
    span = {"starts_at": stamp(row.starts_at), "ends_at": stamp(row.ends_at)}
    details: DutyShiftCancelled | DutyShiftChanged = DutyShiftCancelled(person_id=row.person_id, **span)
    if row.starts_at < start or row.ends_at > end:
        left = (row.starts_at, start) if row.starts_at < start else (end, row.ends_at)
        details = DutyShiftChanged(
            person_id=row.person_id, was_person_id=row.person_id, starts_at=stamp(left[0]), ends_at=stamp(left[1]),
            was_from=span["starts_at"], was_to=span["ends_at"],
        )  # fmt: skip
    await record_event(details, org_id=row.org_id, subject_id=row.id, by=by)


async def _stand_in_for_the_rest(shift_id: int, rest_id: int) -> None:
    """Whoever stands in for a shift that was cut stands in for its rest as well, and for the same reason."""
    await execute(
        "INSERT INTO duty_stand_in (org_id, shift_id, person_id, kind, starts_at, ends_at, swap_id, reason, "
        "entered_at, entered_by) SELECT org_id, CAST({} AS INTEGER), person_id, kind, starts_at, ends_at, swap_id, "
        "reason, entered_at, entered_by FROM duty_stand_in WHERE shift_id = {} AND undone_at IS NULL ORDER BY id",
        rest_id, shift_id,
    )  # fmt: skip


async def _set(row: ShiftRow, column: str, value: datetime) -> None:
    await execute(
        f"UPDATE duty_shift SET {column} = {{}}, sequence = sequence + 1, version = version + 1 WHERE id = {{}}",
        value, row.id,
    )  # fmt: skip


async def enter_shift(
    org_id: int, line: Line, start: datetime, end: datetime, *, by: Actor, person_id: int | None = None,
    post_id: int | None = None, note: str = "", roster_id: int | None = None,
) -> int:  # fmt: skip
    """Writes the row of a shift that is in force from now on; whoever calls has checked it and records the event."""
    row = {
        "org_id": org_id, "area_id": line.area_id, "role": line.role, "person_id": person_id, "post_id": post_id,
        "starts_at": start, "ends_at": end, "roster_id": roster_id, "note": note, "made_at": now(),
        "made_by": by.person_id, "published_at": now(),
    }  # fmt: skip
    [shift_id] = await insert(DutyShift, row)
    return shift_id
