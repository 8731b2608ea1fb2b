"""Open cards and the people around them, for one card or for all of an organisation in the same few statements."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch, fetch_one, in_list
from portal.duty.queries import duty_leader_rows
from portal.grids.queries import ids_in
from portal.people.queries import HELD_AT
from portal.permissions.rules import ABOVE
from portal.reminders.rules import Card, Circle, Holder, unique

CARD = (
    "SELECT h.id, h.org_id, h.number, h.grid_id, g.path, h.status, h.level, h.is_restricted, h.is_listed, "
    "h.reported_at, h.reported_by, h.due_from, h.due_at, h.column_since, h.last_event_at, h.responsible_post_id, "
    # Whoever has left is told nothing more; the card then counts as one that nobody answers for.
    "(SELECT s.id FROM person s WHERE s.id = h.responsible_person_id AND s.left_at IS NULL), "
    "h.supervisor_id, h.watcher_id, h.rectifiers, h.version, h.failed_rechecks "
    "FROM hazard h JOIN grid g ON g.id = h.grid_id "
)
STAFF = "s.kind = 'staff' AND (s.left_at IS NULL OR s.left_at > {}) AND (p.ended_at IS NULL OR p.ended_at > {})"
HOLDERS = (
    "SELECT a.person_id, p.id, p.role, g.path, g.kind, p.is_accountable, a.is_primary, p.grid_id FROM appointment a "
    "JOIN post p ON p.id = a.post_id JOIN grid g ON g.id = p.scope_grid_id JOIN person s ON s.id = a.person_id "
    f"WHERE {HELD_AT} AND {STAFF} AND "
)


async def card(hazard_id: int) -> Card | None:
    """One card, open or closed, whoever asks."""
    return await fetch_one(Card, CARD + "WHERE h.id = {}", hazard_id)


async def open_cards(org_id: int) -> list[Card]:
    """Every open card of an organisation."""
    return await fetch(Card, CARD + "WHERE h.org_id = {} AND h.closed_at IS NULL ORDER BY h.id", org_id)


async def open_cards_of_post(post_id: int) -> list[Card]:
    """Open cards that hang on a post and on no person."""
    return await fetch(
        Card,
        CARD + "WHERE h.responsible_post_id = {} AND h.responsible_person_id IS NULL AND h.closed_at IS NULL "
        "ORDER BY h.id",
        post_id,
    )


class _HolderRow(NamedTuple):
    person_id: int
    post_id: int
    role: str
    path: str
    grid_kind: str
    is_accountable: bool
    is_primary: bool
    grid_id: int


class _Pair(NamedTuple):
    hazard_id: int
    person_id: int | None
    post_id: int | None


class _Named(NamedTuple):
    org_id: int
    person_id: int


@dataclass
class Around:
    """Everything that was read about some cards; `circle(card)` is the part that concerns one."""

    by_path: dict[str, list[Holder]] = field(default_factory=dict)
    by_post: dict[int, list[Holder]] = field(default_factory=dict)
    by_grid: dict[int, list[Holder]] = field(default_factory=dict)
    helpers: dict[int, list[_Pair]] = field(default_factory=dict)
    receivers: dict[int, list[int]] = field(default_factory=dict)
    base: Circle = field(default_factory=Circle)

    def circle(self, card: Card) -> Circle:
        """The people around one of the cards that this was read for."""
        ids = ids_in(card.path)
        paths = ["/" + "/".join(map(str, ids[:count])) + "/" for count in range(len(ids), 0, -1)]
        return Circle(
            above=tuple(h for path in paths for h in self.by_path.get(path, ()) if h.role in ABOVE),
            responsible=self._answering(card),
            helpers=unique(person for pair in self.helpers.get(card.id, ()) for person in self._helping(pair)),
            receivers=unique(h.person_id for h in self._receiving(card)),
            named=self.base.named,
            leaders=self.base.leaders,
        )

    def _receiving(self, card: Card) -> Iterable[Holder]:
        return (holder for grid in self.receivers.get(card.id, ()) for holder in self.by_grid.get(grid, ()))

    def _answering(self, card: Card) -> tuple[int, ...]:
        if card.responsible_person_id is not None:
            return (card.responsible_person_id,)
        holders = self.by_post.get(card.responsible_post_id or 0, [])
        return unique(h.person_id for h in ([h for h in holders if h.is_primary] or holders))

    def _helping(self, pair: _Pair) -> Iterable[int | None]:
        return (pair.person_id, *(h.person_id for h in self.by_post.get(pair.post_id or 0, ())))

    def add(self, row: _HolderRow) -> None:
        """Files a holder by post, by the part of the tree the post reaches, and by the grid it stands on."""
        holder = Holder(*row[:-1])
        self.by_post.setdefault(row.post_id, []).append(holder)
        self.by_path.setdefault(row.path, []).append(holder)
        for grid_id in {row.grid_id, ids_in(row.path)[-1]}:
            if row.is_accountable:
                self.by_grid.setdefault(grid_id, []).append(holder)


async def around(org_id: int, cards: list[Card], *, at: datetime) -> Around:
    """The people around some cards of one organisation at this instant. Five statements, however many cards."""
    found = Around()
    await _read_receivers(found, cards)
    for row in await _holders(org_id, cards, found, at):
        found.add(row)
    await _read_helpers(found, cards)
    named = await fetch(
        _Named,
        "SELECT org_id, person_id FROM restricted_viewer WHERE org_id = {} AND starts_at <= {} "
        "AND (ends_at IS NULL OR ends_at > {})",
        org_id, at, at,
    )  # fmt: skip
    leaders = await duty_leader_rows(org_id, at)
    found.base = Circle(named=frozenset(row.person_id for row in named), leaders=tuple(leaders))
    return found


async def circle_of(card: Card, *, at: datetime) -> Circle:
    """The people around one card."""
    return (await around(card.org_id, [card], at=at)).circle(card)


async def _holders(org_id: int, cards: list[Card], found: Around, at: datetime) -> list[_HolderRow]:
    """Holders of posts that reach a card from above, of posts that cards name, and of the grids that received one."""
    above, above_ids = in_list({grid_id for card in cards for grid_id in ids_in(card.path)})
    grids, grid_ids = in_list({grid_id for ids in found.receivers.values() for grid_id in ids})
    posts, post_ids = in_list({card.responsible_post_id for card in cards if card.responsible_post_id})
    helpers = (
        "SELECT x.post_id FROM hazard_helper x JOIN hazard h ON h.id = x.hazard_id "
        "WHERE h.org_id = {} AND x.ended_at IS NULL"
    )
    return await fetch(
        _HolderRow,
        HOLDERS + f"(p.scope_grid_id IN {above} OR p.grid_id IN {grids} OR p.scope_grid_id IN {grids} "
        f"OR p.id IN {posts} OR p.id IN ({helpers})) "
        "ORDER BY p.is_accountable DESC, a.is_primary DESC, p.sort, p.id, a.id",
        at, at, at, at, *above_ids, *grid_ids, *grid_ids, *post_ids, org_id,
    )  # fmt: skip


async def _read_helpers(found: Around, cards: list[Card]) -> None:
    marks, ids = in_list([card.id for card in cards])
    sql = "SELECT hazard_id, person_id, post_id FROM hazard_helper WHERE ended_at IS NULL "
    for pair in await fetch(_Pair, sql + f"AND hazard_id IN {marks} ORDER BY id", *ids):
        found.helpers.setdefault(pair.hazard_id, []).append(pair)


class _Receiver(NamedTuple):
    hazard_id: int
    grid_id: int


async def _read_receivers(found: Around, cards: list[Card]) -> None:
    marks, ids = in_list([card.id for card in cards if card.status == "escalated"])
    if ids:
        sql = f"SELECT hazard_id, grid_id FROM hazard_receiver WHERE hazard_id IN {marks} AND until IS NULL ORDER BY id"
        for row in await fetch(_Receiver, sql, *ids):
            found.receivers.setdefault(row.hazard_id, []).append(row.grid_id)
