"""Lists of hazards: the ledger, what a person has to do, and the search for a number."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, in_list
from portal.grids.queries import ids_in
from portal.hazards.queries.board import (
    CARDS,
    BoardCard,
    BoardPlace,
    holders_of_cards,
    orgs_below,
    with_holders,
)
from portal.hazards.queries.cards import HELPS, ties
from portal.hazards.rules import may_see
from portal.hazards.rules.standing import sight_of
from portal.permissions.rules import Permission, posts_of, scope
from portal.responsibilities.queries import Holders

MOST_IDS = 20_000  # one statement takes at most 32,767 arguments


class LedgerRow(NamedTuple):
    """A hazard as a line of the monthly form (R58, R118). Pupils' names are left out by the statement itself (R44)."""

    id: int
    org_id: int
    org: str
    number: str
    reported_at: datetime
    place_path: str
    place: str
    category: str | None
    group: str | None
    title: str
    level: str | None
    status: str
    outcome: str | None
    source: str
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
    reopened: int
    is_listed: bool
    is_restricted: bool
    responsible_post_id: int | None = None
    responsible_person_id: int | None = None


def _staff(person: str) -> str:
    """The name of a person in a list or an export; a pupil has none there."""
    return f"(SELECT n.name FROM person n WHERE n.id = {person} AND n.kind <> 'pupil')"


LEDGER = (
    "SELECT h.id, h.org_id, o.name, h.number, h.reported_at, g.path, g.name, {category}, {group}, h.title, h.level, "
    f"h.status, h.outcome, h.source, {_staff('h.reported_by')}, coalesce(h.measure, h.plan_measure), "
    "'', h.due_at, h.plan_money, h.interim_measure, "
    f"h.rectified_at, {_staff('h.rechecked_by')}, h.rechecked_at, h.conclusion, h.closed_at, h.failed_rechecks, "
    "h.reopened, h.is_listed, h.is_restricted, h.responsible_post_id, h.responsible_person_id FROM hazard h "
    "JOIN grid g ON g.id = h.grid_id "
    "JOIN grid o ON o.id = h.org_id "
)


def _ledger(language: str) -> str:
    """The head of the ledger's statement, with the names of categories in the reader's language."""
    name = "name_en" if language == "en" else "name"
    own = "(c.org_id IS NULL OR c.org_id = h.org_id) ORDER BY c.org_id IS NULL, c.id LIMIT 1)"
    category = f"(SELECT c.{name} FROM hazard_category c WHERE c.code = h.category AND {own}"
    group = (
        f"(SELECT u.{name} FROM hazard_category c JOIN hazard_category u ON u.code = c.parent_code "
        f"AND (u.org_id IS NULL OR u.org_id = h.org_id) WHERE c.code = h.category AND {own}"
    )
    return LEDGER.replace("{category}", category).replace("{group}", group)


def visible(by: Actor, at: datetime) -> tuple[str, list[Any]]:
    """Over `hazard h` of a scope already held: not sensitive, or the person is named or involved (B20)."""
    mine, args = involved(by, at)
    sql = (
        f"(h.is_restricted = FALSE OR {mine} OR EXISTS (SELECT 1 FROM restricted_viewer v "
        "WHERE v.org_id = h.org_id AND v.person_id = {} AND v.starts_at <= {} "
        "AND (v.ends_at IS NULL OR v.ends_at > {})))"
    )
    return sql, [*args, by.person_id or 0, at, at]


def involved(by: Actor, at: datetime) -> tuple[str, list[Any]]:
    """Over `hazard h`: the person reported it, answers for it, helps, watches or supervises."""
    posts, post_ids = in_list(posts_of(by.grants))
    me = by.person_id or 0
    sql = (
        "(h.reported_by = {} OR h.responsible_person_id = {} OR h.watcher_id = {} OR h.supervisor_id = {} "
        f"OR h.responsible_post_id IN {posts} OR EXISTS (SELECT 1 FROM hazard_helper x WHERE x.hazard_id = h.id "
        f"AND {HELPS} AND (x.person_id = {{}} OR x.post_id IN {posts})))"
    )
    return sql, [me, me, me, me, *post_ids, at, me, *post_ids]


def _within(place: BoardPlace) -> tuple[str, list[Any]]:
    """Over `hazard h` and `grid g`: what the board of this place shows: in it, below it, or escalated to it."""
    orgs, org_args = orgs_below(place, "h.org_id")
    sql = (
        f"(({orgs} AND g.path LIKE {{}}) OR h.id IN (SELECT r.hazard_id FROM hazard_receiver r "
        "JOIN grid rg ON rg.id = r.grid_id WHERE r.until IS NULL AND rg.path LIKE {}))"
    )
    return sql, [*org_args, place.path + "%", place.path + "%"]


async def ledger_rows(
    place: BoardPlace, *, by: Actor, at: datetime, where: str = "1 = 1", args: tuple[Any, ...] = (),
    most: int = 100, skip: int = 0, oldest_first: bool = False, language: str = "zh-Hans",
) -> list[LedgerRow]:  # fmt: skip
    """Hazards of a grid and all below it, newest first; `where` is a reviewed condition of the ledger's filters.

    Two statements.
    """
    inside, inside_args = _within(place)
    seen, seen_args = visible(by, at)
    order = "ASC" if oldest_first else "DESC"
    rows = await fetch(
        LedgerRow,
        f"{_ledger(language)} WHERE {inside} AND {seen} AND {where} ORDER BY h.id {order} LIMIT {{}} OFFSET {{}}",
        *inside_args, *seen_args, *args, most, skip,
    )  # fmt: skip
    holders = await holders_of_cards(rows, at=at)
    return [row._replace(responsible=_answering(row, holders)) for row in rows]


