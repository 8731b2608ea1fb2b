"""What is asked before a post or its holders change: the row under its lock, its reach, whose the decision is."""

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch_value
from portal.core.refusals import NotFound, Refused
from portal.grids.queries import GridRow, grid_row, ids_in
from portal.grids.services import bump_rights
from portal.people.queries import AppointmentRow, PostPlace, appointment_row, post_place
from portal.permissions.rules import Permission, Role, scope


async def post_to_change(post_id: int, *, by: Actor, permission: Permission = Permission.GRID_EDIT) -> PostPlace:
    """A post that the actor may change, read anew under the lock of its organisation; an ended one is refused."""
    org_id = await fetch_value("SELECT org_id FROM post WHERE id = {}", post_id)
    if org_id is not None:
        await bump_rights(org_id)
    post = await post_place(post_id, by=by, permission=permission)
    if post.ended_at is not None:
        raise Refused("people.post_ended")
    return post


async def appointment_to_change(
    appointment_id: int, *, by: Actor, permission: Permission = Permission.GRID_EDIT
) -> tuple[AppointmentRow, PostPlace]:
    """An appointment with its post, both under the lock; one that is over is refused."""
    found = await appointment_row(appointment_id)
    if found is None:
        raise NotFound()
    post = await post_to_change(found.post_id, by=by, permission=permission)
    again = await appointment_row(appointment_id)  # under the lock
    assert again is not None
    if again.ends_at is not None and again.ends_at <= now():
        raise Refused("people.appointment_over")
    return again, post


async def check_reach(
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
