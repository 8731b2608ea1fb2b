"""Who could take turns as what: proposed by what their posts are called and where they are."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from portal.core.clock import now
from portal.core.database import fetch
from portal.duty.rules import LEADER, LEADING_ROLES

TITLES = Path(__file__).parents[2] / "data" / "duty_titles.csv"


class PostHeld(NamedTuple):
    """A post that somebody of the staff holds now."""

    person_id: int
    name: str
    title: str
    role: str
    grid: str


async def posts_held(org_id: int) -> list[PostHeld]:
    """The posts of everybody of the staff, by name. One statement."""
    at = now()
    return await fetch(
        PostHeld,
        "SELECT p.id, p.name, s.title, s.role, g.name FROM appointment a JOIN post s ON s.id = a.post_id "
        "JOIN person p ON p.id = a.person_id JOIN grid g ON g.id = s.grid_id WHERE s.org_id = {} AND p.org_id = {} "
        "AND p.kind = 'staff' AND (p.left_at IS NULL OR p.left_at > {}) AND s.ended_at IS NULL AND s.role <> 'pupil' "
        "AND a.starts_at <= {} AND (a.ends_at IS NULL OR a.ends_at > {}) ORDER BY p.name, p.id, s.sort, s.id",
        org_id, org_id, at, at, at,
    )  # fmt: skip


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[str, ...]]:
    """By role, what a post or its place may be called."""
    found: dict[str, list[str]] = {}
    with TITLES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["role"], []).append(row["word"])
    return {role: tuple(words) for role, words in found.items()}


def proposed_lists(held: Sequence[PostHeld], roles: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """For each role the people whose posts or places are called so; the leaders by the role of their post.

    A role for which nobody is found is left to whoever is not on a list yet, those with the fewest posts first.
    """
    wanted = list(roles)
    found = {role: _called(held, role) for role in wanted}
    found = {role: people for role, people in found.items() if people}
    taken = {person for people in found.values() for person in people}
    posts: dict[int, int] = {}
    for one in held:
        posts[one.person_id] = posts.get(one.person_id, 0) + 1
    free = sorted((person for person in posts if person not in taken), key=lambda person: posts[person])
    empty = [role for role in wanted if role not in found]
    for n, role in enumerate(empty):
        found[role] = tuple(free[n :: len(empty)])
    return found


def _called(held: Iterable[PostHeld], role: str) -> tuple[int, ...]:
    if role == LEADER:
        leading = [one for one in held if one.role in LEADING_ROLES]
        leading.sort(key=lambda one: LEADING_ROLES.index(one.role))
        return tuple(dict.fromkeys(one.person_id for one in leading))
    words = _words().get(role, ())
    return tuple(dict.fromkeys(one.person_id for one in held if any(word in one.title + one.grid for word in words)))


def name_keys(names: Mapping[int, str]) -> dict[int, str]:
    """How each is written in a list: by name, and where two have the same one, with a number after it."""
    count: dict[str, int] = {}
    for name in names.values():
        count[name] = count.get(name, 0) + 1
    return {person: name if count[name] == 1 else f"{name}#{person}" for person, name in names.items()}
