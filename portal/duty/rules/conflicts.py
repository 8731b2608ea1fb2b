"""What speaks against a plan of duty: two places at once, no rest, away, gone, not appointed (D3, D19)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

from portal.duty.rules.book import As, Book, stretches
from portal.duty.rules.needs import Line
from portal.responsibilities.rules import Absence, Tenure

LONGEST = timedelta(hours=24)
REST = timedelta(hours=11)


class Clash(StrEnum):
    """Why somebody should not do a shift."""

    TWO_PLACES = "two_places"
    TOO_LONG = "too_long"
    NO_REST = "no_rest"
    AWAY = "away"
    LEFT = "left"
    NO_POST = "no_post"


class Duty(NamedTuple):
    """One person's time on duty in one lane, without a break."""

    starts_at: datetime
    ends_at: datetime
    line: Line
    shift_id: int | None

    def __lt__(self, other: tuple[Any, ...]) -> bool:
        """In order of time; the whole school has no area and a fallback no shift, and None is less than nothing."""
        return _order(self) < _order(other)


def _order(duty: tuple[Any, ...]) -> tuple[Any, ...]:
    starts_at, ends_at, line, shift_id = duty
    return starts_at, ends_at, line.area_id or 0, line.role, shift_id or 0


class Conflict(NamedTuple):
    """One thing that speaks against the plan: of whom, why, from when until when, and by which shift."""

    person_id: int
    clash: Clash
    starts_at: datetime
    ends_at: datetime
    shift_id: int | None = None
    other_shift_id: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What is known of people: when each left, when away, and over which times each holds a post of the school."""

    left: Mapping[int, datetime] = field(default_factory=dict)
    absences: Mapping[int, Sequence[Absence]] = field(default_factory=dict)
    held: Mapping[int, Sequence[Tenure]] = field(default_factory=dict)


def duties_of_people(book: Book, start: datetime, end: datetime) -> dict[int, list[Duty]]:
    """Everybody's time on duty between two instants, in order, as it comes out with swaps and leave. Stepping in as a
    fallback is not planned duty and does not count."""
    found: dict[int, list[Duty]] = {}
    for line in book.lines:
        for stretch in stretches(book, line, start, end):
            for one in stretch.people:
                if one.stands is not As.FALLBACK:
                    duty = Duty(stretch.starts_at, stretch.ends_at, line, one.shift_id)
                    _lengthen(found.setdefault(one.person_id, []), duty)
    for duties in found.values():
        duties.sort()
    return found


def _lengthen(duties: list[Duty], new: Duty) -> None:
    """Joins what goes on in the same lane by the same shift."""
    if duties and duties[-1].ends_at == new.starts_at and duties[-1][2:] == new[2:]:
        duties[-1] = duties[-1]._replace(ends_at=new.ends_at)
    else:
        duties.append(new)


def overlaps(person_id: int, duties: Sequence[Duty]) -> list[Conflict]:
    """Two places at once: of two duties that overlap, the time that they share."""
    found, running = [], list[Duty]()
    for duty in duties:
        running = [one for one in running if one.ends_at > duty.starts_at]
        found += [
            Conflict(
                person_id, Clash.TWO_PLACES, duty.starts_at, min(one.ends_at, duty.ends_at), duty.shift_id, one.shift_id
            )
            for one in running
        ]
        running.append(duty)
    return found


def spells(duties: Sequence[Duty], rest: timedelta = REST) -> list[list[Duty]]:
    """Duties that follow each other without a rest of eleven hours between them."""
    found: list[list[Duty]] = []
    reached: datetime | None = None
    for duty in duties:
        if reached is not None and duty.starts_at - reached < rest:
            found[-1].append(duty)
        else:
            found.append([duty])
        reached = duty.ends_at if reached is None else max(reached, duty.ends_at)
    return found


def without_rest(person_id: int, duties: Sequence[Duty]) -> list[Conflict]:
    """More than 24 hours in a row; or more than 24 hours from the first duty to the last with no rest of 11 hours.

    A day of 24 hours is allowed (the leader's day, R92), and so are two short duties of one day: what counts is that
    eleven hours without duty lie within each day and a bit.
    """
    found = []
    for spell in spells(duties, rest=timedelta(microseconds=1)):
        ends = max(duty.ends_at for duty in spell)
        if ends - spell[0].starts_at > LONGEST:
            found.append(Conflict(person_id, Clash.TOO_LONG, spell[0].starts_at, ends, spell[-1].shift_id))
    for spell in spells(duties):
        first, ends = spell[0].starts_at, max(duty.ends_at for duty in spell)
        broken = any(one.ends_at < other.starts_at for one, other in pairwise(spell))
        if broken and ends - first > LONGEST:
            over = next(duty for duty in spell if duty.ends_at > first + LONGEST)
            found.append(Conflict(person_id, Clash.NO_REST, first, ends, over.shift_id))
    return found


def unfit(person_id: int, duty: Duty, terms: Terms) -> list[Conflict]:
    """Away, gone, or without a post of the school when the duty begins."""
    found = []
    left = terms.left.get(person_id)
    if left is not None and left < duty.ends_at:
        found.append(Conflict(person_id, Clash.LEFT, max(duty.starts_at, left), duty.ends_at, duty.shift_id))
    for row in terms.absences.get(person_id, ()):
        if row.starts_at < duty.ends_at and (row.ends_at is None or row.ends_at > duty.starts_at):
            ends = duty.ends_at if row.ends_at is None else min(row.ends_at, duty.ends_at)
            starts = max(row.starts_at, duty.starts_at)
            found.append(Conflict(person_id, Clash.AWAY, starts, ends, duty.shift_id))
    if left is None and not any(tenure.is_in_force(duty.starts_at) for tenure in terms.held.get(person_id, ())):
        found.append(Conflict(person_id, Clash.NO_POST, duty.starts_at, duty.ends_at, duty.shift_id))
    return found


def conflicts(
    book: Book, planned: Iterable[tuple[int, Duty]], terms: Terms, start: datetime, end: datetime
) -> list[Conflict]:
    """Everything that speaks against the book between two instants, in order of time.

    `planned` are the shifts as they were meant: (person, duty). Whoever is away or gone is missing from the book, so
    these are looked for there.
    """
    found = []
    for person_id, duties in duties_of_people(book, start, end).items():
        found += overlaps(person_id, duties) + without_rest(person_id, duties)
    for person_id, duty in planned:
        found += unfit(person_id, duty, terms)
    return sorted(set(found), key=lambda one: (one.starts_at, one.person_id, one.clash))


def against(person_id: int, duty: Duty, duties: Sequence[Duty], terms: Terms) -> list[Conflict]:
    """What would speak against giving this duty to this person, beside the ones they have. For the choice of people."""
    before = set(overlaps(person_id, duties) + without_rest(person_id, duties))
    both = sorted((*duties, duty))
    new = [one for one in overlaps(person_id, both) + without_rest(person_id, both) if one not in before]
    return unfit(person_id, duty, terms) + new
