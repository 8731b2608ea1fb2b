"""Whose a shift is, and who could do it instead: those who are free and rested come first (D3, D10)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from portal.duty.rules import LEADING, Book, Clash, Conflict, Duty, Line, Shift, Terms, against
from portal.responsibilities.rules import holder_at

BLOCKING = frozenset({Clash.AWAY, Clash.LEFT, Clash.TWO_PLACES})
"""Whoever one of these speaks against is not free, however much they want to be."""
LONG = timedelta(days=999)
MOST_ASKED = 60


class Person(Protocol):
    """Somebody of the staff."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    def may_lead(self, at: datetime) -> bool: ...


class People(Protocol):
    """The staff of a school, and what is known of each."""

    @property
    def people(self) -> Mapping[int, Person]: ...
    @property
    def terms(self) -> Terms: ...


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody who could do a shift, with what speaks against it. `knows`: does such shifts anyway; `rest`: the shorter
    of the rests before and after, None where no other duty is near."""

    person: Person
    against: tuple[Conflict, ...] = ()
    knows: bool = False
    rest: timedelta | None = None

    @property
    def is_free(self) -> bool:
        """Whether they could be there at all."""
        return not any(one.clash in BLOCKING for one in self.against)


def whose(book: Book, shift: Shift) -> int | None:
    """Who is to do a shift when it begins: whoever stands in last, else its person, else whoever holds its post.

    Unlike `on_duty_at` it also names somebody who will be away: they above all need to find somebody else.
    """
    standing = [one for one in book.stand_ins.get(shift.id, ()) if one.covers(shift, shift.starts_at)]
    if standing:
        return max(standing, key=lambda one: one.id).person_id
    if shift.person_id is not None:
        return shift.person_id
    tenures = book.tenures.get(shift.post_id or 0, ())
    away = [row for tenure in tenures for row in book.absences.get(tenure.person_id, ())]
    held = holder_at(tenures, away, at=shift.starts_at)
    return held.person_id if held else None


def speaks_against(
    person_id: int, gets: Duty, duties: Sequence[Duty], terms: Terms, *, gives: int | None = None
) -> tuple[Conflict, ...]:
    """What speaks against giving a duty to somebody who gives a shift (`gives`) away for it."""
    kept = [duty for duty in duties if duty.shift_id is None or duty.shift_id not in (gives, gets.shift_id)]
    return tuple(against(person_id, gets, kept, terms))


def no_fit(person_id: int, gets: Duty, staff: People) -> str | None:
    """The code of why this can never be, whoever approves: not of the staff by then, or no leading post when a duty of
    leading begins."""
    person, left = staff.people.get(person_id), staff.terms.left.get(person_id)
    if person is None or (left is not None and left <= gets.starts_at):
        return "duty.person_missing"
    return "duty.swap_may_not_lead" if gets.line == LEADING and not person.may_lead(gets.starts_at) else None


def offers(
    gets: Duty, duties: Mapping[int, Sequence[Duty]], staff: People, *, but: Iterable[int | None] = ()
) -> list[Offer]:
    """Everybody who may do a duty: those whom nothing speaks against first, among them those who know it, and of
    these the most rested."""
    left_out = set(but)
    found = [
        _offer(person, gets, duties.get(person.id, ()), staff.terms)
        for person in staff.people.values()
        if person.id not in left_out and no_fit(person.id, gets, staff) is None
    ]
    return sorted(found, key=_order)


def fitting(found: Iterable[Offer], line: Line) -> tuple[int, ...]:
    """Of those who could do a duty all who do such duties anyway and whom nothing speaks against, in their order, as
    many as are asked at once. Whoever may lead may be asked to, also if they have not yet."""
    fit = [one.person.id for one in found if not one.against and (one.knows or line == LEADING)]
    return tuple(fit[:MOST_ASKED])


def _order(offer: Offer) -> tuple[bool, bool, bool, timedelta, str, int]:
    rested = LONG if offer.rest is None else offer.rest
    return not offer.is_free, bool(offer.against), not offer.knows, -rested, offer.person.name, offer.person.id


def _offer(person: Person, gets: Duty, duties: Sequence[Duty], terms: Terms) -> Offer:
    speaks = speaks_against(person.id, gets, duties, terms)
    knows = any(duty.line.role == gets.line.role for duty in duties)
    return Offer(person, speaks, knows, _rest(gets, duties))


def _rest(gets: Duty, duties: Sequence[Duty]) -> timedelta | None:
    before = [gets.starts_at - duty.ends_at for duty in duties if duty.ends_at <= gets.starts_at]
    after = [duty.starts_at - gets.ends_at for duty in duties if duty.starts_at >= gets.ends_at]
    return min([*before, *after], default=None)
