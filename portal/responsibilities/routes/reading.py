"""What every page of the matrix begins with: the grid as the actor may see it, and all that is in force there."""

from datetime import datetime

from portal.core.actors import Actor
from portal.core.refusals import NotFound
from portal.grids.queries import GridRow, grid_seen
from portal.grids.rules import parse_id
from portal.permissions.rules import Permission, scope
from portal.responsibilities.queries.facts import facts_of_org
from portal.responsibilities.queries.matrix import stands_around, words_for
from portal.responsibilities.views.ground import Ground


async def ground_of(
    grid_id: int | None, *, by: Actor, at: datetime, language: str, permission: Permission = Permission.MATRIX_VIEW
) -> Ground:
    """Five statements, whatever the size; outside the scope there is nothing (TA1)."""
    stands = await stands_around(grid_id or 0)
    here = next((one for one in stands if one.grid_id == grid_id), None)
    if here is None or not scope(by, permission).holds(here.path, here.org_id):
        raise NotFound()
    org_path = next(one.path for one in stands if one.grid_id == here.org_id)
    facts = await facts_of_org(here.org_id, at=at, path=org_path)
    people = {tenure.person_id for tenures in facts.tenures_of.values() for tenure in tenures}
    words = await words_for(here.org_id, at=at, people=people)
    return Ground(here, stands, facts, words, at, language)


def crumbs_of(ground: Ground, by: Actor, *more: str, query: str = "") -> tuple[tuple[str, str], ...]:
    """The grids of the school down to this one as links to their own matrix, and the words of this page."""
    held = scope(by, Permission.MATRIX_VIEW)
    way = [ground.grids[step] for step in ground.line if step in ground.grids]
    way = [step for step in way if step.org_id == ground.grid.org_id and held.holds(step.path, step.org_id)]
    return (*((step.grid, f"/matrix?grid={step.grid_id}{query}") for step in way), *((text, "") for text in more))


async def school_of(wanted: str, by: Actor, permission: Permission) -> GridRow:
    """The organisation that an address names, or the actor's own."""
    org_id = parse_id(wanted) if wanted else by.org_id
    if org_id is None:
        raise NotFound()
    org = await grid_seen(org_id, by=by, permission=permission)
    if org.id != org.org_id:
        raise NotFound()
    return org
