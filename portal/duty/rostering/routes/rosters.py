"""The list of rosters; one with what it changes; publication; "I have read it"."""

import asyncio
from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now, start_of_day
from portal.core.refusals import Conflict, Refused
from portal.duty.queries import plan_of, staff_of
from portal.duty.rostering.queries import (
    DRAFT,
    may_make,
    receipts_of,
    roster_row,
    rosters_of,
    shifts_in_force,
    shifts_of_draft,
    shifts_of_published,
)
from portal.duty.rostering.routes.common import CONFIRM, MAKE, SEE, AnyRequest, school_seen
from portal.duty.rostering.services import (
    confirm_roster,
    drop_roster,
    publish_roster,
)
from portal.duty.rostering.services.drawing import school_year
from portal.duty.rostering.views import (
    Known,
    RostersView,
    roster_cards,
    roster_view,
)
from portal.grids.rules import parse_version
from portal.rendering.i18n import translator
from portal.web.again import beaten
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see


@get("/duty/rosters", opt=SEE)
async def show_rosters(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The rosters of a school; drafts for whoever makes them."""
    org = await school_seen(request.query_params.get("org", ""), actor)
    makes, say = may_make(org.path, org.id, by=actor), translator(language_of(request))
    cards = roster_cards(await rosters_of(org.id, drafts=makes, person_id=actor.person_id), say)
    view = RostersView(org.id, org.name, org.id != actor.org_id, makes, cards)
    return await page(request, "duty/rostering/rosters.html", fragment="duty/rostering/_rosters.html", view=view)


@get("/duty/rosters/{roster_id:int}", opt=SEE)
async def show_roster(request: AnyRequest, actor: NamedDependency[Actor], roster_id: FromPath[int]) -> Response[Any]:
    """A draft: what it changes and what speaks against it. A published one: one's own shifts, who has read it."""
    return await _roster_page(request, actor, roster_id)


async def _roster_page(
    request: AnyRequest, actor: Actor, roster_id: int, error: str = "", status: int = 200
) -> Response[Any]:
    query, known = request.query_params, await _known(request, actor, roster_id)
    # A term of a whole school takes half a second to compare: other requests go on meanwhile.
    view = await asyncio.to_thread(
        roster_view, known, week=query.get("week", ""), role=query.get("role", ""), error=error
    )
    template = ("duty/rostering/roster.html", "duty/rostering/_roster.html")
    return await page(request, template[0], fragment=template[1], status=status, view=view)


async def _known(request: AnyRequest, actor: Actor, roster_id: int) -> Known:
    """What the page is made of: six statements, whatever the size."""
    row, language = await roster_row(roster_id, by=actor), language_of(request)
    plan, since = await plan_of(row.org_id, around=row.first_day), start_of_day(school_year(row.first_day))
    staff = await staff_of(row.org_id, since)
    own = await (shifts_of_draft(row.id) if row.state == DRAFT else shifts_of_published(row.id))
    return Known(
        row, plan, staff, await shifts_in_force(row.org_id, since, start_of_day(_day_after(row.last_day))), own,
        await receipts_of(row.id), {one.id: one.name for one in staff.people.values()}, actor.person_id,
        may_make(row.path, row.org_id, by=actor), now(), language, translator(language),
    )  # fmt: skip


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


@post("/duty/rosters/{roster_id:int}/publication", opt=MAKE)
async def create_publication(
    request: AnyRequest, actor: NamedDependency[Actor], roster_id: FromPath[int]
) -> Response[Any]:
    """Puts a draft in force."""
    form = await form_of(request)
    leaderless = form.get("without_leader") == "1"
    await roster_row(roster_id, by=actor)
    try:
        version = parse_version(form.get("version"))
        diff = await publish_roster(
            roster_id, version=version, by=actor, without_leader=leaderless, seen=form.get("seen")
        )
    except Refused as refusal:
        return await told(request, actor, roster_id, refusal)
    counts = {"entered": len(diff.entered), "moved": len(diff.moved), "cancelled": len(diff.cancelled)}
    return see(request, f"/duty/rosters/{roster_id}", flash="roster.published", kept=len(diff.kept), **counts)


@post("/duty/rosters/{roster_id:int}/drop", opt=MAKE)
async def create_drop(request: AnyRequest, actor: NamedDependency[Actor], roster_id: FromPath[int]) -> Response[Any]:
    """Puts a draft away."""
    form, row = await form_of(request), await roster_row(roster_id, by=actor)
    try:
        await drop_roster(roster_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await told(request, actor, roster_id, refusal)
    return see(request, f"/duty/rosters?org={row.org_id}", flash="roster.dropped")


@post("/duty/rosters/{roster_id:int}/receipts", opt=CONFIRM)
async def create_receipt(request: AnyRequest, actor: NamedDependency[Actor], roster_id: FromPath[int]) -> Response[Any]:
    """Somebody has read a roster that holds shifts of theirs."""
    try:
        await confirm_roster(roster_id, by=actor)
    except Refused as refusal:
        return await told(request, actor, roster_id, refusal)
    return see(request, f"/duty/rosters/{roster_id}", flash="roster.confirmed")


async def told(request: AnyRequest, actor: Actor, roster_id: int, refusal: Refused) -> Response[Any]:
    """The page as it is now, with what was refused (422), or who was first (409)."""
    if refusal.code == "core.conflict":
        said = await beaten("roster", roster_id, language_of(request))
    elif refusal.status == Refused.status or isinstance(refusal, Conflict):
        said = sentence(refusal, language_of(request))
    else:
        raise refusal
    return await _roster_page(request, actor, roster_id, said, refusal.status)


ROUTES = [show_rosters, show_roster, create_publication, create_drop, create_receipt]
