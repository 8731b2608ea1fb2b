"""The board as a template reads it. The hot path: 200 cards are built and rendered within a few milliseconds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.core.actors import Actor
from portal.core.clock import local
from portal.duty.rules import next_band_instant, next_left_instant
from portal.hazards.labels import FILTERS, STATUS
from portal.hazards.queries.board import Around, BoardCard, BoardPlace, ClosedCard
from portal.hazards.rules import Level, Standing, Status, may_see
from portal.hazards.rules.standing import sight_of, standing_of
from portal.hazards.views.board_cards import CardBuilder, CardView, Order
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator

LANE_COLUMNS = (Status.REPORTED, Status.ASSIGNED, Status.RECTIFYING, Status.RECHECK, Status.ESCALATED)


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column: its cards, how many it should hold (soft), how many one person may have in hand there (hard)."""

    key: str
    name: str
    cards: tuple[CardView, ...]
    most: int
    each: int
    hot: bool

    @property
    def is_full(self) -> bool:
        """True when it holds as many as it should, or more."""
        return bool(self.most) and len(self.cards) >= self.most


@dataclass(frozen=True, slots=True)
class ChildView:
    """A grid below this one and how many open cards it holds."""

    id: int
    name: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class BoardView:
    """A whole board. `until` is the next instant at which it would read differently without any change."""

    grid_id: int
    name: str
    crumbs: tuple[tuple[str, str], ...]
    columns: tuple[ColumnView, ...]
    closed: tuple[ClosedCard, ...]
    children: tuple[ChildView, ...]
    filters: tuple[tuple[str, str, int, bool], ...]
    total: int
    overdue: int
    column: str
    filter: str
    lanes: str
    is_filtered: bool
    until: datetime
    query: str
    may_limit: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address of the board asks for: filter, lanes, the column that a phone shows."""

    filter: str = "all"
    lanes: str = "none"
    column: str = ""

    @property
    def query(self) -> str:
        """The part of the address that keeps the wish, "" for none."""
        parts = [f"show={self.filter}"] if self.filter != "all" else []
        parts += [f"lanes={self.lanes}"] if self.lanes != "none" else []
        return "&".join(parts)


def board_view(
    place: BoardPlace, cards: list[BoardCard], closed: list[ClosedCard], around: list[Around], *,
    by: Actor, at: datetime, wish: Wish, language: str, change: datetime | None = None,
) -> BoardView:  # fmt: skip
    """Puts a board together: sight, moves, ageing, order (the most endangered first), filters and counts."""
    seen = visible_cards(cards, by)
    known = [(card, standing_of(by, card)) for card in seen]
    shown = [(card, who) for card, who in known if _wanted(card, who, wish.filter, by, at)]
    build = CardBuilder(place, at=at, lanes=wish.lanes, language=language)
    columns = _columns(shown, build, limits=_limits(around))
    overdue = sum(1 for card in seen if is_overdue(card, at))
    return BoardView(
        grid_id=place.id, name=place.name, crumbs=_crumbs(around, place, by), columns=columns, closed=tuple(closed),
        children=tuple(_children(around, seen, at)), filters=_filters(place, known, by, at, wish, language),
        total=len(seen), overdue=overdue, column=_column(wish, columns), filter=wish.filter, lanes=wish.lanes,
        is_filtered=wish.filter != "all", until=next_instant(seen, at, change), query=wish.query,
        may_limit=scope(by, Permission.BOARD_LIMIT_VIEW).holds(place.path, place.org_id),
    )  # fmt: skip


def visible_cards(cards: Iterable[BoardCard], by: Actor) -> list[BoardCard]:
    """Without those that the rule of sight hides. The board's own scope was checked when it was opened."""
    held = scope(by, Permission.HAZARD_VIEW)
    return [
        card
        for card in cards
        if not card.is_restricted
        or may_see(restricted=True, sight=sight_of(by, card, in_scope=held.holds(card.path, card.org_id)))
    ]


