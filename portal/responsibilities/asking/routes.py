"""`/responsible`: who it was, as a page and as a paper with a digest."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.clock import at_local, now
from portal.core.refusals import NotFound
from portal.grids.queries import GridRow, grid_seen
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.rendering.pdf import pdf_of
from portal.responsibilities.asking import labels
from portal.responsibilities.asking.queries import (
    DutyName,
    appointments_to,
    away_at,
    duties_of,
    has_moved_since,
    places_called,
    rows_of_matrix,
)
from portal.responsibilities.asking.views import (
    AskView,
    Proof,
    also_of,
    digest_of,
    duty_options,
    ground_of,
    rows_of,
    sentence_of,
    typed_moment,
)
from portal.responsibilities.queries import duty_of_category, facts_of_line
from portal.responsibilities.rules import WHOLE, Answer, Candidate, Cell, Facts, candidates, marks_for, responsible_for
from portal.web.respond import language_of, page, paper, see

AnyRequest = Request[Any, Any, Any]
VIEW = {"permission": Permission.MATRIX_VIEW}


@get("/responsible", opt=VIEW)
async def show_responsible(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Who was responsible for a place at an instant; the address is the whole question."""
    view = await read_answer(request, actor)
    return await page(
        request, "responsibilities/responsible.html", fragment="responsibilities/_responsible.html", view=view
    )


@get("/responsible.pdf", opt=VIEW)
async def show_extract(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The same as a paper; without a place the question comes first."""
    view = await read_answer(request, actor)
    if not view.grid_id:
        return see(request, "/responsible")
    body = await pdf_of("pdf/responsible.html", language_of(request), view=view)
    name = translator(language_of(request))(labels.FILE, grid=view.grid, day=view.day)
    return paper(body, name, plain=f"responsible-{view.grid_id}-{view.day}")


async def read_answer(request: AnyRequest, actor: Actor) -> AskView:
    """The question from the address, and the answer if it names a place. A fixed number of statements."""
    query, language = request.query_params, language_of(request)
    at, problem = _instant(query.get("day", ""), query.get("time", ""))
    day, hour = typed_moment(at)
    asked = AskView(query.get("q", "")[:60], day, hour, query.get("duty", "")[:40])
    found = [] if query.get("grid") or not asked.q else await places_called(asked.q, by=actor)
    wanted = query.get("grid", "") or (str(found[0].id) if len(found) == 1 else "")
    say = translator(language)
    if not wanted:
        missing = say(labels.NOT_FOUND) if asked.q and not found else ""
        return replace(asked, places=tuple(found), problem=missing or (say(labels.WRONG_MOMENT) if problem else ""))
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
        raise NotFound()
    grid = await grid_seen(int(wanted), by=actor, permission=Permission.MATRIX_VIEW)
    return await _answered(grid, asked, at, say(labels.WRONG_MOMENT) if problem else "", language)


def _instant(day: str, hour: str) -> tuple[datetime, bool]:
    """The instant that was typed, or this one; True where what was typed cannot be understood."""
    if not day and not hour:
        return now(), False
    try:
        wanted = date.fromisoformat(day) if day else None
        moment = time.fromisoformat(hour) if hour else time(0)
        if wanted is None or not 2000 <= wanted.year < 2100:
            return now(), True
        return at_local(wanted, moment), False
    except ValueError:
        return now(), True


async def _answered(grid: GridRow, asked: AskView, at: datetime, problem: str, language: str) -> AskView:
    duties = await duties_of(grid.org_id)
    known = next((row for row in duties if row.code == asked.duty), None)
    duty = duty_of_category(known) if known else WHOLE
    facts = await facts_of_line(grid.path, codes=(*duty.codes, duty.domain))
    answer, cells = responsible_for(facts, grid.id, duty, at=at), marks_for(facts, grid.id, duty, at=at)
    proof, also = await _proof(facts, answer, candidates(facts, grid.id, duty, at=at), cells, at=at)
    asked_at, name = now(), _name(known, language)
    code = known.code if known else ""
    return replace(
        asked, duty=code, duties=duty_options(duties, language), grid_id=grid.id, grid=grid.name,
        sentence=sentence_of(answer, grid.name, name, proof, at=at, asked_at=asked_at, language=language),
        ground=ground_of(answer, proof, language), is_gap=answer.is_gap,
        has_moved=await has_moved_since(grid.path, at=at), rows=rows_of(proof, asked_at=asked_at, language=language),
        also=also_of(cells, also, language), digest=digest_of(grid.id, at, code, answer, proof),
        problem=problem, asked_at=asked_at,
        address=urlencode({"grid": grid.id, "day": asked.day, "time": asked.time, "duty": code}),
    )  # fmt: skip


def _name(duty: DutyName | None, language: str) -> str:
    if duty is None:
        return ""
    return duty.name_en if language == "en" else duty.name


async def _proof(
    facts: Facts, answer: Answer, found: list[Candidate], cells: list[Cell], *, at: datetime
) -> tuple[Proof, list[Any]]:
    """The rows behind the answer: its post and those that were passed over; apart, the posts with another mark."""
    posts = {answer.post_id, answer.falls_to_post}
    for one in found:
        posts.add(one.post_id)
        if one.held is not None:
            break
    wanted = {post for post in posts if post is not None}
    held = await appointments_to(wanted | {cell.post_id for cell in cells}, at=at)
    own = [row for row in held if row.post_id in wanted]
    rulings = {row for row in (answer.ruling_id, *(cell.ruling_id for cell in cells)) if row is not None}
    away = await away_at({row.person_id for row in own if row.person_id is not None}, at=at)
    return Proof(own, await rows_of_matrix(rulings), away), held


ROUTES = [show_responsible, show_extract]
