"""Editing without drag: a time, then people; one shift, moved, given to another, or taken away."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import local, now, today
from portal.core.refusals import Conflict, Forbidden, Invalid, NotFound, Refused
from portal.duty import labels
from portal.duty.forms import (
    LONGEST_NOTE,
    Asked,
    parse_asked,
    parse_change,
    parse_minute,
    parse_people,
    parse_version,
)
from portal.duty.queries import SeenShift, lane_state, last_change, shift_seen
from portal.duty.routes.parts import AnyRequest, Room, links_of, room_of, wanted_org
from portal.duty.routes.staffing import staffing_around
from portal.duty.routes.today import laid_over
from portal.duty.rules import LEADING, Duty
from portal.duty.services import NewShift, add_shifts, cancel_shift, change_shift
from portal.duty.swapping.queries.standing import swaps_of_shift
from portal.duty.swapping.views.reader import Reader
from portal.duty.swapping.views.standing import OfShiftView, of_shift
from portal.duty.views.choice import when_text
from portal.duty.views.lanes import Laid
from portal.duty.views.shifts import (
    NewPage,
    ShiftPage,
    holes_ahead,
    minute_text,
    missing_over,
    shown,
    slot_links,
    standing_in,
    state_of,
    there_now,
    when_form,
)
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.rendering.moments import moment_text
from portal.web.errors import sentence
from portal.web.forms import Form, form_of
from portal.web.labels import REFUSALS
from portal.web.respond import language_of, page, see

WEEK, LONGEST = timedelta(days=6), timedelta(days=2)
PLACES = {
    "duty.may_not_lead": "person", "duty.not_yourself": "person", "duty.person_missing": "person",
    "duty.shift_is_over": "ends", "duty.shift_is_empty": "ends", "duty.shift_too_long": "ends",
    "duty.no_such_lane": "role",
}  # fmt: skip
"""Which field a refusal of the service is about."""


@get("/duty/shifts/new", opt={"permission": Permission.DUTY_EDIT_VIEW})
async def show_new_shift(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """When and where first, then who: everybody with what speaks against them. All of it stands in the address."""
    texts = {name: str(value) for name, value in request.query_params.items()}
    room = await editable(request, actor, texts.get("org", ""))
    asked = parse_asked(texts)
    if "role" not in texts or asked.errors:
        errors = sentences(asked.errors, request) if "role" in texts else {}
        return await _asking_page(request, room, asked, errors, texts.get("q", ""))
    return await _new_page(request, room, asked, q=texts.get("q", ""))


@post("/duty/shifts", opt={"permission": Permission.DUTY_EDIT})
async def create_shifts(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Puts the chosen people on duty."""
    form = await form_of(request)
    room = await editable(request, actor, form.get("org"))
    asked, people = parse_asked(form.texts), parse_people(form.all("person"))
    if asked.errors or asked.line is None or asked.starts_at is None or asked.ends_at is None:
        return await _asking_page(request, room, asked, sentences(asked.errors, request), "", status=422)
    new = NewShift(asked.line, asked.starts_at, asked.ends_at, note=form.get("note")[:LONGEST_NOTE])
    try:
        await add_shifts(room.org.id, new, people, by=actor, state=form.get("state"))
    except Refused as refusal:
        return await _not_added(request, room, asked, form, refusal)
    return see(
        request, f"/duty/week?day={local(new.starts_at).date()}{room.reader.org}", flash="duty.shifts_added",
        count=len(people), hours=when_text(new.starts_at, new.ends_at, room.words),
    )  # fmt: skip


