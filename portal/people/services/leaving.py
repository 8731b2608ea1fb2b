"""Somebody leaves: now, at an instant ahead, or before they came."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from portal.audit.catalogue import LeavingSet, LeavingWithdrawn, PersonLeft
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, unit_of_work
from portal.core.refusals import Refused
from portal.grids.services import bump_rights
from portal.people.services.ending import appointments_open, write_end
from portal.people.services.persons import person_to_change
from portal.people.tables import Person
from portal.permissions.rules import Permission

Leaving = Callable[[int, Actor], Awaitable[None]]
_leaving: list[Leaving] = []


def register_leaving(hook: Leaving) -> None:
    """Lets a room to the right follow when somebody leaves: `hook(person_id, by)` runs inside the same unit of work."""
    if hook not in _leaving:
        _leaving.append(hook)


async def mark_left(person_id: int, *, version: int, by: Actor) -> int:
    """Somebody leaves now: every appointment ends at this instant, and the rooms to the right follow (account, cards).

    Gives how many appointments ended. Nobody marks themselves, or they could lock a school out.
    """
    async with unit_of_work():
        person = await person_to_change(person_id, by=by)
        if person_id == by.person_id:
            raise Refused("people.not_yourself")
        await bump_rights(person.org_id)
        at = now()
        await compare_and_set(Person, person_id, version=version, left_at=at)
        held = await appointments_open("person_id", person_id, at=at)
        for appointment in held:
            await write_end(appointment, ends_at=at, by=by)
        await record_event(PersonLeft(), org_id=person.org_id, subject_id=person_id, by=by)
        for hook in _leaving:
            await hook(person_id, by)
    return len(held)


async def set_leaving(person_id: int, *, version: int, at: datetime, by: Actor, permission: Permission) -> int:
    """Somebody will leave at an instant that lies ahead; gives the new version.

    Sessions end there by themselves, because every reader asks `left_at` with the instant. The appointments are the
    caller's business, who knows who follows.
    """
    async with unit_of_work():
        person = await person_to_change(person_id, by=by, permission=permission)
        if person.left_at is not None:
            raise Refused("people.leaves_already", name=person.name)
        await bump_rights(person.org_id)
        fresh = await compare_and_set(Person, person_id, version=version, left_at=at)
        await record_event(LeavingSet(at=stamp(at)), org_id=person.org_id, subject_id=person_id, by=by)
    return fresh


async def withdraw_leaving(person_id: int, *, version: int, by: Actor, permission: Permission) -> None:
    """Somebody will stay after all; only before the instant has come."""
    async with unit_of_work():
        person = await person_to_change(person_id, by=by, permission=permission)
        await bump_rights(person.org_id)
        await compare_and_set(Person, person_id, version=version, left_at=None)
        await record_event(LeavingWithdrawn(), org_id=person.org_id, subject_id=person_id, by=by)


async def withdraw_person(person_id: int, *, version: int, by: Actor, permission: Permission) -> None:
    """Somebody who was entered and will not come: a record that has left. Nothing is ever deleted."""
    async with unit_of_work():
        person = await person_to_change(person_id, by=by, permission=permission)
        await compare_and_set(Person, person_id, version=version, left_at=now())
        await record_event(PersonLeft(), org_id=person.org_id, subject_id=person_id, by=by)
        for hook in _leaving:
            await hook(person_id, by)
