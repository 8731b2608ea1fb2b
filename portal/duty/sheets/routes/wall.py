"""What a screen on the wall fetches: no session, no cookie, only the secret in its address."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from litestar import Request, Response, get
from litestar.params import FromPath

from portal.accounts.rules import network_of
from portal.core.actors import SYSTEM
from portal.core.clock import local, now
from portal.core.ids import digest
from portal.core.refusals import NotFound
from portal.duty.feeds.lent import tried_in_vain
from portal.duty.lent import Told, open_in
from portal.duty.provided import laid_days
from portal.duty.queries import kept_plan, knows_plan
from portal.duty.sheets.queries import OpenScreen, open_screen
from portal.duty.sheets.services import is_to_be_noted, note_seen
from portal.duty.sheets.views.month import DAY
from portal.duty.sheets.views.wall import Wall, wall_of
from portal.duty.views.lanes import Reader
from portal.duty.views.words import Words
from portal.rendering.environment import render
from portal.rendering.i18n import preferred
from portal.web.guards import PUBLIC
from portal.web.origin import host_of
from portal.web.respond import coding_of, packed

AnyRequest = Request[Any, Any, Any]
K = TypeVar("K")
V = TypeVar("V")
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
KEPT = 300
EVERY, SOON = 60, 5
"""Seconds until the screen asks again; soon, where it does not show everything yet."""
HEADERS = {
    # Kept by nobody on the way; the browser itself may ask whether its copy is still the same.
    "Cache-Control": "private, no-cache",
    "Vary": "Accept-Encoding, Accept-Language",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}


class Kept(NamedTuple):
    """What the screens of a school show, of which version of the book."""

    version: int
    wall: Wall


class Answered(NamedTuple):
    """A whole answer, packed: the same within its minute while the book is the same and nobody else is on duty."""

    version: int
    since: datetime
    until: datetime
    etag: str
    answer: Response[Any]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What an application keeps of its walls; it goes with it, because its keys are one database's ids."""

    walls: OrderedDict[tuple[int, str], Kept] = field(default_factory=OrderedDict)
    answers: OrderedDict[tuple[int, str, str], Answered] = field(default_factory=OrderedDict)
    told: OrderedDict[tuple[int, str], Sequence[Told]] = field(default_factory=OrderedDict)


def _shelf(request: AnyRequest) -> Shelf:
    if "walls" not in request.app.state:
        request.app.state["walls"] = Shelf()
    found: Shelf = request.app.state["walls"]
    return found


@get("/screen/{token:str}", opt={"permission": PUBLIC})
async def show_screen(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Who is on duty now. Whatever opens nothing is the same missing page.

    One statement while the answer of this minute holds. Three at most: the screen, then the plan and the book where
    they are not known; what is open in the school is asked for, and that the screen is on is noted, by a reading that
    has statements left.
    """
    at = now()
    screen = await open_screen(token, at=at) if TOKEN.fullmatch(token) else None
    if screen is None:
        await tried_in_vain(network_of(host_of(request)))
        raise NotFound()
    language = preferred(request.headers.get("accept-language", ""))
    key = (screen.id, language, coding_of(request))
    shelf = _shelf(request)
    ready = shelf.answers.get(key)
    if ready and ready.version == screen.rights_version and ready.since <= at < ready.until:
        return _same(request, ready)
    cold = not knows_plan(screen.org_id, screen.rights_version)
    wall, read = await _wall(shelf, screen, language, at)
    told = await _open(shelf, screen, language, ask=not cold)
    if not read and is_to_be_noted(screen, at=at):
        await note_seen(screen, at=at)
    html = render("duty/sheets/wall.html", language, screen=screen, wall=wall, told=told or (), at=local(at),
                  every=SOON if told is None else EVERY)  # fmt: skip
    ready = _answered(request, html, screen.rights_version, at, wall.until)
    if not cold:
        _keep(shelf.answers, key, ready)
    return _same(request, ready)


def _answered(request: AnyRequest, html: str, version: int, at: datetime, until: datetime) -> Answered:
    """Packed, with its mark; the page tells the minute, so it is good for no longer."""
    etag, minute = f'"{digest(html)[:24]}"', at.replace(second=0, microsecond=0)
    answer = packed(request, html.encode())
    answer.headers.update(HEADERS | {"ETag": etag})
    return Answered(version, minute, min(until, minute + timedelta(minutes=1)), etag, answer)


def _same(request: AnyRequest, ready: Answered) -> Response[Any]:
    if ready.etag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=HEADERS | {"ETag": ready.etag})
    return ready.answer


async def _wall(shelf: Shelf, screen: OpenScreen, language: str, at: datetime) -> tuple[Wall, bool]:
    """From what was shown last until somebody else is on duty or the book is another one; and whether it was read."""
    key = (screen.org_id, language)
    kept = shelf.walls.get(key)
    if kept is not None and kept.version == screen.rights_version and kept.wall.since <= at < kept.wall.until:
        return kept.wall, False
    plan, day = await kept_plan(screen.org_id, screen.rights_version, org=screen.org), local(at).date()
    laid = await laid_days(screen.org_id, Words(plan.plan, language), Reader(at, may_edit=False), day, day + DAY)
    kept = Kept(screen.rights_version, wall_of(laid, at))
    _keep(shelf.walls, key, kept)
    return kept.wall, True


async def _open(shelf: Shelf, screen: OpenScreen, language: str, *, ask: bool) -> Sequence[Told] | None:
    """What is open in the whole school, in numbers; None: not asked for yet."""
    key = (screen.org_id, language)
    if ask:
        _keep(shelf.told, key, await open_in(screen.org_id, (), SYSTEM, language))
    return shelf.told.get(key)


def _keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    """Puts it in, and lets the oldest go."""
    kept[key] = value
    while len(kept) > KEPT:
        kept.popitem(last=False)


ROUTES = [show_screen]
