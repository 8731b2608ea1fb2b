"""Where a request comes from, and what the browser is given when somebody has come in."""

from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie

from portal.accounts.rules import DEVICE_LIVES, network_of
from portal.accounts.services import Entry, Place
from portal.core.refusals import Invalid
from portal.rendering.i18n import translator
from portal.settings import Settings
from portal.web.csrf import visit_of
from portal.web.labels import REFUSALS
from portal.web.origin import host_of
from portal.web.respond import language_of, see
from portal.web.sessions import session_cookie
from portal.web.state import cookie_name, settings_of, signed

AnyRequest = Request[Any, Any, Any]
DEVICE_COOKIE = "anwang-device"
DEVICES_A_BROWSER = 4  # a shared computer in an office: the last four people who signed in


def place_of(request: AnyRequest) -> Place:
    """Where the request comes from. The address is the one that the server saw; a proxy's word for another is believed
    only from ANWANG_TRUSTED_PROXIES, before the request gets here.
    """
    found = signed(request)
    address = host_of(request)
    return Place(
        network=network_of(address), address=address, device=request.headers.get("user-agent", ""),
        visit=visit_of(request), devices=_devices(request), session_id=found.actor.session_id if found else None,
    )  # fmt: skip


def _devices(request: AnyRequest) -> tuple[str, ...]:
    """One token for each account that this browser knows, the latest first."""
    cookie = str(request.cookies.get(cookie_name(settings_of(request), DEVICE_COOKIE)) or "")
    return tuple(token for token in cookie.split(".") if 20 <= len(token) <= 100)[:DEVICES_A_BROWSER]


def welcome(request: AnyRequest, entry: Entry, path: str, *, flash: str | None = None, **params: Any) -> Response[None]:
    """On to a page with the new session, and with the mark by which this browser is known from now on."""
    settings = settings_of(request)
    answer = see(request, path, flash=flash, **params)
    answer.cookies.append(session_cookie(settings, entry.token, seconds=entry.seconds))
    if entry.device_token:
        tokens = (entry.device_token, *_devices(request))[:DEVICES_A_BROWSER]
        answer.cookies.append(_device_cookie(settings, ".".join(tokens)))
    return answer


def _device_cookie(settings: Settings, value: str) -> Cookie:
    return Cookie(
        key=cookie_name(settings, DEVICE_COOKIE), value=value, max_age=int(DEVICE_LIVES.total_seconds()), path="/",
        secure=settings.secure_cookies, httponly=True, samesite="lax",
    )  # fmt: skip


def sentences(refusal: Invalid, request: AnyRequest) -> dict[str, str]:
    """The sentence for each field."""
    translate = translator(language_of(request))
    return {name: translate(REFUSALS[code]) for name, code in refusal.fields.items()}
