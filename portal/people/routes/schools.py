"""A bureau makes a school."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import NotFound, Refused
from portal.grids.queries import organisations_seen
from portal.grids.rules import parse_id
from portal.people import labels
from portal.people.forms import parse_school
from portal.people.services import make_school
from portal.people.views import SchoolForm
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see


@get("/schools/new", opt={"permission": Permission.SCHOOL_MAKE_VIEW})
async def new_school(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form of a new school."""
    return await _school_page(request, actor)


@post("/schools", opt={"permission": Permission.SCHOOL_MAKE})
async def create_school(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A new school with its first safety officer."""
    form, say = await form_of(request), translator(language_of(request))
    bureau_id = parse_id(form.get("bureau"))
    if bureau_id is None:
        raise NotFound()
    try:
        wants = parse_school(form.texts, default_title=say(labels.NEW_OFFICER_TITLE))
        made = await make_school(
            wants.name, bureau_id=bureau_id, duty_phone=wants.duty_phone, officer=wants.officer,
            officer_title=wants.officer_title, officer_phone=wants.officer_phone, by=actor,
        )  # fmt: skip
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("grid", bureau_id))
        return await _school_page(request, actor, typed, status)
    return see(request, f"/grids/{made.school_id}", flash="school.made", name=wants.name)


async def _school_page(
    request: AnyRequest, actor: Actor, typed: Typed | None = None, status: int = 200
) -> Response[Any]:
    mine = scope(actor, Permission.SCHOOL_MAKE)
    bureaus = [
        (str(one.id), one.name) for one in await organisations_seen(actor, at=now())
        if one.kind == "bureau" and mine.holds(one.path, one.id)
    ]  # fmt: skip
    if not bureaus:
        raise NotFound()
    title = translator(language_of(request))(labels.NEW_OFFICER_TITLE)
    view = SchoolForm(tuple(bureaus), typed or Typed({"bureau": bureaus[0][0], "officer_title": title}))
    return await page(request, "people/school_form.html", fragment="people/_school_form.html", status=status, view=view)


SCHOOLS = [new_school, create_school]
