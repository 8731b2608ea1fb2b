"""The form of a slot: a new one, one that is there, its end."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import today
from portal.core.refusals import NotFound, Refused
from portal.duty.planning import labels
from portal.duty.planning.forms import clock_of, parse_first_day, parse_slot
from portal.duty.planning.queries import SlotRow, slot_row
from portal.duty.planning.routes.common import (
    EDIT,
    SEE,
    AnyRequest,
    frame_of,
    plan_room,
    refused,
    told_day,
    tomorrow,
)
from portal.duty.planning.rules import held
from portal.duty.planning.services import add_slot, change_slot, end_slot
from portal.duty.planning.views import SlotForm, area_address, day_kind_name, hours
from portal.duty.routes.parts import Room
from portal.grids.rules import parse_id, parse_version
from portal.web.again import Typed
from portal.web.forms import form_of
from portal.web.respond import page, see


@get("/duty/plan/slots/new", opt=SEE)
async def new_slot(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form of a new slot: `area` (none: the whole school), `kind` of day, and hours, where they are known."""
    query = request.query_params
    room = await plan_room(request, actor, query.get("org", ""))
    area_id = _area(room, query.get("area", ""))
    kind = query.get("kind", "") if query.get("kind", "") in room.plan.kinds else room.plan.days.kind(today())
    values = {name: query[name][:5] for name in ("starts", "ends") if name in query}
    return await _new_page(request, room, area_id, kind, Typed(values), 200)


@post("/duty/plan/slots", opt=EDIT)
async def create_slot(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A new slot."""
    form = await form_of(request)
    room = await plan_room(request, actor, form.get("org"))
    area_id, kind = _area(room, form.get("area")), form.get("kind")[:20]
    try:
        new = parse_slot(form.texts)
        await add_slot(room.org.id, area_id, kind, new, by=actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=("duty_slot", 0), place="name")
        return await _new_page(request, room, area_id, kind, typed, status)
    there = area_address(area_id, room.reader.org, kind=kind, on=new.first_day.isoformat())
    return see(request, there, flash="plan.slot_added", day=told_day(request, new.first_day))


def _area(room: Room, text: str) -> int | None:
    """An area of this school that has not ended; any other one does not exist."""
    if not text:
        return None
    area = room.plan.areas.get(parse_id(text) or 0)
    if area is None or area.is_ended:
        raise NotFound()
    return area.id


def _roles(room: Room, area_id: int | None) -> tuple[tuple[str, str], ...]:
    roles = sorted(room.plan.roles.values(), key=lambda role: (role.code.startswith("own"), role.sort))
    return tuple((role.code, room.words.role(role.code)) for role in roles if area_id is None or role.kind != "leader")


async def _new_page(
    request: AnyRequest, room: Room, area_id: int | None, kind: str, typed: Typed, status: int
) -> Response[Any]:
    words, found = room.words, held(room.plan.slots, room.plan.days, area_id, kind, tomorrow())
    anew = day_kind_name(words, found.kind) if found.kind not in ("", kind) else ""
    values = {"people": "1", "first_day": tomorrow().isoformat(), **typed.texts}
    view = SlotForm(
        frame_of(room, "plan", labels.TABS), 0, "/duty/plan/slots", area_id, words.area(area_id), kind,
        day_kind_name(words, kind), _roles(room, area_id), area_address(area_id, room.reader.org, kind=kind), "", anew,
        0, values, typed, Typed(),
    )  # fmt: skip
    return await page(request, "duty/planning/slot.html", fragment="duty/planning/_slot.html", status=status, view=view)


@get("/duty/plan/slots/{slot_id:int}", opt=SEE)
async def show_slot(request: AnyRequest, actor: NamedDependency[Actor], slot_id: FromPath[int]) -> Response[Any]:
    """The form of a slot that is there."""
    row = await slot_row(slot_id, by=actor)
    return await _slot_page(request, actor, row, Typed(), Typed(), 200)


@post("/duty/plan/slots/{slot_id:int}/changes", opt=EDIT)
async def create_slot_change(
    request: AnyRequest, actor: NamedDependency[Actor], slot_id: FromPath[int]
) -> Response[Any]:
    """From a date on the slot is another."""
    form, row = await form_of(request), await slot_row(slot_id, by=actor, edit=True)
    try:
        new = parse_slot(form.texts)
        await change_slot(slot_id, new, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=("duty_slot", slot_id), place="first_day")
        return await _slot_page(request, actor, await slot_row(slot_id, by=actor), typed, Typed(), status)
    there = await _back(request, actor, row, new.first_day.isoformat())
    return see(request, there, flash="plan.slot_changed", day=told_day(request, new.first_day))


@post("/duty/plan/slots/{slot_id:int}/endings", opt=EDIT)
async def create_slot_end(request: AnyRequest, actor: NamedDependency[Actor], slot_id: FromPath[int]) -> Response[Any]:
    """From a date on the slot holds no more."""
    form, row = await form_of(request), await slot_row(slot_id, by=actor, edit=True)
    try:
        day = parse_first_day(form.texts)
        await end_slot(slot_id, day, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=("duty_slot", slot_id), place="first_day")
        errors = {"end_day" if name == "first_day" else name: text for name, text in typed.errors.items()}
        ending = Typed(typed.texts, errors, typed.beaten)
        return await _slot_page(request, actor, await slot_row(slot_id, by=actor), Typed(), ending, status)
    there = await _back(request, actor, row, day.isoformat())
    return see(request, there, flash="plan.slot_ended", day=told_day(request, day))


async def _back(request: AnyRequest, actor: Actor, row: SlotRow, on: str = "") -> str:
    room = await plan_room(request, actor, row.org_id)
    return area_address(row.area_id, room.reader.org, kind=row.day_kind, on=on)


async def _slot_page(
    request: AnyRequest, actor: Actor, row: SlotRow, typed: Typed, ending: Typed, status: int
) -> Response[Any]:
    room = await plan_room(request, actor, row.org_id)
    words = room.words
    first_day = max(row.first_day, tomorrow()).isoformat()
    known = {
        "role": row.role, "starts": clock_of(row.from_minute), "ends": clock_of(row.to_minute),
        "people": str(row.people), "name": row.name, "name_en": row.name_en, "first_day": first_day,
        "asks_report": "1" if row.asks_report else "",
    }  # fmt: skip
    people = words.say(labels.PEOPLE, role=words.role(row.role), count=row.people)
    now = f"{hours(row.from_minute, row.to_minute)} {words.chosen(row.name, row.name_en)} {people}"
    is_over = row.last_day is not None and (row.last_day < today() or row.last_day < row.first_day)
    view = SlotForm(
        frame_of(room, "plan", labels.TABS), row.id, f"/duty/plan/slots/{row.id}/changes", row.area_id,
        words.area(row.area_id), row.day_kind, day_kind_name(words, row.day_kind), _roles(room, row.area_id),
        area_address(row.area_id, room.reader.org, kind=row.day_kind), now, "", row.version,
        {**known, **({"asks_report": ""} if typed.texts else {}), **typed.texts}, typed,
        Typed({"first_day": first_day, **ending.texts}, ending.errors, ending.beaten),
        is_over,
    )  # fmt: skip
    return await page(request, "duty/planning/slot.html", fragment="duty/planning/_slot.html", status=status, view=view)


ROUTES = [new_slot, create_slot, show_slot, create_slot_change, create_slot_end]
