"""Who takes over from whom: the day's list, one shift, the confirmation and the signature."""

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now, start_of_day, today
from portal.core.refusals import NotFound, Refused
from portal.duty.lent import Place, open_in
from portal.duty.queries import SeenShift
from portal.duty.routes.parts import AnyRequest, Room, room_of, wanted_org
from portal.duty.watching.forms import parse_lines
from portal.duty.watching.queries import handovers_between, shift_to_watch, watched_between
from portal.duty.watching.rules import SIGN_AFTER
from portal.duty.watching.services import sign_off, take_duty
from portal.duty.watching.views import handover_view, handovers_view
from portal.duty.watching.views.handovers import Telling
from portal.permissions.rules import Permission, scope
from portal.web.again import Typed, typed_again
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see

VIEW, TAKE = {"permission": Permission.DUTY_VIEW}, {"permission": Permission.DUTY_TAKE}
AROUND, LANE_BACK = timedelta(hours=26), timedelta(days=7)


@get("/duty/handovers", opt=VIEW)
async def show_handovers(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Today's take-overs: what waits for the reader, what nobody has taken. Two statements and the session's."""
    room = await room_of(request, actor, wanted_org(actor, request.query_params.get("org", "")))
    start, end = start_of_day(today()), start_of_day(today() + timedelta(days=1))
    first = min(start, now() - SIGN_AFTER) - timedelta(minutes=1)
    watched = await watched_between(room.org.id, first, end, plan=room.plan)
    telling = Telling(watched, await handovers_between(room.org.id, first, end), room.words, now())
    view = handovers_view(telling, start=start, reader=actor.person_id, other=room.reader.org)
    return await page(request, "duty/watching/handovers.html", fragment="duty/watching/_handovers.html", view=view)


@get("/duty/handovers/{shift_id:int}", opt=VIEW)
async def show_duty_handover(
    request: AnyRequest, shift_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """One shift: who hands over to whom, what is open, what was left for whoever comes."""
    seen = await shift_to_watch(shift_id, by=actor, permission=Permission.DUTY_VIEW)
    return await _handover_page(request, seen, actor, Typed())


async def _handover_page(
    request: AnyRequest, seen: SeenShift, actor: Actor, typed: Typed, status: int = 200
) -> Response[Any]:
    """Four statements and the session's, however long the lane."""
    room = await room_of(request, actor, seen.org_id)
    start, end = seen.starts_at, seen.ends_at
    watched = await watched_between(seen.org_id, start - AROUND, end + AROUND, plan=room.plan)
    shift = watched.shift(seen.id)
    if shift is None or not watched.hands_over(seen.line):
        return see(request, f"/duty/shifts/{seen.id}")
    rows = await handovers_between(seen.org_id, start - LANE_BACK, end + AROUND, seen.line)
    view = handover_view(
        seen, shift, Telling(watched, rows, room.words, now()), reader=actor.person_id,
        may_act=scope(actor, Permission.DUTY_TAKE).holds(seen.path, seen.org_id),
        open_here=await open_in(seen.org_id, _places(room, seen), actor, language_of(request)),
        other=room.reader.org, typed=typed,
    )  # fmt: skip
    return await page(
        request, "duty/watching/handover.html", fragment="duty/watching/_handover.html", status=status, view=view
    )


def _places(room: Room, seen: SeenShift) -> list[Place]:
    area = room.plan.areas.get(seen.area_id or 0)
    return [Place(area.grid_id, room.words.area(area.id))] if area and area.grid_id else []


@post("/duty/handovers/{shift_id:int}/confirmations", opt=TAKE)
async def create_confirmation(
    request: AnyRequest, shift_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """The incoming: I am here. Pressed twice it is said once."""
    form, seen = await form_of(request), await _own(shift_id, actor)
    try:
        await take_duty(shift_id, by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("duty", shift_id), place="take")
        return await _handover_page(request, seen, actor, typed, status)
    return see(request, f"/duty/handovers/{shift_id}", flash="duty.taken")


@post("/duty/handovers/{shift_id:int}/signatures", opt=TAKE)
async def create_signature(
    request: AnyRequest, shift_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """The outgoing: three lines for whoever comes, and the signature."""
    form, seen = await form_of(request), await _own(shift_id, actor)
    try:
        await sign_off(shift_id, parse_lines(form.get), by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("duty", shift_id), place="keys")
        return await _handover_page(request, seen, actor, typed, status)
    return see(request, f"/duty/handovers/{shift_id}", flash="duty.signed")


async def _own(shift_id: int, actor: Actor) -> SeenShift:
    if actor.person_id is None:
        raise NotFound()
    return await shift_to_watch(shift_id, by=actor, permission=Permission.DUTY_TAKE)


ROUTES = [show_handovers, show_duty_handover, create_confirmation, create_signature]
