"""The one question asked of the database: who answers for this, here, at this instant?"""

from datetime import datetime
from typing import Protocol

from portal.core.refusals import NotFound
from portal.grids.queries import grid_row
from portal.responsibilities.queries.facts import facts_of_line
from portal.responsibilities.rules import WHOLE, Answer, Duty, responsible_for


class Categorised(Protocol):
    """A category of hazards as its room reads it."""

    @property
    def code(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def domain(self) -> str: ...
    @property
    def default_owner(self) -> str: ...


def duty_of_category(category: Categorised) -> Duty:
    """A category as a duty: its code, then its group; it belongs to the level of its usual owner.

    What belongs to an office is answered for by whoever has the line of work, before whoever keeps the grid.
    """
    codes = (category.code, category.parent or "")
    if category.default_owner == "office":
        return Duty(tuple(code for code in (*codes, category.domain) if code), "", category.domain)
    return Duty(tuple(code for code in codes if code), category.default_owner, category.domain)


async def answer_for(grid_id: int, duty: Duty = WHOLE, *, at: datetime) -> Answer:
    """Who answers for a duty in a grid at an instant; four statements. Whoever asks must have been let in before."""
    grid = await grid_row(grid_id)
    if grid is None:
        raise NotFound()
    facts = await facts_of_line(grid.path, codes=(*duty.codes, duty.domain), at=at)
    return responsible_for(facts, grid_id, duty, at=at)
