"""The ledger's page, its workbook, and the way from a number to its card."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.refusals import NotFound
from portal.hazards.ledger import labels
from portal.hazards.ledger.filters import PAGE, Filter, condition, filter_of
from portal.hazards.ledger.services import record_ledger_export
from portal.hazards.ledger.views import MOST_ROWS, FormCell, form_lines, ledger_view, total_of
from portal.hazards.ledger.workbook import form_workbook
from portal.hazards.queries.board import BoardPlace, board_place, board_surroundings
from portal.hazards.queries.choices import categories
from portal.hazards.queries.lists import cards_numbered, ledger_counts, ledger_rows, place_names, receivers_of, seen_by
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.rendering.moments import day_text
from portal.web.respond import language_of, page, see

AnyRequest = Request[Any, Any, Any]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/grids/{grid_id:int}/ledger", opt={"permission": Permission.HAZARD_LEDGER})
async def show_ledger(request: AnyRequest, grid_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """The hazards of a grid and all below it as a table; the address holds every filter."""
    place = await _place(grid_id, actor)
    asked, at, language = filter_of(request.query_params), now(), language_of(request)
    counts = await _counts(place, asked, actor, at)
    where, args = condition(asked, by=actor, at=at)
    rows = await ledger_rows(
        place, by=actor, at=at, where=where, args=args, most=PAGE, skip=(asked.page - 1) * PAGE,
        oldest_first=asked.oldest, language=language,
    )  # fmt: skip
    view = ledger_view(
        place, asked, rows, counts, crumbs=await _crumbs(place, actor), at=at, language=language,
        names=await place_names({row.place_path for row in rows}),
        groups=[found for found in await categories(place.org_id) if found.parent is None],
    )  # fmt: skip
    return await page(request, "hazards/ledger.html", fragment="hazards/_ledger.html", view=view)


async def _place(grid_id: int, actor: Actor) -> BoardPlace:
    place = await board_place(grid_id, by=actor)
    if not scope(actor, Permission.HAZARD_LEDGER).holds(place.path, place.org_id):
        raise NotFound()
    return place


async def _counts(place: BoardPlace, asked: Filter, actor: Actor, at: datetime) -> Any:
    """By status, under the other filters; closed ones only when they are asked for."""
    status = "all" if asked.status in ("closed", "all") else "open"
    where, args = condition(replace(asked, status=status), by=actor, at=at)
    return await ledger_counts(place, by=actor, at=at, where=where, args=args)


async def _crumbs(place: BoardPlace, actor: Actor) -> tuple[tuple[str, str], ...]:
    held = scope(actor, Permission.HAZARD_LEDGER)
    around = await board_surroundings(place)
    return tuple(
        (row.name, f"/grids/{row.id}/ledger" if held.holds(row.path, 0) else "")
        for row in around
        if row.what == "up" and row.id != place.id
    )


@get("/grids/{grid_id:int}/ledger.xlsx", opt={"permission": Permission.HAZARD_LEDGER})
async def get_ledger(request: AnyRequest, grid_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[bytes]:
    """The same rows in the columns of the monthly form; at most 5,000 of them, and the file says so (R118, TA11)."""
    place = await _place(grid_id, actor)
    asked, at, language = filter_of(request.query_params), now(), language_of(request)
    where, args = condition(asked, by=actor, at=at)
    rows = await ledger_rows(
        place, by=actor, at=at, where=where, args=args, most=MOST_ROWS, oldest_first=asked.oldest, language=language
    )
    counts = {row.status: row.hazards for row in await _counts(place, asked, actor, at)}
    lines = partial(
        form_lines, rows, names=await place_names({row.place_path for row in rows}),
        receivers=await receivers_of([row.id for row in rows]), filler=actor.name, month=asked.month, at=at,
        language=language,
    )  # fmt: skip
    note = _note(place, len(rows), total_of(asked, counts), language)
    body = await asyncio.to_thread(_form, lines, note, language)
    await record_ledger_export(place, rows=len(rows), by=actor)
    return _attached(body, f"{place.name} {translator(language)(labels.REGISTER_NAME)} {asked.month or today()}.xlsx")


def _form(lines: Callable[[], list[tuple[FormCell, ...]]], note: str, language: str) -> bytes:
    """The workbook, in a thread of its own: 5,000 rows take seconds, and the others must not wait for them."""
    translate = translator(language)
    head = {key: translate(text) for key, text in labels.FORM_HEAD.items()}
    return form_workbook(translate(labels.FORM), note, head, lines())


def _attached(body: bytes, name: str) -> Response[bytes]:
    headers = {
        "Content-Disposition": f"attachment; filename=\"ledger.xlsx\"; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=XLSX, headers=headers)


def _note(place: BoardPlace, count: int, total: int, language: str) -> str:
    say, day = translator(language), day_text(today(), today=today(), language=language, full=True)
    if total > count:
        return say(labels.FORM_CUT, place=place.name, day=day, count=count, total=total, most=MOST_ROWS)
    return say(labels.FORM_NOTE, place=place.name, day=day, count=count)


@get("/hazards", opt={"permission": Permission.HAZARD_VIEW})
async def find_hazard(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """From a number to its card; where several schools have one, a choice; a number out of sight is no number."""
    number = request.query_params.get("q", "").strip()[:20]
    if number.isascii() and number.isdigit() and len(number) <= 4:  # said as "hazard 0042": this year's
        number = f"{today().year}-{int(number):04d}"
    found = seen_by(await cards_numbered(number, by=actor, at=now()), actor) if number else []
    if len(found) == 1:
        return see(request, f"/hazards/{found[0].id}")
    return await page(
        request, "hazards/search.html", fragment="hazards/_search.html", number=number, found=found,
        schools=len({card.org_id for card in found}) > 1,
    )  # fmt: skip


ROUTES = [show_ledger, get_ledger, find_hazard]
