"""Reading for the matrix: a school's posts and places, its rows, the words for both. Who has which mark is decided by
the rules over `facts_of_org`, never here."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch, fetch_one, fetch_value, in_list
from portal.grids.queries import ids_in
from portal.responsibilities.rules.mapping import Mapping
from portal.responsibilities.rules.marking import Row


class Stand(NamedTuple):
    """A grid with one of its posts; a grid without posts stands here once."""

    grid_id: int
    parent_id: int | None
    org_id: int
    kind: str
    grid: str
    path: str
    is_heading: bool
    grid_ended_at: datetime | None
    post_id: int | None
    title: str
    line_of_work: str
    post_ended_at: datetime | None


_STANDS = (
    "WITH RECURSIVE up(id, parent_id) AS (SELECT id, parent_id FROM grid WHERE id = {} "
    "UNION ALL SELECT g.id, g.parent_id FROM grid g JOIN up ON g.id = up.parent_id), "
    "home(org_id) AS (SELECT org_id FROM grid WHERE id = {}) "
    "SELECT g.id, g.parent_id, g.org_id, g.kind, g.name, g.path, g.is_heading, g.ended_at, p.id, "
    "COALESCE(p.title, ''), COALESCE(p.line_of_work, ''), p.ended_at FROM grid g "
    "LEFT JOIN post p ON p.grid_id = g.id AND p.role <> 'pupil' WHERE g.org_id = (SELECT org_id FROM home) "
    "OR g.id IN (SELECT id FROM up) OR g.id IN (SELECT q.grid_id FROM responsibility r "
    "JOIN post q ON q.id = r.post_id WHERE r.org_id = (SELECT org_id FROM home)) "
    "ORDER BY g.depth, g.sort, g.id, p.sort, p.id"
)


async def stands_around(grid_id: int) -> list[Stand]:
    """Every grid and post of the organisation that a grid belongs to, of those above it, and of posts from elsewhere
    that its matrix names. One statement; nothing for a grid that is not there."""
    return await fetch(Stand, _STANDS, grid_id, grid_id)


class Word(NamedTuple):
    """One of the things that the matrix has to name; which column says what depends on `what`."""

    what: str  # domain | group | item | mapping | copy | person
    code: str
    name: str
    name_en: str
    domain: str
    level: str
    number: int
    list_id: int
    more: str


_WORDS = (
    "SELECT 'domain', code, name, name_en, code, '', sort, 0, '' FROM domain UNION ALL "
    # The groups of hazards are shared data of the room to the right; reading them here saves a statement.
    "SELECT 'group', code, name, name_en, domain, default_owner, sort, 0, '' FROM hazard_category "
    "WHERE parent_code IS NULL AND (org_id IS NULL OR org_id = {}) UNION ALL "
    "SELECT 'item', i.code, i.text, COALESCE(i.text_en, ''), i.domain, i.level, i.sort, i.list_id, i.number "
    "FROM duty_item i JOIN duty_list l ON l.id = i.list_id WHERE (l.org_id IS NULL OR l.org_id = {}) "
    "AND l.ended_at IS NULL AND i.starts_at <= {} AND (i.ends_at IS NULL OR i.ends_at > {}) UNION ALL "
    "SELECT 'mapping', title, COALESCE(line_of_work, ''), COALESCE(grid_name, ''), COALESCE(domain, ''), "
    "COALESCE(grid_kind, ''), id, COALESCE(list_id, 0), CASE WHEN org_id IS NULL THEN '' ELSE 'own' END "
    "FROM duty_mapping WHERE org_id IS NULL OR org_id = {} UNION ALL "
    "SELECT 'copy', '', '', '', '', '', copy_of, id, '' FROM duty_list "
    "WHERE org_id = {} AND copy_of IS NOT NULL AND ended_at IS NULL UNION ALL "
    "SELECT 'person', '', name, '', '', '', id, 0, '' FROM person WHERE kind = 'staff' AND id IN "
)


class Words(NamedTuple):
    """What the rows of a matrix are called, and which lists its posts take."""

    domains: list[Word]
    groups: list[Word]
    items: dict[int, list[Word]]
    mappings: list[Mapping]
    copies: dict[int, int]
    people: dict[int, str]


async def words_for(org_id: int, *, at: datetime, people: Iterable[int]) -> Words:
    """Domains, groups of hazards, duties in force, the mapping, and the names of some people: one statement."""
    marks, ids = in_list(sorted(set(people)))
    found: dict[str, list[Word]] = {}
    for row in await fetch(Word, _WORDS + marks, org_id, org_id, at, at, org_id, org_id, *ids):
        found.setdefault(row.what, []).append(row)
    items: dict[int, list[Word]] = {}
    for row in sorted(found.get("item", []), key=_order):
        items.setdefault(row.list_id, []).append(row)
    return Words(
        domains=sorted(found.get("domain", []), key=_order),
        groups=sorted(found.get("group", []), key=_order),
        items=items,
        mappings=[_mapping(row) for row in found.get("mapping", [])],
        copies={row.number: row.list_id for row in found.get("copy", [])},
        people={row.number: row.name for row in found.get("person", [])},
    )


def _order(row: Word) -> tuple[int, str]:
    return row.number, row.code


def _mapping(row: Word) -> Mapping:
    return Mapping(
        row.number, row.more == "own", row.code, row.level, row.name_en, row.list_id or None, row.name, row.domain
    )


# -- one duty in one grid


async def rows_of(grid_id: int, duty: str, *, at: datetime, post_id: int | None = None) -> list[Row]:
    """The rows of one duty in one grid that are not over, those that lie ahead as well; with `post_id` only this
    post's."""
    one, args = (" AND post_id = {}", [post_id]) if post_id is not None else ("", [])
    return await fetch(
        Row,
        "SELECT id, post_id, mark, starts_at, ends_at, basis, reason, version FROM responsibility WHERE grid_id = {} "
        f"AND duty = {{}} AND is_proposal = FALSE AND (ends_at IS NULL OR ends_at > {{}}){one} ORDER BY starts_at, id",
        grid_id, duty, at, *args,
    )  # fmt: skip


