"""One area with its slots; areas made, changed, ended; slots copied from one kind of day to another."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import today
from portal.core.refusals import Refused
from portal.duty.planning import labels
from portal.duty.planning.forms import parse_area, parse_copy
from portal.duty.planning.queries import AreaRow, area_row, hanging_on, place_name, places_of
from portal.duty.planning.routes.common import (
    EDIT,
    SEE,
    AnyRequest,
    chosen_day,
    chosen_kind,
    frame_of,
    plan_room,
    refused,
    told_day,
    tomorrow,
)
from portal.duty.planning.rules import held, state_of
from portal.duty.planning.services import change_area, copy_slots, end_area, make_area, standing
from portal.duty.planning.services.common import end_of
from portal.duty.planning.views import (
    AreaForm,
    AreaPage,
    EndArea,
    address,
    area_address,
    area_shown,
    date_links,
    day_kind_name,
    kinds_in_order,
    slot_lines,
)
from portal.duty.routes.parts import Room
from portal.grids.rules import parse_id, parse_version
from portal.web.again import Typed
from portal.web.forms import form_of
from portal.web.respond import page, see


@get("/duty/plan/school", opt=SEE)
async def show_school(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The slots of the whole school: who leads."""
    room = await plan_room(request, actor, request.query_params.get("org", ""))
    return await _area_page(request, room, None)


@get("/duty/plan/areas/{area_id:int}", opt=SEE)
async def show_area(request: AnyRequest, actor: NamedDependency[Actor], area_id: FromPath[int]) -> Response[Any]:
    """An area on one kind of day: its slots, its card."""
    row = await area_row(area_id, by=actor)
    return await _area_page(request, await plan_room(request, actor, row.org_id), row)


