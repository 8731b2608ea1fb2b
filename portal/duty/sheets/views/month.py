"""The sheet of a month: a row for each day, a column for each lane, from the stretches of the book and nothing else.

Page, paper and workbook all show this one view, so that they cannot say different things.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from portal.core.clock import local, start_of_day
from portal.core.ids import digest
from portal.duty import labels as duty_labels
from portal.duty.rules import LEADING, As, DayKind, Line, Need, Stretch
from portal.duty.sheets import labels
from portal.duty.views.lanes import Laid
from portal.duty.views.words import hours_text, span_text
from portal.rendering.labels import MONTHS
from portal.rendering.moments import moment_text

DAY = timedelta(days=1)


class Column(NamedTuple):
    """A lane. `hours` are those of its slot where every day of the month has the same one; else ""."""

    name: str
    hours: str


class Entry(NamedTuple):
    """Some people over the same hours, or that somebody is missing. `hours` is "" where they are those of the head."""

    hours: str
    people: tuple[str, ...]
    lack: str
    starts_at: datetime
    ends_at: datetime

    @property
    def text(self) -> str:
        """All of it in a line."""
        return " ".join(part for part in (self.hours, *self.people, self.lack) if part)


class SheetDay(NamedTuple):
    """A row. `mark` is a shape for the kind of day, "" on a usual school day; `kind` says it in words.

    `unplanned`: the school had no roster yet; said once for the whole row, and no gap.
    """

    day: date
    weekday: str
    mark: str
    kind: str
    cells: tuple[tuple[Entry, ...], ...]
    is_today: bool
    unplanned: str = ""

    @property
    def has_gap(self) -> bool:
        """Whether somebody is missing on it."""
        return any(one.lack for cell in self.cells for one in cell)


@dataclass(frozen=True, slots=True)
class MonthView:
    """The sheet."""

    org_id: int
    school: str
    title: str
    other: str
    is_below: bool
    first: date
    columns: tuple[Column, ...]
    days: tuple[SheetDay, ...]
    lead: str
    made: str
    digest: str
    legend: tuple[tuple[str, str], ...]
    unpublished: tuple[int, ...]
    area: int | None = None
    area_name: str = ""
    areas: tuple[tuple[int, str], ...] = ()

    @property
    def month(self) -> str:
        """As addresses name it: 2026-12."""
        return f"{self.first:%Y-%m}"

    @property
    def previous(self) -> str:
        """The month before."""
        return f"{self.first - DAY:%Y-%m}"

    @property
    def following(self) -> str:
        """The month after."""
        return f"{last_of(self.first) + DAY:%Y-%m}"


def last_of(first: date) -> date:
    """The last day of the month that begins on `first`."""
    return first.replace(day=monthrange(first.year, first.month)[1])


def month_view(
    laid: Laid, first: date, *, org_id: int, school: str, is_below: bool, only: int | None = None,
    planned: date | None = date.min,
) -> MonthView:  # fmt: skip
    """The sheet of the month that begins on `first`, from a book that was read over its days; `only`: of one area.

    `planned` is the first day of the school's first roster; None: there is none yet.
    """
    since = planned or date.max
    words, at = laid.words, laid.reader.at
    lines = [line for line in laid.found if only is None or line == LEADING or line.area_id == only]
    hours = {line: _same_hours(laid.opened.book.needs.get(line, ())) for line in lines}
    days = tuple(_row(laid, day, lines, hours, since) for day in _days(first, last_of(first)))
    calendar = words.plan.days.calendar
    return MonthView(
        org_id, school, title_of(laid, first), laid.reader.org, is_below, first,
        tuple(Column(words.line(line), hours[line]) for line in lines), days, _lead(laid, only, since),
        words.say(labels.MADE, moment=moment_text(at, at=at, language=words.language, full=True)),
        digest_of(laid, org_id, days, lines), _legend(laid, days), calendar.unpublished_years(first, last_of(first)),
        only, words.area(only) if only else "",
        tuple((area.id, words.area(area.id)) for area in words.plan.areas.values() if not area.is_ended),
    )  # fmt: skip


def title_of(laid: Laid, first: date) -> str:
    """What stands on top."""
    say = laid.words.say
    return say(labels.TITLE, year=str(first.year), month=say(MONTHS[first.month - 1]))


def digest_of(laid: Laid, org_id: int, days: Iterable[SheetDay], lines: Iterable[Line]) -> str:
    """The same duty gives the same digest, whatever the language and the hour at which the sheet was made."""
    told = [str(org_id)]
    known = list(lines)
    for day in days:
        for line in known:
            told += [
                f"{line.area_id or 0}|{line.role}|{one.starts_at.isoformat()}|{one.ends_at.isoformat()}|"
                + ",".join(f"{who.person_id}:{laid.opened.name(who.person_id)}:{who.stands}" for who in one.people)
                + f"|{one.missing}"
                for one in _on(laid.found[line], day.day)
            ]
    return digest("\n".join(told))[:32]


def _days(first: date, last: date) -> Iterator[date]:
    return (first + DAY * step for step in range((last - first).days + 1))


def _row(laid: Laid, day: date, lines: Iterable[Line], hours: dict[Line, str], since: date) -> SheetDay:
    words = laid.words
    unplanned = words.say(labels.NO_ROSTER) if day < since else ""
    cells = () if unplanned else tuple(_entries(laid, _on(laid.found[line], day), hours[line]) for line in lines)
    return SheetDay(
        day, words.weekday(day), labels.MARKS.get(_shape(laid, day), ""), words.kind_of(day), cells,
        day == local(laid.reader.at).date(), unplanned,
    )  # fmt: skip


def _shape(laid: Laid, day: date) -> str:
    """Which of the shapes a day has: free days of any kind are one, a weekend another, a make-up day a third."""
    days = laid.words.plan.days
    kind = days.kind(day)
    return DayKind.HOLIDAY.value if days.is_vacation(kind) else kind


def _legend(laid: Laid, days: Iterable[SheetDay]) -> tuple[tuple[str, str], ...]:
    """Each shape of the sheet with the kinds of day that have it."""
    found: dict[str, list[str]] = {}
    for day in days:
        if day.mark and day.kind not in found.setdefault(day.mark, []):
            found[day.mark].append(day.kind)
    return tuple((mark, laid.words.say(duty_labels.AND).join(kinds)) for mark, kinds in found.items())


def _entries(laid: Laid, rows: Iterable[Stretch], whole: str) -> tuple[Entry, ...]:
    """Each person of a lane on a day once for each of their times there, whoever comes and goes beside them."""
    open_now: dict[str, tuple[datetime, datetime]] = {}
    found: list[tuple[datetime, datetime, bool, str]] = []
    for one in rows:
        for text, is_lack in _told(laid, one):
            since, until = open_now.get(text, (one.starts_at, one.starts_at))
            if until != one.starts_at:
                since = one.starts_at
            elif since != until:
                found.remove((since, until, is_lack, text))
            open_now[text] = (since, one.ends_at)
            found.append((since, one.ends_at, is_lack, text))
    hours: dict[tuple[datetime, datetime, bool], list[str]] = {}
    for since, until, is_lack, text in found:
        hours.setdefault((since, until, is_lack), []).append(text)
    return tuple(_entry(key, texts, whole) for key, texts in sorted(hours.items()))


def _told(laid: Laid, one: Stretch) -> Iterator[tuple[str, bool]]:
    """Who is there, and how many are missing."""
    say, opened = laid.words.say, laid.opened
    for who in one.people:
        name = opened.name(who.person_id)
        yield say(labels.STEPS_IN, name=name) if who.stands is As.FALLBACK else name, False
    if one.missing:
        alone = not one.people and one.missing == 1
        yield say(duty_labels.MISSING if alone else duty_labels.MISSING_N, count=one.missing), True


def _entry(key: tuple[datetime, datetime, bool], texts: list[str], whole: str) -> Entry:
    since, until, is_lack = key
    span = span_text(since, until)
    people, lack = ((), texts[0]) if is_lack else (tuple(texts), "")
    return Entry("" if span == whole else span, people, lack, since, until)


def _on(rows: Iterable[Stretch], day: date) -> Iterator[Stretch]:
    """What of it lies on a day."""
    start, end = start_of_day(day), start_of_day(day + DAY)
    for one in rows:
        if one.starts_at < end and one.ends_at > start:
            yield one._replace(starts_at=max(one.starts_at, start), ends_at=min(one.ends_at, end))


def _same_hours(needs: Iterable[Need]) -> str:
    """From when to when a lane needs somebody, where that is one stretch and the same on every day that has it."""
    by_day: dict[date, list[Need]] = {}
    for need in needs:
        by_day.setdefault(local(need.starts_at).date(), []).append(need)
    found = {_covered(rows) for rows in by_day.values()}
    return found.pop() if len(found) == 1 else ""


def _covered(needs: list[Need]) -> str:
    """The hours of needs that follow each other without a break."""
    if any(one.ends_at != other.starts_at for one, other in pairwise(needs)):
        return ""
    return span_text(needs[0].starts_at, needs[-1].ends_at)


def _lead(laid: Laid, only: int | None, since: date) -> str:
    say, start = laid.words.say, laid.start
    if since > local(start).date():
        if since >= local(laid.end).date():
            return say(labels.NO_ROSTER)
        start = start_of_day(since)
    needed, missing = laid.hours(start, laid.end, only)
    holes = laid.holes(start, laid.end, only)
    if not holes:
        return say(labels.FULL, hours=hours_text(needed))
    return say(labels.GAPS, hours=hours_text(needed), missing=hours_text(missing), count=len(holes))
