"""What may be done to the tree, and what a grid's card must fix. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from portal.core.refusals import Refused

MOST_DEPTH = 12
"""Levels from the root; deeper trees are a mistake of whoever moves (and the path has 300 signs)."""

CARD_FIELDS = (
    "name", "kind", "scheme", "level_label", "code", "area_m2", "location", "main_buildings", "key_places",
    "range_note", "duty_note", "assessment_note", "is_key_spot", "is_heading", "sort",
)  # fmt: skip
"""Columns that the card's form may change. Place and parent have verbs of their own."""


class Place(NamedTuple):
    """A grid as the rules of moving see it."""

    id: int
    org_id: int
    path: str
    depth: int
    is_ended: bool


def check_move(grid: Place, to: Place, *, deepest: int) -> None:
    """Refuses a move that leaves the organisation, makes a circle, or goes too deep (`deepest`: lowest depth below)."""
    if grid.id == grid.org_id:
        raise Refused("grid.root_stays")
    if grid.org_id != to.org_id:
        raise Refused("grid.other_organisation")
    if to.path.startswith(grid.path):
        raise Refused("grid.circle")
    check_child(to, levels=1 + deepest - grid.depth)


def check_child(parent: Place, *, levels: int = 1) -> None:
    """Refuses a parent that has ended, or under which `levels` more would be too deep."""
    if parent.is_ended:
        raise Refused("grid.parent_ended")
    if parent.depth + levels > MOST_DEPTH:
        raise Refused("grid.too_deep", most=MOST_DEPTH)


def check_end(grid: Place, *, blockers: Sequence[tuple[str, int]]) -> None:
    """Refuses to end an organisation, or a grid on which something still hangs. `blockers`: (code, how many)."""
    if grid.id == grid.org_id:
        raise Refused("grid.root_stays")
    for code, count in blockers:
        if count:
            raise Refused(code, count=count)


def rebased(path: str, *, was: str, becomes: str) -> str:
    """The path of something below a grid whose own path went from `was` to `becomes`."""
    assert path.startswith(was), (path, was)
    return becomes + path[len(was) :]


class Fixed(NamedTuple):
    """One of the seven things that each grid fixes (R26): its key, and whether it is fixed."""

    key: str
    is_set: bool


def seven_things(
    *, has_range: bool, has_person: bool, has_post: bool, has_duty: bool, has_assessment: bool
) -> tuple[Fixed, ...]:
    """Level, cell, range, person, post, duty, assessment. A place in the tree fixes the first two by itself."""
    return (
        Fixed("level", True),
        Fixed("cell", True),
        Fixed("range", has_range),
        Fixed("person", has_person),
        Fixed("post", has_post),
        Fixed("duty", has_duty),
        Fixed("assessment", has_assessment),
    )


def parse_id(text: str) -> int | None:
    """An id as a form sends it, or None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 else None


def parse_version(text: str) -> int:
    """The version of the row that the page showed; 0, which no row has, for anything else."""
    return parse_id(text) or 0
