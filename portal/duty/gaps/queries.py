"""Which books are to be looked through, and what was found in them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.core.clock import local, start_of_day
from portal.core.database import fetch, fetch_column, fetch_one
from portal.duty.gaps.rules import Hole
from portal.duty.rules import Line

KEEPS_BOOK = (
    "(EXISTS (SELECT 1 FROM duty_slot s WHERE s.org_id = o.grid_id) OR "
    "EXISTS (SELECT 1 FROM duty_shift d WHERE d.org_id = o.grid_id AND d.published_at IS NOT NULL))"
)
"""A school that has neither slots nor shifts does not keep a book of duty: nothing is missing in it."""

_CANCELLED = (
    "duty_shift d JOIN duty_roster r ON r.org_id = d.org_id AND r.published_at = d.cancelled_at WHERE r.id = {}"
)


class ToLook(NamedTuple):
    """A book as it is now, and as it was when it was last looked through."""

    version: int
    keeps_book: bool
    looked_version: int | None
    looked_at: datetime | None

    def is_fresh(self, at: datetime) -> bool:
        """Nothing has moved since, and the day is the same."""
        seen = self.looked_at
        return self.version == self.looked_version and seen is not None and local(seen).date() == local(at).date()


async def to_look(org_id: int) -> ToLook | None:
    """How an organisation's book stands. One statement."""
    return await fetch_one(
        ToLook,
        f"SELECT o.rights_version, {KEEPS_BOOK}, l.rights_version, l.looked_at FROM organisation o "
        "LEFT JOIN duty_looked_through l ON l.org_id = o.grid_id WHERE o.grid_id = {}",
        org_id,
    )


async def books_to_look_through(at: datetime) -> list[int]:
    """Organisations whose book has moved since it was looked through, or was not looked through today. One statement;
    the one that has waited longest comes first."""
    return await fetch_column(
        "SELECT o.grid_id FROM organisation o LEFT JOIN duty_looked_through l ON l.org_id = o.grid_id "
        "WHERE l.id IS NULL OR l.rights_version <> o.rights_version OR l.looked_at < {} "
        "ORDER BY CASE WHEN l.id IS NULL THEN 0 ELSE 1 END, l.looked_at, o.grid_id",
        start_of_day(local(at).date()),
    )


class _GapRow(NamedTuple):
    area_id: int | None
    role: str
    starts_at: datetime
    ends_at: datetime
    missing: int
    by_fallback: int
    found_at: datetime | None


async def holes_of(org_id: int, *, after: datetime | None = None, before: datetime | None = None) -> list[Hole]:
    """The holes that were found in a book and are not over at `after`, those that begin before `before`, in order."""
    more, args = "", list[object]()
    for sql, value in ((" AND ends_at > {}", after), (" AND starts_at < {}", before)):
        if value is not None:
            more, args = more + sql, [*args, value]
    rows = await fetch(
        _GapRow,
        "SELECT area_id, role, starts_at, ends_at, missing, by_fallback, found_at FROM duty_gap WHERE org_id = {}"
        f"{more} ORDER BY starts_at, id",
        org_id, *args,
    )  # fmt: skip
    return [Hole(Line(row.area_id, row.role), *row[2:6], row.found_at or row.starts_at) for row in rows]


async def with_holes(at: datetime, *, within: timedelta, only_missing: bool = False) -> list[int]:
    """Organisations with a hole that begins within a time; with `only_missing` one that nobody fills. One statement."""
    more = " AND missing > 0" if only_missing else ""
    return await fetch_column(
        f"SELECT DISTINCT org_id FROM duty_gap WHERE ends_at > {{}} AND starts_at < {{}}{more} ORDER BY org_id",
        at, at + within,
    )  # fmt: skip


class Looked(NamedTuple):
    """What the last look at a book has found."""

    org_id: int
    gaps: int
    first_gap_at: datetime | None


async def looked_through(orgs: Sequence[int] | None = None) -> list[Looked]:
    """Every book that was looked through, with the number of its holes. One statement."""
    found = await fetch(Looked, "SELECT org_id, gaps, first_gap_at FROM duty_looked_through ORDER BY org_id")
    return [one for one in found if orgs is None or one.org_id in orgs]


async def books_with_shifts(start: datetime, end: datetime) -> list[int]:
    """Organisations with a shift in force that begins in `(start, end]`. One statement."""
    return await fetch_column(
        "SELECT DISTINCT org_id FROM duty_shift WHERE published_at IS NOT NULL AND cancelled_at IS NULL "
        "AND starts_at > {} AND starts_at <= {} ORDER BY org_id",
        start, end,
    )  # fmt: skip


class Whose(NamedTuple):
    """A shift as those who are told of it need it."""

    person_id: int | None
    post_id: int | None
    starts_at: datetime
    is_in_force: bool


async def whose_shift(shift_id: int) -> Whose | None:
    """Whose shift it is, and whether it is in force. One statement."""
    return await fetch_one(
        Whose,
        "SELECT person_id, post_id, starts_at, published_at IS NOT NULL AND cancelled_at IS NULL FROM duty_shift "
        "WHERE id = {}",
        shift_id,
    )  # fmt: skip


class Share(NamedTuple):
    """How many shifts somebody has by a roster, and when the first begins."""

    person_id: int
    shifts: int
    first_at: datetime


class _Begins(NamedTuple):
    person_id: int
    starts_at: datetime


async def shares_of(roster_id: int, after: datetime) -> list[Share]:
    """Everybody with shifts of a published roster that begin after an instant. One statement."""
    return await _shares(
        "roster_id = {} AND published_at IS NOT NULL AND cancelled_at IS NULL AND starts_at > {}", roster_id, after
    )


async def taken_away_by(roster_id: int, after: datetime) -> list[Share]:
    """Whose shifts were cancelled by the publication of a roster: at the same instant. One statement."""
    return await _shares(f"id IN (SELECT d.id FROM {_CANCELLED} AND d.starts_at > {{}})", roster_id, after)


async def _shares(which: str, *args: object) -> list[Share]:
    rows = await fetch(
        _Begins,
        f"SELECT person_id, starts_at FROM duty_shift WHERE person_id IS NOT NULL AND {which} ORDER BY starts_at, id",
        *args,
    )
    found: dict[int, Share] = {}
    for row in rows:
        known = found.setdefault(row.person_id, Share(row.person_id, 0, row.starts_at))
        found[row.person_id] = known._replace(shifts=known.shifts + 1)
    return list(found.values())


async def cancelled_by(roster_id: int, start: datetime, end: datetime) -> list[int]:
    """Shifts that the publication of a roster has cancelled and that would have begun in `(start, end]`. One
    statement."""
    return await fetch_column(
        f"SELECT d.id FROM {_CANCELLED} AND d.starts_at > {{}} AND d.starts_at <= {{}}", roster_id, start, end
    )
