"""Appointments end at an instant; an end that lies ahead can be taken back."""

from datetime import datetime

from portal.audit.catalogue import AppointmentEnded, AppointmentRestored
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, fetch, fetch_value, unit_of_work
from portal.core.refusals import Conflict, Refused
from portal.people.queries import APPOINTMENT, AppointmentRow, person_row
from portal.people.rules import check_instant
from portal.people.services.guarding import appointment_to_change, check_principal
from portal.people.tables import Appointment
from portal.permissions.rules import Permission


async def end_appointment(
    appointment_id: int, *, version: int, by: Actor, ends_at: datetime | None = None,
    permission: Permission = Permission.GRID_EDIT,
) -> int:  # fmt: skip
    """Ends an appointment at an instant (default: now). The row stays, so that "who was it then" keeps its answer.

    People end today at 00:00 at the earliest; one that has not begun ends where it begins, and never was in force.
    Gives the new version.
    """
    async with unit_of_work():
        found, _ = await appointment_to_change(appointment_id, by=by, permission=permission)
        if found.version != version:
            raise Conflict()
        ends = ends_at or now()
        if not by.is_system:
            check_instant(ends, at=now())
        return await write_end(found, ends_at=ends, by=by)


async def restore_appointment(
    appointment_id: int, *, version: int, ends_at: datetime | None, by: Actor, permission: Permission
) -> None:
    """Takes back an end that has not come yet. Belongs inside a unit of work of whatever set the end."""
    found, post = await appointment_to_change(appointment_id, by=by, permission=permission)
    person = await person_row(found.person_id)
    if person is None or (person.left_at is not None and (ends_at is None or ends_at > person.left_at)):
        raise Refused("people.has_left", name=person.name if person else "")
    await check_principal(post.org_id, post.role, by=by)
    await compare_and_set(Appointment, appointment_id, version=version, ends_at=ends_at)
    details = AppointmentRestored(
        appointment_id=appointment_id, person_id=found.person_id, ends_at=stamp(ends_at) if ends_at else None
    )
    await record_event(details, org_id=found.org_id, subject_id=found.post_id, by=by)


async def appointments_open(whose: str, row_id: int, *, at: datetime) -> list[AppointmentRow]:
    """The appointments of a person or a post (`person_id`, `post_id`) that an instant finds not yet over."""
    return await fetch(
        AppointmentRow,
        f"SELECT {APPOINTMENT} FROM appointment WHERE {whose} = {{}} AND (ends_at IS NULL OR ends_at > {{}}) "
        "ORDER BY id",
        row_id, at,
    )  # fmt: skip


async def write_end(found: AppointmentRow, *, ends_at: datetime, by: Actor) -> int:
    """Ends an appointment, whoever was asked before; the principal's post stays the bureau's. Gives the new version."""
    role = await fetch_value("SELECT role FROM post WHERE id = {}", found.post_id)
    await check_principal(found.org_id, role, by=by)
    ends = max(ends_at, found.starts_at)
    fresh = await compare_and_set(Appointment, found.id, version=found.version, ends_at=ends)
    details = AppointmentEnded(appointment_id=found.id, person_id=found.person_id, ends_at=stamp(ends))
    await record_event(details, org_id=found.org_id, subject_id=found.post_id, by=by)
    return fresh
