"""Who holds too much to see to all of it (E13). Pure, and advice only: nothing is refused because of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.responsibilities.rules.facts import Facts

MOST: Mapping[str, int] = {
    "building": 2, "floor": 3, "room": 8, "class": 1, "outdoor": 3, "canteen_zone": 3, "canteen": 1,
}  # fmt: skip
"""How many grids of a kind one person can look at in a week; ours, from what the register of a real school shows."""
MOST_IN_ALL = 10


@dataclass(frozen=True, slots=True)
class Wide:
    """A person who holds more than is advised, with the grids."""

    person_id: int
    grids: tuple[int, ...]


def wide_spans(facts: Facts, *, at: datetime) -> list[Wide]:
    """Everybody who answers for more grids than the list advises, those with the most first."""
    held: dict[int, dict[int, str]] = defaultdict(dict)
    for place in facts.places.values():
        for post in facts.posts_on.get(place.id, ()):
            holder = facts.holder(post.id, at=at) if post.is_accountable else None
            if holder is not None:
                held[holder.person_id][place.id] = place.kind
    wide = [Wide(person, tuple(grids)) for person, grids in held.items() if _is_wide(grids)]
    return sorted(wide, key=lambda one: (-len(one.grids), one.person_id))


def _is_wide(grids: Mapping[int, str]) -> bool:
    kinds = list(grids.values())
    return len(kinds) > MOST_IN_ALL or any(kinds.count(kind) > most for kind, most in MOST.items())
