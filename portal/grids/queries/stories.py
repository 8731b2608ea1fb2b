"""What happened to a grid, and who changed something last."""

from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch, fetch_one, in_list


class Told(NamedTuple):
    """One event with one of the texts that were written with it (or none)."""

    id: int
    kind: str
    at: datetime
    actor_id: int | None
    actor: str | None
    via: str
    details: str
    post: str | None
    field: str | None
    body: str | None


STORY_ROWS = 60
_STORY = (
    "SELECT e.id, e.kind, e.at, e.actor_id, w.name, e.via, e.details, p.title, t.field, t.body FROM ("
    "SELECT * FROM event WHERE subject_kind = 'grid' AND subject_id = {} "
    "UNION ALL SELECT * FROM event WHERE subject_kind = 'post' AND subject_id IN "
    "(SELECT id FROM post WHERE grid_id = {}) "
    "UNION ALL SELECT * FROM event WHERE subject_kind = 'import' AND kind = 'import.applied' AND subject_id = "
    "(SELECT import_batch_id FROM grid WHERE id = {}) ORDER BY 1 DESC LIMIT {}) e "
    "LEFT JOIN person w ON w.id = e.actor_id LEFT JOIN post p ON e.subject_kind = 'post' AND p.id = e.subject_id "
    "LEFT JOIN event_text t ON t.event_id = e.id ORDER BY e.id DESC, t.id"
)


async def story_of(grid_id: int, *, most: int = STORY_ROWS) -> list[Told]:
    """What happened to a grid and its posts, newest first, a row for each text. One statement."""
    return await fetch(Told, _STORY, grid_id, grid_id, grid_id, most)


class NamedPerson(NamedTuple):
    """A person that a story speaks of."""

    id: int
    name: str
    kind: str


async def people_named(ids: set[int]) -> dict[int, NamedPerson]:
    """The people behind the ids of a story."""
    marks, args = in_list(sorted(ids))
    if not ids:
        return {}
    rows = await fetch(NamedPerson, f"SELECT id, name, kind FROM person WHERE id IN {marks}", *args)
    return {row.id: row for row in rows}


class Change(NamedTuple):
    """Who changed something last, and when."""

    name: str
    at: datetime


async def last_change(subject_kind: str, subject_id: int) -> Change | None:
    """Who changed this last: for the page that tells somebody that they came second (TR5)."""
    return await fetch_one(
        Change,
        "SELECT COALESCE(p.name, ''), e.at FROM event e LEFT JOIN person p ON p.id = e.actor_id "
        "WHERE e.subject_kind = {} AND e.subject_id = {} ORDER BY e.id DESC LIMIT 1",
        subject_kind, subject_id,
    )  # fmt: skip
