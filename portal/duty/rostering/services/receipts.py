"""Having read it: whoever has shifts in a published roster says so, once."""

from portal.audit.catalogue import DutyRosterConfirmed
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_value, insert, unit_of_work
from portal.core.refusals import NotFound, Refused
from portal.duty.rostering.queries import PUBLISHED, roster_row
from portal.duty.tables import DutyReceipt
from portal.permissions.rules import Permission, scope


async def confirm_roster(roster_id: int, *, by: Actor) -> bool:
    """Notes that the actor has read it; False where that was noted before.

    Refused: a roster that is not published, or holds no shift of theirs (`roster.not_in_it`).
    """
    async with unit_of_work():
        row = await roster_row(roster_id, by=by)
        if not scope(by, Permission.ROSTER_CONFIRM).holds(row.path, row.org_id):
            raise NotFound()
        # Two presses of the button wait for each other here.
        await execute("UPDATE duty_roster SET state = state WHERE id = {}", roster_id)
        if row.state != PUBLISHED or not await fetch_value(
            "SELECT count(*) FROM duty_shift WHERE roster_id = {} AND person_id = {} AND cancelled_at IS NULL",
            roster_id, by.person_id,
        ):  # fmt: skip
            raise Refused("roster.not_in_it")
        known = "SELECT count(*) FROM duty_receipt WHERE roster_id = {} AND person_id = {}"
        if await fetch_value(known, roster_id, by.person_id):
            return False
        await insert(DutyReceipt, {"roster_id": roster_id, "person_id": by.person_id, "seen_at": now()})
        details = DutyRosterConfirmed(person_id=by.person_id or 0)
        await record_event(details, org_id=row.org_id, subject_id=roster_id, by=by)
        return True
