"""Reading who is named for the sensitive cards of a school, and who could be."""

from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch
from portal.core.refusals import NotFound
from portal.people.queries import KNOWN_PLACED
from portal.permissions.rules import Permission, scope


class ViewerRow(NamedTuple):
    """A person who is or was named. `gone`: has left the school, so that the name no longer opens anything."""

    person_id: int
    name: str
    title: str | None
    starts_at: datetime
    ends_at: datetime | None
    gone: bool


class Colleague(NamedTuple):
    """Somebody who can be named."""

    id: int
    name: str
    title: str | None


def own_school(by: Actor, permission: Permission) -> int:
    """The organisation whose viewers the actor may read or name: their own, and no other."""
    if by.org_id is None or not scope(by, permission).holds("", by.org_id):
        raise NotFound()
    return by.org_id


async def viewers_of(org_id: int, *, at: datetime) -> list[ViewerRow]:
    """Everybody who was ever named, those of now first. One statement."""
    return await fetch(
        ViewerRow,
        f"SELECT p.id, p.name, {KNOWN_PLACED}, v.starts_at, v.ends_at, p.left_at IS NOT NULL AND p.left_at <= {{}} "
        "FROM restricted_viewer v "
        "JOIN person p ON p.id = v.person_id WHERE v.org_id = {} "
        "ORDER BY v.ends_at IS NOT NULL, v.starts_at DESC, v.id",
        at, at, at, org_id,
    )  # fmt: skip


async def colleagues(org_id: int, *, at: datetime) -> list[Colleague]:
    """The staff of a school by name, and then those of the bureau above it. One statement."""
    return await fetch(
        Colleague,
        f"SELECT p.id, p.name, {KNOWN_PLACED} FROM person p WHERE (p.org_id = {{}} OR p.org_id = "
        "(SELECT bureau_id FROM organisation WHERE grid_id = {})) AND p.kind = 'staff' "
        "AND (p.left_at IS NULL OR p.left_at > {}) "
        "ORDER BY p.org_id <> {}, p.name, p.id",
        at, at, org_id, org_id, at, org_id,
    )  # fmt: skip
