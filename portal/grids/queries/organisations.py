"""Schools and bureaus with their counts."""

from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one
from portal.grids.queries.finding import VACANT, vacant_args
from portal.grids.queries.grids import Part
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope


class OrganisationRow(NamedTuple):
    """A school or bureau with its counts. `vacant` counts grids that nobody answers for."""

    id: int
    kind: str
    name: str
    path: str
    depth: int
    duty_phone: str | None
    grids: int
    vacant: int

    @property
    def part(self) -> Part:
        """The whole organisation as the beginning of a tree."""
        return Part(self.id, self.id, self.path, self.depth)


async def organisations_seen(by: Actor, *, at: datetime, only: int | None = None) -> list[OrganisationRow]:
    """The organisations whose tree the actor may see (or `only` that one of them), bureaus first. One statement."""
    where, args = scope_sql(scope(by, Permission.GRID_VIEW), path="r.path", org="r.org_id")
    if only is not None:
        where, args = f"{where} AND r.id = {{}}", [*args, only]
    return await fetch(
        OrganisationRow,
        "SELECT r.id, o.kind, r.name, r.path, r.depth, o.duty_phone, count(g.id), "
        f"COALESCE(SUM(CASE WHEN {VACANT} THEN 1 ELSE 0 END), 0) FROM organisation o JOIN grid r ON r.id = o.grid_id "
        "LEFT JOIN grid g ON g.org_id = r.id AND g.ended_at IS NULL WHERE r.ended_at IS NULL "
        f"AND {where} GROUP BY r.id, o.kind, r.name, r.path, r.depth, o.duty_phone ORDER BY o.kind, r.name, r.id",
        *vacant_args(at), *args,
    )  # fmt: skip


async def duty_phone_of(org_id: int) -> str | None:
    """The line that a school gives for its duty."""
    row = await fetch_one(_Phone, "SELECT duty_phone FROM organisation WHERE grid_id = {}", org_id)
    return row.duty_phone if row else None


class _Phone(NamedTuple):
    duty_phone: str | None
