"""Today's page of duty: the gap first, who is there now, the day as a strip of 24 hours."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.core.clock import local, start_of_day
from portal.duty.lent import Told
from portal.duty.views.lanes import QUARTER, Hole, Laid, Lane
from portal.duty.views.posted import Posted, posted_now
from portal.duty.views.words import span_text

MOST_HOLES = 6


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole in words: of which lane, when, how long until it begins (None: it has begun)."""

    name: str
    hours: str
    day: date
    missing: int
    is_empty: bool
    left: float | None
    href: str


@dataclass(frozen=True, slots=True)
class DayView:
    """A day of a school's duty."""

    day: date
    is_today: bool
    kind: str
    lanes: tuple[Lane, ...]
    now_at: int | None
    posted: tuple[Posted, ...]
    gaps: tuple[Gap, ...]
    more_gaps: int

    @property
    def missing_now(self) -> int:
        """How many people are missing at this instant."""
        return sum(one.missing for one in self.posted)


@dataclass(frozen=True, slots=True)
class Door:
    """Another page of duty."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class TodayPage:
    """The page of one organisation."""

    org_id: int
    school: str
    phone: str
    is_below: bool
    may_edit: bool
    has_plan: bool
    other: str
    day: DayView
    yesterday: date
    tomorrow: date
    unpublished: tuple[int, ...]
    open: tuple[Told, ...]
    handover: tuple[Told, ...]
    doors: tuple[Door, ...]


def day_view(laid: Laid, day: date) -> DayView:
    """The day as a strip, with who is there now where it is today, and its gaps that are not over."""
    at = laid.reader.at
    is_today = local(at).date() == day
    start, end = start_of_day(day), start_of_day(day + timedelta(days=1))
    holes = [hole for hole in laid.holes(max(start, at), end) if hole.ends_at > at]
    gaps = [gap_of(hole, at) for hole in holes[:MOST_HOLES]]
    return DayView(
        day, is_today, laid.words.kind_of(day), laid.day(day), int((at - start) / QUARTER) if is_today else None,
        posted_now(laid, at) if is_today else (), tuple(gaps), max(len(holes) - MOST_HOLES, 0),
    )  # fmt: skip


def gap_of(hole: Hole, at: datetime) -> Gap:
    """A hole in words."""
    left = (hole.starts_at - at).total_seconds()
    return Gap(
        hole.name, span_text(hole.starts_at, hole.ends_at), local(hole.starts_at).date(), hole.missing,
        not hole.present, left if left > 0 else None, hole.href,
    )  # fmt: skip
