"""The keeper's first page, and the history of an organisation with its check."""

from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from portal.admin import labels
from portal.admin.queries import (
    Wanted,
    doers_of,
    events_of,
    history_place,
    length_of,
    people_called,
    schools_of,
    works_now,
)
from portal.admin.views import history_view, links_for, people_in
from portal.audit.outbox import failed_entries, try_again
from portal.audit.queries import verify_chain
from portal.audit.rules import Broken
from portal.core.actors import Actor
from portal.core.files import store_of
from portal.core.refusals import NotFound
from portal.permissions.rules import Permission, has
from portal.rendering.i18n import translator
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see
from portal.web.state import settings_of

AnyRequest = Request[Any, Any, Any]
YEARS = range(2000, 2100)


@get("/admin", opt={"permission": Permission.ACCOUNT_OWN})
async def show_admin(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Where everything is that this person keeps in order."""
    links = links_for(actor, language_of(request))
    works = await works_now() if has(actor, Permission.AUDIT_VIEW) else None
    away = works is not None and await store_of(settings_of(request)).trouble() is not None
    return await page(request, "admin/admin.html", fragment="admin/_admin.html", links=links, works=works, away=away)


@post("/admin/retries", opt={"permission": Permission.AUDIT_CHECK})
async def create_retry(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Gives work of the worker that was given up another chance; doing it twice changes nothing."""
    for entry in await failed_entries():
        await try_again(entry.id)
    return see(request, "/admin", flash="admin.tried_again")


@get("/admin/history", opt={"permission": Permission.AUDIT_VIEW})
async def show_history(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What happened, newest first; `kind`, `person`, `day`, `org` narrow it, `before` goes on.

    `sign_ins` shows who signed in and out as well.
    """
    return await _history(request, actor, _number(request.query_params.get("org", "")) or actor.org_id)


@post("/admin/history/checks", opt={"permission": Permission.AUDIT_CHECK})
async def create_check(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Walks the whole chain: "it holds" on the next page, or this page with the first bad row (TT1)."""
    form = await form_of(request)
    org = await history_place(_number(form.get("org")) or actor.org_id, by=actor)
    broken = await verify_chain(org.id)
    if broken is not None:
        return await _history(request, actor, org.id, broken=broken)
    address = "/admin/history" + (f"?org={org.id}" if org.id != actor.org_id else "")
    return see(request, address, flash="history.holds", count=await length_of(org.id))


async def _history(
    request: AnyRequest, actor: Actor, org_id: int | None, *, broken: Broken | None = None
) -> Response[Any]:
    org, language = await history_place(org_id, by=actor), language_of(request)
    wanted = _wanted(request)
    rows = await events_of(org.id, wanted, by=actor)
    say = translator(language)
    view = history_view(
        org.id, org.name, rows, count=await length_of(org.id), wanted=wanted,
        people=await people_called(people_in(rows)), doers=await doers_of(org.id), schools=await schools_of(actor),
        language=language, broken=say(labels.BROKEN[broken.reason], seq=broken.seq) if broken else "",
    )  # fmt: skip
    status = 422 if broken else 200
    return await page(request, "admin/history.html", fragment="admin/_history.html", status=status, view=view)


def _wanted(request: AnyRequest) -> Wanted:
    asked = request.query_params
    try:
        day = date.fromisoformat(asked.get("day", ""))
    except ValueError:
        day = None
    if day is not None and day.year not in YEARS:
        day = None
    kind = asked.get("kind", "")
    return Wanted(
        kind=kind if kind in labels.KINDS else "", person_id=_number(asked.get("person", "")), day=day,
        before=_number(asked.get("before", "")), sign_ins=asked.get("sign_ins", "") == "1",
    )  # fmt: skip


def _number(text: str) -> int | None:
    """A small whole number, None for nothing; anything else leads nowhere."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound()
    return int(text)


ROUTES = [show_admin, create_retry, show_history, create_check]
