"""Reads of who leads: the lane of the whole school in the book of duty."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.core.actors import Grant
from portal.core.clock import now
from portal.core.crypto import unseal
from portal.core.database import fetch, fetch_value, in_list
from portal.duty.queries.book import OpenBook, books_of, with_needs
from portal.duty.rules import (
    LEADING,
    LEADING_ROLES,
    Candidate,
    LeaderRow,
    Need,
    Term,
    leading_at,
    next_change_at,
    stretches,
)

HORIZON = timedelta(days=14)


async def duty_leader_rows(org_id: int, around: datetime, *, days: int = 15) -> list[LeaderRow]:
    """Who leads when within [around - 1 day, around + `days`), with name and phone, in order; gaps are left out.

    Feed them to `leading_at` and `next_change_at`. One statement.
    """
    return (await _leader_rows("= {}", org_id, around, days)).get(org_id, [])


async def leader_rows_below(bureau_id: int, around: datetime, *, days: int) -> dict[int, list[LeaderRow]]:
    """As `duty_leader_rows`, for every school of a bureau, by school. One statement."""
    return await _leader_rows("IN (SELECT grid_id FROM organisation WHERE bureau_id = {})", bureau_id, around, days)


async def _leader_rows(whose: str, org_id: int, around: datetime, days: int) -> dict[int, list[LeaderRow]]:
    start, end = around - timedelta(days=1), around + timedelta(days=days)
    books = await books_of(whose, org_id, start, end, leaders_only=True)
    return {one: list(_led(one, opened, start, end)) for one, opened in books.items()}


def _led(org_id: int, opened: OpenBook, start: datetime, end: datetime) -> Iterator[LeaderRow]:
    """The stretches in which somebody leads, as rows."""
    book = with_needs(opened, {LEADING: (Need(start, end, 1),)}).book
    shifts = {shift.id: shift for shift in book.shifts.get(LEADING, ())}
    for stretch in stretches(book, LEADING, start, end):
        for one in stretch.people:
            shift = shifts.get(one.shift_id or 0)
            # The rows are cut where they were read; a shift that reaches further says so.
            starts = (
                min(stretch.starts_at, shift.starts_at) if shift and stretch.starts_at == start else stretch.starts_at
            )
            ends = max(stretch.ends_at, shift.ends_at) if shift and stretch.ends_at == end else stretch.ends_at
            yield LeaderRow(
                one.shift_id or 0, org_id, one.person_id, None, starts, ends, opened.notes.get(one.shift_id or 0, ""),
                one.person_id, opened.name(one.person_id), opened.phones.get(one.person_id),
            )  # fmt: skip


async def leader_at(org_id: int, *, at: datetime) -> LeaderRow | None:
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
