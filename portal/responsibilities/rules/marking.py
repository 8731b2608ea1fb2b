"""When a mark may be given, and what it ends. Pure.

Exactly one post is accountable for a duty in a grid: a new one ends the earlier row at the same instant, so that the
spans `[starts, ends)` meet without gap or overlap. Nothing is dated back: what was on record before stays true.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.core.refusals import Refused
from portal.responsibilities.rules.facts import Mark

FURTHEST = timedelta(days=3 * 366)
"""No mark is entered further ahead: a wrong year is the likelier reason."""

BASES = ("manages", "uses", "approves", "organises", "hosts", "supervises")
"""The grounds that the sources name (R30)."""

RIGHTS = {
    Mark.MAIN: ("stop", "ask_people", "ask_money"),
    Mark.ASSIST: ("stop", "ask_people"),
    Mark.SUPERVISE: ("look", "urge"),
    Mark.INFORM: ("know",),
}
"""What comes with a mark besides the duty: nobody answers for what they have no right to put in order (R49)."""


class Row(NamedTuple):
    """A row of the matrix for one duty in one grid that is not over."""

    id: int
    post_id: int
    mark: str
    starts_at: datetime
    ends_at: datetime | None
    basis: str | None
    reason: str | None
    version: int


def check_start(starts_at: datetime, *, at: datetime) -> None:
    """Refuses a beginning that is over, or too far ahead to be meant."""
    if starts_at < at:
        raise Refused("matrix.in_the_past")
    if starts_at > at + FURTHEST:
        raise Refused("matrix.too_far_ahead")


def ended_by(rows: Iterable[Row], *, post_id: int, mark: Mark, starts_at: datetime) -> list[Row]:
    """The rows that end where a new one begins: the post's own, and with a new accountable post the earlier one's."""
    return [
        row
        for row in rows
        if (row.ends_at is None or row.ends_at > starts_at)
        and (row.post_id == post_id or (mark is Mark.MAIN and row.mark == Mark.MAIN))
    ]


def end_of(row: Row, *, at: datetime) -> datetime:
    """Where a row ends: one that has not begun never comes into force."""
    return max(row.starts_at, at)


def state_of(rows: Iterable[Row]) -> str:
    """What a form has seen of a duty in a grid: any change of any row makes another text of it (compare-and-set)."""
    return "-".join(f"{row.id}.{row.version}" for row in sorted(rows))
