"""The pages of the arrangements: named viewers, limits of columns."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import Invalid, NotFound
from portal.hazards.arranging.forms import HARD, LIMITED, parse_limits, parse_person
from portal.hazards.arranging.queries import colleagues, own_school, viewers_of
from portal.hazards.arranging.services import Limit, set_limits
from portal.hazards.labels import STATUS
from portal.hazards.queries.board import BoardPlace, board_place, board_surroundings
from portal.hazards.queries.choices import categories
from portal.hazards.services import end_viewer, name_viewer
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.web.forms import form_of
from portal.web.labels import REFUSALS
from portal.web.respond import language_of, page, see

AnyRequest = Request[Any, Any, Any]


@get("/admin/viewers", opt={"permission": Permission.VIEWER_VIEW})
async def show_viewers(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Who sees the sensitive categories of the person's own school."""
    return await _viewers(request, actor)


@post("/admin/viewers", opt={"permission": Permission.VIEWER_NAME})
async def create_viewer(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Names one more person."""
    form = await form_of(request)
    try:
        person_id = parse_person(form)
    except Invalid as invalid:
        return await _viewers(request, actor, invalid)
    await name_viewer(person_id, by=actor)
    return see(request, "/admin/viewers", flash="viewer.named", name=await _name(actor, person_id))


@post("/admin/viewers/{person_id:int}/end", opt={"permission": Permission.VIEWER_NAME})
async def create_viewer_end(
    request: AnyRequest, person_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Ends it for one person, from now on."""
    await end_viewer(person_id, by=actor)
    name = await _name(actor, person_id)  # "" for somebody who was never named: nothing was ended
    return see(request, "/admin/viewers", flash="viewer.ended" if name else None, name=name)


async def _name(actor: Actor, person_id: int) -> str:
    rows = await viewers_of(own_school(actor, Permission.VIEWER_NAME), at=now())
    return next((row.name for row in rows if row.person_id == person_id), "")


async def _viewers(request: AnyRequest, actor: Actor, invalid: Invalid | None = None) -> Response[Any]:
    org_id, at, language = own_school(actor, Permission.VIEWER_VIEW), now(), language_of(request)
    rows = await viewers_of(org_id, at=at)
    named = [row for row in rows if row.ends_at is None]
    may_name = scope(actor, Permission.VIEWER_NAME).holds("", org_id)
    known = {row.person_id for row in named}
    staff = await colleagues(org_id, at=at) if may_name else []
    # A group whose points are all sensitive speaks for them; single points are named by themselves.
    secret = [found for found in await categories(org_id) if found.is_restricted]
    groups = {found.code for found in secret if found.parent is None}
    return await page(
        request, "hazards/viewers.html", fragment="hazards/_viewers.html", status=invalid.status if invalid else 200,
        named=named, before=[row for row in rows if row.ends_at is not None], may_name=may_name,
        staff=[one for one in staff if one.id not in known],
        kinds=[found.name_en if language == "en" else found.name for found in secret if found.parent not in groups],
        errors=_sentences(invalid, language), me=actor.person_id,
    )  # fmt: skip


def _sentences(invalid: Invalid | None, language: str) -> dict[str, str]:
    return {name: translator(language)(REFUSALS[code]) for name, code in invalid.fields.items()} if invalid else {}


@get("/grids/{grid_id:int}/limits", opt={"permission": Permission.BOARD_LIMIT_VIEW})
async def show_limits(request: AnyRequest, grid_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """How many cards each column of this board should hold, as the form that changes it."""
    return await _limits(request, grid_id, actor)


@post("/grids/{grid_id:int}/limits", opt={"permission": Permission.BOARD_LIMIT})
async def create_limits(request: AnyRequest, grid_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Sets the limits of a board."""
    await _place(grid_id, actor, Permission.BOARD_LIMIT)
    form = await form_of(request)
    try:
        wanted = parse_limits(form)
    except Invalid as invalid:
        return await _limits(request, grid_id, actor, invalid, form.texts)
    changed = await set_limits(grid_id, wanted, was=await _known(grid_id, actor), by=actor)
    return see(request, f"/grids/{grid_id}/limits", flash="limit.set" if changed else None)


async def _place(grid_id: int, actor: Actor, permission: Permission) -> BoardPlace:
    place = await board_place(grid_id, by=actor)
    if not scope(actor, permission).holds(place.path, place.org_id):
        raise NotFound()
    return place


async def _known(grid_id: int, actor: Actor) -> dict[str, Limit]:
    around = await board_surroundings(await board_place(grid_id, by=actor))
    return {row.name: (row.id, bool(row.extra)) for row in around if row.what == "limit"}


async def _limits(
    request: AnyRequest, grid_id: int, actor: Actor, invalid: Invalid | None = None, typed: dict[str, str] | None = None
) -> Response[Any]:
    place, known = await _place(grid_id, actor, Permission.BOARD_LIMIT_VIEW), await _known(grid_id, actor)
    say = translator(language_of(request))
    columns = []
    for status in LIMITED:
        most, hard = known.get(status, (0, False))
        shown = typed.get(f"most_{status}", "") if typed is not None else str(most or "")
        ticked = typed.get(f"hard_{status}") == "1" if typed is not None else hard
        columns.append((str(status), say(STATUS[status]), shown, ticked))
    return await page(
        request, "hazards/limits.html", fragment="hazards/_limits.html", status=invalid.status if invalid else 200,
        place=place, columns=columns, hard_column=str(HARD),
        errors=_sentences(invalid, language_of(request)),
    )  # fmt: skip


ROUTES = [show_viewers, create_viewer, create_viewer_end, show_limits, create_limits]
