"""What a board shows: the open cards of a grid and everything below it, and those that were escalated to it.

Statements and their plan do not depend on how many hazards were ever closed: partial indexes hold the open ones, and
closed ones are asked for by a month.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one
from portal.core.refusals import NotFound
from portal.hazards.queries.cards import ties
from portal.permissions.rules import Permission, scope
from portal.responsibilities.queries import Holders, holders_of_posts


class BoardPlace(NamedTuple):
    """The grid of a board and the version of its organisation's boards: enough to answer "has anything changed?"."""

    id: int
    org_id: int
    path: str
    name: str
    kind: str
    version: int


class BoardCard(NamedTuple):
    """One open card with what it shows and what decides its moves."""

    id: int
    number: str
    title: str
    status: str
    level: str | None
    version: int
    path: str
    place: str
    upper: str | None
    org_id: int
    org: str
    responsible: str | None
    post: str | None
    due_from: datetime | None
    due_at: datetime | None
    reported_at: datetime
    column_since: datetime
    source: str
    is_listed: bool
    is_restricted: bool
    has_interim: bool
    failed_rechecks: int
    photo_count: int
    after_photo_count: int
    responsible_post_id: int | None
    responsible_person_id: int | None
    rectifiers: str
    supervisor_id: int | None
    watcher_id: int | None
    reported_by: int | None
    helps: int
    received: int
    named: int
    marked: int
    answers_as: str = ""  # deputy | acting, where it is not the holder (E11)


class ClosedCard(NamedTuple):
    """A card struck off this month, as a line."""

    id: int
    number: str
    title: str


class Around(NamedTuple):
    """What stands around a board: `up` ancestors, `child` grids, `limit` of a column (name = column, id = most)."""

    what: str
    id: int
    name: str
    path: str
    extra: int


async def board_place(grid_id: int, *, by: Actor) -> BoardPlace:
    """The grid, if this person may open its board; otherwise `NotFound`. One statement."""
    # A bureau's board shows every school below it, so its version is all of theirs together.
    found = await fetch_one(
        BoardPlace,
        "SELECT g.id, g.org_id, g.path, g.name, g.kind, "
        "(SELECT CAST(coalesce(sum(c.board_version), 0) AS BIGINT) FROM chain_head c JOIN organisation o ON "
        "o.grid_id = c.org_id "
        "WHERE c.org_id = g.org_id OR o.bureau_id = g.id) FROM grid g WHERE g.id = {} AND g.ended_at IS NULL",
        grid_id,
    )
    if found is None or not scope(by, Permission.HAZARD_BOARD).holds(found.path, found.org_id):
        raise NotFound()
    return found


async def board_surroundings(place: BoardPlace) -> list[Around]:
    """Ancestors from the root down, children in their order, limits of columns. One statement."""
    return await fetch(
        Around,
        "WITH RECURSIVE up(id, name, path, parent_id, depth) AS ("
        "SELECT id, name, path, parent_id, depth FROM grid WHERE id = {} UNION ALL "
        "SELECT g.id, g.name, g.path, g.parent_id, g.depth FROM grid g JOIN up ON g.id = up.parent_id) "
        "SELECT 'up', id, name, path, depth FROM up UNION ALL "
        "SELECT 'child', id, name, path, 1000 + sort FROM grid WHERE parent_id = {} AND ended_at IS NULL UNION ALL "
        "SELECT 'limit', most, board_column, '', CASE WHEN is_hard THEN 1 ELSE 0 END FROM board_limit WHERE "
        "grid_id = {} "
        "ORDER BY 1 DESC, 5, 2",
        place.id, place.id, place.id,
    )  # fmt: skip


