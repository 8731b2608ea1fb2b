"""A hazard's page and its moves. The handler parses, tells the service, and goes to look (303)."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.files import store_of
from portal.core.refusals import Invalid, NotFound, Refused
from portal.hazards.forms import number, parse_move
from portal.hazards.labels import STATUS
from portal.hazards.queries.cards import hazard_to_see, same_school_seen
from portal.hazards.queries.choices import photos_of
from portal.hazards.routes.photos import photos_of_form
from portal.hazards.routes.reading import moves_page, read_card
from portal.hazards.routes.refusing import Taken, take_up
from portal.hazards.services import move_hazard, undo_move
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.web.csrf import FIELD
from portal.web.forms import Form, form_of
from portal.web.respond import language_of, page, safe_path, see
from portal.web.state import settings_of

AnyRequest = Request[Any, Any, Any]
UPLOAD = 50_000_000
SAID_NEXT = ("hazard.reported", "hazard.moved")
"""After which acts the page says who acts next."""


@get("/hazards/{hazard_id:int}", opt={"permission": Permission.HAZARD_VIEW})
async def show_hazard(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """The page of a card; `to` opens the form of that move."""
    return await _card(request, hazard_id, actor)


@get("/hazards/{hazard_id:int}/moves", opt={"permission": Permission.HAZARD_VIEW})
async def show_moves(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """The forms of a card's moves alone, for the board to open in place; a page of its own without JavaScript."""
    return await moves_page(request, await hazard_to_see(hazard_id, by=actor), actor)


@post("/hazards/{hazard_id:int}/moves", opt={"permission": Permission.HAZARD_MOVE}, request_max_body_size=UPLOAD)
async def create_move(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Moves a card. Refused: 422 with the fields, 409 with whoever was first; what was typed stays."""
    form = await form_of(request)
    if form.files:
        await hazard_to_see(hazard_id, by=actor)  # nothing is kept for a card that is not theirs to see
    try:
        photos = await photos_of_form(form, by=actor, settings=settings_of(request))
        move = parse_move(form, photos, await _duplicate_of(form, hazard_id, actor))
        await move_hazard(hazard_id, move, by=actor)
    except Refused as refusal:
        return await _card(request, hazard_id, actor, form, take_up(refusal, language_of(request)))
    column = translator(language_of(request))(STATUS[move.to])
    return _seen(request, hazard_id, flash="hazard.moved", to=column)


@post("/hazards/{hazard_id:int}/undos", opt={"permission": Permission.HAZARD_MOVE})
async def create_undo(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Takes one's own last move back within ten seconds."""
    form = await form_of(request)
    try:
        await undo_move(hazard_id, version=number(form.get("version")) or 0, by=actor)
    except Refused as refusal:
        return await _card(request, hazard_id, actor, form, take_up(refusal, language_of(request)))
    return _seen(request, hazard_id, flash="hazard.undone")


@get("/hazards/{hazard_id:int}/photos/{photo_id:int}", opt={"permission": Permission.HAZARD_VIEW})
async def show_photo(
    request: AnyRequest, hazard_id: FromPath[int], photo_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """A photo of a card that may be seen; `size=small` gives the thumbnail. The type is ours (TF2).

    It is kept by this browser for this session alone: whoever signs in here next has another cookie and is asked anew.
    """
    await hazard_to_see(hazard_id, by=actor)
    found = next((photo for photo in await photos_of(hazard_id) if photo.id == photo_id), None)
    if found is None:
        raise NotFound()
    small = request.query_params.get("size") == "small"
    body = await store_of(settings_of(request)).open(found.thumb_digest if small else found.digest)
    if body is None:
        raise NotFound()
    headers = {
        "Cache-Control": "private, max-age=86400, immutable",
        "Vary": "Cookie",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(body, media_type="image/jpeg", headers=headers)


def _seen(request: AnyRequest, hazard_id: int, *, flash: str, **params: str) -> Response[None]:
    """Off to look. On the board the live region says what was done, so no sentence waits for the next page."""
    after = _after(request, hazard_id)
    return see(request, after, flash=None if after.startswith("/grids/") else flash, **params)


def _after(request: AnyRequest, hazard_id: int) -> str:
    """Back to the board that the move was made on, or to the card."""
    back = safe_path(request.headers.get("x-board", "")) if request.headers.get("x-board") else ""
    return back if back.startswith("/grids/") else f"/hazards/{hazard_id}"


async def _duplicate_of(form: Form, hazard_id: int, actor: Actor) -> int | None:
    """The other card, by the number that people know."""
    typed = form.get("duplicate_of")
    if not typed:
        return None
    found = await same_school_seen(hazard_id, typed, by=actor)
    if found is None:
        raise Invalid({"duplicate_of": "hazard.need_duplicate_of"})
    return found


def _elsewhere(request: AnyRequest, hazard_id: int, form: Form | None) -> str:
    """The card's page, for a refusal that is shown on a board after a drag: no form stands there to mend."""
    dragged = form is not None and set(form.texts) <= {FIELD, "to", "version"} and request.headers.get("x-board")
    return f"/hazards/{hazard_id}?to={quote(form.get('to')[:12], safe='')}" if form and dragged else ""


async def _card(
    request: AnyRequest, hazard_id: int, actor: Actor, form: Form | None = None, taken: Taken | None = None
) -> Response[Any]:
    view, choices = await read_card(request, hazard_id, actor, form=form, taken=taken)
    done = request.query_params.get("reported", "")
    return await page(
        request, "hazards/card.html", fragment="hazards/_card.html", status=taken.status if taken else 200,
        view=view, choices=choices, done=done, flash_more=dict.fromkeys(SAID_NEXT, view.next_step),
        elsewhere=_elsewhere(request, hazard_id, form),
    )  # fmt: skip
