"""Whose coverage the actor may see: outside the scope there is nothing (TA1)."""

from portal.core.actors import Actor
from portal.core.refusals import NotFound
from portal.coverage.queries.reading import School
from portal.grids.queries import GridRow, grid_seen
from portal.permissions.rules import Permission, Scope, scope


async def org_seen(org_id: int, *, by: Actor, permission: Permission = Permission.COVERAGE_VIEW) -> GridRow:
    """An organisation wholly inside the actor's scope. One statement."""
    found = await grid_seen(org_id, by=by, permission=permission)
    if found.id != found.org_id:
        raise NotFound()
    return found


def parts_seen(school: School, by: Actor) -> tuple[str, ...]:
    """The parts of an organisation that the actor may see: its whole path, or a chief's own buildings."""
    held: Scope = scope(by, Permission.COVERAGE_VIEW)
    if held.holds(school.path, school.org_id):
        return (school.path,)
    return tuple(path for path in held.paths if path.startswith(school.path))
