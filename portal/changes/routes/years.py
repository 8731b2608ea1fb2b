"""A new school year: drafted, reviewed (nothing is written), applied as a whole, taken back until its instant."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.changes import labels
from portal.changes.forms import parse_day
from portal.changes.queries.years import terms_of as terms_asked
from portal.changes.queries.years import year_seen, years_seen
from portal.changes.rules.years import ClassMove, TermMove
from portal.changes.services.years import SOON, apply_year, draft_year, review_year, undo_year
from portal.changes.views.years import YearsView, year_card, year_view
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import Invalid, NotFound, Refused
from portal.grids.queries import GridRow, grid_row
from portal.grids.rules import parse_id, parse_version
from portal.permissions.rules import Permission, scope
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import Form, form_of
from portal.web.respond import language_of, page, see

VIEW, FORM = {"permission": Permission.CHANGE_VIEW}, {"permission": Permission.CHANGE_MAKE_VIEW}
MAKE = {"permission": Permission.CHANGE_MAKE}
MOST_FRESH = 60


async def _school(wanted: str, actor: Actor) -> GridRow:
    org = await grid_row(parse_id(wanted) or actor.org_id or 0)
    if org is None or org.id != org.org_id or not scope(actor, Permission.CHANGE_MAKE).holds(org.path, org.id):
        raise NotFound()
    return org


@get("/school-years", opt=FORM)
async def show_years(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The batches, and the form of a new one."""
    return await _years_page(request, actor, await _school(request.query_params.get("org", ""), actor), Typed())


async def _years_page(
    request: AnyRequest, actor: Actor, org: GridRow, typed: Typed, status: int = 200
) -> Response[Any]:
    cards = tuple(year_card(one, language_of(request)) for one in await years_seen(by=actor))
    view = YearsView(cards, org.id, org.name, typed)
    return await page(request, "changes/years.html", fragment="changes/_years.html", status=status, view=view)


@post("/school-years", opt=MAKE)
async def create_year(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A proposal; nothing else is written."""
    form = await form_of(request)
    org = await _school(form.get("org"), actor)
    try:
        errors: dict[str, str] = {}
        day = parse_day(form.get("handover_on"), "handover_on", errors, must=True)
        name = form.get("name")
        if not 0 < len(name) <= 40:
            errors["name"] = "changes.too_long" if name else "school_year.name_missing"
        if errors or day is None:
            raise Invalid(errors)
        made = await draft_year(name, handover_on=day, org_id=org.id, by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("grid", org.id), place="handover_on")
        return await _years_page(request, actor, org, typed, status)
    return see(request, f"/school-years/{made}", flash="school_year.drafted")


@get("/school-years/{year_id:int}", opt=VIEW)
async def show_year(request: AnyRequest, actor: NamedDependency[Actor], year_id: FromPath[int]) -> Response[Any]:
    """The batch, class by class and term by term."""
    return await _year_page(request, actor, year_id, Typed())


async def _year_page(request: AnyRequest, actor: Actor, year_id: int, typed: Typed, status: int = 200) -> Response[Any]:
    year, at = await year_seen(year_id, by=actor), now()
    terms = await terms_asked(year.org_id, at=at, until=year.effective_at + SOON)
    view = year_view(year, terms, language_of(request), at=at, typed=typed)
    return await page(request, "changes/year.html", fragment="changes/_year.html", status=status, view=view)


@post("/school-years/{year_id:int}/reviews", opt=MAKE)
async def create_review(request: AnyRequest, actor: NamedDependency[Actor], year_id: FromPath[int]) -> Response[Any]:
    """Keeps what the reviewer chose."""
    form = await form_of(request)
    year = await year_seen(year_id, by=actor, permission=Permission.CHANGE_MAKE)
    try:
        classes = [_class(form, one) for one in year.told.classes]
        terms = [_term(form, one) for one in year.told.terms]
        fresh = [line.strip()[:60] for line in form.get("fresh").splitlines()][:MOST_FRESH]
        await review_year(
            year_id, version=parse_version(form.get("version")), by=actor, classes=classes, terms=terms, fresh=fresh
        )
    except Refused as refusal:
        return await _refused(request, actor, year_id, refusal)
    return see(request, f"/school-years/{year_id}", flash="school_year.drafted")


def _class(form: Form, known: ClassMove) -> ClassMove:
    then = form.get(f"class-{known.grid_id}", known.then)
    becomes = form.get(f"becomes-{known.grid_id}", known.becomes)[:120]
    then = then if then in labels.CLASS_THEN and (then != "up" or becomes) else known.then
    return ClassMove(known.grid_id, known.was, then, becomes)


def _term(form: Form, known: TermMove) -> TermMove:
    then = form.get(f"term-{known.appointment_id}", known.then)
    return TermMove(known.appointment_id, then if then in labels.TERM_THEN else known.then)


@post("/school-years/{year_id:int}/applications", opt=MAKE)
async def create_application(
    request: AnyRequest, actor: NamedDependency[Actor], year_id: FromPath[int]
) -> Response[Any]:
    """Writes the batch as a whole."""
    form = await form_of(request)
    try:
        await apply_year(year_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _refused(request, actor, year_id, refusal)
    return see(request, f"/school-years/{year_id}", flash="school_year.applied")


@post("/school-years/{year_id:int}/undo", opt=MAKE)
async def create_year_undo(request: AnyRequest, actor: NamedDependency[Actor], year_id: FromPath[int]) -> Response[Any]:
    """Takes the whole batch back."""
    form = await form_of(request)
    try:
        await undo_year(year_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _refused(request, actor, year_id, refusal)
    return see(request, f"/school-years/{year_id}", flash="school_year.undone")


async def _refused(request: AnyRequest, actor: Actor, year_id: int, refusal: Refused) -> Response[Any]:
    year = await year_seen(year_id, by=actor)
    form = await form_of(request)
    typed, status = await typed_again(request, form, refusal, about=("grid", year.org_id), place="year")
    return await _year_page(request, actor, year_id, typed, status)


YEARS = [show_years, create_year, show_year, create_review, create_application, create_year_undo]
