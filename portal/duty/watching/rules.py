"""Pure decisions about taking over, signing off, rounds, and the report after lights-out (D11, D12, R92, R96)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from portal.core.refusals import Refused
from portal.duty.rules import LEADING, Book, Line, Need, Shift, on_duty_at, stretches

SECURITY = "security"
TAKE_BEFORE = timedelta(minutes=30)
TELL_AFTER = timedelta(minutes=15)
SIGN_BEFORE = timedelta(minutes=30)
SIGN_AFTER = timedelta(hours=24)
ROUND_EVERY = timedelta(hours=2)
ZERO_AFTER = timedelta(minutes=30)
ZERO_WITHIN = timedelta(hours=12)
"""A report after lights-out is one of that night until so long after its slot."""
WRITE_BACK = timedelta(hours=24)
TICK = timedelta(microseconds=1)


class Kind(StrEnum):
    """What a line of the log tells."""

    ROUND = "round"
    EVENT = "event"
    CALL = "call"
    CHECK = "check"  # the leader has phoned a post (R101)
    ZERO = "zero"  # heads counted after lights-out (R96)
    CORRECTION = "correction"
    HAZARD = "hazard"  # a card that was reported from a line
    NO_ACCOUNT = "no_account"  # whoever is on duty cannot confirm on the phone: said once


class WrittenAs(StrEnum):
    """As what somebody writes a line."""

    DUTY = "duty"
    LEADER = "leader"
    OFFICE = "office"
    CLOCK = "clock"


def is_asked(line: Line, kinds: Mapping[str, str], on_paper: Collection[int] = ()) -> bool:
    """Whether presence and rounds are asked of a lane: security posts only. `kinds` is the kind of each role,
    `on_paper` are the areas that write these down on paper."""
    return kinds.get(line.role) == SECURITY and line.area_id not in on_paper


def hands_over(line: Line, kinds: Mapping[str, str], on_paper: Collection[int] = ()) -> bool:
    """Whether shifts of a lane are taken over and signed off: security posts, and whoever leads."""
    return line == LEADING or is_asked(line, kinds, on_paper)


def doing(book: Book, shift: Shift, *, at: datetime) -> int | None:
    """Who is on duty by this shift at an instant; None: nobody."""
    people = on_duty_at(book, shift.line, at=at)
    return next((one.person_id for one in people if one.shift_id == shift.id), None)


def incoming(book: Book, shift: Shift, *, at: datetime) -> int | None:
    """Who has to take it over: whoever does it now, before its beginning whoever will then."""
    return doing(book, shift, at=max(at, shift.starts_at))


def outgoing(book: Book, shift: Shift, *, at: datetime) -> int | None:
    """Who has to sign it off: whoever does it now, after its end whoever did it last."""
    return doing(book, shift, at=max(shift.starts_at, min(at, shift.ends_at - TICK)))


def is_taken(book: Book, shift: Shift, *, person_id: int | None, taken_at: datetime | None) -> bool:
    """Whether whoever confirmed was the one to do so: somebody else may have been put in afterwards."""
    return taken_at is not None and person_id == incoming(book, shift, at=min(taken_at, shift.ends_at - TICK))


def before(book: Book, shift: Shift) -> list[Shift]:
    """The shifts of the lane that end last before this one begins: those it is taken from."""
    rows = [one for one in book.shifts.get(shift.line, ()) if one.ends_at <= shift.starts_at and one.id != shift.id]
    last = max((one.ends_at for one in rows), default=None)
    return [one for one in rows if one.ends_at == last]


def after(book: Book, shift: Shift) -> list[Shift]:
    """The shifts of the lane that begin first after this one has ended: those it goes to."""
    rows = [one for one in book.shifts.get(shift.line, ()) if one.starts_at >= shift.ends_at and one.id != shift.id]
    first = min((one.starts_at for one in rows), default=None)
    return [one for one in rows if one.starts_at == first]


def check_take(book: Book, shift: Shift, *, mover: int | None, at: datetime) -> None:
    """Refuses a take-over that is too early, too late, or somebody else's."""
    if at < shift.starts_at - TAKE_BEFORE:
        raise Refused("duty.take_too_early")
    if at >= shift.ends_at:
        raise Refused("duty.take_too_late")
    if mover is None or mover != incoming(book, shift, at=at):
        raise Refused("duty.take_not_yours")


