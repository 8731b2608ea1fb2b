"""The ledger's one act: that somebody took it out."""

from portal.audit.catalogue import RegisterExported
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.database import unit_of_work
from portal.hazards.queries.board import BoardPlace

REGISTER = "hazards"


async def record_ledger_export(place: BoardPlace, *, rows: int, by: Actor) -> None:
    """Writes into the trail who took how many rows of which grid's ledger (TA11)."""
    async with unit_of_work():
        await record_event(
            RegisterExported(register=REGISTER, rows=rows), org_id=place.org_id, subject_id=place.id, by=by
        )
