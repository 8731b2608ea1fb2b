"""Reading the tree. Questions that a page asks take `by: Actor`: outside the actor's scope there is nothing (TA1)."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one, in_list
from portal.core.refusals import NotFound
from portal.grids.rules import Place
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope

LEVEL_ROWS = 400
"""A tree with at most this many rows on its first two levels shows both at once; a larger one opens level by level."""
PAGE_ROWS = 50


class Part(NamedTuple):
    """A grid with everything below it in its organisation: where a list or a tree begins."""

    id: int
    org_id: int
    path: str
    depth: int


class GridRow(NamedTuple):
    """One grid with what every page about it needs."""

    id: int
    org_id: int
    parent_id: int | None
    path: str
    depth: int
    scheme: str
    kind: str
    name: str
    is_heading: bool
    version: int
    ended_at: datetime | None

    @property
    def place(self) -> Place:
        """The grid as the rules see it."""
        return Place(self.id, self.org_id, self.path, self.depth, self.ended_at is not None)

    @property
    def part(self) -> Part:
        """The grid as the beginning of a tree."""
        return Part(self.id, self.org_id, self.path, self.depth)


GRID = "g.id, g.org_id, g.parent_id, g.path, g.depth, g.scheme, g.kind, g.name, g.is_heading, g.version, g.ended_at"


class Crumb(NamedTuple):
    """One step on the way from the school to a grid."""

    id: int
    name: str


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
    held_as: str | None = None  # holder | deputy | acting


HolderSource = Callable[..., Awaitable[list[HolderRow]]]
_holders: HolderSource | None = None


def use_holders(source: HolderSource) -> None:
    """Sets who answers for the posts and holders of grids: `source(grid_ids, at=…)`. Called in `app.py` only."""
    global _holders
    _holders = source


async def holders_of(grid_ids: list[int], *, at: datetime) -> list[HolderRow]:
    """Posts and holders of some grids at an instant; nothing where no room of people is there. One statement."""
    return await _holders(grid_ids, at=at) if _holders and grid_ids else []


async def grid_row(grid_id: int) -> GridRow | None:
    """A grid by its id, whoever asks: for services that decide by the pure rule."""
    return await fetch_one(GridRow, f"SELECT {GRID} FROM grid g WHERE g.id = {{}}", grid_id)


async def grid_seen(grid_id: int, *, by: Actor, permission: Permission = Permission.GRID_VIEW) -> GridRow:
    """A grid inside the actor's scope for this permission; anything else does not exist."""
    found = await grid_row(grid_id)
    if found is None or not scope(by, permission).holds(found.path, found.org_id):
        raise NotFound()
    return found


def ids_in(path: str) -> list[int]:
    """The ids of a path, from the root to the grid itself."""
    return [int(part) for part in path.strip("/").split("/") if part]


async def crumbs(path: str) -> list[Crumb]:
    """The names along a path, from the root down, in one statement."""
    marks, ids = in_list(ids_in(path))
    found = {c.id: c for c in await fetch(Crumb, f"SELECT id, name FROM grid WHERE id IN {marks}", *ids)}
    return [found[grid_id] for grid_id in ids if grid_id in found]


# -- the card


class CardRow(NamedTuple):
    """A grid with everything that its page and its register show. `relation` says what it is to the grid asked for."""

    relation: str  # way | child | parallel | place
    id: int
    org_id: int
    parent_id: int | None
    path: str
    depth: int
    scheme: str
    kind: str
    kind_name: str
    kind_name_en: str
    level_label: str | None
    name: str
    code: str | None
    place_id: int | None
    area_m2: float | None
    location: str | None
    main_buildings: str | None
    key_places: str | None
    range_note: str | None
    duty_note: str | None
    assessment_note: str | None
    is_key_spot: bool
    is_heading: bool
    sort: int
    version: int
    ended_at: datetime | None
    children: int

    def kind_text(self, language: str) -> str:
        """What it is, in the reader's language."""
        return self.kind_name_en if language == "en" else self.kind_name

    @property
    def place(self) -> Place:
        """The grid as the rules see it."""
        return Place(self.id, self.org_id, self.path, self.depth, self.ended_at is not None)


