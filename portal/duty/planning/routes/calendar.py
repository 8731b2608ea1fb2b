"""The school year: what each day is and why; single dates by hand; periods."""

from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import today
from portal.core.database import fetch_value
from portal.core.refusals import Refused
from portal.duty.forms import YEARS, parse_day
from portal.duty.planning import labels
from portal.duty.planning.forms import parse_own_day, parse_period
from portal.duty.planning.queries import PeriodRow, period_row
from portal.duty.planning.routes.common import EDIT, SEE, AnyRequest, frame_of, plan_room, refused, told_day
from portal.duty.planning.rules import is_begun, period_kinds
from portal.duty.planning.services import change_period, clear_day, end_period, make_period, set_day
from portal.duty.planning.views import PeriodForm, address, calendar_page, period_kind_name
from portal.duty.routes.parts import Room
from portal.duty.rules import TERM
from portal.grids.rules import parse_version
from portal.web.again import Typed
from portal.web.forms import Form, form_of
from portal.web.respond import page, see


@get("/duty/plan/calendar", opt=SEE)
async def show_calendar(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A school year (`year` is the one it begins in), with one `day` chosen for the form."""
    query = request.query_params
    day, year = parse_day(query.get("day", "")), query.get("year", "")
    begins = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0
    around = day or (date(begins, 10, 1) if begins in YEARS else today())
    room = await plan_room(request, actor, query.get("org", ""), around=around)
    return await _calendar(request, room, around, day, Typed(), 200)


async def _calendar(
    request: AnyRequest, room: Room, around: date, day: date | None, typed: Typed, status: int
) -> Response[Any]:
    view = calendar_page(frame_of(room, "calendar", labels.TABS), room.words, around, day, typed)
    return await page(
        request, "duty/planning/calendar.html", fragment="duty/planning/_calendar.html", status=status, view=view
    )


@post("/duty/plan/days", opt=EDIT)
async def create_day(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What a school says about a date; with the button "clear" it says nothing any more."""
    form = await form_of(request)
    room = await plan_room(request, actor, form.get("org"))
    day = parse_day(form.get("day"))
    try:
        flash = await _carry_out(form, room, day, actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=await _told_of(room, day), place="name")
        fresh = await plan_room(request, actor, room.org.id, around=day or today(), fresh=True)
        return await _calendar(request, fresh, day or today(), day, typed, status)
    assert day is not None
    there = address("/duty/plan/calendar", room.reader.org, day=day.isoformat())
    return see(request, there, flash=flash, day=told_day(request, day))


async def _carry_out(form: Form, room: Room, day: date | None, actor: Actor) -> str:
    if form.get("do") == "clear" and day is not None:
        cleared = await clear_day(room.org.id, day, was=form.get("was"), by=actor)
        return "plan.day_cleared" if cleared else "plan.unchanged"
    wish = parse_own_day(form.texts)
    changed = await set_day(room.org.id, wish.day, wish.kind, wish.name, was=wish.was, by=actor)
    return "plan.day_set" if changed else "plan.unchanged"


async def _told_of(room: Room, day: date | None) -> tuple[str, int]:
    """What the history knows of a date that the school has spoken of."""
    found = await fetch_value("SELECT id FROM calendar_day WHERE org_id = {} AND day = {}", room.org.id, day)
    return "calendar_day", int(found or 0)


@get("/duty/plan/periods/new", opt=SEE)
async def new_period(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form of a new period."""
    room = await plan_room(request, actor, request.query_params.get("org", ""))
    return await _period_page(request, room, None, Typed(), 200)


@post("/duty/plan/periods", opt=EDIT)
async def create_period(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A new period."""
    form = await form_of(request)
    room = await plan_room(request, actor, form.get("org"))
    try:
        new = parse_period(form.texts)
        await make_period(room.org.id, new, by=actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=("duty_period", 0), place="name")
        return await _period_page(request, room, None, typed, status)
    there = address("/duty/plan/calendar", room.reader.org, day=new.first_day.isoformat())
    return see(request, there, flash="plan.period_made", name=new.name)


@get("/duty/plan/periods/{period_id:int}", opt=SEE)
async def show_period(request: AnyRequest, actor: NamedDependency[Actor], period_id: FromPath[int]) -> Response[Any]:
    """The form of a period."""
    row = await period_row(period_id, by=actor)
    return await _period_page(request, await plan_room(request, actor, row.org_id), row, Typed(), 200)


@post("/duty/plan/periods/{period_id:int}/changes", opt=EDIT)
async def create_period_change(
    request: AnyRequest, actor: NamedDependency[Actor], period_id: FromPath[int]
) -> Response[Any]:
    """Another name or other days for a period."""
    form, row = await form_of(request), await period_row(period_id, by=actor, edit=True)
    try:
        new = parse_period(form.texts)
        changed = await change_period(period_id, new, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _period_again(request, actor, period_id, form, refusal)
    flash = "plan.period_changed" if changed else "plan.unchanged"
    return await _after(request, actor, row, flash, new.name, new.first_day)


@post("/duty/plan/periods/{period_id:int}/endings", opt=EDIT)
async def create_period_end(
    request: AnyRequest, actor: NamedDependency[Actor], period_id: FromPath[int]
) -> Response[Any]:
    """Ends a period before its time."""
    form, row = await form_of(request), await period_row(period_id, by=actor, edit=True)
    try:
        await end_period(period_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _period_again(request, actor, period_id, form, refusal)
    return await _after(request, actor, row, "plan.period_ended", row.name, today())


async def _after(
    request: AnyRequest, actor: Actor, row: PeriodRow, flash: str, name: str, day: date
) -> Response[Any]:  # fmt: skip
    room = await plan_room(request, actor, row.org_id)
    return see(request, address("/duty/plan/calendar", room.reader.org, day=day.isoformat()), flash=flash, name=name)


async def _period_again(
    request: AnyRequest, actor: Actor, period_id: int, form: Form, refusal: Refused
) -> Response[Any]:
    typed, status = await refused(request, form, refusal, about=("duty_period", period_id), place="name")
    row = await period_row(period_id, by=actor)
    return await _period_page(request, await plan_room(request, actor, row.org_id), row, typed, status)


async def _period_page(
    request: AnyRequest, room: Room, row: PeriodRow | None, typed: Typed, status: int
) -> Response[Any]:
    words, known, now = room.words, dict[str, str](), ""
    if row is not None:
        known = {
            "kind": row.kind, "name": row.name, "first_day": row.first_day.isoformat(),
            "last_day": row.last_day.isoformat(), "raise_by": str(row.raise_by or ""),
        }  # fmt: skip
        now = f"{row.name} {words.on(row.first_day)}\u2013{words.on(row.last_day)}"
    is_term = row is not None and row.kind == TERM
    view = PeriodForm(
        frame_of(room, "calendar", labels.TABS), row.id if row else 0,
        f"/duty/plan/periods/{row.id}/changes" if row else "/duty/plan/periods", row.version if row else 0,
        tuple((code, period_kind_name(words, code)) for code in period_kinds(room.plan.kinds)), now,
        row is not None and not is_term and is_begun(row.first_day, today()),
        row is not None and not is_term and row.last_day < today(), is_term, {**known, **typed.texts}, typed,
    )  # fmt: skip
    return await page(
        request, "duty/planning/period.html", fragment="duty/planning/_period.html", status=status, view=view
    )


ROUTES = [
    show_calendar,
    create_day,
    new_period,
    create_period,
    show_period,
    create_period_change,
    create_period_end,
]
