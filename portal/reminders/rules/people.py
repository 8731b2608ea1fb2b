"""From words of the tree ("the nearest holder") to people, and never to one who may not see the card (B20)."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from portal.duty.rules import leading_at
from portal.hazards.rules import Sight, may_see
from portal.hazards.rules.standing import has_rectified
from portal.permissions.rules import ABOVE
from portal.reminders.rules.card import Card, Circle, Holder, unique
from portal.reminders.rules.policy import Who
from portal.responsibilities.rules import UPWARDS, told_for

NEAR_ROLES = ("chief", "keeper", "class_teacher")
HEAD_ROLES = ("principal", "vice_head")


def people_for(
    whos: Collection[Who], card: Card, circle: Circle, *, at: datetime, but: Collection[int] = (),
    first: tuple[int, ...] = (),
) -> tuple[int, ...]:  # fmt: skip
    """The people behind these words who may see the card, each once, without `but` (whoever did it).

    `first` are people who are named themselves and told before them.

    Where nobody of them may see a sensitive card, the people named for such cards are told instead.
    """
    found = unique((*first, *(person for who in whos for person in RESOLVE[who](card, circle, at))))
    seeing = tuple(person for person in found if sees(person, card, circle, at=at))
    if found and not seeing:
        seeing = tuple(person for person in sorted(circle.named) if sees(person, card, circle, at=at))
    return tuple(person for person in seeing if person not in but)


def sees(person: int, card: Card, circle: Circle, *, at: datetime) -> bool:
    """Whether this person may see the card: the one rule of the hazards room over the circle."""
    marked = (*circle.accountable, *circle.supervising, *circle.informed)
    involved = (*circle.responsible, *circle.helpers, *marked, card.watcher_id, card.supervisor_id, card.reported_by)
    sight = Sight(
        in_scope=any(h.person_id == person and h.role in ABOVE for h in circle.above) or _leads(person, circle, at),
        involved=person in involved,
        received=person in circle.receivers,
        named=person in circle.named,
    )
    return may_see(restricted=card.is_restricted, sight=sight)


def _leads(person: int, circle: Circle, at: datetime) -> bool:
    return person in _leader(circle, at)


def _leader(circle: Circle, at: datetime) -> tuple[int, ...]:
    leading = leading_at(circle.leaders, at)
    return (leading.leader_id,) if leading and leading.leader_id is not None else ()


def levels(circle: Circle, *, but: Collection[int] = ()) -> list[tuple[int, ...]]:
    """Whoever answers on the way up, one entry for each part of the tree that has somebody, the nearest first.

    On one level, chiefs and keepers come before offices, the safety office before the heads; of several holders the
    primary ones. People in `but` are passed over: nobody is told of their own delay as if they were their superior.
    """
    found: dict[str, list[Holder]] = {}
    for holder in circle.above:
        if holder.is_accountable and holder.role in ABOVE and holder.person_id not in but:
            found.setdefault(holder.path, []).append(holder)
    return [_front(found[path]) for path in sorted(found, key=len, reverse=True)]


def _front(holders: list[Holder]) -> tuple[int, ...]:
    for roles in (NEAR_ROLES, *((role,) for role in UPWARDS)):
        of_roles = [holder for holder in holders if holder.role in roles]
        if of_roles:
            return _primary(of_roles)
    return _primary(holders)


def _primary(holders: list[Holder]) -> tuple[int, ...]:
    return unique(h.person_id for h in ([h for h in holders if h.is_primary] or holders))


def _level(circle: Circle, number: int, but: Collection[int]) -> tuple[int, ...]:
    found = levels(circle, but=but)
    return found[min(number, len(found) - 1)] if found else ()


def _nearest(card: Card, circle: Circle, _at: datetime) -> tuple[int, ...]:
    return _level(circle, 0, circle.responsible if card.status != "reported" else (card.reported_by or 0,))


def _meant(card: Card, circle: Circle, at: datetime) -> tuple[int, ...]:
    """Whoever answers for a new report by the rule, who did not report it and may see it; else the nearest."""
    others = (person for person in circle.meant if person != card.reported_by)
    found = next((person for person in others if sees(person, card, circle, at=at)), None)
    return _nearest(card, circle, at) if found is None else (found,)


def _next(card: Card, circle: Circle, at: datetime) -> tuple[int, ...]:
    """The one above whoever was told first."""
    first = _meant(card, circle, at)
    reach = max((len(h.path) for h in circle.above if h.person_id in first), default=0)
    higher = replace(circle, above=tuple(h for h in circle.above if len(h.path) < reach))
    return _level(higher, 0, (card.reported_by or 0,)) or _level(circle, 1, (card.reported_by or 0,))


def _building(card: Card, circle: Circle, at: datetime) -> tuple[int, ...]:
    chiefs = [h for h in circle.above if h.grid_kind == "building" and h.role == "chief"]
    return _primary(chiefs) if chiefs else _nearest(card, circle, at)


def _recheckers(card: Card, circle: Circle, _at: datetime) -> tuple[int, ...]:
    """As the move itself decides it: the supervisor if listed, the heads if major, else the nearest above."""
    own = {person for person in _everybody(circle, card) if has_rectified(person, card.rectifiers)}
    own |= set(circle.responsible)
    if card.is_listed:
        return tuple(person for person in unique((card.supervisor_id,)) if person not in own)
    if card.is_red:
        return _offices(HEAD_ROLES, circle, but=own)
    return _level(circle, 0, own)


def _everybody(circle: Circle, card: Card) -> tuple[int, ...]:
    return unique((*(h.person_id for h in circle.above), *circle.helpers, card.supervisor_id))


def _by_role(*roles: str) -> Callable[[Card, Circle, datetime], tuple[int, ...]]:
    return lambda _card, circle, _at: _offices(roles, circle)


def _offices(roles: Collection[str], circle: Circle, *, but: Collection[int] = ()) -> tuple[int, ...]:
    """Whoever answers for these offices; where nobody is there, the next above (E8)."""
    answering: dict[str, list[int]] = {}
    for holder in circle.above:
        if holder.role in UPWARDS and holder.is_primary and holder.person_id not in but:
            answering.setdefault(holder.role, []).append(holder.person_id)
    return tuple(told_for(roles, answering))


def _watchers(card: Card, circle: Circle, at: datetime) -> tuple[int, ...]:
    """Whoever watches; while they are away, the nearest: a danger is never without somebody who looks."""
    there = _there((card.watcher_id,), circle)
    return there if there or card.watcher_id is None else _nearest(card, circle, at)


def _supervisors(card: Card, circle: Circle, _at: datetime) -> tuple[int, ...]:
    """The supervising leader; while they are away, the heads."""
    there = _there((card.supervisor_id,), circle)
    return there if there or card.supervisor_id is None else _offices(HEAD_ROLES, circle)


def _there(people: Collection[int | None], circle: Circle) -> tuple[int, ...]:
    return tuple(person for person in unique(people) if person not in circle.away)


RESOLVE: dict[Who, Callable[[Card, Circle, datetime], tuple[int, ...]]] = {
    # The work of a vacant post is told to the next above, who has to fill it or do it.
    Who.RESPONSIBLE: lambda card, circle, at: circle.responsible or _nearest(card, circle, at),
    Who.STEP: lambda card, circle, at: circle.responsible or _nearest(card, circle, at),
    Who.MEANT: _meant,
    Who.NEAREST: _nearest,
    Who.NEXT: _next,
    Who.BUILDING: _building,
    Who.LEADER: lambda _card, circle, at: _leader(circle, at),
    Who.SAFETY: _by_role("safety_officer"),
    Who.HEADS: _by_role(*HEAD_ROLES),
    Who.FIRST: _by_role("principal"),
    Who.BUREAU: _by_role("bureau_officer"),
    Who.RECHECKERS: _recheckers,
    Who.RECEIVERS: lambda _card, circle, _at: circle.receivers,
    Who.WATCHERS: _watchers,
    Who.REPORTER: lambda card, _circle, _at: unique((card.reported_by,)),
    Who.HELPERS: lambda _card, circle, _at: _there(circle.helpers, circle),
    Who.MAIN: lambda _card, circle, _at: circle.accountable,
    Who.SUPERVISE: lambda _card, circle, _at: circle.supervising,
    Who.INFORM: lambda _card, circle, _at: circle.informed,
    Who.SUPERVISORS: _supervisors,
}
