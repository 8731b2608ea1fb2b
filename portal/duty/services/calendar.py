"""The national days of the calendar, brought to what the installed package knows."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from portal.core.clock import now, today
from portal.core.database import execute, fetch, insert, unit_of_work
from portal.duty.rules.national import FIRST_YEAR, SOURCE, YEARS_AHEAD, NationalDay, known_days
from portal.duty.tables import CalendarDay


class _StoredDay(NamedTuple):
    day: date
    kind: str
    name: str
    source: str


async def seed_calendar() -> int:
    """Brings the national days to what the installed package knows; gives how many rows changed.

    Run at each migration: a second run changes nothing, a new release of the package adds its year and
    corrects days that the State Council moved. Days entered by hand stay. No event is recorded, because
    national days are in no one's chain.
    """
    known = {row.day: row for row in known_days(FIRST_YEAR, today().year + YEARS_AHEAD)}
    async with unit_of_work():
        found = await fetch(_StoredDay, "SELECT day, kind, name, source FROM calendar_day WHERE org_id IS NULL")
        here = {row.day: row[:3] for row in found if row.source == SOURCE}
        by_hand = {row.day for row in found if row.source != SOURCE}
        stale = [day for day, row in here.items() if known.get(day) != row]
        fresh = [row for day, row in known.items() if here.get(day) != row and day not in by_hand]
        await _replace_days(stale, fresh)
        if stale or fresh:  # calendars are kept by the version of each organisation
            await execute("UPDATE organisation SET rights_version = rights_version + 1")
    return len({*stale, *(row.day for row in fresh)})


async def _replace_days(stale: Sequence[date], fresh: Sequence[NationalDay]) -> None:
    for day in stale:
        await execute("DELETE FROM calendar_day WHERE key = {}", _national_key(day))
    rows = [
        {
            "org_id": None, "key": _national_key(row.day), "day": row.day, "kind": row.kind.value,
            "name": row.name, "source": SOURCE, "entered_at": now(),
        }
        for row in fresh
    ]  # fmt: skip
    await insert(CalendarDay, *rows)


def _national_key(day: date) -> str:
    return f"national:{day.isoformat()}"
