"""The tree: one level, two levels, a whole part, the names above a grid."""

from portal.core.actors import Actor
from portal.core.database import fetch, in_list
from portal.grids.queries.cards import CARD, CardRow
from portal.grids.queries.grids import Crumb, Part, ids_in
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope

LEVEL_ROWS = 400
"""A tree with at most this many rows on its first two levels shows both at once; a larger one opens level by level."""


async def level_of(parent_id: int, *, by: Actor) -> list[CardRow]:
    """The open children of a grid in the actor's scope, in their order. One statement."""
    where, args = scope_sql(scope(by, Permission.GRID_VIEW), path="g.path", org="g.org_id")
    return await fetch(
        CardRow,
        f"SELECT 'child', {CARD} WHERE g.parent_id = {{}} AND g.ended_at IS NULL AND {where} ORDER BY g.sort, g.id",
        parent_id, *args,
    )  # fmt: skip


async def top_levels(root: Part) -> list[CardRow]:
    """The first two levels below a root; one more row than `LEVEL_ROWS` says that there are too many for one page."""
    return await fetch(
        CardRow,
        f"SELECT 'child', {CARD} WHERE g.path LIKE {{}} AND g.org_id = {{}} AND g.ended_at IS NULL AND g.id <> {{}} "
        "AND g.depth <= {} ORDER BY g.depth, g.sort, g.id LIMIT {}",
        root.path + "%", root.org_id, root.id, root.depth + 2, LEVEL_ROWS + 1,
    )  # fmt: skip


async def subtree(root: Part) -> list[CardRow]:
    """Every open grid of a part of the tree, parents before children, within one organisation."""
    rows = await fetch(
        CardRow,
        f"SELECT 'found', {CARD} WHERE g.path LIKE {{}} AND g.org_id = {{}} AND g.ended_at IS NULL",
        root.path + "%", root.org_id,
    )  # fmt: skip
    return in_tree_order(rows)


def in_tree_order(rows: list[CardRow]) -> list[CardRow]:
    """Parents before their children, siblings by their own order; a path alone would sort 10 before 9."""
    key = {row.id: (row.sort, row.id) for row in rows}
    return sorted(rows, key=lambda row: [key.get(step, (0, step)) for step in ids_in(row.path)])


def above(row: CardRow) -> list[int]:
    """The ids between the organisation and the grid, without both."""
    steps = ids_in(row.path)
    return steps[steps.index(row.org_id) + 1 : -1] if row.org_id in steps else []


async def paths_named(rows: list[CardRow]) -> dict[int, str]:
    """For each of these grids the names above it, without the organisation's own: one statement."""
    marks, ids = in_list(sorted({step for row in rows for step in above(row)}))
    names = {c.id: c.name for c in await fetch(Crumb, f"SELECT id, name FROM grid WHERE id IN {marks}", *ids)}
    return {row.id: " / ".join(names[step] for step in above(row)) for row in rows}
