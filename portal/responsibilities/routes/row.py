"""One duty in one grid: its page, and the act that gives a post a mark or takes it away."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import Invalid, NotFound, Refused
from portal.grids.queries import grid_seen
from portal.grids.rules import parse_id
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.responsibilities import labels
from portal.responsibilities.forms import WHOLE_CODE, code_of, parse_marking, parse_start
from portal.responsibilities.queries.matrix import rows_of, story_of_duty
from portal.responsibilities.routes.reading import crumbs_of, ground_of
from portal.responsibilities.services import end_mark, set_mark
from portal.responsibilities.views.row import row_page
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import Form, form_of
from portal.web.respond import language_of, page, see


@get("/matrix/{grid_id:int}/{duty:str}", opt={"permission": Permission.MATRIX_VIEW})
async def show_row(
    request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int], duty: FromPath[str]
) -> Response[Any]:
    """Who has which mark for a duty in a grid, why and since when; whoever may change it finds the form here."""
    return await _page(request, actor, grid_id, code_of(duty), parse_id(request.query_params.get("post", "")))


async def _page(
    request: AnyRequest, actor: Actor, grid_id: int, duty: str, post_id: int | None, typed: Typed | None = None,
    status: int = 200,
) -> Response[Any]:  # fmt: skip
    language, at = language_of(request), now()
    ground = await ground_of(grid_id, by=actor, at=at, language=language)
    thing = ground.thing(duty, translator(language))
    if thing is None:
        raise NotFound()
    view = row_page(
        ground, thing, crumbs=crumbs_of(ground, actor, thing.text), rows=await rows_of(grid_id, duty, at=at),
        story=await story_of_duty(ground.grid.path, duty), post_id=post_id if post_id in ground.posts else None,
        may_edit=scope(actor, Permission.MATRIX_EDIT).holds(ground.grid.path, ground.grid.org_id), typed=typed,
    )  # fmt: skip
    template = "responsibilities/row.html"
    return await page(request, template, fragment="responsibilities/_row.html", status=status, view=view)


@post("/matrix/{grid_id:int}/{duty:str}/marks", opt={"permission": Permission.MATRIX_EDIT})
async def create_mark(
    request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int], duty: FromPath[str]
) -> Response[Any]:
    """Gives a post a mark, or takes its own mark away (`end`)."""
    form, code = await form_of(request), code_of(duty)
    await grid_seen(grid_id, by=actor, permission=Permission.MATRIX_EDIT)
    try:
        flash, params = await (_end if form.get("end") else _set)(form, grid_id, code, actor, language_of(request))
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("matrix", grid_id), place="post")
        return await _page(request, actor, grid_id, code, parse_id(form.get("post")), typed, status)
    return see(request, f"/matrix/{grid_id}/{code or WHOLE_CODE}?post={form.get('post')}", flash=flash, **params)


async def _set(form: Form, grid_id: int, code: str, actor: Actor, language: str) -> tuple[str, dict[str, str]]:
    wants = parse_marking(form.texts, code, at=now())
    made = await set_mark(grid_id, wants, by=actor, seen=form.get("seen"))
    if made is None:
        return "matrix.unchanged", {}
    ground = await ground_of(grid_id, by=actor, at=now(), language=language, permission=Permission.MATRIX_EDIT)
    found = ground.posts[wants.post_id]
    return "matrix.marked", {
        "post": f"{found.grid} {found.title}", "mark": translator(language)(labels.MARKS[wants.mark])
    }  # fmt: skip


async def _end(form: Form, grid_id: int, code: str, actor: Actor, _: str) -> tuple[str, dict[str, str]]:
    errors: dict[str, str] = {}
    until, post_id = parse_start(form.texts, errors, at=now()), parse_id(form.get("post"))
    if errors:
        raise Invalid(errors)
    if not await end_mark(grid_id, code, post_id or 0, by=actor, seen=form.get("seen"), ends_at=until):
        raise Refused("matrix.nothing_to_end")
    return "matrix.ended", {}


ROWS = [show_row, create_mark]
