"""Somebody new in an organisation, and what stands written of them."""

from typing import Any

from portal.audit.catalogue import PersonChanged, PersonMade
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.crypto import seal, unseal
from portal.core.database import compare_and_set, fetch_value, insert, unit_of_work
from portal.core.refusals import Invalid, NotFound, Refused
from portal.grids.queries import GridRow, grid_row
from portal.grids.services import bump_rights, was_and_now
from portal.people.queries import PersonRow, person_seen
from portal.people.tables import Person
from portal.permissions.rules import Permission, scope


async def make_person(
    name: str, *, org_id: int, by: Actor, kind: str = "staff", staff_no: str | None = None,
    phone: str | None = None, email: str | None = None, permission: Permission = Permission.PERSON_EDIT,
) -> int:  # fmt: skip
    """Somebody new in an organisation; gives the person's id. Phone and mail are stored sealed (TO1)."""
    async with unit_of_work():
        await _organisation_to_staff(org_id, by=by, permission=permission)
        await _check_staff_no(org_id, staff_no)
        row: dict[str, Any] = {
            "org_id": org_id, "name": name, "kind": kind, "staff_no": staff_no, "created_at": now(),
            **sealed_phone(phone), "email_sealed": seal(email) if email else None,
        }  # fmt: skip
        [person_id] = await insert(Person, row)
        await record_event(PersonMade(person_kind=kind), org_id=org_id, subject_id=person_id, by=by)
    return person_id


def sealed_phone(phone: str | None) -> dict[str, str | None]:
    """The two columns that a phone becomes: sealed, and its last four digits for finding it."""
    digits = "".join(sign for sign in phone or "" if sign.isdigit())
    return {"phone_sealed": seal(phone) if phone else None, "phone_tail": digits[-4:] or None}


async def _organisation_to_staff(org_id: int, *, by: Actor, permission: Permission) -> GridRow:
    root = await grid_row(org_id)
    if root is None or root.id != root.org_id or not scope(by, permission).holds(root.path, root.id):
        raise NotFound()
    return root


async def _check_staff_no(org_id: int, staff_no: str | None, *, besides: int = 0) -> None:
    """A staff number means one person, or an import could not find them again."""
    taken = staff_no and await fetch_value(
        "SELECT id FROM person WHERE org_id = {} AND staff_no = {} AND id <> {} AND (left_at IS NULL OR left_at > {})",
        org_id, staff_no, besides, now(),
    )  # fmt: skip
    if taken:
        raise Invalid({"staff_no": "people.staff_no_taken"})


async def change_person(person_id: int, *, version: int, by: Actor, **fields: str | None) -> tuple[str, ...]:
    """Changes name, staff_no, phone or email; gives what differs. Numbers and addresses stand in no event."""
    async with unit_of_work():
        person = await person_to_change(person_id, by=by)
        changed = _differences(person, fields)
        if not changed:
            return ()
        await _check_staff_no(person.org_id, changed.get("staff_no"), besides=person.id)
        await compare_and_set(Person, person_id, version=version, **_columns(changed))
        told = {name: value for name, value in changed.items() if name in ("name", "staff_no")}
        texts = was_and_now({name: getattr(person, name) for name in told}, told)
        details = PersonChanged(fields=tuple(changed))
        await record_event(details, org_id=person.org_id, subject_id=person_id, by=by, texts=texts)
        await bump_rights(person.org_id)
    return tuple(changed)


async def person_to_change(person_id: int, *, by: Actor, permission: Permission = Permission.PERSON_EDIT) -> PersonRow:
    """A person whom the actor may edit and who has not left; outside the scope there is nobody."""
    person = await person_seen(person_id, by=by, permission=permission)
    if person.has_left(now()):
        raise Refused("people.has_left", name=person.name)
    return person


def _differences(person: PersonRow, fields: dict[str, str | None]) -> dict[str, str | None]:
    was = {
        "name": person.name, "staff_no": person.staff_no,
        "phone": unseal(person.phone_sealed) if person.phone_sealed else None,
        "email": unseal(person.email_sealed) if person.email_sealed else None,
    }  # fmt: skip
    return {name: value for name, value in fields.items() if was[name] != value}


def _columns(changed: dict[str, str | None]) -> dict[str, str | None]:
    columns = {name: value for name, value in changed.items() if name in ("name", "staff_no")}
    if "phone" in changed:
        columns |= sealed_phone(changed["phone"])
    if "email" in changed:
        columns["email_sealed"] = seal(changed["email"]) if changed["email"] else None
    return columns
