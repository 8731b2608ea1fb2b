"""What the pages of the plan are made of."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from portal.duty.planning.queries import Hanging
from portal.duty.rules import Line
from portal.web.again import Typed

Link = tuple[str, str, str, bool]
"""Text, address, a number beside it ("" for none), whether it is this page: as `filters` takes it."""
Option = tuple[str, str]


class Cell(NamedTuple):
    """What stands in a block of the ruler."""

    text: str
    href: str
    kind: str = ""
    act: str = ""


class Block(NamedTuple):
    """A slot or a hole on the ruler of 96 quarters."""

    at: int
    length: int
    row: int
    hours: str
    role: str
    cells: tuple[Cell, ...]

    @property
    def width(self) -> str:
        """How much room there is for words."""
        sizes = (("half", 24), ("slim", 12), ("tiny", 6))
        return " ".join(name for name, quarters in sizes if self.length < quarters)


class Lane(NamedTuple):
    """An area over the 24 hours of a kind of day."""

    name: str
    is_leading: bool
    blocks: tuple[Block, ...]


class AreaShown(NamedTuple):
    """An area on a kind of day: the ruler, and whether each minute is asked for."""

    key: str
    name: str
    place: str
    href: str
    lane: Lane
    cover: str
    is_whole: bool
    inherits: str
    overlaps: tuple[str, ...]


class CoverCell(NamedTuple):
    """One area on one kind of day, in a word."""

    text: str
    href: str
    is_whole: bool


class SlotLine(NamedTuple):
    """A slot as a line of a list."""

    hours: str
    name: str
    role: str
    since: str
    href: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of the plan shows: whose it is, and the way to the others."""

    org_id: int
    school: str
    other: str
    tabs: tuple[Link, ...]
    is_below: bool


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """All areas on one kind of day."""

    frame: Frame
    kind: str
    kind_name: str
    kinds: tuple[Link, ...]
    dates: tuple[Link, ...]
    on: date
    areas: tuple[AreaShown, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[CoverCell, ...]], ...]
    holes: int
    is_proposal: bool
    new_area: str


@dataclass(frozen=True, slots=True)
class AreaPage:
    """One area, or the whole school (`area_id` None), on one kind of day."""

    frame: Frame
    area_id: int | None
    shown: AreaShown
    kind: str
    kind_name: str
    kinds: tuple[Link, ...]
    dates: tuple[Link, ...]
    on: date
    slots: tuple[SlotLine, ...]
    new_href: str
    sources: tuple[Option, ...]
    state: str
    first_day: date
    replaces: int
    copied: Typed
    places: tuple[Option, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    typed: Typed = field(default_factory=Typed)
    version: int = 0


@dataclass(frozen=True, slots=True)
class AreaForm:
    """A new area."""

    frame: Frame
    places: tuple[Option, ...]
    typed: Typed


@dataclass(frozen=True, slots=True)
class EndArea:
    """What goes with an area."""

    frame: Frame
    area_id: int
    name: str
    back: str
    version: int
    gone: Hanging
    typed: Typed


@dataclass(frozen=True, slots=True)
class SlotForm:
    """A slot, a new one or one that is there."""

    frame: Frame
    slot_id: int
    action: str
    area_id: int | None
    area: str
    kind: str
    kind_name: str
    roles: tuple[Option, ...]
    back: str
    now: str
    starts_anew: str
    version: int
    values: dict[str, str]
    typed: Typed
    ending: Typed
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A role or a kind of day."""

    id: int
    name: str
    name_en: str
    note: str
    is_used: bool


@dataclass(frozen=True, slots=True)
class WordsPage:
    """Roles and kinds of day."""

    frame: Frame
    roles: tuple[Word, ...]
    kinds: tuple[Word, ...]
    role_kinds: tuple[tuple[str, str, str], ...]
    parents: tuple[Option, ...]
    typed: Typed


@dataclass(frozen=True, slots=True)
class WordForm:
    """Another name for a word, or its end."""

    frame: Frame
    what: str
    word_id: int
    name: str
    name_en: str
    typed: Typed


class CalendarCell(NamedTuple):
    """A date of the school year. `look` are classes: rest, off, own, key, today, chosen."""

    number: int
    mark: str
    look: str
    href: str
    label: str


class Month(NamedTuple):
    """A month: how many days of the week go before its first, and its dates."""

    name: str
    before: int
    cells: tuple[CalendarCell, ...]


class PeriodLine(NamedTuple):
    """A period in the list."""

    name: str
    kind: str
    days: str
    more: str
    href: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """A school year."""

    frame: Frame
    name: str
    weekdays: tuple[str, ...]
    previous: str
    following: str
    months: tuple[Month, ...]
    legend: tuple[tuple[str, str, int], ...]
    periods: tuple[PeriodLine, ...]
    unpublished: tuple[int, ...]
    new_period: str
    day: date | None
    told: tuple[str, ...]
    is_own: bool
    is_past: bool
    was: str
    choices: tuple[tuple[str, str, str], ...]
    typed: Typed


@dataclass(frozen=True, slots=True)
class PeriodForm:
    """A period, a new one or one that is there."""

    frame: Frame
    period_id: int
    action: str
    version: int
    kinds: tuple[Option, ...]
    now: str
    is_begun: bool
    is_over: bool
    is_term: bool
    values: dict[str, str]
    typed: Typed


class FallbackLine(NamedTuple):
    """Somebody who fills gaps."""

    id: int
    name: str
    lane: str
    starts_at: datetime
    ends_at: datetime
    is_ahead: bool
    left: float
    is_ending: bool
    until: str
    again: str


@dataclass(frozen=True, slots=True)
class FallbacksPage:
    """Who fills gaps, and the form for another one."""

    frame: Frame
    lines: tuple[FallbackLine, ...]
    lanes: tuple[Option, ...]
    people: tuple[Option, ...]
    without: tuple[str, ...]
    values: dict[str, str]
    typed: Typed


def lane_value(line: Line) -> str:
    """A lane as a form sends it."""
    return f"{line.area_id or ''}:{line.role}"
