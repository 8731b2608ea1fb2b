"""A calendar as programs fetch it: no session, no cookie, only the secret in its address."""

from collections import OrderedDict
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
from portal.duty.feeds.rules import file_token
from portal.duty.feeds.services import note_reading
from portal.duty.feeds.views import calendar_body
from portal.duty.queries import kept_plan, knows_plan
from portal.duty.views.words import Words
from portal.rendering.i18n import known
from portal.web.guards import PUBLIC
from portal.web.respond import packed

AnyRequest = Request[Any, Any, Any]
KEPT = 100
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
    """A calendar as it was given out last, of which version of the book and of which day."""

    version: int
    today: datetime
    language: str
    body: bytes
    etag: str


_kept: OrderedDict[str, Kept] = OrderedDict()


@get("/feeds/{name:str}", opt={"permission": PUBLIC})
async def show_feed(request: AnyRequest, name: FromPath[str]) -> Response[Any]:
    """A person's, an area's or a school's duty. Whatever opens nothing is the same missing page.

    Three statements at most: the address, the plan of hours where it is not known, the book. Once a day it is noted
    that the address was read, by a reading that need not ask for the plan.
    """
    at, token = now(), file_token(name)
    feed = await open_feed(token, at=at) if token else None
    if feed is None or token is None:
        await tried_in_vain(network_of(request.client.host if request.client else ""))
        raise NotFound()
    if knows_plan(feed.org_id, feed.rights_version):
        await note_reading(feed, at=at)
    kept = await _calendar(digest(token), feed, start_of_day(local(at).date()))
    headers = HEADERS | {"ETag": kept.etag}
    if kept.etag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)
    answer = packed(request, kept.body, media_type="text/calendar")
    answer.headers.update(headers)
    return answer


async def _calendar(address: str, feed: OpenFeed, today: datetime) -> Kept:
    """From what was given out last, where neither the book nor the day is another one."""
    kept, asked = _kept.get(address), (feed.rights_version, today, known(feed.language))
    if kept is not None and kept[:3] == asked:
        return kept
    plan = await kept_plan(feed.org_id, feed.rights_version, org=feed.org)
    published = await published_book(feed.org_id, plan, today=today)
    body = calendar_body(feed, published, Words(plan.plan, known(feed.language)), today=today)
    kept = _kept[address] = Kept(*asked, body, f'"{digest(body)[:24]}"')
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return kept


ROUTES = [show_feed]
