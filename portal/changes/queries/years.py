"""School years: the batches, the classes and terms that one is made of."""

import json
from datetime import date, datetime
from typing import NamedTuple

from portal.changes.rules.plan import effective_of
from portal.changes.rules.years import YearPlan
from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one
from portal.core.refusals import NotFound
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope


class YearRow(NamedTuple):
    """A batch as it stands."""

    id: int
    org_id: int
    path: str
    school: str
    name: str
    handover_on: date
    plan: str
    state: str
    created_at: datetime
    created_by: int | None
    version: int

    @property
    def told(self) -> YearPlan:
        """The batch as it was reviewed."""
        return YearPlan.of(json.loads(self.plan))

    @property
    def effective_at(self) -> datetime:
        """When all of it takes effect."""
        return effective_of(self.handover_on)


YEAR = (
    "SELECT y.id, y.org_id, g.path, g.name, y.name, y.handover_on, y.plan, y.state, y.created_at, y.created_by, "
    "y.version FROM school_year y JOIN grid g ON g.id = y.org_id "
)


async def year_seen(year_id: int, *, by: Actor, permission: Permission = Permission.CHANGE_VIEW) -> YearRow:
    """A batch of an organisation in the actor's scope."""
    found = await fetch_one(YearRow, YEAR + "WHERE y.id = {}", year_id)
    if found is None or not scope(by, permission).holds(found.path, found.org_id):
        raise NotFound()
    return found


async def years_seen(*, by: Actor) -> list[YearRow]:
    """The batches of the actor's organisations, the newest first."""
    where, args = scope_sql(scope(by, Permission.CHANGE_VIEW), path="g.path", org="y.org_id")
    return await fetch(YearRow, f"{YEAR}WHERE {where} ORDER BY y.id DESC LIMIT 50", *args)


async def years_due(*, at: datetime) -> list[YearRow]:
    """Batches that were applied and whose classes have not been renamed."""
    rows = await fetch(YearRow, YEAR + "WHERE y.state = 'applied' ORDER BY y.id")
    return [row for row in rows if row.effective_at <= at]


class ClassRow(NamedTuple):
    """A class of a school."""

    id: int
    name: str
    parent_id: int
    version: int


async def classes_of(org_id: int) -> list[ClassRow]:
    """The classes of a school, in the order of the tree."""
    return await fetch(
        ClassRow,
        "SELECT id, name, parent_id, version FROM grid WHERE org_id = {} AND kind = 'class' AND ended_at IS NULL "
        "AND is_heading = FALSE ORDER BY parent_id, sort, id",
        org_id,
    )


class TermRow(NamedTuple):
    """An appointment that a school year concerns: on a class, or about to run out."""

    id: int
    person_id: int
    person: str
    person_kind: str
    post_id: int
    title: str
    grid_id: int
    grid: str
    grid_kind: str
    ends_at: datetime | None
    version: int


async def terms_of(org_id: int, *, at: datetime, until: datetime) -> list[TermRow]:
    """Who holds posts on classes, and whose appointment ends before `until`. One statement."""
    return await fetch(
        TermRow,
        "SELECT a.id, s.id, s.name, s.kind, p.id, p.title, g.id, g.name, g.kind, a.ends_at, a.version "
        "FROM appointment a JOIN post p ON p.id = a.post_id JOIN grid g ON g.id = p.grid_id "
        "JOIN person s ON s.id = a.person_id WHERE a.org_id = {} AND a.starts_at <= {} "
        "AND (a.ends_at IS NULL OR a.ends_at > {}) AND (s.left_at IS NULL OR s.left_at > {}) "
        "AND (g.kind = 'class' OR a.ends_at <= {}) AND a.kind <> 'acting' ORDER BY g.path, p.sort, a.id",
        org_id, at, at, at, until,
    )  # fmt: skip
