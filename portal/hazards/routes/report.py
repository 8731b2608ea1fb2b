"""Reporting a hazard: place known from the page or chosen by typing, one line, a photo if there is one (B1)."""

from contextlib import suppress
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.ids import new_token
from portal.core.refusals import Refused
from portal.duty.watching.services import name_card
from portal.hazards.forms import number, parse_report
from portal.hazards.queries.cards import HazardRow, hazard_row
from portal.hazards.queries.choices import categories
from portal.hazards.routes.photos import photos_of_form
from portal.hazards.routes.refusing import Taken, take_up
from portal.hazards.services import report_hazard
from portal.hazards.views.card import category_groups
from portal.hazards.views.report import Found, ReportView, find, place_name, places_for
from portal.permissions.rules import Permission, Role
from portal.web.forms import Form, form_of
from portal.web.respond import language_of, page, see
from portal.web.state import settings_of

AnyRequest = Request[Any, Any, Any]
UPLOAD = 50_000_000  # three photos of 15 MB and the form around them


@get("/hazards/new", opt={"permission": Permission.HAZARD_REPORT_VIEW})
async def show_report(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form; `grid` names the place when it is known, and somebody with one place of their own is there."""
    wanted = request.query_params.get("grid")
    line = request.query_params.get("line", "")
    form = Form(texts={"grid_id": _only_place(actor) if wanted is None else wanted, "line": line})
    return await _report_page(request, actor, form)


@post("/hazards", opt={"permission": Permission.HAZARD_REPORT}, request_max_body_size=UPLOAD)
async def create_hazard(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Reports a hazard. The same form sent twice leads to the same card (TR6)."""
    form = await form_of(request)
    if not form.get("grid_id") and form.get("place"):
        form.texts["grid_id"] = await _only_match(form.get("place"), actor)
    if form.get("find"):
        return await _report_page(request, actor, form)  # only looking for the place; what is written stays
    try:
        photos = await photos_of_form(form, by=actor, settings=settings_of(request))
        hazard_id = await report_hazard(parse_report(form, photos), by=actor)
    except Refused as refusal:
        return await _report_page(request, actor, form, take_up(refusal, language_of(request), field="photos"))
    made = await hazard_row(hazard_id, by=actor)
    if made is not None and not made.is_restricted:
        await _tell_log(number(form.get("line")), made, actor)
    return see(
        request,
        f"/hazards/{hazard_id}?reported={quote(form.get('key')[:40], safe='')}",
        flash="hazard.reported",
        number=made.number if made else "",
    )


@get("/hazards/places", opt={"permission": Permission.HAZARD_REPORT_VIEW})
async def find_places(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Places whose name or way holds what was typed; the form's chooser, a page without JavaScript."""
    typed = request.query_params.get("place", "")[:60]
    return await page(
        request, "hazards/places.html", fragment="hazards/_places.html", found=await _found(typed, actor), typed=typed
    )


async def _tell_log(line_id: int | None, made: HazardRow, actor: Actor) -> None:
    """The line of the log of duty from which it was reported names it; whoever may not say so there just reports."""
    if line_id is not None:
        with suppress(Refused):
            await name_card(made.org_id, line_id, made.id, by=actor)


def _only_place(actor: Actor) -> str:
    """The grid of somebody who keeps exactly one (a class teacher, a keeper)."""
    own = {grant.grid_id for grant in actor.grants if grant.role in (Role.CLASS_TEACHER, Role.KEEPER)}
    others = any(grant.role not in (Role.CLASS_TEACHER, Role.KEEPER) for grant in actor.grants)
    return str(next(iter(own))) if len(own) == 1 and not others else ""


async def _found(typed: str, actor: Actor) -> tuple[Found, ...]:
    return find(typed, await places_for(actor))


async def _only_match(typed: str, actor: Actor) -> str:
    """The place that was typed, if the words fit exactly one."""
    found = await _found(typed, actor)
    exact = [place for place in found if place.name == typed] or list(found)
    return str(exact[0].id) if len(exact) == 1 else ""


async def _report_page(request: AnyRequest, actor: Actor, form: Form, taken: Taken | None = None) -> Response[Any]:
    language = language_of(request)
    grid_id = number(form.get("grid_id"))
    known = await places_for(actor)
    view = ReportView(
        grid_id=grid_id if grid_id in {place.id for place in known} else None,
        place=place_name(grid_id, known) or form.get("place"), title=form.get("title"), level=form.get("level"),
        category=form.get("category"), interim=form.get("interim_measure"),
        confidential=form.get("confidential") == "1",
        key=form.get("key") or new_token(), places=known,
        found=find(form.get("place"), known) if form.get("place") and grid_id is None else (),
        owner=actor.account_id or 0, line=number(form.get("line")),
        categories=category_groups(await categories(actor.org_id or 0), language), errors=taken.errors if taken else {},
    )  # fmt: skip
    return await page(
        request,
        "hazards/report.html",
        fragment="hazards/_report.html",
        status=taken.status if taken else 200,
        view=view,
    )