def is_overdue(card: BoardCard, at: datetime) -> bool:
    """True when its time is up: to be looked at, to be fixed, to be rechecked."""
    return card.due_at is not None and card.due_at <= at


Known = list[tuple[BoardCard, Standing]]


def _wanted(card: BoardCard, who: Standing, wish: str, by: Actor, at: datetime) -> bool:
    match wish:
        case "mine":
            named = (card.reported_by, card.watcher_id, card.supervisor_id)
            return who.responsible or who.helper or by.person_id in named
        case "overdue":
            return is_overdue(card, at)
        case "major":
            return card.level == Level.RED
        case "public":
            return card.source == "public"
    return True


def _columns(cards: Known, build: CardBuilder, *, limits: dict[tuple[str, bool], int]) -> tuple[ColumnView, ...]:
    held: dict[str, list[tuple[Order, CardView]]] = {str(status): [] for status in LANE_COLUMNS}
    for card, who in cards:
        held[card.status].append(build(card, who))
    return tuple(
        ColumnView(
            key=key, name=build.translate(STATUS[key]),
            cards=tuple(view for _, view in sorted(rows, key=lambda row: row[0])),
            most=limits.get((key, False), 0), each=limits.get((key, True), 0),
            hot=key == Status.REPORTED and any(view.level == Level.RED for _, view in rows),
        )
        for key, rows in held.items()
    )  # fmt: skip


def _limits(around: list[Around]) -> dict[tuple[str, bool], int]:
    """Limits by column and "for each person", which only the hard one of the column rectifying is."""
    rows = [row for row in around if row.what == "limit"]
    return {(row.name, bool(row.extra) and row.name == Status.RECTIFYING): row.id for row in rows}


def next_instant(cards: Iterable[BoardCard], at: datetime, change: datetime | None = None) -> datetime:
    """When the board would next read differently by itself: a bar changes its colour, a word its number, a day ends,
    a holder changes."""
    instants = [at + timedelta(hours=1), *([change] if change else [])]
    for card in cards:
        if card.due_at is not None:
            instants.append(next_left_instant(card.due_at, at))
            band = next_band_instant(card.due_from or card.reported_at, card.due_at, at)
            if band is not None:
                instants.append(band)
    midnight = local(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return min(*instants, midnight)


def _crumbs(around: list[Around], place: BoardPlace, by: Actor) -> tuple[tuple[str, str], ...]:
    held = scope(by, Permission.HAZARD_BOARD)
    return tuple(
        (row.name, f"/grids/{row.id}/board" if held.holds(row.path, 0) else "")
        for row in around
        if row.what == "up" and row.id != place.id and (f"/{place.org_id}/" in row.path or held.holds(row.path, 0))
    )


def _children(around: list[Around], cards: list[BoardCard], at: datetime) -> Iterable[ChildView]:
    for row in around:
        if row.what == "child":
            inside = [card for card in cards if card.path.startswith(row.path)]
            if inside:
                yield ChildView(row.id, row.name, len(inside), sum(1 for card in inside if is_overdue(card, at)))


def _filters(
    place: BoardPlace, cards: Known, by: Actor, at: datetime, wish: Wish, language: str
) -> tuple[tuple[str, str, int, bool], ...]:
    translate = translator(language)
    lanes = f"&lanes={wish.lanes}" if wish.lanes != "none" else ""
    found = []
    for key, text in FILTERS.items():
        count = sum(1 for card, who in cards if _wanted(card, who, key, by, at))
        if count or key in ("all", "mine") or key == wish.filter:
            found.append((translate(text), f"/grids/{place.id}/board?show={key}{lanes}", count, key == wish.filter))
    return tuple(found)


def _column(wish: Wish, columns: tuple[ColumnView, ...]) -> str:
    """The column that a phone shows first: the one asked for, else the first that holds a card."""
    if wish.column in STATUS:
        return wish.column
    return next((column.key for column in columns if column.cards), str(Status.REPORTED))
