"""Which post takes which list: the proposal, and a school's own rows."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import NotFound, Refused
from portal.grids.queries import GridRow, grid_seen, kinds_of
from portal.grids.rules import parse_id, parse_version
from portal.people.queries import post_place
from portal.permissions.rules import Permission, scope
from portal.responsibilities.forms import parse_takes
from portal.responsibilities.queries.lists import (
    copies_of,
    domains,
    lists_of,
    mapping_row,
    mappings_of,
    own_mapping,
    posts_charged,
)
from portal.responsibilities.routes.reading import school_of
from portal.responsibilities.rules.mapping import mapping_for
from portal.responsibilities.services import clear_mapping, set_mapping
from portal.responsibilities.views.mapping import mapping_form, mappings_view
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see

VIEW, EDIT = {"permission": Permission.DUTY_LIST_EDIT_VIEW}, {"permission": Permission.DUTY_LIST_EDIT}


@get("/duty-mappings", opt={"permission": Permission.DUTY_LIST_VIEW})
async def show_mappings(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Every kind of post of a school with its line of work and its list; what has a gap stands first (R47)."""
    org = await school_of(request.query_params.get("org", ""), actor, Permission.DUTY_LIST_VIEW)
    language = language_of(request)
    view = mappings_view(
        (org.id, org.name), await posts_charged(org.id, at=now()), await mappings_of(org.id), await lists_of(org.id),
        await copies_of(org.id), await _kinds(org.id, language), language,
        may_edit=scope(actor, Permission.DUTY_LIST_EDIT).holds(org.path, org.id),
    )  # fmt: skip
    return await page(request, "responsibilities/mappings.html", fragment="responsibilities/_mappings.html", view=view)


async def _kinds(org_id: int, language: str) -> dict[str, str]:
    return {kind.code: kind.name_en if language == "en" else kind.name for kind in await kinds_of(org_id)}


@get("/duty-mappings/{post_id:int}", opt=VIEW)
async def edit_mapping(request: AnyRequest, actor: NamedDependency[Actor], post_id: FromPath[int]) -> Response[Any]:
    """The form for all posts like this one."""
    place = await post_place(post_id, by=actor, permission=Permission.DUTY_LIST_EDIT_VIEW)
    org = await grid_seen(place.org_id, by=actor, permission=Permission.DUTY_LIST_EDIT_VIEW)
    return await _page(request, org, post_id)


async def _page(
    request: AnyRequest, org: GridRow, post_id: int, typed: Typed | None = None, status: int = 200
) -> Response[Any]:
    found = next((one for one in await posts_charged(org.id, at=now()) if one.id == post_id), None)
    if found is None:
        raise NotFound()
    language, rules = language_of(request), [row.rule for row in await mappings_of(org.id)]
    row = mapping_for(rules, title=found.title, kind=found.kind, name=found.grid)
    name = typed.get("grid_name") if typed else row.grid_name if row else ""
    kinds = await _kinds(org.id, language)
    view = mapping_form(
        org.id, found, row, await own_mapping(org.id, found.title, found.kind, name), await lists_of(org.id),
        await domains(), kinds.get(found.kind, found.kind), language, typed=typed,
    )  # fmt: skip
    template = "responsibilities/mapping.html"
    return await page(request, template, fragment="responsibilities/_mapping.html", status=status, view=view)


@post("/duty-mappings", opt=EDIT)
async def create_mapping(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Sets the school's own row; the proposal stays what it is."""
    form = await form_of(request)
    org = await school_of(form.get("org"), actor, Permission.DUTY_LIST_EDIT)
    try:
        takes = parse_takes(form.texts, domains={one.code for one in await domains()})
        # With another part of a name it is another row, of which the form knows none.
        version = parse_version(form.get("version")) if takes.grid_name == form.get("was_name") else 0
        made = await set_mapping(org.id, takes, version=version, by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("duty_mapping", 0), place="list")
        return await _page(request, org, parse_id(form.get("post")) or 0, typed, status)
    flash = "duty_mapping.set" if made else "matrix.unchanged"
    return see(request, f"/duty-mappings?org={org.id}", flash=flash, title=takes.title)


@post("/duty-mapping-rows/{mapping_id:int}/endings", opt=EDIT)
async def create_clearing(
    request: AnyRequest, actor: NamedDependency[Actor], mapping_id: FromPath[int]
) -> Response[Any]:
    """Takes the school's own row away: the proposal holds again."""
    form, row = await form_of(request), await mapping_row(mapping_id)
    if row is None or row.org_id is None:
        raise NotFound()
    org = await school_of(str(row.org_id), actor, Permission.DUTY_LIST_EDIT)
    await clear_mapping(mapping_id, version=parse_version(form.get("version")), by=actor)
    return see(request, f"/duty-mappings?org={org.id}", flash="duty_mapping.cleared", title=row.title)


MAPPINGS = [show_mappings, edit_mapping, create_mapping, create_clearing]
