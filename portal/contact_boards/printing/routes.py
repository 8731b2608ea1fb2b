"""The pages of printing: ask, see how far it is, open the file. Without JavaScript the same pages, by links."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.contact_boards.printing import labels
from portal.contact_boards.printing.forms import parse_print
from portal.contact_boards.printing.queries import PrintRow, print_seen, printable_grids, recent_prints
from portal.contact_boards.printing.rules import State
from portal.contact_boards.printing.services import ask_print, retry_print
from portal.contact_boards.printing.views import PrintsView, is_local, job_view, kinds_view, places_view
from portal.core.actors import Actor
from portal.core.files import store_of
from portal.core.refusals import Invalid, NotFound, Refused
from portal.grids.queries import grid_seen
from portal.grids.rules import parse_id, parse_version
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.respond import language_of, page, paper, see
from portal.web.state import settings_of

AnyRequest = Request[Any, Any, Any]
VIEW = {"permission": Permission.PRINT_VIEW}
MAKE = {"permission": Permission.PRINT_MAKE}


@get("/prints", opt=VIEW)
async def show_prints(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form, and what was printed before; `grid` and `kind` choose beforehand."""
    asked = request.query_params
    return await _prints(request, actor, grid=asked.get("grid", ""), kind=asked.get("kind", ""))


@post("/prints", opt=MAKE)
async def create_print(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Leaves a job to the worker."""
    form = await form_of(request)
    kept = {"grid": form.get("grid"), "kind": form.get("kind")}
    try:
        asked = parse_print(**kept)
        job_id = await ask_print(asked.grid_id, asked.kind, language=language_of(request), by=actor)
    except NotFound:
        raise
    except Refused as refusal:
        codes = refusal.fields if isinstance(refusal, Invalid) else {"grid": refusal.code}
        errors = {name: sentence(Refused(code, **refusal.params), language_of(request)) for name, code in codes.items()}
        return await _prints(request, actor, errors=errors, status=422, **kept)
    return see(request, f"/prints/{job_id}", flash="print.asked")


@get("/prints/{job_id:int}", opt=VIEW)
async def show_print(request: AnyRequest, job_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """One job: how far it is, its file, or why there is none."""
    return await _print(request, await print_seen(job_id, by=actor))


@get("/prints/{job_id:int}/file.pdf", opt=VIEW)
async def get_print_file(request: AnyRequest, job_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """The PDF. Before it is done: how far it is."""
    job = await print_seen(job_id, by=actor)
    if job.state != State.DONE or job.file_digest is None:
        return see(request, f"/prints/{job_id}")
    body = await store_of(settings_of(request)).open(job.file_digest)
    if body is None:
        raise NotFound()
    say = translator(language_of(request))
    name = say(labels.FILE, kind=say(labels.KINDS[job.kind]), grid=job.grid)
    return paper(body, name, plain=job.kind)


@post("/prints/{job_id:int}/retries", opt=MAKE)
async def create_retry(request: AnyRequest, job_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Another try."""
    form = await form_of(request)
    try:
        await retry_print(job_id, version=parse_version(form.get("version")), by=actor)
    except NotFound:
        raise
    except Refused as refusal:
        error = sentence(refusal, language_of(request))
        return await _print(request, await print_seen(job_id, by=actor), error=error, status=refusal.status)
    return see(request, f"/prints/{job_id}", flash="print.asked")


async def _print(request: AnyRequest, job: PrintRow, *, error: str = "", status: int = 200) -> Response[Any]:
    language = language_of(request)
    code, params = job.failure or ("", {})
    failure = sentence(Refused(code, **params), language) if code else ""
    view = job_view(job, language, failure)
    return await page(
        request, "prints/print.html", fragment="prints/_print.html", status=status, view=view, error=error
    )


async def _prints(
    request: AnyRequest, actor: Actor, *, grid: str, kind: str, errors: dict[str, str] | None = None, status: int = 200
) -> Response[Any]:
    language = language_of(request)
    jobs = tuple(job_view(job, language) for job in await recent_prints(by=actor))
    places = places_view(await printable_grids(by=actor))
    wanted = parse_id(grid)
    if wanted is not None and wanted not in dict(places):
        asked = await grid_seen(wanted, by=actor, permission=Permission.PRINT_MAKE)
        places = ((asked.id, asked.name), *places)
    view = PrintsView(
        jobs, places, kinds_view(language), grid, kind, errors or {}, is_local(settings_of(request).base_url)
    )
    return await page(request, "prints/prints.html", fragment="prints/_prints.html", status=status, view=view)


ROUTES = [show_prints, create_print, show_print, get_print_file, create_retry]
