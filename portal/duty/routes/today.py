"""Today's page of duty, and the schools of a bureau."""

from datetime import date, timedelta
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.duty.forms import parse_day
from portal.duty.lent import Place, handed_over, open_in
from portal.duty.provided import laid_days
from portal.duty.queries import duty_organisation, duty_schools, leader_rows_below
from portal.duty.routes.doors import doors_of
from portal.duty.routes.parts import AnyRequest, Room, room_of, wanted_org
from portal.duty.views.lanes import Laid
from portal.duty.views.leaders import DAYS_SHOWN, bureau_duty
from portal.duty.views.today import TodayPage, day_view
from portal.grids.queries import GridRow
from portal.permissions.rules import Permission
from portal.web.respond import language_of, page

TWO_MONTHS = timedelta(days=60)


@get("/duty", opt={"permission": Permission.DUTY_VIEW})
async def show_duty(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Who is on duty now, and the day as a strip; `day` shows another day, `org` another organisation.

    A bureau sees its schools; its own book it asks for by `org`.
    """
    wanted = request.query_params.get("org", "")
    org_id = wanted_org(actor, wanted)
    day = parse_day(request.query_params.get("day", "")) or today()
    room = await room_of(request, actor, org_id, around=day)
    if not wanted and room.org.kind == "bureau":
        return await _schools_page(request, actor, await duty_organisation(org_id, by=actor))
    view = await _today_page(request, actor, room, day)
    return await page(request, "duty/duty.html", fragment="duty/_duty.html", view=view)


async def _schools_page(request: AnyRequest, actor: Actor, bureau: GridRow) -> Response[Any]:
    """The schools of a bureau: two statements, however many there are."""
    at = now()
    schools = await duty_schools(bureau.id, by=actor)
    view = bureau_duty(bureau, schools, await leader_rows_below(bureau.id, at, days=DAYS_SHOWN + 1), at)
    return await page(request, "duty/schools.html", fragment="duty/_schools.html", view=view)


async def laid_over(room: Room, first: date, last: date) -> Laid:
    """The book of some days as its reader sees it. One statement."""
    return await laid_days(room.org.id, room.words, room.reader, first, last)


async def _today_page(request: AnyRequest, actor: Actor, room: Room, day: date) -> TodayPage:
    """Two statements and the lent ones; one more each where the plan is not known yet."""
    laid = await laid_over(room, day, day + timedelta(days=1))
    places = [Place(area.grid_id, room.words.area(area.id)) for area in room.plan.areas.values()
              if area.grid_id and not area.is_ended]  # fmt: skip
    language, is_today = language_of(request), day == today()
    return TodayPage(
        org_id=room.org.id, school=room.org.name, phone=room.org.phone, is_below=room.is_below,
        may_edit=room.may_edit, has_plan=bool(room.plan.slots), other=room.reader.org, day=day_view(laid, day),
        yesterday=day - timedelta(days=1), tomorrow=day + timedelta(days=1),
        unpublished=room.plan.days.calendar.unpublished_years(today(), today() + TWO_MONTHS),
        open=tuple(await open_in(room.org.id, places, actor, language)) if is_today else (),
        handover=tuple(await handed_over(room.org.id, room.reader.at, actor, language)) if is_today else (),
        doors=doors_of(request, actor, room),
    )  # fmt: skip


ROUTES = [show_duty]
