"""More of the demonstration's duty: a screen, leave from a calendar file, a shift of the school's own role."""

from datetime import datetime, time, timedelta
from typing import Any

from portal.core.actors import SYSTEM
from portal.core.clock import at_local, now, today
from portal.core.database import fetch_column, fetch_value
from portal.duty.feeds.queries import leave_rows
from portal.duty.feeds.rules import read_leave
from portal.duty.feeds.services import enter_leave, stage_leave
from portal.duty.rules import Line
from portal.duty.services import NewShift, add_shift
from portal.duty.sheets.services import make_screen

LEAVE_IN, LEAVE_DAYS = timedelta(days=8), timedelta(days=3)
FROM, TO = time(7, 0), time(7, 40)
FREE = (
    "SELECT p.id FROM person p WHERE p.org_id = {} AND p.kind = 'staff' AND p.left_at IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM absence a WHERE a.person_id = p.id) AND NOT EXISTS (SELECT 1 FROM duty_shift d "
    "WHERE d.person_id = p.id AND d.cancelled_at IS NULL AND d.ends_at > {} AND d.starts_at < {}) ORDER BY p.id DESC"
)


async def make_extras(plan: dict[str, Any], school_id: int) -> None:
    """Of people who are not on duty in these days, so that no gap comes of it."""
    await make_screen(school_id, plan["screen"], by=SYSTEM)
    await _leave(plan["leave_file"], school_id)
    await _own_shift(school_id)


async def _leave(name: str, school_id: int) -> None:
    first = today() + LEAVE_IN
    last = first + LEAVE_DAYS
    free = await fetch_column(FREE, school_id, at_local(first, time()), at_local(last, time()))
    if not free:
        return
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//demonstration//", "BEGIN:VEVENT", "UID:demonstration-leave",
        f"DTSTAMP:{now():%Y%m%dT%H%M%SZ}", f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{last:%Y%m%d}",
        "SUMMARY:外出培训", "END:VEVENT", "END:VCALENDAR", "",
    )  # fmt: skip
    found = read_leave("\r\n".join(lines).encode())
    file_id = await stage_leave(school_id, name, found, person_id=free[0], by=SYSTEM)
    chosen = {row.id: free[0] for row in await leave_rows(file_id)}
    await enter_leave(file_id, chosen, version=1, by=SYSTEM)


async def _own_shift(school_id: int) -> None:
    """Tomorrow morning somebody of the school's own role stands at the gate; no slot asks for it."""
    start, end = _morning()
    code = await fetch_value("SELECT code FROM duty_role WHERE org_id = {} ORDER BY id LIMIT 1", school_id)
    gate = await fetch_value("SELECT id FROM duty_area WHERE org_id = {} AND name = '校门'", school_id)
    free = await fetch_column(FREE, school_id, start - timedelta(hours=12), end + timedelta(hours=12))
    if free and gate is not None:
        await add_shift(school_id, NewShift(Line(gate, code), start, end, free[0]), by=SYSTEM)


def _morning() -> tuple[datetime, datetime]:
    day = today() + timedelta(days=1)
    return at_local(day, FROM), at_local(day, TO)
