"""Pure helpers of the plan: what slots cover, what holds on a kind of day, why a date is what it is."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from portal.duty.rules import KEY, TERM, DayKind, DutyDays, Period, Slot
from portal.duty.rules.needs import DAY_MINUTES

ONE_DAY = timedelta(days=1)
SCHOOL_YEAR_BEGINS = 9
MOST_PEOPLE = 50
LONGEST_PERIOD = 400
LONGEST_FALLBACK = 400
MOST_RAISED = 9


class Stretch(NamedTuple):
    """From minute to minute of a day; 1440 is its end."""

    from_minute: int
    to_minute: int


class Overlap(NamedTuple):
    """A stretch in which several slots of a role ask for people, who add up."""

    from_minute: int
    to_minute: int
    role: str
    people: int


@dataclass(frozen=True, slots=True)
class Cover:
    """What the slots of an area leave open on a day, and where slots of a role lie over each other."""

    holes: tuple[Stretch, ...] = ()
    overlaps: tuple[Overlap, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether somebody is asked for at each minute."""
        return not self.holes


def cover(slots: Iterable[Slot]) -> Cover:
    """What these slots of one area cover of the 24 hours."""
    known = sorted(slots, key=lambda slot: (slot.from_minute, slot.to_minute))
    return Cover(tuple(_holes(known)), tuple(_overlaps(known)))


def _holes(slots: Sequence[Slot]) -> Iterator[Stretch]:
    reached = 0
    for slot in slots:
        if slot.from_minute > reached:
            yield Stretch(reached, slot.from_minute)
        reached = max(reached, slot.to_minute)
    if reached < DAY_MINUTES:
        yield Stretch(reached, DAY_MINUTES)


def _overlaps(slots: Sequence[Slot]) -> Iterator[Overlap]:
    for role in dict.fromkeys(slot.role for slot in slots):
        mine = [slot for slot in slots if slot.role == role]
        edges = sorted({edge for slot in mine for edge in (slot.from_minute, slot.to_minute)})
        for start, end in pairwise(edges):
            over = [slot for slot in mine if slot.from_minute <= start and end <= slot.to_minute]
            if len(over) > 1:
                yield Overlap(start, end, role, sum(slot.people for slot in over))


class Held(NamedTuple):
    """What an area asks for on a kind of day: the slots, and the kind they belong to ("" where there are none)."""

    slots: tuple[Slot, ...]
    kind: str


def held(slots: Iterable[Slot], days: DutyDays, area_id: int | None, kind: str, on: date) -> Held:
    """The slots of an area on a kind of day as of a date: its own, else those of the kind that it inherits from."""
    mine = [slot for slot in slots if slot.area_id == area_id and slot.is_in_force(on)]
    for step in days.line(kind):
        found = sorted((slot for slot in mine if slot.day_kind == step), key=lambda one: (one.from_minute, one.id))
        if found:
            return Held(tuple(found), step)
    return Held((), "")


def turning_days(slots: Iterable[Slot], after: date) -> list[date]:
    """The dates after this one from which other slots hold, in order."""
    found = set[date]()
    for slot in slots:
        if slot.last_day is None or slot.last_day >= slot.first_day:
            found.add(slot.first_day)
            if slot.last_day is not None:
                found.add(slot.last_day + ONE_DAY)
    return sorted(day for day in found if day > after)


def state_of(slots: Iterable[Slot]) -> str:
    """A mark of what some slots say: another one when any of them is another."""
    told = sorted(
        f"{one.id} {one.role} {one.from_minute} {one.to_minute} {one.people} {one.name} {one.first_day} {one.last_day} "
        f"{one.asks_report}"
        for one in slots
    )
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


class Because(StrEnum):
    """Why a date is the kind of day that it is."""

    OWN = "own"
    HOLIDAY = "holiday"
    PERIOD = "period"
    MAKEUP = "makeup"
    WEEKDAY = "weekday"


class Reason(NamedTuple):
    """The kind of a date and what says so; `name` is that of the holiday, the period or the school's own entry."""

    kind: str
    because: Because
    name: str = ""


def reason(days: DutyDays, day: date) -> Reason:
    """The kind of a date as `DutyDays.kind` tells it, and why."""
    kind, plain, name = days.kind(day), days.calendar.kind(day), days.calendar.name(day)
    if day in days.own:
        return Reason(kind, Because.OWN, name)
    if plain is DayKind.HOLIDAY:
        return Reason(kind, Because.HOLIDAY, name)
    found = [one for one in days.periods if one.kind == kind and one.holds(day)]
    if found:
        return Reason(kind, Because.PERIOD, max(found, key=lambda one: one.id).name)
    return Reason(kind, Because.MAKEUP if plain is DayKind.MAKEUP else Because.WEEKDAY, name)


def school_year(day: date) -> tuple[date, date]:
    """The first and last day of the school year that a date lies in: September to August."""
    year = day.year if day.month >= SCHOOL_YEAR_BEGINS else day.year - 1
    return date(year, SCHOOL_YEAR_BEGINS, 1), date(year + 1, SCHOOL_YEAR_BEGINS, 1) - ONE_DAY


def is_begun(first_day: date, today: date) -> bool:
    """Whether days of it are past or are today, and so stay as they were."""
    return first_day <= today


def clashing_term(periods: Iterable[Period], kind: str, first: date, last: date, but: int = 0) -> Period | None:
    """Another term that shares a day with these; a school has one at a time. Other periods may lie over each other."""
    if kind != TERM:
        return None
    terms = (one for one in periods if one.kind == TERM and one.id != but)
    return next((one for one in terms if one.first_day <= last and first <= one.last_day), None)


def period_kinds(kinds: Iterable[str]) -> list[str]:
    """What a period may be: a term, a key period, or a kind of day that the calendar does not give by itself."""
    plain = {kind.value for kind in DayKind}
    return [TERM, KEY, *(kind for kind in kinds if kind not in plain)]
