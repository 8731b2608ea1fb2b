"""What is announced (a plan), and the rows that it comes to."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal.core.clock import local, start_of_day


class Change(StrEnum):
    """Kinds of personnel change (E8)."""

    JOINING = "joining"
    LEAVING = "leaving"
    MOVING = "moving"
    LEAVE = "leave"
    ACTING = "acting"


class Then(StrEnum):
    """What becomes of a post that somebody gives."""

    KEEP = "keep"
    NOBODY = "nobody"
    HOLDER = "holder"
    ACTING = "acting"


TAKEN_AS = ("replace", "beside", "deputy", "acting")
"""How a post is taken: in place of its first holder, beside them, as their deputy, or acting for them."""


@dataclass(frozen=True, slots=True)
class Giving:
    """One of the person's appointments: who has the post then. `last_day` ends an acting one."""

    appointment_id: int
    then: Then
    person_id: int | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Taking:
    """A post that the person takes."""

    post_id: int
    taken_as: str = "replace"


@dataclass(frozen=True, slots=True)
class Plan:
    """An announced change. `person_id` None is somebody new, by `name`."""

    kind: Change
    person_id: int | None
    announced_on: date
    handover_on: date
    name: str = ""
    staff_no: str = ""
    last_day: date | None = None
    gives: tuple[Giving, ...] = ()
    takes: tuple[Taking, ...] = ()
    note: str = ""

    @property
    def effective_at(self) -> datetime:
        """The new holder's first instant: 00:00 in Shanghai of the day after the handover date (R112)."""
        return effective_of(self.handover_on)

    @property
    def back_at(self) -> datetime | None:
        """Where a leave or an acting time ends."""
        return end_of(self.last_day)


def effective_of(handover_on: date) -> datetime:
    """00:00 in Shanghai of the day after."""
    return start_of_day(handover_on + timedelta(days=1))


def end_of(last_day: date | None) -> datetime | None:
    """The first instant after the last day."""
    return None if last_day is None else start_of_day(last_day + timedelta(days=1))


def last_day_of(end: datetime) -> date:
    """The last day of something that ends at an instant: people say "until the 20th" and mean that day too."""
    return local(end - timedelta(microseconds=1)).date()


@dataclass(frozen=True, slots=True)
class End:
    """An appointment that ends at an instant. `gives_to` is who follows (None: nobody is named)."""

    appointment_id: int
    post_id: int
    person_id: int
    at: datetime
    gives_to: int | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """An appointment that begins. `person_id` 0 is the new person, who has no id yet."""

    post_id: int
    person_id: int
    kind: str
    is_primary: bool
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Worked:
    """What a plan comes to: rows, and the posts that the plan itself says will be empty."""

    ends: tuple[End, ...] = ()
    starts: tuple[Start, ...] = ()
    away: tuple[datetime, datetime | None] | None = None
    declared: frozenset[int] = field(default_factory=frozenset)

    @property
    def posts(self) -> set[int]:
        """Every post that the plan concerns."""
        return {one.post_id for one in self.ends} | {one.post_id for one in self.starts} | set(self.declared)

    def people(self, newcomer: int) -> set[int]:
        """Everybody whom the plan concerns; `newcomer` stands for 0."""
        return {one.person_id or newcomer for one in self.starts} | {one.person_id for one in self.ends} | {newcomer}
