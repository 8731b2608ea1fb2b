"""What the matrix says about a card when it is assigned: who answers for it, and whose part it is besides (R49, E6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from portal.core.database import execute, fetch, in_list, insert
from portal.core.refusals import Invalid
from portal.grids.queries import ids_in
from portal.hazards.queries.cards import HazardRow
from portal.hazards.tables import HazardHelper
from portal.responsibilities.queries import duty_of_category, facts_of_category
from portal.responsibilities.rules import Cell, Facts, Mark, Place, Ruling, marks_for, responsible_for

VERSION = "(SELECT o.rights_version FROM organisation o WHERE o.grid_id = {})"


class _Row(NamedTuple):
    """A category with whose staff is asked, and one row of the matrix about it, perhaps none."""

    id: int
    code: str
    parent: str | None
    domain: str
    default_owner: str
    is_restricted: bool
    responsible_org: int | None
    version: int
    ruling_id: int | None
    grid_id: int | None
    duty: str | None
    post_id: int | None
    mark: str | None
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A category, whose staff is to answer, and the rows of the matrix that touch it on the way up from the place."""

    code: str
    parent: str | None
    domain: str
    default_owner: str
    is_restricted: bool
    responsible_org: int | None
    version: int  # of the school's rights and days
    rulings: tuple[Ruling, ...]


async def asked_for(
    hazard: HazardRow, category: str, *, post_id: int | None, person_id: int | None, at: datetime
) -> Asked | None:
    """All that an assignment asks the database for, the school's own category before the shared one. One statement."""
    line, ids = in_list(ids_in(hazard.path))
    rows = await fetch(
        _Row,
        "SELECT c.id, c.code, c.parent_code, c.domain, c.default_owner, c.is_restricted, coalesce("
        "(SELECT p.org_id FROM post p WHERE p.id = {} AND p.ended_at IS NULL AND p.role <> 'pupil'), "
        "(SELECT s.org_id FROM person s WHERE s.id = {} AND s.kind = 'staff' AND s.left_at IS NULL)), "
        f"{VERSION}, r.id, r.grid_id, r.duty, r.post_id, r.mark, r.starts_at, r.ends_at FROM hazard_category c "
        f"LEFT JOIN responsibility r ON r.grid_id IN {line} AND r.duty IN (c.code, c.parent_code, c.domain, '') "
        "AND r.is_proposal = FALSE AND r.starts_at <= {} AND (r.ends_at IS NULL OR r.ends_at > {}) AND EXISTS "
        "(SELECT 1 FROM post q WHERE q.id = r.post_id AND q.ended_at IS NULL AND q.role <> 'pupil') "
        "WHERE c.code = {} AND (c.org_id IS NULL OR c.org_id = {}) ORDER BY c.org_id IS NULL, c.id, r.id",
        post_id, person_id, hazard.org_id, *ids, at, at, category, hazard.org_id,
    )  # fmt: skip
    if not rows:
        return None
    own = [row for row in rows if row.id == rows[0].id]
    return Asked(*own[0][1:8], rulings=tuple(found for row in own if (found := _ruling(row))))


def _ruling(row: _Row) -> Ruling | None:
    if row.ruling_id is None or row.grid_id is None or row.post_id is None or row.starts_at is None:
        return None
    return Ruling(
        row.ruling_id, row.grid_id, row.duty or "", row.post_id, Mark(row.mark or ""), row.starts_at, row.ends_at
    )


async def give_parts(hazard: HazardRow, asked: Asked, *, post_id: int | None, at: datetime) -> None:
    """Gives each post that the matrix marks for this duty here its part in the card, but for the one that answers.

    A sensitive card is nobody's by a mark: only people named for such cards are told of it (B20). One statement, none
    where the matrix says nothing.
    """
    if hazard.is_restricted or asked.is_restricted:
        return
    cells = marks_for(_rulings_only(hazard, asked), hazard.grid_id, duty_of_category(asked), at=at)
    rows = [_part(hazard.id, cell, at) for cell in cells if cell.post_id != post_id and cell.ruling_id]
    await insert(HazardHelper, *rows)


def _rulings_only(hazard: HazardRow, asked: Asked) -> Facts:
    """The line of the card's place with the rows of the matrix: marks need no holders."""
    line = ids_in(hazard.path)
    places = {grid: Place(grid, above, "") for grid, above in zip(line, [None, *line], strict=False)}
    return Facts(places, rulings_on={grid: tuple(r for r in asked.rulings if r.grid_id == grid) for grid in line})


async def asked_of_rule(hazard: HazardRow, category: str, *, at: datetime) -> tuple[Asked | None, Facts]:
    """The same, with who holds what on the way up, for whoever leaves the choice to the rule. One statement as well."""
    sql = (
        "SELECT c.code, c.parent_code, c.domain, c.default_owner, c.is_restricted, "
        f"{VERSION} FROM hazard_category c "
        "WHERE c.code = {} AND (c.org_id IS NULL OR c.org_id = {}) ORDER BY c.org_id IS NULL, c.id LIMIT 1"
    )
    found, facts = await facts_of_category(hazard.path, (sql, [hazard.org_id, category, hazard.org_id]), at=at)
    if found is None:
        return None, facts
    rows = [row for rows in facts.rulings_on.values() for row in rows if row.is_in_force(at)]
    standing = [row for row in rows if (post := facts.post(row.post_id)) is not None and post.ended_at is None]
    by_id = tuple(sorted(standing, key=lambda row: row.id))
    return Asked(*found[:5], responsible_org=hazard.org_id, version=found.version, rulings=by_id), facts


def post_by_rule(hazard: HazardRow, asked: Asked, facts: Facts, *, at: datetime) -> int:
    """The post that answers for this category here, or, while it is vacant, the one that it falls to.

    Always of the card's own school.
    """
    duty = duty_of_category(asked)
    answer = responsible_for(facts, hazard.grid_id, duty, at=at)
    line = ids_in(hazard.path)
    above = set(line[: line.index(hazard.org_id)])
    for post_id in (answer.falls_to_post, answer.post_id) if answer.is_gap else (answer.post_id,):
        post = facts.post(post_id) if post_id is not None else None
        if post is not None and post.grid_id not in above:
            return post.id
    raise Invalid({"responsible": "hazard.need_responsible"})


def _part(hazard_id: int, cell: Cell, at: datetime) -> dict[str, Any]:
    return {
        "hazard_id": hazard_id, "person_id": None, "post_id": cell.post_id, "added_at": at, "mark": str(cell.mark),
        "responsibility_id": cell.ruling_id,
    }  # fmt: skip


async def end_parts(hazard_id: int, at: datetime) -> None:
    """Takes away what the matrix gave: the card is not assigned any more, or another row holds."""
    sql = "UPDATE hazard_helper SET ended_at = {} WHERE hazard_id = {} AND mark IS NOT NULL AND ended_at IS NULL"
    await execute(sql, at, hazard_id)
