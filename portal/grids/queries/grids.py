"""A grid by its id or its path, as every other room needs it."""

from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one, in_list
from portal.core.refusals import NotFound
from portal.grids.rules import Place
from portal.permissions.rules import Permission, scope


class Part(NamedTuple):
    """A grid with everything below it in its organisation: where a list or a tree begins."""

    id: int
    org_id: int
    path: str
    depth: int


class GridRow(NamedTuple):
    """One grid with what every page about it needs."""

    id: int
    org_id: int
    parent_id: int | None
    path: str
    depth: int
    scheme: str
    kind: str
    name: str
    is_heading: bool
    version: int
    ended_at: datetime | None

    @property
    def place(self) -> Place:
        """The grid as the rules see it."""
        return Place(self.id, self.org_id, self.path, self.depth, self.ended_at is not None)

    @property
    def part(self) -> Part:
        """The grid as the beginning of a tree."""
        return Part(self.id, self.org_id, self.path, self.depth)


GRID = "g.id, g.org_id, g.parent_id, g.path, g.depth, g.scheme, g.kind, g.name, g.is_heading, g.version, g.ended_at"


class Crumb(NamedTuple):
    """One step on the way from the school to a grid."""

    id: int
    name: str


async def grid_row(grid_id: int) -> GridRow | None:
    """A grid by its id, whoever asks: for services that decide by the pure rule."""
    return await fetch_one(GridRow, f"SELECT {GRID} FROM grid g WHERE g.id = {{}}", grid_id)


async def grid_seen(grid_id: int, *, by: Actor, permission: Permission = Permission.GRID_VIEW) -> GridRow:
    """A grid inside the actor's scope for this permission; anything else does not exist."""
    found = await grid_row(grid_id)
    if found is None or not scope(by, permission).holds(found.path, found.org_id):
        raise NotFound()
    return found


def ids_in(path: str) -> list[int]:
    """The ids of a path, from the root to the grid itself."""
    return [int(part) for part in path.strip("/").split("/") if part]


async def crumbs(path: str) -> list[Crumb]:
    """The names along a path, from the root down, in one statement."""
    marks, ids = in_list(ids_in(path))
    found = {c.id: c for c in await fetch(Crumb, f"SELECT id, name FROM grid WHERE id IN {marks}", *ids)}
    return [found[grid_id] for grid_id in ids if grid_id in found]
