"""Reads of the duty room: the calendar of an organisation, who leads it, who could."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from portal.core.actors import Actor, Grant
from portal.core.clock import now, today
from portal.core.crypto import unseal
from portal.core.database import fetch, fetch_value, in_list
from portal.core.refusals import NotFound
from portal.duty.rules import (
    LEADING_ROLES,
    Candidate,
    DayCalendar,
    DayEntry,
    DayKind,
    LeaderRow,
    Term,
    leading_at,
    next_change_at,
    published_years,
)
from portal.grids.queries import GridRow, grid_row
from portal.permissions.rules import Permission, scope
from portal.responsibilities.queries import holders_of_posts

HORIZON = timedelta(days=14)


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


async def duty_leader_rows(org_id: int, around: datetime, *, days: int = 15) -> list[LeaderRow]:
    """The rows that touch [around - 1 day, around + `days`), with the name of whoever each makes lead.

    A row that names a post shows who holds it at `around`. Feed them to `leading_at` and `next_change_at`.
    One statement.
    """
    return await _leader_rows("= {}", org_id, around, days)


async def _leader_rows(whose: str, org_id: int, around: datetime, days: int) -> list[LeaderRow]:
    rows = await fetch(
        LeaderRow,
        # Somebody who has left, or will have by then, leads nothing: the row names nobody, and that is a gap.
        "SELECT d.id, d.org_id, p.id, d.post_id, d.starts_at, d.ends_at, d.note, "
        "p.id, COALESCE(p.name, ''), p.phone_sealed FROM duty_leader d LEFT JOIN person p ON p.id = d.person_id "
        "AND (p.left_at IS NULL OR (p.left_at > d.starts_at AND p.left_at > {})) "
        f"WHERE d.org_id {whose} AND d.ends_at > {{}} AND d.starts_at < {{}} ORDER BY d.id",
        around, org_id, around - timedelta(days=1), around + timedelta(days=days),
    )  # fmt: skip
    return await _with_holders(rows, around)


class _Leader(NamedTuple):
    id: int
    name: str
    phone_sealed: str | None


async def _with_holders(rows: list[LeaderRow], at: datetime) -> list[LeaderRow]:
    """Puts in whoever answers for the posts that rows name; two more statements, only where a row names a post."""
    posts = {row.post_id for row in rows if row.person_id is None and row.post_id is not None}
    if not posts:
        return rows
    holders = await holders_of_posts(posts, at=at)
    held = {post: one.person_id for post in posts if (one := holders.held(post))}
    marks, ids = in_list(sorted(set(held.values())))
    found = await fetch(_Leader, f"SELECT id, name, phone_sealed FROM person WHERE id IN {marks}", *ids)
    people = {one.id: one for one in found}
    return [_led(row, people.get(held.get(row.post_id or 0, 0))) for row in rows]


def _led(row: LeaderRow, leader: _Leader | None) -> LeaderRow:
    if row.person_id is not None or leader is None:
        return row
    return row._replace(leader_id=leader.id, name=leader.name, phone_sealed=leader.phone_sealed)


class DutySchool(NamedTuple):
    """A school as its bureau asks after its duty: the phone that is answered there, and where it lies in the tree."""

    id: int
    name: str
    path: str
    phone: str


async def duty_schools(bureau_id: int, *, by: Actor) -> list[DutySchool]:
    """The schools of a bureau whose duty the actor may see, by name. One statement."""
    found = await fetch(
        DutySchool,
        "SELECT g.id, g.name, g.path, COALESCE(o.duty_phone, '') FROM organisation o JOIN grid g ON g.id = o.grid_id "
        "WHERE o.bureau_id = {} AND g.ended_at IS NULL ORDER BY g.name, g.id",
        bureau_id,
    )
    seen = scope(by, Permission.DUTY_VIEW)
    return [school for school in found if seen.holds(school.path, school.id)]


async def leader_rows_below(bureau_id: int, around: datetime, *, days: int) -> dict[int, list[LeaderRow]]:
    """As `duty_leader_rows`, for every school of a bureau, by school. One statement."""
    found: dict[int, list[LeaderRow]] = {}
    whose = "IN (SELECT grid_id FROM organisation WHERE bureau_id = {})"
    for row in await _leader_rows(whose, bureau_id, around, days):
        found.setdefault(row.org_id, []).append(row)
    return found


async def on_duty_at(org_id: int, *, at: datetime) -> LeaderRow | None:
    """Who leads this organisation at this instant, or None: a gap. Answers for the past as well."""
    return leading_at(await duty_leader_rows(org_id, at, days=1), at)


class LeadingNow(NamedTuple):
    """Who leads for the bar of every page: an empty name is a gap. Ask again at `until`."""

    name: str
    phone: str
    until: datetime


async def leading_now(org_id: int, at: datetime) -> LeadingNow:
    """The leader's name and phone at this instant; the phone is the duty line where the person has none."""
    rows = await duty_leader_rows(org_id, at)
    leading = leading_at(rows, at)
    if leading is None:
        return LeadingNow("", "", _ask_again(rows, at))
    own = unseal(leading.phone_sealed) if leading.phone_sealed else None
    line = await fetch_value("SELECT duty_phone FROM organisation WHERE grid_id = {}", org_id)
    return LeadingNow(leading.name, own or line or "", _ask_again(rows, at))


