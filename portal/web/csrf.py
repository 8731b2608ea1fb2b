"""A change is accepted only from our own pages: where the request came from, and a token bound to the session (TA5)."""

from urllib.parse import urlsplit

from litestar.datastructures import Cookie

from portal.core.clock import now
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
FORM_KEY = "form_key"
"""`opt={"form": FORM_KEY}`: a form for strangers, who have no cookie. Its signed key belongs to one board, and is the
key under which it has its one effect."""
ORIGIN_ONLY = "origin"
"""`opt={"form": ORIGIN_ONLY}`: a POST that changes nothing of anybody's (a number is shown)."""
FORM_KEY_LIVES = 7 * 86_400
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


async def check_csrf(request: AnyRequest) -> None:
    """Refuses a change that does not come from our own form with this session's own token."""
    if request.method not in UNSAFE:
        return
    if not comes_from_us(request):
        raise Forbidden("csrf.foreign")
    if not request.headers.get("content-type", "").startswith(FORM_TYPES):
        raise Forbidden("csrf.not_a_form")
    form_of_strangers = request.route_handler.opt.get("form")
    if form_of_strangers == ORIGIN_ONLY:
        return
    if form_of_strangers == FORM_KEY:
        if not is_form_key((await form_of(request)).get(FORM_KEY), about=str(request.path_params.get("key", ""))):
            raise Forbidden("csrf.token")
        return
    token = request.headers.get(HEADER) or (await form_of(request)).get(FIELD, "")
    if not token or not same(token, token_for(request)):
        raise Forbidden("csrf.token")


def new_form_key(about: str) -> str:
    """A key for one form of a board, signed: "random.seconds.mark"."""
    body = f"{new_token()[:22]}.{int(now().timestamp())}"
    return f"{body}.{_form_mark(body, about)}"


def is_form_key(text: str, *, about: str) -> bool:
    """Whether we made this key for a form about this, not too long ago."""
    body, _, mark = text.rpartition(".")
    made = body.rpartition(".")[2]
    if not mark or not made.isascii() or not made.isdigit() or not same(mark, _form_mark(body, about)):
        return False
    return now().timestamp() - int(made) < FORM_KEY_LIVES


def _form_mark(body: str, about: str) -> str:
    return keyed_digest("form-key", f"{about} {body}")[:32]


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
