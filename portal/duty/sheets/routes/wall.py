"""What a screen on the wall fetches: no session, no cookie, only the secret in its address."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

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
from portal.web.respond import packed

AnyRequest = Request[Any, Any, Any]
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


_walls: OrderedDict[tuple[int, str], Kept] = OrderedDict()
_told: OrderedDict[tuple[int, str], Sequence[Told]] = OrderedDict()


@get("/screen/{token:str}", opt={"permission": PUBLIC})
async def show_screen(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Who is on duty now. Whatever opens nothing is the same missing page.

    Three statements at most: the screen, then the plan and the book where they are not known; what is open in the
    school is asked for, and that the screen is on is noted, by a reading that has statements left.
    """
    at = now()
    screen = await open_screen(token, at=at) if TOKEN.fullmatch(token) else None
    if screen is None:
        await tried_in_vain(network_of(request.client.host if request.client else ""))
        raise NotFound()
    language = preferred(request.headers.get("accept-language", ""))
    cold = not knows_plan(screen.org_id, screen.rights_version)
    wall, read = await _wall(screen, language, at)
    told = await _open(screen, language, ask=not cold)
    if not read and is_to_be_noted(screen, at=at):
        await note_seen(screen, at=at)
    html = render("duty/sheets/wall.html", language, screen=screen, wall=wall, told=told or (), at=local(at),
                  every=SOON if told is None else EVERY)  # fmt: skip
    return _answer(request, html)


def _answer(request: AnyRequest, html: str) -> Response[Any]:
    headers = HEADERS | {"ETag": f'"{digest(html)[:24]}"'}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)
    answer = packed(request, html.encode())
    answer.headers.update(headers)
    return answer


async def _wall(screen: OpenScreen, language: str, at: datetime) -> tuple[Wall, bool]:
    """From what was shown last until somebody else is on duty or the book is another one; and whether it was read."""
    key = (screen.org_id, language)
    kept = _walls.get(key)
    if kept is not None and kept.version == screen.rights_version and kept.wall.since <= at < kept.wall.until:
        return kept.wall, False
    plan, day = await kept_plan(screen.org_id, screen.rights_version, org=screen.org), local(at).date()
    laid = await laid_days(screen.org_id, Words(plan.plan, language), Reader(at, may_edit=False), day, day + DAY)
    kept = _walls[key] = Kept(screen.rights_version, wall_of(laid, at))
    while len(_walls) > KEPT:
        _walls.popitem(last=False)
    return kept.wall, True


async def _open(screen: OpenScreen, language: str, *, ask: bool) -> Sequence[Told] | None:
    """What is open in the whole school, in numbers; None: not asked for yet."""
    key = (screen.org_id, language)
    if ask:
        _told[key] = await open_in(screen.org_id, (), SYSTEM, language)
        while len(_told) > KEPT:
            _told.popitem(last=False)
    return _told.get(key)


ROUTES = [show_screen]
