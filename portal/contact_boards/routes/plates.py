"""A wrong plate: two taps of whoever stands before it, one of the office (H7)."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.contact_boards import labels
from portal.contact_boards.forms import number, parse_plate_end, parse_plate_news
from portal.contact_boards.queries.boards import OpenBoard
from portal.contact_boards.routes.public import (
    AnyRequest,
    board_behind,
    frame_for,
    network,
    public_page,
    wanted_language,
)
from portal.contact_boards.routes.reporting import STRANGERS, address_in, not_flooding, see_public
from portal.contact_boards.routes.screening import DECIDE, refused_page
from portal.contact_boards.rules import PlateEnd
from portal.contact_boards.services import doubt_plate, end_plate_report
from portal.contact_boards.views.plates import PlatePage, fault_options
from portal.core.actors import Actor
from portal.core.refusals import Invalid, Refused
from portal.permissions.rules import Permission, has
from portal.rendering.i18n import translator
from portal.web.csrf import new_form_key
from portal.web.errors import sentence
from portal.web.forms import Form, form_of
from portal.web.guards import PUBLIC
from portal.web.labels import REFUSALS
from portal.web.respond import see


@get("/b/{key:str}/plate", opt={"permission": PUBLIC})
async def show_plate_form(request: AnyRequest, key: FromPath[str]) -> Response[Any]:
    """What may be wrong with the plate, each a button."""
    board = await board_behind(key)
    return _form_page(request, board, Form(texts={"form_key": new_form_key(key)}))


@post("/b/{key:str}/plates", opt=STRANGERS, guards=[not_flooding], status_code=200)
async def create_plate_report(request: AnyRequest, key: FromPath[str]) -> Response[Any]:
    """Somebody says that a plate is wrong."""
    board, form = await board_behind(key), await form_of(request)
    try:
        await doubt_plate(board, parse_plate_news(form, network(request)))
    except Refused as refusal:
        return _form_page(request, board, form, refusal)
    return see_public(request, f"/b/{key}/plate/noted")


@get("/b/{key:str}/plate/noted", opt={"permission": PUBLIC})
async def show_plate_noted(request: AnyRequest, key: FromPath[str]) -> Response[Any]:
    """Thanks; what to do meanwhile."""
    board = await board_behind(key)
    frame = frame_for(request, board, labels.NOTED, "/plate/noted")
    return public_page(request, "contact_boards/noted.html", frame=frame, duty_phone=board.duty_phone, about_plate=True)


def _form_page(request: AnyRequest, board: OpenBoard, form: Form, refusal: Refused | None = None) -> Response[Any]:
    language = wanted_language(request)
    say = translator(language)
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    page = PlatePage(
        frame=frame_for(request, board, labels.PLATE, "/plate"), action=address_in(f"/b/{board.key}/plates", language),
        place=board.name, check_code=board.check_code, options=fault_options(language), form_key=form.get("form_key"),
        line=form.get("line")[:200], errors={name: say(REFUSALS[code]) for name, code in fields.items()},
        trouble="" if fields or refusal is None else sentence(refusal, language),
    )  # fmt: skip
    status = refusal.status if refusal else 200
    return public_page(request, "contact_boards/plate.html", status=status, page=page, frame=page.frame)


@post("/screening/{report_id:int}/plates", opt=DECIDE)
async def create_plate_end(
    request: AnyRequest, report_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """The office has looked at the plate. Whoever prints goes on to the printing, with the place chosen."""
    form = await form_of(request)
    try:
        end = parse_plate_end(form)
        grid_id = await end_plate_report(report_id, end, version=number(form.get("version")), by=actor)
    except Refused as refusal:
        return await refused_page(request, report_id, actor, form, refusal)
    prints = end in (PlateEnd.REPRINTED, PlateEnd.REPLACED) and has(actor, Permission.PRINT_VIEW)
    return see(request, f"/prints?grid={grid_id}&kind=plates" if prints else "/screening", flash=f"screening.{end}")


ROUTES = [show_plate_form, create_plate_report, show_plate_noted, create_plate_end]
