"""Since when a school has a roster at all: before that nobody was put down, and nothing is missing."""

from datetime import date, datetime
from typing import NamedTuple

from portal.core.clock import local
from portal.core.database import fetch_one

FIRST = 300
"""So many shifts, by their end, hold the one that begins first: more than any school has on a day."""


class _First(NamedTuple):
    starts_at: datetime


async def first_day_of(org_id: int) -> date | None:
    """The day on which the first shift that was ever published begins; None: no roster yet. One statement."""
    found = await fetch_one(
        _First,
        "SELECT x.starts_at FROM (SELECT d.starts_at FROM duty_shift d WHERE d.org_id = {} "
        f"AND d.published_at IS NOT NULL ORDER BY d.ends_at LIMIT {FIRST}) x ORDER BY x.starts_at LIMIT 1",
        org_id,
    )
    return local(found.starts_at).date() if found else None
