"""The ways in and out: sign-in, sign-out, the language of the page, and the slips that open an account."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath

from portal.accounts.forms import parse_code, parse_new_password, parse_sign_in
from portal.accounts.queries import own_page
from portal.accounts.routes.coming import AnyRequest, place_of, sentences, welcome
from portal.accounts.rules import LONG, Purpose, normal_login, typed_code
from portal.accounts.services import (
    Joined,
    choose_language,
    end_session,
    join,
    sign_in,
    typed,
    usable_invitation,
)
from portal.accounts.views import CodeView, JoinView, SignInView
from portal.core.refusals import Invalid, NotFound, Refused, TooMany
from portal.rendering.i18n import known
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.guards import PUBLIC
from portal.web.respond import LANGUAGE_COOKIE, language_of, page, safe_path, see
from portal.web.sessions import session_cookie
from portal.web.state import settings_of, signed

CLEAR = '"cache", "storage"'
YEAR = 31_536_000


@get("/sign-in", opt={"permission": PUBLIC})
async def show_sign_in(request: AnyRequest) -> Response[Any]:
    """The form; somebody who is signed in goes on."""
    wanted = safe_path(request.query_params.get("next", "/"))
    if signed(request):
        return see(request, _onward(wanted))
    return await _sign_in_page(request, SignInView(next=wanted))


@post("/sign-in", opt={"permission": PUBLIC})
async def create_session(request: AnyRequest) -> Response[Any]:
    """Lets somebody in, and on to where they wanted to go."""
    form = await form_of(request)
    wanted, login = safe_path(form.get("next", "/")), form.get("login")
    try:
        entry = await sign_in(*parse_sign_in(form.texts), place=place_of(request))
    except Invalid as refusal:
        view = SignInView(next=wanted, login=login, errors=sentences(refusal, request))
        return await _sign_in_page(request, view, status=422)
    except (TooMany, Refused) as refusal:
        view = SignInView(next=wanted, login=login, trouble=sentence(refusal, language_of(request)))
        return await _sign_in_page(request, view, status=refusal.status, headers=_retry(refusal))
    return welcome(request, entry, "/account/password" if entry.must_change else _onward(wanted))


def _onward(wanted: str) -> str:
    return "/" if wanted.startswith(("/sign-in", "/sign-out", "/language")) else wanted


def _retry(refusal: Refused) -> dict[str, str]:
    return {"Retry-After": str(refusal.params["seconds"])} if "seconds" in refusal.params else {}


async def _sign_in_page(request: AnyRequest, view: SignInView, **more: Any) -> Response[Any]:
    return await page(request, "accounts/sign_in.html", fragment="accounts/_sign_in.html", view=view, **more)


@post("/sign-out", opt={"permission": PUBLIC})
async def end_own_session(request: AnyRequest) -> Response[Any]:
    """Ends this session; the browser forgets pages and drafts."""
    found = signed(request)
    if found is not None and found.actor.session_id is not None:
        await end_session(found.actor.session_id, by=found.actor, why="signed_out")
    answer = see(request, "/sign-in", flash="account.signed_out")
    answer.headers["Clear-Site-Data"] = CLEAR
    answer.cookies.append(session_cookie(settings_of(request), "", seconds=0))
    return answer


@post("/language", opt={"permission": PUBLIC})
async def set_language(request: AnyRequest) -> Response[Any]:
    """Another language, on the same page; kept for the person, or in the browser of a stranger."""
    form = await form_of(request)
    language = known(form.get("language"))
    found = signed(request)
    if found is not None:
        await choose_language(language, by=found.actor)
    answer = see(request, _same_page(request, safe_path(form.get("next", "/"))))
    answer.cookies.append(
        Cookie(
            key=LANGUAGE_COOKIE, value=language, max_age=YEAR, path="/", httponly=True, samesite="lax",
            secure=settings_of(request).secure_cookies,
        )
    )  # fmt: skip
    return answer


def _same_page(request: AnyRequest, path: str) -> str:
    """The page with the filters of its address, which the form does not carry but the browser tells."""
    came = urlsplit(request.headers.get("referer", ""))
    return safe_path(f"{path}?{came.query}") if came.query and came.path == path else path


@get("/join", opt={"permission": PUBLIC})
async def ask_code(request: AnyRequest) -> Response[Any]:
    """For slips whose QR code cannot be read: the code is typed."""
    return await _code_page(request, CodeView())


@post("/join", opt={"permission": PUBLIC})
async def find_code(request: AnyRequest) -> Response[Any]:
    """From the typed code to its invitation; nothing is used up."""
    form = await form_of(request)
    try:
        code = await typed(parse_code(form.texts), place=place_of(request))
    except Invalid as refusal:
        view = CodeView(form.get("code"), errors=sentences(refusal, request))
        return await _code_page(request, view, status=422)
    except Refused as refusal:
        view = CodeView(form.get("code"), trouble=sentence(refusal, language_of(request)))
        status = 422 if isinstance(refusal, NotFound) else refusal.status
        return await _code_page(request, view, status=status, headers=_retry(refusal))
    return see(request, f"/join/{code}")


async def _code_page(request: AnyRequest, view: CodeView, **more: Any) -> Response[Any]:
    return await page(request, "accounts/code.html", fragment="accounts/_code.html", view=view, **more)


@get("/join/{code:str}", opt={"permission": PUBLIC})
async def show_invitation(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """For whom the slip is, and the form. Opening it uses nothing up: chat programs open every link."""
    try:
        found = await usable_invitation(_long(code))
    except Refused as refusal:
        return await _no_way_in(request, refusal)
    login = found.person.login or (found.person.staff_no or "")
    return await _join_page(request, found, code, login)


@post("/join/{code:str}", opt={"permission": PUBLIC})
async def use_invitation(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Makes the account or the new password, and signs in. Once."""
    form = await form_of(request)
    login = normal_login(form.get("login"))
    try:
        found = await usable_invitation(_long(code))
        command = parse_new_password(form.texts)
        entry = await join(_long(code), login, command.password, place=place_of(request))
    except Invalid as refusal:
        return await _join_page(request, found, code, login, errors=sentences(refusal, request), status=422)
    except Refused as refusal:
        return await _no_way_in(request, refusal)
    if found.invitation.purpose == Purpose.RESET:
        return welcome(request, entry, "/", flash="account.password_changed")
    return welcome(request, entry, "/", flash="account.joined", login=login)


def _long(code: str) -> str:
    """An address takes only the long code of the QR link: the short one is typed, and its guesses are counted."""
    return found if len(found := typed_code(code)) == LONG else ""


async def _join_page(
    request: AnyRequest,
    found: Joined,
    code: str,
    login: str,
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    here, own = signed(request), None
    if here is not None and here.actor.account_id is not None:
        own = await own_page(here.actor.account_id)
    view = JoinView(
        code=typed_code(code), is_reset=found.invitation.purpose == Purpose.RESET, name=found.person.name,
        school=found.person.school, login=login, expires_at=found.invitation.expires_at,
        signed_in_as=own.name if own else "", errors=errors or {},
    )  # fmt: skip
    return await page(request, "accounts/join.html", fragment="accounts/_join.html", status=status, view=view)


async def _no_way_in(request: AnyRequest, refusal: Refused) -> Response[Any]:
    view = CodeView(trouble=sentence(refusal, language_of(request)))
    status = 404 if isinstance(refusal, NotFound) else 410
    return await _code_page(request, view, status=status)


HANDLERS = [
    show_sign_in,
    create_session,
    end_own_session,
    set_language,
    ask_code,
    find_code,
    show_invitation,
    use_invitation,
]
