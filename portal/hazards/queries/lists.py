"""Lists of hazards: the ledger, and what a person has to do today."""

from datetime import datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, in_list
from portal.hazards.queries.board import CARDS, BoardCard, BoardPlace, orgs_below
from portal.hazards.queries.cards import ties
from portal.permissions.rules import posts_of


class LedgerRow(NamedTuple):
    """A hazard as a line of the monthly form (R58, R118)."""

    id: int
    number: str
    reported_at: datetime
    place_path: str
    place: str
    category: str | None
    title: str
    level: str | None
    status: str
    outcome: str | None
    reporter: str | None
    measure: str | None
    responsible: str | None
    due_at: datetime | None
    money: str | None
    interim: str | None
    rectified_at: datetime | None
    rechecker: str | None
    rechecked_at: datetime | None
    conclusion: str | None
    closed_at: datetime | None
    failed_rechecks: int
    is_listed: bool
    is_restricted: bool


LEDGER = (
    "SELECT h.id, h.number, h.reported_at, g.path, g.name, c.name, h.title, h.level, h.status, h.outcome, rp.name, "
    "coalesce(h.measure, h.plan_measure), coalesce(p.name, hp.name), h.due_at, h.plan_money, h.interim_measure, "
    "h.rectified_at, cp.name, h.rechecked_at, h.conclusion, h.closed_at, h.failed_rechecks, h.is_listed, h.is_restricted "
    "FROM hazard h JOIN grid g ON g.id = h.grid_id "
    "LEFT JOIN hazard_category c ON c.code = h.category AND c.org_id IS NULL "
    "LEFT JOIN person rp ON rp.id = h.reported_by LEFT JOIN person cp ON cp.id = h.rechecked_by "
    "LEFT JOIN person p ON p.id = h.responsible_person_id "
    "LEFT JOIN appointment a ON a.post_id = h.responsible_post_id AND a.is_primary AND a.starts_at <= {} "
    "AND (a.ends_at IS NULL OR a.ends_at > {}) LEFT JOIN person hp ON hp.id = a.person_id "
)


def visible(by: Actor, at: datetime) -> tuple[str, list[Any]]:
    """Over `hazard h` of a scope already held: not sensitive, or the person is named or involved (B20)."""
    posts, post_ids = in_list(posts_of(by.grants))
    me = by.person_id or 0
    sql = (
        "(h.is_restricted = FALSE OR h.reported_by = {} OR h.responsible_person_id = {} OR h.watcher_id = {} OR "
        f"h.supervisor_id = {{}} OR h.responsible_post_id IN {posts} OR EXISTS (SELECT 1 FROM restricted_viewer v "
        "WHERE v.org_id = h.org_id AND v.person_id = {} AND v.starts_at <= {} AND (v.ends_at IS NULL OR v.ends_at > {})))"
    )
    return sql, [me, me, me, me, *post_ids, me, at, at]


async def ledger_rows(
    place: BoardPlace, *, by: Actor, at: datetime, where: str = "1 = 1", args: tuple[Any, ...] = (),
    most: int = 100, skip: int = 0,
) -> list[LedgerRow]:  # fmt: skip
    """Hazards of a grid and all below it, newest first; `where` is one of the reviewed conditions of the ledger's filters."""
    orgs, org_args = orgs_below(place, "h.org_id")
    seen, seen_args = visible(by, at)
    return await fetch(
        LedgerRow,
        f"{LEDGER} WHERE {orgs} AND g.path LIKE {{}} AND {seen} AND {where} ORDER BY h.id DESC LIMIT {{}} OFFSET {{}}",
        at, at, *org_args, place.path + "%", *seen_args, *args, most, skip,
    )  # fmt: skip


async def my_cards(*, by: Actor, at: datetime) -> list[BoardCard]:
    """Open cards that this person answers for, helps with, watches, supervises or has reported."""
    posts, post_ids = in_list(posts_of(by.grants))
    me = by.person_id or 0
    counts, args = ties(by, at)
    mine = (
        f"WHERE h.closed_at IS NULL AND (h.responsible_person_id = {{}} OR h.responsible_post_id IN {posts} OR h.watcher_id = {{}} "
        "OR h.supervisor_id = {} OR h.reported_by = {} OR EXISTS (SELECT 1 FROM hazard_helper x WHERE x.hazard_id = h.id "
        "AND x.ended_at IS NULL AND x.person_id = {}))"
    )
    head = CARDS.split("WHERE h.closed_at")[0].replace("{ties}", counts).replace("{{}}", "{}")
    return await fetch(BoardCard, head + mine, *args, at, at, me, *post_ids, me, me, me, me)
