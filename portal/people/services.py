"""People, posts, appointments: made, changed and ended by hand or by an import, each with its event.

The organisation's row (`bump_rights`) is the lock under which its posts and appointments change, and it comes first.
Rights follow at the next request, because every cached actor hangs on that row's version (TA2).
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from portal.audit.catalogue import (
    AbsenceMade,
    AbsenceWithdrawn,
    AppointmentEnded,
    AppointmentRestored,
    AppointmentStarted,
    LeavingSet,
    LeavingWithdrawn,
    PersonChanged,
    PersonLeft,
    PersonMade,
    PostChanged,
    PostEnded,
    PostMade,
)
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.crypto import seal, unseal
from portal.core.database import compare_and_set, execute, fetch, fetch_value, insert, unit_of_work
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.grids.queries import GridRow, grid_row, grid_seen, ids_in
from portal.grids.services import bump_rights, grid_to_change, make_organisation, was_and_now
from portal.people.queries import (
    APPOINTMENT,
    AppointmentRow,
    PersonRow,
    PostPlace,
    PostRow,
    appointment_row,
    person_row,
    person_seen,
    post_place,
    post_row,
)
from portal.people.rules import check_holder, check_instant, check_own, check_role, may_answer
from portal.people.tables import Absence, Appointment, Person, Post
from portal.permissions.queries import lasting_roles
from portal.permissions.rules import Permission, Role, scope

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
Leaving = Callable[[int, Actor], Awaitable[None]]
Blocker = Callable[[int], Awaitable[int]]
_leaving: list[Leaving] = []
_post_blockers: dict[str, Blocker] = {}


def register_leaving(hook: Leaving) -> None:
    """Lets a room to the right follow when somebody leaves: `hook(person_id, by)` runs inside the same unit of work."""
    if hook not in _leaving:
        _leaving.append(hook)


def register_post_blocker(code: str, count: Blocker) -> None:
    """Lets a room to the right keep a post from being ended: `count(post_id)` things wait for it; `code` says so."""
    _post_blockers[code] = count


# -- people


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
        held = await _not_over(f"person_id = {{}} AND {_NOT_OVER}", person_id, at)
        for appointment in held:
            await _end(appointment, ends_at=at, by=by)
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


# -- absences


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


# -- posts


async def make_post(
    title: str, *, role: str, grid_id: int, by: Actor, scope_grid_id: int | None = None,
    is_accountable: bool = True, sort: int = 0, line_of_work: str = "",
) -> int:  # fmt: skip
    """A post on a grid, vacant until somebody is appointed; gives its id.

    Grid and reach must lie in the part of the tree that the actor edits, so that nobody gives rights beyond their own.
    """
    async with unit_of_work():
        grid = await grid_to_change(grid_id, by=by)
        check_role(role, org_kind=await _org_kind(grid.org_id))
        is_accountable = is_accountable and may_answer(role)
        reach = await _reach(scope_grid_id or grid_id, grid.org_id, role=role, by=by)
        row = {
            "org_id": grid.org_id, "grid_id": grid_id, "scope_grid_id": reach.id, "title": title,
            "role": role, "is_accountable": is_accountable, "sort": sort, "created_at": now(),
            "line_of_work": line_of_work or None,
        }  # fmt: skip
        [post_id] = await insert(Post, row)
        await record_event(
            PostMade(grid_id=grid_id, role=role), org_id=grid.org_id, subject_id=post_id, by=by, texts={"title": title}
        )
    return post_id


async def _org_kind(org_id: int) -> str:
    return str(await fetch_value("SELECT kind FROM organisation WHERE grid_id = {}", org_id))


async def _reach(
    grid_id: int, org_id: int, *, role: str, by: Actor, permission: Permission = Permission.GRID_EDIT
) -> GridRow:
    """The grid that a post reaches: of its own organisation, or, for an attached leader, of one below it (R20)."""
    reach = await grid_row(grid_id)
    if reach is None or reach.ended_at is not None:
        raise Refused("people.beyond_reach")
    if reach.org_id != org_id and not (role == Role.LIAISON and org_id in ids_in(reach.path)):
        raise Refused("people.beyond_reach")
    if not scope(by, permission).holds(reach.path, reach.org_id):
        raise Refused("people.beyond_reach")
    return reach


async def post_to_change(post_id: int, *, by: Actor, permission: Permission = Permission.GRID_EDIT) -> PostPlace:
    """A post that the actor may change, read anew under the lock of its organisation; an ended one is refused."""
    org_id = await fetch_value("SELECT org_id FROM post WHERE id = {}", post_id)
    if org_id is not None:
        await bump_rights(org_id)
    post = await post_place(post_id, by=by, permission=permission)
    if post.ended_at is not None:
        raise Refused("people.post_ended")
    return post


async def change_post(
    post_id: int, *, version: int, by: Actor, title: str, role: str, scope_grid_id: int, is_accountable: bool,
    line_of_work: str | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Renames a post, or changes what it is and how far it reaches; whoever holds it has the new rights at once.

    `line_of_work` None leaves the post's work besides safety as it is; "" takes it away.
    """
    async with unit_of_work():
        post = await post_to_change(post_id, by=by)
        check_role(role, org_kind=post.org_kind)
        is_accountable = is_accountable and may_answer(role)
        reach = await _reach(scope_grid_id, post.org_id, role=role, by=by)
        await _check_holders(post, role, by=by)
        line = post.line_of_work if line_of_work is None else line_of_work
        was = {"title": post.title, "role": post.role, "reach": post.reach, "is_accountable": post.is_accountable}
        wants = {"title": title, "role": role, "reach": reach.name, "is_accountable": is_accountable}
        was, wants = was | {"line_of_work": post.line_of_work}, wants | {"line_of_work": line}
        changed = [name for name in wants if was[name] != wants[name]]
        if reach.id != post.scope_grid_id and "reach" not in changed:
            changed.append("reach")  # another place of the same name
        if changed:
            await compare_and_set(
                Post,
                post_id,
                version=version,
                title=title,
                role=role,
                scope_grid_id=reach.id,
                is_accountable=is_accountable,
                line_of_work=line or None,
            )
            texts = was_and_now({name: was[name] for name in changed}, {name: wants[name] for name in changed})
            await record_event(
                PostChanged(fields=tuple(changed)), org_id=post.org_id, subject_id=post_id, by=by, texts=texts
            )
    return tuple(changed)


