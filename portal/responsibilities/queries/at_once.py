"""The facts of one line and the category that is asked about, in one statement: a move of a card may take ten."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from portal.core.database import fetch, in_list
from portal.grids.queries import ids_in
from portal.responsibilities.queries.facts import (
    FACT_COLUMNS,
    FactRow,
    Part,
    RulingRow,
    fact_rows,
    facts_made,
    over,
)
from portal.responsibilities.rules import Absence, Facts


class AskedCategory(NamedTuple):
    """What a SELECT of the room of hazards says of a category: six columns; `version` is of its rights and days."""

    code: str
    parent: str | None
    domain: str
    default_owner: str
    is_restricted: bool
    version: int


class _Row(NamedTuple):
    """A row of one of the four SELECTs; `what` says of which, and by it what the columns mean."""

    what: str
    grid_id: int | None
    parent_id: int | None
    org_id: int | None
    kind: str | None
    post_id: int | None
    is_so: bool | None
    post_made_at: datetime | None
    post_ended_at: datetime | None
    id: int | None
    person_id: int | None
    word: str | None
    is_primary: bool | None
    starts_at: datetime | None
    ends_at: datetime | None
    entered_at: datetime | None
    left_at: datetime | None
    sort: int | None
    more: str
    most: str


_ASKED = "asked(code, parent, domain, default_owner, is_restricted, version) AS ({category})"
_RULED = (
    "ruled AS (SELECT r.id, r.grid_id, r.duty, r.post_id, r.mark, r.starts_at, r.ends_at, q.grid_id AS from_grid, "
    "q.role FROM responsibility r JOIN post q ON q.id = r.post_id WHERE r.grid_id IN {line} AND r.is_proposal = FALSE "
    "AND {ruled} AND r.duty IN (SELECT code FROM asked UNION SELECT parent FROM asked UNION SELECT domain FROM asked "
    "UNION SELECT ''))"
)
_NEAR = "near AS (SELECT id FROM grid WHERE id IN {line} UNION SELECT from_grid FROM ruled)"
# SQLite takes the types of columns from the first SELECT: so the posts, which have every moment, come first.
_HELD = f"SELECT 'held', {FACT_COLUMNS}, p.sort, '', '' {{held}}"
_MARKS = (
    "SELECT 'ruled', grid_id, NULL, NULL, duty, post_id, NULL, NULL, NULL, id, NULL, mark, NULL, starts_at, ends_at, "
    "NULL, NULL, NULL, '', '' FROM ruled WHERE role <> 'pupil'"
)
_AWAY = (
    "SELECT 'away', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, b.id, b.person_id, NULL, NULL, b.starts_at, "
    "b.ends_at, NULL, NULL, NULL, '', '' FROM absence b WHERE b.undone_at IS NULL AND {away} AND b.person_id IN "
    "(SELECT a.person_id FROM appointment a JOIN post p ON p.id = a.post_id WHERE p.role <> 'pupil' AND {tenure} "
    "AND p.grid_id IN (SELECT id FROM near))"
)
_WHAT = (
    "SELECT 'asked', NULL, NULL, NULL, code, NULL, is_restricted, NULL, NULL, version, NULL, parent, NULL, NULL, NULL, "
    "NULL, NULL, NULL, domain, default_owner FROM asked"
)


async def facts_of_category(path: str, category: Part, *, at: datetime) -> tuple[AskedCategory | None, Facts]:
    """What `facts_of_line` gives for the codes of a category, and the category itself; None where there is none.

    `category` is a SELECT of at most one row with the columns of `AskedCategory`. One statement.
    """
    line = ids_in(path)
    marks, ids = in_list(line)
    ruled, away, tenure = over("r", at), over("b", at), over("a", at)
    gone = _AWAY.replace("{away}", away[0]).replace("{tenure}", tenure[0])
    held = fact_rows(("SELECT id FROM near", []), at)
    parts = (_ASKED.replace("{category}", category[0]), _RULED.replace("{ruled}", ruled[0]), _NEAR)
    selects = (_HELD.replace("{held}", held[0]), _MARKS, gone, _WHAT)
    sql = f"WITH {', '.join(parts)} {' UNION ALL '.join(selects)} ORDER BY 1, 2, 18, 6, 10".replace("{line}", marks)
    rows = await fetch(_Row, sql, *category[1], *ids, *ruled[1], *ids, *held[1], *away[1], *tenure[1])
    facts = facts_made([_fact(row) for row in rows if row.what == "held"], _rulings(rows), _absences(rows), line=line)
    return next((_category(row) for row in rows if row.what == "asked"), None), facts


def _fact(row: _Row) -> FactRow:
    columns: tuple[Any, ...] = row[1:17]
    return FactRow(*columns)


def _category(row: _Row) -> AskedCategory:
    return AskedCategory(row.kind or "", row.word, row.more, row.most, bool(row.is_so), row.id or 0)


def _rulings(rows: Iterable[_Row]) -> list[RulingRow]:
    found = [
        RulingRow(row.id, row.grid_id, row.kind or "", row.post_id, row.word or "", row.starts_at, row.ends_at)
        for row in rows
        if row.what == "ruled" and row.id and row.grid_id and row.post_id and row.starts_at
    ]
    return sorted(found)


def _absences(rows: Iterable[_Row]) -> list[Absence]:
    return [
        Absence(row.person_id, row.starts_at, row.ends_at)
        for row in rows
        if row.what == "away" and row.person_id and row.starts_at
    ]
