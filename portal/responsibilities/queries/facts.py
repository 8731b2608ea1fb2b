"""The dated rows that the rules decide over, read in a few statements, whatever the size. Facts hold ids, no names.

Read so that the rules need no exception: whoever has left holds nothing from then on; an absence that was undone and a
mark that is only proposed are not there; nor is a post of pupils (R44).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from portal.core.database import fetch, fetch_one, in_list
from portal.grids.queries import ids_in
from portal.responsibilities.rules import Absence, Facts, Mark, Place, Post, Ruling, Tenure


class FactRow(NamedTuple):
    """A grid with one of its posts and one appointment to it; a grid without posts has one row."""

    grid_id: int
    parent_id: int | None
    org_id: int
    kind: str
    post_id: int | None
    is_accountable: bool | None
    post_made_at: datetime | None
    post_ended_at: datetime | None
    appointment_id: int | None
    person_id: int | None
    appointed_as: str | None
    is_primary: bool | None
    starts_at: datetime | None
    ends_at: datetime | None
    entered_at: datetime | None
    left_at: datetime | None


class RulingRow(NamedTuple):
    """A row of the matrix."""

    id: int
    grid_id: int
    duty: str
    post_id: int
    mark: str
    starts_at: datetime
    ends_at: datetime | None


FACT_COLUMNS = (
    "g.id, g.parent_id, g.org_id, g.kind, p.id, p.is_accountable AND p.role <> 'liaison', p.created_at, p.ended_at, "
    "a.id, a.person_id, a.kind, a.is_primary, a.starts_at, a.ends_at, a.entered_at, s.left_at"
)
_FROM = (
    "FROM grid g "
    "LEFT JOIN post p ON p.grid_id = g.id AND p.role <> 'pupil' AND {post} "
    "LEFT JOIN appointment a ON a.post_id = p.id AND {tenure} LEFT JOIN person s ON s.id = a.person_id "
    "WHERE g.id IN ({grids}) AND {grid}"
)


async def facts_of_org(org_id: int, *, at: datetime | None = None, path: str | None = None) -> Facts:
    """Every dated row of an organisation's tree and of what stands above it; with `at` only those that matter from
    then on. Posts of elsewhere that its matrix names come along. Four statements, three where the organisation's
    `path` is known already."""
    path = await _path_of(org_id) if path is None else path
    above, above_ids = in_list(ids_in(path)) if path else ("(NULL)", [])
    grids = f"SELECT id FROM grid WHERE org_id = {{}} OR id IN {above}"
    rulings, args = f"(r.org_id = {{}} OR r.grid_id IN {above})", [org_id, *above_ids]
    return await _read((grids, [org_id, *above_ids]), (rulings, args), at, within={org_id}, line=set(above_ids))


async def facts_of_line(path: str, *, codes: Collection[str] | None = None, at: datetime | None = None) -> Facts:
    """One grid and all above it, for pages that ask about one place only. Three statements.

    `codes` leaves out the rows of the matrix for other duties: a school's own grid may hold thousands of them.
    """
    return await facts_of_lines((path,), codes=codes, at=at)


async def facts_of_lines(
    paths: Iterable[str], *, codes: Collection[str] | None = None, at: datetime | None = None
) -> Facts:
    """Some grids and all above each of them, in the same three statements."""
    line = sorted({grid_id for path in paths for grid_id in ids_in(path)})
    marks, ids = in_list(line)
    rulings, args = f"r.grid_id IN {marks}", list[Any](ids)
    if codes is not None:
        some, wanted = in_list({*codes, ""})
        rulings, args = f"{rulings} AND r.duty IN {some}", [*ids, *wanted]
    return await _read((f"SELECT id FROM grid WHERE id IN {marks}", ids), (rulings, args), at, line=set(line))


async def _path_of(grid_id: int) -> str:
    class Path(NamedTuple):
        path: str

    found = await fetch_one(Path, "SELECT path FROM grid WHERE id = {}", grid_id)
    return found.path if found else ""


Part = tuple[str, list[Any]]
"""A piece of SQL with its arguments."""


async def _read(
    grids: Part, ruled: Part, at: datetime | None, *, line: Collection[int], within: Collection[int] = ()
) -> Facts:
    """Places, posts and appointments; the rows of the matrix; absences: one statement each."""
    rulings = await _rulings(ruled, at)
    named = over("r", at)
    elsewhere = (
        "SELECT q.grid_id FROM responsibility r JOIN post q ON q.id = r.post_id "
        f"WHERE {ruled[0]} AND r.is_proposal = FALSE AND {named[0]}"
    )
    rows_from, args = fact_rows((f"{grids[0]} UNION {elsewhere}", [*grids[1], *ruled[1], *named[1]]), at)
    rows = await fetch(FactRow, f"SELECT {FACT_COLUMNS} {rows_from} ORDER BY g.id, p.sort, p.id, a.id", *args)
    people = {row.person_id for row in rows if row.person_id is not None}
    return facts_made(rows, rulings, await _absences(people, at), line=line, within=within)


def facts_made(
    rows: Sequence[FactRow], rulings: Iterable[RulingRow], absences: Iterable[Absence], *, line: Collection[int],
    within: Collection[int] = (),
) -> Facts:  # fmt: skip
    """The facts of these rows: places of the line and of whole organisations, whatever posts came along."""
    tenures = _tenures(rows)
    return Facts(
        places={
            row.grid_id: Place(row.grid_id, row.parent_id, row.kind)
            for row in rows
            if row.grid_id in line or row.org_id in within
        },
        posts_on=_posts(rows, tenures),
        tenures_of=tenures,
        absences_of=_by_person(absences),
        rulings_on=_by_grid(rulings),
    )


def over(name: str, at: datetime | None, ends: str = "ends_at") -> Part:
    """Not over at the instant, or everything where no instant is given."""
    return ("1 = 1", []) if at is None else (f"({name}.{ends} IS NULL OR {name}.{ends} > {{}})", [at])


def fact_rows(grids: Part, at: datetime | None) -> Part:
    """Where `FACT_COLUMNS` come from, for the grids that a SELECT gives."""
    post, tenure, grid = over("p", at, "ended_at"), over("a", at), over("g", at, "ended_at")
    sql = (
        _FROM.replace("{post}", post[0])
        .replace("{tenure}", tenure[0])
        .replace("{grids}", grids[0])
        .replace("{grid}", grid[0])
    )
    return sql, [*post[1], *tenure[1], *grids[1], *grid[1]]


def _tenures(rows: Iterable[FactRow]) -> dict[int, tuple[Tenure, ...]]:
    found: dict[int, list[Tenure]] = {}
    for row in rows:
        if row.post_id is None or row.appointment_id is None or row.person_id is None or row.starts_at is None:
            continue
        ends = min((one for one in (row.ends_at, row.left_at) if one is not None), default=None)
        tenure = Tenure(
            row.appointment_id, row.post_id, row.person_id, row.appointed_as or "holder", bool(row.is_primary),
            row.starts_at, ends, row.entered_at,
        )  # fmt: skip
        found.setdefault(row.post_id, []).append(tenure)
    return {post_id: tuple(tenures) for post_id, tenures in found.items()}


def _posts(rows: Iterable[FactRow], tenures: dict[int, tuple[Tenure, ...]]) -> dict[int, tuple[Post, ...]]:
    found: dict[int, dict[int, Post]] = {}
    for row in rows:
        if row.post_id is not None:
            # An import or a demonstration tells of holders before the day on which it made the post.
            begins = min(
                (one for one in (row.post_made_at, *(t.starts_at for t in tenures.get(row.post_id, ()))) if one),
                default=None,
            )
            post = Post(row.post_id, row.grid_id, bool(row.is_accountable), row.post_ended_at, begins)
            found.setdefault(row.grid_id, {})[row.post_id] = post
    return {grid_id: tuple(posts.values()) for grid_id, posts in found.items()}


async def _rulings(wanted: Part, at: datetime | None) -> list[RulingRow]:
    still = over("r", at)
    return await fetch(
        RulingRow,
        "SELECT r.id, r.grid_id, r.duty, r.post_id, r.mark, r.starts_at, r.ends_at FROM responsibility r "
        "JOIN post q ON q.id = r.post_id "
        f"WHERE {wanted[0]} AND r.is_proposal = FALSE AND q.role <> 'pupil' AND {still[0]} ORDER BY r.id",
        *wanted[1], *still[1],
    )  # fmt: skip


def _by_grid(rows: Iterable[RulingRow]) -> dict[int, tuple[Ruling, ...]]:
    found: dict[int, list[Ruling]] = {}
    for row in rows:
        ruling = Ruling(row.id, row.grid_id, row.duty, row.post_id, Mark(row.mark), row.starts_at, row.ends_at)
        found.setdefault(row.grid_id, []).append(ruling)
    return {grid_id: tuple(rulings) for grid_id, rulings in found.items()}


async def _absences(people: set[int], at: datetime | None) -> list[Absence]:
    marks, ids = in_list(sorted(people))
    still = over("b", at)
    return await fetch(
        Absence,
        f"SELECT b.person_id, b.starts_at, b.ends_at FROM absence b WHERE b.person_id IN {marks} "
        f"AND b.undone_at IS NULL AND {still[0]} ORDER BY b.id",
        *ids, *still[1],
    )  # fmt: skip


def _by_person(rows: Iterable[Absence]) -> dict[int, tuple[Absence, ...]]:
    found: dict[int, list[Absence]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return {person_id: tuple(absences) for person_id, absences in found.items()}
