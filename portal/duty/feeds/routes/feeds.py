"""Calendar addresses: one's own; those of areas and the school for whoever keeps the book."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import NotFound, Refused
from portal.duty.feeds.forms import parse_new_feed
from portal.duty.feeds.queries import feed_seen, feeds_of, is_office
from portal.duty.feeds.services import MadeFeed, end_feed, make_feed, rotate_feed
from portal.duty.feeds.views import FeedsView, feed_cards, secret_view
from portal.duty.queries import book_version, kept_plan
from portal.duty.views.words import Words
from portal.permissions.rules import Permission, has
from portal.web.again import AnyRequest
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see
from portal.web.state import settings_of

SEE, MAKE = {"permission": Permission.FEED_VIEW}, {"permission": Permission.FEED_MAKE}


@get("/duty/feeds", opt=SEE)
async def show_feeds(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The addresses there are: since when, when last read. No secret stands here."""
    return await _feeds_page(request, actor)


@post("/duty/feeds", opt=MAKE, status_code=200)
async def create_feed(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Makes an address. It is answered at once and not by a redirect: nothing keeps the secret for a second page."""
    form = await form_of(request)
    kind, area_id = parse_new_feed(form.get)
    try:
        made = await make_feed(_own_org(actor), kind, area_id=area_id, by=actor)
    except Refused as refusal:
        return await _refused(request, actor, refusal)
    return await _feeds_page(request, actor, made)


@post("/duty/feeds/{feed_id:int}/rotations", opt=MAKE, status_code=200)
async def create_rotation(request: AnyRequest, feed_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Another secret for the same calendar, shown as in `create_feed`."""
    await feed_seen(feed_id, by=actor)
    try:
        made = await rotate_feed(feed_id, by=actor)
    except Refused as refusal:
        return await _refused(request, actor, refusal)
    return await _feeds_page(request, actor, made)


@post("/duty/feeds/{feed_id:int}/end", opt=MAKE)
async def create_end(request: AnyRequest, feed_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Switches an address off."""
    await feed_seen(feed_id, by=actor)
    try:
        await end_feed(feed_id, by=actor)
    except Refused as refusal:
        return await _refused(request, actor, refusal)
    return see(request, "/duty/feeds", flash="duty.feed_ended")


def _own_org(actor: Actor) -> int:
    if actor.org_id is None:
        raise NotFound()
    return actor.org_id


async def _refused(request: AnyRequest, actor: Actor, refusal: Refused) -> Response[Any]:
    if refusal.status not in (Refused.status, 409):
        raise refusal
    error = sentence(refusal, language_of(request))
    return await _feeds_page(request, actor, error=error, status=refusal.status)


async def _feeds_page(
    request: AnyRequest, actor: Actor, made: MadeFeed | None = None, *, error: str = "", status: int = 200
) -> Response[Any]:
    org_id = _own_org(actor)
    kept = await kept_plan(org_id, await book_version(org_id))
    words, office = Words(kept.plan, language_of(request)), is_office(actor, kept.org.path, org_id)
    lines = await feeds_of(org_id, by=actor, whole=office)
    mine, *others = feed_cards(lines, words, kept.org.name, at=now())
    secret = secret_view(made, words, kept.org.name, settings_of(request).base_url) if made else None
    view = FeedsView(
        kept.org.name, mine, tuple(others) if office else (), secret, error, has(actor, Permission.CHANGE_MAKE_VIEW)
    )
    return await page(request, "duty/feeds/feeds.html", fragment="duty/feeds/_feeds.html", status=status, view=view)


ROUTES = [show_feeds, create_feed, create_rotation, create_end]
