"""A chain as a list of links: who gives to whom. What is wrong with one, and how it reads in plain words. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from portal.core.refusals import Refused
from portal.letters.rules.chain import Edge, Reach

MOST_LINKS = 40
MOST_LINES = 12
NEVER_GIVES = frozenset({"pupil", "duty_leader"})
NEVER_TAKES = frozenset({"bureau_officer", "duty_leader"})


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain as a school writes it."""

    step: int
    giver: str
    taker: str
    reach: Reach
    is_on_paper: bool = False


def link_of(edge: Edge) -> Link:
    """The link that an edge is."""
    return Link(edge.step, edge.giver_role, edge.taker_role, edge.reach, edge.is_on_paper)


def in_order(links: Iterable[Link]) -> tuple[Link, ...]:
    """With steps 1, 2, 3 … and none left out, in their order."""
    found = sorted(links, key=lambda one: one.step)
    steps = {step: number for number, step in enumerate(dict.fromkeys(one.step for one in found), start=1)}
    return tuple(replace(one, step=steps[one.step]) for one in found)


def with_link(links: Sequence[Link], new: Link) -> tuple[Link, ...]:
    """With one more. Refused: `letter.chain_role`, `letter.chain_twice`, `letter.chain_same`, `letter.chain_circle`,
    `letter.chain_long`."""
    if new.giver in NEVER_GIVES or new.taker in NEVER_TAKES:
        raise Refused("letter.chain_role")
    if any(one.taker == new.taker for one in links):
        raise Refused("letter.chain_twice")
    if new.giver == new.taker and new.reach is not Reach.SCHOOL:
        raise Refused("letter.chain_same")
    if len(links) >= MOST_LINKS:
        raise Refused("letter.chain_long", most=MOST_LINKS)
    made = [*links, new]
    if circle_in(made):
        raise Refused("letter.chain_circle")
    return in_order(made)


def without(links: Sequence[Link], taker: str) -> tuple[Link, ...]:
    """Without the link by which a role takes. The last one stays: a kind that nobody takes is no chain."""
    rest = [one for one in links if one.taker != taker]
    if not rest:
        raise Refused("letter.chain_empty")
    return in_order(rest)


def moved(links: Sequence[Link], taker: str, by: int) -> tuple[Link, ...]:
    """With one link a step earlier (-1) or later (1).

    Between two steps lies the place of a step of its own: a link that shares its step with others leaves them first.
    """
    doubled = [replace(one, step=one.step * 2) for one in in_order(links)]
    chosen = next((one for one in doubled if one.taker == taker), None)
    if chosen is None:
        return in_order(links)
    shares = sum(one.step == chosen.step for one in doubled) > 1
    placed = replace(chosen, step=max(1, chosen.step + (by if shares else 2 * by)))
    return in_order(placed if one is chosen else one for one in doubled)


def circle_in(links: Iterable[Link]) -> tuple[str, ...]:
    """A circle of roles that would give letters to each other in the round; () where there is none. A role that takes
    from the one of the whole school that has the same name is none."""
    gives: dict[str, list[str]] = {}
    for one in links:
        if one.giver != one.taker:
            gives.setdefault(one.giver, []).append(one.taker)
    for start in gives:
        found = _way_back(start, gives)
        if found:
            return found
    return ()


def _way_back(start: str, gives: dict[str, list[str]]) -> tuple[str, ...]:
    waiting: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while waiting:
        way = waiting.pop()
        for role in gives.get(way[-1], ()):
            if role == start:
                return (*way, start)
            if role not in seen:
                seen.add(role)
                waiting.append((*way, role))
    return ()


def ways_of(links: Sequence[Link]) -> tuple[tuple[str, ...], ...]:
    """The chain from the first giver down to each last taker, as roles in a row."""
    gives: dict[str, list[str]] = {}
    for one in links:
        if one.giver != one.taker:
            gives.setdefault(one.giver, []).append(one.taker)
    takers = {role for roles in gives.values() for role in roles}
    ways = [way for role in gives if role not in takers for way in _ways_from((role,), gives)]
    alone = [(one.giver, one.taker) for one in links if one.giver == one.taker]
    return tuple([*ways, *alone][:MOST_LINES])


def _ways_from(way: tuple[str, ...], gives: dict[str, list[str]]) -> Iterator[tuple[str, ...]]:
    below = [role for role in gives.get(way[-1], ()) if role not in way]
    if not below:
        yield way
    for role in below:
        yield from _ways_from((*way, role), gives)
