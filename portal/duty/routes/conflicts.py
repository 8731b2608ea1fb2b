"""What speaks against the plan of the coming weeks, and the repairs of one press."""

from datetime import timedelta
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.duty.queries import book_of, shift_versions, staff_of
from portal.duty.routes.parts import AnyRequest, Room
from portal.duty.routes.shifts import editable
from portal.duty.rules import conflicts
from portal.duty.views.choice import BACK, Staffing
from portal.duty.views.conflicts import ConflictsView, Repairs, planned_duties
from portal.permissions.rules import Permission
from portal.web.respond import page

WEEKS = 4


@get("/duty/conflicts", opt={"permission": Permission.DUTY_EDIT_VIEW})
async def show_conflicts(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Two places at once, no rest, on leave, gone: of the coming four weeks, each with what repairs it."""
    room = await editable(request, actor, request.query_params.get("org", ""))
    view = await _conflicts(room)
    return await page(request, "duty/conflicts.html", fragment="duty/_conflicts.html", view=view)


async def _conflicts(room: Room) -> ConflictsView:
    """Three statements."""
    at = room.reader.at
    since, until = at - BACK, at + timedelta(weeks=WEEKS)
    opened, staff = await book_of(room.org.id, since, until), await staff_of(room.org.id, since)
    # A spell that began yesterday may go on today; what is over is nobody's to repair.
    planned = [(person, duty) for person, duty in planned_duties(opened) if duty.ends_at > at]
    found = [
        one for one in conflicts(opened.book, planned, staff.terms, at - timedelta(days=2), until) if one.ends_at > at
    ]
    ids = [number for one in found for number in (one.shift_id, one.other_shift_id) if number]
    repairs = Repairs(opened, Staffing.of(staff, opened, room.words, since, until), await shift_versions(ids), at)
    return ConflictsView(
        room.org.id, room.org.name, room.reader.org, room.is_below, WEEKS, len(found), repairs.lines(found)
    )


ROUTES = [show_conflicts]
