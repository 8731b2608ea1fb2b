"""Boards: a page for people, and for whoever asks again a 304 as long as nothing would read differently."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import brotli
from litestar import Litestar, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from portal.core.actors import Actor
from portal.core.clock import local, now
from portal.core.ids import digest
from portal.core.refusals import NotFound
from portal.hazards.queries.board import (
    BoardPlace,
    board_now,
    board_place,
    board_surroundings,
    recently_closed,
)
from portal.hazards.views.board import BoardView, Wish, board_view
from portal.permissions.rules import Permission, scope
from portal.rendering.environment import render
from portal.web.respond import FLASH_COOKIE, coding_of, language_of, page, see
from portal.web.state import signed

AnyRequest = Request[Any, Any, Any]
VARY = {"Vary": "HX-Request, Accept-Encoding, Cookie"}
KEPT = 64
ANSWERS = 8  # of one fragment: page and fragment, one session or two, brotli or gzip


@dataclass(frozen=True, slots=True)
class Kept:
    """A board's fragment as one person sees it, good until `until` or the next event of the school.

    `answers` are the last whole answers made of it, packed, by their ETag and coding: an ETag stands for everything
    that its answer holds, the session's token too, so an answer goes to nobody but the session it was made for.
    """

    html: bytes  # packed lightly: sixty boards of 200 cards would be 25 MB of text
    title: str
    mark: str
    until: datetime
    answers: dict[tuple[str, str], Response[bytes]] = field(default_factory=dict)


def kept_boards(app: Litestar) -> OrderedDict[tuple[Any, ...], Kept]:
    """The fragments that this application keeps; they go with it, because their keys are one database's ids."""
    if "boards" not in app.state:
        app.state["boards"] = OrderedDict()
    found: OrderedDict[tuple[Any, ...], Kept] = app.state["boards"]
    return found


@get("/board", opt={"permission": Permission.HAZARD_BOARD})
async def see_boards(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[None]:
    """The person's own board: of the widest part of the tree that they hold."""
    paths = scope(actor, Permission.HAZARD_BOARD).paths
    if not paths:
        raise NotFound()
    widest = min(paths, key=lambda path: (path.count("/"), path))
    return see(request, f"/grids/{widest.strip('/').split('/')[-1]}/board")


@get("/grids/{grid_id:int}/board", opt={"permission": Permission.HAZARD_BOARD})
async def show_board(request: AnyRequest, grid_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """The board of a grid with everything below it. `show`, `lanes`, `column` in the address are the whole state."""
    place = await board_place(grid_id, by=actor)
    wish = wish_of(request)
    kept = await _fragment(request, place, wish, actor)
    etag, plain = _etag(request, kept), not request.cookies.get(FLASH_COOKIE)
    headers = {"Cache-Control": "private, no-cache", "ETag": etag}
    if plain and etag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers | VARY)
    key = (etag, coding_of(request))
    if plain and key in kept.answers:
        return kept.answers[key]
    answer = await page(
        request, "hazards/board.html", fragment="hazards/_kept_board.html", headers=headers, title=kept.title,
        board=Markup(brotli.decompress(kept.html).decode()),  # noqa: S704 - rendered with autoescape
    )  # fmt: skip
    if plain:
        if len(kept.answers) >= ANSWERS:
            kept.answers.clear()
        kept.answers[key] = answer
    return answer


def _etag(request: AnyRequest, kept: Kept) -> str:
    """The fragment's own mark; a whole page also holds the session's token, the unread count and the leader."""
    found = signed(request)
    if found is None or request.headers.get("hx-request") == "true":
        return f'"{kept.mark}"'
    return (
        f'"{digest(f"{kept.mark}{found.token_digest}{found.unread}{found.lead}{found.post_title}{found.school}")[:24]}"'
    )


def wish_of(request: AnyRequest) -> Wish:
    """What the address asks for; words that mean nothing are taken as nothing."""
    query = request.query_params
    show, lanes = query.get("show", "all"), query.get("lanes", "none")
    return Wish(
        filter=show if show in ("all", "mine", "overdue", "major", "public") else "all",
        lanes=lanes if lanes in ("none", "level", "person", "place") else "none",
        column=query.get("column", "")[:12],
    )


async def _fragment(request: AnyRequest, place: BoardPlace, wish: Wish, actor: Actor) -> Kept:
    """The fragment from the cache, or made anew. Its key is all it depends on: the board's version, the viewer and
    their rights, the language, the wish; and it runs out when a bar, a word or a right changes by itself."""
    found = signed(request)
    assert found is not None
    at, language = now(), language_of(request)
    key = (place.id, place.version, actor.person_id, found.rights_version, actor.grants, language, wish)
    boards = kept_boards(request.app)
    kept = boards.get(key)
    if kept is None or kept.until <= at:
        view = await read_board(place, wish, actor, at, language)
        kept = boards[key] = _made(view, language, key)
        while len(boards) > KEPT:
            boards.popitem(last=False)
    boards.move_to_end(key)
    return kept


def _made(view: BoardView, language: str, key: tuple[Any, ...]) -> Kept:
    """The mark follows from what is shown and to whom, so every process gives the same one for the same board."""
    html = render("hazards/_board.html", language, board=view)
    mark = digest(f"{key[2:]!r}{html}")[:24]
    return Kept(brotli.compress(html.encode(), quality=1), view.name, mark, view.until)


async def read_board(place: BoardPlace, wish: Wish, actor: Actor, at: datetime, language: str) -> BoardView:
    """Four statements: what stands around, the open cards, who holds their posts, those closed this month."""
    month = local(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    around = await board_surroundings(place)
    cards, change = await board_now(place, by=actor, at=at)
    closed = await recently_closed(place, since=max(month, at - timedelta(days=31)))
    return board_view(place, cards, closed, around, by=actor, at=at, wish=wish, language=language, change=change)
