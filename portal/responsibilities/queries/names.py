"""Names of what an answer holds as ids: people, posts and grids, in one statement each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from portal.core.database import fetch, in_list


class PostName(NamedTuple):
    """A post as people call it: its title and the grid that it stands on."""

    id: int
    title: str
    role: str
    grid_id: int
    grid: str
    org_id: int


class _Name(NamedTuple):
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Names:
    """What to call the ids of an answer. Who may see them was decided before."""

    people: dict[int, str] = field(default_factory=dict)
    posts: dict[int, PostName] = field(default_factory=dict)
    grids: dict[int, str] = field(default_factory=dict)


async def names_for(
    *, people: Iterable[int | None] = (), posts: Iterable[int | None] = (), grids: Iterable[int | None] = ()
) -> Names:
    """Names of some people, posts and grids; nothing is asked for a kind of which there is none."""
    return Names(
        people=await _names("SELECT id, name FROM person WHERE id IN ", people),
        posts=await _posts(posts),
        grids=await _names("SELECT id, name FROM grid WHERE id IN ", grids),
    )


async def _names(sql: str, wanted: Iterable[int | None]) -> dict[int, str]:
    marks, ids = in_list(sorted({one for one in wanted if one is not None}))
    return {row.id: row.name for row in await fetch(_Name, sql + marks, *ids)} if ids else {}


async def _posts(wanted: Iterable[int | None]) -> dict[int, PostName]:
    marks, ids = in_list(sorted({one for one in wanted if one is not None}))
    if not ids:
        return {}
    rows = await fetch(
        PostName,
        "SELECT p.id, p.title, p.role, g.id, g.name, p.org_id FROM post p JOIN grid g ON g.id = p.grid_id "
        f"WHERE p.id IN {marks}",
        *ids,
    )
    return {row.id: row for row in rows}
