"""Announced changes: the list, one of them, what its posts are called."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one, in_list
from portal.core.refusals import NotFound
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope

PAGE_ROWS = 50


class ChangeLine(NamedTuple):
    """A change as the list and its page need it."""

    id: int
    org_id: int
    path: str
    school: str
    kind: str
    person_id: int
    name: str
    announced_on: date
    handover_on: date
    effective_at: datetime
    back_at: datetime | None
    plan: str
    note: str | None
    school_year_id: int | None
    entered_at: datetime
    entered_by: int | None
    entered_name: str | None
    undone_at: datetime | None
    reported_at: datetime | None
    version: int

    @property
    def told(self) -> dict[str, Any]:
        """What was chosen, as ids."""
        found: dict[str, Any] = json.loads(self.plan)
        return found

    @property
    def posts(self) -> list[int]:
        """The posts that the change concerns."""
        return [int(one) for one in self.told["posts"]]

    @property
    def people(self) -> list[int]:
        """The people that the change concerns."""
        return [int(one) for one in self.told["people"]]

    @property
    def vacant(self) -> list[int]:
        """The posts that the change itself said nobody would hold at some time."""
        return [int(one) for one in self.told["vacant"]]


CHANGE = (
    "SELECT c.id, c.org_id, g.path, g.name, c.kind, c.person_id, p.name, c.announced_on, c.handover_on, "
    "c.effective_at, c.back_at, c.plan, c.note, c.school_year_id, c.entered_at, c.entered_by, e.name, c.undone_at, "
    "c.reported_at, c.version FROM personnel_change c JOIN grid g ON g.id = c.org_id "
    "JOIN person p ON p.id = c.person_id LEFT JOIN person e ON e.id = c.entered_by "
)


async def change_seen(change_id: int, *, by: Actor, permission: Permission = Permission.CHANGE_VIEW) -> ChangeLine:
    """A change of an organisation in the actor's scope; anything else does not exist."""
    found = await fetch_one(ChangeLine, CHANGE + "WHERE c.id = {}", change_id)
    if found is None or not scope(by, permission).holds(found.path, found.org_id):
        raise NotFound()
    return found


async def changes_seen(
    *, by: Actor, org_id: int | None = None, first: int = 0, most: int = PAGE_ROWS
) -> list[ChangeLine]:
    """The changes of the actor's organisations, the ones that lie ahead first. One statement; one row too many says
    that there are more."""
    where, args = scope_sql(scope(by, Permission.CHANGE_VIEW), path="g.path", org="c.org_id")
    if org_id is not None:
        where, args = f"{where} AND c.org_id = {{}}", [*args, org_id]
    return await fetch(
        ChangeLine,
        f"{CHANGE}WHERE {where} ORDER BY c.effective_at DESC, c.id DESC LIMIT {{}} OFFSET {{}}",
        *args, most + 1, first,
    )  # fmt: skip


async def changes_of_person(person_id: int, *, by: Actor, at: datetime) -> list[ChangeLine]:
    """What is announced about somebody and has not taken effect."""
    where, args = scope_sql(scope(by, Permission.CHANGE_VIEW), path="g.path", org="c.org_id")
    return await fetch(
        ChangeLine,
        f"{CHANGE}WHERE {where} AND c.person_id = {{}} AND c.undone_at IS NULL AND c.effective_at > {{}} "
        "ORDER BY c.effective_at, c.id",
        *args, person_id, at,
    )  # fmt: skip


class PostName(NamedTuple):
    """A post with the grid that it stands on."""

    id: int
    title: str
    role: str
    grid_id: int
    grid: str


async def post_names(post_ids: Iterable[int]) -> dict[int, PostName]:
    """What some posts are called."""
    marks, ids = in_list(sorted(set(post_ids)))
    rows = await fetch(
        PostName,
        "SELECT p.id, p.title, p.role, g.id, g.name FROM post p JOIN grid g ON g.id = p.grid_id "
        f"WHERE p.id IN {marks} ORDER BY g.path, p.sort, p.id",
        *ids,
    )
    return {row.id: row for row in rows}


class PersonName(NamedTuple):
    """A person by name."""

    id: int
    name: str


async def people_names(people: Iterable[int]) -> dict[int, str]:
    """What some people are called."""
    marks, ids = in_list(sorted(set(people)))
    rows = await fetch(PersonName, f"SELECT id, name FROM person WHERE id IN {marks}", *ids)
    return {row.id: row.name for row in rows}


class ChangedPost(NamedTuple):
    """One appointment that a change ended or made, in words."""

    what: str
    post_id: int
    title: str
    grid_id: int
    grid: str
    person: str
    kind: str
    starts_at: datetime
    ends_at: datetime | None


class _Before(NamedTuple):
    post_id: int
    name: str


async def holders_before(post_ids: Iterable[int], *, at: datetime) -> dict[int, str]:
    """Who was first on some posts until an instant: whoever is acted for keeps the post, so no row of theirs ends."""
    marks, ids = in_list(sorted(set(post_ids)))
    rows = await fetch(
        _Before,
        "SELECT a.post_id, s.name FROM appointment a JOIN person s ON s.id = a.person_id "
        f"WHERE a.post_id IN {marks} AND a.kind = 'holder' AND a.starts_at < {{}} "
        "AND (a.ends_at IS NULL OR a.ends_at >= {}) ORDER BY a.is_primary, a.id DESC",
        *ids, at, at,
    )  # fmt: skip
    return {row.post_id: row.name for row in rows}


async def changed_posts(change_id: int) -> list[ChangedPost]:
    """What a change did to appointments, in the order of the tree, ends before beginnings."""
    return await fetch(
        ChangedPost,
        "SELECT r.what, p.id, p.title, g.id, g.name, s.name, a.kind, a.starts_at, a.ends_at FROM change_row r "
        "JOIN appointment a ON a.id = r.row_id JOIN post p ON p.id = a.post_id JOIN grid g ON g.id = p.grid_id "
        "JOIN person s ON s.id = a.person_id WHERE r.change_id = {} "
        "AND r.what IN ('appointment_made', 'appointment_ended') ORDER BY g.path, p.sort, p.id, r.what, r.id",
        change_id,
    )
