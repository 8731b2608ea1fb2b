"""What this room lends to the first page: the number of one's school and its first blind spots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.core.actors import Actor
from portal.coverage.checks import Act, Blind
from portal.coverage.checks.own import grid_blind
from portal.coverage.queries.reading import read_facts, read_school
from portal.coverage.queries.spans import Told, school_now
from portal.coverage.rules import uncovered
from portal.coverage.views.lines import Doors, Line, line_of

FIRST = 4


@dataclass(frozen=True, slots=True)
class Cover:
    """A school's number with the first blind spots, and how many more there are."""

    have: int
    whole: int
    lines: tuple[Line, ...]

    @property
    def missing(self) -> int:
        """How many grids have nobody of their own."""
        return self.whole - self.have

    @property
    def more(self) -> int:
        """Those that are not among the lines."""
        return self.missing - len(self.lines)


async def cover_today(org_id: int, path: str, *, by: Actor, at: datetime, language: str) -> Cover | None:
    """The number of an organisation that the actor holds: one statement where it is written down, else five."""
    doors = Doors(org_id, path, by, back="/")
    told = await school_now(org_id, at=at)
    if told is not None:
        return Cover(told.have, told.whole, _lines([_blind(one) for one in told.first], doors, language, at))
    school = await read_school(org_id, at=at)
    if school is None:
        return None
    grids = school.counted()
    gaps = uncovered(await read_facts(school, at=at), grids, at=at)
    blind = [grid_blind(school, gap) for gap in gaps[:FIRST]]
    return Cover(len(grids) - len(gaps), len(grids), _lines(blind, doors, language, at))


def _lines(blind: Sequence[Blind], doors: Doors, language: str, at: datetime) -> tuple[Line, ...]:
    return tuple(line_of(one, doors, language, at=at) for one in blind[:FIRST])


def _blind(one: Told) -> Blind:
    href = f"/grids/{one.grid_id}"
    if one.post_id is None or not one.title:
        return Blind(one.place, href, "no_post", Act.MAKE_POST, one.grid_id)
    until = datetime.fromisoformat(one.vacated_at) if one.vacated_at else None
    note = "vacant_since" if until else "vacant"
    return Blind(one.place, href, note, Act.APPOINT, one.post_id, title=one.title, until=until)
