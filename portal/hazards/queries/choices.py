"""What forms offer: categories, people who may answer for it, places to escalate to."""

from datetime import datetime
from typing import NamedTuple

from portal.core.clock import now
from portal.core.database import fetch, fetch_value, in_list
from portal.grids.queries import ids_in
from portal.hazards.queries.cards import HAS_PART, HELPS
from portal.people.queries import HELD_AT
from portal.responsibilities.queries import Holders, holders_of_posts


class Category(NamedTuple):
    """A category or, with `parent` None, a group of them."""

    code: str
    parent: str | None
    name: str
    name_en: str
    domain: str
    default_owner: str
    is_restricted: bool


class Choice(NamedTuple):
    """A post that a form offers with one of its holders, or a post that is vacant.

    `is_primary` is told of the one who answers for the post now: of a deputy while the holder is away.
    """

    post_id: int
    title: str
    role: str
    grid_id: int
    grid: str
    grid_kind: str
    is_accountable: bool
    person_id: int | None
    person: str | None
    is_primary: bool | None


async def categories(org_id: int) -> list[Category]:
    """Every category of the school, groups first, in their order."""
    return await fetch(
        Category,
        "SELECT code, parent_code, name, name_en, domain, default_owner, is_restricted FROM hazard_category "
        "WHERE org_id IS NULL OR org_id = {} ORDER BY sort, id",
        org_id,
    )


async def category(code: str, org_id: int) -> Category | None:
    """One category by its code, the school's own before the shared one."""
    found = await fetch(
        Category,
        "SELECT code, parent_code, name, name_en, domain, default_owner, is_restricted FROM hazard_category "
        "WHERE code = {} AND (org_id IS NULL OR org_id = {}) ORDER BY org_id IS NULL LIMIT 1",
        code, org_id,
    )  # fmt: skip
    return found[0] if found else None


_CHOICE = (
    "SELECT p.id, p.title, p.role, g.id, g.name, g.kind, p.is_accountable, s.id, s.name, a.is_primary FROM post p "
    "JOIN grid g ON g.id = p.grid_id "
    f"LEFT JOIN appointment a ON a.post_id = p.id AND {HELD_AT} LEFT JOIN person s ON s.id = a.person_id "
    f"AND s.kind = 'staff' "
)


async def holder_choices(path: str, *, at: datetime) -> list[Choice]:
    """Posts on a grid and its ancestors with their holders, nearest first: room, floor, building … (R10)."""
    return (await choices_around(path, at=at))[0]


async def choices_around(
    path: str, *, at: datetime, post_id: int | None = None, person_id: int | None = None
) -> tuple[list[Choice], Holders]:
    """The same posts, and who answers for them and for a piece of work given to `post_id` or `person_id`.

    Two statements.
    """
    rows = await _line(path, at)
    holders = await holders_of_posts({row.post_id for row in rows} | {post_id}, at=at, people={person_id})
    return _answering_first(rows, holders), holders


def _answering_first(rows: list[Choice], holders: Holders) -> list[Choice]:
    """Marks the one who answers for each post, and puts them before its other holders."""
    places: dict[int, int] = {}
    for row in rows:
        places.setdefault(row.post_id, len(places))
    held = {post_id: one.person_id for post_id in places if (one := holders.held(post_id))}
    marked = [
        row._replace(is_primary=row.person_id is not None and held.get(row.post_id) == row.person_id) for row in rows
    ]
    return sorted(marked, key=lambda row: (places[row.post_id], not row.is_primary))


async def _line(path: str, at: datetime) -> list[Choice]:
    marks, ids = in_list(ids_in(path))
    return await fetch(
        Choice,
        f"{_CHOICE} WHERE g.id IN {marks} AND p.role <> 'pupil' AND (p.ended_at IS NULL OR p.ended_at > {{}}) "
        "ORDER BY g.depth DESC, p.is_accountable DESC, p.sort, p.id, a.is_primary DESC",
        at, at, *ids, at,
    )  # fmt: skip


async def people_choices(org_id: int, *, at: datetime) -> list[Choice]:
    """Every post of the organisation with its holders, for "somebody else". Two statements."""
    rows = await fetch(
        Choice,
        f"{_CHOICE} WHERE p.org_id = {{}} AND p.role <> 'pupil' AND (p.ended_at IS NULL OR p.ended_at > {{}}) "
        "ORDER BY g.path, p.is_accountable DESC, p.sort, p.id, a.is_primary DESC",
        at, at, org_id, at,
    )  # fmt: skip
    return _answering_first(rows, await holders_of_posts({row.post_id for row in rows}, at=at))


_HELPING_POST = "p.org_id = {} AND p.role <> 'pupil' AND (p.ended_at IS NULL OR p.ended_at > {})"


async def post_may_help(post_id: int, org_id: int, *, at: datetime) -> bool:
    """Whether a form could offer this post, vacant or not: of the organisation, not ended, no pupils' post."""
    sql = f"SELECT count(*) FROM post p WHERE p.id = {{}} AND {_HELPING_POST}"
    return bool(await fetch_value(sql, post_id, org_id, at))


async def person_may_help(person_id: int, org_id: int, *, at: datetime) -> bool:
    """Whether a form could offer this person: staff of the organisation who is there and holds one of its posts now."""
    found = await fetch_value(
        "SELECT count(*) FROM person s JOIN appointment a ON a.person_id = s.id JOIN post p ON p.id = a.post_id "
        "WHERE s.id = {} AND s.org_id = p.org_id AND s.kind = 'staff' AND (s.left_at IS NULL OR s.left_at > {}) "
        f"AND {HELD_AT} AND {_HELPING_POST}",
        person_id, at, at, at, org_id, at,
    )  # fmt: skip
    return bool(found)


