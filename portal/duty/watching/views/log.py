"""The log of a day: which rounds and reports are due, what was written, and what the reader may write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from portal.core.clock import local, start_of_day
from portal.duty.lent import Told
from portal.duty.rules import Line
from portal.duty.views.words import Words, clock_text
from portal.duty.watching import labels
from portal.duty.watching.queries import LogRow, Watched, reported, zeros_between
from portal.duty.watching.rules import ROUND_EVERY, Kind, Zero, rounds_of, watched
from portal.rendering.moments import moment_text
from portal.web.again import Typed

LATER = timedelta(minutes=10)
"""A line that is written so much later than what it tells of says so."""


NO_CARD = Told("")
NO_CARDS: Mapping[int, Told] = MappingProxyType({})


class LineView(NamedTuple):
    """A line of the log in words; `corrections` stand below it."""

    id: int
    time: str
    happened_at: datetime
    lane: str
    kind: str
    is_plain: bool
    text: str
    who: str
    small: str
    corrections: tuple["LineView", ...]
    may_correct: bool
    report_href: str
    card: str = ""
    card_href: str = ""


class LaneRounds(NamedTuple):
    """Rounds of a lane over the day."""

    lane: str
    last: datetime | None
    due: datetime | None
    is_soon: bool
    missed: tuple[str, ...]


class ZeroView(NamedTuple):
    """A report after lights-out of this day: `kind` is done, open or late."""

    area: str
    slot: str
    text: str
    kind: str


class Option(NamedTuple):
    """Something to choose."""

    value: str
    text: str


class ZeroForm(NamedTuple):
    """The form of a report that the reader may write now: for which lane, of which minute ("" is now)."""

    area: str
    slot: str
    lane: str
    at: str


@dataclass(frozen=True, slots=True)
class Writing:
    """What the reader may write now. `own` are lanes in which they are on duty, `lanes` all that they may write of."""

    own: tuple[Option, ...] = ()
    lanes: tuple[Option, ...] = ()
    kinds: tuple[Option, ...] = ()
    zeros: tuple[ZeroForm, ...] = ()
    may_check: bool = False
    grid_of: Mapping[str, int] = field(default_factory=dict)

    @property
    def kind_choices(self) -> tuple[tuple[str, str, str], ...]:
        """The kinds as a form offers them."""
        return tuple((one.value, one.text, "") for one in self.kinds)


@dataclass(frozen=True, slots=True)
class LogView:
    """A day of the log."""

    org_id: int
    school: str
    other: str
    day: date
    is_today: bool
    yesterday: date
    tomorrow: date
    area: str
    areas: tuple[Option, ...]
    rounds: tuple[LaneRounds, ...]
    zeros: tuple[ZeroView, ...]
    lines: tuple[LineView, ...]
    writing: Writing
    corrected: LineView | None
    corrects_count: bool
    key: str
    month: str
    typed: Typed

    @property
    def area_links(self) -> tuple[tuple[str, str, str, bool], ...]:
        """The areas as ways through the page."""
        here = f"/duty/log?day={self.day}{self.other}"
        return tuple(
            (one.text, f"{here}&area={one.value}" if one.value else here, "", one.value == self.area)
            for one in self.areas
        )  # fmt: skip


class LogDay(NamedTuple):
    """What a day's page is made of."""

    watched: Watched
    rows: Sequence[LogRow]
    words: Words
    day: date
    at: datetime
    area: int | None
    """The area that is asked for: 0 is the whole school, None all of them."""
    cards: Mapping[int, Told] = NO_CARDS
    """The cards that lines name, as far as the reader sees them."""

    def shows(self, line_area: int | None) -> bool:
        """Whether things of an area are shown."""
        return self.area is None or self.area == (line_area or 0)


def line_value(line: Line) -> str:
    """A lane as a form sends it."""
    return f"{line.area_id or 0}:{line.role}"


def line_view(
    row: LogRow, words: Words, at: datetime, *, may_correct: bool = False, full: bool = False,
    cards: Mapping[int, Told] = NO_CARDS,
) -> LineView:  # fmt: skip
    """One line in words; a card that the reader does not see is as if the line named none."""
    area = words.plan.areas.get(row.area_id or 0)
    grid = area.grid_id if area and row.kind == Kind.EVENT else None
    card = cards.get(row.hazard_id or 0, NO_CARD)
    report = f"/hazards/new?grid={grid}" + (f"&line={row.id}" if may_correct else "")
    is_plain = row.kind in (Kind.ROUND, Kind.ZERO) and not row.text and not row.absent
    return LineView(
        row.id, clock_text(row.happened_at), row.happened_at, words.line(row.line),
        words.say(labels.KINDS[Kind(row.kind)]), is_plain, _text(row, words), row.name,
        _small(row, words, at, full=full), (), may_correct,
        report if grid and not card.href else "", card.text, card.href,
    )  # fmt: skip


def _text(row: LogRow, words: Words) -> str:
    say, parts = words.say, list[str]()
    if row.kind == Kind.NO_ACCOUNT:
        return say(labels.NO_ACCOUNT, name=row.text)
    if row.kind == Kind.HAZARD:
        return ""
    if row.present is not None:
        parts.append(say(labels.COUNTED, present=row.present, absent=row.absent or 0))
    if row.answered is not None:
        parts.append(say(labels.ANSWERED if row.answered else labels.NOT_ANSWERED))
    if row.text:
        parts.append(row.text)
    return say(labels.BETWEEN).join(parts) or say(labels.NOTHING_WRONG)


