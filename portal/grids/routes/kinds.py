"""Kinds of grids: those that all share, and a school's own."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.refusals import NotFound, Refused
from portal.grids.forms import parse_kind
from portal.grids.queries import GridRow, grid_seen, kinds_of
from portal.grids.rules import parse_id
from portal.grids.services import make_kind
from portal.grids.views import KindsView
from portal.permissions.rules import Permission, scope
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import form_of
from portal.web.respond import page, see


@get("/kinds", opt={"permission": Permission.GRID_VIEW})
async def show_kinds(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The kinds that a school may use, with the form for one of its own."""
    org = await _organisation(request.query_params.get("org", ""), actor, Permission.GRID_VIEW)
    return await _kinds_page(request, actor, org)


@post("/kinds", opt={"permission": Permission.GRID_EDIT})
async def create_kind(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A kind of a school's own."""
    form = await form_of(request)
    org = await _organisation(form.get("org"), actor, Permission.GRID_EDIT)
    try:
        kind = parse_kind(form.texts)
        await make_kind(
            org.id, kind.name, by=actor, name_en=kind.name_en, keeper_title=kind.keeper_title, is_place=kind.is_place
        )
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("grid", org.id))
        return await _kinds_page(request, actor, org, typed=typed, status=status)
    return see(request, f"/kinds?org={org.id}", flash="grid.kind_made", name=kind.name)


async def _organisation(wanted: str, actor: Actor, permission: Permission) -> GridRow:
    org_id = parse_id(wanted) if wanted else actor.org_id
    if org_id is None:
        raise NotFound()
    org = await grid_seen(org_id, by=actor, permission=permission)
    if org.id != org.org_id:
        raise NotFound()
    return org


async def _kinds_page(
    request: AnyRequest, actor: Actor, org: GridRow, *, typed: Typed | None = None, status: int = 200
) -> Response[Any]:
    may_edit = scope(actor, Permission.GRID_EDIT).holds(org.path, org.org_id)
    view = KindsView(org.id, org.name, tuple(await kinds_of(org.id)), may_edit, typed or Typed({"is_place": "1"}))
    return await page(request, "grids/kinds.html", fragment="grids/_kinds.html", status=status, view=view)


KINDS = [show_kinds, create_kind]
