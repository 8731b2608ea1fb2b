"""Answers: the one helper that chooses page or fragment, and the one that sends people on after a change."""

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import brotli
from litestar import Response
from litestar.datastructures import Cookie

from portal.core.crypto import keyed_digest, same
from portal.permissions.rules import Permission, has
from portal.rendering.environment import render
from portal.rendering.i18n import SOURCE, known, preferred, translator
from portal.rendering.viewer import Viewer
from portal.web.csrf import start_visit, token_for
from portal.web.labels import FLASHES
from portal.web.state import AnyRequest, settings_of, signed

FLASH_COOKIE = "anwang-flash"
LANGUAGE_COOKIE = "anwang-language"
SMALL = 600
NO_COOKIES = ("/b/", "/feeds/", "/screen/", "/v/")
"""Public pages set none, whatever they answer; nor does a page that is not there, so that all of those are the same."""


def language_of(request: AnyRequest) -> str:
    """The person's own language; a stranger's by cookie or browser."""
    found = signed(request)
    if found is not None:
        return known(found.actor.language)
    cookie = request.cookies.get(LANGUAGE_COOKIE)
    return known(cookie) if cookie else preferred(request.headers.get("accept-language", ""))


def viewer_of(request: AnyRequest) -> Viewer:
    """What the layout shows about the person in front of the screen."""
    found = signed(request)
    if found is None:
        return Viewer.stranger(language_of(request), token_for(request))
    lead = found.lead
    return Viewer(
        signed_in=True, name=found.actor.name, post_title=found.post_title, school=found.school,
        language=known(found.actor.language), csrf=found.csrf, unread=found.unread,
        lead_name=lead.name if lead else None, lead_phone=lead.phone if lead else "",
        account_id=found.actor.account_id or 0,
        may_admin=bool(found.actor.roles & {"bureau_officer", "principal", "safety_officer"}),
        may_cover=has(found.actor, Permission.COVERAGE_VIEW),
    )  # fmt: skip


async def page(request: AnyRequest, template: str, **context: Any) -> Response[bytes]:
    """`page_now`, for handlers, which are async throughout."""
    return page_now(request, template, **context)


def page_now(
    request: AnyRequest,
    template: str,
    *,
    fragment: str | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    flash_more: Mapping[str, str] | None = None,
    **context: Any,
) -> Response[bytes]:
    """The page for a browser, its fragment for htmx. Signed-in pages are never stored (TW3).

    `flash_more`: what this page adds to the sentence of the step before, by the code of that sentence.
    """
    visit = start_visit(request) if status != 404 and not f"{request.url.path}/".startswith(NO_COOKIES) else None
    part = fragment if fragment and request.headers.get("hx-request") == "true" else None
    viewer = viewer_of(request)
    html = render(
        part or template,
        viewer.language,
        viewer=viewer,
        flash=[] if part else flashes(request, viewer.language, flash_more or {}),
        path=request.url.path,
        **context,
    )
    answer = packed(request, html.encode(), status=status)
    answer.headers.update(
        {"Vary": "HX-Request, Accept-Encoding, Cookie", "Cache-Control": "no-store", **(headers or {})}
    )
    if visit:
        answer.cookies.append(visit)
    if not part and request.cookies.get(FLASH_COOKIE):
        answer.cookies.append(Cookie(key=FLASH_COOKIE, value="", max_age=0, path="/"))
    return answer


def packed(request: AnyRequest, body: bytes, *, status: int = 200, media_type: str = "text/html") -> Response[bytes]:
    """A body in the shortest form that the browser takes: brotli 5 costs 2 ms for 150 KB, gzip serves plain http."""
    coding = coding_of(request) if len(body) >= SMALL else ""
    if coding == "br":
        body = brotli.compress(body, mode=brotli.MODE_TEXT, quality=5)
    elif coding == "gzip":
        body = gzip.compress(body, 9, mtime=0)
    headers = {"Content-Encoding": coding} if coding else None
    return Response(body, status_code=status, media_type=media_type, headers=headers)


def coding_of(request: AnyRequest) -> str:
    """How an answer is packed for this browser: "br" (browsers ask for it over https), "gzip" or ""."""
    accepts = request.headers.get("accept-encoding", "")
    return "br" if "br" in accepts else "gzip" if "gzip" in accepts else ""


def paper(body: bytes, name: str, *, plain: str) -> Response[bytes]:
    """A PDF, inline everywhere: the browser of a phone shows it, and saves or prints it from there.

    It is saved under `name`; `plain` is for a browser that reads no other letters. Never stored on the way (TW3).
    """
    told = quote(" ".join(name.replace("/", "-").split()), safe="")
    headers = {
        "Content-Disposition": f"inline; filename=\"{plain}.pdf\"; filename*=UTF-8''{told}.pdf",
        "Cache-Control": "private, no-store",
    }
    return Response(body, media_type="application/pdf", headers=headers)


def see(request: AnyRequest, path: str, *, flash: str | None = None, **params: Any) -> Response[None]:
    """After a change: go and look (303).

    `flash` is the code of a sentence in a room's FLASHES that the next page tells.
    """
    cookies = [_flash_cookie(request, flash, params)] if flash else []
    return Response(None, status_code=303, headers={"Location": path, "Cache-Control": "no-store"}, cookies=cookies)


def _flash_cookie(request: AnyRequest, code: str, params: dict[str, Any]) -> Cookie:
    body = base64.urlsafe_b64encode(json.dumps([code, params]).encode()).decode()
    value = f"{body}.{keyed_digest('flash', body)[:32]}"
    return Cookie(
        key=FLASH_COOKIE, value=value, max_age=60, path="/", httponly=True, samesite="lax",
        secure=settings_of(request).secure_cookies,
    )  # fmt: skip


def flashes(request: AnyRequest, language: str, more: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the step before left to be told, as `(kind, sentence)`; a cookie that is not ours says nothing."""
    body, _, mark = str(request.cookies.get(FLASH_COOKIE) or "").partition(".")
    if not body or not same(mark, keyed_digest("flash", body)[:32]):
        return []
    code, params = json.loads(base64.urlsafe_b64decode(body))
    if code not in FLASHES:
        return []
    told, added = translator(language)(FLASHES[code], **params), more.get(code, "")
    return [("ok", f"{told} {added}".strip() if language != SOURCE else told + added)]


def safe_path(wanted: str) -> str:
    """A path on this site to send somebody to, or "/" for anything that leads elsewhere (TW5)."""
    ok = (
        wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and all(32 < ord(sign) < 127 for sign in wanted)
    )
    return wanted if ok and "\\" not in wanted and len(wanted) < 1000 else "/"
