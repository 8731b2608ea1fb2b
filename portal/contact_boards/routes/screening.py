"""The screening of what comes from outside: a list with a clock, and three ways on for each (B3)."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.contact_boards.forms import number, parse_acceptance
from portal.contact_boards.queries.reports import (
    ToScreen,
    last_not_fixed,
    photos_of_report,
    report_to_screen,
    reports_to_screen,
)
from portal.contact_boards.services import accept_report, merge_report, refuse_report
from portal.contact_boards.views.office import screen_list, screen_page
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.files import store_of
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.hazards.queries import Category, categories
from portal.hazards.queries.cards import hazard_row
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.web.errors import sentence
from portal.web.forms import Form, form_of
from portal.web.labels import REFUSALS
from portal.web.respond import language_of, page, see
from portal.web.state import settings_of

AnyRequest = Request[Any, Any, Any]
DECIDE = {"permission": Permission.SCREENING_DECIDE}


@get("/screening", opt={"permission": Permission.SCREENING_VIEW})
async def show_screening(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What waits, the most urgent first."""
    view = screen_list(await reports_to_screen(by=actor), at=now(), language=language_of(request))
    return await page(request, "contact_boards/screening.html", fragment="contact_boards/_screening.html", view=view)


@get("/screening/{report_id:int}", opt={"permission": Permission.SCREENING_VIEW})
async def show_to_screen(request: AnyRequest, report_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """One report."""
    return await _report_page(request, await report_to_screen(report_id, by=actor), actor)


@get("/screening/{report_id:int}/photos/{photo_id:int}", opt={"permission": Permission.SCREENING_VIEW})
async def show_public_photo(
    request: AnyRequest, report_id: FromPath[int], photo_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """A photo of a report; `size=small` gives the thumbnail. The type is ours (TF2)."""
    await report_to_screen(report_id, by=actor)
    found = next((one for one in await photos_of_report(report_id) if one.id == photo_id), None)
    small = request.query_params.get("size") == "small"
    store = store_of(settings_of(request))
    body = await store.open(found.thumb_digest if small else found.digest) if found else None
    if body is None:
        raise NotFound()
    headers = {
        "Cache-Control": "private, max-age=86400, immutable",
        "Vary": "Cookie",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(body, media_type="image/jpeg", headers=headers)


@post("/screening/{report_id:int}/acceptances", opt=DECIDE)
async def create_acceptance(
    request: AnyRequest, report_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """It becomes a card, or reopens its card."""
    form = await form_of(request)
    try:
        again = (await report_to_screen(report_id, by=actor)).hazard_id is not None
        hazard_id = await accept_report(report_id, parse_acceptance(form), by=actor)
    except Refused as refusal:
        return await refused_page(request, report_id, actor, form, refusal)
    card = await hazard_row(hazard_id, by=actor)
    flash = "screening.reopened" if again else "screening.accepted"
    return see(request, "/screening", flash=flash, number=card.number if card else "")


@post("/screening/{report_id:int}/merges", opt=DECIDE)
async def create_merge(request: AnyRequest, report_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """It is about a card that is there."""
    form = await form_of(request)
    try:
        wanted = form.get("number")[:20]
        await merge_report(report_id, wanted, version=number(form.get("version")), by=actor)
    except Refused as refusal:
        return await refused_page(request, report_id, actor, form, refusal)
    return see(request, "/screening", flash="screening.merged", number=wanted)


@post("/screening/{report_id:int}/refusals", opt=DECIDE)
async def create_refusal(request: AnyRequest, report_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Nothing comes of it, and why."""
    form = await form_of(request)
    try:
        await refuse_report(report_id, form.get("reason")[:500], version=number(form.get("version")), by=actor)
    except Refused as refusal:
        return await refused_page(request, report_id, actor, form, refusal)
    return see(request, "/screening", flash="screening.refused")


async def refused_page(
    request: AnyRequest, report_id: int, actor: Actor, form: Form, refusal: Refused
) -> Response[Any]:
    """The report's page as it is now, with what was typed."""
    if isinstance(refusal, NotFound):
        raise refusal
    report, language = await report_to_screen(report_id, by=actor), language_of(request)
    say = translator(language)
    errors = (
        {name: say(REFUSALS[code]) for name, code in refusal.fields.items()} if isinstance(refusal, Invalid) else {}
    )
    beaten = "" if errors else sentence(refusal, language)
    status = 409 if isinstance(refusal, Conflict) else refusal.status
    return await _report_page(request, report, actor, typed=form.texts, errors=errors, beaten=beaten, status=status)


async def _report_page(
    request: AnyRequest, report: ToScreen, actor: Actor, *, typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None, beaten: str = "", status: int = 200,
) -> Response[Any]:  # fmt: skip
    language = language_of(request)
    asks = report.state == "waiting" and report.plate_fault is None
    groups = _groups(await categories(report.org_id), language) if asks else ()
    not_fixed = await last_not_fixed(report.id) if report.hazard_id and report.state == "waiting" else ""
    view = screen_page(
        report, await photos_of_report(report.id), groups, not_fixed, at=now(), language=language,
        by=actor, typed=typed or {"title": report.title}, errors=errors or {}, beaten=beaten,
    )  # fmt: skip
    return await page(
        request, "contact_boards/screen.html", fragment="contact_boards/_screen.html", status=status, view=view
    )


def _groups(rows: list[Category], language: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    names = {row.code: row.name_en if language == "en" else row.name for row in rows}
    return tuple(
        (names[group.code], tuple((row.code, names[row.code]) for row in rows if row.parent == group.code))
        for group in rows
        if group.parent is None
    )


ROUTES = [
    show_screening, show_to_screen, show_public_photo, create_acceptance, create_merge, create_refusal,
]  # fmt: skip