class _Holder(NamedTuple):
    person_id: int
    kind: str


async def _check_holders(post: PostPlace, role: str, *, by: Actor) -> None:
    """A new role must suit everybody who holds the post, and give its changer no more than before."""
    if role == post.role:
        return
    rows = await fetch(
        _Holder,
        "SELECT s.id, s.kind FROM appointment a JOIN person s ON s.id = a.person_id "
        "WHERE a.post_id = {} AND (a.ends_at IS NULL OR a.ends_at > {})",
        post.id, now(),
    )  # fmt: skip
    for holder in rows:
        check_holder(role, person_kind=holder.kind)
        check_own(by, holder.person_id, role)
    if rows:
        for changed in (role, post.role):
            await check_principal(post.org_id, changed, by=by)


async def end_post(post_id: int, *, version: int, by: Actor) -> None:
    """Ends a post now, and every appointment to it; refused while open cards wait for it."""
    async with unit_of_work():
        post = await post_to_change(post_id, by=by)
        for code, count in await post_blockers_of(post_id):
            if count:
                raise Refused(code, count=count)
        at = now()
        for appointment in await _not_over(f"post_id = {{}} AND {_NOT_OVER}", post_id, at):
            await _end(appointment, ends_at=at, by=by)
        await compare_and_set(Post, post_id, version=version, ended_at=at)
        await record_event(PostEnded(), org_id=post.org_id, subject_id=post_id, by=by)


async def post_blockers_of(post_id: int) -> list[tuple[str, int]]:
    """What keeps a post from being ended: (code of the sentence, how many)."""
    return [(code, await count(post_id)) for code, count in _post_blockers.items()]


# -- appointments


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
        await _reach(post.scope_grid_id, post.org_id, role=post.role, by=by, permission=permission)
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


async def check_principal(org_id: int, role: str, *, by: Actor) -> None:
    """Once a school has a principal, or one is announced, only the bureau above it changes who that is.

    Otherwise the office that keeps posts and accounts could make itself a principal. The first one it may enter.
    """
    if role != Role.PRINCIPAL or by.is_system or Role.BUREAU_OFFICER in by.roles:
        return
    there = await fetch_value(
        "SELECT count(*) FROM appointment a JOIN post p ON p.id = a.post_id "
        "JOIN organisation o ON o.grid_id = p.org_id WHERE p.org_id = {} AND p.role = 'principal' "
        "AND o.bureau_id IS NOT NULL AND (a.ends_at IS NULL OR (a.ends_at > {} AND a.ends_at > a.starts_at))",
        org_id, now(),
    )  # fmt: skip
    if there:
        raise Refused("people.principal_by_bureau")


async def _take_primary(post_id: int, *, besides: int = 0) -> None:
    await execute(
        "UPDATE appointment SET is_primary = FALSE, version = version + 1 WHERE post_id = {} AND id <> {} "
        "AND is_primary = TRUE AND (ends_at IS NULL OR ends_at > {})",
        post_id, besides, now(),
    )  # fmt: skip


async def make_primary(appointment_id: int, *, version: int, by: Actor) -> None:
    """Makes one holder of a post the first: reminders go there, and the card shows that name."""
    async with unit_of_work():
        found, post = await _appointment_to_change(appointment_id, by=by)
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


