"""The state machine of a hazard: the whole board at a glance, one rule for button, key, drag and worker (A1, A2).

reported → assigned → rectifying → recheck → closed, with the side lane escalated. Who may make a move, and what it
needs, is decided here and nowhere else; the page shows the same answer before anybody tries.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.core.refusals import Invalid, Refused
from portal.hazards.rules.levels import Level


class Status(StrEnum):
    """Where a hazard stands; the words are also the board's `data-column` values."""

    REPORTED = "reported"
    ASSIGNED = "assigned"
    RECTIFYING = "rectifying"
    RECHECK = "recheck"
    ESCALATED = "escalated"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a hazard came to be closed."""

    RECTIFIED = "rectified"
    NOT_HAZARD = "not_hazard"
    DUPLICATE = "duplicate"


S = Status
COLUMNS = tuple(Status)
OPEN = frozenset(COLUMNS) - {S.CLOSED}
MOVES: dict[Status, tuple[Status, ...]] = {
    S.REPORTED: (S.ASSIGNED, S.CLOSED, S.ESCALATED),
    S.ASSIGNED: (S.RECTIFYING, S.ESCALATED),
    S.RECTIFYING: (S.RECHECK, S.ESCALATED),
    S.RECHECK: (S.CLOSED, S.RECTIFYING, S.ESCALATED),
    S.ESCALATED: (S.ASSIGNED,),
    S.CLOSED: (S.RECTIFYING,),
}
NEED_INTERIM = frozenset({Level.RED, Level.ORANGE})
NEED_PHOTO = frozenset({Level.RED, Level.ORANGE})
UNDO_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision needs to know about a hazard."""

    status: Status
    level: Level | None = None
    is_listed: bool = False
    has_interim: bool = False
    after_photos: int = 0
    is_over_limit: bool = False  # whoever answers for it holds as many as a hard limit allows (A3)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the mover stands to the hazard at this instant.

    `above`: holder of the grid or an ancestor, safety office, leader on duty. `rectified`: worked on it, or answers
    for the rectification now. `supervises`: the supervising leader of a listed hazard.
    """

    above: bool = False
    head: bool = False
    responsible: bool = False
    helper: bool = False
    receiver: bool = False
    supervises: bool = False
    rectified: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What came with a move; texts are trimmed, `None` and "" both mean not given."""

    category: str | None = None
    level: Level | None = None
    responsible: bool = False
    due: bool = False
    interim: str | None = None
    outcome: str | None = None
    reason: str | None = None
    duplicate_of: int | None = None
    measure: str | None = None
    photos: int = 0
    conclusion: str | None = None
    watcher: int | None = None
    receivers: tuple[int, ...] = ()
    over_reason: str | None = None


def _above(facts: Facts, who: Standing) -> str | None:
    return None if who.above else "hazard.not_above"


def _on_it(facts: Facts, who: Standing) -> str | None:
    return None if who.responsible or who.helper else "hazard.not_responsible"


def _on_it_or_above(facts: Facts, who: Standing) -> str | None:
    return None if who.responsible or who.helper or who.above else "hazard.not_responsible"


def _responsible_or_above(facts: Facts, who: Standing) -> str | None:
    return None if who.responsible or who.above else "hazard.not_responsible"


def _receiver_or_above(facts: Facts, who: Standing) -> str | None:
    return None if who.receiver or who.above else "hazard.not_receiver"


def _rechecker(facts: Facts, who: Standing) -> str | None:
    """Whoever rechecks did not rectify; a listed one is its supervisor's, a major one the heads' (R68, R69)."""
    if who.rectified:
        return "hazard.own_work"
    if facts.is_listed:
        return None if who.supervises else "hazard.needs_supervisor"
    if facts.level is Level.RED:
        return None if who.head else "hazard.needs_head"
    return _above(facts, who)


def _above_or_head(facts: Facts, who: Standing) -> str | None:
    return None if who.above or who.head else "hazard.not_above"


WHO: Mapping[tuple[Status, Status], Callable[[Facts, Standing], str | None]] = {
    (S.REPORTED, S.ASSIGNED): _above,
    (S.REPORTED, S.CLOSED): _above,
    (S.ASSIGNED, S.RECTIFYING): _on_it_or_above,
    (S.RECTIFYING, S.RECHECK): _on_it,
    (S.RECHECK, S.CLOSED): _rechecker,
    (S.RECHECK, S.RECTIFYING): _rechecker,
    (S.ESCALATED, S.ASSIGNED): _receiver_or_above,
    (S.CLOSED, S.RECTIFYING): _above_or_head,
} | {(status, S.ESCALATED): _responsible_or_above for status in OPEN - {S.ESCALATED}}


