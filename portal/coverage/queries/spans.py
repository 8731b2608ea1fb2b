"""The number as it was written: what holds at an instant, for one school or all schools of a bureau."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_column, fetch_one
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope

NOW = "s.org_id = o.grid_id AND s.starts_at <= {} AND (s.ends_at IS NULL OR s.ends_at > {})"


class SchoolNow(NamedTuple):
    """A school of a bureau with its number now; without a number it has never been counted."""

    id: int
    name: str
    have: int | None
    whole: int | None
    is_fresh: bool
    next_at: datetime | None


async def schools_now(*, by: Actor, at: datetime) -> list[SchoolNow]:
    """The schools that the actor may look into, by name. One statement that never walks a tree: a span that ends is
    followed by the next one, so nothing has to run at midnight."""
    where, args = scope_sql(scope(by, Permission.COVERAGE_VIEW), path="g.path", org="g.org_id")
    return await fetch(
        SchoolNow,
        "SELECT g.id, g.name, s.have, s.whole, COALESCE(s.rights_version, 0) = o.rights_version, s.ends_at "
        f"FROM organisation o JOIN grid g ON g.id = o.grid_id LEFT JOIN coverage_span s ON {NOW} "
        f"WHERE o.kind = 'school' AND g.ended_at IS NULL AND {where} ORDER BY g.name, g.id",
        at, at, *args,
    )  # fmt: skip


class Told(NamedTuple):
    """A gap as a span tells it: which grid, what it is called, and the vacant post with its last instant, if there is
    one."""

    grid_id: int
    place: str
    post_id: int | None
    title: str
    vacated_at: str


class Now(NamedTuple):
    """A school's number at this instant, with its first gaps."""

    have: int
    whole: int
    first: tuple[Told, ...]


class _Now(NamedTuple):
    have: int
    whole: int
    gaps: str


async def school_now(org_id: int, *, at: datetime) -> Now | None:
    """What was written of this instant; None when rows have changed since. One statement."""
    row = await fetch_one(
        _Now,
        f"SELECT s.have, s.whole, s.gaps FROM organisation o JOIN coverage_span s ON {NOW} "
        "WHERE o.grid_id = {} AND s.rights_version = o.rights_version",
        at, at, org_id,
    )  # fmt: skip
    if row is None:
        return None
    first: list[list[Any]] = json.loads(row.gaps).get("first", [])
    return Now(row.have, row.whole, tuple(Told(*one) for one in first))


class SpanRow(NamedTuple):
    """A span as it stands in its table."""

    id: int
    starts_at: datetime
    ends_at: datetime | None
    have: int
    whole: int
    gaps: str
    rights_version: int


async def spans_from(org_id: int, *, at: datetime) -> list[SpanRow]:
    """The span that holds at an instant and all that follow it."""
    return await fetch(
        SpanRow,
        "SELECT id, starts_at, ends_at, have, whole, gaps, rights_version FROM coverage_span "
        "WHERE org_id = {} AND (ends_at IS NULL OR ends_at > {}) ORDER BY starts_at, id",
        org_id, at,
    )  # fmt: skip


async def organisations_to_count(*, at: datetime) -> list[int]:
    """The schools whose spans do not tell what their rows say now. One statement."""
    return [
        int(found)
        for found in await fetch_column(
            f"SELECT o.grid_id FROM organisation o LEFT JOIN coverage_span s ON {NOW} "
            "WHERE o.kind = 'school' AND (s.id IS NULL OR s.rights_version <> o.rights_version) ORDER BY o.id",
            at, at,
        )
    ]  # fmt: skip
