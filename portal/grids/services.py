"""Making, renaming, moving and ending parts of the tree, each with its event."""

from datetime import datetime
from typing import Any

from portal.audit.catalogue import GridMade, OrganisationMade
from portal.audit.services import record_event, start_chain
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, insert, unit_of_work
from portal.core.refusals import NotFound
from portal.grids.queries import GridRow, grid_row
from portal.grids.tables import Grid, Organisation


async def bump_rights(org_id: int) -> None:
    """Says that rights in this organisation may have changed: every cached actor is built anew on its next request (TA2)."""
    await execute(
        "UPDATE organisation SET rights_version = rights_version + 1 WHERE grid_id = {}", org_id
    )


async def make_organisation(
    name: str, *, kind: str, bureau_id: int | None = None, duty_phone: str | None = None, by: Actor
) -> int:
    """A bureau or a school: its root grid, its own audit chain; gives the grid's id. `kind` is bureau or school."""
    async with unit_of_work():
        parent = await grid_row(bureau_id) if bureau_id else None
        grid_id = await _insert_grid(name, kind=kind, parent=parent, at=now(), org_id=None)
        await execute("UPDATE grid SET org_id = {} WHERE id = {}", grid_id, grid_id)
        row = {
            "grid_id": grid_id, "kind": kind, "bureau_id": bureau_id, "duty_phone": duty_phone,
            "created_at": now(),
        }  # fmt: skip
        await insert(Organisation, row)
        await start_chain(grid_id)
        await record_event(
            OrganisationMade(org_kind=kind), org_id=grid_id, subject_id=grid_id, by=by, texts={"name": name}
        )
    return grid_id


async def make_grid(name: str, *, kind: str, parent_id: int, by: Actor, **fields: Any) -> int:
    """A new part below `parent_id`; gives its id. `fields` are columns of the grid's card."""
    async with unit_of_work():
        parent = await grid_row(parent_id)
        if parent is None:
            raise NotFound()
        grid_id = await _insert_grid(name, kind=kind, parent=parent, at=now(), org_id=parent.org_id, **fields)
        await record_event(
            GridMade(parent_id=parent_id, grid_kind=kind),
            org_id=parent.org_id, subject_id=grid_id, by=by, texts={"name": name},
        )  # fmt: skip
        await bump_rights(parent.org_id)
    return grid_id


async def _insert_grid(
    name: str, *, kind: str, parent: GridRow | None, at: datetime, org_id: int | None, **fields: Any
) -> int:
    row = {
        "name": name, "kind": kind, "parent_id": parent.id if parent else None, "org_id": org_id,
        "depth": parent.depth + 1 if parent else 0, "created_at": at, **fields,
    }  # fmt: skip
    [grid_id] = await insert(Grid, row)
    path = f"{parent.path if parent else '/'}{grid_id}/"
    await execute("UPDATE grid SET path = {} WHERE id = {}", path, grid_id)
    return grid_id
