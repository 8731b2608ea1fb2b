"""Making, changing, moving and ending a grid by hand."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import Invalid, NotFound, Refused
from portal.grids import labels
from portal.grids.forms import CardCommand, parse_card
from portal.grids.queries import (
    CardRow,
    Family,
    Part,
    Wanted,
    answers_on,
    duty_phone_of,
    family_of,
    find_grids,
    kinds_of,
    paths_named,
    schemes_of,
)
from portal.grids.rules import parse_id, parse_version
from portal.grids.services import (
    blockers_of,
    change_duty_phone,
    change_grid,
    end_grid,
    link_place,
    make_grid,
    move_grid,
)
from portal.grids.views import Blocker, CardForm, EndForm, Line, TargetForm, card_texts, crumb_links, lines
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.errors import sentence
from portal.web.forms import Form, form_of
from portal.web.respond import language_of, page, see

VIEW, EDIT = {"permission": Permission.GRID_EDIT_VIEW}, {"permission": Permission.GRID_EDIT}
BLOCKING = {
    "grid.has_children": "/grids/{}#below",
    "grid.has_posts": "/grids/{}#holders",
    "grid.has_open_hazards": "/grids/{}/board",
}
"""Where that is which keeps a grid from being ended, by the code of its sentence."""
NO_ORGANISATIONS = frozenset({"bureau", "school"})
"""Kinds that a form does not offer: organisations are made by a verb of their own."""


async def family_to_edit(grid_id: int, actor: Actor) -> Family:
    """A grid that the actor may edit and that has not ended; whoever may not edit it finds no form."""
    family = await family_of(grid_id, by=actor, permission=Permission.GRID_EDIT)
    if family.grid.ended_at is not None:
        raise NotFound()
    return family


def _crumbs(family: Family, actor: Actor) -> tuple[tuple[str, str], ...]:
    return crumb_links(family.way, scope(actor, Permission.GRID_VIEW))


# -- the card


@get("/grids/{grid_id:int}/new", opt=VIEW)
async def new_grid(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """The form of a new grid below this one."""
    return await _card_page(request, actor, await family_to_edit(grid_id, actor), is_new=True)


@post("/grids/{grid_id:int}/children", opt=EDIT)
async def create_grid(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """A new grid below this one."""
    form, family = await form_of(request), await family_to_edit(grid_id, actor)
    try:
        card = await _command(form, family.grid)
        made = await make_grid(card.name, kind=card.kind, parent_id=grid_id, by=actor, **card.fields)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("grid", grid_id))
        return await _card_page(request, actor, family, is_new=True, typed=typed, status=status)
    return see(request, f"/grids/{made}", flash="grid.made", name=card.name)


@get("/grids/{grid_id:int}/edit", opt=VIEW)
async def edit_grid(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """The form of a grid's card."""
    return await _card_page(request, actor, await family_to_edit(grid_id, actor), is_new=False)