class RowStory(NamedTuple):
    """A row of the matrix as it was entered: the history of a duty in a grid and above it."""

    id: int
    grid_id: int
    grid: str
    post_id: int
    post: str
    post_grid: str
    mark: str
    basis: str | None
    reason: str | None
    starts_at: datetime
    ends_at: datetime | None
    entered_at: datetime
    entered_by: str | None
    ended_by: str | None


async def story_of_duty(path: str, duty: str, *, most: int = 50) -> list[RowStory]:
    """Every row that a duty has had in a grid and those above it, the latest first. A row that never came into force
    is left out."""
    marks, ids = in_list(ids_in(path))
    return await fetch(
        RowStory,
        "SELECT r.id, g.id, g.name, p.id, p.title, h.name, r.mark, r.basis, r.reason, r.starts_at, r.ends_at, "
        "r.entered_at, e.name, x.name FROM responsibility r JOIN grid g ON g.id = r.grid_id "
        "JOIN post p ON p.id = r.post_id JOIN grid h ON h.id = p.grid_id LEFT JOIN person e ON e.id = r.entered_by "
        f"LEFT JOIN person x ON x.id = r.ended_by WHERE r.grid_id IN {marks} AND r.duty = {{}} "
        "AND r.is_proposal = FALSE AND (r.ends_at IS NULL OR r.ends_at > r.starts_at) "
        "ORDER BY r.starts_at DESC, r.id DESC LIMIT {}",
        *ids, duty, most,
    )  # fmt: skip


async def duty_exists(duty: str, org_id: int) -> bool:
    """True for "" (the grid as a whole), a domain, a category or group of hazards, and a duty of any list that the
    school may use."""
    if not duty:
        return True
    return bool(
        await fetch_value(
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM domain WHERE code = {}) OR EXISTS (SELECT 1 FROM hazard_category "
            "WHERE code = {} AND (org_id IS NULL OR org_id = {})) OR EXISTS (SELECT 1 FROM duty_item i "
            "JOIN duty_list l ON l.id = i.list_id WHERE i.code = {} AND (l.org_id IS NULL OR l.org_id = {}))",
            duty, duty, org_id, duty, org_id,
        )
    )  # fmt: skip


class MarkedPost(NamedTuple):
    """A post that may have a mark."""

    id: int
    title: str
    ended_at: datetime | None


async def post_to_mark(post_id: int, path: str, org_id: int) -> MarkedPost | None:
    """A post of the organisation or of a grid above, never a pupil's (R44)."""
    marks, ids = in_list(ids_in(path))
    return await fetch_one(
        MarkedPost,
        "SELECT id, title, ended_at FROM post WHERE id = {} AND role <> 'pupil' "
        f"AND (org_id = {{}} OR grid_id IN {marks})",
        post_id, org_id, *ids,
    )  # fmt: skip
