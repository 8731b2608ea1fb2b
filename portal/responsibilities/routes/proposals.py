"""Filling a grid's matrix from the lists of its posts: a preview, and the act."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.grids.queries import grid_seen
from portal.grids.rules import parse_id
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.responsibilities.labels import REFUSALS
from portal.responsibilities.routes.reading import crumbs_of, ground_of
from portal.responsibilities.services import fill_matrix
from portal.responsibilities.views.ground import Ground
from portal.responsibilities.views.proposal import markings, proposal_view, rows_proposed
from portal.web.again import AnyRequest
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see


@get("/matrix-proposals/{grid_id:int}", opt={"permission": Permission.MATRIX_EDIT_VIEW})
async def show_proposal(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """What the lists of this grid's posts propose, before anything is made."""
    ground = await _ground(request, grid_id, actor, Permission.MATRIX_EDIT_VIEW)
    return await _page(request, actor, ground)


async def _ground(request: AnyRequest, grid_id: int, actor: Actor, permission: Permission) -> Ground:
    return await ground_of(grid_id, by=actor, at=now(), language=language_of(request), permission=permission)


async def _page(request: AnyRequest, actor: Actor, ground: Ground, error: str = "", status: int = 200) -> Response[Any]:
    view = proposal_view(ground, crumbs=crumbs_of(ground, actor), error=error)
    template = "responsibilities/proposal.html"
    return await page(request, template, fragment="responsibilities/_proposal.html", status=status, view=view)


@post("/matrix-proposals/{grid_id:int}", opt={"permission": Permission.MATRIX_EDIT})
async def create_rows(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """Makes the rows of the posts that were ticked, in one go. What was decided meanwhile is left as it is."""
    form = await form_of(request)
    await grid_seen(grid_id, by=actor, permission=Permission.MATRIX_EDIT)
    ground = await _ground(request, grid_id, actor, Permission.MATRIX_EDIT)
    chosen = {post_id for text in form.all("post") if (post_id := parse_id(text)) is not None}
    if not chosen:
        error = translator(ground.language)(REFUSALS["matrix.nothing_chosen"])
        return await _page(request, actor, ground, error, 422)
    made = await fill_matrix(grid_id, markings(rows_proposed(ground), chosen), by=actor)
    flash = "matrix.filled" if made else "matrix.filled_none"
    return see(request, f"/matrix?grid={grid_id}", flash=flash, count=made)


PROPOSALS = [show_proposal, create_rows]