class Receiver(NamedTuple):
    """A grid that an escalated hazard can go to."""

    id: int
    name: str
    kind: str


def _receivers(path: str, org_id: int) -> tuple[str, list[int]]:
    """Over `grid`: the bureau above the school, the school, its own offices; nobody sideways, no other school."""
    marks, ids = in_list(ids_in(path))
    sql = (
        f"ended_at IS NULL AND ((id IN {marks} AND kind IN ('bureau', 'school')) "
        "OR (org_id = {} AND kind IN ('office', 'leading_group', 'department')))"
    )
    return sql, [*ids, org_id]


async def receiver_choices(path: str, org_id: int) -> list[Receiver]:
    """Where to escalate: the bureau above the school, then the school's own offices (R63)."""
    where, args = _receivers(path, org_id)
    return await fetch(Receiver, f"SELECT id, name, kind FROM grid WHERE {where} ORDER BY depth, sort, id", *args)


class _Allowed(NamedTuple):
    grid_id: int
    watcher_org: int | None


async def receivers_allowed(path: str, org_id: int, *, watcher_id: int) -> tuple[int | None, set[int]]:
    """The organisation of whoever is to watch (None for nobody of its staff), and where to escalate. One statement."""
    where, args = _receivers(path, org_id)
    rows = await fetch(
        _Allowed,
        "SELECT id, (SELECT s.org_id FROM person s WHERE s.id = {} AND s.kind = 'staff' "
        "AND (s.left_at IS NULL OR s.left_at > {})) "
        f"FROM grid WHERE {where}",
        watcher_id, now(), *args,
    )  # fmt: skip
    return (rows[0].watcher_org if rows else None), {row.grid_id for row in rows}


class Place(NamedTuple):
    """A grid that a hazard can be reported in."""

    id: int
    path: str
    name: str
    kind: str


async def places(org_ids: list[int]) -> list[Place]:
    """Every place of some organisations, in the order of the tree."""
    marks, ids = in_list(org_ids)
    return await fetch(
        Place,
        f"SELECT id, path, name, kind FROM grid WHERE org_id IN {marks} AND ended_at IS NULL ORDER BY path",
        *ids,
    )


class PhotoRow(NamedTuple):
    """A photo of a hazard; the files are asked of the store by digest."""

    id: int
    phase: str
    digest: str
    thumb_digest: str
    width: int
    height: int
    taken_by: int | None
    name: str | None
    at: datetime


async def photos_of(hazard_id: int) -> list[PhotoRow]:
    """The photos of a hazard, oldest first."""
    return await fetch(
        PhotoRow,
        "SELECT f.id, f.phase, f.digest, f.thumb_digest, f.width, f.height, f.taken_by, p.name, f.at FROM "
        "hazard_photo f "
        "LEFT JOIN person p ON p.id = f.taken_by WHERE f.hazard_id = {} ORDER BY f.id",
        hazard_id,
    )


class StepRow(NamedTuple):
    """A step of the plan."""

    id: int
    title: str
    due_at: datetime | None
    done_at: datetime | None
    days_before: int | None
    person_id: int | None
    person: str | None


async def steps_of(hazard_id: int) -> list[StepRow]:
    """The steps of a rectification plan, in order (R60)."""
    return await fetch(
        StepRow,
        "SELECT t.id, t.title, t.due_at, t.done_at, t.days_before, t.person_id, p.name FROM hazard_step t "
        "LEFT JOIN person p ON p.id = t.person_id WHERE t.hazard_id = {} ORDER BY t.sort, t.id",
        hazard_id,
    )


class Named(NamedTuple):
    """A person by name."""

    id: int
    name: str


async def names_of(people: set[int]) -> dict[int, str]:
    """The names of some people."""
    marks, ids = in_list(sorted(people))
    return {row.id: row.name for row in await fetch(Named, f"SELECT id, name FROM person WHERE id IN {marks}", *ids)}


async def helpers_of(hazard_id: int, *, at: datetime) -> list[Named]:
    """Everybody who helps now: named people, and holders of helping posts."""
    return await fetch(
        Named,
        "SELECT DISTINCT p.id, p.name FROM hazard_helper x "
        f"LEFT JOIN appointment a ON a.post_id = x.post_id AND {HELD_AT} "
        "JOIN person p ON p.id = coalesce(x.person_id, a.person_id) "
        f"WHERE x.hazard_id = {{}} AND {HELPS} ORDER BY p.id",
        at, at, hazard_id, at,
    )  # fmt: skip


class Part(NamedTuple):
    """A post that has a part in a card by the matrix, without helping: who supervises, is told, or should have it."""

    mark: str
    post_id: int
    title: str


async def parts_of(hazard_id: int, *, at: datetime) -> list[Part]:
    """Who supervises a card and who is told of it, by the matrix."""
    return await fetch(
        Part,
        "SELECT x.mark, p.id, p.title FROM hazard_helper x JOIN post p ON p.id = x.post_id "
        f"WHERE x.hazard_id = {{}} AND x.mark IS NOT NULL AND x.mark <> 'assist' AND {HAS_PART} ORDER BY x.id",
        hazard_id, at,
    )  # fmt: skip
