"""Taking a change back until it takes effect: as a whole, and only while everything stands as the change left it."""

import json
from typing import NamedTuple

from portal.audit.catalogue import ChangeUndone
from portal.audit.services import record_event
from portal.changes.queries.changes import ChangeLine, change_seen
from portal.changes.queries.facts import absences_of, tenures_on
from portal.changes.rules import faults_in
from portal.changes.services.rows import NotedRow, noted_rows
from portal.changes.services.sheets import void_sheets
from portal.changes.tables import PersonnelChange
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, fetch, fetch_column, fetch_value, in_list, unit_of_work
from portal.core.refusals import Refused
from portal.grids.services import bump_rights
from portal.hazards.services.following import cards_stay
from portal.people.services import (
    check_principal,
    end_appointment,
    restore_appointment,
    withdraw_absence,
    withdraw_leaving,
    withdraw_person,
)
from portal.permissions.rules import Permission
from portal.responsibilities.rules import Absence, Tenure

MAKE = Permission.CHANGE_MAKE
STANDS_IN = {"appointment_made": "appointment", "appointment_ended": "appointment", "absence_made": "absence"}
"""What must have its very version still. A person's row changes for other reasons too (a new number)."""


async def undo_change(change_id: int, *, version: int, by: Actor) -> None:
    """Takes a change back; refused (with what to do) once it has taken effect or later changes build upon it."""
    async with unit_of_work():
        change = await change_seen(change_id, by=by, permission=MAKE)
        await bump_rights(change.org_id)
        if change.undone_at is not None:
            raise Refused("changes.undone_already")
        if change.effective_at <= now():
            raise Refused("changes.too_late")
        rows = await noted_rows(change_id)
        await _check_rights(change, rows, by=by)
        await _check_last(change)
        await _check_untouched(rows, change)
        before = await tenures_on(change.posts, at=now())
        away = await absences_of(change.people, at=now())
        for row in rows:
            await _take_back(row, change, by=by)
        await _check_one_each(change, before, away)
        await void_sheets(change_id)
        await compare_and_set(PersonnelChange, change_id, version=version, undone_at=now(), undone_by=by.person_id)
        await record_event(ChangeUndone(change_id=change_id), org_id=change.org_id, subject_id=change.person_id, by=by)


async def _check_rights(change: ChangeLine, rows: list[NotedRow], *, by: Actor) -> None:
    """Nobody takes back what others decided about them."""
    if change.entered_by != by.person_id and by.person_id in change.people:
        raise Refused("changes.not_yourself")
    await check_who_is_principal(change, by=by)


async def check_who_is_principal(change: ChangeLine, *, by: Actor) -> None:
    """Nobody but the bureau touches a change that says who is principal, also for a time."""
    marks, ids = in_list(change.posts)
    for role in await fetch_column(f"SELECT DISTINCT role FROM post WHERE id IN {marks}", *ids):
        await check_principal(change.org_id, role, by=by)


class _Later(NamedTuple):
    id: int
    plan: str


async def _check_last(change: ChangeLine) -> None:
    """The later ones first: they were worked out from what this one had written."""
    later = await fetch(
        _Later,
        "SELECT id, plan FROM personnel_change WHERE org_id = {} AND id > {} AND undone_at IS NULL ORDER BY id DESC",
        change.org_id, change.id,
    )  # fmt: skip
    for one in later:
        told = json.loads(one.plan)
        if set(told["posts"]) & set(change.posts) or set(told["people"]) & set(change.people):
            raise Refused("changes.later_first", change_id=one.id)


async def _check_untouched(rows: list[NotedRow], change: ChangeLine) -> None:
    for row in rows:
        table = STANDS_IN.get(row.what)
        if table and await fetch_value(f"SELECT version FROM {table} WHERE id = {{}}", row.row_id) != row.version:
            raise Refused("changes.touched_since")
        if row.what in ("person_leaves", "person_made"):
            left_at = await fetch_value("SELECT left_at FROM person WHERE id = {}", row.row_id)
            if left_at != (change.effective_at if row.what == "person_leaves" else None):
                raise Refused("changes.touched_since")


async def _take_back(row: NotedRow, change: ChangeLine, *, by: Actor) -> None:
    """One row as it was. An appointment that never began ends where it would have begun: the record stays."""
    if row.what == "appointment_made":
        await end_appointment(row.row_id, version=row.version, by=by, permission=MAKE)
    elif row.what == "appointment_ended":
        await restore_appointment(
            row.row_id, version=row.version, ends_at=row.moment("ends_at"), by=by, permission=MAKE
        )
    elif row.what == "absence_made":
        await withdraw_absence(row.row_id, version=row.version, by=by)
    elif row.what == "person_leaves":
        await withdraw_leaving(row.row_id, version=await _version(row.row_id), by=by, permission=MAKE)
    elif row.what == "person_made":
        await withdraw_person(row.row_id, version=await _version(row.row_id), by=by, permission=MAKE)
    elif row.what == "hazard_follows":
        await cards_stay(row.row_id, change.person_id, by=by)


async def _version(person_id: int) -> int:
    return int(await fetch_value("SELECT version FROM person WHERE id = {}", person_id))


async def _check_one_each(change: ChangeLine, before: dict[int, tuple[Tenure, ...]], away: tuple[Absence, ...]) -> None:
    """An act by hand meanwhile may have put somebody where the old holder would come back."""
    after = await tenures_on(change.posts, at=now())
    absences = await absences_of({one.person_id for rows in after.values() for one in rows}, at=now())
    for fault in faults_in(before, after, away, absences, since=now()):
        if fault.code == "two":
            raise Refused("changes.two", post_id=fault.post_id)
