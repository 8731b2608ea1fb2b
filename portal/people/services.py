"""People, posts, appointments: made, changed and ended by hand or by an import, each with its event."""

from datetime import datetime
from typing import Any

from portal.audit.catalogue import AppointmentEnded, AppointmentStarted, PersonMade, PostMade
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.crypto import seal
from portal.core.database import fetch_one, insert, unit_of_work
from portal.core.database import compare_and_set
from portal.core.refusals import NotFound
from portal.grids.queries import grid_row
from portal.grids.services import bump_rights
from portal.people.queries import AppointmentRow, PostRow, post_row
from portal.people.tables import Appointment, Person, Post


async def make_person(
    name: str, *, org_id: int, by: Actor, kind: str = "staff", staff_no: str | None = None,
    phone: str | None = None, email: str | None = None,
) -> int:  # fmt: skip
    """Somebody new in an organisation; gives the person's id. Phone and mail are sealed before they are stored (TO1)."""
    async with unit_of_work():
        row: dict[str, Any] = {
            "org_id": org_id, "name": name, "kind": kind, "staff_no": staff_no, "created_at": now(),
            "phone_sealed": seal(phone) if phone else None, "phone_tail": phone[-4:] if phone else None,
            "email_sealed": seal(email) if email else None,
        }  # fmt: skip
        [person_id] = await insert(Person, row)
        await record_event(PersonMade(person_kind=kind), org_id=org_id, subject_id=person_id, by=by)
    return person_id


async def make_post(
    title: str, *, role: str, grid_id: int, by: Actor, scope_grid_id: int | None = None,
    is_accountable: bool = True, sort: int = 0,
) -> int:  # fmt: skip
    """A post on a grid, vacant until somebody is appointed; gives its id."""
    async with unit_of_work():
        grid = await grid_row(grid_id)
        if grid is None:
            raise NotFound()
        row = {
            "org_id": grid.org_id, "grid_id": grid_id, "scope_grid_id": scope_grid_id or grid_id, "title": title,
            "role": role, "is_accountable": is_accountable, "sort": sort, "created_at": now(),
        }  # fmt: skip
        [post_id] = await insert(Post, row)
        await record_event(
            PostMade(grid_id=grid_id, role=role), org_id=grid.org_id, subject_id=post_id, by=by, texts={"title": title}
        )
    return post_id


async def appoint(
    person_id: int, *, post_id: int, by: Actor, starts_at: datetime | None = None, is_primary: bool = True,
    kind: str = "holder",
) -> int:  # fmt: skip
    """Puts a person into a post from an instant on (default: now); gives the appointment's id. Rights follow at that instant."""
    async with unit_of_work():
        post = await post_row(post_id)
        if post is None:
            raise NotFound()
        begins = starts_at or now()
        row = {
            "org_id": post.org_id, "post_id": post_id, "person_id": person_id, "is_primary": is_primary,
            "kind": kind, "starts_at": begins, "entered_at": now(), "entered_by": by.person_id,
        }  # fmt: skip
        [appointment_id] = await insert(Appointment, row)
        details = AppointmentStarted(
            appointment_id=appointment_id, person_id=person_id, is_primary=is_primary, starts_at=stamp(begins)
        )
        await record_event(details, org_id=post.org_id, subject_id=post_id, by=by)
        await bump_rights(post.org_id)
    return appointment_id


async def end_appointment(appointment_id: int, *, version: int, by: Actor, ends_at: datetime | None = None) -> None:
    """Ends an appointment at an instant (default: now). The row stays, so that "who was it then" keeps its answer."""
    async with unit_of_work():
        found = await fetch_one(
            AppointmentRow,
            "SELECT id, org_id, post_id, person_id, is_primary, kind, starts_at, ends_at, version FROM appointment WHERE id = {}",
            appointment_id,
        )
        if found is None:
            raise NotFound()
        ends = ends_at or now()
        await compare_and_set(Appointment, appointment_id, version=version, ends_at=ends)
        details = AppointmentEnded(appointment_id=appointment_id, person_id=found.person_id, ends_at=stamp(ends))
        await record_event(details, org_id=found.org_id, subject_id=found.post_id, by=by)
        await bump_rights(found.org_id)


__all__ = ["PostRow", "appoint", "end_appointment", "make_person", "make_post"]
