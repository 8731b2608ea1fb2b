"""What this room lends to rooms on its right; `app.py` hands it over."""

from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch_one
from portal.core.provided import Held


class _Counts(NamedTuple):
    posts: int
    grids: int
    absences: int


async def held_by_person(person_id: int, _by: Actor, _language: str) -> list[Held]:
    """Posts and grids that somebody holds or will hold, and announced absences. One statement."""
    at = now()
    found = await fetch_one(
        _Counts,
        "SELECT count(DISTINCT p.id), count(DISTINCT p.grid_id), (SELECT count(*) FROM absence b "
        "WHERE b.person_id = {} AND b.undone_at IS NULL AND (b.ends_at IS NULL OR b.ends_at > {})) FROM appointment a "
        "JOIN post p ON p.id = a.post_id WHERE a.person_id = {} "
        "AND (a.ends_at IS NULL OR (a.ends_at > {} AND a.ends_at > a.starts_at))",
        person_id, at, person_id, at,
    )  # fmt: skip
    assert found is not None
    here = f"/people/{person_id}"
    return [
        Held("people.posts", found.posts, here),
        Held("people.grids", found.grids, here),
        Held("people.absences", found.absences, here),
    ]
