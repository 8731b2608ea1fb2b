"""The responsibility map: as it is now, as paper, and as it was."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.files import store_of
from portal.core.refusals import NotFound
from portal.coverage.forms import part_of
from portal.coverage.queries.access import org_seen
from portal.coverage.queries.maps import edition_of, editions
from portal.coverage.queries.spans import schools_now
from portal.coverage.routes.reading import AnyRequest, is_bureau, reader_of
from portal.coverage.services.maps import record_map_export
from portal.coverage.views.maps import edition_view, map_view, paper_view
from portal.coverage.views.schools import schools_view
from portal.permissions.rules import Permission
from portal.rendering.pdf import pdf_of
from portal.web.respond import language_of, page, paper
from portal.web.state import settings_of

VIEW = {"permission": Permission.COVERAGE_VIEW}


@get("/map", opt=VIEW)
async def show_map(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The reader's own school or part of it; for a bureau the way to each school's map."""
    return await _page(request, actor, None)


@get("/map/{org_id:int}", opt=VIEW)
async def show_map_of(request: AnyRequest, actor: NamedDependency[Actor], org_id: FromPath[int]) -> Response[Any]:
    """One school's map, drawn of today's rows; `part` opens one building."""
    return await _page(request, actor, org_id)


async def _page(request: AnyRequest, actor: Actor, org_id: int | None) -> Response[Any]:
    if is_bureau(actor, org_id):
        view = schools_view(await schools_now(by=actor, at=now()))
        return await page(request, "coverage/maps.html", fragment="coverage/_maps.html", view=view)
    reader = await reader_of(request, org_id, actor)
    kept = await editions(reader.school.org_id) if reader.is_whole else []
    found = map_view(reader, kept, part=part_of(request.query_params))
    return await page(request, "coverage/map.html", fragment="coverage/_map.html", view=found)


@get("/map/{org_id:int}/sheet.pdf", opt=VIEW)
async def get_map(request: AnyRequest, actor: NamedDependency[Actor], org_id: FromPath[int]) -> Response[bytes]:
    """The map as paper; that somebody took it out is an event (TA11)."""
    reader = await reader_of(request, org_id, actor)
    view = paper_view(reader, part=part_of(request.query_params))
    body = await pdf_of("pdf/map.html", language_of(request), view=view)
    await record_map_export(org_id, rows=view.rows, by=actor)
    return paper(body, view.title, plain="map")


@get("/map/{org_id:int}/editions/{edition:int}", opt=VIEW)
async def show_edition(
    request: AnyRequest, actor: NamedDependency[Actor], org_id: FromPath[int], edition: FromPath[int]
) -> Response[Any]:
    """The map as it was drawn then."""
    org = await org_seen(org_id, by=actor)
    row = await edition_of(org_id, edition)
    data = await store_of(settings_of(request)).open(row.digest) if row is not None else None
    if row is None or data is None:
        raise NotFound()
    view = edition_view(org, row, data.decode())
    return await page(request, "coverage/edition.html", fragment="coverage/_edition.html", view=view)


MAPS = [show_map, show_map_of, get_map, show_edition]