@get("/duty/plan/areas/new", opt=SEE)
async def new_area(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form of a new area."""
    room = await plan_room(request, actor, request.query_params.get("org", ""))
    return await _new_page(request, room, Typed(), 200)


@post("/duty/plan/areas", opt=EDIT)
async def create_area(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A new area."""
    form = await form_of(request)
    room = await plan_room(request, actor, form.get("org"))
    try:
        new = parse_area(form.texts)
        area_id = await make_area(room.org.id, new, by=actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=("duty_area", 0), place="name")
        return await _new_page(request, room, typed, status)
    return see(request, f"/duty/plan/areas/{area_id}", flash="plan.area_made", name=new.name)


async def _new_page(request: AnyRequest, room: Room, typed: Typed, status: int) -> Response[Any]:
    view = AreaForm(frame_of(room, "plan", labels.TABS), _place_options(await places_of(room.org.id)), typed)
    return await page(
        request, "duty/planning/new_area.html", fragment="duty/planning/_new_area.html", status=status, view=view
    )


def _place_options(places: list[tuple[int, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(grid_id), way) for grid_id, way in places)


@post("/duty/plan/areas/{area_id:int}/changes", opt=EDIT)
async def create_area_change(
    request: AnyRequest, actor: NamedDependency[Actor], area_id: FromPath[int]
) -> Response[Any]:
    """Another name or grid for an area."""
    form, row = await form_of(request), await area_row(area_id, by=actor, edit=True)
    try:
        new = parse_area(form.texts)
        changed = await change_area(area_id, new, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=("duty_area", area_id), place="name")
        fresh = await plan_room(request, actor, row.org_id, fresh=True)
        return await _area_page(request, fresh, await area_row(area_id, by=actor), typed=typed, status=status)
    flash = "plan.area_changed" if changed else "plan.unchanged"
    return see(request, address(f"/duty/plan/areas/{area_id}", "", kind=form.get("kind")), flash=flash, name=new.name)


@post("/duty/plan/copies", opt=EDIT)
async def create_copy(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The slots of an area on one kind of day, copied to another from a date on."""
    form = await form_of(request)
    area_id = parse_id(form.get("area"))
    row = await area_row(area_id, by=actor, edit=True) if area_id else None
    room = await plan_room(request, actor, row.org_id if row else form.get("org"))
    try:
        wish = parse_copy(form.texts)
        slots = await copy_slots(room.org.id, area_id, *wish[:3], state=wish.state, by=actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=("grid", room.org.id), place="from_kind")
        fresh = await plan_room(request, actor, room.org.id, fresh=True)
        return await _area_page(request, fresh, row, copied=typed, status=status, kind=form.get("to_kind"))
    there = area_address(area_id, room.reader.org, kind=wish.to_kind, on=wish.first_day.isoformat())
    return see(request, there, flash="plan.slots_copied", slots=slots, day=told_day(request, wish.first_day))


async def _area_page(
    request: AnyRequest, room: Room, row: AreaRow | None, *, typed: Typed | None = None, copied: Typed | None = None,
    status: int = 200, kind: str = "",
) -> Response[Any]:  # fmt: skip
    words, plan, on = room.words, room.plan, chosen_day(request)
    kind = chosen_kind(room, kind or request.query_params.get("kind", ""))
    area_id, frame = row.id if row else None, frame_of(room, "plan", labels.TABS)
    found, later = held(plan.slots, plan.days, area_id, kind, on), max(on, tomorrow())
    stands = standing(plan.slots, area_id, kind, today())
    asked = {} if on == today() else {"on": on.isoformat()}
    sources = [one for one in kinds_in_order(plan) if one != kind and _has_slots(room, area_id, one, kind)]
    mine = [slot for slot in plan.slots if slot.area_id == area_id and slot.day_kind == (found.kind or kind)]
    place = await place_name(row.grid_id) if row else ""
    view = AreaPage(
        frame, area_id, area_shown(words, area_id, kind, on, other=frame.other, place=place, alone=True),
        kind,
        day_kind_name(words, kind),
        tuple((day_kind_name(words, one), area_address(area_id, frame.other, kind=one, **asked), "", one == kind)
              for one in kinds_in_order(plan)),
        date_links(words, mine, on, lambda **more: area_address(area_id, frame.other, kind=kind, **more)), on,
        slot_lines(words, found), address("/duty/plan/slots/new", frame.other, area=area_id, kind=kind),
        tuple((one, day_kind_name(words, one)) for one in sources), state_of(stands), later, len(stands),
        copied or Typed(), _place_options(await places_of(room.org.id)) if row else (),
        _values(row) if row else {}, typed or Typed(), row.version if row else 0,
    )  # fmt: skip
    return await page(request, "duty/planning/area.html", fragment="duty/planning/_area.html", status=status, view=view)


def _values(row: AreaRow) -> dict[str, str]:
    by_phone = "yes" if row.by_phone else "no"
    return {"name": row.name, "name_en": row.name_en, "grid": str(row.grid_id or ""), "by_phone": by_phone}


def _has_slots(room: Room, area_id: int | None, source: str, kind: str) -> bool:
    """Whether there is something to copy from this kind of day that does not hold here anyway."""
    found = held(room.plan.slots, room.plan.days, area_id, source, tomorrow())
    return found.kind == source and source != kind


@get("/duty/plan/areas/{area_id:int}/end", opt=SEE)
async def confirm_area_end(request: AnyRequest, actor: NamedDependency[Actor], area_id: FromPath[int]) -> Response[Any]:
    """What goes with an area when it ends."""
    return await _end_page(request, actor, await area_row(area_id, by=actor), Typed(), 200)


@post("/duty/plan/areas/{area_id:int}/endings", opt=EDIT)
async def create_area_end(request: AnyRequest, actor: NamedDependency[Actor], area_id: FromPath[int]) -> Response[Any]:
    """Ends an area with today."""
    form, row = await form_of(request), await area_row(area_id, by=actor, edit=True)
    try:
        gone = await end_area(area_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=("duty_area", area_id), place="end")
        return await _end_page(request, actor, await area_row(area_id, by=actor), typed, status)
    room = await plan_room(request, actor, row.org_id)
    there = address("/duty/plan", room.reader.org)
    return see(request, there, flash="plan.area_ended", name=row.name, shifts=gone.shifts)


async def _end_page(request: AnyRequest, actor: Actor, row: AreaRow, typed: Typed, status: int) -> Response[Any]:
    room = await plan_room(request, actor, row.org_id)
    view = EndArea(
        frame_of(room, "plan", labels.TABS), row.id, room.words.chosen(row.name, row.name_en),
        f"/duty/plan/areas/{row.id}", row.version, await hanging_on(row.id, end_of(today())), typed,
    )  # fmt: skip
    return await page(
        request, "duty/planning/end_area.html", fragment="duty/planning/_end_area.html", status=status, view=view
    )


ROUTES = [
    show_school,
    new_area,
    show_area,
    create_area,
    create_area_change,
    create_copy,
    confirm_area_end,
    create_area_end,
]
