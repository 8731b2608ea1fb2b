"""The dated rows that the answer follows from: grids, posts, who holds them, who is away, rulings. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from portal.responsibilities.rules.holding import Absence, Held, Tenure, changes_of, holder_at


class Mark(StrEnum):
    """A cell of the matrix: one who is accountable, and any number of the others (R49)."""

    MAIN = "main"
    ASSIST = "assist"
    SUPERVISE = "supervise"
    INFORM = "inform"


@dataclass(frozen=True, slots=True)
class Place:
    """A grid as the rule needs it."""

    id: int
    parent_id: int | None
    kind: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post on a grid, in the order in which the grid's posts stand: there over `[made_at, ended_at)`."""

    id: int
    grid_id: int
    is_accountable: bool
    ended_at: datetime | None = None
    made_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """True from the instant at which it was made until it is ended."""
        return (self.made_at is None or self.made_at <= at) and (self.ended_at is None or at < self.ended_at)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A row of the matrix: on this grid and below it, the post has this mark for the duty, over `[starts, ends)`."""

    id: int
    grid_id: int
    duty: str
    post_id: int
    mark: Mark
    starts_at: datetime
    ends_at: datetime | None = None

    def is_in_force(self, at: datetime) -> bool:
        """True from the first instant on, and no longer at the last."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class Facts:
    """The dated rows that the answer follows from. Whoever asks about one grid fills in its line of ancestors only."""

    places: Mapping[int, Place]
    posts_on: Mapping[int, tuple[Post, ...]] = field(default_factory=dict)
    tenures_of: Mapping[int, tuple[Tenure, ...]] = field(default_factory=dict)
    absences_of: Mapping[int, tuple[Absence, ...]] = field(default_factory=dict)
    rulings_on: Mapping[int, tuple[Ruling, ...]] = field(default_factory=dict)
    _posts: dict[int, Post] = field(init=False, repr=False, compare=False)
    _rulings: dict[tuple[int, str], list[Ruling]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Files posts by their id and rulings by grid and code: a whole matrix asks for each of them many times."""
        posts = {post.id: post for posts in self.posts_on.values() for post in posts}
        rulings: dict[tuple[int, str], list[Ruling]] = {}
        for grid_id, rows in self.rulings_on.items():
            for row in rows:
                rulings.setdefault((grid_id, row.duty), []).append(row)
        object.__setattr__(self, "_posts", posts)
        object.__setattr__(self, "_rulings", rulings)

    def line(self, grid_id: int) -> Iterator[Place]:
        """The grid and all above it, nearest first."""
        place = self.places.get(grid_id)
        while place is not None:
            yield place
            place = self.places.get(place.parent_id) if place.parent_id is not None else None

    def holder(self, post_id: int, *, at: datetime) -> Held | None:
        """Who answers for a post; nobody for one that is not there yet or any more."""
        post = self.post(post_id)
        if post is not None and not post.stands(at):
            return None
        tenures = self.tenures_of.get(post_id, ())
        away = [one for tenure in tenures for one in self.absences_of.get(tenure.person_id, ())]
        return holder_at(tenures, away, at=at)

    def post(self, post_id: int) -> Post | None:
        """A post by its id."""
        return self._posts.get(post_id)

    def rulings(self, grid_id: int, code: str) -> list[Ruling]:
        """The rows of one grid for one code, whenever they are in force."""
        return self._rulings.get((grid_id, code), [])


def rulings_at(facts: Facts, grid_id: int, code: str, *, at: datetime) -> list[Ruling]:
    """The rows of one grid for one code that are in force, the newest first: it overrules what it forgot to end.

    A row ends with its post at the latest: what was ruled to a post that is no more falls back to who keeps the grid.
    """
    rows = [row for row in facts.rulings(grid_id, code) if row.is_in_force(at)]
    rows = [row for row in rows if (post := facts.post(row.post_id)) is None or post.stands(at)]
    return sorted(rows, key=lambda row: (-row.starts_at.timestamp(), -row.id))


def next_change(facts: Facts, *, at: datetime) -> datetime | None:
    """The next instant at which any answer from these facts may differ; None when nothing more is known to change."""
    instants: set[datetime] = set()
    for tenures in facts.tenures_of.values():
        instants |= changes_of(tenures, ())
    for absences in facts.absences_of.values():
        instants |= changes_of((), absences)
    for posts in facts.posts_on.values():
        instants |= {one for post in posts for one in (post.made_at, post.ended_at) if one is not None}
    for rulings in facts.rulings_on.values():
        instants |= {row.starts_at for row in rulings} | {row.ends_at for row in rulings if row.ends_at is not None}
    return min((one for one in instants if one > at), default=None)
