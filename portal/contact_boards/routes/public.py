"""The public side: a board for everybody, numbers on request. No session is read, no cookie set (H1, TA10)."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from portal.accounts.rules import network_of
from portal.contact_boards import labels
from portal.contact_boards.forms import number
from portal.contact_boards.queries.boards import OpenBoard, open_board
from portal.contact_boards.queries.consents import number_of
from portal.contact_boards.queries.page import post_on_board
from portal.contact_boards.routes.kept import HEADERS, PORTAL, shelf_of
from portal.contact_boards.rules import is_board_key
from portal.contact_boards.services import count_visit
from portal.contact_boards.views.board import Frame, frame_of
from portal.core.clock import now
from portal.core.files import store_of
from portal.core.refusals import NotFound
from portal.rendering.environment import render
from portal.rendering.i18n import SOURCE, known, translator
from portal.web.csrf import ORIGIN_ONLY
from portal.web.forms import form_of
from portal.web.guards import PUBLIC
from portal.web.origin import host_of
from portal.web.respond import coding_of, packed
from portal.web.state import settings_of

AnyRequest = Request[Any, Any, Any]
FRESH = {"Cache-Control": "no-store", "X-Robots-Tag": HEADERS["X-Robots-Tag"], "Vary": "Accept-Encoding"}


PICTURE = {
    "Cache-Control": HEADERS["Cache-Control"],
    "X-Robots-Tag": HEADERS["X-Robots-Tag"],
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@get("/b/{key:str}", opt={"permission": PUBLIC})
async def show_public_board(request: AnyRequest, key: FromPath[str]) -> Response[Any]:
    """A grid's board, from kept bytes. An unknown, a revoked and a nonsense key are the same missing page."""
    kept = await shelf_of(request.app).page(key, wanted_language(request))
    if kept.etag in request.headers.get("if-none-match", ""):
        return kept.same
    return kept.answers[coding_of(request)]


@get("/b/{key:str}/portraits/{name:str}", opt={"permission": PUBLIC})
async def show_portrait(request: AnyRequest, key: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """A picture that stands on this board now; any other is the missing page. As fresh as the board itself (H1, H2)."""
    kept = await shelf_of(request.app).page(key, SOURCE)
    headers = {**PICTURE, "ETag": f'"{name}"'}
    if name in kept.faces and headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)
    store = store_of(settings_of(request))
    body = await store.open(kept.faces[name]) if name in kept.faces else None
    if body is None:
        raise NotFound()
    return Response(body, media_type="image/jpeg", headers=headers)


@post("/b/{key:str}/phones", opt={"permission": PUBLIC, "form": ORIGIN_ONLY}, status_code=200)
async def show_number(request: AnyRequest, key: FromPath[str]) -> Response[Any]:
    """The number of somebody on this board who has agreed to it, sixty an hour for one address (TA10).

    Rendered at once: a page that could be fetched by GET would be what a robot wants.
    """
    board, form = await board_behind(key), await form_of(request)
    facts = await shelf_of(request.app).facts(board, now())
    somebody = facts.people.get(number(form.get("person")))
    post_id = post_on_board(facts, somebody.id) if somebody else None
    if somebody is None or post_id is None:
        raise NotFound()
    await count_visit("phone", network(request), code="contact_board.too_many_numbers")
    found = await number_of(somebody.id)
    if not found:
        raise NotFound()
    title = facts.posts[post_id].title
    shown = somebody.public(title)
    return public_page(
        request, "contact_boards/number.html", frame=frame_for(request, board, labels.NUMBER),
        who=shown.called if shown else title, number=found, duty_phone=board.duty_phone,
    )  # fmt: skip


async def board_behind(key: str) -> OpenBoard:
    """The board of an open key, asked of the database now."""
    board = await open_board(key) if is_board_key(key) else None
    if board is None:
        raise NotFound()
    return board


def wanted_language(request: AnyRequest) -> str:
    """The language that the address says; nothing of the browser's, so that everybody behind a cache reads the same."""
    return known(request.query_params.get("language"))


def network(request: AnyRequest) -> str:
    """What counts as one place on the net."""
    return network_of(host_of(request))


def frame_for(request: AnyRequest, board: OpenBoard, title: str, path: str = "") -> Frame:
    """The frame of a page below a board."""
    language = wanted_language(request)
    return frame_of(board, translator(language)(title), PORTAL, language, path)


def public_page(request: AnyRequest, template: str, *, status: int = 200, **context: Any) -> Response[bytes]:
    """A page for strangers that belongs to one of them: stored nowhere."""
    html = render(template, wanted_language(request), **context)
    answer = packed(request, html.encode(), status=status)
    answer.headers.update(FRESH)
    return answer


ROUTES = [show_public_board, show_portrait, show_number]
