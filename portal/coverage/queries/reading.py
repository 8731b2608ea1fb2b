"""Everything that the page of one school names, in one statement; the facts for the rules are three more."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.core.database import fetch
from portal.grids.queries import ids_in
from portal.responsibilities.queries import facts_of_org
from portal.responsibilities.rules import Facts
from portal.responsibilities.rules.mapping import Mapping

HISTORY = timedelta(days=200)


class Row(NamedTuple):
    """One of the things that the page has to name; which column says what depends on `what`."""

    what: str  # post | grid | person | span | pair | mapping | copy | office | domain | org
    id: int
    other: int
    a: str
    b: str
    c: str
    d: str
    flag: int
    sort: int
    begins: datetime | None
    ends: datetime | None


# SQLite takes the types of columns from the first SELECT: so the posts, which have both moments, come first.
_SQL = (
    "SELECT 'post', p.id, p.grid_id, p.title, COALESCE(p.line_of_work, ''), p.role, '', "
    "CASE WHEN p.is_accountable THEN 1 ELSE 0 END, p.sort, "
    "(SELECT a.ends_at FROM appointment a WHERE a.post_id = p.id AND a.ends_at <= {} ORDER BY a.ends_at DESC LIMIT 1), "
    "p.ended_at FROM post p WHERE p.org_id = {} AND p.role <> 'pupil' AND (p.ended_at IS NULL OR p.ended_at > {}) "
    "UNION ALL SELECT 'grid', g.id, COALESCE(g.parent_id, 0), g.name, g.path, g.kind, '', "
    "CASE WHEN g.is_heading THEN 1 ELSE 0 END, g.sort, NULL, NULL FROM grid g "
    "WHERE g.org_id = {} AND g.ended_at IS NULL "
    "UNION ALL SELECT 'person', s.id, 0, s.name, '', '', '', 0, 0, s.left_at, NULL FROM person s "
    "WHERE s.org_id = {} AND s.kind = 'staff' AND (s.left_at IS NULL OR s.left_at > {}) "
    "UNION ALL SELECT 'span', c.have, c.whole, '', '', '', '', 0, c.rights_version, c.starts_at, c.ends_at "
    "FROM coverage_span c WHERE c.org_id = {} AND (c.ends_at IS NULL OR c.ends_at > {}) "
    "UNION ALL SELECT 'pair', l.one_id, l.other_id, '', '', '', '', 0, 0, NULL, NULL "
    "FROM look_alike_confirmed l WHERE l.org_id = {} "
    "UNION ALL SELECT 'mapping', m.id, COALESCE(m.list_id, 0), m.title, COALESCE(m.line_of_work, ''), "
    "COALESCE(m.grid_kind, ''), COALESCE(m.grid_name, ''), CASE WHEN m.org_id IS NULL THEN 0 ELSE 1 END, 0, NULL, NULL "
    "FROM duty_mapping m WHERE m.org_id IS NULL OR m.org_id = {} "
    "UNION ALL SELECT 'copy', y.id, y.copy_of, '', '', '', '', 0, 0, NULL, NULL FROM duty_list y "
    "WHERE y.org_id = {} AND y.copy_of IS NOT NULL AND y.ended_at IS NULL "
    "UNION ALL SELECT 'office', h.id, 0, h.code, COALESCE(h.parent_code, ''), h.domain, '', 0, h.sort, NULL, NULL "
    "FROM hazard_category h WHERE h.default_owner = 'office' AND (h.org_id IS NULL OR h.org_id = {}) "
    "UNION ALL SELECT 'domain', d.id, 0, d.code, d.name, d.name_en, '', 0, d.sort, NULL, NULL FROM domain d "
    "UNION ALL SELECT 'org', o.grid_id, COALESCE(o.bureau_id, 0), o.kind, '', '', '', 0, o.rights_version, NULL, NULL "
    "FROM organisation o WHERE o.grid_id = {}"
)


class GridLine(NamedTuple):
    """A grid of the tree, in its order; `depth` counts from the organisation, which is 0."""

    id: int
    parent_id: int
    name: str
    path: str
    kind: str
    is_heading: bool
    depth: int


class PostLine(NamedTuple):
    """A post that stands, or will end. `vacated_at` is when the last appointment to it ended."""

    id: int
    grid_id: int
    title: str
    line_of_work: str
    role: str
    is_accountable: bool
    vacated_at: datetime | None


class PastSpan(NamedTuple):
    """The number as it was, is, or will be over a time."""

    have: int
    whole: int
    begins: datetime
    ends: datetime | None
    rights_version: int


@dataclass(frozen=True, slots=True)
class School:
    """An organisation with the names of everything in it."""

    org_id: int
    bureau_id: int
    kind: str
    rights_version: int
    grids: tuple[GridLine, ...]
    posts: dict[int, PostLine]
    people: dict[int, str]
    leaving: dict[int, datetime]
    spans: tuple[PastSpan, ...]
    confirmed: frozenset[tuple[int, int]]
    mappings: tuple[Mapping, ...]
    copies: dict[int, int]
    offices: tuple[tuple[str, str, str], ...]
    domains: dict[str, tuple[str, str]]
    grid: dict[int, GridLine] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the organisation is called."""
        return self.grid[self.org_id].name

    @property
    def path(self) -> str:
        """Its place in the tree."""
        return self.grid[self.org_id].path

    def counted(self, paths: Iterable[str] | None = None) -> list[int]:
        """The grids that the number counts: all but headings, or those of them in these parts of the tree."""
        parts = None if paths is None else tuple(paths)
        return [one.id for one in self.grids if not one.is_heading and (parts is None or one.path.startswith(parts))]

    def below(self, grid_id: int) -> list[GridLine]:
        """A grid and everything below it, in the order of the tree."""
        top = self.grid.get(grid_id)
        return [one for one in self.grids if top is not None and one.path.startswith(top.path)]

    def upper(self, grid_id: int) -> str:
        """The grids between the organisation and this one, as people say it: "A·B"; "" for a main branch."""
        steps = [self.grid[one].name for one in ids_in(self.grid[grid_id].path)[:-1] if one in self.grid]
        return "·".join(steps[1:])

    def place(self, grid_id: int) -> str:
        """A grid with the way to it."""
        return "·".join(part for part in (self.upper(grid_id), self.grid[grid_id].name) if part)


