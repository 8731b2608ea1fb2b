"""What today's page asks: the person's cards, their grids with counts, a bureau's schools in numbers."""

from datetime import datetime
from typing import Any, NamedTuple

from portal.contact_boards.queries.reports import to_screen_sql
from portal.core.actors import Actor
from portal.core.database import fetch, in_list
from portal.hazards.queries.board import BoardCard
from portal.hazards.queries.lists import cards_found, involved, visible
from portal.letters.queries.letters import awaiting_sql
from portal.permissions.rules import ABOVE, Permission, Role, scope

MOST_GRIDS = 40
MOST_REPORTS = 100


def overseen(by: Actor) -> tuple[str, ...]:
    """The parts of the tree whose cards this person follows day by day; a bureau follows only what it was sent."""
    paths = sorted({g.path for g in by.grants if Role(g.role) in ABOVE and g.role != Role.BUREAU_OFFICER})
    kept: list[str] = []
    for path in paths:
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


async def cards_today(*, by: Actor, at: datetime) -> list[BoardCard]:
    """Open cards that may ask something of this person. One statement; sight is still to be decided by the rule.

    Their own (reported, answered for, helped, watched, supervised), those sent to a grid of theirs, and in the parts
    that they follow whatever waits for somebody above: to be triaged, rechecked, escalated, overdue, major.
    """
    mine, args = involved(by, at)
    parts = " OR ".join("og.path LIKE {}" for _ in overseen(by)) or "1 = 0"
    reached = " OR ".join("rg.path LIKE {}" for _ in by.grants) or "1 = 0"
    condition = (
        f"h.closed_at IS NULL AND ({mine} OR h.id IN (SELECT w.id FROM hazard w JOIN grid og ON og.id = w.grid_id "
        "WHERE w.closed_at IS NULL AND w.org_id = {} AND (w.status IN ('reported', 'recheck', 'escalated') "
        f"OR w.due_at <= {{}} OR w.level = 'red') AND ({parts})) "
        "OR h.id IN (SELECT r.hazard_id FROM hazard_receiver r JOIN grid rg ON rg.id = r.grid_id "
        f"WHERE r.until IS NULL AND rg.org_id = {{}} AND ({reached})))"
    )
    own = by.org_id or 0
    paths = [path + "%" for path in overseen(by)]
    reaches = [grant.path + "%" for grant in by.grants]
    return await cards_found(condition, [*args, own, at, *paths, own, *reaches], by=by, at=at)


class Errands(NamedTuple):
    """What waits besides cards: how many letters to sign, and when each public report is due to be screened."""

    letters: int
    due: list[datetime]


class _Errand(NamedTuple):
    letters: int
    due_at: datetime | None


async def errands_today(*, by: Actor, at: datetime, screens: bool) -> Errands:
    """Both in one statement. `screens`: the day of this person holds the screening of public reports."""
    letters, args = awaiting_sql(by.person_id or 0, at=at)
    reports, more = to_screen_sql(by=by)
    rows = await fetch(
        _Errand,
        f"SELECT a.letters, r.screen_due_at FROM ({letters}) a LEFT JOIN ({reports}) r ON {{}} = 1 "
        "ORDER BY r.screen_due_at, r.report_id LIMIT {}",
        *args, *more, int(screens), MOST_REPORTS,
    )  # fmt: skip
    return Errands(rows[0].letters, [row.due_at for row in rows if row.due_at is not None])


class GridCount(NamedTuple):
    """A grid that the person holds, with the open cards in it and below it."""

    id: int
    name: str
    upper: str | None
    path: str
    open: int
    overdue: int


async def grids_today(*, by: Actor, at: datetime) -> list[GridCount]:
    """The grids whose boards the person's posts open, with counts of what they may see. One statement."""
    held = scope(by, Permission.HAZARD_BOARD)
    grids = sorted({grant.grid_id for grant in by.grants if held.holds(grant.path, 0) and grant.post_id})[:MOST_GRIDS]
    if not grids:
        return []
    marks, ids = in_list(grids)
    seen, seen_args = visible(by, at)
    return await fetch(
        GridCount,
        "SELECT g.id, g.name, CASE WHEN o.id IS NULL THEN u.name END, g.path, count(h.id), "
        "coalesce(sum(CASE WHEN h.due_at <= {} THEN 1 ELSE 0 END), 0) FROM grid g "
        "LEFT JOIN grid u ON u.id = g.parent_id LEFT JOIN organisation o ON o.grid_id = u.id "
        "LEFT JOIN grid b ON b.org_id = g.org_id AND b.path LIKE g.path || '%' "
        f"LEFT JOIN hazard h ON h.grid_id = b.id AND h.org_id = g.org_id AND h.closed_at IS NULL AND {seen} "
        f"WHERE g.id IN {marks} AND g.ended_at IS NULL GROUP BY g.id, g.name, o.id, u.name, g.path "
        "ORDER BY g.path, g.id",
        at, *seen_args, *ids,
    )  # fmt: skip


class SchoolCount(NamedTuple):
    """A school of a bureau in numbers. `oldest` is when its longest open card was reported."""

    id: int
    name: str
    open: int
    major: int
    overdue: int
    to_us: int
    oldest: datetime | None


async def schools_today(*, by: Actor, at: datetime) -> list[SchoolCount]:
    """The schools of the person's bureau, by name: no order of merit. One statement."""
    seen, seen_args = visible(by, at)
    sent: list[Any] = [by.org_id or 0]
    return await fetch(
        SchoolCount,
        "SELECT g.id, g.name, count(h.id), coalesce(sum(CASE WHEN h.level = 'red' THEN 1 ELSE 0 END), 0), "
        "coalesce(sum(CASE WHEN h.due_at <= {} THEN 1 ELSE 0 END), 0), "
        "coalesce(sum(CASE WHEN r.hazard_id IS NOT NULL THEN 1 ELSE 0 END), 0), "
        # Not min(): SQLite gives an aggregate of moments back as text.
        "(SELECT h.reported_at FROM hazard h WHERE h.org_id = g.id AND h.closed_at IS NULL "
        f"AND {seen} ORDER BY h.reported_at LIMIT 1) "
        "FROM organisation s JOIN grid g ON g.id = s.grid_id "
        f"LEFT JOIN hazard h ON h.org_id = g.id AND h.closed_at IS NULL AND {seen} "
        "LEFT JOIN (SELECT DISTINCT x.hazard_id FROM hazard_receiver x JOIN grid rg ON rg.id = x.grid_id "
        "WHERE x.until IS NULL AND rg.org_id = {}) r ON r.hazard_id = h.id "
        "WHERE s.bureau_id = {} AND g.ended_at IS NULL GROUP BY g.id, g.name ORDER BY g.name, g.id",
        at, *seen_args, *seen_args, *sent, *sent,
    )  # fmt: skip
