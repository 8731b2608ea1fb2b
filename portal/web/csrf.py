"""A change is accepted only from our own pages: where the request came from, and a token bound to the session (TA5)."""

from urllib.parse import urlsplit

from litestar.datastructures import Cookie

from portal.core.crypto import keyed_digest, same
from portal.core.ids import new_token
from portal.core.refusals import Forbidden
from portal.settings import Settings
from portal.web.forms import form_of
from portal.web.state import AnyRequest, cookie_name, settings_of, signed

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
VISIT_COOKIE = "anwang-visit"
FIELD = "_csrf_token"
HEADER = "x-csrftoken"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


async def check_csrf(request: AnyRequest) -> None:
    """Refuses a change that does not come from our own form with this session's own token."""
    if request.method not in UNSAFE:
        return
    if not comes_from_us(request):
        raise Forbidden("csrf.foreign")
    if not request.headers.get("content-type", "").startswith(FORM_TYPES):
        raise Forbidden("csrf.not_a_form")
    token = request.headers.get(HEADER) or (await form_of(request)).get(FIELD, "")
    if not token or not same(token, token_for(request)):
        raise Forbidden("csrf.token")


def comes_from_us(request: AnyRequest) -> bool:
    """Origin, else Sec-Fetch-Site, else Referer must say so; a request that says nothing is not believed."""
    origin = request.headers.get("origin")
    if origin is not None:
        return _is_ours(request, origin)
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return _is_ours(request, request.headers.get("referer", ""))


def _is_ours(request: AnyRequest, address: str) -> bool:
    """Our own address, or the one that the browser asked for; never plain http where the portal is reached by https."""
    base, given = urlsplit(settings_of(request).base_url), urlsplit(address)
    ours = {base.netloc, request.headers.get("host", "")} - {""}
    return given.netloc in ours and given.scheme in ({"https"} if base.scheme == "https" else {"http", "https"})


def token_for(request: AnyRequest) -> str:
    """The token that this request's forms carry: the session's, or a stranger's own, bound to a cookie of the visit."""
    found = signed(request)
    if found is not None:
        return found.csrf
    visit = visit_of(request)
    return keyed_digest("csrf-visit", visit)[:43] if visit else ""


def visit_of(request: AnyRequest) -> str:
    """The random mark of a stranger's visit, if the browser has one already."""
    name = cookie_name(settings_of(request), VISIT_COOKIE)
    return str(request.cookies.get(name) or request.scope["state"].get("visit") or "")


def start_visit(request: AnyRequest) -> Cookie | None:
    """Gives a stranger who is about to see a form a mark; None when there is one, or a session."""
    if signed(request) or visit_of(request):
        return None
    visit = new_token()
    request.scope["state"]["visit"] = visit
    settings: Settings = settings_of(request)
    return Cookie(
        key=cookie_name(settings, VISIT_COOKIE), value=visit, path="/", max_age=86_400,
        secure=settings.secure_cookies, httponly=True, samesite="lax",
    )  # fmt: skip