def why_not(facts: Facts, to: Status, *, who: Standing) -> str | None:
    """The code of the reason why this person may not move this hazard there, whatever they give; None when they may."""
    if to not in MOVES[facts.status]:
        return "hazard.no_such_move"
    return WHO[facts.status, to](facts, who)


def needs_of(  # noqa: PLR0911 - one line of the issue's table each
    facts: Facts, to: Status, given: Given | None = None
) -> tuple[str, ...]:
    """The names of the fields that the move must bring, in the order of the form."""
    level = (given.level if given else None) or facts.level
    match facts.status, to:
        case S.REPORTED, S.ASSIGNED:
            interim = ("interim_measure",) if level in NEED_INTERIM and not facts.has_interim else ()
            return ("category", "level", "responsible", *interim)
        case S.REPORTED, S.CLOSED:
            if given is not None and given.outcome == Outcome.DUPLICATE:
                return ("outcome", "duplicate_of")
            return ("outcome", "reason")
        case S.RECTIFYING, S.RECHECK:
            photo = ("photos",) if level in NEED_PHOTO and not facts.after_photos else ()
            return ("measure", *photo)
        case S.RECHECK, S.CLOSED:
            return ("conclusion",)
        case _, S.ESCALATED:
            interim = () if facts.has_interim else ("interim_measure",)
            return ("reason", *interim, "watcher", "receivers")
        case S.ESCALATED, S.ASSIGNED:
            return ("outcome", "reason")
        case S.ASSIGNED, S.RECTIFYING:
            return ("over_reason",) if facts.is_over_limit else ()
        case _:
            return ("reason",)


_HAVE: dict[str, Callable[[Given], bool]] = {
    "category": lambda g: bool(g.category),
    "level": lambda g: g.level is not None,
    "responsible": lambda g: g.responsible,
    "interim_measure": lambda g: bool(g.interim),
    "outcome": lambda g: bool(g.outcome),
    "reason": lambda g: bool(g.reason),
    "duplicate_of": lambda g: g.duplicate_of is not None,
    "measure": lambda g: bool(g.measure),
    "photos": lambda g: g.photos > 0,
    "conclusion": lambda g: bool(g.conclusion),
    "watcher": lambda g: g.watcher is not None,
    "receivers": lambda g: bool(g.receivers),
    "over_reason": lambda g: bool(g.over_reason),
}


def check_move(facts: Facts, to: Status, *, who: Standing, given: Given) -> None:
    """Raises `Refused` when the move is not there or not this person's, `Invalid` naming each missing field."""
    code = why_not(facts, to, who=who)
    if code:
        raise Refused(code, came_from=str(facts.status), to=str(to))
    missing = [name for name in needs_of(facts, to, given) if not _HAVE[name](given)]
    if missing:
        raise Invalid({name: f"hazard.need_{name}" for name in missing})


@dataclass(frozen=True, slots=True)
class MoveOption:
    """A move that a person may make now; `needs` says what its form asks for."""

    to: Status
    needs: tuple[str, ...]

    @property
    def is_direct(self) -> bool:
        """True when one press is enough: drag and key may send it without a form."""
        return not self.needs


def legal_moves(facts: Facts, *, who: Standing) -> tuple[MoveOption, ...]:
    """Every move that this person may make now, the usual next one first."""
    return tuple(
        MoveOption(to, needs_of(facts, to)) for to in MOVES[facts.status] if why_not(facts, to, who=who) is None
    )


def blocked_moves(facts: Facts, *, who: Standing) -> Iterator[tuple[Status, str]]:
    """The moves that exist from here but are not this person's, each with the code of its reason."""
    for to in MOVES[facts.status]:
        code = why_not(facts, to, who=who)
        if code:
            yield to, code


def undoable(*, moved_by: int | None, moved_at: datetime, by: int | None, at: datetime) -> bool:
    """A move may be taken back by whoever made it, within ten seconds, while nothing else has happened (A7)."""
    return by is not None and moved_by == by and timedelta(0) <= at - moved_at <= timedelta(seconds=UNDO_SECONDS)
