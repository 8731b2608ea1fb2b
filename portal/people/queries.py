"""Reading people, posts and who holds what at an instant."""

from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch, fetch_one, in_list

HELD_AT = "a.starts_at <= {} AND (a.ends_at IS NULL OR a.ends_at > {})"
"""The condition "in force at this instant" over `appointment a`; takes the instant twice."""


class PostRow(NamedTuple):
    """A post as it stands."""

    id: int
    org_id: int
    grid_id: int
    scope_grid_id: int
    title: str
    role: str
    is_accountable: bool
    version: int
    ended_at: datetime | None


class AppointmentRow(NamedTuple):
    """An appointment as it stands."""

    id: int
    org_id: int
    post_id: int
    person_id: int
    is_primary: bool
    kind: str
    starts_at: datetime
    ends_at: datetime | None
    version: int


class HolderRow(NamedTuple):
    """A post of a grid and one of its holders now; a vacant post has one row with person None."""

    grid_id: int
    post_id: int
    title: str
    role: str
    is_accountable: bool
    person_id: int | None
    name: str | None
    person_kind: str | None
    is_primary: bool | None
    phone_sealed: str | None
    appointment_id: int | None
    appointment_version: int | None


async def post_row(post_id: int) -> PostRow | None:
    """A post by its id."""
    return await fetch_one(
        PostRow,
        "SELECT id, org_id, grid_id, scope_grid_id, title, role, is_accountable, version, ended_at FROM post WHERE id = {}",
        post_id,
    )


async def holders_on(grid_ids: list[int], *, at: datetime) -> list[HolderRow]:
    """Posts and holders of some grids at an instant, accountable posts and primary holders first. One statement."""
    marks, ids = in_list(grid_ids)
    return await fetch(
        HolderRow,
        "SELECT p.grid_id, p.id, p.title, p.role, p.is_accountable, s.id, s.name, s.kind, a.is_primary, "
        "s.phone_sealed, a.id, a.version FROM post p "
        f"LEFT JOIN appointment a ON a.post_id = p.id AND {HELD_AT} LEFT JOIN person s ON s.id = a.person_id "  # noqa: S608
        f"WHERE p.grid_id IN {marks} AND (p.ended_at IS NULL OR p.ended_at > {{}}) "
        "ORDER BY p.is_accountable DESC, p.sort, p.id, a.is_primary DESC, a.id",
        at, at, *ids, at,
    )  # fmt: skip
