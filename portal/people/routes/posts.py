"""Posts: made on a grid, renamed, given another reach, ended."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import NotFound, Refused
from portal.grids.queries import Crumb, Family, crumbs, family_of, ids_in, organisations_seen
from portal.grids.rules import parse_version
from portal.people import labels
from portal.people.forms import parse_post
from portal.people.queries import PostPlace, holdings_of, post_place
from portal.people.rules import roles_of
from portal.people.services import change_post, end_post, make_post, post_blockers_of
from portal.people.views import PostForm, post_view, role_choices
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see

VIEW, EDIT = {"permission": Permission.GRID_EDIT_VIEW}, {"permission": Permission.GRID_EDIT}


async def post_to_edit(post_id: int, actor: Actor) -> PostPlace:
    """A post that the actor may edit; there is no page for anybody else."""
    return await post_place(post_id, by=actor, permission=Permission.GRID_EDIT)


async def way_to(post: PostPlace) -> list[Crumb]:
    """The grids from the organisation down to the one that the post stands on."""
    steps = await crumbs(post.path)
    inside = ids_in(post.path)[ids_in(post.path).index(post.org_id) :]
    return [step for step in steps if step.id in inside]


def links(steps: list[Crumb], *more: str) -> tuple[tuple[str, str], ...]:
    """The steps as links, and the words of this page."""
    return (*((step.name, f"/grids/{step.id}") for step in steps), *((text, "") for text in more))


@get("/grids/{grid_id:int}/posts/new", opt=VIEW)
async def new_post(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """The form of a new post on a grid."""
    family = await _family(grid_id, actor)
    return await _new_page(request, actor, family, Typed({"reach": str(grid_id), "is_accountable": "1"}))


@post("/grids/{grid_id:int}/posts", opt=EDIT)
async def create_post(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """A new post on a grid."""
    form, family = await form_of(request), await _family(grid_id, actor)
    try:
        wants = parse_post(form.texts, roles=roles_of(_org_kind(family)))
        made = await make_post(
            wants.title, role=wants.role, grid_id=grid_id, by=actor, scope_grid_id=wants.reach,
            is_accountable=wants.is_accountable, line_of_work=wants.line_of_work,
        )  # fmt: skip
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("grid", grid_id), place="title")
        return await _new_page(request, actor, family, typed, status)
    return see(request, f"/posts/{made}/appoint", flash="people.post_made", title=wants.title)


async def _family(grid_id: int, actor: Actor) -> Family:
    family = await family_of(grid_id, by=actor, permission=Permission.GRID_EDIT)
    if family.grid.ended_at is not None:
        raise NotFound()
    return family


def _org_kind(family: Family) -> str:
    return next(row.kind for row in family.way if row.id == family.grid.org_id)


async def _new_page(
    request: AnyRequest, actor: Actor, family: Family, typed: Typed, status: int = 200
) -> Response[Any]:
    steps = [Crumb(row.id, row.name) for row in family.way if row.org_id == family.grid.org_id]
    paths = {row.id: row.path for row in family.way}
    view = PostForm(
        title="", action=f"/grids/{family.grid.id}/posts", back=f"/grids/{family.grid.id}", version=0,
        crumbs=links(steps),
        roles=role_choices(_org_kind(family), language_of(request)),
        reaches=(
            *_reaches(steps, paths, family.grid.org_id, actor, language_of(request)),
            *await _schools(family.grid.org_id, actor, language_of(request)),
        ), typed=typed,
    )  # fmt: skip
    return await page(request, "people/post_form.html", fragment="people/_post_form.html", status=status, view=view)


def _reaches(
    steps: list[Crumb], paths: dict[int, str], org_id: int, actor: Actor, language: str
) -> tuple[tuple[str, str], ...]:
    """The grid itself and those above it, as far as the actor edits: nobody gives rights beyond their own."""
    mine, say = scope(actor, Permission.GRID_EDIT), translator(language)
    return tuple(
        (str(step.id), say(labels.WHOLE, name=step.name))
        for step in reversed(steps)
        if mine.holds(paths[step.id], org_id)
    )


async def _schools(org_id: int, actor: Actor, language: str) -> tuple[tuple[str, str], ...]:
    """The schools of a bureau: its leaders may be attached to one (R20). Nothing for a school."""
    say = translator(language)
    rows = await organisations_seen(actor, at=now())
    return tuple(
        (str(row.id), say(labels.ATTACHED, name=row.name))
        for row in rows
        if row.kind == "school" and org_id in ids_in(row.path)
    ) if any(row.id == org_id and row.kind == "bureau" for row in rows) else ()  # fmt: skip


# -- the page of a post


@get("/posts/{post_id:int}", opt=VIEW)
async def show_post(request: AnyRequest, actor: NamedDependency[Actor], post_id: FromPath[int]) -> Response[Any]:
    """A post: what it is, who holds it, who did; every act on it."""
    return await post_page(request, actor, await post_to_edit(post_id, actor))


async def post_page(
    request: AnyRequest, actor: Actor, post: PostPlace, typed: Typed | None = None, status: int = 200
) -> Response[Any]:
    """The page of a post, also after a refused act on it."""
    language, steps = language_of(request), await way_to(post)
    reasons = [
        sentence(Refused(code, count=count), language) for code, count in await post_blockers_of(post.id) if count
    ]
    opens = scope(actor, Permission.PERSON_VIEW).holds(post.path, post.org_id)
    view = post_view(
        post, await holdings_of(post.id), links(steps, post.title), tuple(reasons), language, at=now(),
        typed=typed or Typed(), opens_people=opens,
    )  # fmt: skip
    return await page(request, "people/post.html", fragment="people/_post.html", status=status, view=view)


@get("/posts/{post_id:int}/edit", opt=VIEW)
async def edit_post(request: AnyRequest, actor: NamedDependency[Actor], post_id: FromPath[int]) -> Response[Any]:
    """The form of a known post."""
    post = await _open_post(post_id, actor)
    texts = {"title": post.title, "role": post.role, "reach": str(post.scope_grid_id)}
    texts["line_of_work"] = post.line_of_work
    return await _edit_page(request, actor, post, Typed(texts | {"is_accountable": "1" if post.is_accountable else ""}))


async def _open_post(post_id: int, actor: Actor) -> PostPlace:
    post = await post_to_edit(post_id, actor)
    if post.ended_at is not None:
        raise NotFound()
    return post


@post("/posts/{post_id:int}/changes", opt=EDIT)
async def create_post_change(
    request: AnyRequest, actor: NamedDependency[Actor], post_id: FromPath[int]
) -> Response[Any]:
    """New words, another role or another reach for a post."""
    form, found = await form_of(request), await _open_post(post_id, actor)
    try:
        wants = parse_post(form.texts, roles=roles_of(found.org_kind))
        changed = await change_post(
            post_id, version=parse_version(form.get("version")), by=actor, title=wants.title, role=wants.role,
            scope_grid_id=wants.reach, is_accountable=wants.is_accountable, line_of_work=wants.line_of_work,
        )  # fmt: skip
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("post", post_id), place="title")
        return await _edit_page(request, actor, await _open_post(post_id, actor), typed, status)
    return see(request, f"/posts/{post_id}", flash="people.post_changed" if changed else "people.unchanged")


async def _edit_page(
    request: AnyRequest, actor: Actor, post: PostPlace, typed: Typed, status: int = 200
) -> Response[Any]:
    language, steps = language_of(request), await way_to(post)
    upto = {step.id: post.path[: post.path.index(f"/{step.id}/") + len(f"/{step.id}/")] for step in steps}
    reaches = _reaches(steps, upto, post.org_id, actor, language)
    reaches = (*reaches, *await _schools(post.org_id, actor, language))
    if str(post.scope_grid_id) not in {value for value, _ in reaches}:
        reaches = (*reaches, (str(post.scope_grid_id), post.reach))
    here = f"/posts/{post.id}"
    view = PostForm(
        title=post.title, action=f"{here}/changes", back=here, version=post.version, crumbs=links(steps, post.title),
        roles=role_choices(post.org_kind, language), reaches=reaches, typed=typed,
    )  # fmt: skip
    return await page(request, "people/post_form.html", fragment="people/_post_form.html", status=status, view=view)


@post("/posts/{post_id:int}/endings", opt=EDIT)
async def create_post_ending(
    request: AnyRequest, actor: NamedDependency[Actor], post_id: FromPath[int]
) -> Response[Any]:
    """Ends a post and every appointment to it, now."""
    form, found = await form_of(request), await _open_post(post_id, actor)
    try:
        await end_post(post_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("post", post_id), place="end")
        return await post_page(request, actor, await post_to_edit(post_id, actor), typed, status)
    return see(request, f"/grids/{found.grid_id}", flash="people.post_ended", title=found.title)


POSTS = [new_post, create_post, show_post, edit_post, create_post_change, create_post_ending]
