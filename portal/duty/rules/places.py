"""Which grid of a school a proposed area is, where just one can be meant."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class PlaceAt(NamedTuple):
    """A grid as it is looked for: its kind, its name, and what it lies in."""

    id: int
    parent_id: int | None
    kind: str
    name: str


def only_place(kind: str, words: Sequence[str], grids: Iterable[PlaceAt]) -> PlaceAt | None:
    """The one grid of this kind; where the school has none of it, the one that is called so; else None.

    Of grids in each other only the outermost counts: the floors of a canteen are not several canteens. Two that fit
    are none, for a wrong place is worse than no place.
    """
    known = list(grids)
    found = _outermost([one for one in known if kind and one.kind == kind], known)
    if not found:
        found = _outermost([one for one in known if any(word in one.name for word in words)], known)
    return found[0] if len(found) == 1 else None


def _outermost(found: Sequence[PlaceAt], known: Sequence[PlaceAt]) -> list[PlaceAt]:
    fitting, parents = {one.id for one in found}, {one.id: one.parent_id for one in known}
    return [one for one in found if not any(above in fitting for above in _above(one.id, parents))]


def _above(grid_id: int, parents: dict[int, int | None]) -> list[int]:
    found: list[int] = []
    step = parents.get(grid_id)
    while step is not None and step not in found:
        found.append(step)
        step = parents.get(step)
    return found
