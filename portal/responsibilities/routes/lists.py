"""The lists of duties: read, taken over, confirmed."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import NotFound, Refused
from portal.grids.queries import GridRow
from portal.grids.rules import parse_version
from portal.permissions.rules import Permission, scope
from portal.responsibilities.forms import parse_list
from portal.responsibilities.queries.lists import (
    ListRow,
    copies_of,
    domains,
    items_in,
    list_row,
    lists_of,
    mappings_of,
    org_of_list,
    posts_charged,
)
from portal.responsibilities.routes.reading import school_of
from portal.responsibilities.rules.mapping import charge_of
from portal.responsibilities.services import confirm_list, copy_list, make_list
from portal.responsibilities.views.lists import ListForm, list_view, lists_taken, lists_view
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see

VIEW, EDIT = {"permission": Permission.DUTY_LIST_VIEW}, {"permission": Permission.DUTY_LIST_EDIT}


@get("/duties", opt=VIEW)
async def show_lists(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Every list that holds in a school, with how many posts take it."""
    org = await school_of(request.query_params.get("org", ""), actor, Permission.DUTY_LIST_VIEW)
    posts = await posts_charged(org.id, at=now())
    taken = lists_taken(posts, [row.rule for row in await mappings_of(org.id)], await copies_of(org.id))
    view = lists_view(
        (org.id, org.name), await lists_of(org.id), taken, language_of(request), may_edit=_may(org, actor)
    )
    return await page(request, "responsibilities/lists.html", fragment="responsibilities/_lists.html", view=view)


def _may(org: GridRow, actor: Actor) -> bool:
    return scope(actor, Permission.DUTY_LIST_EDIT).holds(org.path, org.id)


@get("/duties/new", opt={"permission": Permission.DUTY_LIST_EDIT_VIEW})
async def new_list(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form of a list that the library does not have."""
    org = await school_of(request.query_params.get("org", ""), actor, Permission.DUTY_LIST_EDIT_VIEW)
    return await _new_page(request, org, Typed())


@post("/duties", opt=EDIT)
async def create_list(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A list of the school's own, still empty."""
    form = await form_of(request)
    org = await school_of(form.get("org"), actor, Permission.DUTY_LIST_EDIT)
    try:
        name = parse_list(form.texts)
        made = await make_list(name, org_id=org.id, by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("duty_list", 0), place="name")
        return await _new_page(request, org, typed, status)
    return see(request, f"/duties/{made}", flash="duty_list.made", name=name)


async def _new_page(request: AnyRequest, org: GridRow, typed: Typed, status: int = 200) -> Response[Any]:
    view = ListForm(org.id, org.name, typed)
    template = "responsibilities/new_list.html"
    return await page(request, template, fragment="responsibilities/_new_list.html", status=status, view=view)


@get("/duties/{list_id:int}", opt=VIEW)
async def show_list(request: AnyRequest, actor: NamedDependency[Actor], list_id: FromPath[int]) -> Response[Any]:
    """One list with its duties."""
    org, row = await list_seen(list_id, request.query_params.get("org", ""), actor, Permission.DUTY_LIST_VIEW)
    return await list_page(request, actor, org, row)


async def list_seen(list_id: int, wanted: str, actor: Actor, permission: Permission) -> tuple[GridRow, ListRow]:
    """A list, in the school that it belongs to or, if it is shared, that is asked for."""
    owner = await org_of_list(list_id)
    org = await school_of(str(owner) if owner is not None else wanted, actor, permission)
    row = await list_row(list_id, org.id)
    if row is None:
        raise NotFound()
    return org, row


async def list_page(
    request: AnyRequest, actor: Actor, org: GridRow, row: ListRow, typed: Typed | None = None, status: int = 200
) -> Response[Any]:
    """The page of a list, also after a refused act on it."""
    rules, copies = [one.rule for one in await mappings_of(org.id)], await copies_of(org.id)
    takers = [
        post.title
        for post in await posts_charged(org.id, at=now())
        if charge_of(rules, title=post.title, kind=post.kind, name=post.grid, copies=copies).list_id == row.id
    ]
    view = list_view(
        (org.id, org.name), row, await items_in(row.id, at=now()), takers, await domains(), language_of(request),
        may_edit=_may(org, actor), typed=typed or Typed(),
    )  # fmt: skip
    template = "responsibilities/list.html"
    return await page(request, template, fragment="responsibilities/_list.html", status=status, view=view)


@post("/duties/{list_id:int}/copies", opt=EDIT)
async def create_copy(request: AnyRequest, actor: NamedDependency[Actor], list_id: FromPath[int]) -> Response[Any]:
    """Takes a shared list over, to change it."""
    form = await form_of(request)
    org, row = await list_seen(list_id, form.get("org"), actor, Permission.DUTY_LIST_EDIT)
    copy_id = await copy_list(row.id, org_id=org.id, by=actor)
    return see(request, f"/duties/{copy_id}", flash="duty_list.copied")


@post("/duties/{list_id:int}/confirmations", opt=EDIT)
async def create_confirmation(
    request: AnyRequest, actor: NamedDependency[Actor], list_id: FromPath[int]
) -> Response[Any]:
    """The school says that a list holds: from then on it may go into letters."""
    form = await form_of(request)
    org, row = await list_seen(list_id, form.get("org"), actor, Permission.DUTY_LIST_EDIT)
    try:
        own_id = await confirm_list(row.id, org_id=org.id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("duty_list", row.id), place="list")
        return await list_page(request, actor, org, row, typed, status)
    return see(request, f"/duties/{own_id}", flash="duty_list.confirmed")


LISTS = [show_lists, new_list, create_list, show_list, create_copy, create_confirmation]
