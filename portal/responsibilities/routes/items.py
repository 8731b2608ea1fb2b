"""Duties of a school's own list: added, worded anew, struck off."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.refusals import NotFound, Refused
from portal.grids.rules import parse_version
from portal.permissions.rules import Permission
from portal.responsibilities.forms import parse_item
from portal.responsibilities.queries.lists import ItemRow, ListRow, domains, editions_of, item_row
from portal.responsibilities.routes.lists import list_seen
from portal.responsibilities.services import add_item, change_item, end_item
from portal.responsibilities.views.lists import item_form
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see

VIEW, EDIT = {"permission": Permission.DUTY_LIST_EDIT_VIEW}, {"permission": Permission.DUTY_LIST_EDIT}


async def _own_list(list_id: int, actor: Actor, permission: Permission) -> ListRow:
    _, row = await list_seen(list_id, "", actor, permission)
    if row.org_id is None or row.ended_at is not None:
        raise NotFound()
    return row


async def _own_item(item_id: int, actor: Actor, permission: Permission) -> tuple[ListRow, ItemRow]:
    item = await item_row(item_id)
    if item is None:
        raise NotFound()
    return await _own_list(item.list_id, actor, permission), item


async def _page(
    request: AnyRequest, row: ListRow, item: ItemRow | None, typed: Typed | None = None, status: int = 200
) -> Response[Any]:
    editions = [one for one in await editions_of(row.id, item.code) if one.id != item.id] if item else []
    view = item_form(row, item, editions, await domains(), language_of(request), typed=typed)
    template = "responsibilities/item.html"
    return await page(request, template, fragment="responsibilities/_item.html", status=status, view=view)


@get("/duties/{list_id:int}/items/new", opt=VIEW)
async def new_item(request: AnyRequest, actor: NamedDependency[Actor], list_id: FromPath[int]) -> Response[Any]:
    """The form of another duty."""
    return await _page(request, await _own_list(list_id, actor, Permission.DUTY_LIST_EDIT_VIEW), None)


@post("/duties/{list_id:int}/items", opt=EDIT)
async def create_item(request: AnyRequest, actor: NamedDependency[Actor], list_id: FromPath[int]) -> Response[Any]:
    """Another duty in a school's own list."""
    form, row = await form_of(request), await _own_list(list_id, actor, Permission.DUTY_LIST_EDIT)
    try:
        wants = parse_item(form.texts, domains={one.code for one in await domains()})
        await add_item(list_id, wants, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("duty_list", list_id), place="number")
        return await _page(request, row, None, typed, status)
    return see(request, f"/duties/{list_id}", flash="duty_list.item_added")


@get("/duty-items/{item_id:int}", opt=VIEW)
async def edit_item(request: AnyRequest, actor: NamedDependency[Actor], item_id: FromPath[int]) -> Response[Any]:
    """The form of a duty, with the wordings that it had before."""
    return await _page(request, *await _own_item(item_id, actor, Permission.DUTY_LIST_EDIT_VIEW))


@post("/duty-items/{item_id:int}/editions", opt=EDIT)
async def create_edition(request: AnyRequest, actor: NamedDependency[Actor], item_id: FromPath[int]) -> Response[Any]:
    """Words a duty anew."""
    form, (row, item) = await form_of(request), await _own_item(item_id, actor, Permission.DUTY_LIST_EDIT)
    try:
        wants = parse_item(form.texts, domains={one.code for one in await domains()})
        made = await change_item(item_id, wants, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("duty_list", row.id), place="number")
        return await _page(request, row, item, typed, status)
    return see(request, f"/duties/{row.id}", flash="duty_list.item_changed" if made else "matrix.unchanged")


@post("/duty-items/{item_id:int}/endings", opt=EDIT)
async def create_ending(request: AnyRequest, actor: NamedDependency[Actor], item_id: FromPath[int]) -> Response[Any]:
    """Strikes a duty off the list."""
    form, (row, item) = await form_of(request), await _own_item(item_id, actor, Permission.DUTY_LIST_EDIT)
    try:
        await end_item(item_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("duty_list", row.id), place="number")
        return await _page(request, row, item, typed, status)
    return see(request, f"/duties/{row.id}", flash="duty_list.item_ended")


ITEMS = [new_item, create_item, edit_item, create_edition, create_ending]
