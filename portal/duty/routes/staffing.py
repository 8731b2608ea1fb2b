"""The staff and their duties around a time, for whoever chooses people."""

from datetime import datetime, timedelta

from portal.core.clock import local, start_of_day
from portal.duty.queries import book_of, staff_of, with_needs
from portal.duty.routes.parts import Room
from portal.duty.rules import needs_between
from portal.duty.views.choice import BACK, Staffing
from portal.duty.views.lanes import Laid

AFTER = timedelta(days=3)


async def staffing_around(room: Room, start: datetime, end: datetime) -> tuple[Staffing, Laid]:
    """Everybody with their duties of the last four weeks and the next days, and the days of the time itself as lanes.

    Two statements.
    """
    first, last = local(start).date(), local(end - timedelta(microseconds=1)).date()
    since, until = start_of_day(first) - BACK, start_of_day(last) + AFTER
    opened = await book_of(room.org.id, since, until)
    staffing = Staffing.of(await staff_of(room.org.id, since), opened, room.words, since, until)
    needs = needs_between(room.plan.slots, room.plan.days, first, last)
    return staffing, Laid.of(with_needs(opened, needs), room.words, room.reader, first, last)
