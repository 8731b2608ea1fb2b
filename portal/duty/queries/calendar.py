"""Reads of the calendar of working days."""

from datetime import date
from typing import NamedTuple

from portal.core.clock import today
from portal.core.database import fetch
from portal.duty.rules import DayCalendar, DayEntry, DayKind, published_years


class _DayRow(NamedTuple):
    org_id: int | None
    day: date
    kind: str
    name: str


async def calendar_for(org_id: int | None, *, around: date | None = None) -> DayCalendar:
    """The calendar of an organisation from the year before `around` (today) to two years after.

    The organisation's own rows lie over the national ones; `org_id` None is the national calendar alone.
    One statement.
    """
    year = (around or today()).year
    rows = await fetch(
        _DayRow,
        "SELECT org_id, day, kind, name FROM calendar_day "
        "WHERE (org_id IS NULL OR org_id = {}) AND day >= {} AND day < {} ORDER BY org_id IS NOT NULL",
        org_id if org_id is not None else -1, date(year - 1, 1, 1), date(year + 3, 1, 1),
    )  # fmt: skip
    days = {row.day: DayEntry(DayKind(row.kind), row.name) for row in rows}
    return DayCalendar(days, published_years(row.day for row in rows if row.org_id is None))
