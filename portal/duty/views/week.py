"""A week of duty: seven days of lanes, and in one sentence what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.core.clock import local, start_of_day
from portal.duty import labels
from portal.duty.views.lanes import Hole, Laid, Lane
from portal.duty.views.words import Words, clock_text, hours_text
from portal.rendering.moments import unbroken

NAMED = 2


@dataclass(frozen=True, slots=True)
class WeekDay:
    """One day of the week."""

    day: date
    text: str
    short: str
    kind: str
    lanes: tuple[Lane, ...]
    has_gap: bool
    is_current: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class WeekView:
    """The page of a week."""

    org_id: int
    school: str
    other: str
    is_below: bool
    may_edit: bool
    days: tuple[WeekDay, ...]
    lead: str
    previous: date
    following: date
    chosen: date
    area: int | None
    areas: tuple[tuple[int, str], ...]
    unpublished: tuple[int, ...]


def monday_of(day: date) -> date:
    """The first day of the week that a day lies in."""
    return day - timedelta(days=day.weekday())


def week_days(laid: Laid, chosen: date, only: int | None = None) -> tuple[WeekDay, ...]:
    """The seven days around a chosen one, as lanes."""
    return tuple(_week_day(laid, monday_of(chosen) + timedelta(days=n), chosen, only) for n in range(7))


def _week_day(laid: Laid, day: date, chosen: date, only: int | None) -> WeekDay:
    lanes = laid.day(day, only)
    weekday = laid.words.weekday(day)
    text = unbroken(laid.words.on(day))
    return WeekDay(
        day, text, weekday[-1:] if laid.words.language != "en" else weekday, laid.words.kind_of(day), lanes,
        any(block.is_gap for lane in lanes for block in lane.blocks), day == chosen,
        day == local(laid.reader.at).date(),
    )  # fmt: skip


def lead_of(laid: Laid, monday: date, only: int | None = None) -> str:
    """How many lanes, how many of their hours nobody is there, and the first gaps by name."""
    start, end = start_of_day(monday), start_of_day(monday + timedelta(days=7))
    needed, missing = laid.hours(start, end, only)
    say = laid.words.say
    lanes = len(
        [key for key, lines in laid.areas().items() if only is None or key == "leader" or lines[0].area_id == only]
    )
    counted = {"lanes": lanes, "hours": hours_text(needed)}
    holes = _ahead_first(laid.holes(start, end, only), laid.reader.at)
    if not holes:
        return say(labels.WEEK_FULL, **counted)
    named = say(labels.AND).join(_hole_text(hole, laid.words) for hole in holes[:NAMED])
    form = labels.WEEK_GAPS if len(holes) <= NAMED else labels.WEEK_MORE_GAPS
    return say(form, missing=hours_text(missing), gaps=named, more=len(holes) - NAMED, **counted)


def _ahead_first(holes: Sequence[Hole], at: datetime) -> list[Hole]:
    """What can still be closed stands before what is over."""
    return sorted(holes, key=lambda hole: (hole.ends_at <= at, hole.starts_at))


def _hole_text(hole: Hole, words: Words) -> str:
    return words.say(
        labels.GAP_AT,
        weekday=words.weekday(local(hole.starts_at).date()),
        time=clock_text(hole.starts_at),
        lane=hole.name,
    )
