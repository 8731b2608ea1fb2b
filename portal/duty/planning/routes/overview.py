"""The plan as a whole, and the proposal for a school that has none."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.clock import today
from portal.core.refusals import Refused
from portal.duty.planning import labels
from portal.duty.planning.routes.common import (
    EDIT,
    SEE,
    AnyRequest,
    chosen_day,
    chosen_kind,
    frame_of,
    plan_room,
)
from portal.duty.planning.views import address, overview
from portal.duty.queries import Area, Plan
from portal.duty.routes.parts import Room
from portal.duty.rules import Slot
from portal.duty.services.proposal import adopt_proposal, proposed_places, proposed_slots
from portal.duty.views.words import Words
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see


@get("/duty/plan", opt=SEE)
async def show_plan(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """All areas on one kind of day (`kind`) as of a date (`on`); a school without a plan is shown the proposal."""
    return await _plan_page(request, actor, request.query_params.get("org", ""))


@post("/duty/plan/proposal", opt=EDIT)
async def create_plan(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Takes the proposal."""
    form = await form_of(request)
    room = await plan_room(request, actor, form.get("org"))
    try:
        slots = await adopt_proposal(room.org.id, by=actor)
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        return await _plan_page(request, actor, form.get("org"), sentence(refusal, language_of(request)))
    return see(request, address("/duty/plan", room.reader.org), flash="plan.adopted", slots=slots)


async def _plan_page(request: AnyRequest, actor: Actor, org: str, error: str = "") -> Response[Any]:
    """No statement beside the session where the plan is known; one for the proposal."""
    room = await plan_room(request, actor, org, fresh=bool(error))
    on, frame = chosen_day(request), frame_of(room, "plan", labels.TABS)
    is_empty = not any(slot.last_day is None or slot.last_day >= today() for slot in room.plan.slots)
    is_proposal = is_empty and all(area.is_ended for area in room.plan.areas.values())
    words, places = await _proposed(room) if is_proposal else (room.words, {})
    kind = chosen_kind(room, request.query_params.get("kind", ""))
    view = overview(frame, words, kind, on, is_proposal=is_proposal, places=places)
    return await page(
        request, "duty/planning/plan.html", fragment="duty/planning/_plan.html", status=422 if error else 200,
        view=view, error=error,
    )  # fmt: skip


async def _proposed(room: Room) -> tuple[Words, dict[int, str]]:
    """The proposal as if it were this school's plan, and the grids that its areas would be. One statement."""
    rows, places = proposed_slots(), await proposed_places(room.org.id)
    names = {row.area: row.area_en for row in rows if row.area}
    numbers = {name: n for n, name in enumerate(names, start=1)}
    slots = tuple(
        Slot(n, numbers.get(row.area), row.day_kind, row.role, row.from_minute, row.to_minute, row.people, row.name,
             row.name_en, asks_report=row.asks_report)
        for n, row in enumerate(rows)
    )  # fmt: skip
    areas = {n: Area(n, None, name, names[name], n) for name, n in numbers.items()}
    plan = Plan(slots, room.plan.days, areas, room.plan.roles, room.plan.kinds)
    return Words(plan, room.words.language), {numbers[name]: place.name for name, place in places.items()}


ROUTES = [show_plan, create_plan]
