"""Who fills gaps, until when."""

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.refusals import Refused
from portal.duty.planning import labels
from portal.duty.planning.forms import parse_fallback
from portal.duty.planning.queries import fallback_row, fallbacks_of
from portal.duty.planning.routes.common import EDIT, SEE, AnyRequest, frame_of, plan_room, refused, told_day
from portal.duty.planning.services import end_fallback, make_fallback
from portal.duty.planning.views import address, fallbacks_page
from portal.duty.queries import staff_of
from portal.duty.routes.parts import Room
from portal.web.again import Typed
from portal.web.forms import form_of
from portal.web.respond import page, see

USUAL = timedelta(days=90)


@get("/duty/plan/fallbacks", opt=SEE)
async def show_fallbacks(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The fallbacks of a school; `lane` and `person` fill in the form."""
    query = request.query_params
    room = await plan_room(request, actor, query.get("org", ""))
    values = {name: query[name][:40] for name in ("lane", "person") if name in query}
    return await _fallbacks(request, room, Typed(values), 200)


async def _fallbacks(request: AnyRequest, room: Room, typed: Typed, status: int) -> Response[Any]:
    """Two statements beside the session and the plan."""
    rows, staff = await fallbacks_of(room.org.id), await staff_of(room.org.id, now())
    values = {"first_day": today().isoformat(), "last_day": (today() + USUAL).isoformat(), **typed.texts}
    view = fallbacks_page(frame_of(room, "fallbacks", labels.TABS), room.words, rows, staff, now(), values, typed)
    return await page(
        request, "duty/planning/fallbacks.html", fragment="duty/planning/_fallbacks.html", status=status, view=view
    )


@post("/duty/plan/fallbacks", opt=EDIT)
async def create_fallback(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Puts somebody down who fills gaps."""
    form = await form_of(request)
    room = await plan_room(request, actor, form.get("org"))
    try:
        new = parse_fallback(form.texts)
        fallback_id = await make_fallback(room.org.id, new, by=actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=("duty_fallback", 0), place="person")
        return await _fallbacks(request, room, _at_lane(typed), status)
    name = (await fallback_row(fallback_id, by=actor)).name
    there = address("/duty/plan/fallbacks", room.reader.org)
    return see(request, there, flash="plan.fallback_made", name=name, day=told_day(request, new.last_day))


def _at_lane(typed: Typed) -> Typed:
    """What is wrong with the role stands at the field of the lane."""
    errors = {"lane" if name == "role" else name: text for name, text in typed.errors.items()}
    return Typed(typed.texts, errors, typed.beaten)


@post("/duty/plan/fallbacks/{fallback_id:int}/endings", opt=EDIT)
async def create_fallback_end(
    request: AnyRequest, actor: NamedDependency[Actor], fallback_id: FromPath[int]
) -> Response[Any]:
    """Ends a fallback now."""
    form, row = await form_of(request), await fallback_row(fallback_id, by=actor, edit=True)
    room = await plan_room(request, actor, row.org_id)
    try:
        await end_fallback(fallback_id, until=form.get("until"), by=actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=("duty_fallback", fallback_id), place="person")
        return await _fallbacks(request, room, Typed({}, typed.errors, typed.beaten), status)
    return see(request, address("/duty/plan/fallbacks", room.reader.org), flash="plan.fallback_ended", name=row.name)


ROUTES = [show_fallbacks, create_fallback, create_fallback_end]