@get("/duty/shifts/{shift_id:int}", opt={"permission": Permission.DUTY_VIEW})
async def show_shift(request: AnyRequest, shift_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """One shift, with the form that changes it for whoever may; `starts`, `ends` and `q` are of that form."""
    row = await shift_seen(shift_id, by=actor)
    return await _shift_page(request, actor, row, {name: str(value) for name, value in request.query_params.items()})


@post("/duty/shifts/{shift_id:int}/changes", opt={"permission": Permission.DUTY_EDIT})
async def create_shift_change(
    request: AnyRequest, shift_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Moves a shift, or gives it to another person."""
    form, row = await form_of(request), await _editable_shift(request, shift_id, actor)
    try:
        change = parse_change(form.texts)
        _still_there(row)
        await change_shift(
            shift_id, version=change.version, by=actor, starts_at=change.starts_at, ends_at=change.ends_at,
            person_id=change.person_id,
        )  # fmt: skip
    except Refused as refusal:
        return await _not_changed(request, actor, shift_id, form, refusal)
    return see(request, _back(form, row, f"/duty/shifts/{shift_id}", actor), flash="duty.shift_changed")


@post("/duty/shifts/{shift_id:int}/cancellations", opt={"permission": Permission.DUTY_EDIT})
async def create_shift_cancellation(
    request: AnyRequest, shift_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Takes a shift away, with a reason."""
    form, row = await form_of(request), await _editable_shift(request, shift_id, actor)
    try:
        _still_there(row)
        reason = form.get("reason")[:LONGEST_NOTE]
        if not reason:
            raise Invalid({"reason": "duty.reason_missing"})
        await cancel_shift(shift_id, version=parse_version(form.texts), by=actor, reason=reason)
    except Refused as refusal:
        return await _not_changed(request, actor, shift_id, form, refusal)
    other = f"&org={row.org_id}" if row.org_id != actor.org_id else ""
    week = f"/duty/week?day={local(row.starts_at).date()}{other}"
    return see(request, _back(form, row, week, actor), flash="duty.shift_cancelled")


def _back(form: Form, row: SeenShift, path: str, actor: Actor) -> str:
    if form.get("back") != "conflicts":
        return path
    return "/duty/conflicts" + (f"?org={row.org_id}" if row.org_id != actor.org_id else "")


async def editable(request: AnyRequest, actor: Actor, wanted: str) -> Room:
    """The book of an organisation that the actor may change; any other one does not exist."""
    room = await room_of(request, actor, wanted_org(actor, wanted))
    if not room.may_edit:
        raise NotFound()
    return room


async def _editable_shift(request: AnyRequest, shift_id: int, actor: Actor) -> SeenShift:
    row = await shift_seen(shift_id, by=actor)
    await editable(request, actor, str(row.org_id))
    return row


def _still_there(row: SeenShift) -> None:
    if row.cancelled_at is not None:
        raise Conflict("duty.shift_cancelled")


def sentences(codes: Mapping[str, str], request: AnyRequest) -> dict[str, str]:
    """The words of a form's errors."""
    say = translator(language_of(request))
    return {name: say(REFUSALS[code]) for name, code in codes.items()}


def errors_of(refusal: Refused, request: AnyRequest) -> dict[str, str]:
    """The words of a refusal, by the field that it is about."""
    if isinstance(refusal, Invalid):
        return sentences(refusal.fields, request)
    return {PLACES.get(refusal.code, "starts"): sentence(refusal, language_of(request))}


async def _asking_page(
    request: AnyRequest, room: Room, asked: Asked, errors: Mapping[str, str], q: str, *, status: int = 200
) -> Response[Any]:
    """Only the question where and when, with the gaps of the coming week to choose from."""
    laid = await laid_over(room, today(), today() + WEEK)
    view = NewPage(
        room.org.id, room.org.name, room.reader.org, room.is_below, when_form(asked, room.words, q), False, "", "", 0,
        (), (), (), 0, False, "", holes_ahead(laid.holes(laid.start, laid.end), room.reader.at), errors=errors,
    )  # fmt: skip
    return await page(request, "duty/new_shift.html", fragment="duty/_new_shift.html", status=status, view=view)


async def _new_page(
    request: AnyRequest, room: Room, asked: Asked, *, q: str = "", form: Form | None = None,
    errors: Mapping[str, str] | None = None, beaten: str = "", status: int = 200,
) -> Response[Any]:  # fmt: skip
    assert asked.line and asked.starts_at and asked.ends_at
    line, start, end = asked.line, asked.starts_at, asked.ends_at
    if not _is_lane(room, asked):
        errors = sentences({"role": "duty.no_such_lane"}, request)
        return await _asking_page(request, room, asked, errors, q, status=422)
    end = min(end, start + LONGEST)  # a longer one is refused; it is not looked through
    staffing, laid = await staffing_around(room, start, end)
    found, more = shown(staffing.choices(Duty(start, end, line, None)), q)
    view = NewPage(
        room.org.id, room.org.name, room.reader.org, room.is_below, when_form(asked, room.words, q), True,
        room.words.line(line), when_text(start, end, room.words), missing_over(laid, line, start, end),
        slot_links(laid, line, start, local(start).date()), there_now(laid, line, start, end), found, more,
        line == LEADING, await lane_state(room.org.id, line, start, end),
        chosen=tuple(parse_people(form.all("person"))) if form else (), note=form.get("note") if form else "",
        errors=errors or {}, beaten=beaten,
    )  # fmt: skip
    return await page(request, "duty/new_shift.html", fragment="duty/_new_shift.html", status=status, view=view)


def _is_lane(room: Room, asked: Asked) -> bool:
    assert asked.line
    area = room.plan.areas.get(asked.line.area_id or 0)
    return asked.line.role in room.plan.roles and (asked.line.area_id is None or bool(area and not area.is_ended))


async def _not_added(request: AnyRequest, room: Room, asked: Asked, form: Form, refusal: Refused) -> Response[Any]:
    """The form as it is now, with what was ticked."""
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    if isinstance(refusal, Conflict):
        beaten = sentence(refusal, language_of(request))
        return await _new_page(request, room, asked, form=form, beaten=beaten, status=409)
    return await _new_page(request, room, asked, form=form, errors=errors_of(refusal, request), status=422)


async def _not_changed(request: AnyRequest, actor: Actor, shift_id: int, form: Form, refusal: Refused) -> Response[Any]:
    """The shift as it is now, with what was typed, and who was quicker."""
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    row, language = await shift_seen(shift_id, by=actor), language_of(request)
    if not isinstance(refusal, Conflict):
        return await _shift_page(
            request, actor, row, form.texts, errors=errors_of(refusal, request), status=refusal.status
        )
    last = await last_change(shift_id)
    name = last.name if last and last.name else translator(language)(labels.SOMEBODY)
    when = moment_text(last.at, at=now(), language=language) if last else ""
    beaten = translator(language)(labels.BEATEN, name=name, moment=when)
    return await _shift_page(request, actor, row, form.texts, beaten=beaten, status=409)


def _asked_span(row: SeenShift, texts: Mapping[str, str]) -> tuple[datetime, datetime]:
    """The times that are asked about, where they make sense; else the shift's own."""
    start = parse_minute(texts.get("starts", "")) or row.starts_at
    end = parse_minute(texts.get("ends", "")) or row.ends_at
    return (start, end) if timedelta() < end - start <= LONGEST else (row.starts_at, row.ends_at)


async def _laid_over(room: Room, row: SeenShift) -> Laid:
    last = local(row.ends_at - timedelta(microseconds=1)).date()
    return await laid_over(room, local(row.starts_at).date(), last)


async def _shift_page(
    request: AnyRequest, actor: Actor, row: SeenShift, texts: Mapping[str, str], *,
    errors: Mapping[str, str] | None = None, beaten: str = "", status: int = 200,
) -> Response[Any]:  # fmt: skip
    room = await room_of(request, actor, row.org_id)
    state = state_of(row, room.reader.at)
    asks = room.may_edit and state == "ahead"
    start, end = _asked_span(row, texts)
    staffing, laid = await staffing_around(room, start, end) if asks else (None, await _laid_over(room, row))
    choices = staffing.choices(Duty(start, end, row.line, row.id)) if staffing else []
    choices.sort(key=lambda one: one.person_id != row.person_id)  # whoever has it stands first
    found, more = shown(choices, texts.get("q", ""))
    picked = parse_people([texts.get("person", "")])
    view = ShiftPage(
        row.id, room.org.name, room.reader.org, room.is_below, room.words.line(row.line), local(row.starts_at).date(),
        when_text(row.starts_at, row.ends_at, room.words), row.name or row.title, standing_in(laid, row), row.note,
        row.version, state, room.may_edit, texts.get("starts") or minute_text(start),
        texts.get("ends") or minute_text(end), texts.get("q", ""),
        picked[0] if picked else row.person_id, found, more, links_of(request, actor, row, state),
        texts.get("reason", ""), errors or {}, beaten,
        of_shift=await _of_shift(room, row, actor, language_of(request)),
    )  # fmt: skip
    return await page(request, "duty/shift.html", fragment="duty/_shift.html", status=status, view=view)


async def _of_shift(room: Room, row: SeenShift, actor: Actor, language: str) -> OfShiftView:
    reader = Reader.of(room.words.plan, language, room.reader.at, actor.person_id, is_office=room.may_edit)
    return of_shift(await swaps_of_shift(row.id), reader, mine=row.person_id == actor.person_id)


ROUTES = [show_new_shift, create_shifts, show_shift, create_shift_change, create_shift_cancellation]
