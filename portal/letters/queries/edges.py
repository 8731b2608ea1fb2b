"""Reading the chain: edges, and the posts above one with whoever holds them at an instant."""

from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch, in_list
from portal.grids.queries import ids_in
from portal.letters.rules import Edge, Reach, Station
from portal.responsibilities.queries import holders_of_posts


class _EdgeRow(NamedTuple):
    id: int
    org_id: int | None
    kind: str
    step: int
    giver_role: str
    taker_role: str
    reach: str
    is_on_paper: bool


async def edges_of(org_id: int) -> list[Edge]:
    """The steps of every chain that holds in an organisation: of each kind its own, or else the shared one.

    A chain holds whole: whoever has one of their own has left out of it what they did not want. One statement.
    """
    rows = await fetch(
        _EdgeRow,
        "SELECT id, org_id, kind, step, giver_role, taker_role, reach, is_on_paper FROM letter_edge "
        "WHERE (org_id IS NULL OR org_id = {}) AND ended_at IS NULL ORDER BY step, sort, id",
        org_id,
    )
    own = {row.kind for row in rows if row.org_id is not None}
    return [
        Edge(
            row.kind, row.step, row.giver_role, row.taker_role, Reach(row.reach), row.org_id is not None,
            bool(row.is_on_paper), row.id,
        )
        for row in rows
        if row.org_id is not None or row.kind not in own
    ]  # fmt: skip


class _PostRow(NamedTuple):
    id: int
    role: str
    scope_grid_id: int
    is_accountable: bool


async def stations_above(path: str, org_id: int, *, at: datetime) -> list[Station]:
    """Every post whose part of the tree holds a grid, nearest first, with who holds it at an instant. Two statements.

    A vice head's post stands on an office and reaches the whole school: what counts is how far it reaches. Pupils'
    posts are none (R44).
    """
    line = ids_in(path)[::-1]
    marks, ids = in_list(line)
    rows = await fetch(
        _PostRow,
        f"SELECT id, role, scope_grid_id, is_accountable FROM post WHERE scope_grid_id IN {marks} AND role <> 'pupil' "
        "AND (ended_at IS NULL OR ended_at > {}) ORDER BY sort, id",
        *ids, at,
    )  # fmt: skip
    holders = await holders_of_posts([row.id for row in rows], at=at)
    found = []
    for row in sorted(rows, key=lambda row: line.index(row.scope_grid_id)):
        held = holders.held(row.id)
        person = held.person_id if held is not None else None
        distance, on_school = line.index(row.scope_grid_id), row.scope_grid_id == org_id
        found.append(Station(row.id, row.role, distance, person, bool(row.is_accountable), on_school))
    return found
