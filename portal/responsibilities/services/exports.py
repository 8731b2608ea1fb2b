"""The matrix taken out: who, of which grid, how many rows (TA11)."""

from portal.audit.catalogue import RegisterExported
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.database import unit_of_work


async def record_matrix_export(org_id: int, grid_id: int, *, rows: int, by: Actor) -> None:
    """Writes into the trail that somebody took the matrix of a grid out."""
    async with unit_of_work():
        await record_event(RegisterExported(register="matrix", rows=rows), org_id=org_id, subject_id=grid_id, by=by)
