"""The matrix as a page and as a workbook."""

import asyncio
from typing import Any
from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.clock import now
from portal.grids.register import workbook
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.responsibilities import labels
from portal.responsibilities.exporting import matrix_head, matrix_note, matrix_rows
from portal.responsibilities.forms import filter_of
from portal.responsibilities.routes.reading import crumbs_of, ground_of
from portal.responsibilities.services.exports import record_matrix_export
from portal.responsibilities.views.matrix import MatrixView, matrix_view
from portal.web.again import AnyRequest
from portal.web.respond import language_of, page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/matrix", opt={"permission": Permission.MATRIX_VIEW})
async def show_matrix(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Who answers for what in a grid, at any instant; the address holds every filter."""
    view = await _view(request, actor, Permission.MATRIX_VIEW)
    return await page(request, "responsibilities/matrix.html", fragment="responsibilities/_matrix.html", view=view)


async def _view(request: AnyRequest, actor: Actor, permission: Permission) -> MatrixView:
    asked = filter_of(request.query_params)
    at, language = asked.instant(at=now()), language_of(request)
    ground = await ground_of(asked.grid or actor.org_id, by=actor, at=at, language=language, permission=permission)
    may = scope(actor, Permission.MATRIX_EDIT).holds(ground.grid.path, ground.grid.org_id)
    return matrix_view(ground, asked, crumbs=crumbs_of(ground, actor), may_edit=may)


@get("/matrix.xlsx", opt={"permission": Permission.REGISTER_EXPORT})
async def get_matrix(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[bytes]:
    """The same table as a workbook; that somebody took it out is an event (TA11)."""
    view, language = await _view(request, actor, Permission.REGISTER_EXPORT), language_of(request)
    say = translator(language)
    title = f"{view.name} {say(labels.MATRIX)}"
    body = await asyncio.to_thread(
        workbook, title, matrix_note(view, language), matrix_head(view, language), matrix_rows(view, language),
        sheet=say(labels.MATRIX),
    )  # fmt: skip
    await record_matrix_export(view.org_id, view.grid_id, rows=view.rows, by=actor)
    name = quote(f"{title} {view.day}.xlsx", safe="")
    headers = {
        "Content-Disposition": f"attachment; filename=\"matrix.xlsx\"; filename*=UTF-8''{name}",
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=XLSX, headers=headers)


MATRIX = [show_matrix, get_matrix]
