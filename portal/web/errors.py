"""Every error as a page that says what happened, why, and what to do; the details go to the log under a number.

Litestar calls these without awaiting, so they ask the database nothing: who is signed in stands in the request.
"""

import secrets
from typing import Any

import structlog
from litestar import Response
from litestar.exceptions import HTTPException

from portal.core.logs import masked
from portal.core.refusals import Refused
from portal.rendering.i18n import translator
from portal.web.guards import SignInNeeded
from portal.web.labels import REFUSALS
from portal.web.respond import language_of, page_now
from portal.web.state import AnyRequest

log = structlog.get_logger()
PAGES = {403, 404, 409, 422, 429, 500, 503}


def sentence(refusal: Refused, language: str) -> str:
    """The refusal in the reader's language; an unknown code is a mistake of ours and says its code."""
    message = REFUSALS.get(refusal.code)
    return translator(language)(message, **refusal.params) if message else refusal.code


def refused(request: AnyRequest, refusal: Refused) -> Response[Any]:
    """A refusal that no form has taken up."""
    headers = {"Retry-After": str(refusal.params["seconds"])} if "seconds" in refusal.params else None
    return _error_page(request, refusal.status, reason=sentence(refusal, language_of(request)), headers=headers)


def sign_in_needed(request: AnyRequest, error: SignInNeeded) -> Response[Any]:
    """Off to the sign-in, and back afterwards; htmx is told to change the whole page."""
    target = f"/sign-in?next={error.wanted}"
    if request.headers.get("hx-request") == "true":
        return Response(None, status_code=401, headers={"HX-Redirect": target, "Cache-Control": "no-store"})
    return Response(None, status_code=303, headers={"Location": target, "Cache-Control": "no-store"})


def http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """What the framework refuses by itself: no such page, no such method, a body too large, a form it cannot read."""
    if error.status_code == 413:
        return _error_page(request, 422, reason=translator(language_of(request))(REFUSALS["web.too_large"]), real=413)
    if error.status_code >= 500:
        return unexpected(request, error)
    shown = error.status_code if error.status_code in PAGES else 404 if error.status_code in (404, 405) else 422
    # What is not there reads as what is there and not theirs (TA1).
    reason = translator(language_of(request))(REFUSALS["core.not_found"]) if shown == 404 else ""
    return _error_page(request, shown, reason=reason, real=error.status_code)


def unexpected(request: AnyRequest, error: Exception) -> Response[Any]:
    """A fault of ours: a page with a number, and a line in the log under the same number (TO3)."""
    number = secrets.token_hex(4)
    log.error("unexpected", number=number, path=masked(request.url.path), method=request.method, exc_info=error)
    return _error_page(request, 500, reason="", number=number)


def _error_page(
    request: AnyRequest, status: int, *, reason: str, number: str = "", headers: dict[str, str] | None = None,
    real: int | None = None,
) -> Response[Any]:  # fmt: skip
    return page_now(
        request, f"errors/{status}.html", status=real or status, headers=headers, reason=reason, number=number
    )


HANDLERS: dict[int | type[Exception], Any] = {
    Refused: refused,
    SignInNeeded: sign_in_needed,
    HTTPException: http_error,
    Exception: unexpected,
}
"""What `create_app` is given."""
