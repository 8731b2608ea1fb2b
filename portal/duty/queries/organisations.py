"""Whose duty room it is: a school's, a bureau's, the schools of a bureau."""

from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch
from portal.core.refusals import NotFound
from portal.grids.queries import GridRow, grid_row
from portal.permissions.rules import Permission, scope


async def duty_organisation(org_id: int | None, *, by: Actor) -> GridRow:
    """The school or bureau whose duty room the actor may see; for anything else `NotFound`."""
    grid = await grid_row(org_id) if org_id is not None else None
    if grid is None or grid.id != grid.org_id:
        raise NotFound()
    if not scope(by, Permission.DUTY_VIEW).holds(grid.path, grid.org_id):
        raise NotFound()
    return grid


class DutySchool(NamedTuple):
    """A school as its bureau asks after its duty: the phone that is answered there, and where it lies in the tree."""

    id: int
    name: str
    path: str
    phone: str


async def duty_schools(bureau_id: int, *, by: Actor) -> list[DutySchool]:
    """The schools of a bureau whose duty the actor may see, by name. One statement."""
    found = await fetch(
        DutySchool,
        "SELECT g.id, g.name, g.path, COALESCE(o.duty_phone, '') FROM organisation o JOIN grid g ON g.id = o.grid_id "
        "WHERE o.bureau_id = {} AND g.ended_at IS NULL ORDER BY g.name, g.id",
        bureau_id,
    )
    seen = scope(by, Permission.DUTY_VIEW)
    return [school for school in found if seen.holds(school.path, school.id)]
