"""What a roster's page shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class TurnLine:
    """One shift of the page: where, when, who, what changes, and why this person."""

    lane: str
    hours: str
    who: str
    change: str
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class DayTurns:
    """The shifts of a day; `text` is the date in words, for places that take no markup."""

    day: date
    text: str
    turns: tuple[TurnLine, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A conflict or a hole, in words."""

    day: str
    hours: str
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Share:
    """What somebody has in the roster, and over the school year."""

    name: str
    turns: int
    hours: str
    weighted: str
    year: str


@dataclass(frozen=True, slots=True)
class RoleShare:
    """How evenly a list comes out, over the school year."""

    role: str
    people: int
    mean: str
    least: str
    most: str


@dataclass(frozen=True, slots=True)
class Mine:
    """One's own shifts in a published roster; weighted hours beside the mean, told to nobody else."""

    days: tuple[DayTurns, ...]
    own: str
    mean: str
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RosterView:
    """The page of a roster."""

    id: int
    org_id: int
    name: str
    school: str
    is_draft: bool
    first_day: date
    last_day: date
    version: int
    may_make: bool
    made: tuple[str, datetime]
    published: tuple[str, datetime | None]
    counts: Mapping[str, int] = field(default_factory=dict)
    mark: str = ""
    conflicts: tuple[Trouble, ...] = ()
    conflict_count: int = 0
    holes: tuple[Trouble, ...] = ()
    hole_count: int = 0
    leaderless: bool = False
    holiday: str = ""
    """A holiday within its dates that has begun already."""
    weeks: tuple[tuple[str, str], ...] = ()
    week: str = ""
    roles: tuple[tuple[str, str], ...] = ()
    role: str = ""
    days: tuple[DayTurns, ...] = ()
    balance: tuple[RoleShare, ...] = ()
    shares: tuple[Share, ...] = ()
    unread: tuple[str, ...] = ()
    read: int = 0
    mine: Mine | None = None
    error: str = ""
