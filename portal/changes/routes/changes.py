"""Announced changes: the list, one of them, taking it back, the report form for the bureau."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.changes import labels
from portal.changes.forms import parse_day
from portal.changes.queries.changes import (
    PAGE_ROWS,
    ChangeLine,
    change_seen,
    changed_posts,
    changes_seen,
    holders_before,
)
from portal.changes.queries.sheets import open_sheets, sheets_on
from portal.changes.services import end_early, report_change, undo_change
from portal.changes.views.changes import ChangesView, ChangeView, change_card, change_view, sheet_card
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import Invalid, Refused
from portal.grids.rules import parse_id, parse_version
from portal.permissions.rules import Permission, has, scope
from portal.rendering.i18n import translator
from portal.rendering.pdf import pdf_of
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import form_of
from portal.web.respond import language_of, page, paper, see

VIEW, MAKE = {"permission": Permission.CHANGE_VIEW}, {"permission": Permission.CHANGE_MAKE}


@get("/changes", opt=VIEW)
async def show_changes(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What is announced, what has come, and the sheets that wait."""
    first = max((parse_id(request.query_params.get("page", "1")) or 1) - 1, 0) * PAGE_ROWS
    found, at, language = await changes_seen(by=actor, first=first), now(), language_of(request)
    cards = [change_card(one, language, at=at) for one in found[:PAGE_ROWS]]
    number = first // PAGE_ROWS + 1
    view = ChangesView(
        ahead=tuple(one for one in reversed(cards) if one.state == "ahead"),
        past=tuple(one for one in cards if one.state != "ahead"),
        sheets=tuple(sheet_card(one, language, at=at) for one in await open_sheets(by=actor, at=at)),
        many_schools=len({one.org_id for one in found}) > 1, may_make=has(actor, Permission.CHANGE_MAKE),
        more=(
            f"/changes?page={number - 1}" if first else "",
            f"/changes?page={number + 1}" if len(found) > PAGE_ROWS else "",
        ),
    )  # fmt: skip
    return await page(request, "changes/changes.html", fragment="changes/_changes.html", view=view)


async def _view(change: ChangeLine, request: AnyRequest, actor: Actor, typed: Typed | None = None) -> ChangeView:
    posts = await changed_posts(change.id)
    before = await holders_before({one.post_id for one in posts}, at=change.effective_at)
    return change_view(
        change, posts, before, await sheets_on(change.id), language_of(request), at=now(),
        may_make=scope(actor, Permission.CHANGE_MAKE).holds(change.path, change.org_id), typed=typed or Typed(),
    )  # fmt: skip


@get("/changes/{change_id:int}", opt=VIEW)
async def show_change(request: AnyRequest, actor: NamedDependency[Actor], change_id: FromPath[int]) -> Response[Any]:
    """A change: what it does, its sheets, the way back, the report."""
    view = await _view(await change_seen(change_id, by=actor), request, actor)
    return await page(request, "changes/change.html", fragment="changes/_change.html", view=view)


@get("/changes/{change_id:int}/report", opt=VIEW)
async def show_report(request: AnyRequest, actor: NamedDependency[Actor], change_id: FromPath[int]) -> Response[Any]:
    """The report form for the bureau, to print (R28, R113)."""
    view = await _view(await change_seen(change_id, by=actor), request, actor)
    return await page(request, "changes/report.html", fragment="changes/_report.html", view=view)


@get("/changes/{change_id:int}/report.pdf", opt=VIEW)
async def print_report(request: AnyRequest, actor: NamedDependency[Actor], change_id: FromPath[int]) -> Response[Any]:
    """The same as a file."""
    view = await _view(await change_seen(change_id, by=actor), request, actor)
    body, say = (
        await pdf_of("pdf/change_report.html", language_of(request), view=view),
        translator(language_of(request)),
    )
    return paper(body, say(labels.REPORT_FILE, title=view.title), plain=f"change-{change_id}")


@post("/changes/{change_id:int}/undo", opt=MAKE)
async def create_undo(request: AnyRequest, actor: NamedDependency[Actor], change_id: FromPath[int]) -> Response[Any]:
    """Takes the change back, as a whole."""
    form = await form_of(request)
    try:
        await undo_change(change_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _again(request, actor, change_id, refusal, "undo")
    return see(request, f"/changes/{change_id}", flash="changes.undone")


@post("/changes/{change_id:int}/endings", opt=MAKE)
async def create_ending(request: AnyRequest, actor: NamedDependency[Actor], change_id: FromPath[int]) -> Response[Any]:
    """A leave or an acting time ends with today."""
    form = await form_of(request)
    try:
        await end_early(change_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _again(request, actor, change_id, refusal, "ending")
    return see(request, f"/changes/{change_id}", flash="changes.shortened")


@post("/changes/{change_id:int}/reports", opt=MAKE)
async def create_report(request: AnyRequest, actor: NamedDependency[Actor], change_id: FromPath[int]) -> Response[Any]:
    """Notes the day on which the bureau was told."""
    form = await form_of(request)
    await change_seen(change_id, by=actor, permission=Permission.CHANGE_MAKE)
    try:
        errors: dict[str, str] = {}
        told_on = parse_day(form.get("told_on"), "told_on", errors, must=True)
        if told_on is None:
            raise Invalid(errors)
        await report_change(change_id, version=parse_version(form.get("version")), told_on=told_on, by=actor)
    except Refused as refusal:
        return await _again(request, actor, change_id, refusal, "told_on")
    return see(request, f"/changes/{change_id}", flash="changes.reported")


async def _again(request: AnyRequest, actor: Actor, change_id: int, refusal: Refused, place: str) -> Response[Any]:
    change = await change_seen(change_id, by=actor)
    form = await form_of(request)
    typed, status = await typed_again(request, form, refusal, about=("person", change.person_id), place=place)
    view = await _view(change, request, actor, typed)
    return await page(request, "changes/change.html", fragment="changes/_change.html", status=status, view=view)


CHANGES = [show_changes, show_change, show_report, print_report, create_undo, create_ending, create_report]