async def read_school(org_id: int, *, at: datetime) -> School | None:
    """An organisation with everything in it; None when there is none. One statement, for whoever may see it."""
    args = (at, org_id, at, org_id, org_id, at, org_id, at - HISTORY, org_id, org_id, org_id, org_id, org_id)
    rows: dict[str, list[Row]] = {}
    for row in await fetch(Row, _SQL, *args):
        rows.setdefault(row.what, []).append(row)
    if not rows.get("org") or org_id not in {row.id for row in rows.get("grid", ())}:
        return None
    return _school(rows["org"][0], rows)


async def read_facts(school: School, *, at: datetime) -> Facts:
    """The dated rows from an instant on. Three statements."""
    return await facts_of_org(school.org_id, at=at, path=school.path)


def _school(org: Row, rows: dict[str, list[Row]]) -> School:
    grids = tuple(_in_order(rows["grid"], org.id))
    return School(
        org_id=org.id, bureau_id=org.other, kind=org.a, rights_version=org.sort, grids=grids,
        posts={
            row.id: PostLine(row.id, row.other, row.a, row.b, row.c, bool(row.flag), row.begins)
            for row in sorted(rows.get("post", ()), key=lambda one: (one.sort, one.id))
        },
        people={row.id: row.a for row in rows.get("person", ())},
        leaving={row.id: row.begins for row in rows.get("person", ()) if row.begins is not None},
        spans=tuple(sorted(_spans(rows.get("span", ())), key=lambda one: one.begins)),
        confirmed=frozenset((row.id, row.other) for row in rows.get("pair", ())),
        mappings=tuple(
            Mapping(row.id, bool(row.flag), row.a, row.c, row.d, row.other or None, row.b, "")
            for row in rows.get("mapping", ())
        ),
        copies={row.other: row.id for row in rows.get("copy", ())},
        offices=tuple((row.a, row.b, row.c) for row in sorted(rows.get("office", ()), key=lambda one: one.sort)),
        domains={row.a: (row.b, row.c) for row in sorted(rows.get("domain", ()), key=lambda one: one.sort)},
        grid={one.id: one for one in grids},
    )  # fmt: skip


def _spans(rows: Iterable[Row]) -> Iterator[PastSpan]:
    for row in rows:
        if row.begins is not None:
            yield PastSpan(row.id, row.other, row.begins, row.ends, row.sort)


def _in_order(rows: list[Row], root: int) -> Iterator[GridLine]:
    """The grids as the tree shows them: each followed by what lies below it."""
    children: dict[int, list[Row]] = {}
    for row in rows:
        children.setdefault(row.other, []).append(row)
    waiting = [(row, 0) for row in rows if row.id == root]
    while waiting:
        row, depth = waiting.pop()
        yield GridLine(row.id, row.other, row.a, row.b, row.c, bool(row.flag), depth)
        below = sorted(children.get(row.id, ()), key=lambda one: (one.sort, one.id), reverse=True)
        waiting += [(one, depth + 1) for one in below]
