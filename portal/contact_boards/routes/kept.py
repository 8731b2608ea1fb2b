"""Public boards as kept bytes: made once per board and language, asked after every few seconds, packed beforehand."""

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

import brotli
from litestar import Litestar, Response

from portal.contact_boards.queries.boards import OpenBoard, open_board
from portal.contact_boards.queries.page import BoardFacts, SchoolFacts, board_facts, school_facts
from portal.contact_boards.rules import is_board_key
from portal.contact_boards.views.board import board_page
from portal.core.clock import now
from portal.core.ids import digest
from portal.core.refusals import NotFound
from portal.rendering.assets import asset
from portal.rendering.environment import environment, render
from portal.rendering.i18n import SOURCE

ASK_AGAIN = timedelta(seconds=15)
"""How long a page is given out unasked. With the half minute that others may keep it, none is older than 45 s (H1)."""
HEADERS = {
    "Cache-Control": "public, max-age=30, must-revalidate",
    "Vary": "Accept-Encoding",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
KEPT = 600
FACTS_KEPT = timedelta(hours=1)


class Portal:
    """Where things are on the portal itself."""

    can_send = True

    def board(self, key: str, language: str) -> str:
        """The address of a board; other languages than the first say so behind it."""
        return f"/b/{key}" if language == SOURCE else f"/b/{key}?language={language}"

    def file(self, name: str) -> str:
        """A style sheet or picture."""
        return asset(name)

    def portraits(self, key: str) -> str:
        """Where the pictures of a board are."""
        return f"/b/{key}/portraits/"


PORTAL = Portal()


@dataclass(slots=True)
class Kept:
    """A board in a language: whole answers by coding, good until `until` or the next event of its school."""

    board: OpenBoard
    until: datetime
    ask_at: datetime
    etag: str
    answers: dict[str, Response[bytes]]
    same: Response[None]
    faces: Mapping[str, str]
    """The pictures that stand on this page, and no others, by name."""


class _Facts(NamedTuple):
    seq: int
    until: datetime
    school: SchoolFacts


class Shelf:
    """What one application keeps; it goes with it, because its keys are one database's."""

    def __init__(self) -> None:
        self.pages: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self.schools: OrderedDict[int, _Facts] = OrderedDict()
        self.locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def page(self, key: str, language: str) -> Kept:
        """The page, at most some seconds behind; `NotFound` for a key that opens nothing."""
        kept = self.pages.get((key, language))
        at = now()
        if kept is not None and at < kept.ask_at and at < kept.until:
            return kept
        lock = self.locks.setdefault((key, language), asyncio.Lock())
        async with lock:  # of a thousand who come at once, one asks
            kept = self.pages.get((key, language))
            if kept is None or not (at < kept.ask_at and at < kept.until):
                kept = await self._asked(kept, key, language, at)
        return kept

    async def _asked(self, kept: Kept | None, key: str, language: str, at: datetime) -> Kept:
        board = await open_board(key) if is_board_key(key) else None
        if board is None:
            self.pages.pop((key, language), None)
            raise NotFound()
        if kept is None or kept.board != board or kept.until <= at:
            kept = _made(await self.facts(board, at), language)
        kept.ask_at = at + ASK_AGAIN
        self.pages[key, language] = kept
        while len(self.pages) > KEPT:
            self.pages.popitem(last=False)
        return kept

    async def facts(self, board: OpenBoard, at: datetime) -> BoardFacts:
        """What a board shows now; the rows of its school are read once for all its boards."""
        known = self.schools.get(board.org_id)
        if known is None or known.seq != board.seq or known.until <= at:
            known = _Facts(board.seq, at + FACTS_KEPT, await school_facts(board.org_id, at=at))
            self.schools[board.org_id] = known
            while len(self.schools) > 20:
                self.schools.popitem(last=False)
        return await board_facts(board, known.school, at=at)


def warm() -> None:
    """Compiles the page before the first parent comes: a quarter of a second, in which everybody would wait."""
    environment(SOURCE).get_template("contact_boards/board.html")
    asset("public.css")


def shelf_of(app: Litestar) -> Shelf:
    """The shelf of this application."""
    if "public_boards" not in app.state:
        app.state["public_boards"] = Shelf()
    found: Shelf = app.state["public_boards"]
    return found


def _made(facts: BoardFacts, language: str) -> Kept:
    """The ETag follows from the bytes, so every process gives the same one."""
    page = board_page(facts, PORTAL, language)
    body = render("contact_boards/board.html", language, page=page, frame=page.frame).encode()
    etag = f'"{digest(body)[:24]}"'
    headers = {**HEADERS, "ETag": etag, "Content-Language": language}
    packed: dict[str, tuple[bytes, dict[str, str]]] = {
        "": (body, {}),
        "br": (brotli.compress(body, mode=brotli.MODE_TEXT, quality=7), {"Content-Encoding": "br"}),
        "gzip": (gzip.compress(body, 9, mtime=0), {"Content-Encoding": "gzip"}),
    }
    answers = {coding: _answer(data, headers | more) for coding, (data, more) in packed.items()}
    return Kept(
        facts.board, facts.until, facts.at, etag, answers, Response(None, status_code=304, headers=headers),
        page.faces,
    )  # fmt: skip


def _answer(body: bytes, headers: dict[str, str]) -> Response[Any]:
    return Response(body, media_type="text/html", headers=headers)
