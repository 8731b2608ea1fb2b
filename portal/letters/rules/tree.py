"""A round as the tree of its chain: who gives to whom, and how many of how many have signed below each. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum


class Need(IntEnum):
    """What a letter of a round asks of somebody, the gravest first."""

    FAILED = 0
    REFUSED = 1
    LATE = 2
    WAITING = 3
    MAKING = 4
    COMPLETE = 5
    OVER = 6


EXCEPTIONS = frozenset({Need.FAILED, Need.REFUSED, Need.LATE})


@dataclass(frozen=True, slots=True)
class Leaf:
    """A letter of a round: the post that gives it, the post that takes it, whether all its people have signed."""

    id: int
    giver: int
    taker: int
    need: Need
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """A post that gives letters: those letters, and the branches of the posts that take them and give on.

    `signed` of `whole` counts everything below; letters that are over count nowhere.
    """

    post: int
    letters: tuple[Leaf, ...]
    branches: tuple["Branch", ...]
    signed: int
    whole: int
    exceptions: int


def tree_of(leaves: Sequence[Leaf]) -> tuple[Branch, ...]:
    """The branches of those who give and take none in this round; each post once, whatever the chain says."""
    given: dict[int, list[Leaf]] = {}
    for one in leaves:
        given.setdefault(one.giver, []).append(one)
    takers = {one.taker for one in leaves if one.taker != one.giver}
    seen: set[int] = set()
    roots = [_branch(post, given, seen) for post in given if post not in takers]
    roots += [_branch(post, given, seen) for post in given if post not in seen]
    return _sorted(roots)


def _branch(post: int, given: Mapping[int, Sequence[Leaf]], seen: set[int]) -> Branch:
    seen.add(post)
    letters = sorted(given[post], key=lambda one: (one.need, one.id))
    below = []
    for one in letters:
        if one.taker in given and one.taker not in seen:
            below.append(_branch(one.taker, given, seen))
    counted = [one for one in letters if one.need is not Need.OVER]
    return Branch(
        post, tuple(letters), _sorted(below),
        sum(one.is_signed for one in counted) + sum(one.signed for one in below),
        len(counted) + sum(one.whole for one in below),
        sum(one.need in EXCEPTIONS for one in letters) + sum(one.exceptions for one in below),
    )  # fmt: skip


def _sorted(branches: Sequence[Branch]) -> tuple[Branch, ...]:
    return tuple(sorted(branches, key=lambda one: (-one.exceptions, one.signed - one.whole, one.post)))
