"""Handover sheets: filled by both, confirmed by both and by whoever stands above, printed."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.changes import labels
from portal.changes.queries.sheets import (
    SheetRow,
    open_sheets,
    sensitive_on,
    sheet_content,
    sheet_part,
    sheet_seen,
    supervisors_of,
)
from portal.changes.services import confirm_sheet, fill_sheet
from portal.changes.views.changes import sheet_card
from portal.changes.views.handovers import HandoverView, handover_view
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import Invalid, Refused
from portal.grids.rules import parse_version
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.rendering.pdf import pdf_of
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import form_of
from portal.web.respond import language_of, page, paper, see

VIEW, SIGN = {"permission": Permission.HANDOVER_VIEW}, {"permission": Permission.HANDOVER_SIGN}
LONGEST = 2_000


async def _view(sheet: SheetRow, request: AnyRequest, actor: Actor, typed: Typed | None = None) -> HandoverView:
    content = {"hazards": []} if sheet.frozen else await sheet_content(sheet)
    start = Typed({"keys": sheet.keys or "", "papers": sheet.papers or "", "notes": sheet.notes or ""})
    return handover_view(
        sheet, content, await supervisors_of(sheet), await sheet_part(sheet, by=actor), language_of(request),
        at=now(), typed=typed or start, sensitive=await sensitive_on(sheet),
    )  # fmt: skip


@get("/handovers", opt=VIEW)
async def show_handovers(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The sheets that wait: one's own, those that one countersigns, those of one's organisations."""
    at, language = now(), language_of(request)
    cards = tuple(sheet_card(one, language, at=at) for one in await open_sheets(by=actor, at=at))
    return await page(request, "changes/handovers.html", fragment="changes/_handovers.html", view=cards)


@get("/handovers/{sheet_id:int}", opt=VIEW)
async def show_handover(request: AnyRequest, actor: NamedDependency[Actor], sheet_id: FromPath[int]) -> Response[Any]:
    """A sheet: what goes over, who has confirmed."""
    view = await _view(await sheet_seen(sheet_id, by=actor), request, actor)
    return await page(request, "changes/handover.html", fragment="changes/_handover.html", view=view)


@get("/handovers/{sheet_id:int}/sheet.pdf", opt=VIEW)
async def print_handover(request: AnyRequest, actor: NamedDependency[Actor], sheet_id: FromPath[int]) -> Response[Any]:
    """The sheet on paper, with its digest."""
    view = await _view(await sheet_seen(sheet_id, by=actor), request, actor)
    body, say = await pdf_of("pdf/handover.html", language_of(request), view=view), translator(language_of(request))
    return paper(body, say(labels.SHEET_FILE, title=view.title), plain=f"handover-{sheet_id}")


@post("/handovers/{sheet_id:int}/lines", opt=SIGN)
async def create_lines(request: AnyRequest, actor: NamedDependency[Actor], sheet_id: FromPath[int]) -> Response[Any]:
    """Keys, papers, notes."""
    form = await form_of(request)
    try:
        long = {name: "changes.too_long" for name in ("keys", "papers", "notes") if len(form.get(name)) > LONGEST}
        if long:
            raise Invalid(long)
        changed = await fill_sheet(
            sheet_id, version=parse_version(form.get("version")), by=actor, keys=form.get("keys"),
            papers=form.get("papers"), notes=form.get("notes"),
        )  # fmt: skip
    except Refused as refusal:
        return await _again(request, actor, sheet_id, refusal)
    return see(request, f"/handovers/{sheet_id}", flash="handover.filled" if changed else "handover.unchanged")


@post("/handovers/{sheet_id:int}/confirmations", opt=SIGN)
async def create_confirmation(
    request: AnyRequest, actor: NamedDependency[Actor], sheet_id: FromPath[int]
) -> Response[Any]:
    """One of the three says: so it is."""
    form = await form_of(request)
    try:
        await confirm_sheet(sheet_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _again(request, actor, sheet_id, refusal)
    return see(request, f"/handovers/{sheet_id}", flash="handover.confirmed")


async def _again(request: AnyRequest, actor: Actor, sheet_id: int, refusal: Refused) -> Response[Any]:
    sheet = await sheet_seen(sheet_id, by=actor)
    form = await form_of(request)
    typed, status = await typed_again(request, form, refusal, about=("post", sheet.post_id), place="confirm")
    view = await _view(sheet, request, actor, typed)
    return await page(request, "changes/handover.html", fragment="changes/_handover.html", status=status, view=view)


HANDOVERS = [show_handovers, show_handover, print_handover, create_lines, create_confirmation]