@post("/grids/{grid_id:int}/changes", opt=EDIT)
async def create_change(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """New words on a grid's card."""
    form, family = await form_of(request), await family_to_edit(grid_id, actor)
    try:
        card = await _command(form, family.grid)
        fields = {"name": card.name, "kind": card.kind, **card.fields}
        changed = await change_grid(grid_id, version=parse_version(form.get("version")), by=actor, **fields)
        if family.grid.id == family.grid.org_id:
            changed += await change_duty_phone(grid_id, form.get("duty_phone")[:40] or None, by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("grid", grid_id))
        fresh = await family_to_edit(grid_id, actor)
        return await _card_page(request, actor, fresh, is_new=False, typed=typed, status=status)
    return see(request, f"/grids/{grid_id}", flash="grid.changed" if changed else "grid.unchanged")


async def _command(form: Form, grid: CardRow) -> CardCommand:
    kinds = {kind.code for kind in await kinds_of(grid.org_id)} - NO_ORGANISATIONS | {grid.kind}
    return parse_card(form.texts, kinds=kinds, schemes={row.code for row in await schemes_of(grid.org_id)})


async def _card_page(
    request: AnyRequest, actor: Actor, family: Family, *, is_new: bool, typed: Typed | None = None, status: int = 200
) -> Response[Any]:
    card, language = family.grid, language_of(request)
    is_root = card.id == card.org_id and not is_new
    kinds = [
        kind
        for kind in await kinds_of(card.org_id)
        if kind.code not in NO_ORGANISATIONS or (is_root and kind.code == card.kind)
    ]
    phone = (await duty_phone_of(card.org_id) or "") if is_root else None
    known = {"kind": "room", "scheme": card.scheme} if is_new else card_texts(card) | {"duty_phone": phone or ""}
    view = CardForm(
        grid=None if is_new else card, crumbs=_crumbs(family, actor), back=f"/grids/{card.id}",
        action=f"/grids/{card.id}/children" if is_new else f"/grids/{card.id}/changes",
        kinds=tuple((kind.code, kind.text(language)) for kind in kinds),
        schemes=tuple((row.code, row.text(language)) for row in await schemes_of(card.org_id)),
        duty_phone=phone, typed=typed or Typed(known),
    )  # fmt: skip
    return await page(request, "grids/card.html", fragment="grids/_card.html", status=status, view=view)


# -- where it stands in the tree, and in which room


@get("/grids/{grid_id:int}/move", opt=VIEW)
async def choose_parent(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """Searches for the grid under which to put this one."""
    return await _target_page(request, actor, grid_id, "grids/move.html")


@post("/grids/{grid_id:int}/moves", opt=EDIT)
async def create_move(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """Puts a grid with all below it under another one."""
    form = await form_of(request)
    try:
        to = _target(form)
        await move_grid(grid_id, to=to, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _target_again(request, actor, grid_id, "grids/move.html", form, refusal)
    return see(request, f"/grids/{grid_id}", flash="grid.moved")


@get("/grids/{grid_id:int}/place", opt=VIEW)
async def choose_place(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """Searches for the room that a class or a fire grid stands in."""
    return await _target_page(request, actor, grid_id, "grids/place.html")


@post("/grids/{grid_id:int}/places", opt=EDIT)
async def create_place(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """Links a grid to the place that it stands in; `to` "none" takes the link away."""
    form = await form_of(request)
    clears = form.get("to") == "none"
    try:
        place = None if clears else _target(form)
        await link_place(grid_id, place_id=place, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _target_again(request, actor, grid_id, "grids/place.html", form, refusal)
    return see(request, f"/grids/{grid_id}", flash="grid.place_cleared" if clears else "grid.place_set")


def _target(form: Form) -> int:
    found = parse_id(form.get("to"))
    if found is None:
        raise Invalid({"to": "grid.target_missing"})
    return found


async def _target_again(
    request: AnyRequest, actor: Actor, grid_id: int, template: str, form: Form, refusal: Refused
) -> Response[Any]:
    typed, status = await typed_again(request, form, refusal, about=("grid", grid_id), place="to")
    return await _target_page(request, actor, grid_id, template, typed=typed, status=status)


async def _target_page(
    request: AnyRequest, actor: Actor, grid_id: int, template: str, *, typed: Typed | None = None, status: int = 200
) -> Response[Any]:
    family, language = await family_to_edit(grid_id, actor), language_of(request)
    query = typed.get("q") if typed else request.query_params.get("q", "").strip()[:60]
    found, total = await _candidates(family, query, language)
    place = next((row.name for row in family.parallels if row.id == family.grid.place_id), "")
    now_at = (
        place if "place" in template else next((row.name for row in family.way if row.id == family.grid.parent_id), "")
    )
    view = TargetForm(family.grid, _crumbs(family, actor), query, found, total, now_at, typed or Typed())
    return await page(request, template, fragment=template.replace("/", "/_"), status=status, view=view)


async def _candidates(family: Family, query: str, language: str) -> tuple[tuple[Line, ...], int]:
    """Grids of the same organisation by name, without the grid itself and what is below it."""
    org = next(row for row in family.way if row.id == family.grid.org_id)
    root = Part(org.id, org.id, org.path, org.depth)
    cards, total = await find_grids(root, Wanted(query), at=now(), most=40)
    fit = [card for card in cards if not card.path.startswith(family.grid.path)]
    answers = await answers_on([card.id for card in fit], at=now())
    return lines(fit, answers, language, where=await paths_named(fit)), total - len(cards) + len(fit)


# -- the end


@get("/grids/{grid_id:int}/end", opt=VIEW)
async def confirm_end(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """What keeps a grid from being ended, or the button that ends it."""
    return await _end_page(request, actor, await family_to_edit(grid_id, actor))


@post("/grids/{grid_id:int}/endings", opt=EDIT)
async def create_ending(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """Ends a grid from now on."""
    form, family = await form_of(request), await family_to_edit(grid_id, actor)
    try:
        await end_grid(grid_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("grid", grid_id), place="end")
        return await _end_page(request, actor, await family_to_edit(grid_id, actor), typed=typed, status=status)
    return see(request, f"/grids/{family.grid.parent_id}", flash="grid.ended", name=family.grid.name)


async def _end_page(
    request: AnyRequest, actor: Actor, family: Family, *, typed: Typed | None = None, status: int = 200
) -> Response[Any]:
    language = language_of(request)
    here, say = family.grid.id, translator(language)
    reasons = [
        Blocker(sentence(Refused(code, count=count), language), say(labels.BLOCKERS[code]), BLOCKING[code].format(here))
        for code, count in await blockers_of(here) if count
    ]  # fmt: skip
    if here == family.grid.org_id:
        reasons = [Blocker(sentence(Refused("grid.root_stays"), language))]
    view = EndForm(family.grid, _crumbs(family, actor), tuple(reasons), typed or Typed())
    return await page(request, "grids/end.html", fragment="grids/_end.html", status=status, view=view)


EDITING = [
    new_grid, create_grid, edit_grid, create_change, choose_parent, create_move, choose_place, create_place,
    confirm_end, create_ending,
]  # fmt: skip
