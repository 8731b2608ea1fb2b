"""Names that look alike: somebody looks, and says that they are two people."""

from portal.audit.catalogue import LookAlikeSeen
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_value, unit_of_work
from portal.core.refusals import NotFound
from portal.coverage.queries.access import org_seen
from portal.permissions.rules import Permission


async def confirm_look_alike(org_id: int, one_id: int, other_id: int, *, by: Actor) -> bool:
    """Notes that these are two people; false when it was noted before. Both must be staff of this organisation."""
    first, second = sorted((one_id, other_id))
    async with unit_of_work():
        await org_seen(org_id, by=by, permission=Permission.COVERAGE_CONFIRM)
        known = await fetch_value(
            "SELECT count(*) FROM person WHERE id IN ({}, {}) AND org_id = {} AND kind = 'staff'", first, second, org_id
        )
        if first == second or known != 2:
            raise NotFound()
        made = await execute(
            "INSERT INTO look_alike_confirmed (org_id, one_id, other_id, confirmed_at, confirmed_by) "
            "VALUES ({}, {}, {}, {}, {}) ON CONFLICT (org_id, one_id, other_id) DO NOTHING RETURNING id",
            org_id, first, second, now(), by.person_id,
        )  # fmt: skip
        if made:
            await record_event(LookAlikeSeen(other_id=second), org_id=org_id, subject_id=first, by=by)
    return bool(made)
