"""Somebody is away for a time, and keeps posts and rights."""

from datetime import UTC, datetime

from portal.audit.catalogue import AbsenceMade, AbsenceWithdrawn
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, fetch_value, insert, unit_of_work
from portal.core.refusals import Refused
from portal.people.rules import check_instant
from portal.people.services.persons import person_to_change
from portal.people.tables import Absence
from portal.permissions.rules import Permission

NEVER = datetime(9000, 1, 1, tzinfo=UTC)


async def record_absence(
    person_id: int, *, starts_at: datetime, ends_at: datetime | None, by: Actor, permission: Permission,
    kind: str = "leave",
) -> int:  # fmt: skip
    """Somebody is away over `[starts_at, ends_at)`; gives the row. Posts and rights stay theirs, others answer."""
    async with unit_of_work():
        person = await person_to_change(person_id, by=by, permission=permission)
        check_instant(starts_at, at=now())
        if ends_at is not None and ends_at <= starts_at:
            raise Refused("people.in_the_past")
        overlapping = await fetch_value(
            "SELECT count(*) FROM absence WHERE person_id = {} AND undone_at IS NULL "
            "AND (ends_at IS NULL OR ends_at > {}) AND starts_at < {}",
            person_id, starts_at, ends_at or NEVER,
        )  # fmt: skip
        if overlapping:
            raise Refused("people.away_already", name=person.name)
        row = {
            "org_id": person.org_id, "person_id": person_id, "kind": kind, "starts_at": starts_at,
            "ends_at": ends_at, "entered_at": now(), "entered_by": by.person_id,
        }  # fmt: skip
        [absence_id] = await insert(Absence, row)
        details = AbsenceMade(
            absence_id=absence_id, starts_at=stamp(starts_at), ends_at=stamp(ends_at) if ends_at else None
        )
        await record_event(details, org_id=person.org_id, subject_id=person_id, by=by)
    return absence_id


async def withdraw_absence(absence_id: int, *, version: int, by: Actor) -> None:
    """An absence that did not come to be. Belongs inside a unit of work of the change that made it."""
    row = await fetch_value("SELECT person_id FROM absence WHERE id = {}", absence_id)
    org_id = await fetch_value("SELECT org_id FROM absence WHERE id = {}", absence_id)
    await compare_and_set(Absence, absence_id, version=version, undone_at=now())
    await record_event(AbsenceWithdrawn(absence_id=absence_id), org_id=org_id, subject_id=row, by=by)
