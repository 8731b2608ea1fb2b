"""What proves an answer: the places that a name means, the dated rows with when and by whom each was entered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_value, in_list
from portal.grids.queries import ids_in, like
from portal.people.queries import HELD_AT
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope

MOST = 20


class Found(NamedTuple):
    """A place that the name may mean."""

    id: int
    name: str
    upper: str | None


async def places_called(text: str, *, by: Actor) -> list[Found]:
    """Places whose name holds every word, also those that have been ended since: it is about the past."""
    where, args = scope_sql(scope(by, Permission.MATRIX_VIEW), path="g.path", org="g.org_id")
    for word in text.split()[:5]:
        where += " AND lower(g.name) LIKE {} ESCAPE '!'"
        args.append(like(word))
    return await fetch(
        Found,
        "SELECT g.id, g.name, u.name FROM grid g LEFT JOIN grid u ON u.id = g.parent_id "
        f"WHERE {where} ORDER BY g.depth, g.sort, g.id LIMIT {{}}",
        *args, MOST,
    )  # fmt: skip


class DutyName(NamedTuple):
    """A category of hazards, or a group of them (`parent` None), that the question may be narrowed to."""

    code: str
    parent: str | None
    name: str
    name_en: str
    domain: str
    default_owner: str


async def duties_of(org_id: int) -> list[DutyName]:
    """What may be asked for apart, groups before their categories, in their order."""
    return await fetch(
        DutyName,
        "SELECT code, parent_code, name, name_en, domain, default_owner FROM hazard_category "
        "WHERE org_id IS NULL OR org_id = {} ORDER BY sort, id",
        org_id,
    )


class HeldRow(NamedTuple):
    """A post with one appointment in force at the instant; a vacant one has none."""

    post_id: int
    title: str
    grid: str
    appointment_id: int | None
    person_id: int | None
    name: str | None
    kind: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    entered_at: datetime | None
    entered_by: str | None


async def appointments_to(posts: Iterable[int], *, at: datetime) -> list[HeldRow]:
    """Who held some posts at an instant."""
    marks, ids = in_list(sorted(set(posts)))
    return await fetch(
        HeldRow,
        "SELECT p.id, p.title, g.name, a.id, s.id, s.name, a.kind, a.starts_at, a.ends_at, a.entered_at, e.name "
        f"FROM post p JOIN grid g ON g.id = p.grid_id LEFT JOIN appointment a ON a.post_id = p.id AND {HELD_AT} "
        "LEFT JOIN person s ON s.id = a.person_id LEFT JOIN person e ON e.id = a.entered_by "
        f"WHERE p.id IN {marks} ORDER BY p.id, a.id",
        at, at, *ids,
    )  # fmt: skip


class RuledRow(NamedTuple):
    """A row of the matrix."""

    id: int
    title: str
    grid: str
    mark: str
    reason: str | None
    starts_at: datetime
    ends_at: datetime | None
    entered_at: datetime
    entered_by: str | None


async def rows_of_matrix(rulings: Iterable[int]) -> list[RuledRow]:
    """Some rows of the matrix."""
    marks, ids = in_list(sorted(set(rulings)))
    return await fetch(
        RuledRow,
        "SELECT r.id, p.title, g.name, r.mark, r.reason, r.starts_at, r.ends_at, r.entered_at, e.name "
        "FROM responsibility r JOIN post p ON p.id = r.post_id JOIN grid g ON g.id = r.grid_id "
        f"LEFT JOIN person e ON e.id = r.entered_by WHERE r.id IN {marks} ORDER BY r.id",
        *ids,
    )


class AwayRow(NamedTuple):
    """Somebody was away at the instant."""

    id: int
    name: str
    starts_at: datetime
    ends_at: datetime | None
    entered_at: datetime
    entered_by: str | None


async def away_at(people: Iterable[int], *, at: datetime) -> list[AwayRow]:
    """Which of some people were away at an instant."""
    marks, ids = in_list(sorted(set(people)))
    return await fetch(
        AwayRow,
        "SELECT b.id, s.name, b.starts_at, b.ends_at, b.entered_at, e.name FROM absence b "
        "JOIN person s ON s.id = b.person_id LEFT JOIN person e ON e.id = b.entered_by "
        f"WHERE b.person_id IN {marks} AND b.undone_at IS NULL AND b.starts_at <= {{}} "
        "AND (b.ends_at IS NULL OR b.ends_at > {}) ORDER BY b.id",
        *ids, at, at,
    )  # fmt: skip


async def has_moved_since(path: str, *, at: datetime) -> bool:
    """Whether the place or one above it was moved in the tree since then: the line above it was another one."""
    marks, ids = in_list(ids_in(path))
    args: list[Any] = [*ids, at]
    found = await fetch_value(
        f"SELECT count(*) FROM event WHERE subject_kind = 'grid' AND subject_id IN {marks} AND kind = 'grid.moved' "
        "AND at > {}",
        *args,
    )
    return bool(found)