CHILDREN = "(SELECT count(*) FROM grid c WHERE c.parent_id = g.id AND c.ended_at IS NULL)"
KIND_JOIN = "LEFT JOIN grid_kind k ON k.code = g.kind AND (k.org_id IS NULL OR k.org_id = g.org_id)"
CARD = (
    "g.id, g.org_id, g.parent_id, g.path, g.depth, g.scheme, g.kind, COALESCE(k.name, g.kind), "
    "COALESCE(k.name_en, g.kind), g.level_label, g.name, g.code, g.place_id, g.area_m2, g.location, g.main_buildings, "
    "g.key_places, g.range_note, g.duty_note, g.assessment_note, g.is_key_spot, g.is_heading, g.sort, g.version, "
    f"g.ended_at, {CHILDREN} FROM grid g {KIND_JOIN}"
)
_FAMILY = (
    "WITH RECURSIVE up(id, parent_id) AS (SELECT id, parent_id FROM grid WHERE id = {} "
    "UNION ALL SELECT p.id, p.parent_id FROM grid p JOIN up ON p.id = up.parent_id) "
    f"SELECT 'way', {CARD} WHERE g.id IN (SELECT id FROM up) "
    f"UNION ALL SELECT 'child', {CARD} WHERE g.parent_id = {{}} AND g.ended_at IS NULL "
    f"UNION ALL SELECT 'place', {CARD} WHERE g.id = (SELECT s.place_id FROM grid s WHERE s.id = {{}}) "
    f"UNION ALL SELECT 'parallel', {CARD} WHERE g.ended_at IS NULL AND g.id <> {{}} "
    "AND g.org_id = (SELECT s.org_id FROM grid s WHERE s.id = {}) "
    "AND (g.place_id = {} OR g.place_id = (SELECT s.place_id FROM grid s WHERE s.id = {}))"
)


class Family(NamedTuple):
    """A grid with the way to it, its children, the place that it stands in and the other grids at that place."""

    grid: CardRow
    way: list[CardRow]
    children: list[CardRow]
    parallels: list[CardRow]


async def family_of(grid_id: int, *, by: Actor, permission: Permission = Permission.GRID_VIEW) -> Family:
    """A grid and its relatives in one statement; outside the scope it does not exist."""
    rows = await fetch(CardRow, _FAMILY, *[grid_id] * 7)
    way = sorted((row for row in rows if row.relation == "way"), key=lambda row: row.depth)
    if not way or not scope(by, permission).holds(way[-1].path, way[-1].org_id):
        raise NotFound()
    children = sorted((row for row in rows if row.relation == "child"), key=lambda row: (row.sort, row.id))
    beside = {row.id: row for row in rows if row.relation in ("place", "parallel")}
    return Family(way[-1], way, children, list(beside.values()))


# -- the tree


async def level_of(parent_id: int, *, by: Actor) -> list[CardRow]:
    """The open children of a grid in the actor's scope, in their order. One statement."""
    where, args = scope_sql(scope(by, Permission.GRID_VIEW), path="g.path", org="g.org_id")
    return await fetch(
        CardRow,
        f"SELECT 'child', {CARD} WHERE g.parent_id = {{}} AND g.ended_at IS NULL AND {where} ORDER BY g.sort, g.id",
        parent_id, *args,
    )  # fmt: skip


async def top_levels(root: Part) -> list[CardRow]:
    """The first two levels below a root; one more row than `LEVEL_ROWS` says that there are too many for one page."""
    return await fetch(
        CardRow,
        f"SELECT 'child', {CARD} WHERE g.path LIKE {{}} AND g.org_id = {{}} AND g.ended_at IS NULL AND g.id <> {{}} "
        "AND g.depth <= {} ORDER BY g.depth, g.sort, g.id LIMIT {}",
        root.path + "%", root.org_id, root.id, root.depth + 2, LEVEL_ROWS + 1,
    )  # fmt: skip


HELD = (
    "SELECT 1 FROM post p JOIN appointment a ON a.post_id = p.id WHERE p.grid_id = g.id AND p.is_accountable = TRUE "
    "AND (p.ended_at IS NULL OR p.ended_at > {}) AND a.starts_at <= {} AND (a.ends_at IS NULL OR a.ends_at > {})"
)
VACANT = f"(g.is_heading = FALSE AND NOT EXISTS ({HELD}))"
"""True for a grid that nobody answers for at an instant (taken three times); a mere heading needs nobody."""


class Wanted(NamedTuple):
    """What the list of grids is narrowed to."""

    text: str = ""
    kind: str = ""
    only_vacant: bool = False

    @property
    def is_any(self) -> bool:
        """Whether it narrows at all."""
        return bool(self.text or self.kind or self.only_vacant)


class Found:
    """A grid that matches, with how many match in all."""

    def __init__(self, total: int, *columns: Any) -> None:
        self.total = total
        self.card = CardRow(*columns)


async def find_grids(
    root: Part, wanted: Wanted, *, at: datetime, first: int = 0, most: int = PAGE_ROWS
) -> tuple[list[CardRow], int]:
    """Open grids below a root (and the root itself) that match, in the order of the tree, and their number."""
    where, args = _matching(root, wanted, at)
    rows = await fetch(
        Found,
        f"SELECT count(*) OVER (), 'found', {CARD} WHERE {where} "
        "ORDER BY g.depth, g.parent_id, g.sort, g.id LIMIT {} OFFSET {}",
        *args, most, first,
    )  # fmt: skip
    return [row.card for row in rows], rows[0].total if rows else 0


def _matching(root: Part, wanted: Wanted, at: datetime) -> tuple[str, list[Any]]:
    parts, args = ["g.path LIKE {}", "g.org_id = {}", "g.ended_at IS NULL"], [root.path + "%", root.org_id]
    for word in wanted.text.split()[:5]:
        parts.append("(lower(g.name) LIKE {} ESCAPE '!' OR lower(COALESCE(g.code, '')) LIKE {} ESCAPE '!')")
        args += [like(word), like(word)]
    if wanted.kind:
        parts.append("g.kind = {}")
        args.append(wanted.kind)
    if wanted.only_vacant:
        parts.append(VACANT)
        args += [at, at, at]
    return " AND ".join(parts), args


