"""Who has agreed to what, and their portraits: the person on their account, the office for what was signed on paper."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.contact_boards.forms import parse_fields
from portal.contact_boards.portraits import pictures, take_in
from portal.contact_boards.queries.consents import Consenting, consenting, portrait_of
from portal.contact_boards.services import (
    NewPortrait,
    check_portrait,
    record_consent,
    remove_own_portrait,
    remove_portrait,
    set_own_consent,
)
from portal.contact_boards.views.consents import consent_page
from portal.core.actors import Actor
from portal.core.files import FileStore, store_of
from portal.core.refusals import Invalid, NotFound, Refused
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.web.errors import sentence
from portal.web.forms import Form, form_of
from portal.web.labels import REFUSALS
from portal.web.respond import language_of, page, see
from portal.web.state import settings_of

AnyRequest = Request[Any, Any, Any]
P = Permission
UPLOAD = 17_000_000  # one photo of 15 MB and the form around it


@get("/account/consents", opt={"permission": P.ACCOUNT_OWN})
async def show_own_consents(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What of oneself is public."""
    return await _page(request, await consenting(actor.person_id or 0), on_paper=False)


@post("/account/consents", opt={"permission": P.ACCOUNT_OWN_CHANGE}, request_max_body_size=UPLOAD)
async def save_own_consents(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Gives and withdraws, field by field; with the one for the photo the photo itself."""
    person, form = await consenting(actor.person_id or 0), await form_of(request)
    try:
        await set_own_consent(parse_fields(form), portrait=await _portrait(request, form, actor), by=actor)
    except Refused as refusal:
        return await _refused(request, person, form, refusal, on_paper=False)
    return see(request, "/account/consents", flash="consent.saved")


@post("/account/portraits/removals", opt={"permission": P.ACCOUNT_OWN_CHANGE})
async def create_own_removal(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """One's own portrait goes."""
    await remove_own_portrait(by=actor)
    return see(request, "/account/consents", flash="portrait.removed")


@get("/people/{person_id:int}/consents", opt={"permission": P.CONSENT_VIEW})
async def show_consents(request: AnyRequest, person_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """What somebody has agreed to."""
    return await _page(request, await consenting(person_id, by=actor, permission=P.CONSENT_VIEW), on_paper=True)


@post("/people/{person_id:int}/consents", opt={"permission": P.CONSENT_RECORD}, request_max_body_size=UPLOAD)
async def save_consents(request: AnyRequest, person_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Records what somebody has signed on paper."""
    person, form = await consenting(person_id, by=actor, permission=P.CONSENT_RECORD), await form_of(request)
    try:
        await record_consent(person_id, parse_fields(form), portrait=await _portrait(request, form, actor), by=actor)
    except Refused as refusal:
        return await _refused(request, person, form, refusal, on_paper=True)
    return see(request, f"/people/{person_id}/consents", flash="consent.saved")


@post("/people/{person_id:int}/portraits/removals", opt={"permission": P.CONSENT_RECORD})
async def create_removal(request: AnyRequest, person_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Somebody's portrait goes."""
    await remove_portrait(person_id, by=actor)
    return see(request, f"/people/{person_id}/consents", flash="portrait.removed")


def _store(request: AnyRequest) -> FileStore:
    return store_of(settings_of(request))


async def _portrait(request: AnyRequest, form: Form, actor: Actor) -> NewPortrait | None:
    """The picture of the form. Without the tick that belongs to it nobody so much as looks at it."""
    files = form.files.get("portrait", [])
    if not files:
        return None
    check_portrait(parse_fields(form))
    return await take_in(await files[-1].read(), _store(request), owner=actor.person_id or 0)


async def _refused(
    request: AnyRequest, person: Consenting, form: Form, refusal: Refused, *, on_paper: bool
) -> Response[Any]:
    """The form with what was ticked; whatever is wrong is wrong with the picture."""
    if isinstance(refusal, NotFound):
        raise refusal
    language = language_of(request)
    if isinstance(refusal, Invalid):
        errors = {name: translator(language)(REFUSALS[code]) for name, code in refusal.fields.items()}
    else:
        errors = {"portrait": sentence(refusal, language)}
    typed = {"ticked": parse_fields(form), "errors": errors}
    return await _page(request, person, on_paper=on_paper, status=refusal.status, **typed)


async def _page(
    request: AnyRequest, person: Consenting, *, on_paper: bool, status: int = 200, **typed: Any
) -> Response[Any]:
    kept = await portrait_of(person.id)
    picture = (await pictures([kept.small_digest], _store(request))).get(kept.small_digest, "") if kept else ""
    view = consent_page(person, picture, language_of(request), on_paper=on_paper, **typed)
    return await page(
        request, "contact_boards/consents.html", fragment="contact_boards/_consents.html", status=status, view=view
    )


ROUTES = [
    show_own_consents, save_own_consents, create_own_removal, show_consents, save_consents, create_removal,
]  # fmt: skip
