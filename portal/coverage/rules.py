"""What counts as covered, and what is a blind spot, at an instant. Pure (R25, E5).

The one number of a school is: of all its grids, how many have somebody of their own who answers for them now. Headings,
which only group other grids, do not count. A grid that is merely answered for from above is a gap: the person there has
not been named for this place.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from portal.importing.oddities.people import is_chinese
from portal.responsibilities.rules import Answer, Facts, Ground, changes_of, claimants_at, responsible_for

SOON = timedelta(days=30)
"""An appointment that ends within this time with nobody after it is worth saying."""

MOST_INSTANTS = 200
"""So many turns ahead are kept as spans; later ones are found when they come nearer."""


class Why(StrEnum):
    """Why a grid is not covered."""

    NO_POST = "no_post"
    VACANT = "vacant"


@dataclass(frozen=True, slots=True)
class GridGap:
    """A grid that nobody answers for: without a post of its own, or with a vacant one."""

    grid_id: int
    why: Why
    post_id: int | None = None


@dataclass(frozen=True, slots=True)
class Fraction:
    """`have` of `whole` are in order."""

    have: int
    whole: int

    @property
    def missing(self) -> int:
        """How many are not in order."""
        return self.whole - self.have


def uncovered(facts: Facts, grids: Iterable[int], *, at: datetime) -> list[GridGap]:
    """The grids that have nobody of their own at an instant, in the order given."""
    return [gap for grid_id in grids if (gap := gap_in(grid_id, responsible_for(facts, grid_id, at=at))) is not None]


def gap_in(grid_id: int, answer: Answer) -> GridGap | None:
    """Why a grid is not covered, of the answer to who is responsible for it; None when it is."""
    is_own = answer.grid_id == grid_id and answer.ground in (Ground.KEEPS, Ground.RULED)
    if not is_own:
        return GridGap(grid_id, Why.NO_POST)
    return GridGap(grid_id, Why.VACANT, answer.post_id) if answer.is_gap else None


@dataclass(frozen=True, slots=True)
class Span:
    """The fraction and its gaps over `[starts_at, ends_at)`; without an end nothing more is known to change."""

    starts_at: datetime
    ends_at: datetime | None
    fraction: Fraction
    gaps: tuple[GridGap, ...] = ()


def spans(facts: Facts, grids: Sequence[int], *, at: datetime) -> list[Span]:
    """The fraction now and at every instant to come at which it is known to change; neighbours that agree in their
    gaps are one.

    Whether a grid is covered follows from its own posts and rows alone, so only those are asked again whose rows turn.
    """
    gaps = {grid_id: gap_in(grid_id, responsible_for(facts, grid_id, at=at)) for grid_id in grids}
    turning: dict[datetime, list[int]] = defaultdict(list)
    for grid_id in grids:
        for instant in _instants(facts, grid_id):
            if instant > at:
                turning[instant].append(grid_id)
    instants = sorted(turning)
    found = [_span(at, gaps.values())]
    for instant in instants[:MOST_INSTANTS]:
        gaps |= {one: gap_in(one, responsible_for(facts, one, at=instant)) for one in turning[instant]}
        following = _span(instant, gaps.values())
        if following.gaps != found[-1].gaps:
            found[-1] = replace(found[-1], ends_at=instant)
            found.append(following)
    if len(instants) > MOST_INSTANTS:
        found[-1] = replace(found[-1], ends_at=instants[MOST_INSTANTS])
    return found


def _span(begins: datetime, gaps: Collection[GridGap | None]) -> Span:
    missing = tuple(gap for gap in gaps if gap is not None)
    return Span(begins, None, Fraction(len(gaps) - len(missing), len(gaps)), missing)


def _instants(facts: Facts, grid_id: int) -> Iterator[datetime]:
    """Every instant at which another answer may be given for a grid by what stands on it."""
    rows = facts.rulings(grid_id, "")
    named = [post for row in rows if (post := facts.post(row.post_id)) is not None]
    for row in rows:
        yield from (one for one in (row.starts_at, row.ends_at) if one is not None)
    for post in (*facts.posts_on.get(grid_id, ()), *named):
        yield from (one for one in (post.made_at, post.ended_at) if one is not None)
    for post_id in {post.id for post in facts.posts_on.get(grid_id, ())} | {row.post_id for row in rows}:
        tenures = facts.tenures_of.get(post_id, ())
        away = [one for tenure in tenures for one in facts.absences_of.get(tenure.person_id, ())]
        yield from changes_of(tenures, away)


def doubles(facts: Facts, *, at: datetime) -> list[tuple[int, int]]:
    """Posts that more than one person would answer for with equal right, as `(post, how many)`."""
    found = []
    for post_id, tenures in facts.tenures_of.items():
        away = [one for tenure in tenures for one in facts.absences_of.get(tenure.person_id, ())]
        number = len({tenure.person_id for tenure in claimants_at(tenures, away, at=at)})
        if number > 1:
            found.append((post_id, number))
    return found


def crowded(facts: Facts, grids: Iterable[int], *, at: datetime) -> list[tuple[int, int]]:
    """Grids on which more than one accountable post has somebody, as `(grid, how many)`: who is the one?"""
    found = []
    for grid_id in grids:
        posts = [post for post in facts.posts_on.get(grid_id, ()) if post.is_accountable and post.stands(at)]
        number = sum(1 for post in posts if facts.holder(post.id, at=at) is not None)
        if number > 1:
            found.append((grid_id, number))
    return found


def running_out(facts: Facts, *, at: datetime) -> list[tuple[int, datetime]]:
    """Posts that somebody answers for now and nobody at some instant within `SOON`, as `(post, that instant)`."""
    found = []
    for post_id, tenures in facts.tenures_of.items():
        if facts.holder(post_id, at=at) is None:
            continue
        ends = sorted(one.ends_at for one in tenures if one.ends_at is not None and at < one.ends_at <= at + SOON)
        vacant = next((end for end in ends if facts.holder(post_id, at=end) is None), None)
        if vacant is not None:
            found.append((post_id, vacant))
    return found


def look_alikes(names: Mapping[int, str]) -> Iterator[tuple[int, int]]:
    """Pairs of people whose names differ by exactly one Chinese character, and those who bear the same name.

    Names that differ in digits or Latin letters only are no look-alikes: pseudonyms and numbered posts would be all.
    """
    buckets: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    same: dict[str, list[int]] = defaultdict(list)
    for person_id, name in sorted(names.items()):
        yield from ((other, person_id) for other in same[name])
        same[name].append(person_id)
        for position, sign in enumerate(name):
            if len(name) > 1 and is_chinese(sign):
                bucket = buckets[name[:position], position, name[position + 1 :]]
                yield from ((other, person_id) for other in bucket if names[other] != name)
                bucket.append(person_id)
