"""The number of a school as rows over time: what was is kept, what is to come is written anew when anything changes."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import structlog

from portal.core.clock import now
from portal.core.database import after_commit, execute, fetch_column, fetch_value, in_list, insert, unit_of_work
from portal.core.ids import digest
from portal.coverage.queries.reading import School, read_facts, read_school
from portal.coverage.queries.spans import SpanRow, Told, organisations_to_count, spans_from
from portal.coverage.rules import Span, spans
from portal.coverage.tables import CoverageSpan

FIRST = 5
"""So many gaps are told with a span by name: today's page shows them without walking the tree."""
TRIES = 3

log = structlog.get_logger(__name__)


async def write_spans(org_id: int, *, anew: bool = False) -> bool:
    """Writes what the rows say of a school's number now and at every instant to come; true when it wrote.

    Nothing is done where the rows have not changed since, unless `anew`. The tree is walked before the unit begins, so
    that nobody waits for it; if the rows change meanwhile, it is walked again.
    """
    for _ in range(TRIES):
        at = now()
        school = await read_school(org_id, at=at)
        if school is None or school.kind != "school" or (not anew and _is_told(school, at)):
            return False
        found = spans(await read_facts(school, at=at), school.counted(), at=at)
        async with unit_of_work():
            # The organisation's row is the lock, as for everything that changes the number.
            version = await fetch_value(
                "UPDATE organisation SET rights_version = rights_version WHERE grid_id = {} RETURNING rights_version",
                org_id,
            )
            if version == school.rights_version:
                await _write(school, found, at=at)
                return True
    return False


def _is_told(school: School, at: datetime) -> bool:
    """True when the span that holds now was written of the rows as they are."""
    return any(
        one.rights_version == school.rights_version and one.begins <= at and (one.ends is None or at < one.ends)
        for one in school.spans
    )


async def _write(school: School, found: list[Span], *, at: datetime) -> None:
    """Joins the span that holds now when it says the same, else ends it here; all later ones are replaced."""
    rows = [_row(school, span, at) for span in found]
    present, ahead = None, []
    for row in await spans_from(school.org_id, at=at):
        if row.starts_at < at:
            present = row
        else:
            ahead.append(row.id)
    marks, ids = in_list(ahead)
    await execute(f"DELETE FROM coverage_span WHERE id IN {marks}", *ids)
    if present is not None and _says(present) == (rows[0]["have"], rows[0]["whole"], rows[0]["gaps"]):
        first = rows.pop(0)
        await execute(
            "UPDATE coverage_span SET ends_at = {}, rights_version = {}, written_at = {} WHERE id = {}",
            first["ends_at"], school.rights_version, at, present.id,
        )  # fmt: skip
    elif present is not None:
        await execute("UPDATE coverage_span SET ends_at = {} WHERE id = {}", at, present.id)
    await insert(CoverageSpan, *rows)


def _says(row: SpanRow) -> tuple[int, int, str]:
    return row.have, row.whole, row.gaps


def _row(school: School, span: Span, at: datetime) -> dict[str, Any]:
    told = {
        "missing": len(span.gaps),
        "digest": digest(" ".join(f"{gap.grid_id}:{gap.post_id or 0}" for gap in span.gaps))[:16],
        "first": [list(one) for one in _first(school, span)],
    }
    return {
        "org_id": school.org_id, "starts_at": span.starts_at, "ends_at": span.ends_at, "have": span.fraction.have,
        "whole": span.fraction.whole, "gaps": json.dumps(told, ensure_ascii=False),
        "rights_version": school.rights_version, "written_at": at,
    }  # fmt: skip


def _first(school: School, span: Span) -> Iterator[Told]:
    for gap in span.gaps[:FIRST]:
        post = school.posts.get(gap.post_id or 0)
        since = post.vacated_at.isoformat() if post and post.vacated_at else ""
        yield Told(gap.grid_id, school.place(gap.grid_id), gap.post_id, post.title if post else "", since)


async def count_stale() -> int:
    """The clock's part: every school whose rows have changed since its number was written; gives how many."""
    return sum([await _one(org_id) for org_id in await organisations_to_count(at=now())])


async def spans_follow(org_id: int) -> None:
    """For the outbox: writes anew as soon as the entry's own unit is committed.

    A school whose matrix names a post of this organisation for a whole grid (a bureau's leader) follows too. Its own
    rows have not moved, so its version is moved here: from now on its number is stale, and whatever is missed below is
    found by the clock, as with its own rows.
    """
    schools = await fetch_column(
        "UPDATE organisation SET rights_version = rights_version + 1 WHERE grid_id IN (SELECT r.org_id "
        "FROM responsibility r JOIN post q ON q.id = r.post_id WHERE q.org_id = {} AND r.duty = '' AND r.org_id <> {}) "
        "RETURNING grid_id",
        org_id, org_id,
    )  # fmt: skip

    async def follow() -> None:
        for one in (org_id, *schools):
            await _one(int(one))

    after_commit(follow)


async def _one(org_id: int) -> bool:
    """One school; a failure is told and tried again by the clock, and holds up nobody else."""
    try:
        return await write_spans(org_id)
    except Exception as error:
        log.error("coverage.spans_failed", org=org_id, exc_info=error)
        return False
