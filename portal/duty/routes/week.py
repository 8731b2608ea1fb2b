"""The week of duty."""

from datetime import timedelta
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.clock import today
from portal.core.refusals import NotFound
from portal.duty.forms import parse_day
from portal.duty.routes.parts import AnyRequest, Room, number, room_of, wanted_org
from portal.duty.routes.today import laid_over
from portal.duty.views.week import WeekView, lead_of, monday_of, week_days
from portal.permissions.rules import Permission
from portal.web.respond import page


@get("/duty/week", opt={"permission": Permission.DUTY_VIEW})
async def show_week(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Seven days of all lanes; `day` chooses the week and the day that a phone shows, `area` one area."""
    asked = request.query_params
    day = parse_day(asked.get("day", "")) or today()
    room = await room_of(request, actor, wanted_org(actor, asked.get("org", "")), around=day)
    monday, only = monday_of(day), _area(room, asked.get("area", ""))
    laid = await laid_over(room, monday, monday + timedelta(days=6))
    view = WeekView(
        org_id=room.org.id, school=room.org.name, other=room.reader.org, is_below=room.is_below,
        may_edit=room.may_edit, days=week_days(laid, day, only), lead=lead_of(laid, monday, only),
        previous=day - timedelta(days=7), following=day + timedelta(days=7), chosen=day, area=only,
        areas=tuple((area.id, room.words.area(area.id)) for area in room.plan.areas.values() if not area.is_ended),
        unpublished=room.plan.days.calendar.unpublished_years(monday, monday + timedelta(days=6)),
    )  # fmt: skip
    return await page(request, "duty/week.html", fragment="duty/_week.html", view=view)


def _area(room: Room, text: str) -> int | None:
    """An area of this school; any other one does not exist."""
    found = number(text)
    if text and found not in room.plan.areas:
        raise NotFound()
    return found


ROUTES = [show_week]
