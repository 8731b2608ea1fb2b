"""Reads of the calendar of working days."""

from collections import OrderedDict
from datetime import date
from typing import NamedTuple

from portal.core.clock import today
from portal.core.database import engine, fetch
from portal.duty.rules import DayCalendar, DayEntry, DayKind, published_years

KEPT = 64  # calendars of a database, a few hundred days each


class _DayRow(NamedTuple):
    org_id: int | None
    day: date
    kind: str
    name: str


_kept: OrderedDict[tuple[int, int, int], DayCalendar] = OrderedDict()
_kept_of: list[object] = []  # the one database that they are of


async def calendar_at(org_id: int, version: int) -> DayCalendar:
    """The calendar of an organisation as `calendar_for` gives it, kept for as long as `version` stays.

    `version` is the organisation's `rights_version`, which rises with each day that it enters and with each change of
    the national days. One statement, none while it is kept.
    """
    if _kept_of != [engine()]:
        _kept_of[:] = [engine()]
        _kept.clear()
    key = (org_id, version, today().year)
    if key not in _kept:
        _kept[key] = await calendar_for(org_id)
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    return _kept[key]


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
