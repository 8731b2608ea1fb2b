"""Leave from a calendar file: read, looked at, entered by the people room's own verb, taken back as a whole (L3)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from portal.audit.catalogue import DutyLeaveDropped, DutyLeaveEntered, DutyLeaveRead, DutyLeaveUndone
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import local, now, start_of_day, today
from portal.core.database import compare_and_set, execute, fetch_value, insert, unit_of_work
from portal.core.refusals import Conflict, Invalid, Refused
from portal.duty.feeds.queries import FileRow, LeaveRow, absences_of_school, file_seen, leave_rows, school_of_leave
from portal.duty.feeds.rules import Found, Leave, Left, State, judged
from portal.duty.tables import DutyLeaveFile, DutyLeaveRow
from portal.grids.services import bump_rights
from portal.people.rules import FURTHEST
from portal.people.services import record_absence, withdraw_absence
from portal.permissions.rules import Permission

MAKE = Permission.CHANGE_MAKE
KEPT_DRAFTS = timedelta(days=7)
MOST_TITLES = 40


class Entering(NamedTuple):
    """What came of a file: the absences entered, and of the chosen rows why some were not."""

    absences: tuple[int, ...]
    left: Mapping[int, Left]


async def stage_leave(
    org_id: int, name: str, found: Sequence[Found], *, by: Actor, person_id: int | None = None
) -> int:
    """Keeps what a file says until somebody has looked at it; gives the file's id. Nobody is away by this yet."""
    async with unit_of_work():
        await school_of_leave(org_id, by=by, permission=MAKE)
        if person_id is not None and not await _is_staff(org_id, person_id):
            raise Invalid({"person": "duty.person_missing"})
        if person_id is None and len({one.title for one in found if one.trouble is None}) > MOST_TITLES:
            raise Refused("duty.leave_many_titles")
        await _forget_old_drafts(org_id)
        row = {"org_id": org_id, "name": name, "person_id": person_id, "made_at": now(), "made_by": by.person_id}
        [file_id] = await insert(DutyLeaveFile, row)
        rows = [
            {
                "file_id": file_id, "line": one.line, "title": one.title, "starts_at": one.starts_at,
                "ends_at": one.ends_at, "is_all_day": one.is_all_day, "trouble": str(one.trouble or ""),
            }
            for one in found
        ]  # fmt: skip
        await insert(DutyLeaveRow, *rows)
        await record_event(DutyLeaveRead(rows=len(rows)), org_id=org_id, subject_id=file_id, by=by)
    return file_id


async def _is_staff(org_id: int, person_id: int) -> bool:
    found = await fetch_value(
        "SELECT 1 FROM person WHERE id = {} AND org_id = {} AND kind = 'staff' AND (left_at IS NULL OR left_at > {})",
        person_id, org_id, now(),
    )  # fmt: skip
    return found is not None


async def _forget_old_drafts(org_id: int) -> None:
    """What nobody came back to says no longer why somebody was away."""
    await execute(
        "UPDATE duty_leave_row SET title = '' WHERE title <> '' AND file_id IN "
        "(SELECT id FROM duty_leave_file WHERE org_id = {} AND state = 'draft' AND made_at < {})",
        org_id, now() - KEPT_DRAFTS,
    )  # fmt: skip
    await execute(
        "UPDATE duty_leave_file SET state = 'dropped', version = version + 1 "
        "WHERE org_id = {} AND state = 'draft' AND made_at < {}",
        org_id, now() - KEPT_DRAFTS,
    )  # fmt: skip


async def enter_leave(file_id: int, chosen: Mapping[int, int], *, version: int, by: Actor) -> Entering:
    """Makes an absence of each chosen row (row to person), all of them or none.

    Left out, and told: what is past by now, too far ahead, or what the person is away for already. A file that
    somebody else has dealt with meanwhile is a `Conflict`.
    """
    async with unit_of_work():
        file = await _file_to_change(file_id, version=version, by=by, state=State.DRAFT, code="duty.leave_done")
        rows = {row.id: row for row in await leave_rows(file_id)}
        kept, left = judged(
            [(person, _leave(rows[one])) for one, person in chosen.items() if one in rows and not rows[one].trouble],
            await absences_of_school(file.org_id, since=start_of_day(today())),
            today=start_of_day(today()), furthest=now() + FURTHEST,
        )  # fmt: skip
        if not kept:
            raise Refused("duty.leave_nothing")
        made = []
        for row_id, (person_id, leave) in kept.items():
            if not await _is_staff(file.org_id, person_id):
                raise Invalid({"act": "duty.person_missing"})
            absence = await record_absence(
                person_id, starts_at=leave.starts_at, ends_at=leave.ends_at, by=by, permission=MAKE
            )
            await execute(
                "UPDATE duty_leave_row SET person_id = {}, absence_id = {} WHERE id = {}", person_id, absence, row_id
            )
            made.append(absence)
        await _close(file, State.ENTERED, by=by)
        details = DutyLeaveEntered(entered=len(made), absences=tuple(made))
        await record_event(details, org_id=file.org_id, subject_id=file_id, by=by)
    return Entering(tuple(made), left)


def _leave(row: LeaveRow) -> Leave:
    assert row.starts_at is not None and row.ends_at is not None
    return Leave(row.id, row.starts_at, row.ends_at)


async def undo_leave(file_id: int, *, version: int, by: Actor) -> int:
    """Takes back what a file has entered, as a whole; gives how many absences.

    Refused once one of them is past its first day, for what was on record stays, or has been changed since.
    """
    async with unit_of_work():
        file = await _file_to_change(
            file_id, version=version, by=by, state=State.ENTERED, code="duty.leave_not_entered"
        )
        rows = [row for row in await leave_rows(file_id) if row.absence_id is not None]
        if any(row.away_from is not None and local(row.away_from).date() < today() for row in rows):
            raise Refused("duty.leave_has_begun")
        if any(row.undone_at is not None or row.absence_version != 1 for row in rows):
            raise Refused("duty.leave_touched")
        for row in rows:
            assert row.absence_id is not None
            await withdraw_absence(row.absence_id, version=1, by=by)
        await compare_and_set(DutyLeaveFile, file_id, version=file.version, state=str(State.UNDONE))
        details = DutyLeaveUndone(absences=len(rows))
        await record_event(details, org_id=file.org_id, subject_id=file_id, by=by)
    return len(rows)


async def drop_leave(file_id: int, *, version: int, by: Actor) -> None:
    """Throws away a file of which nothing was entered."""
    async with unit_of_work():
        file = await _file_to_change(file_id, version=version, by=by, state=State.DRAFT, code="duty.leave_done")
        await _close(file, State.DROPPED, by=by)
        await record_event(DutyLeaveDropped(), org_id=file.org_id, subject_id=file_id, by=by)


async def _file_to_change(file_id: int, *, version: int, by: Actor, state: State, code: str) -> FileRow:
    """The file under the school's lock: absences change who is on duty and who answers."""
    await bump_rights((await file_seen(file_id, by=by, permission=MAKE)).org_id)
    file = await file_seen(file_id, by=by, permission=MAKE)
    if file.version != version:
        raise Conflict()
    if file.state != state:
        raise Refused(code)
    return file


async def _close(file: FileRow, state: State, *, by: Actor) -> None:
    """The file is done with: its titles, which may say why somebody is away, are kept no longer."""
    await compare_and_set(
        DutyLeaveFile, file.id, version=file.version, state=str(state), entered_at=now(), entered_by=by.person_id
    )
    await execute("UPDATE duty_leave_row SET title = '' WHERE file_id = {}", file.id)
