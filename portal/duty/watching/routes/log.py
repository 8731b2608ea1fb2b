"""The log of duty: a day of it, its month on paper, a new line, a correction."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.clock import now, start_of_day, today
from portal.core.ids import new_token
from portal.core.refusals import Invalid, NotFound, Refused
from portal.duty.forms import parse_day
from portal.duty.lent import Told, card_numbered, cards_told
from portal.duty.routes.parts import AnyRequest, Room, number, room_of, wanted_org
from portal.duty.watching import labels
from portal.duty.watching.forms import parse_card, parse_correction, parse_new_line
from portal.duty.watching.queries import LogRow, log_between, log_line, log_of_area, watched_between
from portal.duty.watching.routes.writing import may_correct, writing_of
from portal.duty.watching.rules import ZERO_WITHIN
from portal.duty.watching.services import correct_line, name_card, write_line
from portal.duty.watching.views import log_view, month_view
from portal.duty.watching.views.log import LogDay
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.rendering.pdf import pdf_of
from portal.web.again import Typed, typed_again
from portal.web.forms import Form, form_of
from portal.web.respond import language_of, page, paper, see

VIEW = {"permission": Permission.DUTY_VIEW}
BEFORE = ZERO_WITHIN + timedelta(hours=1)
PLACES = {"duty.log_time": "at", "duty.log_no_zero": "present"}
"""Which field a refusal of the service is about; else the lane."""


@get("/duty/log", opt=VIEW)
async def show_log(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A day of the log; `area` shows one area (0: the whole school), `correct` opens the correction of a line."""
    texts = {name: str(value) for name, value in request.query_params.items()}
    room = await room_of(request, actor, wanted_org(actor, texts.get("org", "")))
    return await _log_page(request, actor, room, texts, Typed())


async def _log_page(
    request: AnyRequest, actor: Actor, room: Room, texts: dict[str, str], typed: Typed, status: int = 200
) -> Response[Any]:
    """Two statements and the session's; one more while a line is corrected, one where lines name cards."""
    day, at = parse_day(texts.get("day", "")) or today(), now()
    start, end = start_of_day(day), start_of_day(day + timedelta(days=1))
    watched = await watched_between(room.org.id, start - BEFORE, end, plan=room.plan)
    rows = await log_between(room.org.id, start - timedelta(days=1), end + ZERO_WITHIN)
    shown = LogDay(watched, rows, room.words, day, at, _area(texts, room), await _cards(request, room, rows, actor))
    writing = writing_of(shown, room, actor)
    view = log_view(
        shown, org_id=room.org.id, school=room.org.name, other=room.reader.org, writing=writing,
        mine=may_correct(shown, room, actor), corrected=await _corrected(texts, room, rows), key=new_token()[:24],
        typed=typed,
    )  # fmt: skip
    return await page(request, "duty/watching/log.html", fragment="duty/watching/_log.html", status=status, view=view)


async def _cards(request: AnyRequest, room: Room, rows: list[LogRow], actor: Actor) -> dict[int, Told]:
    """The cards that the lines name, as far as the reader sees them."""
    wanted = sorted({row.hazard_id for row in rows if row.hazard_id is not None})
    return await cards_told(room.org.id, wanted, actor, language_of(request))


def _area(texts: dict[str, str], room: Room) -> int | None:
    """The area that is asked for; one that the school has not shows all of them."""
    found = number(texts.get("area", ""))
    return found if found == 0 or found in room.plan.areas else None


async def _corrected(texts: dict[str, str], room: Room, rows: list[LogRow]) -> LogRow | None:
    wanted = number(texts.get("correct", ""))
    if wanted is None:
        return None
    row = next((row for row in rows if row.id == wanted), None) or await log_line(room.org.id, wanted)
    if row is None:
        raise NotFound()
    return row


@post("/duty/log", opt={"permission": Permission.DUTY_LOG})
async def create_log_line(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Writes a line, or the correction of one. The same form sent twice makes one line (TR6)."""
    form = await form_of(request)
    room = await room_of(request, actor, wanted_org(actor, form.get("org")))
    try:
        flash = await _write(form, room, actor)
    except Refused as refusal:
        place = "text" if form.get("correct") else PLACES.get(refusal.code, "lane")
        typed, status = await typed_again(request, form, refusal, about=("duty_log", 0), place=place)
        which = form.get("form") or "line"
        typed = replace(typed, errors={f"{which}-{name}": text for name, text in typed.errors.items()})
        return await _log_page(request, actor, room, form.texts, typed, status)
    day = parse_day(form.get("day")) or today()
    area = f"&area={form.get('area')}" if number(form.get("area")) is not None else ""
    return see(request, f"/duty/log?day={day}{area}{room.reader.org}", flash=flash)


async def _write(form: Form, room: Room, actor: Actor) -> str:
    """Writes what the form says; gives what to say of it."""
    wanted = form.get("correct")
    if not wanted:
        await write_line(room.org.id, parse_new_line(form.get), by=actor)
        return "duty.logged"
    row = await log_line(room.org.id, number(wanted) or 0)
    if row is None:
        raise NotFound()
    if form.get("form") == "card":
        card = await card_numbered(room.org.id, parse_card(form.get), actor)
        if card is None:
            raise Invalid({"card": "duty.log_no_card"})
        await name_card(room.org.id, row.id, card, by=actor)
        return "duty.log_card_named"
    text, counts = parse_correction(form.get, counts=row.present is not None)
    await correct_line(room.org.id, row.id, text, key=form.get("key")[:40], by=actor, **counts)
    return "duty.log_corrected"


@get("/duty/log.pdf", opt=VIEW)
async def print_log(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A month of the log of one area on paper, with a digest of its lines."""
    texts = {name: str(value) for name, value in request.query_params.items()}
    room = await room_of(request, actor, wanted_org(actor, texts.get("org", "")))
    area, first = _area(texts, room), parse_day(f"{texts.get('month', '')}-01") or today().replace(day=1)
    last = date(first.year, first.month, monthrange(first.year, first.month)[1])
    rows = await log_of_area(
        room.org.id, area or None, start_of_day(first), start_of_day(last + timedelta(days=1))
    )  # fmt: skip
    view = month_view(
        rows, room.words, school=room.org.name, area_id=area or None, first=first, last=last, at=now(),
        cards=await _cards(request, room, rows, actor),
    )  # fmt: skip
    body = await pdf_of("pdf/duty_log.html", language_of(request), view=view)
    month = f"{first:%Y-%m}"
    name = translator(language_of(request))(labels.FILE, area=view.area, month=month)
    return paper(body, name, plain=f"duty-log-{area or 0}-{month}")


ROUTES = [show_log, create_log_line, print_log]
