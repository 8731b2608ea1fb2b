"""Everything that the page of a grid and its register show, and the grids around it."""

from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch
from portal.core.refusals import NotFound
from portal.grids.rules import Place
from portal.permissions.rules import Permission, scope


class CardRow(NamedTuple):
    """A grid with everything that its page and its register show. `relation` says what it is to the grid asked for."""

    relation: str  # way | child | parallel | place
    id: int
    org_id: int
    parent_id: int | None
    path: str
    depth: int
    scheme: str
    kind: str
    kind_name: str
    kind_name_en: str
    level_label: str | None
    name: str
    code: str | None
    place_id: int | None
    area_m2: float | None
    location: str | None
    main_buildings: str | None
    key_places: str | None
    range_note: str | None
    duty_note: str | None
    assessment_note: str | None
    is_key_spot: bool
    is_heading: bool
    sort: int
    version: int
    ended_at: datetime | None
    children: int

    def kind_text(self, language: str) -> str:
        """What it is, in the reader's language."""
        return self.kind_name_en if language == "en" else self.kind_name

    @property
    def place(self) -> Place:
        """The grid as the rules see it."""
        return Place(self.id, self.org_id, self.path, self.depth, self.ended_at is not None)


CHILDREN = "(SELECT count(*) FROM grid c WHERE c.parent_id = g.id AND c.ended_at IS NULL)"
KIND_JOIN = "LEFT JOIN grid_kind k ON k.code = g.kind AND (k.org_id IS NULL OR k.org_id = g.org_id)"
CARD = (
    "g.id, g.org_id, g.parent_id, g.path, g.depth, g.scheme, g.kind, COALESCE(k.name, g.kind), "
    "COALESCE(k.name_en, g.kind), g.level_label, g.name, g.code, g.place_id, g.area_m2, g.location, g.main_buildings, "
    "g.key_places, g.range_note, g.duty_note, g.assessment_note, g.is_key_spot, g.is_heading, g.sort, g.version, "
    f"g.ended_at, {CHILDREN} FROM grid g {KIND_JOIN}"
)
_FAMILY = (
    "WITH RECURSIVE up(id, parent_id) AS (SELECT id, parent_id FROM grid WHERE id = {} "
    "UNION ALL SELECT p.id, p.parent_id FROM grid p JOIN up ON p.id = up.parent_id) "
    f"SELECT 'way', {CARD} WHERE g.id IN (SELECT id FROM up) "
    f"UNION ALL SELECT 'child', {CARD} WHERE g.parent_id = {{}} AND g.ended_at IS NULL "
    f"UNION ALL SELECT 'place', {CARD} WHERE g.id = (SELECT s.place_id FROM grid s WHERE s.id = {{}}) "
    f"UNION ALL SELECT 'parallel', {CARD} WHERE g.ended_at IS NULL AND g.id <> {{}} "
    "AND g.org_id = (SELECT s.org_id FROM grid s WHERE s.id = {}) "
    "AND (g.place_id = {} OR g.place_id = (SELECT s.place_id FROM grid s WHERE s.id = {}))"
)


class Family(NamedTuple):
    """A grid with the way to it, its children, the place that it stands in and the other grids at that place."""

    grid: CardRow
    way: list[CardRow]
    children: list[CardRow]
    parallels: list[CardRow]


async def family_of(grid_id: int, *, by: Actor, permission: Permission = Permission.GRID_VIEW) -> Family:
    """A grid and its relatives in one statement; outside the scope it does not exist."""
    rows = await fetch(CardRow, _FAMILY, *[grid_id] * 7)
    way = sorted((row for row in rows if row.relation == "way"), key=lambda row: row.depth)
    if not way or not scope(by, permission).holds(way[-1].path, way[-1].org_id):
        raise NotFound()
    children = sorted((row for row in rows if row.relation == "child"), key=lambda row: (row.sort, row.id))
    beside = {row.id: row for row in rows if row.relation in ("place", "parallel")}
    return Family(way[-1], way, children, list(beside.values()))
