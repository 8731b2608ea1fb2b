"""What the wizard offers: people of an organisation, its posts with whoever holds them."""

from datetime import datetime
from typing import NamedTuple

from portal.changes.rules import Named
from portal.core.database import fetch
from portal.people.queries import HELD_AT, KNOWN_PLACED


class PostOffer(NamedTuple):
    """A post with its first holder at this instant (None: vacant)."""

    id: int
    title: str
    grid: str
    holder: str | None


class HeldPost(NamedTuple):
    """An appointment of the person that is not over."""

    appointment_id: int
    post_id: int
    title: str
    role: str
    grid_id: int
    grid: str
    kind: str
    is_primary: bool
    starts_at: datetime
    ends_at: datetime | None


async def staff_of(org_id: int, *, at: datetime) -> list[Named]:
    """Everybody who works there and is not about to leave, by name. One statement."""
    return await fetch(
        Named,
        f"SELECT p.id, p.name, coalesce(p.staff_no, ''), coalesce({KNOWN_PLACED}, '') "
        "FROM person p WHERE p.org_id = {} AND p.kind = 'staff' "
        "AND p.left_at IS NULL ORDER BY p.name, p.id",
        at, at, org_id,
    )  # fmt: skip


async def posts_of(org_id: int, *, at: datetime) -> list[PostOffer]:
    """Every post of the staff with its first holder, vacant ones first. One statement."""
    found = await fetch(
        PostOffer,
        "SELECT p.id, p.title, g.name, s.name FROM post p JOIN grid g ON g.id = p.grid_id "
        f"LEFT JOIN appointment a ON a.post_id = p.id AND a.is_primary AND {HELD_AT} "
        "LEFT JOIN person s ON s.id = a.person_id WHERE p.org_id = {} AND p.role <> 'pupil' "
        "AND p.ended_at IS NULL ORDER BY CASE WHEN s.id IS NULL THEN 0 ELSE 1 END, g.path, p.sort, p.id",
        at, at, org_id,
    )  # fmt: skip
    return list({row.id: row for row in found}.values())


async def posts_held(person_id: int, *, at: datetime) -> list[HeldPost]:
    """What somebody holds now or will hold, in the order of the tree. One statement."""
    return await fetch(
        HeldPost,
        "SELECT a.id, p.id, p.title, p.role, g.id, g.name, a.kind, a.is_primary, a.starts_at, a.ends_at "
        "FROM appointment a JOIN post p ON p.id = a.post_id JOIN grid g ON g.id = p.grid_id WHERE a.person_id = {} "
        "AND (a.ends_at IS NULL OR (a.ends_at > {} AND a.ends_at > a.starts_at)) ORDER BY g.path, p.sort, a.id",
        person_id, at,
    )  # fmt: skip
