"""Who holds a post: appointing, making primary, ending."""

from datetime import date, datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now, start_of_day, today
from portal.core.database import unit_of_work
from portal.core.refusals import Invalid, NotFound, Refused
from portal.grids.rules import parse_version
from portal.people import labels
from portal.people.forms import AppointCommand, parse_appointment, parse_day
from portal.people.queries import (
    PeopleWanted,
    PersonLine,
    PostPlace,
    appointment_row,
    find_people,
    holdings_of,
    person_row,
)
from portal.people.routes.posts import links, post_page, post_to_edit, way_to
from portal.people.services import appoint, end_appointment, make_person, make_primary
from portal.people.views import AppointView
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.rendering.moments import day_text
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import Form, form_of
from portal.web.respond import language_of, page, safe_path, see

VIEW, EDIT = {"permission": Permission.PERSON_EDIT_VIEW}, {"permission": Permission.PERSON_EDIT}
SHOWN = 30


def instant_of(first_day: date | None) -> datetime | None:
    """When an appointment begins that begins on this day: today means now, another day its first instant."""
    return None if first_day is None or first_day == today() else start_of_day(first_day)


def end_of(last_day: date | None) -> datetime | None:
    """When an appointment ends whose last day this is: the first instant of the day after."""
    return None if last_day is None else start_of_day(last_day + timedelta(days=1))


@get("/posts/{post_id:int}/appoint", opt=VIEW)
async def choose_person(request: AnyRequest, actor: NamedDependency[Actor], post_id: FromPath[int]) -> Response[Any]:
    """Searches for whoever shall hold a post."""
    found = await _open_post(post_id, actor)
    return await _appoint_page(
        request,
        actor,
        found,
        query=request.query_params.get("q", "").strip()[:60],
        back=_back(request.query_params.get("next", "")),
    )


def _back(wanted: str) -> str:
    """The page of this site that the way came from (a list of gaps); "" for the post's own page."""
    return safe_path(wanted) if wanted else ""


async def _open_post(post_id: int, actor: Actor) -> PostPlace:
    found = await post_to_edit(post_id, actor)
    if found.ended_at is not None:
        raise NotFound()
    return found


@post("/posts/{post_id:int}/appointments", opt=EDIT)
async def create_appointment(
    request: AnyRequest, actor: NamedDependency[Actor], post_id: FromPath[int]
) -> Response[Any]:
    """Puts somebody into a post: somebody known, or somebody new by name."""
    form, found = await form_of(request), await _open_post(post_id, actor)
    back = _back(form.get("next"))
    try:
        name = await _carry_out(parse_appointment(form.texts), found, actor)
    except Refused as refusal:
        place = "first_day" if refusal.code in ("people.in_the_past", "people.too_far_ahead") else "person"
        typed, status = await typed_again(request, form, refusal, about=("post", post_id), place=place)
        return await _appoint_page(request, actor, found, query=form.get("q"), back=back, typed=typed, status=status)
    return see(request, back or f"/posts/{post_id}", flash="people.appointed", name=name)


async def _carry_out(wants: AppointCommand, found: PostPlace, actor: Actor) -> str:
    """One unit: a new name without its appointment would be a person nobody asked for."""
    async with unit_of_work():
        person_id = wants.person_id or await make_person(
            wants.new_name, org_id=found.org_id, by=actor, kind="pupil" if found.role == "pupil" else "staff"
        )
        await appoint(
            person_id, post_id=found.id, by=actor, starts_at=instant_of(wants.first_day), is_primary=wants.is_primary,
            kind=wants.held_as, ends_at=end_of(wants.last_day),
        )  # fmt: skip
        person = await person_row(person_id)
    return person.name if person else ""


async def _appoint_page(
    request: AnyRequest, actor: Actor, found: PostPlace, *, query: str, back: str, typed: Typed | None = None,
    status: int = 200,
) -> Response[Any]:  # fmt: skip
    language, at = language_of(request), now()
    say, is_pupil = translator(language), found.role == "pupil"
    people, total = await _people(found, query, actor, at)
    held = [one for one in await holdings_of(found.id) if one.ends_at is None or one.ends_at > at]
    view = AppointView(
        post_id=found.id, title=found.title, grid=found.grid, grid_id=found.grid_id,
        crumbs=(*links(await way_to(found)), (found.title, f"/posts/{found.id}")), query=query, back=back,
        people=tuple(people),
        found=total,
        held_as=tuple((key, say(labels.HELD_AS[key]), say(labels.HELD_AS_HELP[key])) for key in labels.HELD_AS),
        is_vacant=not held, is_pupil_post=is_pupil,
        typed=typed or Typed({"held_as": "holder", "is_primary": "" if held else "1"}),
    )  # fmt: skip
    return await page(request, "people/appoint.html", fragment="people/_appoint.html", status=status, view=view)


async def _people(found: PostPlace, query: str, actor: Actor, at: datetime) -> tuple[list[PersonLine], int]:
    who = "pupil" if found.role == "pupil" else "staff"
    return await find_people(PeopleWanted(query, who, found.org_id), by=actor, at=at, most=SHOWN)


@post("/appointments/{appointment_id:int}/primary", opt=EDIT)
async def create_primary(
    request: AnyRequest, actor: NamedDependency[Actor], appointment_id: FromPath[int]
) -> Response[Any]:
    """Makes somebody the first of those who hold a post."""
    form, (found, name) = await form_of(request), await _known(appointment_id, actor)
    try:
        await make_primary(appointment_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _post_again(request, actor, found, form, refusal)
    return see(request, f"/posts/{found.id}", flash="people.primary_set", name=name)


@post("/appointments/{appointment_id:int}/endings", opt=EDIT)
async def create_appointment_ending(
    request: AnyRequest, actor: NamedDependency[Actor], appointment_id: FromPath[int]
) -> Response[Any]:
    """Ends an appointment: now, or with the last day that the form names."""
    form, (found, name) = await form_of(request), await _known(appointment_id, actor)
    try:
        last = _last_day(form)
        await end_appointment(
            appointment_id, version=parse_version(form.get("version")), by=actor, ends_at=end_of(last)
        )
    except Refused as refusal:
        return await _post_again(request, actor, found, form, refusal)
    if last is None:
        return see(request, f"/posts/{found.id}", flash="people.appointment_ended", name=name)
    day = day_text(last, today=today(), language=language_of(request))
    return see(request, f"/posts/{found.id}", flash="people.appointment_will_end", name=name, day=day)


def _last_day(form: Form) -> date | None:
    errors: dict[str, str] = {}
    last = parse_day(form.get("last_day"), "last_day", errors)
    if errors:
        raise Invalid(errors)
    return last


async def _known(appointment_id: int, actor: Actor) -> tuple[PostPlace, str]:
    row = await appointment_row(appointment_id)
    if row is None:
        raise NotFound()
    found, person = await post_to_edit(row.post_id, actor), await person_row(row.person_id)
    return found, person.name if person else ""


async def _post_again(
    request: AnyRequest, actor: Actor, found: PostPlace, form: Form, refusal: Refused
) -> Response[Any]:
    typed, status = await typed_again(request, form, refusal, about=("post", found.id), place="last_day")
    return await post_page(request, actor, await post_to_edit(found.id, actor), typed, status)


APPOINTMENTS = [choose_person, create_appointment, create_primary, create_appointment_ending]
