"""The log of duty, and the reports after lights-out that are missing (D12, R96)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.core.clock import local
from portal.core.database import fetch, fetch_column, fetch_one
from portal.duty.queries import Plan, book_version, kept_plan
from portal.duty.rules import Line, needs_between
from portal.duty.watching.rules import ZERO_AFTER, Kind, Zero, zeros_in

LOOK_BACK = timedelta(hours=6)
DAY = 1440


class LogRow(NamedTuple):
    """A line of the log, with the name of whoever wrote it. A correction stands at the time of the line it is about."""

    id: int
    area_id: int | None
    role: str
    kind: str
    happened_at: datetime
    text: str
    corrects_id: int | None
    entered_at: datetime
    entered_by: int | None
    name: str
    present: int | None
    absent: int | None
    answered: bool | None
    written_as: str
    hazard_id: int | None

    @property
    def line(self) -> Line:
        """The lane it is of."""
        return Line(self.area_id, self.role)


_COLUMNS = (
    "SELECT l.id, l.area_id, l.role, l.kind, l.happened_at, l.text, l.corrects_id, l.entered_at, l.entered_by, "
    "COALESCE(p.name, ''), l.present, l.absent, l.answered, l.written_as, l.hazard_id FROM duty_log l "
    "LEFT JOIN person p ON p.id = l.entered_by WHERE l.org_id = {} "
)


async def log_between(org_id: int, start: datetime, end: datetime) -> list[LogRow]:
    """The lines of a school about `[start, end)`, in order of time. One statement."""
    sql = _COLUMNS + "AND l.happened_at >= {} AND l.happened_at < {} ORDER BY l.happened_at, l.id"
    return [_plain(row) for row in await fetch(LogRow, sql, org_id, start, end)]


async def log_of_area(org_id: int, area_id: int | None, start: datetime, end: datetime) -> list[LogRow]:
    """The same of one area; None is the whole school. One statement."""
    sql = _COLUMNS + (
        "AND COALESCE(l.area_id, 0) = {} AND l.happened_at >= {} AND l.happened_at < {} ORDER BY l.happened_at, l.id"
    )
    return [_plain(row) for row in await fetch(LogRow, sql, org_id, area_id or 0, start, end)]


async def log_line(org_id: int, line_id: int) -> LogRow | None:
    """One line of a school. One statement."""
    row = await fetch_one(LogRow, _COLUMNS + "AND l.id = {}", org_id, line_id)
    return _plain(row) if row else None


def _plain(row: LogRow) -> LogRow:
    """SQLite gives 0 and 1 for a yes or no."""
    return row if row.answered is None else row._replace(answered=bool(row.answered))


def zeros_between(plan: Plan, start: datetime, end: datetime) -> list[Zero]:
    """The slots of a plan that ask for a report and end in `[start, end)`. No statement."""
    days = local(start - timedelta(days=1)).date(), local(end).date()
    return [one for one in zeros_in(needs_between(plan.slots, plan.days, *days)) if start <= one.ends_at < end]


async def schools_awaiting_reports(at: datetime) -> list[int]:
    """Schools with a slot that asks for a report, whose time went by within some hours. One statement."""
    clock = local(at)
    minute = clock.hour * 60 + clock.minute - int(ZERO_AFTER.total_seconds() // 60) + 2 * DAY
    sql = (
        "SELECT DISTINCT s.org_id FROM duty_slot s WHERE s.asks_report AND (s.last_day IS NULL OR s.last_day >= {}) "
        "AND ({} - s.to_minute) % 1440 <= {} ORDER BY s.org_id"
    )
    span = int(LOOK_BACK.total_seconds() // 60)
    return [int(one) for one in await fetch_column(sql, (clock - timedelta(days=2)).date(), minute, span)]


async def missing_reports(org_id: int, at: datetime) -> list[Zero]:
    """Slots whose report is missing half an hour after their end, for some hours. Two statements."""
    plan = (await kept_plan(org_id, await book_version(org_id))).plan
    late = zeros_between(plan, at - ZERO_AFTER - LOOK_BACK, at - ZERO_AFTER + timedelta(microseconds=1))
    if not late:
        return []
    rows = await log_between(org_id, min(one.starts_at for one in late), at + LOOK_BACK)  # clocks step back
    return [one for one in late if reported(one, rows) is None]


def reported(zero: Zero, rows: Iterable[LogRow]) -> LogRow | None:
    """The first report of a slot among lines of the log."""
    fit = (row for row in rows if row.kind == Kind.ZERO and row.area_id == zero.area_id and zero.holds(row.happened_at))
    return next(fit, None)
