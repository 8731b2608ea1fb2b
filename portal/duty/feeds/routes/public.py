"""A calendar as programs fetch it: no session, no cookie, only the secret in its address."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from litestar import Request, Response, get
from litestar.params import FromPath

from portal.accounts.rules import network_of
from portal.core.clock import local, now, start_of_day
from portal.core.ids import digest
from portal.core.refusals import NotFound
from portal.duty.feeds.lent import tried_in_vain
from portal.duty.feeds.queries import OpenFeed, open_feed, published_book
from portal.duty.feeds.rules import Part, file_token, parts_of_book
from portal.duty.feeds.services import note_reading
from portal.duty.feeds.views import calendar_body
from portal.duty.queries import KeptPlan, kept_plan, knows_plan
from portal.duty.views.words import Words
from portal.rendering.i18n import known
from portal.web.guards import PUBLIC
from portal.web.origin import host_of
from portal.web.respond import packed

AnyRequest = Request[Any, Any, Any]
KEPT = 20
HEADERS = {
    # Kept by nobody on the way; the program itself may ask whether its copy is still the same.
    "Cache-Control": "private, no-cache",
    "Vary": "Accept-Encoding",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": 'inline; filename="duty.ics"',
}


class Kept(NamedTuple):
    """What is done in a school, by which version of its book, on which day: all its calendars are made of it."""

    version: int
    today: datetime
    start: datetime
    parts: Sequence[Part]


@get("/feeds/{name:str}", opt={"permission": PUBLIC})
async def show_feed(request: AnyRequest, name: FromPath[str]) -> Response[Any]:
    """A person's, an area's or a school's duty. Whatever opens nothing is the same missing page.

    Three statements at most: the address, the plan of hours where it is not known, the book. Once a day it is noted
    that the address was read, by a reading that need not ask for the plan.
    """
    at, token = now(), file_token(name)
    feed = await open_feed(token, at=at) if token else None
    if feed is None:
        await tried_in_vain(network_of(host_of(request)))
        raise NotFound()
    if knows_plan(feed.org_id, feed.rights_version):
        await note_reading(feed, at=at)
    body = await _calendar(request, feed, start_of_day(local(at).date()))
    headers = HEADERS | {"ETag": f'"{digest(body)[:24]}"'}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)
    answer = packed(request, body, media_type="text/calendar")
    answer.headers.update(headers)
    return answer


async def _calendar(request: AnyRequest, feed: OpenFeed, today: datetime) -> bytes:
    """The file. A school's takes a tenth of a second: in a thread, so that nobody else waits."""
    plan = await kept_plan(feed.org_id, feed.rights_version, org=feed.org)
    kept, words = await _school(request, feed, plan, today), Words(plan.plan, known(feed.language))
    return await asyncio.to_thread(calendar_body, feed, kept.parts, words, start=kept.start, today=today)


async def _school(request: AnyRequest, feed: OpenFeed, plan: KeptPlan, today: datetime) -> Kept:
    """The book of a school, read and laid out once for all its calendars, until it or the day is another one.

    What is kept goes with the application, because its ids are one database's.
    """
    schools: OrderedDict[int, Kept] = request.app.state.setdefault("duty_feeds", OrderedDict())
    kept = schools.get(feed.org_id)
    if kept is None or kept[:2] != (feed.rights_version, today):
        found = await published_book(feed.org_id, plan, today=today)
        parts = await asyncio.to_thread(parts_of_book, found.opened.book, found.read_from, found.end)
        kept = schools[feed.org_id] = Kept(feed.rights_version, today, found.start, parts)
        schools.move_to_end(feed.org_id)
        while len(schools) > KEPT:
            schools.popitem(last=False)
    return kept


ROUTES = [show_feed]
