"""What the rules of reminding know about a card, and about the people around it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from portal.duty.rules import LeaderRow


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

    @property
    def is_red(self) -> bool:
        """Major hazards count in hours, and their mail does not wait for a window."""
        return self.level == "red"


class Holder(NamedTuple):
    """Somebody who holds a post at this instant. `path` is the part of the tree that the post reaches."""

    person_id: int
    post_id: int
    role: str
    path: str
    grid_kind: str
    is_accountable: bool
    is_primary: bool


@dataclass(frozen=True, slots=True)
class Circle:
    """The people around one card at one instant. `above` stands over its place, the nearest first."""

    above: tuple[Holder, ...] = ()
    responsible: tuple[int, ...] = ()
    helpers: tuple[int, ...] = ()
    receivers: tuple[int, ...] = ()
    named: frozenset[int] = frozenset()
    leaders: tuple[LeaderRow, ...] = ()


def unique(people: Iterable[int | None]) -> tuple[int, ...]:
    """Each person once, in order."""
    return tuple(dict.fromkeys(person for person in people if person is not None))