def like(word: str) -> str:
    """A pattern that finds the word anywhere; its own % and _ are plain signs (written after `ESCAPE '!'`)."""
    plain = word.lower()[:60].replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{plain}%"


class OrganisationRow(NamedTuple):
    """A school or bureau with its counts. `vacant` counts grids that nobody answers for."""

    id: int
    kind: str
    name: str
    path: str
    depth: int
    duty_phone: str | None
    grids: int
    vacant: int

    @property
    def part(self) -> Part:
        """The whole organisation as the beginning of a tree."""
        return Part(self.id, self.id, self.path, self.depth)


async def organisations_seen(by: Actor, *, at: datetime, only: int | None = None) -> list[OrganisationRow]:
    """The organisations whose tree the actor may see (or `only` that one of them), bureaus first. One statement."""
    where, args = scope_sql(scope(by, Permission.GRID_VIEW), path="r.path", org="r.org_id")
    if only is not None:
        where, args = f"{where} AND r.id = {{}}", [*args, only]
    return await fetch(
        OrganisationRow,
        "SELECT r.id, o.kind, r.name, r.path, r.depth, o.duty_phone, count(g.id), "
        f"COALESCE(SUM(CASE WHEN {VACANT} THEN 1 ELSE 0 END), 0) FROM organisation o JOIN grid r ON r.id = o.grid_id "
        "LEFT JOIN grid g ON g.org_id = r.id AND g.ended_at IS NULL WHERE r.ended_at IS NULL "
        f"AND {where} GROUP BY r.id, o.kind, r.name, r.path, r.depth, o.duty_phone ORDER BY o.kind, r.name, r.id",
        at, at, at, *args,
    )  # fmt: skip


def above(row: CardRow) -> list[int]:
    """The ids between the organisation and the grid, without both."""
    steps = ids_in(row.path)
    return steps[steps.index(row.org_id) + 1 : -1] if row.org_id in steps else []


async def paths_named(rows: list[CardRow]) -> dict[int, str]:
    """For each of these grids the names above it, without the organisation's own: one statement."""
    marks, ids = in_list(sorted({step for row in rows for step in above(row)}))
    names = {c.id: c.name for c in await fetch(Crumb, f"SELECT id, name FROM grid WHERE id IN {marks}", *ids)}
    return {row.id: " / ".join(names[step] for step in above(row)) for row in rows}


async def subtree(root: Part) -> list[CardRow]:
    """Every open grid of a part of the tree, parents before children, within one organisation."""
    rows = await fetch(
        CardRow,
        f"SELECT 'found', {CARD} WHERE g.path LIKE {{}} AND g.org_id = {{}} AND g.ended_at IS NULL",
        root.path + "%", root.org_id,
    )  # fmt: skip
    return in_tree_order(rows)


def in_tree_order(rows: list[CardRow]) -> list[CardRow]:
    """Parents before their children, siblings by their own order; a path alone would sort 10 before 9."""
    key = {row.id: (row.sort, row.id) for row in rows}
    return sorted(rows, key=lambda row: [key.get(step, (0, step)) for step in ids_in(row.path)])


# -- kinds


class KindRow(NamedTuple):
    """A kind of grid, shared by all (`org_id` None) or a school's own."""

    id: int
    org_id: int | None
    code: str
    name: str
    name_en: str
    keeper_title: str | None
    is_place: bool
    sort: int

    def text(self, language: str) -> str:
        """Its name in the reader's language."""
        return self.name_en if language == "en" else self.name


async def kinds_of(org_id: int) -> list[KindRow]:
    """The kinds that a school may use, in their order."""
    return await fetch(
        KindRow,
        "SELECT id, org_id, code, name, name_en, keeper_title, is_place, sort FROM grid_kind "
        "WHERE org_id IS NULL OR org_id = {} ORDER BY sort, id",
        org_id,
    )


# -- the story


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


async def duty_phone_of(org_id: int) -> str | None:
    """The line that a school gives for its duty."""
    row = await fetch_one(_Phone, "SELECT duty_phone FROM organisation WHERE grid_id = {}", org_id)
    return row.duty_phone if row else None


class _Phone(NamedTuple):
    duty_phone: str | None


class SchemeRow(NamedTuple):
    """A way of dividing the same places."""

    code: str
    name: str
    name_en: str

    def text(self, language: str) -> str:
        """Its name in the reader's language."""
        return self.name_en if language == "en" else self.name


async def schemes_of(org_id: int) -> list[SchemeRow]:
    """The schemes that a school may use."""
    return await fetch(
        SchemeRow,
        "SELECT code, name, name_en FROM grid_scheme WHERE org_id IS NULL OR org_id = {} ORDER BY id",
        org_id,
    )
