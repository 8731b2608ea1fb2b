"""A month of the log of an area, for paper, with a digest of its lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from portal.core.clock import local
from portal.core.ids import digest
from portal.duty.lent import Told
from portal.duty.views.words import Words
from portal.duty.watching.queries import LogRow
from portal.duty.watching.rules import Kind
from portal.duty.watching.views.log import NO_CARDS, LineView, lines_of


class DayLines(NamedTuple):
    """The lines of a day."""

    day: date
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month of the log of an area, for paper."""

    school: str
    area: str
    first: date
    last: date
    days: tuple[DayLines, ...]
    count: int
    made_at: datetime
    digest: str


def month_view(
    rows: Sequence[LogRow], words: Words, *, school: str, area_id: int | None, first: date, last: date, at: datetime,
    cards: Mapping[int, Told] = NO_CARDS,
) -> MonthView:  # fmt: skip
    """The paper of a month. The same lines give the same digest, whoever prints them: which card a line names is not
    counted, since not everybody sees every card."""
    rows = [row for row in rows if row.kind != Kind.HAZARD or row.hazard_id in cards]
    told = [row for row in rows if row.kind != Kind.HAZARD]
    by_day: dict[date, list[LineView]] = {}
    names = {row.id: words.role(row.role) for row in rows}  # the area stands in the head of each sheet
    for one in lines_of(rows, words, at, full=True, cards=cards):
        by_day.setdefault(local(one.happened_at).date(), []).append(one._replace(lane=names[one.id]))
    days = tuple(DayLines(day, tuple(lines)) for day, lines in sorted(by_day.items()))
    return MonthView(school, words.area(area_id), first, last, days, len(told), at, digest_of(told))


def digest_of(rows: Iterable[LogRow]) -> str:
    """Stands for the lines as they were written: whoever has them can count it again."""
    told = (
        "|".join(
            str(one)
            for one in (
                row.id, row.kind, row.area_id, row.role, row.happened_at.timestamp(), row.entered_at.timestamp(),
                row.entered_by, row.corrects_id, row.present, row.absent, row.answered, row.written_as,
                digest(row.text),
            )
        )
        for row in rows
    )  # fmt: skip
    return digest("\n".join(told))[:32]
