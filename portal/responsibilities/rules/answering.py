"""Who answers for a grid, or for one duty in it, at an instant. Pure, and the only place where it is decided.

In plain words: if the school has ruled on this very duty, here or above, that ruling holds. Else the duty belongs to
the level that its kind names (wiring to the floor, what stands in a room to the room; R10, R17), and there to whoever
holds the grid. A grid without a post of its own is answered for by the grid above. A post without a person is a gap: it
is said so, and it falls to the next above until somebody is named.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.responsibilities.rules.facts import Facts, Mark, Place, rulings_at
from portal.responsibilities.rules.holding import Held


class Ground(StrEnum):
    """Why it is this post."""

    RULED = "ruled"  # a row of the matrix names this duty
    KEEPS = "keeps"  # the post keeps the grid itself, or the level that the duty belongs to
    INHERITED = "inherited"  # the grid has no post of its own; this one keeps a grid above
    NEARER = "nearer"  # the duty belongs to a wider level; this post keeps the place where it was found (R10)
    OFFICE = "office"  # the post has the line of work (domain) that the duty belongs to


@dataclass(frozen=True, slots=True)
class Duty:
    """What is to be answered for: its codes, the most exact first, and the kind of grid that it belongs to.

    `domain` is the line of work that is offered as another choice. No code at all means the grid as a whole.
    """

    codes: tuple[str, ...] = ()
    level: str = ""
    domain: str = ""


WHOLE = Duty()
"""A grid with everything in it."""

LEVELS = {
    "room": ("room",),
    "floor": ("floor",),
    "building": ("building",),
    "canteen": ("canteen_zone", "canteen"),
    "outdoor": ("outdoor",),
}
"""The kinds of grid that a level means. Other levels leave a duty where it was found."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that may answer, with the person (None: vacant), the grid that it comes from, and why."""

    post_id: int
    grid_id: int
    ground: Ground
    held: Held | None
    ruling_id: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Exactly one accountable person, or a declared gap.

    `accountable` is None in a gap; `post_id` is then the vacant post, or None when no post is there at all. `falls_to`
    is who has to see to the gap: the next above who is there.
    """

    accountable: Held | None
    post_id: int | None
    grid_id: int | None
    ground: Ground | None
    ruling_id: int | None = None
    falls_to: Held | None = None
    falls_to_post: int | None = None

    @property
    def is_gap(self) -> bool:
        """True when nobody answers."""
        return self.accountable is None


def responsible_for(facts: Facts, grid_id: int, duty: Duty = WHOLE, *, at: datetime) -> Answer:
    """Who answers for a duty in a grid at an instant: one person, or a gap with who has to close it."""
    found = candidates(facts, grid_id, duty, at=at)
    if not found:
        return Answer(None, None, None, None)
    first = found[0]
    if first.held is not None:
        return Answer(first.held, first.post_id, first.grid_id, first.ground, first.ruling_id)
    above = next((one for one in found[1:] if one.held is not None), None)
    return Answer(
        None, first.post_id, first.grid_id, first.ground, first.ruling_id,
        above.held if above else None, above.post_id if above else None,
    )  # fmt: skip


def candidates(facts: Facts, grid_id: int, duty: Duty = WHOLE, *, at: datetime) -> list[Candidate]:
    """Every post that may answer, the one that does first. A form offers the others where the sources disagree (R20).

    Rulings on the duty come first, the most exact before the wider and the nearest before the higher; then whoever
    keeps the grid of the duty's level and each grid above; last the office that has the line of work.
    """
    found: dict[int, Candidate] = {}
    for one in (*_ruled(facts, grid_id, duty.codes, at), *_keepers(facts, grid_id, duty, at)):
        found.setdefault(one.post_id, one)
    if duty.domain:
        for one in _ruled(facts, grid_id, (duty.domain,), at, ground=Ground.OFFICE):
            found.setdefault(one.post_id, one)
    return list(found.values())


def _ruled(
    facts: Facts, grid_id: int, codes: tuple[str, ...], at: datetime, *, ground: Ground = Ground.RULED
) -> Iterator[Candidate]:
    for code in codes:
        for place in facts.line(grid_id):
            for ruling in rulings_at(facts, place.id, code, at=at):
                if ruling.mark is Mark.MAIN:
                    held = facts.holder(ruling.post_id, at=at)
                    yield Candidate(ruling.post_id, place.id, ground, held, ruling.id)


def _keepers(facts: Facts, grid_id: int, duty: Duty, at: datetime) -> Iterator[Candidate]:
    line = list(facts.line(grid_id))
    first = next((n for n, place in enumerate(line) if place.kind in LEVELS.get(duty.level, ())), 0)
    for place in line[first:]:
        ground = Ground.KEEPS if place is line[first] else Ground.INHERITED
        yield from _ruled_on(facts, place, at)
        posts = [post for post in facts.posts_on.get(place.id, ()) if post.is_accountable and post.stands(at)]
        here = [Candidate(post.id, place.id, ground, facts.holder(post.id, at=at)) for post in posts]
        yield from sorted(here, key=lambda one: one.held is None)  # of two posts on a grid the one with a person
    if first:  # the nearer ones are offered too
        yield from _keepers_of(facts, line[:first], at)


def _ruled_on(facts: Facts, place: Place, at: datetime) -> Iterator[Candidate]:
    for ruling in rulings_at(facts, place.id, "", at=at):
        if ruling.mark is Mark.MAIN:
            held = facts.holder(ruling.post_id, at=at)
            yield Candidate(ruling.post_id, place.id, Ground.RULED, held, ruling.id)


def _keepers_of(facts: Facts, places: list[Place], at: datetime) -> Iterator[Candidate]:
    for place in places:
        for post in facts.posts_on.get(place.id, ()):
            if post.is_accountable and post.stands(at):
                yield Candidate(post.id, place.id, Ground.NEARER, facts.holder(post.id, at=at))


@dataclass(frozen=True, slots=True)
class Cell:
    """A mark of a post for a duty in a grid, with the grid that it comes from (above: inherited)."""

    post_id: int
    mark: Mark
    grid_id: int
    ruling_id: int | None
    held: Held | None


def marks_for(facts: Facts, grid_id: int, duty: Duty = WHOLE, *, at: datetime) -> list[Cell]:
    """Everybody's mark for a duty in a grid: the one who is accountable, then who assists, supervises, is told.

    A mark is inherited from above unless a nearer row says something else about the same post (E4).
    """
    answer = responsible_for(facts, grid_id, duty, at=at)
    cells: dict[int, Cell] = {}
    if answer.post_id is not None and answer.grid_id is not None:
        cells[answer.post_id] = Cell(answer.post_id, Mark.MAIN, answer.grid_id, answer.ruling_id, answer.accountable)
    for place in facts.line(grid_id):
        for code in dict.fromkeys((*duty.codes, *((duty.domain,) if duty.domain else ()), "")):
            for row in rulings_at(facts, place.id, code, at=at):
                if row.mark is not Mark.MAIN and row.post_id not in cells:
                    held = facts.holder(row.post_id, at=at)
                    cells[row.post_id] = Cell(row.post_id, row.mark, place.id, row.id, held)
    order = list(Mark)
    return sorted(cells.values(), key=lambda cell: order.index(cell.mark))
