"""The inbox: what a person was told, that they have read it, and what they answer."""

from collections.abc import Awaitable
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.refusals import Invalid, NotFound, Refused
from portal.permissions.rules import Permission
from portal.reminders.queries import inbox_of
from portal.reminders.services import acknowledge, mark_all_read, mark_read, snooze
from portal.reminders.views import inbox_view
from portal.rendering.i18n import translator
from portal.web.forms import Form, form_of
from portal.web.labels import REFUSALS
from portal.web.respond import language_of, page, see

AnyRequest = Request[Any, Any, Any]


@get("/inbox", opt={"permission": Permission.ACCOUNT_OWN})
async def show_inbox(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[bytes]:
    """Unread first. Looking marks nothing: only the button does."""
    view = inbox_view(await inbox_of(by=actor), by=actor, language=language_of(request))
    return await page(request, "reminders/inbox.html", fragment="reminders/_inbox.html", view=view)


@post("/inbox/reads", opt={"permission": Permission.ACCOUNT_OWN_CHANGE})
async def create_read(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[None]:
    """Marks one (`id`) or everything up to the newest shown (`upto`) as read."""
    form = await form_of(request)
    if form.get("upto"):
        await mark_all_read(upto=_number(form.get("upto")), by=actor)
        return see(request, "/inbox", flash="reminders.all_read")
    await mark_read(_number(form.get("id")), by=actor)
    return see(request, "/inbox")


@post("/inbox/acknowledgements", opt={"permission": Permission.ACCOUNT_OWN_CHANGE})
async def create_acknowledgement(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """ "I know" (G2), from the inbox or from the card."""
    form = await form_of(request)
    return await _answer(request, actor, form, acknowledge(_number(form.get("id")), by=actor), "reminders.known")


@post("/inbox/snoozes", opt={"permission": Permission.ACCOUNT_OWN_CHANGE})
async def create_snooze(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """ "Later, because …" (G2)."""
    form = await form_of(request)
    days = _number(form.get("days")) if form.get("days") else None
    work = snooze(_number(form.get("id")), days=days, reason=form.get("reason"), by=actor)
    return await _answer(request, actor, form, work, "reminders.later")


async def _answer(request: AnyRequest, actor: Actor, form: Form, work: Awaitable[int], flash: str) -> Response[Any]:
    """Back to where the answer was given; a refusal shows the inbox with what was typed."""
    try:
        hazard_id = await work
    except Refused as refusal:
        return await _refused(request, actor, form, refusal)
    return see(request, f"/hazards/{hazard_id}" if form.get("from") == "card" else "/inbox", flash=flash)


async def _refused(request: AnyRequest, actor: Actor, form: Form, refusal: Refused) -> Response[bytes]:
    if refusal.status == 404:
        raise refusal
    language = language_of(request)
    translate = translator(language)
    codes = refusal.fields if isinstance(refusal, Invalid) else {"reason": refusal.code}
    errors = {name: translate(REFUSALS[code]) for name, code in codes.items()}
    view = inbox_view(
        await inbox_of(by=actor), by=actor, language=language, opened=_number(form.get("id")), typed=form.texts,
        errors=errors,
    )  # fmt: skip
    fragment = "reminders/_inbox.html"
    return await page(request, "reminders/inbox.html", fragment=fragment, status=refusal.status, view=view)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound()
    return int(text)


ROUTES = [show_inbox, create_read, create_acknowledgement, create_snooze]
