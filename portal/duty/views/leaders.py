"""What the pages of the duty room show."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from portal.core.clock import local, start_of_day
from portal.duty import labels
from portal.duty.queries import DutySchool
from portal.duty.rules import Candidate, DayCalendar, DayKind, LeaderRow, Segment, segments_in
from portal.grids.queries import GridRow
from portal.rendering.i18n import translator
from portal.rendering.moments import day_text

DAYS_SHOWN = 14


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a day and who leads in it; no name is a gap. `hours` is empty for the whole day."""

    hours: str
    name: str


@dataclass(frozen=True, slots=True)
class DutyDay:
    """One line of the list of days. `text` is the date in words, for places that take no markup."""

    day: date
    text: str
    kind: str
    stretches: tuple[Stretch, ...]

    @property
    def is_gap(self) -> bool:
        """Whether nobody leads in some part that is still to come."""
        return any(not stretch.name for stretch in self.stretches)


@dataclass(frozen=True, slots=True)
class Leading:
    """Who leads from when until when."""

    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class DutyView:
    """The page of an organisation's duty: now, next, the days, and the form of whoever may fill it."""

    org_id: int
    school: str
    now: Leading | None
    next: Leading | None
    days: tuple[DutyDay, ...]
    unpublished: tuple[int, ...]
    may_edit: bool
    is_below: bool
    """Whether it is a page below a bureau's: `/duty` alone would be another one."""
    candidates: tuple[Candidate, ...] = ()
    day: str = ""
    person: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def gaps(self) -> tuple[DutyDay, ...]:
        """The days on which nobody leads for a while."""
        return tuple(day for day in self.days if day.is_gap)


def days_ahead(rows: Sequence[LeaderRow], calendar: DayCalendar, *, at: datetime, language: str) -> tuple[DutyDay, ...]:
    """Today from now on, and the days after it."""
    first = local(at).date()
    return tuple(
        _duty_day(first + timedelta(days=n), rows, calendar, at=at, language=language) for n in range(DAYS_SHOWN)
    )


@dataclass(frozen=True, slots=True)
class SchoolDuty:
    """One school on its bureau's page: who leads for the rest of today, on how many days ahead nobody does."""

    id: int
    name: str
    phone: str
    stretches: tuple[Stretch, ...]
    gap_days: int

    @property
    def is_gap_now(self) -> bool:
        """Whether nobody leads at this instant."""
        return not self.stretches[0].name


@dataclass(frozen=True, slots=True)
class BureauDuty:
    """A bureau's page of duty: its schools, those without a leader first."""

    org_id: int
    name: str
    schools: tuple[SchoolDuty, ...]

    @property
    def gaps(self) -> int:
        """In how many schools nobody leads at this instant."""
        return sum(school.is_gap_now for school in self.schools)


def bureau_duty(
    bureau: GridRow, schools: Iterable[DutySchool], rows: Mapping[int, Sequence[LeaderRow]], at: datetime
) -> BureauDuty:
    """The page of a bureau at an instant."""
    found = [_school_duty(school, rows.get(school.id, ()), at) for school in schools]
    return BureauDuty(bureau.id, bureau.name, tuple(sorted(found, key=lambda school: not school.is_gap_now)))


def _school_duty(school: DutySchool, rows: Sequence[LeaderRow], at: datetime) -> SchoolDuty:
    first = local(at).date()
    days = [stretches_of(first + timedelta(days=n), rows, at) for n in range(DAYS_SHOWN)]
    gap_days = sum(any(not stretch.name for stretch in day) for day in days)
    return SchoolDuty(school.id, school.name, school.phone, days[0], gap_days)


def _duty_day(day: date, rows: Sequence[LeaderRow], calendar: DayCalendar, *, at: datetime, language: str) -> DutyDay:
    text = day_text(day, today=local(at).date(), language=language)
    return DutyDay(day, text, kind_text(calendar, day, translator(language)), stretches_of(day, rows, at))


def stretches_of(day: date, rows: Sequence[LeaderRow], at: datetime) -> tuple[Stretch, ...]:
    """Who leads in which part of a day, from now on."""
    segments = segments_in(rows, max(start_of_day(day), at), start_of_day(day + timedelta(days=1)))
    return tuple(
        Stretch("" if len(segments) == 1 else hours(segment), segment.row.name if segment.row else "")
        for segment in segments
    )


def hours(segment: Segment) -> str:
    """From when until when, on the clock: 08:00–24:00."""
    start, end = local(segment.starts_at), local(segment.ends_at)
    last = "24:00" if end.date() > start.date() else f"{end:%H:%M}"
    return f"{start:%H:%M}–{last}"


def kind_text(calendar: DayCalendar, day: date, translate: Callable[..., str]) -> str:
    """What kind of day it is, in words; a holiday by its name."""
    kind, name = calendar.kind(day), calendar.name(day)
    if name and kind is DayKind.HOLIDAY:
        return translate(labels.HOLIDAYS.get(name, name))
    return translate(labels.DAY_KINDS[kind])


def now_and_next(rows: Sequence[LeaderRow], at: datetime, until: datetime) -> tuple[Leading | None, Leading | None]:
    """Who leads at this instant, and whoever leads after that."""
    now, *later = segments_in(rows, at, until)
    following = next((segment for segment in later if segment.row), None)
    return _leading(now), _leading(following)


def _leading(segment: Segment | None) -> Leading | None:
    if segment is None or segment.row is None:
        return None
    return Leading(segment.row.name, segment.starts_at, segment.ends_at)