def _small(row: LogRow, words: Words, at: datetime, *, full: bool) -> str:
    said = [words.say(text) for as_what, text in labels.WRITTEN_AS.items() if row.written_as == as_what]
    added = row.kind in (Kind.CORRECTION, Kind.HAZARD)
    if added or row.entered_at - row.happened_at > LATER:
        same = full and local(row.entered_at).date() == local(row.happened_at).date()
        moment = clock_text(row.entered_at) if same else moment_text(
            row.entered_at, at=at, language=words.language, full=full
        )  # fmt: skip
        said.append(moment if added else words.say(labels.ENTERED_LATER, moment=moment))
    return words.say(labels.BETWEEN).join(said)


def lines_of(
    rows: Iterable[LogRow], words: Words, at: datetime, *, mine: Mapping[int, bool] | None = None, full: bool = False,
    cards: Mapping[int, Told] = NO_CARDS,
) -> list[LineView]:  # fmt: skip
    """The lines with their corrections below them, in order of time. `mine` says which the reader may correct. What
    was added to name a card that the reader does not see is left out."""
    roots = dict[int, LineView]()
    below = dict[int, list[LineView]]()
    for row in rows:
        view = line_view(row, words, at, may_correct=bool(mine and mine.get(row.id)), full=full, cards=cards)
        if row.kind == Kind.HAZARD and not view.card_href:
            continue
        if row.corrects_id is None:
            roots[row.id] = view
        else:
            below.setdefault(row.corrects_id, []).append(view)
    return [_with(view, tuple(below.get(line_id, ()))) for line_id, view in roots.items()]


def _with(view: LineView, below: tuple[LineView, ...]) -> LineView:
    """A line with what was added to it; where that names a card, it need not be reported any more."""
    named = any(one.card_href for one in below)
    return view._replace(corrections=below, report_href="" if named else view.report_href)


def rounds_view(shown: LogDay) -> tuple[LaneRounds, ...]:
    """Of each post that has somebody on this day: the last round, when the next is due, which are missed."""
    start, end = start_of_day(shown.day), start_of_day(shown.day + timedelta(days=1))
    book, found = shown.watched.opened.book, list[LaneRounds]()
    for line in shown.words.plan.in_order(book.lines):
        if not shown.watched.is_asked(line) or not shown.shows(line.area_id):
            continue
        spans = watched(book, line, start - ROUND_EVERY, end)
        if not any(stop > start for _, stop in spans):
            continue
        made = [row.happened_at for row in shown.rows if row.kind == Kind.ROUND and row.line == line]
        told = rounds_of(spans, made, at=min(shown.at, end), start=start)
        due = told.due if start <= shown.at < end else None
        soon = due is not None and due - shown.at < LATER * 3
        missed = tuple(clock_text(one) if one < end else "24:00" for one in told.missed)
        found.append(LaneRounds(shown.words.line(line), told.last, due, soon, missed))
    return tuple(found)


def zeros_of_day(shown: LogDay) -> list[Zero]:
    """The reports that are due after slots of this day."""
    start, end = start_of_day(shown.day), start_of_day(shown.day + timedelta(days=1))
    zeros = zeros_between(shown.watched.plan, start, end + timedelta(microseconds=1))
    return [one for one in zeros if start <= one.starts_at < end and shown.shows(one.area_id)]


def zeros_view(shown: LogDay) -> tuple[ZeroView, ...]:
    """The reports of this day: done, open or late."""
    return tuple(_zero_view(one, shown) for one in zeros_of_day(shown))


def _zero_view(zero: Zero, shown: LogDay) -> ZeroView:
    words, row = shown.words, reported(zero, shown.rows)
    area, slot = words.area(zero.area_id), words.chosen(zero.name, zero.name_en)

    def moment(at: datetime) -> str:
        return moment_text(at, at=shown.at, language=words.language)

    if row is not None:
        text = words.say(labels.ZERO_DONE, moment=moment(row.entered_at), text=_text(row, words))
        return ZeroView(area, slot, text, "done")
    if shown.at >= zero.told_at:
        return ZeroView(area, slot, words.say(labels.ZERO_LATE), "late")
    return ZeroView(area, slot, words.say(labels.ZERO_OPEN, moment=moment(zero.told_at)), "open")


def log_view(
    shown: LogDay, *, org_id: int, school: str, other: str, writing: Writing, mine: Mapping[int, bool],
    corrected: LogRow | None, key: str, typed: Typed,
) -> LogView:  # fmt: skip
    """The page of one day."""
    words, day = shown.words, shown.day
    areas = [one for one in sorted(words.plan.areas.values(), key=lambda one: (one.sort, one.id)) if not one.is_ended]
    options = (Option("", words.say(labels.ALL_AREAS)), *(Option(str(one.id), words.area(one.id)) for one in areas),
               Option("0", words.area(None)))  # fmt: skip
    begin, end = start_of_day(day), start_of_day(day + timedelta(days=1))
    rows = [row for row in shown.rows if shown.shows(row.area_id) and begin <= row.happened_at < end]
    return LogView(
        org_id, school, other, day, day == local(shown.at).date(), day - timedelta(days=1), day + timedelta(days=1),
        "" if shown.area is None else str(shown.area), options, rounds_view(shown), zeros_view(shown),
        tuple(lines_of(rows, words, shown.at, mine=mine, cards=shown.cards)), writing,
        line_view(corrected, words, shown.at) if corrected else None,
        corrected is not None and corrected.present is not None, key, f"{day:%Y-%m}", typed,
    )  # fmt: skip
