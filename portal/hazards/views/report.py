"""The report form as its template reads it, and the finding of a place by a few typed signs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from portal.core.actors import Actor
from portal.hazards.queries.choices import places
from portal.hazards.views.card import Groups
from portal.permissions.rules import Permission, scope

MOST_FOUND = 30


class Found(NamedTuple):
    """A place with the way to it: "博学楼·一楼·配电室"."""

    id: int
    name: str
    way: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """The form, with what was typed and what is wrong with it."""

    grid_id: int | None
    place: str
    title: str
    level: str
    category: str
    interim: str
    confidential: bool
    key: str
    places: tuple[Found, ...]
    found: tuple[Found, ...]  # what fits the words typed for the place, to choose from without JavaScript
    owner: int
    categories: Groups
    errors: Mapping[str, str]
    line: int | None = None  # of the log of duty, from which it is reported


async def places_for(actor: Actor) -> tuple[Found, ...]:
    """Every place that this person may report in, as their school calls it. One statement."""
    orgs = set(scope(actor, Permission.HAZARD_REPORT).orgs) | ({actor.org_id} if actor.org_id else set())
    rows = await places(sorted(orgs))
    names = {row.id: row.name for row in rows}
    found = []
    for row in rows:
        ids = [int(part) for part in row.path.strip("/").split("/")]
        way = [names[grid_id] for grid_id in ids if grid_id in names]
        found.append(Found(row.id, row.name, "·".join(way[1:]) or row.name))
    return tuple(found)


def place_name(grid_id: int | None, known: tuple[Found, ...]) -> str:
    """The way to a place, "" when it is not among the known."""
    return next((place.way for place in known if place.id == grid_id), "")


def find(typed: str, known: tuple[Found, ...]) -> tuple[Found, ...]:
    """Places whose way holds every typed part, in the order of the tree; the exact name first."""
    parts = typed.replace("·", " ").split()
    hits = [place for place in known if all(part in place.way for part in parts)]
    hits.sort(key=lambda place: typed not in (place.way, place.name))
    return tuple(hits[:MOST_FOUND])
