"""Open cards and the people around them, for one card or for all of an organisation in the same few statements."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from portal.core.clock import now
from portal.core.database import fetch, fetch_one, in_list
from portal.duty.queries import duty_leader_rows
from portal.grids.queries import ids_in
from portal.hazards.queries.cards import HAS_PART
from portal.people.queries import HELD_AT
from portal.permissions.rules import ABOVE
from portal.reminders.queries.meant import read_meant
from portal.reminders.rules import Answer, Card, Circle, Holder, OpenStep, cycle_of, unique
from portal.responsibilities.queries import Holders, holders_of_posts
from portal.responsibilities.rules import Tenure, holder_at

CARD = (
    "SELECT h.id, h.org_id, h.number, h.grid_id, g.path, h.status, h.level, h.is_restricted, h.is_listed, "
    "h.reported_at, h.reported_by, h.due_from, h.due_at, h.column_since, h.last_event_at, h.responsible_post_id, "
    # Whoever has left is told nothing more; the card then counts as one that nobody answers for.
    "(SELECT s.id FROM person s WHERE s.id = h.responsible_person_id "
    "AND (s.left_at IS NULL OR s.left_at > {})), "
    "h.supervisor_id, h.watcher_id, h.rectifiers, h.version, h.failed_rechecks, "
    "h.next_check_at, h.interim_measure IS NOT NULL "
    "FROM hazard h JOIN grid g ON g.id = h.grid_id "
)
STAFF = "s.kind = 'staff' AND (s.left_at IS NULL OR s.left_at > {}) AND (p.ended_at IS NULL OR p.ended_at > {})"
HOLDERS = (
    "SELECT a.person_id, p.id, p.role, g.path, g.kind, p.is_accountable, a.is_primary, p.grid_id, a.id, a.kind, "
    "a.starts_at, a.ends_at, b.id FROM appointment a "
    "JOIN post p ON p.id = a.post_id JOIN grid g ON g.id = p.scope_grid_id JOIN person s ON s.id = a.person_id "
    "LEFT JOIN absence b ON b.person_id = a.person_id AND b.undone_at IS NULL AND b.starts_at <= {} "
    "AND (b.ends_at IS NULL OR b.ends_at > {}) "
    f"WHERE {HELD_AT} AND {STAFF} AND "
)


async def card(hazard_id: int) -> Card | None:
    """One card, open or closed, whoever asks."""
    return await fetch_one(Card, CARD + "WHERE h.id = {}", now(), hazard_id)


async def open_cards(org_id: int) -> list[Card]:
    """Every open card of an organisation."""
    return await fetch(Card, CARD + "WHERE h.org_id = {} AND h.closed_at IS NULL ORDER BY h.id", now(), org_id)


async def open_cards_of_post(post_id: int) -> list[Card]:
    """Open cards that hang on a post and on no person who is still there."""
    at = now()
    return await fetch(
        Card,
        CARD + "WHERE h.responsible_post_id = {} AND h.closed_at IS NULL AND (h.responsible_person_id IS NULL "
        "OR EXISTS (SELECT 1 FROM person x WHERE x.id = h.responsible_person_id AND x.left_at <= {})) ORDER BY h.id",
        at, post_id, at,
    )  # fmt: skip


class _HolderRow(NamedTuple):
    person_id: int
    post_id: int
    role: str
    path: str
    grid_kind: str
    is_accountable: bool
    is_primary: bool
    grid_id: int
    appointment_id: int
    appointed_as: str
    starts_at: datetime
    ends_at: datetime | None
    absence_id: int | None

    @property
    def tenure(self) -> Tenure:
        """The appointment as the rules of responsibility see it."""
        return Tenure(
            self.appointment_id, self.post_id, self.person_id, self.appointed_as, bool(self.is_primary),
            self.starts_at, self.ends_at,
        )  # fmt: skip


def answering(rows: Iterable[_HolderRow], *, at: datetime) -> list[_HolderRow]:
    """The rows of whoever is there, each once; primary of a post is the one who answers for it at this instant.

    Whoever is away is told nothing: their deputy, who acts for them or the next above is told instead (E8, E11).
    """
    present = {row.appointment_id: row for row in rows if row.absence_id is None}
    of_post: dict[int, list[Tenure]] = {}
    for row in present.values():
        of_post.setdefault(row.post_id, []).append(row.tenure)
    held = {post_id: holder_at(tenures, (), at=at) for post_id, tenures in of_post.items()}
    return [
        row._replace(is_primary=(one := held[row.post_id]) is not None and one.appointment_id == row.appointment_id)
        for row in present.values()
    ]


class _Pair(NamedTuple):
    hazard_id: int
    person_id: int | None
    post_id: int | None
    mark: str | None = None


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
    steps: dict[int, list[OpenStep]] = field(default_factory=dict)
    answers: dict[int, list[Answer]] = field(default_factory=dict)
    meant: dict[int, tuple[int, ...]] = field(default_factory=dict)
    holders: Holders = field(default_factory=lambda: Holders(now()))
    base: Circle = field(default_factory=Circle)

    def circle(self, card: Card) -> Circle:
        """The people around one of the cards that this was read for."""
        ids = ids_in(card.path)
        paths = ["/" + "/".join(map(str, ids[:count])) + "/" for count in range(len(ids), 0, -1)]
        return Circle(
            above=tuple(h for path in paths for h in self.by_path.get(path, ()) if h.role in ABOVE),
            meant=self.meant.get(card.id, ()),
            responsible=self._answering(card),
            helpers=self._with(card, None, "assist"),
            supervising=self._with(card, "supervise"),
            informed=self._with(card, "inform"),
            accountable=self._with(card, "main"),
            receivers=unique(h.person_id for h in self._receiving(card)),
            named=self.base.named,
            away=frozenset(one for one in _named_in(card, self) if self.holders.is_away(one)),
            leaders=self.base.leaders,
            steps=tuple(self.steps.get(card.id, ())),
            answers=tuple(self.answers.get(card.id, ())),
        )

    def _receiving(self, card: Card) -> Iterable[Holder]:
        return (holder for grid in self.receivers.get(card.id, ()) for holder in self.by_grid.get(grid, ()))

    def _answering(self, card: Card) -> tuple[int, ...]:
        return unique((self.holders.person(card.responsible_post_id, card.responsible_person_id),))

    def _with(self, card: Card, *marks: str | None) -> tuple[int, ...]:
        """Whoever has one of these parts in the card: people, and of a post by its mark the one who answers for it."""
        pairs = [pair for pair in self.helpers.get(card.id, ()) if pair.mark in marks]
        return unique(person for pair in pairs for person in self._helping(pair))

    def _helping(self, pair: _Pair) -> Iterable[int | None]:
        holders = self.by_post.get(pair.post_id or 0, [])
        return (pair.person_id, *(h.person_id for h in holders if h.is_primary or pair.mark is None))

    def add(self, row: _HolderRow) -> None:
        """Files a holder by post, by the part of the tree the post reaches, and by the grid it stands on."""
        holder = Holder(*row[:7])
        self.by_post.setdefault(row.post_id, []).append(holder)
        self.by_path.setdefault(row.path, []).append(holder)
        for grid_id in {row.grid_id, ids_in(row.path)[-1]}:
            if row.is_accountable:
                self.by_grid.setdefault(grid_id, []).append(holder)


async def around(org_id: int, cards: list[Card], *, at: datetime) -> Around:
    """The people around some cards of one organisation at this instant. Eight statements, however many cards; four more
    while some of them are new."""
    found = Around(meant=await read_meant(cards, at=at))
    await _read_helpers(found, cards, at)
    await _read_steps(found, cards)
    found.holders = await _read_named(found, cards, at)
    await _read_receivers(found, cards)
    for row in answering(await _holders(org_id, cards, found, at), at=at):
        found.add(row)
    await _read_answers(found, cards)
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


async def _read_named(found: Around, cards: list[Card], at: datetime) -> Holders:
    """Who holds the posts of the cards, and who of the people whom they name is away. One statement."""
    people = {one for card in cards for one in (card.responsible_person_id, *_named_in(card, found))}
    return await holders_of_posts({card.responsible_post_id for card in cards}, at=at, people=people)


def _named_in(card: Card, found: Around) -> set[int]:
    """The people whom a card names besides its responsible: who watches, supervises, helps, has a step of the plan."""
    helpers = (pair.person_id for pair in found.helpers.get(card.id, ()))
    steps = (step.person_id for step in found.steps.get(card.id, ()))
    return set(unique((card.watcher_id, card.supervisor_id, *helpers, *steps)))


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
        at, at, at, at, at, at, *above_ids, *grid_ids, *grid_ids, *post_ids, org_id,
    )  # fmt: skip


async def _read_helpers(found: Around, cards: list[Card], at: datetime) -> None:
    """Who helps, and whose part it is by the matrix, as long as the row that says so is in force (E6)."""
    marks, ids = in_list([card.id for card in cards])
    sql = f"SELECT x.hazard_id, x.person_id, x.post_id, x.mark FROM hazard_helper x WHERE {HAS_PART} "
    for pair in await fetch(_Pair, sql + f"AND x.hazard_id IN {marks} ORDER BY x.id", at, *ids):
        found.helpers.setdefault(pair.hazard_id, []).append(pair)


class _StepRow(NamedTuple):
    hazard_id: int
    id: int
    title: str
    due_at: datetime | None
    days_before: int | None
    person_id: int | None


async def _read_steps(found: Around, cards: list[Card]) -> None:
    """Steps of plans that are not done; whoever has left has none any more."""
    marks, ids = in_list([card.id for card in cards])
    sql = (
        "SELECT t.hazard_id, t.id, t.title, t.due_at, t.days_before, s.id FROM hazard_step t "
        "LEFT JOIN person s ON s.id = t.person_id AND (s.left_at IS NULL OR s.left_at > {}) "
        f"WHERE t.done_at IS NULL AND t.hazard_id IN {marks} ORDER BY t.sort, t.id"
    )
    for row in await fetch(_StepRow, sql, now(), *ids):
        found.steps.setdefault(row.hazard_id, []).append(OpenStep(*row[1:]))


class _AnswerRow(NamedTuple):
    hazard_id: int
    person_id: int
    code: str
    key: str
    answered_at: datetime
    snoozed_until: datetime | None


async def _read_answers(found: Around, cards: list[Card]) -> None:
    """What people said to the reminders of these cards (G2)."""
    marks, ids = in_list([card.id for card in cards])
    sql = (
        "SELECT subject_id, person_id, kind, key, answered_at, snoozed_until FROM reminder "
        f"WHERE subject_kind = 'hazard' AND subject_id IN {marks} AND answered_at IS NOT NULL ORDER BY id"
    )
    for row in await fetch(_AnswerRow, sql, *ids):
        answer = Answer(row.person_id, row.code, cycle_of(row.key), row.answered_at, row.snoozed_until)
        found.answers.setdefault(row.hazard_id, []).append(answer)


class _Receiver(NamedTuple):
    hazard_id: int
    grid_id: int


async def _read_receivers(found: Around, cards: list[Card]) -> None:
    marks, ids = in_list([card.id for card in cards if card.status == "escalated"])
    if ids:
        sql = f"SELECT hazard_id, grid_id FROM hazard_receiver WHERE hazard_id IN {marks} AND until IS NULL ORDER BY id"
        for row in await fetch(_Receiver, sql, *ids):
            found.receivers.setdefault(row.hazard_id, []).append(row.grid_id)
