"""Who leads at an instant, computed from dated rows ("resolve, don't copy").

Rows are only ever added. Where two overlap, **the one entered last wins**: a change of plan lies over the
plan, and what was true before it was entered stays readable. A row that names nobody takes the leader away.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.clock import start_of_day
from portal.permissions.rules import ABOVE, Role

LEADING_ROLES = ("bureau_officer", "principal", "vice_head", "safety_officer", "member")
"""Whoever holds a post of one of these roles may be put down as the day's leader, offered in this order."""


class LeaderRow(NamedTuple):
    """One entry of the duty book: who leads the organisation in [starts_at, ends_at), in UTC.

    Names a person, or a post (then whoever holds it at the instant), or neither: nobody leads.
    """

    id: int
    org_id: int
    person_id: int | None
    post_id: int | None
    starts_at: datetime
    ends_at: datetime
    note: str = ""
    leader_id: int | None = None  # whom it makes lead as read: the person, or the post's holder
    name: str = ""
    phone_sealed: str | None = None

    @property
    def names_somebody(self) -> bool:
        """Whether anybody leads by this row."""
        return self.person_id is not None or self.post_id is not None


class Term(NamedTuple):
    """A time over which somebody holds a post, [starts_at, ends_at); open when `ends_at` is None."""

    starts_at: datetime
    ends_at: datetime | None


class Candidate(NamedTuple):
    """Somebody who may lead, by a post of leadership, safety or a leading body that they hold."""

    person_id: int
    name: str
    title: str
    role: str


class Segment(NamedTuple):
    """A stretch of time led by one row, or by nobody (`row` is None)."""

    starts_at: datetime
    ends_at: datetime
    row: LeaderRow | None


def leading_at(rows: Iterable[LeaderRow], at: datetime) -> LeaderRow | None:
    """The row that leads at this instant, or None. The row entered last (highest id) wins."""
    covering = (row for row in rows if row.starts_at <= at < row.ends_at)
    last = max(covering, key=lambda row: row.id, default=None)
    return last if last and last.names_somebody else None


def _same_leader(one: LeaderRow | None, other: LeaderRow | None) -> bool:
    return (one and (one.person_id, one.post_id)) == (other and (other.person_id, other.post_id))


def next_change_at(rows: Sequence[LeaderRow], at: datetime) -> datetime | None:
    """The first instant after `at` at which somebody else (or nobody) leads, as far as these rows reach."""
    here = leading_at(rows, at)
    edges = sorted({edge for row in rows for edge in (row.starts_at, row.ends_at) if edge > at})
    return next((edge for edge in edges if not _same_leader(leading_at(rows, edge), here)), None)


def segments_in(rows: Sequence[LeaderRow], start: datetime, end: datetime) -> tuple[Segment, ...]:
    """The time from `start` to `end`, cut where the leader changes; gaps are segments of nobody."""
    segments: list[Segment] = []
    while start < end:
        change = next_change_at(rows, start)
        stop = end if change is None else min(change, end)
        segments.append(Segment(start, stop, leading_at(rows, start)))
        start = stop
    return tuple(segments)


def gaps_in(rows: Sequence[LeaderRow], start: datetime, end: datetime) -> tuple[Segment, ...]:
    """The stretches between `start` and `end` in which nobody leads."""
    return tuple(segment for segment in segments_in(rows, start, end) if segment.row is None)


def may_lead(terms: Iterable[Term], at: datetime) -> bool:
    """Whether one of the terms covers the instant at which a duty begins."""
    return any(term.starts_at <= at and (term.ends_at is None or at < term.ends_at) for term in terms)


def gains_by_leading(by: Actor, path: str) -> bool:
    """Whether leading the school with this path would give the actor rights that no post of theirs gives already.

    Whoever leads stands above every card of the school. A post that reaches the whole school does so too; leading
    itself does not count, or one day that somebody else entered would open all the others.
    """
    posts = (grant for grant in by.grants if grant.role != Role.DUTY_LEADER)
    return not by.is_system and not any(grant.role in ABOVE and path.startswith(grant.path) for grant in posts)


def duty_span(day: date, at: datetime) -> tuple[datetime, datetime] | None:
    """From when until when an entry made at `at` for a day holds, or None when the day is over.

    An entry for today holds from now on: who led this morning stays as it was.
    """
    start, end = start_of_day(day), start_of_day(day + timedelta(days=1))
    return (max(start, at), end) if at < end else None
