"""The responsibility maps that were drawn: versions, and which schools need a new one."""

from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch, fetch_column, fetch_one


class MapRow(NamedTuple):
    """One edition of a school's map: it holds from `made_at` until the next one."""

    id: int
    org_id: int
    edition: int
    digest: str
    have: int
    whole: int
    made_at: datetime
    rights_version: int


_MAP = "SELECT id, org_id, edition, digest, have, whole, made_at, rights_version FROM responsibility_map"


async def editions(org_id: int, *, most: int = 30) -> list[MapRow]:
    """The latest editions, the newest first. One statement."""
    return await fetch(MapRow, f"{_MAP} WHERE org_id = {{}} ORDER BY edition DESC LIMIT {{}}", org_id, most)


async def edition_of(org_id: int, edition: int) -> MapRow | None:
    """One edition."""
    return await fetch_one(MapRow, f"{_MAP} WHERE org_id = {{}} AND edition = {{}}", org_id, edition)


async def schools_to_draw(*, at: datetime) -> list[int]:
    """The schools whose latest map was compared with other rows than those of now. One statement."""
    found = await fetch_column(
        "SELECT o.grid_id FROM organisation o LEFT JOIN responsibility_map m ON m.org_id = o.grid_id "
        "AND m.edition = (SELECT max(x.edition) FROM responsibility_map x WHERE x.org_id = o.grid_id) "
        "WHERE o.kind = 'school' AND (m.id IS NULL OR m.rights_version <> o.rights_version OR m.next_at <= {}) "
        "ORDER BY o.id",
        at,
    )
    return [int(one) for one in found]