# The person is empty here: whoever answers follows from dated rows, and `with_holders` puts the name in.
CARDS = (
    "SELECT h.id, h.number, h.title, h.status, h.level, h.version, g.path, g.name, f.name, h.org_id, o.name, "
    "'', po.title, h.due_from, h.due_at, h.reported_at, h.column_since, h.source, h.is_listed, "
    "h.is_restricted, h.interim_measure IS NOT NULL, h.failed_rechecks, h.photo_count, h.after_photo_count, "
    "h.responsible_post_id, h.responsible_person_id, h.rectifiers, h.supervisor_id, h.watcher_id, "
    "h.reported_by, {ties} "
    "FROM hazard h JOIN grid g ON g.id = h.grid_id JOIN grid o ON o.id = h.org_id LEFT JOIN grid f ON f.id "
    "= g.parent_id "
    "LEFT JOIN post po ON po.id = h.responsible_post_id "
    "WHERE h.closed_at IS NULL AND h.id IN ("
    "SELECT x.id FROM hazard x JOIN grid xg ON xg.id = x.grid_id WHERE x.closed_at IS NULL AND {orgs} AND "
    "xg.path LIKE {{}} "
    "UNION SELECT r.hazard_id FROM hazard_receiver r JOIN grid rg ON rg.id = r.grid_id WHERE r.until IS "
    "NULL AND rg.path LIKE {{}})"
)


def orgs_below(place: BoardPlace, column: str) -> tuple[str, list[Any]]:
    """The condition that keeps a statement within the school, or within the bureau and its schools."""
    if place.kind != "bureau":
        return f"{column} = {{}}", [place.org_id]
    return f"{column} IN (SELECT grid_id FROM organisation WHERE bureau_id = {{}} OR grid_id = {{}})", [
        place.id,
        place.id,
    ]


def cards_sql(place: BoardPlace, *, by: Actor, at: datetime) -> tuple[str, list[Any]]:
    """The statement of a board's open cards and its arguments; apart, so that a test can ask for its plan."""
    counts, args = ties(by, at)
    orgs, org_args = orgs_below(place, "x.org_id")
    sql = CARDS.replace("{ties}", counts).replace("{orgs}", orgs).replace("{{}}", "{}")
    return sql, [*args, *org_args, place.path + "%", place.path + "%"]


class _Asked(Protocol):
    """What names who answers: a post, and perhaps one person in it."""

    @property
    def responsible_post_id(self) -> int | None: ...
    @property
    def responsible_person_id(self) -> int | None: ...


async def holders_of_cards(cards: Sequence[_Asked], *, at: datetime) -> Holders:
    """Who holds the posts of some cards, and the people whom they name. One statement."""
    posts = {card.responsible_post_id for card in cards}
    return await holders_of_posts(posts, at=at, people={card.responsible_person_id for card in cards})


def with_holders(cards: Iterable[BoardCard], holders: Holders) -> list[BoardCard]:
    """The same cards, each with the name of whoever answers for it at this instant, deputies and acting ones too."""
    known: dict[tuple[int | None, int | None], tuple[str | None, str]] = {}
    found = []
    for card in cards:
        key = card.responsible_post_id, card.responsible_person_id
        if key not in known:
            person = holders.person(*key)
            known[key] = holders.name(person) or None, holders.standing(key[0], person)
        name, standing = known[key]
        found.append(card._replace(responsible=name, answers_as=standing))
    return found


async def board_cards(place: BoardPlace, *, by: Actor, at: datetime) -> list[BoardCard]:
    """The open cards of a board as `board_now` gives them."""
    return (await board_now(place, by=by, at=at))[0]


async def board_now(place: BoardPlace, *, by: Actor, at: datetime) -> tuple[list[BoardCard], datetime | None]:
    """The open cards of a board, sensitive ones among them: the view leaves out what the rule of sight hides; and the
    next instant at which one of them names another person by itself. Two statements."""
    sql, args = cards_sql(place, by=by, at=at)
    cards = await fetch(BoardCard, sql, *args)
    holders = await holders_of_cards(cards, at=at)
    return with_holders(cards, holders), holders.next_change()


async def recently_closed(place: BoardPlace, *, since: datetime, most: int = 60) -> list[ClosedCard]:
    """Cards struck off since then, newest first; sensitive ones are left out for everybody."""
    orgs, org_args = orgs_below(place, "h.org_id")
    return await fetch(
        ClosedCard,
        "SELECT h.id, h.number, h.title FROM hazard h JOIN grid g ON g.id = h.grid_id "
        f"WHERE {orgs} AND h.closed_at IS NOT NULL AND h.closed_at >= {{}} AND h.is_restricted = FALSE "
        "AND g.path LIKE {} ORDER BY h.closed_at DESC LIMIT {}",
        *org_args, since, place.path + "%", most,
    )  # fmt: skip
