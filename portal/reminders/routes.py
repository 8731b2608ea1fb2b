"""The inbox: what a person was told, and that they have read it."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.refusals import NotFound
from portal.permissions.rules import Permission
from portal.reminders.queries import inbox_of
from portal.reminders.services import mark_all_read, mark_read
from portal.reminders.views import inbox_view
from portal.web.forms import form_of
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


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound()
    return int(text)


ROUTES = [show_inbox, create_read]
