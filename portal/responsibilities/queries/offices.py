"""Whoever answers for the offices of a school at an instant, to be told: two statements."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch, in_list
from portal.permissions.rules import Role
from portal.responsibilities.queries.holders import holders_of_posts
from portal.responsibilities.rules import UPWARDS, told_for


class _Post(NamedTuple):
    id: int
    role: str


async def answering_for_offices(org_id: int, roles: Iterable[Role], *, at: datetime) -> list[int]:
    """Of each post of these roles in a school whoever answers for it now: while its holder is away the acting one or
    the deputy. Where nobody does, the next above, at last the bureau. The bureau's officers are those of the school's
    bureau, or of the organisation itself."""
    wanted = list(roles)
    if not wanted:
        return []
    marks, offices = in_list([str(role) for role in UPWARDS])
    posts = await fetch(
        _Post,
        "SELECT p.id, p.role FROM post p WHERE (p.ended_at IS NULL OR p.ended_at > {}) "
        f"AND ((p.org_id = {{}} AND p.role IN {marks}) OR (p.role = 'bureau_officer' "
        "AND p.org_id = (SELECT o.bureau_id FROM organisation o WHERE o.grid_id = {}))) ORDER BY p.sort, p.id",
        at, org_id, *offices, org_id,
    )  # fmt: skip
    holders = await holders_of_posts([post.id for post in posts], at=at)
    answering: dict[str, list[int]] = {}
    for post in posts:
        held = holders.held(post.id)
        answering.setdefault(post.role, []).extend([held.person_id] if held is not None else [])
    return told_for(wanted, answering)
