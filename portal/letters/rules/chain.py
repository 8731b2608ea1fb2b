"""Who gives a letter to whom (R104). Edges are data of the school; this reads them.

In plain words: the edge of a role says which role gives it its letter. The giver is whoever holds such a post: the
nearest one on the way up, or the one of the whole school. Where nobody holds it, the letter is given by the next above
who is there, at last by the first responsible person: no letter waits for a post to be filled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.letters.rules.signing import Part

FIRST = "principal"


class Reach(StrEnum):
    """Where the giver of an edge is looked for."""

    ABOVE = "above"  # the nearest on the way up from the taker's grid
    SCHOOL = "school"  # on the school itself


@dataclass(frozen=True, slots=True)
class Edge:
    """One step of a chain: `giver_role` gives, `taker_role` takes."""

    kind: str
    step: int
    giver_role: str
    taker_role: str
    reach: Reach
    is_own: bool = False
    is_on_paper: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class Station:
    """A post with its holder at the instant of the letter; `distance` is how many grids above the taker's it stands."""

    post_id: int
    role: str
    distance: int
    person_id: int | None
    is_accountable: bool = True
    is_on_school: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's place in a letter that is to be made."""

    part: Part
    turn: int
    post_id: int
    person_id: int


def edge_for(edges: Iterable[Edge], *, kind: str, role: str) -> Edge | None:
    """The edge by which a role takes letters of a kind: the school's own before the shared one."""
    fitting = [one for one in edges if one.kind == kind and one.taker_role == role]
    return min(fitting, key=lambda one: (not one.is_own, one.step, one.id), default=None)


def seats_for(taker: Station, line: Sequence[Station], edge: Edge | None) -> tuple[Seat, ...]:
    """Who signs, in which order: the taker, who looks after them if that is a third, the giver.

    `line` holds the posts of the taker's own grid and of every grid above, nearest first. Nobody gives a letter to
    themselves; a taker above whom nobody stands gives and takes none, and gets no seats.
    """
    assert taker.person_id is not None
    above = [one for one in line if one.person_id not in (None, taker.person_id) and one.post_id != taker.post_id]
    giver = _giver(above, edge)
    if giver is None or giver.person_id is None:
        return ()
    seats = [Seat(Part.TAKER, 1, taker.post_id, taker.person_id)]
    witness = next((one for one in above if one.is_accountable and one.distance > 0), None)
    between = witness is not None and witness.distance < giver.distance and witness.person_id != giver.person_id
    if between and witness is not None and witness.person_id is not None:
        seats.append(Seat(Part.WITNESS, 2, witness.post_id, witness.person_id))
    seats.append(Seat(Part.GIVER, len(seats) + 1, giver.post_id, giver.person_id))
    return tuple(seats)


def _giver(above: Sequence[Station], edge: Edge | None) -> Station | None:
    ordered = sorted(above, key=lambda one: (one.distance, one.role != FIRST))
    if edge is not None:
        fits = [one for one in ordered if one.role == edge.giver_role]
        if edge.reach is Reach.SCHOOL:
            fits = [one for one in fits if one.is_on_school]
        if fits:
            return fits[0]
    higher = [one for one in ordered if one.is_accountable and one.distance > 0 and one.role != "pupil"]
    return next(iter(higher), next((one for one in ordered if one.role == FIRST), None))
