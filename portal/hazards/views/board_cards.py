"""Cards of a board as they are written out: the hot path, 200 of them within a few milliseconds."""

from datetime import datetime
from html import escape
from typing import NamedTuple

from portal.duty.rules import used
from portal.hazards.labels import (
    ANSWERS_AS,
    FILTERS,
    FLAG_FAILED,
    FLAG_LISTED,
    FLAG_RESTRICTED,
    LEVELS,
    NOTE_INTERIM,
)
from portal.hazards.queries.board import BoardCard, BoardPlace
from portal.hazards.rules import Facts, Level, Standing, Status, legal_moves
from portal.rendering.i18n import translator
from portal.rendering.moments import left_text, moment_text

RANK = {"red": 0, "orange": 1, "yellow": 2, "blue": 3, None: 1}
STEP = 5  # the bar has a class for each twentieth


class CardView(NamedTuple):
    """One card as it is written out. `moves` and `direct` are space-separated column names.

    Texts are escaped here, once: the template writes 200 cards without asking each value again.
    """

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


Order = tuple[str, int, int, int]


class CardBuilder:
    """Makes card views with their places in a column; what is the same for many cards is worked out once."""

    def __init__(self, place: BoardPlace, *, at: datetime, lanes: str, language: str) -> None:
        self.at, self.lanes, self.language = at, lanes, language
        self.depth, self.is_bureau = place.path.count("/") + 1, place.kind == "bureau"
        self.translate = translator(language)
        self.levels = {str(key): self.translate(text) for key, text in LEVELS.items()}
        self.moves: dict[tuple[object, ...], tuple[str, str]] = {}

    def __call__(self, card: BoardCard, who: Standing) -> tuple[Order, CardView]:
        """The most endangered first: by lane, by the share of its time that is used, by level."""
        percent = used(card.due_from or card.reported_at, card.due_at, self.at) if card.due_at else 0
        moves, direct = self._moves(card, who)
        place, answers = self._place(card), escape(self._who(card))
        lane = self._lane(card, place, answers)
        view = CardView(
            id=card.id, version=card.version, number=card.number, title=escape(card.title), level=card.level or "",
            level_text=self.levels.get(card.level or "", ""), place=place, who=answers,
            percent=min(percent, 100) // STEP * STEP,
            band=100 if percent >= 100 else 75 if percent >= 75 else 50 if percent >= 50 else 0,
            due=moment_text(card.due_at, at=self.at, language=self.language) if card.due_at else "",
            left=left_text((card.due_at - self.at).total_seconds(), language=self.language) if card.due_at else "",
            photos=card.photo_count + card.after_photo_count, flags=self._flags(card, percent), moves=moves,
            direct=direct, note=self._note(card), lane=lane,
        )  # fmt: skip
        return (lane, -percent, RANK.get(card.level, 1), card.id), view

    def _who(self, card: BoardCard) -> str:
        name = card.responsible or card.post or ""
        return self.translate(ANSWERS_AS[card.answers_as], name=name) if card.answers_as else name

    def _moves(self, card: BoardCard, who: Standing) -> tuple[str, str]:
        """The legal moves; a board has many cards and few answers."""
        has_photo = card.after_photo_count > 0
        key = (card.status, card.level, card.is_listed, card.has_interim, has_photo, who)
        found = self.moves.get(key)
        if found is None:
            level = Level(card.level) if card.level else None
            facts = Facts(Status(card.status), level, card.is_listed, bool(card.has_interim), int(has_photo))
            options = legal_moves(facts, who=who)
            direct = " ".join(option.to for option in options if option.is_direct)
            found = self.moves[key] = (" ".join(option.to for option in options), direct)
        return found

    def _place(self, card: BoardCard) -> str:
        """The place as it is said from here: the school's name in front on a bureau's board."""
        upper = f"{card.upper}·" if card.upper and card.path.count("/") > self.depth else ""
        return escape(f"{card.org}·{upper}{card.place}" if self.is_bureau else f"{upper}{card.place}")

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

    def _lane(self, card: BoardCard, place: str, who: str) -> str:
        return {"level": self.levels.get(card.level or "", ""), "person": who, "place": place}.get(self.lanes, "")
