"""The month as it hangs on the wall: to look at, on paper, as a workbook."""

import asyncio
from typing import Any
from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.clock import today
from portal.core.refusals import NotFound
from portal.duty.provided import laid_days
from portal.duty.queries import first_day_of
from portal.duty.routes.parts import AnyRequest, Room, number, room_of, wanted_org
from portal.duty.sheets import labels
from portal.duty.sheets.forms import parse_month
from portal.duty.sheets.views.month import MonthView, last_of, month_view
from portal.duty.sheets.workbook import month_workbook
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.rendering.pdf import pdf_of
from portal.web.respond import language_of, page, paper

SEE = {"permission": Permission.DUTY_VIEW}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/duty/month", opt=SEE)
async def show_month(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A row for each day, a column for each lane; `month` chooses the month, `area` one area of it,
    `org` another organisation."""
    view = await _view(request, actor)
    return await page(request, "duty/sheets/month.html", fragment="duty/sheets/_month.html", view=view)


@get("/duty/month.pdf", opt=SEE)
async def print_month(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The same on paper: A4 landscape, or A3 where `size` says so."""
    view, language = await _view(request, actor), language_of(request)
    large = request.query_params.get("size", "").upper() == "A3"
    signers = [translator(language)(text) for text in labels.SIGNERS]
    body = await pdf_of("pdf/duty_month.html", language, view=view, large=large, signers=signers)
    return paper(body, _file_name(view), plain=f"duty-{view.org_id}-{view.month}")


@get("/duty/month.xlsx", opt=SEE)
async def get_month(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[bytes]:
    """The same as a workbook."""
    view, language = await _view(request, actor), language_of(request)
    say = translator(language)
    heads, digest = (say(labels.DAY), say(labels.KIND)), say(labels.DIGEST, digest=view.digest)
    body = await asyncio.to_thread(month_workbook, view, heads, digest, tuple(map(say, labels.SIGNERS)))
    plain, name = f"duty-{view.month}.xlsx", quote(f"{_file_name(view)}.xlsx", safe="")
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{name}",
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=XLSX, headers=headers)


async def _view(request: AnyRequest, actor: Actor) -> MonthView:
    """Two statements for one's own school; up to three more for the plan of another one."""
    asked = request.query_params
    first = parse_month(asked.get("month", "")) or today().replace(day=1)
    room = await room_of(request, actor, wanted_org(actor, asked.get("org", "")), around=first)
    laid = await laid_days(room.org.id, room.words, room.reader, first, last_of(first))
    only = area_of(room, asked.get("area", ""))
    return month_view(
        laid,
        first,
        org_id=room.org.id,
        school=room.org.name,
        is_below=room.is_below,
        only=only,
        planned=await first_day_of(room.org.id),
    )


def area_of(room: Room, text: str) -> int | None:
    """An area of this school; any other one does not exist."""
    found = number(text)
    if text and found not in room.plan.areas:
        raise NotFound()
    return found


def _file_name(view: MonthView) -> str:
    return " ".join(part for part in (view.school, view.area_name, view.title) if part)


ROUTES = [show_month, print_month, get_month]
