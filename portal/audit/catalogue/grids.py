"""Organisations and the tree of grids."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class OrganisationMade(Details):
    kind = "organisation.made"
    about = "grid"
    org_kind: str


@dataclass(frozen=True, slots=True)
class GridMade(Details):
    kind = "grid.made"
    about = "grid"
    queued = True
    board = True
    parent_id: int
    grid_kind: str


@dataclass(frozen=True, slots=True)
class GridChanged(Details):
    """Fields of the grid's card that were changed; the old and new words stand in the event's texts."""

    kind = "grid.changed"
    about = "grid"
    board = True
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GridMoved(Details):
    kind = "grid.moved"
    about = "grid"
    board = True
    from_parent: int
    to_parent: int


@dataclass(frozen=True, slots=True)
class GridEnded(Details):
    kind = "grid.ended"
    about = "grid"
    queued = True
    board = True
