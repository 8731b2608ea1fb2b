"""What has nobody: a school's page, a bureau's page, and the one act of this room."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.coverage.checks import lent_checks
from portal.coverage.forms import parse_pair, part_of
from portal.coverage.queries.access import org_seen
from portal.coverage.queries.spans import schools_now
from portal.coverage.routes.reading import AnyRequest, is_bureau, reader_of
from portal.coverage.services import confirm_look_alike
from portal.coverage.views.page import coverage_view
from portal.coverage.views.schools import schools_view
from portal.permissions.rules import Permission
from portal.web.forms import form_of
from portal.web.respond import page, see

VIEW = {"permission": Permission.COVERAGE_VIEW}


@get("/coverage", opt=VIEW)
async def show_coverage(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The reader's own school or part of it; for a bureau its schools."""
    return await _page(request, actor, None)


@get("/coverage/{org_id:int}", opt=VIEW)
async def show_coverage_of(request: AnyRequest, actor: NamedDependency[Actor], org_id: FromPath[int]) -> Response[Any]:
    """One school, for whoever has all of it."""
    return await _page(request, actor, org_id)


async def _page(request: AnyRequest, actor: Actor, org_id: int | None) -> Response[Any]:
    if is_bureau(actor, org_id):
        return await _schools(request, actor)
    reader = await reader_of(request, org_id, actor)
    if reader.school.kind == "bureau":
        return await _schools(request, actor)
    part = part_of(request.query_params)
    asks = part is None and reader.is_whole
    lent = await lent_checks(reader.school, at=reader.at, language=reader.language) if asks else []
    view = coverage_view(reader, lent, part=part)
    return await page(request, "coverage/coverage.html", fragment="coverage/_coverage.html", view=view)


async def _schools(request: AnyRequest, actor: Actor) -> Response[Any]:
    view = schools_view(await schools_now(by=actor, at=now()))
    return await page(request, "coverage/schools.html", fragment="coverage/_schools.html", view=view)


@post("/coverage/{org_id:int}/look-alikes", opt={"permission": Permission.COVERAGE_CONFIRM})
async def create_look_alike(request: AnyRequest, actor: NamedDependency[Actor], org_id: FromPath[int]) -> Response[Any]:
    """Two people whose names look alike are two people."""
    form = await form_of(request)
    await org_seen(org_id, by=actor, permission=Permission.COVERAGE_CONFIRM)
    made = await confirm_look_alike(org_id, *parse_pair(form.texts), by=actor)
    address = "/coverage" if actor.org_id == org_id else f"/coverage/{org_id}"
    return see(request, address, flash="coverage.look_alike_confirmed" if made else "coverage.look_alike_known")


COVERAGE = [show_coverage, show_coverage_of, create_look_alike]