def _answering(row: LedgerRow, holders: Holders) -> str | None:
    """The name of whoever answers now."""
    person = holders.person(row.responsible_post_id, row.responsible_person_id)
    return holders.name(person) or None


class LedgerCount(NamedTuple):
    """How many hazards of a status match, and how many of them are overdue."""

    status: str
    hazards: int
    overdue: int


async def ledger_counts(
    place: BoardPlace, *, by: Actor, at: datetime, where: str = "1 = 1", args: tuple[Any, ...] = ()
) -> list[LedgerCount]:
    """The same hazards, counted by status. One statement."""
    inside, inside_args = _within(place)
    seen, seen_args = visible(by, at)
    return await fetch(
        LedgerCount,
        "SELECT h.status, count(*), "
        "coalesce(sum(CASE WHEN h.closed_at IS NULL AND h.due_at <= {} THEN 1 ELSE 0 END), 0) "
        f"FROM hazard h JOIN grid g ON g.id = h.grid_id WHERE {inside} AND {seen} AND {where} GROUP BY h.status",
        at, *inside_args, *seen_args, *args,
    )  # fmt: skip


class _Name(NamedTuple):
    id: int
    name: str


async def place_names(paths: set[str]) -> dict[str, str]:
    """Each path as people say it, without the school's own name: "博学楼·一楼·配电室". At most two statements."""
    steps = sorted({step for path in paths for step in ids_in(path)})
    names: dict[int, str] = {}
    for start in range(0, len(steps), MOST_IDS):
        marks, ids = in_list(steps[start : start + MOST_IDS])
        # An organisation stands in a column of its own; where it is the place itself, it says its own name.
        rows = await fetch(
            _Name,
            "SELECT g.id, CASE WHEN o.id IS NULL THEN g.name ELSE '' END FROM grid g "
            f"LEFT JOIN organisation o ON o.grid_id = g.id WHERE g.id IN {marks}",
            *ids,
        )
        names.update({row.id: row.name for row in rows})
    return {path: "·".join(name for step in ids_in(path) if (name := names.get(step, ""))) for path in paths}


class Receiver(NamedTuple):
    """Where a hazard has been escalated to."""

    hazard_id: int
    name: str


async def receivers_of(hazard_ids: list[int]) -> dict[int, list[str]]:
    """The places to which these hazards were ever escalated, in their order. One statement."""
    if not hazard_ids:
        return {}
    marks, ids = in_list(hazard_ids)
    rows = await fetch(
        Receiver,
        "SELECT r.hazard_id, g.name FROM hazard_receiver r JOIN grid g ON g.id = r.grid_id "
        f"WHERE r.hazard_id IN {marks} ORDER BY r.id",
        *ids,
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        names = found.setdefault(row.hazard_id, [])
        if row.name not in names:
            names.append(row.name)
    return found


def cards_where(condition: str, *, by: Actor, at: datetime) -> tuple[str, list[Any]]:
    """The statement of board cards under another condition over `hazard h`, and the arguments before its own."""
    counts, args = ties(by, at)
    head = CARDS.split("WHERE h.closed_at", maxsplit=1)[0].replace("{ties}", counts).replace("{{}}", "{}")
    return f"{head} WHERE {condition}", args


async def cards_found(condition: str, args: list[Any], *, by: Actor, at: datetime) -> list[BoardCard]:
    """Board cards under one of the reviewed conditions, with who answers. Sight is the caller's to decide, by the rule.

    Two statements.
    """
    sql, before = cards_where(condition, by=by, at=at)
    found = await fetch(BoardCard, sql, *before, *args)
    return with_holders(found, await holders_of_cards(found, at=at))


def seen_by(cards: Iterable[BoardCard], by: Actor) -> list[BoardCard]:
    """Those of the cards that the rule of sight shows this person (B20)."""
    held = scope(by, Permission.HAZARD_VIEW)
    return [
        card
        for card in cards
        if may_see(restricted=card.is_restricted, sight=sight_of(by, card, in_scope=held.holds(card.path, card.org_id)))
    ]


async def my_cards(*, by: Actor, at: datetime) -> list[BoardCard]:
    """Open cards that this person answers for, helps with, watches, supervises or has reported."""
    mine, args = involved(by, at)
    return await cards_found(f"h.closed_at IS NULL AND {mine}", args, by=by, at=at)


async def cards_numbered(number: str, *, by: Actor, at: datetime) -> list[BoardCard]:
    """Cards with this number in the person's own organisation or in the schools of their bureau, sight undecided."""
    own = by.org_id or 0
    condition = (
        "h.number = {} AND (h.org_id = {} OR h.org_id IN (SELECT grid_id FROM organisation WHERE bureau_id = {}))"
    )
    return await cards_found(condition, [number, own, own], by=by, at=at)
