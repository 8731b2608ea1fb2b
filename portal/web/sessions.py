"""From a cookie to an actor: one statement per request, and rights that follow at the next one (TA2, TA6).

Actors are kept per process under the session's token digest and the organisation's `rights_version`, and only until
the next instant at which a right begins or ends, so that nothing has to be told when a post changes hands.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from litestar import Litestar
from litestar._asgi.utils import wrap_in_exception_handler
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Receive, Scope, Send

from portal.accounts.queries import SignedIn, signed_in
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_value
from portal.core.ids import digest
from portal.people.queries import KNOWN_BY
from portal.permissions.queries import grants_of
from portal.settings import Settings
from portal.web.lead import lead_now
from portal.web.state import KEY, SignedRequest, cookie_name

SESSION_COOKIE = "anwang"
NOT_FOR = ("/static/", "/health/", "/b/", "/feeds/", "/screen/", "/v/")
WITH_OLD_PASSWORD = ("/account/password", "/sign-out", "/language")
SEEN_EVERY = timedelta(minutes=5)
KEPT = 4_000


class _Kept(NamedTuple):
    rights_version: int
    until: datetime | None
    actor: Actor
    post_title: str


_actors: OrderedDict[str, _Kept] = OrderedDict()


def session_middleware(app: ASGIApp) -> ASGIApp:
    """Puts the signed-in person, if there is one, into the request's state."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            scope["state"][KEY] = None
            scope["query_string"] = scope["query_string"].replace(b"%00", b"")  # PostgreSQL takes no zero byte (TW7)
            token = _token(scope) if not scope["path"].startswith(NOT_FOR) else None
            if token:
                found = scope["state"][KEY] = await signed_request(digest(token))
                if found and found.must_change and scope["path"] not in WITH_OLD_PASSWORD:
                    await _send_to_password(scope, send)
                    return
        await app(scope, receive, send)

    return middleware


def know_strays(app: Litestar) -> None:
    """Where no route is, no middleware runs: looks for the session all the same, so that whoever is signed in stays in
    their own pages, and an address that leads nowhere reads as one that is not theirs."""
    router = app.asgi_router

    async def strays(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await router(scope, receive, send)
        except HTTPException:  # of the routing alone: what a handler raises was answered further in
            if scope["type"] == ScopeType.HTTP and KEY not in scope["state"]:
                token = _token(scope) if not scope["path"].startswith(NOT_FOR) else None
                scope["state"][KEY] = await signed_request(digest(token)) if token else None
            raise

    app.asgi_handler = wrap_in_exception_handler(strays)


async def _send_to_password(scope: Any, send: Send) -> None:
    """Somebody who came in with a one-time password makes one of their own before anything else."""
    by_htmx = any(name == b"hx-request" for name, _ in scope["headers"])
    status, name = (401, b"hx-redirect") if by_htmx else (303, b"location")
    headers = [(name, b"/account/password"), (b"cache-control", b"no-store"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _token(scope: Any) -> str | None:
    if f"{scope['path']}/".startswith(NOT_FOR):
        return None
    wanted = cookie_name(scope["litestar_app"].state.settings, SESSION_COOKIE)
    for name, value in scope["headers"]:
        if name == b"cookie":
            for part in value.decode("latin-1").split(";"):
                key, _, found = part.strip().partition("=")
                if key == wanted:
                    return str(found)
    return None


async def signed_request(token_digest: str) -> SignedRequest | None:
    """The session behind a token's digest with its actor; None when it does not hold."""
    at = now()
    found = await signed_in(token_digest, at=at)
    if found is None:
        return None
    if at - found.seen_at > SEEN_EVERY:
        await _touch(found, at)
    kept = await _kept(token_digest, found, at)
    return SignedRequest(
        actor=kept.actor, school=found.school, unread=found.unread, post_title=kept.post_title,
        must_change=found.must_change, proved_at=found.proved_at, rights_version=found.rights_version,
        token_digest=token_digest, lead=await lead_now(kept.actor, found.rights_version),
    )  # fmt: skip


async def _touch(found: SignedIn, at: datetime) -> None:
    # Never a row that was revoked meanwhile: a slow request must not bring a session back (TA6).
    await execute(
        "UPDATE session SET seen_at = {}, idle_until = {} WHERE id = {} AND revoked_at IS NULL",
        at, at + timedelta(seconds=found.idle_seconds), found.session_id,
    )  # fmt: skip


async def _kept(token_digest: str, found: SignedIn, at: datetime) -> _Kept:
    kept = _actors.get(token_digest)
    if (
        kept is None
        or kept.rights_version != found.rights_version
        or kept.actor.language != found.language
        or (kept.until is not None and kept.until <= at)
    ):
        kept = await _build(found, at)
        _actors[token_digest] = kept
        if len(_actors) > KEPT:
            _actors.popitem(last=False)
    return kept


async def _build(found: SignedIn, at: datetime) -> _Kept:
    grants, until = await grants_of(found.person_id, found.org_id, at=at)
    known_by = f"SELECT {KNOWN_BY} FROM person p WHERE p.id = {{}}"
    title = await fetch_value(known_by, at, at, found.person_id) if grants else ""
    actor = Actor(
        person_id=found.person_id, account_id=found.account_id, org_id=found.org_id, name=found.name,
        grants=tuple(grants), language=found.language, via="web", session_id=found.session_id,
        roles=frozenset(grant.role for grant in grants),
    )  # fmt: skip
    return _Kept(found.rights_version, until, actor, title or "")


def session_cookie(settings: Settings, token: str, *, seconds: int) -> Cookie:
    """The cookie of a session; `seconds` 0 takes it away."""
    return Cookie(
        key=cookie_name(settings, SESSION_COOKIE), value=token, max_age=seconds, path="/",
        secure=settings.secure_cookies, httponly=True, samesite="lax",
    )  # fmt: skip