def _ask_again(rows: list[LeaderRow], at: datetime) -> datetime:
    """When the answer changes by itself; at the latest when the rows that were read end."""
    return min(next_change_at(rows, at) or at + HORIZON, at + HORIZON)


async def duty_organisation(org_id: int | None, *, by: Actor) -> GridRow:
    """The school or bureau whose duty room the actor may see; for anything else `NotFound`."""
    grid = await grid_row(org_id) if org_id is not None else None
    if grid is None or grid.id != grid.org_id:
        raise NotFound()
    if not scope(by, Permission.DUTY_VIEW).holds(grid.path, grid.org_id):
        raise NotFound()
    return grid


async def leading_grants(person_id: int, org_id: int, at: datetime) -> tuple[list[Grant], datetime | None]:
    """The rights that leading gives at this instant, and when to ask again; for `register_grants`.

    Whoever leads has the role `duty_leader` over the whole organisation.
    """
    rows = await duty_leader_rows(org_id, at)
    leading = leading_at(rows, at)
    if leading is None or leading.leader_id != person_id:
        return [], _ask_again(rows, at)
    path = await fetch_value("SELECT path FROM grid WHERE id = {}", org_id)
    return [Grant("duty_leader", org_id, path, org_id, leading.post_id)], _ask_again(rows, at)


async def leader_candidates(org_id: int, *, at: datetime) -> list[Candidate]:
    """Whoever may be put down as leader at this instant, each once, heads first."""
    marks, roles = in_list(LEADING_ROLES)
    found = await fetch(
        Candidate,
        "SELECT p.id, p.name, s.title, s.role FROM appointment a JOIN post s ON s.id = a.post_id "
        "JOIN person p ON p.id = a.person_id WHERE s.org_id = {} AND p.kind = 'staff' "
        "AND (p.left_at IS NULL OR p.left_at > {}) "
        "AND s.ended_at IS NULL AND a.starts_at <= {} AND (a.ends_at IS NULL OR a.ends_at > {}) "
        f"AND s.role IN {marks} ORDER BY s.sort, s.id, p.id",
        org_id, at, at, at, *roles,
    )  # fmt: skip
    first: dict[int, Candidate] = {}
    for candidate in sorted(found, key=lambda one: LEADING_ROLES.index(one.role)):
        first.setdefault(candidate.person_id, candidate)
    return list(first.values())


async def leading_terms(org_id: int, person_id: int) -> list[Term]:
    """From when until when a person holds posts that let them lead."""
    marks, roles = in_list(LEADING_ROLES)
    return await fetch(
        Term,
        "SELECT a.starts_at, a.ends_at FROM appointment a JOIN post s ON s.id = a.post_id "
        "JOIN person p ON p.id = a.person_id WHERE s.org_id = {} AND a.person_id = {} AND p.kind = 'staff' "
        f"AND (p.left_at IS NULL OR p.left_at > {{}}) AND s.ended_at IS NULL AND s.role IN {marks}",
        org_id, person_id, now(), *roles,
    )  # fmt: skip