def check_sign(book: Book, shift: Shift, *, mover: int | None, at: datetime) -> None:
    """Refuses a signature that is too early, more than a day late, or somebody else's."""
    if at < shift.ends_at - SIGN_BEFORE:
        raise Refused("duty.sign_too_early")
    if at > shift.ends_at + SIGN_AFTER:
        raise Refused("duty.sign_too_late")
    if mover is None or mover != outgoing(book, shift, at=at):
        raise Refused("duty.sign_not_yours")


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who writes in the log: whether they lead then, or keep the book."""

    person_id: int | None
    leads: bool
    keeps_book: bool


def writes_as(book: Book, line: Line, writer: Writer, *, at: datetime) -> tuple[WrittenAs, int | None] | None:
    """As what somebody may write of an instant in a lane, and in which shift; None: not at all.

    Whoever is on duty there at that instant, whoever leads then, and whoever keeps the book.
    """
    for one in on_duty_at(book, line, at=at):
        if one.person_id == writer.person_id:
            return WrittenAs.DUTY, one.shift_id
    if writer.leads:
        return WrittenAs.LEADER, None
    return (WrittenAs.OFFICE, None) if writer.keeps_book else None


def on_in(book: Book, lines: Iterable[Line], person_id: int | None, *, at: datetime) -> list[Line]:
    """The lanes in which somebody is on duty at an instant."""
    return [line for line in lines if person_id in {one.person_id for one in on_duty_at(book, line, at=at)}]


class Rounds(NamedTuple):
    """Rounds of a lane over a day: the last one made, when the next is due, and the times that went by without one."""

    last: datetime | None
    due: datetime | None
    missed: tuple[datetime, ...]


def rounds_of(
    watched: Sequence[tuple[datetime, datetime]], made: Iterable[datetime], *, at: datetime, start: datetime
) -> Rounds:
    """One round in each two hours as long as somebody is on duty; counted from the last round, or from the beginning.

    `watched` is when somebody was there, `start` from when it is told; a time that went by begins the next two hours.
    """
    done = sorted(made)
    missed: list[datetime] = []
    due = None
    for begin, end in watched:
        since = max((one for one in done if begin <= one <= start), default=max(begin, start))
        while since < end:
            wanted = since + ROUND_EVERY
            found = next((one for one in done if since < one <= min(wanted, at)), None)
            if found is None and (wanted > at or wanted > end):
                due = wanted if wanted <= end and begin <= at < end else due
                break
            if found is None and wanted > start:
                missed.append(wanted)
            since = found or wanted
    return Rounds(max((one for one in done if start <= one <= at), default=None), due, tuple(missed))


def watched(book: Book, line: Line, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """When somebody is on duty in a lane, whoever it is; stretches that touch are one."""
    found: list[tuple[datetime, datetime]] = []
    for one in stretches(book, line, start, end):
        if one.people and found and found[-1][1] == one.starts_at:
            found[-1] = (found[-1][0], one.ends_at)
        elif one.people:
            found.append((one.starts_at, one.ends_at))
    return found


class Zero(NamedTuple):
    """A slot after which an area reports how many are there: "zero" where nobody is missing (R96)."""

    area_id: int | None
    role: str
    starts_at: datetime
    ends_at: datetime
    name: str
    name_en: str

    @property
    def told_at(self) -> datetime:
        """When the leader is told that it is missing."""
        return self.ends_at + ZERO_AFTER

    def holds(self, happened_at: datetime) -> bool:
        """Whether a report of this instant is one of this night."""
        return self.starts_at <= happened_at < self.ends_at + ZERO_WITHIN


def zeros_in(needs: Mapping[Line, Sequence[Need]]) -> list[Zero]:
    """Slots that ask for a report, the earliest first.

    Pieces of one slot, cut by another one that lies over it, are one.
    """
    found: list[Zero] = []
    for line, rows in needs.items():
        asked = [one for one in rows if one.asks_report]
        cuts = [0, *(n for n, (one, two) in enumerate(pairwise(asked), 1) if one.ends_at < two.starts_at), len(asked)]
        for first, last in pairwise(cuts):
            if first < last:
                one = asked[first]
                found.append(Zero(*line, one.starts_at, asked[last - 1].ends_at, one.name, one.name_en))
    return sorted(found, key=lambda one: (one.starts_at, one.area_id or 0, one.role))
