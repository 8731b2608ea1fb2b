"""Several limits at once, in one unit; each that changes is an event of its own."""

from collections.abc import Mapping

from portal.core.actors import Actor
from portal.core.database import unit_of_work
from portal.hazards.services import set_limit

Limit = tuple[int, bool]
"""How many cards at most (0: no limit), and whether one more needs a reason."""


async def set_limits(grid_id: int, wanted: Mapping[str, Limit], *, was: Mapping[str, Limit], by: Actor) -> int:
    """Sets those limits that differ from `was`; gives how many."""
    changed = {column: limit for column, limit in wanted.items() if limit != was.get(column, (0, False))}
    async with unit_of_work():
        for column, (most, is_hard) in changed.items():
            await set_limit(grid_id, column, most=most, is_hard=is_hard, by=by)
    return len(changed)
