"""How many people an area needs at each minute: slots by kind of day, laid on dates (D1, D4, R09, R95)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from portal.core.clock import at_local, start_of_day
from portal.duty.rules.days import DutyDays

LEADER = "leader"
DAY_MINUTES = 1440


class Line(NamedTuple):
    """One lane of the calendar: a role in an area. `area_id` None is the whole school."""

    area_id: int | None
    role: str


LEADING = Line(None, LEADER)


@dataclass(frozen=True, slots=True)
class Slot:
    """On one kind of day, from minute to minute of the day in Shanghai (1440 is its end): so many of a role.

    Holds over the dates `[first_day, last_day]`, open where `last_day` is None.
    """

    id: int
    area_id: int | None
    day_kind: str
    role: str
    from_minute: int
    to_minute: int
    people: int
    name: str = ""
    name_en: str = ""
    first_day: date = date.min
    last_day: date | None = None
    asks_report: bool = False

    @property
    def line(self) -> Line:
        """The lane it belongs to."""
        return Line(self.area_id, self.role)

    def is_in_force(self, day: date) -> bool:
        """True on the dates it holds for."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class Need(NamedTuple):
    """Over `[starts_at, ends_at)` a lane needs `people`; `name` says what for. `asks_report`: heads are counted."""

    starts_at: datetime
    ends_at: datetime
    people: int
    name: str = ""
    name_en: str = ""
    slot_id: int | None = None
    asks_report: bool = False


def slots_of_day(slots: Iterable[Slot], days: DutyDays, day: date) -> list[Slot]:
    """The slots in force on a date, area by area: those of its kind of day, else of the kind that it inherits from."""
    by_area: dict[int | None, dict[str, list[Slot]]] = {}
    for slot in slots:
        if slot.is_in_force(day):
            by_area.setdefault(slot.area_id, {}).setdefault(slot.day_kind, []).append(slot)
    line = days.line(days.kind(day))
    found = (next((kinds[kind] for kind in line if kind in kinds), []) for kinds in by_area.values())
    return [slot for one in found for slot in one]


def needs_between(slots: Iterable[Slot], days: DutyDays, first: date, last: date) -> dict[Line, tuple[Need, ...]]:
    """What each lane needs over the dates (both included), in order of time.

    Two slots of a lane that overlap ask for both together. A leader is needed at every minute, also where no slot
    says so (D4), and never two: a key period raises everybody else.
    """
    known = list(slots)
    found: dict[Line, list[Need]] = {LEADING: []}
    for day in _dates(first, last):
        more = days.raised(day)
        for slot in slots_of_day(known, days, day):
            need = Need(_moment(day, slot.from_minute), _moment(day, slot.to_minute), slot.people, slot.name,
                        slot.name_en, slot.id, slot.asks_report)  # fmt: skip
            if slot.line == LEADING:
                found[LEADING].append(need._replace(people=1))
            else:
                found.setdefault(slot.line, []).append(need._replace(people=slot.people + more))
    begin, end = start_of_day(first), start_of_day(last + timedelta(days=1))
    found[LEADING] = list(_always_one(sorted(found[LEADING]), begin, end))
    return {line: _summed(sorted(needs)) for line, needs in found.items()}


def _dates(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=step) for step in range((last - first).days + 1))


@lru_cache(20_000)  # the same minutes of the same days, for every slot and every school
def _moment(day: date, minute: int) -> datetime:
    if minute >= DAY_MINUTES:
        return start_of_day(day + timedelta(days=1))
    return at_local(day, time(minute // 60, minute % 60))


def _always_one(needs: Iterable[Need], begin: datetime, end: datetime) -> Iterator[Need]:
    """The leader's slots, with what lies between them filled up; where two overlap, the later one begins when the
    earlier one ends."""
    reached = begin
    for need in needs:
        if need.starts_at > reached:
            yield Need(reached, need.starts_at, 1)
        if need.ends_at > reached:
            yield need._replace(starts_at=max(need.starts_at, reached))
            reached = need.ends_at
    if reached < end:
        yield Need(reached, end, 1)


def _summed(needs: list[Need]) -> tuple[Need, ...]:
    """Needs that overlap are cut at each other's edges and added up; the common case has none."""
    if all(one.ends_at <= other.starts_at for one, other in pairwise(needs)):
        return tuple(needs)
    edges = sorted({edge for need in needs for edge in (need.starts_at, need.ends_at)})
    found = []
    for start, end in pairwise(edges):
        over = [need for need in needs if need.starts_at <= start and end <= need.ends_at]
        if over:
            named = next((need for need in over if need.asks_report), over[0])
            found.append(named._replace(starts_at=start, ends_at=end, people=sum(need.people for need in over)))
    return tuple(found)


def cut(needs: Mapping[Line, tuple[Need, ...]], start: datetime, end: datetime) -> dict[Line, tuple[Need, ...]]:
    """The same needs between two instants only."""
    return {
        line: tuple(
            need._replace(starts_at=max(need.starts_at, start), ends_at=min(need.ends_at, end))
            for need in rows
            if need.starts_at < end and need.ends_at > start
        )
        for line, rows in needs.items()
    }
