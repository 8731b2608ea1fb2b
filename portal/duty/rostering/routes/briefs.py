"""The form of a roster: a new one, a draft drawn anew."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.refusals import Conflict, Refused
from portal.duty.forms import parse_day
from portal.duty.queries import Plan, plan_of, staff_of
from portal.duty.rostering import labels
from portal.duty.rostering.forms import Parsed, Words, parse_brief
from portal.duty.rostering.queries import (
    DRAFT,
    RosterRow,
    name_keys,
    posts_held,
    proposed_lists,
    roster_row,
)
from portal.duty.rostering.routes.common import FORM, MAKE, AnyRequest, draft_size, maker_school
from portal.duty.rostering.routes.rosters import told
from portal.duty.rostering.rules import Brief, brief_from_json, one_team
from portal.duty.rostering.services import (
    draft_roster,
    redraft_roster,
)
from portal.duty.rostering.views import (
    brief_texts,
    brief_view,
    default_days,
    period_links,
)
from portal.duty.rules import LEADING, Line
from portal.grids.queries import GridRow
from portal.grids.rules import parse_version
from portal.rendering.i18n import SOURCE, translator
from portal.rendering.labels import WEEKDAYS
from portal.rendering.moments import day_text
from portal.web.again import Typed, beaten
from portal.web.errors import sentence
from portal.web.forms import Form, form_of
from portal.web.labels import REFUSALS
from portal.web.respond import language_of, page, see


@get("/duty/rosters/new", opt=FORM)
async def show_new_roster(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form, with dates, lanes and lists proposed; `first`, `last` and `period` choose the dates."""
    org = await maker_school(request.query_params.get("org", ""), actor)
    plan, query, language = await plan_of(org.id), request.query_params, language_of(request)
    first, last = default_days(plan, today())
    first, last = parse_day(query.get("first", "")) or first, parse_day(query.get("last", "")) or last
    named = next((one.name for one in plan.days.periods if str(one.id) == query.get("period")), "")
    name = named or translator(language)(
        labels.DEFAULT_NAME, first=day_text(first, today=today(), language=language),
        last=day_text(last, today=today(), language=language),
    )  # fmt: skip
    held, lines = await posts_held(org.id), _lines(plan)
    lists = proposed_lists(held, dict.fromkeys(line.role for line in lines))
    brief = Brief(name, first, last, tuple(lines), {role: one_team(people) for role, people in lists.items()})
    texts, ticked = brief_texts(brief, {one.person_id: one.name for one in held}, translator(language))
    return await _form_page(request, org, plan, texts, ticked)


