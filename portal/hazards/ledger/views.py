"""The ledger as its page reads it, and as lines of the monthly form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from portal.core.clock import local
from portal.hazards.labels import FLAG_FAILED, FLAG_LISTED, LEVELS, OUTCOME, STATUS
from portal.hazards.ledger import labels
from portal.hazards.ledger.filters import PAGE, Filter
from portal.hazards.queries.board import BoardPlace
from portal.hazards.queries.choices import Category
from portal.hazards.queries.lists import LedgerCount, LedgerRow
from portal.hazards.rules import Status
from portal.rendering.i18n import translator
from portal.rendering.labels import MONTHS
from portal.rendering.moments import left_text

MOST_ROWS = 5_000
Chip = tuple[str, str, int | str, bool]


class Line(NamedTuple):
    """One hazard of the table. `left` says what is left of its time or by how much it is over; "" when closed."""

    id: int
    number: str
    title: str
    org: str
    place: str
    category: str
    level: str
    status: str
    status_text: str
    who: str
    due_at: datetime | None
    left: str
    is_late: bool
    reported_on: date
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class LedgerView:
    """The page: chips that narrow, the table, the way to the workbook."""

    grid_id: int
    name: str
    crumbs: tuple[tuple[str, str], ...]
    asked: Filter
    chips: tuple[Chip, ...]
    more_chips: tuple[Chip, ...]
    groups: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    total: int
    first: int
    shows_org: bool
    previous: str
    following: str

    @property
    def last(self) -> int:
        """The number of the last row on this page."""
        return self.first + len(self.lines) - 1 if self.lines else 0

    @property
    def is_cut(self) -> bool:
        """True when one workbook cannot hold all that matches."""
        return self.total > MOST_ROWS

    @property
    def most(self) -> int:
        """How many rows one workbook holds."""
        return MOST_ROWS


def ledger_view(
    place: BoardPlace, asked: Filter, rows: Sequence[LedgerRow], counts: Sequence[LedgerCount], *,
    crumbs: tuple[tuple[str, str], ...], names: Mapping[str, str], groups: Iterable[Category], at: datetime,
    language: str,
) -> LedgerView:  # fmt: skip
    """Puts the page together; `counts` are of the same filter with any status."""
    by_status = {row.status: row.hazards for row in counts}
    total = total_of(asked, by_status)
    first = (asked.page - 1) * PAGE
    return LedgerView(
        grid_id=place.id, name=place.name, crumbs=crumbs, asked=asked, chips=_chips(asked, by_status, language),
        more_chips=_more_chips(place, asked, sum(row.overdue for row in counts), language),
        groups=tuple((group.code, group.name_en if language == "en" else group.name) for group in groups),
        lines=tuple(_line(row, names, at, language) for row in rows), total=total, first=first + 1,
        shows_org=place.kind == "bureau", previous=asked.but(page=asked.page - 1) if asked.page > 1 else "",
        following=asked.but(page=asked.page + 1) if first + len(rows) < total else "",
    )  # fmt: skip


def total_of(asked: Filter, by_status: Mapping[str, int]) -> int:
    """How many rows match, out of the counts by status."""
    if asked.status == "all":
        return sum(by_status.values())
    if asked.status == "open":
        return sum(count for status, count in by_status.items() if status != Status.CLOSED)
    return by_status.get(asked.status, 0)


def _chips(asked: Filter, by_status: Mapping[str, int], language: str) -> tuple[Chip, ...]:
    translate = translator(language)
    texts = {"open": labels.OPEN, **STATUS, "all": labels.ALL}

    def count(status: str) -> int | str:
        # Closed ones are many: they are counted only when somebody looks at them.
        knows_closed = asked.status in ("closed", "all")
        return total_of(Filter(status=status), by_status) if knows_closed or status not in ("closed", "all") else ""

    return tuple(
        (translate(text), asked.but(status=status) or "?", count(status), status == asked.status)
        for status, text in texts.items()
    )


def _more_chips(place: BoardPlace, asked: Filter, overdue: int, language: str) -> tuple[Chip, ...]:
    translate = translator(language)
    chips: list[Chip] = [
        (translate(labels.OVERDUE), asked.but(overdue=not asked.overdue) or "?", overdue, asked.overdue),
        (translate(labels.MINE), asked.but(mine=not asked.mine) or "?", "", asked.mine),
    ]
    if place.kind == "bureau" or asked.to_us:
        chips.append((translate(labels.TO_US), asked.but(to_us=not asked.to_us) or "?", "", asked.to_us))
    chips += [
        (translate(text), asked.but(level="" if asked.level == level else level) or "?", "", asked.level == level)
        for level, text in LEVELS.items()
    ]
    chips.append((translate(labels.OLDEST), asked.but(oldest=not asked.oldest) or "?", "", asked.oldest))
    return tuple(chips)


def _line(row: LedgerRow, names: Mapping[str, str], at: datetime, language: str) -> Line:
    is_open = row.closed_at is None
    late = is_open and row.due_at is not None and row.due_at <= at
    left = left_text((row.due_at - at).total_seconds(), language=language) if is_open and row.due_at else ""
    return Line(
        id=row.id, number=row.number, title=row.title, org=row.org, place=names.get(row.place_path) or row.place,
        category=row.category or "", level=row.level or "", status=row.status,
        status_text=translator(language)(STATUS[row.status]), who=row.responsible or "", due_at=row.due_at, left=left,
        is_late=late, reported_on=local(row.reported_at).date(), closed_on=_day(row.closed_at),
    )  # fmt: skip


# -- the monthly form

FormCell = str | int | date | None


def form_lines(
    rows: Sequence[LedgerRow], *, names: Mapping[str, str], receivers: Mapping[int, list[str]], filler: str, month: str,
    at: datetime, language: str,
) -> list[tuple[FormCell, ...]]:  # fmt: skip
    """The rows in the columns of the form. A triage's due time is no deadline of rectification and stays blank."""
    translate = translator(language)
    day = local(at).date()

    def spoken_month(moment: datetime) -> str:
        year, number = (int(month[:4]), int(month[5:])) if month else (local(moment).year, local(moment).month)
        return translate(labels.MONTH, year=year, month=translate(MONTHS[number - 1]))

    return [
        (
            row.org, spoken_month(row.reported_at), line, row.number, _day(row.reported_at),
            names.get(row.place_path) or row.place, _category(row), row.title,
            translate(LEVELS.get(row.level or "", "")),
            translate(labels.PUBLIC) if row.source == "public" else row.reporter, row.measure, row.responsible,
            _day(row.due_at) if row.status != Status.REPORTED else None, row.money, row.interim, _day(row.rectified_at),
            row.rechecker, _day(row.rechecked_at), row.conclusion,
            translate(labels.YES if row.closed_at else labels.NO), _not_done(row, at, translate),
            translate(labels.AND).join(receivers.get(row.id, [])), _remark(row, translate), filler, None, day,
        )
        for line, row in enumerate(rows, 1)
    ]  # fmt: skip


def _day(moment: datetime | None) -> date | None:
    return local(moment).date() if moment else None


def _category(row: LedgerRow) -> str:
    return "·".join(part for part in (row.group, row.category) if part)


def _not_done(row: LedgerRow, at: datetime, translate: Any) -> str:
    if row.closed_at is not None:
        return ""
    late = row.due_at is not None and row.due_at <= at
    text: str = translate(labels.NOT_DONE_LATE if late else labels.NOT_DONE, status=translate(STATUS[row.status]))
    return text


def _remark(row: LedgerRow, translate: Any) -> str:
    parts = [
        translate(OUTCOME[row.outcome]) if row.outcome and row.outcome != "rectified" else "",
        translate(FLAG_LISTED) if row.is_listed else "",
        translate(FLAG_FAILED, count=row.failed_rechecks) if row.failed_rechecks else "",
        translate(labels.REOPENED, count=row.reopened) if row.reopened else "",
    ]
    text: str = translate(labels.BETWEEN).join(part for part in parts if part)
    return text
