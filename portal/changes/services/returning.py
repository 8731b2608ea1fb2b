"""Somebody comes back earlier than announced: the leave and the acting time end with today (E8)."""

from typing import NamedTuple

from portal.audit.catalogue import ChangeShortened
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.changes.queries.changes import change_seen
from portal.changes.rules import Change, end_of
from portal.changes.services.rows import noted_rows
from portal.changes.services.undoing import check_who_is_principal
from portal.changes.tables import PersonnelChange
from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.database import compare_and_set, fetch_one, unit_of_work
from portal.core.refusals import Refused
from portal.grids.services import bump_rights
from portal.people.queries import appointment_row
from portal.people.services import end_appointment
from portal.people.tables import Absence
from portal.permissions.rules import Permission


class _Away(NamedTuple):
    version: int


async def end_early(change_id: int, *, version: int, by: Actor) -> None:
    """A leave or an acting time ends with today: from tomorrow 00:00 whoever holds the post answers again."""
    async with unit_of_work():
        change = await change_seen(change_id, by=by, permission=Permission.CHANGE_MAKE)
        await bump_rights(change.org_id)
        ends = end_of(today())
        assert ends is not None
        if change.person_id == by.person_id:
            raise Refused("changes.not_yourself")
        await check_who_is_principal(change, by=by)
        running = change.undone_at is None and change.effective_at <= now()
        if change.kind not in (Change.LEAVE, Change.ACTING) or not running or (change.back_at or ends) <= ends:
            raise Refused("changes.not_running")
        for row in await noted_rows(change_id):
            if row.what == "appointment_made":
                await _end_acting(row.row_id, by=by)
            elif row.what == "absence_made":
                away = await fetch_one(_Away, "SELECT version FROM absence WHERE id = {}", row.row_id)
                assert away is not None
                await compare_and_set(Absence, row.row_id, version=away.version, ends_at=ends)
        await compare_and_set(PersonnelChange, change_id, version=version, back_at=ends)
        details = ChangeShortened(change_id=change_id, ends_at=stamp(ends))
        await record_event(details, org_id=change.org_id, subject_id=change.person_id, by=by)


async def _end_acting(appointment_id: int, *, by: Actor) -> None:
    ends = end_of(today())
    found = await appointment_row(appointment_id)
    assert found is not None and ends is not None
    if found.ends_at is None or found.ends_at > ends:
        await end_appointment(
            appointment_id, version=found.version, by=by, ends_at=ends, permission=Permission.CHANGE_MAKE
        )
