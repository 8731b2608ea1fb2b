"""The board as a template reads it. The hot path: 200 cards are built and rendered within a few milliseconds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.clock import local
from portal.duty.rules import next_band_instant, next_left_instant, used
from portal.hazards.labels import FILTERS, FLAG_FAILED, FLAG_LISTED, FLAG_RESTRICTED, LEVELS, NOTE_INTERIM, STATUS
from portal.hazards.queries.board import Around, BoardCard, BoardPlace, ClosedCard
from portal.hazards.rules import Facts, Level, Status, legal_moves, may_see
from portal.hazards.rules.standing import sight_of, standing_of
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.rendering.moments import left_text, moment_text

LANE_COLUMNS = (Status.REPORTED, Status.ASSIGNED, Status.RECTIFYING, Status.RECHECK, Status.ESCALATED)
RANK = {"red": 0, "orange": 1, "yellow": 2, "blue": 3, None: 1}


class CardView(NamedTuple):
    """One card as it is written out. `moves` and `direct` are space-separated column names."""

    id: int
    version: int
    number: str
    title: str
    level: str
    level_text: str
    place: str
    who: str
    percent: int
    band: int
    due: str
    left: str
    photos: int
    flags: tuple[tuple[str, str], ...]
    moves: str
    direct: str
    note: str
    lane: str


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
    shown = [card for card in seen if _wanted(card, wish.filter, by, at)]
    limits = _limits(around)
    columns = _columns(place, shown, by=by, at=at, wish=wish, limits=limits, language=language)
    overdue = sum(1 for card in seen if is_overdue(card, at))
    return BoardView(
        grid_id=place.id, name=place.name, crumbs=_crumbs(around, place, by), columns=columns, closed=tuple(closed),
        children=tuple(_children(around, seen, at)), filters=_filters(place, seen, by, at, wish, language),
        total=len(seen), overdue=overdue, column=_column(wish, columns), filter=wish.filter, lanes=wish.lanes,
        is_filtered=wish.filter != "all", until=next_instant(seen, at, change), query=wish.query,
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


def _wanted(card: BoardCard, wish: str, by: Actor, at: datetime) -> bool:
    match wish:
        case "mine":
            me = standing_of(by, card)
            return (
                me.responsible or me.helper or by.person_id in (card.reported_by, card.watcher_id, card.supervisor_id)
            )
        case "overdue":
            return is_overdue(card, at)
        case "major":
            return card.level == Level.RED
        case "public":
            return card.source == "public"
    return True


def _columns(
    place: BoardPlace, cards: list[BoardCard], *, by: Actor, at: datetime, wish: Wish,
    limits: dict[tuple[str, bool], int], language: str,
) -> tuple[ColumnView, ...]:  # fmt: skip
    translate = translator(language)
    build = CardBuilder(place, by=by, at=at, lanes=wish.lanes, language=language)
    held: dict[str, list[tuple[tuple[object, ...], CardView]]] = {str(status): [] for status in LANE_COLUMNS}
    for card in cards:
        view = build(card)
        held[card.status].append(((view.lane, -view.percent, RANK.get(card.level, 1), card.id), view))
    return tuple(
        ColumnView(
            key=key, name=translate(STATUS[key]), cards=tuple(view for _, view in sorted(rows, key=lambda row: row[0])),
            most=limits.get((key, False), 0), each=limits.get((key, True), 0),
            hot=key == Status.REPORTED and any(view.level == Level.RED for _, view in rows),
        )
        for key, rows in held.items()
    )  # fmt: skip


def _limits(around: list[Around]) -> dict[tuple[str, bool], int]:
    """Limits by column and "for each person": the hard one of the column rectifying is each person's, all others the column's."""
    rows = [row for row in around if row.what == "limit"]
    return {(row.name, bool(row.extra) and row.name == Status.RECTIFYING): row.id for row in rows}


class CardBuilder:
    """Makes card views; what is the same for every card of a board is worked out once."""

    def __init__(self, place: BoardPlace, *, by: Actor, at: datetime, lanes: str, language: str) -> None:
        self.place, self.by, self.at, self.lanes, self.language = place, by, at, lanes, language
        self.translate = translator(language)
        self.levels = {key: self.translate(text) for key, text in LEVELS.items()}

    def __call__(self, card: BoardCard) -> CardView:
        who = standing_of(self.by, card)
        facts = Facts(
            Status(card.status), Level(card.level) if card.level else None, card.is_listed, card.has_interim,
            card.after_photo_count,
        )  # fmt: skip
        moves = legal_moves(facts, who=who)
        percent = used(card.due_from or card.reported_at, card.due_at, self.at) if card.due_at else 0
        return CardView(
            id=card.id, version=card.version, number=card.number, title=card.title, level=card.level or "",
            level_text=self.levels.get(card.level or "", ""), place=self._place(card), who=self._who(card),
            percent=min(percent, 100), band=100 if percent >= 100 else 75 if percent >= 75 else 50 if percent >= 50 else 0,
            due=moment_text(card.due_at, at=self.at, language=self.language) if card.due_at else "",
            left=left_text((card.due_at - self.at).total_seconds(), language=self.language) if card.due_at else "",
            photos=card.photo_count + card.after_photo_count, flags=self._flags(card, percent),
            moves=" ".join(option.to for option in moves),
            direct=" ".join(option.to for option in moves if option.is_direct), note=self._note(card),
            lane=self._lane(card),
        )  # fmt: skip

    def _place(self, card: BoardCard) -> str:
        """The place as it is said from here: the school's name in front on a bureau's board."""
        parts = [card.org] if self.place.kind == "bureau" else []
        if card.upper and card.path.count("/") > self.place.path.count("/") + 1:
            parts.append(card.upper)
        return "·".join([*parts, card.place])

    def _who(self, card: BoardCard) -> str:
        if card.responsible:
            return card.responsible
        return card.post or ""

    def _flags(self, card: BoardCard, percent: int) -> tuple[tuple[str, str], ...]:
        translate, found = self.translate, []
        if percent >= 100:
            found.append(("solid", translate(FILTERS["overdue"])))
        if card.is_listed:
            found.append(("red", translate(FLAG_LISTED)))
        if card.failed_rechecks:
            found.append(("orange", translate(FLAG_FAILED, count=card.failed_rechecks)))
        if card.source == "public":
            found.append(("", translate(FILTERS["public"])))
        if card.is_restricted:
            found.append(("", translate(FLAG_RESTRICTED)))
        return tuple(found[:3])

    def _note(self, card: BoardCard) -> str:
        needs = card.status == Status.REPORTED and card.level in ("red", "orange") and not card.has_interim
        return self.translate(NOTE_INTERIM) if needs else ""

    def _lane(self, card: BoardCard) -> str:
        match self.lanes:
            case "level":
                return self.levels.get(card.level or "", "")
            case "person":
                return self._who(card)
            case "place":
                return self._place(card)
        return ""


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
        if row.what == "up" and row.id != place.id
    )


def _children(around: list[Around], cards: list[BoardCard], at: datetime) -> Iterable[ChildView]:
    for row in around:
        if row.what == "child":
            inside = [card for card in cards if card.path.startswith(row.path)]
            if inside:
                yield ChildView(row.id, row.name, len(inside), sum(1 for card in inside if is_overdue(card, at)))


def _filters(
    place: BoardPlace, cards: list[BoardCard], by: Actor, at: datetime, wish: Wish, language: str
) -> tuple[tuple[str, str, int, bool], ...]:
    translate = translator(language)
    lanes = f"&lanes={wish.lanes}" if wish.lanes != "none" else ""
    found = []
    for key, text in FILTERS.items():
        count = sum(1 for card in cards if _wanted(card, key, by, at))
        if count or key in ("all", "mine") or key == wish.filter:
            found.append((translate(text), f"/grids/{place.id}/board?show={key}{lanes}", count, key == wish.filter))
    return tuple(found)


def _column(wish: Wish, columns: tuple[ColumnView, ...]) -> str:
    """The column that a phone shows first: the one asked for, else the first that holds a card."""
    if wish.column in STATUS:
        return wish.column
    return next((column.key for column in columns if column.cards), str(Status.REPORTED))