@post("/duty/rosters", opt=MAKE)
async def create_roster(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Drafts a roster."""
    form = await form_of(request)
    org = await maker_school(form.get("org"), actor)
    plan, parsed = await plan_of(org.id), await _parsed(form, org.id, language_of(request))
    if parsed.brief is None:
        return await _form_again(request, org, plan, form, _typed(form, parsed, language_of(request)))
    try:
        roster_id = await draft_roster(org.id, parsed.brief, by=actor)
    except Refused as refusal:
        return await _form_again(request, org, plan, form, await _refused(request, form, refusal, 0), refusal.status)
    return see(request, f"/duty/rosters/{roster_id}", flash="roster.drafted", shifts=await draft_size(roster_id))


@get("/duty/rosters/{roster_id:int}/brief", opt=FORM)
async def show_brief(request: AnyRequest, actor: NamedDependency[Actor], roster_id: FromPath[int]) -> Response[Any]:
    """The form of a draft, to be drawn anew; of a published roster it begins another one."""
    row = await roster_row(roster_id, by=actor)
    org, plan = await maker_school(str(row.org_id), actor), await plan_of(row.org_id, around=row.first_day)
    brief = brief_from_json(row.name, row.first_day, row.last_day, row.rule)
    names = {one.id: one.name for one in (await staff_of(row.org_id, now())).people.values()}
    texts, ticked = brief_texts(brief, names, translator(language_of(request)))
    return await _form_page(request, org, plan, texts, ticked, roster=_numbers(row))


@post("/duty/rosters/{roster_id:int}/redrafts", opt=MAKE)
async def create_redraft(request: AnyRequest, actor: NamedDependency[Actor], roster_id: FromPath[int]) -> Response[Any]:
    """Draws a draft anew: by the form where one was sent, else by what it was drawn from."""
    form, row = await form_of(request), await roster_row(roster_id, by=actor)
    org, version = await maker_school(str(row.org_id), actor), parse_version(form.get("version"))
    if "first_day" not in form.texts:
        return await _as_it_was(request, actor, roster_id, version)
    plan, parsed = await plan_of(org.id), await _parsed(form, org.id, language_of(request))
    if parsed.brief is None:
        return await _form_again(request, org, plan, form, _typed(form, parsed, language_of(request)), row=row)
    try:
        await redraft_roster(roster_id, parsed.brief, version=version, by=actor)
    except Refused as refusal:
        typed, fresh = await _refused(request, form, refusal, roster_id), await roster_row(roster_id, by=actor)
        return await _form_again(request, org, plan, form, typed, refusal.status, fresh)
    return see(request, f"/duty/rosters/{roster_id}", flash="roster.redrafted", shifts=await draft_size(roster_id))


async def _as_it_was(request: AnyRequest, actor: Actor, roster_id: int, version: int) -> Response[Any]:
    try:
        await redraft_roster(roster_id, None, version=version, by=actor)
    except Refused as refusal:
        return await told(request, actor, roster_id, refusal)
    return see(request, f"/duty/rosters/{roster_id}", flash="roster.redrafted", shifts=await draft_size(roster_id))


def _numbers(row: RosterRow) -> tuple[int, int]:
    return (row.id, row.version) if row.state == DRAFT else (0, 0)


def _lines(plan: Plan) -> list[Line]:
    """Every lane that any slot of today or later asks for; the leader's always."""
    first = today()
    areas = {area.id for area in plan.areas.values() if not area.is_ended} | {None}
    slots = [slot for slot in plan.slots if slot.last_day is None or slot.last_day >= first]
    return plan.in_order([LEADING, *(slot.line for slot in slots if slot.area_id in areas)])


async def _parsed(form: Form, org_id: int, language: str) -> Parsed:
    staff, weekdays = await staff_of(org_id, now()), dict[str, int]()
    for number, label in enumerate(WEEKDAYS):
        weekdays |= {translator(SOURCE)(label): number, translator(language)(label): number}
    keys = name_keys({one.id: one.name for one in staff.people.values()})
    return parse_brief(form.texts, form.all("lanes"), Words({text: person for person, text in keys.items()}, weekdays))


def _typed(form: Form, parsed: Parsed, language: str) -> Typed:
    say = translator(language)
    return Typed(form.texts, {name: say(REFUSALS[code], **more) for name, (code, more) in parsed.errors.items()})


async def _refused(request: AnyRequest, form: Form, refusal: Refused, roster_id: int) -> Typed:
    """What a service has refused, at the field that it is about; what is hidden or forbidden is raised again."""
    if isinstance(refusal, Conflict):
        return Typed(form.texts, {}, await beaten("roster", roster_id, language_of(request)))
    if refusal.status != Refused.status:
        raise refusal
    place = {"roster.no_lanes": "lanes", "roster.no_people": "lists", "roster.not_a_draft": "name"}
    return Typed(form.texts, {place.get(refusal.code, "last_day"): sentence(refusal, language_of(request))})


async def _form_again(
    request: AnyRequest, org: GridRow, plan: Plan, form: Form, typed: Typed, status: int = 422,
    row: RosterRow | None = None,
) -> Response[Any]:  # fmt: skip
    numbers = _numbers(row) if row else (0, 0)
    return await _form_page(request, org, plan, form.texts, set(form.all("lanes")), numbers, typed, status)


async def _form_page(
    request: AnyRequest, org: GridRow, plan: Plan, texts: Mapping[str, str], ticked: set[str],
    roster: tuple[int, int] = (0, 0), typed: Typed | None = None, status: int = 200,
) -> Response[Any]:  # fmt: skip
    language = language_of(request)
    periods = [] if roster[0] else period_links(plan, org.id, today())
    view = brief_view(
        plan, _lines(plan), texts, ticked, org=(org.id, org.name), roster=roster, periods=periods,
        typed=typed or Typed(), language=language, say=translator(language),
    )  # fmt: skip
    return await page(
        request, "duty/rostering/brief.html", fragment="duty/rostering/_brief.html", status=status, view=view
    )


ROUTES = [show_new_roster, create_roster, show_brief, create_redraft]
