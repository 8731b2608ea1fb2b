"""The pages of an import: upload, preview, progress, result, undo. Without JavaScript the same pages, by links."""

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.refusals import Conflict, NotFound, Refused
from portal.grids.rules import parse_id
from portal.importing import labels
from portal.importing.forms import ANSWER, number, page_number, parse_apply
from portal.importing.queries import batch_row, made_by, preview_of, recent_batches, schools_to_import
from portal.importing.queueing import IN_THE_WORKER, queue_import
from portal.importing.services import apply_import, stage_import, throw_away_import, undo_import
from portal.importing.sheets import MAX_BYTES
from portal.importing.views import ImportsView, ImportView, left_vacant, preview_view, refusal_text
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see

AnyRequest = Request[Any, Any, Any]
VIEW = {"permission": Permission.IMPORT_VIEW}
RUN = {"permission": Permission.IMPORT_RUN}
IN_PROGRESS = frozenset({"queued", "running"})


@get("/imports", opt=VIEW)
async def show_imports(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form for a file, and the files so far; `school` chooses one."""
    return await _imports_page(request, actor, school=parse_id(request.query_params.get("school", "")) or 0)


@post("/imports", opt=RUN, request_max_body_size=MAX_BYTES + 1_000_000)
async def create_import(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Reads a file and shows what it would do."""
    form = await form_of(request)
    school_id = number(form.get("school"))
    try:
        files = form.files.get("file")
        if not files:
            raise Refused("import.no_file")
        data, name = await files[0].read(MAX_BYTES + 1), files[0].filename
        batch_id = await stage_import(data, name, school_id=school_id, by=actor)
    except NotFound:
        raise
    except Refused as refusal:
        errors = {"file": refusal_text(refusal, language_of(request))}
        return await _imports_page(request, actor, school=school_id, errors=errors, status=422)
    return see(request, f"/imports/{batch_id}")


@get("/imports/{batch_id:int}", opt=VIEW)
async def show_import(request: AnyRequest, actor: NamedDependency[Actor], batch_id: FromPath[int]) -> Response[Any]:
    """One file: its preview, its progress, or what it made."""
    return await _import_page(request, actor, batch_id)


@post("/imports/{batch_id:int}/applications", opt=RUN)
async def create_application(
    request: AnyRequest, actor: NamedDependency[Actor], batch_id: FromPath[int]
) -> Response[Any]:
    """Imports at once, or leaves a large file to the worker."""
    form = await form_of(request)
    found = await preview_of(await batch_row(batch_id, by=actor), by=actor)
    asked = parse_apply(form.get("version"), form.get("seen"), form.all(ANSWER))
    values = asked._asdict()
    try:
        if found is not None and found.plan.rows > IN_THE_WORKER:
            await queue_import(batch_id, by=actor, **values)
            return see(request, f"/imports/{batch_id}", flash="import.queued")
        made = await apply_import(batch_id, by=actor, **values)
    except Refused as refusal:
        return await _refused_page(request, actor, batch_id, refusal, ticked=frozenset(asked.answers))
    return see(request, f"/imports/{batch_id}", flash="import.applied", **made._asdict())


@post("/imports/{batch_id:int}/undo", opt=RUN)
async def create_undo(request: AnyRequest, actor: NamedDependency[Actor], batch_id: FromPath[int]) -> Response[Any]:
    """Takes back what the file made."""
    form = await form_of(request)
    try:
        await undo_import(batch_id, version=number(form.get("version")), by=actor)
    except Refused as refusal:
        return await _refused_page(request, actor, batch_id, refusal)
    return see(request, f"/imports/{batch_id}", flash="import.undone")


@post("/imports/{batch_id:int}/removal", opt=RUN)
async def create_removal(request: AnyRequest, actor: NamedDependency[Actor], batch_id: FromPath[int]) -> Response[Any]:
    """Drops a file that was never imported."""
    form = await form_of(request)
    try:
        await throw_away_import(batch_id, version=number(form.get("version")), by=actor)
    except Refused as refusal:
        return await _refused_page(request, actor, batch_id, refusal)
    return see(request, "/imports", flash="import.thrown_away")


async def _refused_page(
    request: AnyRequest, actor: Actor, batch_id: int, refusal: Refused, *, ticked: frozenset[str] = frozenset()
) -> Response[Any]:
    """The same page with the reason on top: 409 with the fresh preview when somebody was first, else 422."""
    if refusal.code not in labels.REFUSALS and not isinstance(refusal, Conflict):
        raise refusal
    known = refusal if refusal.code in labels.REFUSALS else Refused("import.school_changed")
    error = refusal_text(known, language_of(request))
    return await _import_page(request, actor, batch_id, error=error, ticked=ticked, status=refusal.status)


async def _import_page(
    request: AnyRequest, actor: Actor, batch_id: int, *, error: str = "", ticked: frozenset[str] = frozenset(),
    status: int = 200,
) -> Response[Any]:  # fmt: skip
    language = language_of(request)
    batch = await batch_row(batch_id, by=actor)
    view = ImportView(batch, translator(language)(labels.STATES[batch.state]), error=error, ticked=ticked)
    if batch.state in IN_PROGRESS:
        return await _answer(request, view, status)
    found = await preview_of(batch, by=actor)
    if found is None:
        left = left_vacant(batch, language)
        return await _answer(request, replace(view, made=await made_by(batch.id), left_vacant=left), status)
    shown, at_page = request.query_params.get("show", ""), page_number(request.query_params.get("page", ""))
    preview = preview_view(batch.id, found, language, shown=shown, page=at_page)
    failure = refusal_text(Refused(batch.failure[0], **batch.failure[1]), language) if batch.failure else ""
    return await _answer(request, replace(view, preview=preview, failure=failure), status)


async def _answer(request: AnyRequest, view: ImportView, status: int) -> Response[Any]:
    return await page(
        request, "importing/import.html", fragment="importing/_import.html", status=status, view=view,
        in_progress=view.batch.state in IN_PROGRESS,
    )  # fmt: skip


async def _imports_page(
    request: AnyRequest, actor: Actor, *, school: int = 0, errors: dict[str, str] | None = None, status: int = 200
) -> Response[Any]:
    translate = translator(language_of(request))
    batches = await recent_batches(by=actor)
    view = ImportsView(
        tuple(await schools_to_import(by=actor)),
        tuple((batch, translate(labels.STATES[batch.state])) for batch in batches),
        school,
        errors or {},
    )
    return await page(request, "importing/imports.html", fragment="importing/_imports.html", status=status, view=view)


ROUTES = [show_imports, create_import, show_import, create_application, create_undo, create_removal]
