"""A change is told to the bureau at any time that it happens (R28, R113): when, and by whom."""

from datetime import date

from portal.audit.catalogue import ChangeReported
from portal.audit.services import record_event
from portal.changes.queries.changes import change_seen
from portal.changes.tables import PersonnelChange
from portal.core.actors import Actor
from portal.core.clock import now, start_of_day, today
from portal.core.database import compare_and_set, unit_of_work
from portal.core.refusals import Refused
from portal.permissions.rules import Permission


async def report_change(change_id: int, *, version: int, told_on: date, by: Actor) -> None:
    """Notes the day on which the form went to the bureau."""
    async with unit_of_work():
        change = await change_seen(change_id, by=by, permission=Permission.CHANGE_MAKE)
        if change.undone_at is not None:
            raise Refused("changes.undone_already")
        if not change.announced_on <= told_on <= today():
            raise Refused("changes.told_on_wrong")
        at = now() if told_on == today() else start_of_day(told_on)
        await compare_and_set(PersonnelChange, change_id, version=version, reported_at=at, reported_by=by.person_id)
        details = ChangeReported(change_id=change_id, told_on=told_on.isoformat())
        await record_event(details, org_id=change.org_id, subject_id=change.person_id, by=by)
