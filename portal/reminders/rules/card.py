"""What the rules of reminding know about a card, and about the people around it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from portal.duty.rules import LeaderRow
from portal.hazards.rules.watch import is_watched


class Card(NamedTuple):
    """A hazard as reminders see it. `path` is the tree path of its place."""

    id: int
    org_id: int
    number: str
    grid_id: int
    path: str
    status: str
    level: str | None
    is_restricted: bool
    is_listed: bool
    reported_at: datetime
    reported_by: int | None
    due_from: datetime | None
    due_at: datetime | None
    column_since: datetime
    last_event_at: datetime
    responsible_post_id: int | None
    responsible_person_id: int | None
    supervisor_id: int | None
    watcher_id: int | None
    rectifiers: str
    version: int
    failed_rechecks: int = 0
    next_check_at: datetime | None = None
    has_interim: bool = False

    @property
    def is_red(self) -> bool:
        """Major hazards count in hours, and their mail does not wait for a window."""
        return self.level == "red"

    @property
    def is_watched(self) -> bool:
        """Somebody has to look at it until it is taken away (R64)."""
        return is_watched(self.status, self.watcher_id, has_interim=bool(self.has_interim))


class Holder(NamedTuple):
    """Somebody who holds a post at this instant. `path` is the part of the tree that the post reaches."""

    person_id: int
    post_id: int
    role: str
    path: str
    grid_kind: str
    is_accountable: bool
    is_primary: bool


class OpenStep(NamedTuple):
    """A step of the plan that is not done: due on a day of its own, or so many working days before the end (R60)."""

    id: int
    title: str
    due_at: datetime | None
    days_before: int | None = None
    person_id: int | None = None


class Answer(NamedTuple):
    """What somebody has said to a reminder (G2): "I know", or, with `snoozed_until`, "later"."""

    person_id: int
    code: str
    cycle: str
    answered_at: datetime
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Circle:
    """The people around one card at one instant, what they have to do step by step, and what they answered.

    `above` stands over its place, the nearest first. `accountable`, `supervising` and `informed` have that mark in the
    matrix for this duty in this place (R49). `meant`: who may answer for a card that nobody has assigned yet, by the
    one rule, the first of them before the others. `away` are those of the people whom the card names who are on leave.
    """

    above: tuple[Holder, ...] = ()
    meant: tuple[int, ...] = ()
    responsible: tuple[int, ...] = ()
    helpers: tuple[int, ...] = ()
    accountable: tuple[int, ...] = ()
    supervising: tuple[int, ...] = ()
    informed: tuple[int, ...] = ()
    receivers: tuple[int, ...] = ()
    named: frozenset[int] = frozenset()
    away: frozenset[int] = frozenset()
    leaders: tuple[LeaderRow, ...] = ()
    steps: tuple[OpenStep, ...] = ()
    answers: tuple[Answer, ...] = ()


def unique(people: Iterable[int | None]) -> tuple[int, ...]:
    """Each person once, in order."""
    return tuple(dict.fromkeys(person for person in people if person is not None))
