"""A letter on paper: taken there, its scan handed in, compared by somebody else."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.files import store_of
from portal.core.refusals import Forbidden, Invalid, NotFound, Refused
from portal.grids.rules import parse_version
from portal.letters.at_office import labels
from portal.letters.at_office.forms import parse_differs, parse_signed_on
from portal.letters.at_office.queries import paper_of
from portal.letters.at_office.routes.parts import shown_again, why_not
from portal.letters.at_office.routes.scans import LARGEST, scan_of
from portal.letters.at_office.services.paper import (
    confirm_scan,
    hand_in_scan,
    on_paper,
    refuse_scan,
    take_to_paper,
)
from portal.letters.at_office.views import paper_view
from portal.letters.queries.letters import letter_seen
from portal.letters.services.drafting import CLASS_LETTER
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.web.again import AnyRequest, Typed
from portal.web.forms import Form, form_of
from portal.web.respond import language_of, page, paper, see
from portal.web.state import settings_of

VIEW, ACT = {"permission": Permission.LETTER_AT_OFFICE_VIEW}, {"permission": Permission.LETTER_AT_OFFICE}
UPLOAD = 4 * LARGEST


@get("/letters/{letter_id:int}/paper", opt=VIEW)
async def show_paper(request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]) -> Response[Any]:
    """How far a letter on paper is; what it means to take one there."""
    return await _page(request, actor, letter_id, Typed())


@post("/letters/{letter_id:int}/paper", opt=ACT)
async def create_paper(request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]) -> Response[Any]:
    """Everybody signs it on paper."""
    form = await form_of(request)
    await letter_seen(letter_id, by=actor, permission=Permission.LETTER_AT_OFFICE)
    try:
        await take_to_paper(letter_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _again(request, actor, letter_id, form, refusal, place="state")
    return see(request, f"/letters/{letter_id}/paper", flash="letter.to_paper")


@post("/letters/{letter_id:int}/scans", opt=ACT, request_max_body_size=UPLOAD)
async def create_scan(request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]) -> Response[Any]:
    """The signed paper comes back."""
    await letter_seen(letter_id, by=actor, permission=Permission.LETTER_AT_OFFICE)
    form = await form_of(request)
    try:
        await on_paper(letter_id, by=actor)
        signed_on = parse_signed_on(form.texts)
        scan = await scan_of(form, by=actor)
        stored = await store_of(settings_of(request)).put(scan.pdf, media_type="application/pdf")
        version = parse_version(form.get("version"))
        await hand_in_scan(letter_id, stored, scan.photos, signed_on, version=version, by=actor)
    except Refused as refusal:
        return await _again(request, actor, letter_id, form, refusal, place="scan")
    return see(request, f"/letters/{letter_id}/paper", flash="letter.scan_in")


@post("/letters/{letter_id:int}/scan-checks", opt=ACT)
async def create_scan_check(
    request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]
) -> Response[Any]:
    """Somebody else compared paper, scan and letter: the same, or not."""
    form = await form_of(request)
    await letter_seen(letter_id, by=actor, permission=Permission.LETTER_AT_OFFICE)
    version, differs = parse_version(form.get("version")), form.get("answer") == "differs"
    try:
        if differs:
            await refuse_scan(letter_id, parse_differs(form.texts), version=version, by=actor)
        else:
            if not form.get("same"):
                raise Invalid({"same": "letter.same_missing"})
            await confirm_scan(
                letter_id, seen=form.get("seen"), kept_where=form.get("kept_where"), version=version, by=actor
            )
    except Refused as refusal:
        return await _again(request, actor, letter_id, form, refusal, place="differs" if differs else "same")
    return see(request, f"/letters/{letter_id}/paper", flash="letter.scan_back" if differs else "letter.paper_done")


@get("/letters/{letter_id:int}/scan.pdf", opt={"permission": Permission.LETTER_VIEW})
async def get_scan(request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]) -> Response[Any]:
    """The scan, for everybody in the letter and who looks after it."""
    found = await letter_seen(letter_id, by=actor)
    row = await paper_of(letter_id)
    if row is None or row.scan is None:
        return see(request, f"/letters/{letter_id}")
    body = await store_of(settings_of(request)).open(row.scan)
    if body is None:
        raise Refused("letter.file_missing")
    name = translator(language_of(request))(labels.SCAN_NAME, number=found.row.number)
    return paper(body, name, plain=f"scan-{letter_id}")


async def _again(
    request: AnyRequest, actor: Actor, letter_id: int, form: Form, refusal: Refused, *, place: str
) -> Response[Any]:
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    typed, status, headers = await shown_again(request, form, refusal, letter_id, place=place)
    return await _page(request, actor, letter_id, typed, status=status, headers=headers)


async def _page(
    request: AnyRequest, actor: Actor, letter_id: int, typed: Typed, *, status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response[Any]:  # fmt: skip
    found = await letter_seen(letter_id, by=actor, permission=Permission.LETTER_AT_OFFICE_VIEW)
    if found.row.kind == CLASS_LETTER:
        return see(request, f"/letters/{letter_id}/class")
    row, trouble = await paper_of(letter_id), ""
    if row is None and any(one.signed_at is not None for one in found.parties):
        trouble = await why_not(request, Refused("letter.paper_too_late"))
    view = paper_view(
        found, row, trouble=trouble, at=now(), by=actor, language=language_of(request), typed=typed
    )  # fmt: skip
    return await page(
        request, "letters/at_office/paper.html", fragment="letters/at_office/_paper.html", status=status,
        headers=headers, view=view,
    )  # fmt: skip


PAPERS = [show_paper, create_paper, create_scan, create_scan_check, get_scan]
