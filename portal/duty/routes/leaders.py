"""Who leads on which day: a list of two weeks, and the form of one day."""

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.refusals import Invalid, Refused
from portal.duty.forms import LeaderCommand, parse_day, parse_leader
from portal.duty.queries import (
    calendar_for,
    duty_leader_rows,
    duty_organisation,
    leader_candidates,
)
from portal.duty.routes.parts import AnyRequest, wanted_org
from portal.duty.services import clear_duty_leader, set_duty_leader
from portal.duty.views.leaders import DAYS_SHOWN, DutyView, days_ahead, now_and_next
from portal.grids.queries import GridRow
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.rendering.moments import day_text
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.labels import REFUSALS
from portal.web.respond import language_of, page, see


@get("/duty/leaders", opt={"permission": Permission.DUTY_VIEW})
async def show_leaders(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Who leads now, next, and on the next days; `day` chooses one for the form, `org` another organisation."""
    day = parse_day(request.query_params.get("day", ""))
    org_id = wanted_org(actor, request.query_params.get("org", ""))
    return await _duty_page(request, actor, org_id, day=day.isoformat() if day else "")


@post("/duty/leaders", opt={"permission": Permission.DUTY_EDIT})
async def create_leader(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Puts somebody down as leader of a day, or takes the leader away."""
    form = await form_of(request)
    org_id = wanted_org(actor, form.get("org"))
    org = await duty_organisation(org_id, by=actor)
    try:
        command = parse_leader(form.texts)
        changed = await _carry_out(command, org_id, actor)
    except Refused as refusal:
        errors = _errors(refusal, language_of(request))
        return await _duty_page(
            request, actor, org_id, day=form.get("day"), person=form.get("person"), errors=errors, status=422
        )
    day = day_text(command.day, today=today(), language=language_of(request))
    return see(request, _address(actor, org), flash=_told(command, changed), day=day)


def _address(actor: Actor, org: GridRow) -> str:
    return "/duty/leaders" if org.id == actor.org_id else f"/duty/leaders?org={org.id}"


async def _carry_out(command: LeaderCommand, org_id: int, actor: Actor) -> list[int]:
    if command.person_id is None:
        return await clear_duty_leader(org_id, [command.day], by=actor)
    return await set_duty_leader(org_id, command.person_id, [command.day], by=actor)


def _told(command: LeaderCommand, changed: list[int]) -> str:
    if not changed:
        return "duty.unchanged"
    return "duty.leader_cleared" if command.person_id is None else "duty.leader_set"


def _errors(refusal: Refused, language: str) -> dict[str, str]:
    """The sentence for each field; a refusal of the service concerns the day, or the person."""
    if refusal.status != Refused.status:
        raise refusal
    if isinstance(refusal, Invalid):
        return {name: translator(language)(REFUSALS[code]) for name, code in refusal.fields.items()}
    place = "person" if refusal.code in {"duty.may_not_lead", "duty.not_yourself"} else "day"
    return {place: sentence(refusal, language)}


async def _duty_page(
    request: AnyRequest, actor: Actor, org_id: int, *, day: str = "", person: str = "",
    errors: dict[str, str] | None = None, status: int = 200,
) -> Response[Any]:  # fmt: skip
    view = await _duty_view(org_id, actor, language_of(request), day=day, person=person, errors=errors or {})
    return await page(request, "duty/leaders.html", fragment="duty/_leaders.html", status=status, view=view)


async def _duty_view(org_id: int, actor: Actor, language: str, **typed: Any) -> DutyView:
    at = now()
    org = await duty_organisation(org_id, by=actor)
    rows = await duty_leader_rows(org_id, at, days=DAYS_SHOWN + 1)
    calendar = await calendar_for(org_id)
    may_edit = scope(actor, Permission.DUTY_EDIT).holds(org.path, org.org_id)
    leading, following = now_and_next(rows, at, at + timedelta(days=DAYS_SHOWN))
    return DutyView(
        org_id=org_id, school=org.name, now=leading, next=following,
        days=days_ahead(rows, calendar, at=at, language=language),
        unpublished=calendar.unpublished_years(today(), today() + timedelta(days=60)),
        may_edit=may_edit, is_below=org.id != actor.org_id or org.kind == "bureau",
        candidates=tuple(await leader_candidates(org_id, at=at) if may_edit else ()),
        **typed,
    )  # fmt: skip


ROUTES = [show_leaders, create_leader]
