"""From what a browser sent to a grid and a kind, or the fields that are wrong (`Invalid`)."""

from typing import NamedTuple

from portal.contact_boards.printing.rules import Kind
from portal.core.refusals import Invalid
from portal.grids.rules import parse_id


class Asked(NamedTuple):
    """What is to be printed."""

    grid_id: int
    kind: Kind


def parse_print(grid: str, kind: str) -> Asked:
    """Both must be there; whether the grid may be printed is the service's to say."""
    grid_id, errors = parse_id(grid), {}
    if not grid_id:
        errors["grid"] = "print.need_grid"
    if kind not in list(Kind):
        errors["kind"] = "print.need_kind"
    if errors:
        raise Invalid(errors)
    return Asked(grid_id or 0, Kind(kind))