async def _appointment_to_change(
    appointment_id: int, *, by: Actor, permission: Permission = Permission.GRID_EDIT
) -> tuple[AppointmentRow, PostPlace]:
    found = await appointment_row(appointment_id)
    if found is None:
        raise NotFound()
    post = await post_to_change(found.post_id, by=by, permission=permission)
    again = await appointment_row(appointment_id)  # under the lock
    assert again is not None
    if again.ends_at is not None and again.ends_at <= now():
        raise Refused("people.appointment_over")
    return again, post


async def end_appointment(
    appointment_id: int, *, version: int, by: Actor, ends_at: datetime | None = None,
    permission: Permission = Permission.GRID_EDIT,
) -> int:  # fmt: skip
    """Ends an appointment at an instant (default: now). The row stays, so that "who was it then" keeps its answer.

    People end today at 00:00 at the earliest; one that has not begun ends where it begins, and never was in force.
    Gives the new version.
    """
    async with unit_of_work():
        found, _ = await _appointment_to_change(appointment_id, by=by, permission=permission)
        if found.version != version:
            raise Conflict()
        ends = ends_at or now()
        if not by.is_system:
            check_instant(ends, at=now())
        return await _end(found, ends_at=ends, by=by)


async def restore_appointment(
    appointment_id: int, *, version: int, ends_at: datetime | None, by: Actor, permission: Permission
) -> None:
    """Takes back an end that has not come yet. Belongs inside a unit of work of whatever set the end."""
    found, post = await _appointment_to_change(appointment_id, by=by, permission=permission)
    person = await person_row(found.person_id)
    if person is None or (person.left_at is not None and (ends_at is None or ends_at > person.left_at)):
        raise Refused("people.has_left", name=person.name if person else "")
    await check_principal(post.org_id, post.role, by=by)
    await compare_and_set(Appointment, appointment_id, version=version, ends_at=ends_at)
    details = AppointmentRestored(
        appointment_id=appointment_id, person_id=found.person_id, ends_at=stamp(ends_at) if ends_at else None
    )
    await record_event(details, org_id=found.org_id, subject_id=found.post_id, by=by)


_NOT_OVER = "(ends_at IS NULL OR ends_at > {})"


async def _not_over(condition: str, *args: Any) -> list[AppointmentRow]:
    return await fetch(AppointmentRow, f"SELECT {APPOINTMENT} FROM appointment WHERE {condition} ORDER BY id", *args)


async def _end(found: AppointmentRow, *, ends_at: datetime, by: Actor) -> int:
    role = await fetch_value("SELECT role FROM post WHERE id = {}", found.post_id)
    await check_principal(found.org_id, role, by=by)
    ends = max(ends_at, found.starts_at)
    fresh = await compare_and_set(Appointment, found.id, version=found.version, ends_at=ends)
    details = AppointmentEnded(appointment_id=found.id, person_id=found.person_id, ends_at=stamp(ends))
    await record_event(details, org_id=found.org_id, subject_id=found.post_id, by=by)
    return fresh


# -- a school


class NewSchool(NamedTuple):
    """What was made: the school's grid, its first safety officer, and that officer's post."""

    school_id: int
    person_id: int
    post_id: int


async def make_school(
    name: str, *, bureau_id: int, duty_phone: str, officer: str, officer_title: str, by: Actor,
    officer_phone: str | None = None,
) -> NewSchool:  # fmt: skip
    """A school below a bureau with its first safety officer, who can then be invited and make the rest."""
    async with unit_of_work():
        bureau = await grid_seen(bureau_id, by=by, permission=Permission.SCHOOL_MAKE)
        await bump_rights(bureau.org_id)
        taken = await fetch_value(
            "SELECT count(*) FROM grid WHERE parent_id = {} AND name = {} AND ended_at IS NULL", bureau_id, name
        )
        if bureau.kind != "bureau" or taken:
            raise Invalid({"name": "school.name_taken"})
        school_id = await make_organisation(name, kind="school", bureau_id=bureau_id, duty_phone=duty_phone, by=by)
        person_id = await make_person(officer, org_id=school_id, by=by, phone=officer_phone)
        post_id = await make_post(officer_title, role=Role.SAFETY_OFFICER, grid_id=school_id, by=by)
        await appoint(person_id, post_id=post_id, by=by)
    return NewSchool(school_id, person_id, post_id)


__all__ = [
    "PostRow", "appoint", "change_person", "change_post", "check_principal", "end_appointment", "end_post",
    "make_person", "make_post", "make_primary", "make_school", "mark_left", "post_row", "record_absence",
    "register_leaving", "register_post_blocker", "restore_appointment", "set_leaving", "withdraw_absence",
    "withdraw_leaving", "withdraw_person",
]  # fmt: skip
