"""Somebody is put into a post, or made the first of those who hold it."""

from dataclasses import replace
from datetime import datetime

from portal.audit.catalogue import AppointmentStarted, PostChanged
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch_value, insert, unit_of_work
from portal.core.refusals import NotFound, Refused
from portal.people.queries import PersonRow, PostPlace, person_row
from portal.people.rules import check_holder, check_instant, check_own
from portal.people.services.guarding import appointment_to_change, check_principal, check_reach, post_to_change
from portal.people.tables import Appointment
from portal.permissions.queries import lasting_roles
from portal.permissions.rules import Permission


async def appoint(
    person_id: int, *, post_id: int, by: Actor, starts_at: datetime | None = None, is_primary: bool = True,
    kind: str = "holder", ends_at: datetime | None = None, permission: Permission = Permission.GRID_EDIT,
) -> int:  # fmt: skip
    """Puts a person into a post from an instant on (default: now); gives the appointment's id. Rights follow then.

    A new primary takes the mark from whoever has it, unless the appointment lies ahead. Only the system (an import, the
    demonstration) tells of the past; people begin today at 00:00 at the earliest.
    """
    async with unit_of_work():
        post = await post_to_change(post_id, by=by, permission=permission)
        person = await person_row(person_id)
        begins = starts_at or now()
        await _check_appointment(post, person, begins, ends_at, by=by)
        await check_reach(post.scope_grid_id, post.org_id, role=post.role, by=by, permission=permission)
        is_first = is_primary and kind == "holder"
        if is_first and begins <= now():
            await _take_primary(post_id)
        row = {
            "org_id": post.org_id, "post_id": post_id, "person_id": person_id, "is_primary": is_first,
            "kind": kind, "starts_at": begins, "ends_at": ends_at, "entered_at": now(), "entered_by": by.person_id,
        }  # fmt: skip
        [appointment_id] = await insert(Appointment, row)
        details = AppointmentStarted(
            appointment_id=appointment_id, person_id=person_id, is_primary=is_first, starts_at=stamp(begins)
        )
        await record_event(details, org_id=post.org_id, subject_id=post_id, by=by)
    return appointment_id


async def _check_appointment(
    post: PostPlace, person: PersonRow | None, begins: datetime, ends: datetime | None, *, by: Actor
) -> None:
    if person is None or person.org_id != post.org_id:
        raise NotFound()
    if person.left_at is not None and (ends is None or ends > person.left_at):
        raise Refused("people.has_left", name=person.name)
    check_holder(post.role, person_kind=person.kind)
    await _check_own(by, person.id, post.role, begins, ends)
    await check_principal(post.org_id, post.role, by=by)
    if not by.is_system:
        check_instant(begins, at=now())
    if ends is not None and ends <= begins:
        raise Refused("people.in_the_past")
    overlapping = await fetch_value(
        "SELECT count(*) FROM appointment WHERE post_id = {} AND person_id = {} AND (ends_at IS NULL OR ends_at > {})",
        post.id, person.id, begins,
    )  # fmt: skip
    if overlapping:
        raise Refused("people.already_holds", name=person.name)


async def _check_own(by: Actor, person_id: int, role: str, begins: datetime, ends: datetime | None) -> None:
    """Nobody prolongs their own rights either: what they give themselves they must hold for all of that time."""
    if by.person_id is None or by.person_id != person_id:
        return
    roles = await lasting_roles(person_id, begins=begins, ends=ends)
    check_own(replace(by, grants=tuple(grant for grant in by.grants if grant.role in roles)), person_id, role)


async def _take_primary(post_id: int, *, besides: int = 0) -> None:
    await execute(
        "UPDATE appointment SET is_primary = FALSE, version = version + 1 WHERE post_id = {} AND id <> {} "
        "AND is_primary = TRUE AND (ends_at IS NULL OR ends_at > {})",
        post_id, besides, now(),
    )  # fmt: skip


async def make_primary(appointment_id: int, *, version: int, by: Actor) -> None:
    """Makes one holder of a post the first: reminders go there, and the card shows that name."""
    async with unit_of_work():
        found, post = await appointment_to_change(appointment_id, by=by)
        if found.kind != "holder":
            raise Refused("people.only_holders_first")
        if found.is_primary:
            return
        await _take_primary(post.id, besides=appointment_id)
        await compare_and_set(Appointment, appointment_id, version=version, is_primary=True)
        person = await person_row(found.person_id)
        assert person is not None
        details, texts = PostChanged(fields=("primary",)), {"primary_now": person.name}
        await record_event(details, org_id=post.org_id, subject_id=post.id, by=by, texts=texts)
