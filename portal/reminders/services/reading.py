"""A person reads their inbox."""

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, unit_of_work
from portal.core.refusals import NotFound


async def mark_read(reminder_id: int, *, by: Actor) -> None:
    """Marks one of the person's own reminders as read; another person's is `NotFound`. Twice changes nothing.

    No event: what somebody has read is theirs, and no report counts it (burden, rule 5 of the features).
    """
    async with unit_of_work():
        found = await execute(
            "UPDATE reminder SET read_at = coalesce(read_at, {}) WHERE id = {} AND person_id = {} RETURNING id",
            now(), reminder_id, by.person_id,
        )  # fmt: skip
        if not found:
            raise NotFound()


async def mark_all_read(*, upto: int, by: Actor) -> int:
    """Marks everything up to the newest reminder that the page showed; gives how many. What came since stays unread."""
    async with unit_of_work():
        return await execute(
            "UPDATE reminder SET read_at = {} WHERE person_id = {} AND id <= {} AND read_at IS NULL RETURNING id",
            now(), by.person_id, upto,
        )  # fmt: skip
