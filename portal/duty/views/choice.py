"""Whom to put on duty: everybody of the staff, and beside each name in words what speaks against them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.core.clock import local
from portal.duty import labels
from portal.duty.queries import Colleague, OpenBook, Staff
from portal.duty.rostering.rules.weights import Scale, weights_from
from portal.duty.rules import LEADING, Clash, Conflict, Duty, against, duties_of_people
from portal.duty.views.words import Words, hours_text, span_text
from portal.rendering.moments import day_text

BACK = timedelta(days=28)
"""How far back hours count for whose turn it is."""
NEAR = timedelta(days=3)
MOST = 150


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who may be chosen. `minutes` is the weighted time of the last four weeks; `against` speaks in words."""

    person_id: int
    name: str
    title: str
    minutes: int
    hours: str
    against: tuple[str, ...]
    is_there: bool
    does_it: bool

    @property
    def is_free(self) -> bool:
        """Whether nothing speaks against them."""
        return not self.against and not self.is_there


@dataclass(frozen=True, slots=True)
class Staffing:
    """What is known for a choice: the staff, their duties around the time, what an hour counts."""

    staff: Staff
    duties: Mapping[int, Sequence[Duty]]
    scale: Scale
    words: Words
    weights: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, staff: Staff, opened: OpenBook, words: Words, start: datetime, end: datetime) -> "Staffing":
        """Everybody's duties between two instants, as the book has them."""
        duties = duties_of_people(opened.book, start, end)
        return cls(staff, duties, Scale(words.plan.days, weights_from(staff.tenths)), words)

    def choices(self, duty: Duty) -> list[Choice]:
        """Everybody who may do this duty: the free ones first, of them those who do it otherwise, then by hours."""
        people = list(self.staff.people.values())
        if duty.line == LEADING:
            people = [one for one in people if one.may_lead(duty.starts_at)]
        found = [self._choice(one, duty) for one in people]
        return sorted(found, key=lambda one: (one.is_there, bool(one.against), not one.does_it, one.minutes, one.name))

    def freest(self, duty: Duty, but: Iterable[int]) -> Choice | None:
        """The first of them against whom nothing speaks and who does it otherwise, or may lead."""
        left_out = set(but)
        known = [one for one in self.staff.people.values() if one.id not in left_out and self._fits(one, duty)]
        known.sort(key=lambda one: (self._weight(one.id, duty.shift_id), one.name))
        return next((choice for one in known if (choice := self._choice(one, duty)).is_free), None)

    def _fits(self, who: Colleague, duty: Duty) -> bool:
        """Whether somebody does this otherwise, or may lead."""
        if duty.line == LEADING:
            return who.may_lead(duty.starts_at)
        return any(
            one.line.role == duty.line.role and one.shift_id != duty.shift_id for one in self.duties.get(who.id, ())
        )

    def _weight(self, person_id: int, but: int | None) -> int:
        """Weighted minutes of all duties that were read, but for one shift."""
        duties = self.duties.get(person_id, ())
        if person_id not in self.weights:
            self.weights[person_id] = sum(self.scale.of(one.starts_at, one.ends_at) for one in duties)
        own = [one for one in duties if but is not None and one.shift_id == but]
        return (self.weights[person_id] - sum(self.scale.of(one.starts_at, one.ends_at) for one in own)) // 10

    def _choice(self, who: Colleague, duty: Duty) -> Choice:
        others = [one for one in self.duties.get(who.id, ()) if one.shift_id is None or one.shift_id != duty.shift_id]
        is_there = any(
            one.line == duty.line and one.starts_at < duty.ends_at and one.ends_at > duty.starts_at for one in others
        )
        near = [one for one in others if one.ends_at > duty.starts_at - NEAR and one.starts_at < duty.ends_at + NEAR]
        clashes = [] if is_there else against(who.id, duty._replace(shift_id=None), near, self.staff.terms)
        minutes = self._weight(who.id, duty.shift_id)
        return Choice(
            who.id, who.name, who.title, minutes, hours_text(timedelta(minutes=minutes)),
            tuple(dict.fromkeys(clash_text(one, near, self.words) for one in clashes)), is_there,
            any(one.line.role == duty.line.role for one in others),
        )  # fmt: skip


def clash_text(one: Conflict, duties: Sequence[Duty], words: Words) -> str:
    """What speaks against somebody, in words."""
    busy = next(
        (duty for duty in duties
         if one.clash is Clash.TWO_PLACES and duty.shift_id in (one.shift_id, one.other_shift_id)
         and duty.starts_at < one.ends_at and duty.ends_at > one.starts_at), None,
    )  # fmt: skip
    return words.say(
        labels.AGAINST[one.clash], when=when_text(one.starts_at, one.ends_at, words),
        lane=words.line(busy.line) if busy else "", hours=hours_text(one.ends_at - one.starts_at),
    )  # fmt: skip


def when_text(start: datetime, end: datetime, words: Words) -> str:
    """11月23日 周一 08:00–12:00, over midnight with both days."""
    first, last = local(start).date(), local(end - timedelta(microseconds=1)).date()
    if first == last:
        return f"{words.on(first)} {span_text(start, end)}"
    starts, ends = span_text(start, end).split("–")
    if ends != "24:00":
        last = local(end).date()
    return f"{words.on(first)} {starts}–{day_text(last, today=first, language=words.language)} {ends}"


def found_by(people: Sequence[Choice], asked: str) -> list[Choice]:
    """Those whose name or post holds what is asked for; everybody for nothing."""
    wanted = asked.strip().lower()
    return [one for one in people if wanted in f"{one.name} {one.title}".lower()]
