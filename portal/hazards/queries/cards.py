"""One hazard, with everything that decides who may see and move it, in one statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch, fetch_one, in_list
from portal.core.refusals import NotFound
from portal.hazards.rules.sight import may_see
from portal.hazards.rules.standing import sight_of
from portal.permissions.rules import Permission, posts_of, scope


class HazardRow(NamedTuple):
    """A hazard as it stands, and how the asking person is tied to it (`helps`, `received`, `named` are counts)."""

    id: int
    org_id: int
    number: str
    grid_id: int
    path: str
    place: str
    title: str
    detail: str | None
    status: str
    outcome: str | None
    duplicate_of_id: int | None
    category: str | None
    domain: str | None
    likelihood: int | None
    severity: int | None
    level: str | None
    is_restricted: bool
    is_listed: bool
    supervisor_id: int | None
    watcher_id: int | None
    next_check_at: datetime | None
    source: str
    reported_by: int | None
    reported_at: datetime
    responsible_post_id: int | None
    responsible_person_id: int | None
    due_from: datetime | None
    due_at: datetime | None
    due_trace: str | None
    due_moves: int
    column_since: datetime
    interim_measure: str | None
    interim_due_at: datetime | None
    plan_measure: str | None
    plan_money: str | None
    plan_contingency: str | None
    measure: str | None
    rectifiers: str
    rectified_by: int | None
    rectified_at: datetime | None
    rechecked_by: int | None
    rechecked_at: datetime | None
    conclusion: str | None
    failed_rechecks: int
    reopened: int
    photo_count: int
    after_photo_count: int
    last_moved_by: int | None
    last_moved_at: datetime
    last_event_at: datetime
    closed_at: datetime | None
    version: int
    is_disputed: bool
    helps: int
    received: int
    named: int
    marked: int


HAS_PART = (
    "x.ended_at IS NULL AND (x.responsibility_id IS NULL OR EXISTS (SELECT 1 FROM responsibility m "
    "WHERE m.id = x.responsibility_id AND (m.ends_at IS NULL OR m.ends_at > {})))"
)
"""Over `hazard_helper x`: it counts at this instant. A row of the matrix that is taken away takes its part along (E6).
Takes the instant once."""
HELPS = f"(x.mark IS NULL OR x.mark = 'assist') AND {HAS_PART}"
"""The same for whoever helps: added by hand, or assisting by the matrix."""

_OWN = [name for name in HazardRow._fields if name not in ("path", "place", "helps", "received", "named", "marked")]
_COLUMNS = ", ".join(
    {"path": "g.path", "place": "g.name"}.get(name, f"h.{name}")
    for name in HazardRow._fields
    if name not in ("helps", "received", "named", "marked")
)


def ties(by: Actor, at: datetime) -> tuple[str, list[Any]]:
    """Four counts over `hazard h`: helps, received, named, marked; with their arguments."""
    posts, post_ids = in_list(posts_of(by.grants))
    reached = " OR ".join("rg.path LIKE {}" for _ in by.grants) or "1 = 0"
    sql = (
        f"(SELECT count(*) FROM hazard_helper x WHERE x.hazard_id = h.id AND {HELPS} "
        f"AND (x.person_id = {{}} OR x.post_id IN {posts})), "
        "(SELECT count(*) FROM hazard_receiver r JOIN grid rg ON rg.id = r.grid_id "
        f"WHERE r.hazard_id = h.id AND r.until IS NULL AND ({reached})), "
        "(SELECT count(*) FROM restricted_viewer v WHERE v.org_id = h.org_id AND v.person_id = {} "
        "AND v.starts_at <= {} AND (v.ends_at IS NULL OR v.ends_at > {})), "
        f"(SELECT count(*) FROM hazard_helper x WHERE x.hazard_id = h.id AND x.mark IS NOT NULL AND {HAS_PART} "
        f"AND x.post_id IN {posts})"
    )
    me = by.person_id or 0
    reaches = [grant.path + "%" for grant in by.grants]
    return sql, [at, me, *post_ids, *reaches, me, at, at, at, *post_ids]


async def hazard_row(hazard_id: int, *, by: Actor) -> HazardRow | None:
    """The hazard whoever asks, with how they are tied to it; decide sight by the rule before showing it."""
    return await _row("h.id = {}", hazard_id, by=by)


async def _row(where: str, *wanted: Any, by: Actor) -> HazardRow | None:
    counts, args = ties(by, now())
    return await fetch_one(
        HazardRow,
        f"SELECT {_COLUMNS}, {counts} FROM hazard h JOIN grid g ON g.id = h.grid_id WHERE {where}",
        *args, *wanted,
    )  # fmt: skip


async def hazard_seen(hazard_id: int, *, by: Actor) -> HazardRow | None:
    """The hazard if this person may see it; otherwise None, the same as for a missing one (TA1, B20)."""
    return _seen(await hazard_row(hazard_id, by=by), by)


def _seen(found: HazardRow | None, by: Actor) -> HazardRow | None:
    if found is None:
        return None
    in_scope = scope(by, Permission.HAZARD_VIEW).holds(found.path, found.org_id)
    sees = may_see(restricted=found.is_restricted, sight=sight_of(by, found, in_scope=in_scope))
    return found if sees else None


async def hazard_to_see(hazard_id: int, *, by: Actor) -> HazardRow:
    """The same hazard, or `NotFound` where there is none for this person."""
    found = await hazard_seen(hazard_id, by=by)
    if found is None:
        raise NotFound()
    return found


async def same_school_seen(hazard_id: int, number: str, *, by: Actor) -> int | None:
    """The id of the card with this number in the school of another card; None also for one that is not theirs to see.

    A number that somebody tries out must not tell that a sensitive card stands behind it (B20). One statement.
    """
    same_school = "h.org_id = (SELECT o.org_id FROM hazard o WHERE o.id = {}) AND h.number = {}"
    found = _seen(await _row(same_school, hazard_id, number, by=by), by)
    return found.id if found else None


async def numbered_seen(org_id: int, number: str, *, by: Actor) -> HazardRow | None:
    """The card of a school with this number, if this person may see it. One statement."""
    return _seen(await _row("h.org_id = {} AND h.number = {}", org_id, number, by=by), by)


async def hazards_seen(org_id: int, hazard_ids: Sequence[int], *, by: Actor) -> list[HazardRow]:
    """Those cards of a school that this person may see. One statement."""
    counts, args = ties(by, now())
    marks, ids = in_list(hazard_ids)
    rows = await fetch(
        HazardRow,
        f"SELECT {_COLUMNS}, {counts} FROM hazard h JOIN grid g ON g.id = h.grid_id "
        f"WHERE h.org_id = {{}} AND h.id IN {marks}",
        *args, org_id, *ids,
    )  # fmt: skip
    return [row for row in rows if _seen(row, by) is not None]


hazard_to_change = hazard_to_see
"""The same sight for a change: what may not be seen cannot be moved. What may be done is the pure rule's word."""
