"""One's own account: contact, password, and the devices that are signed in."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.accounts.forms import parse_contact, parse_new_password
from portal.accounts.queries import own_page, posts_held, sessions_of
from portal.accounts.routes.coming import AnyRequest, place_of, sentences, welcome
from portal.accounts.services import change_contact, change_password, end_other_sessions, end_session
from portal.accounts.views import PasswordView, own_view, session_line
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.crypto import unseal
from portal.core.refusals import Invalid, NotFound, TooMany
from portal.permissions.rules import Permission
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see
from portal.web.state import signed


@get("/account", opt={"permission": Permission.ACCOUNT_OWN})
async def show_account(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The person's own page."""
    return await _own_page(request, actor)


@post("/account/contact", opt={"permission": Permission.ACCOUNT_OWN_CHANGE})
async def save_contact(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Phone and mail of one's own."""
    form = await form_of(request)
    try:
        command = parse_contact(form.texts)
        await change_contact(command.phone, command.email, version=command.version, by=actor)
    except Invalid as refusal:
        typed = {"phone": form.get("phone"), "email": form.get("email")}
        return await _own_page(request, actor, typed=typed, errors=sentences(refusal, request), status=422)
    return see(request, "/account", flash="account.contact_saved")


async def _own_page(
    request: AnyRequest, actor: Actor, *, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:  # fmt: skip
    found = await own_page(actor.account_id or 0)
    if found is None or actor.person_id is None:
        raise NotFound()
    posts = (await posts_held([actor.person_id], at=now())).get(actor.person_id, [])
    rows = await sessions_of(actor.account_id or 0, at=now())
    lines = [session_line(row, this=actor.session_id, language=language_of(request)) for row in rows]
    known = {"phone": unseal(found.phone_sealed or "") or "", "email": unseal(found.email_sealed or "") or ""}
    view = own_view(found, posts, lines, **(typed or known), errors=errors)
    return await page(request, "accounts/account.html", fragment="accounts/_account.html", status=status, view=view)


@get("/account/password", opt={"permission": Permission.ACCOUNT_OWN})
async def ask_password(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form of a new password."""
    return await _password_page(request, actor)


@post("/account/password", opt={"permission": Permission.ACCOUNT_OWN_CHANGE})
async def save_password(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A new password after the old one; every other device has to sign in again."""
    form = await form_of(request)
    try:
        command = parse_new_password(form.texts, asks_old=True)
        entry = await change_password(command.old, command.password, place=place_of(request), by=actor)
    except Invalid as refusal:
        return await _password_page(request, actor, errors=sentences(refusal, request), status=422)
    except TooMany as refusal:
        trouble = sentence(refusal, language_of(request))
        headers = {"Retry-After": str(refusal.params["seconds"])}
        return await _password_page(request, actor, trouble=trouble, status=429, headers=headers)
    return welcome(request, entry, "/account", flash="account.password_changed")


async def _password_page(
    request: AnyRequest, actor: Actor, *, errors: dict[str, str] | None = None, trouble: str = "", **more: Any
) -> Response[Any]:
    found, here = await own_page(actor.account_id or 0), signed(request)
    if found is None or here is None:
        raise NotFound()
    view = PasswordView(login=found.login, must=here.must_change, errors=errors or {}, trouble=trouble)
    return await page(request, "accounts/password.html", fragment="accounts/_password.html", view=view, **more)


@post("/account/sessions/{session_id:int}/end", opt={"permission": Permission.ACCOUNT_OWN_CHANGE})
async def end_one_session(
    request: AnyRequest, actor: NamedDependency[Actor], session_id: FromPath[int]
) -> Response[Any]:
    """Signs one of one's own devices out."""
    await end_session(session_id, by=actor)
    return see(request, "/account", flash="account.session_ended")


@post("/account/sessions/end-others", opt={"permission": Permission.ACCOUNT_OWN_CHANGE})
async def end_sessions_elsewhere(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Signs every other device out."""
    count = await end_other_sessions(by=actor)
    return see(request, "/account", flash="account.sessions_ended", count=count)


HANDLERS = [show_account, save_contact, ask_password, save_password, end_one_session, end_sessions_elsewhere]
