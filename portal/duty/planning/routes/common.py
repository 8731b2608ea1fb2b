"""What the handlers of the plan share: whose plan it is, the frame of its pages, a refused form."""

from datetime import date, timedelta
from typing import Any

from litestar import Request

from portal.core.actors import Actor
from portal.core.clock import today
from portal.core.refusals import NotFound, Refused
from portal.duty.forms import parse_day
from portal.duty.planning.views import Frame, address
from portal.duty.queries import plan_of
from portal.duty.routes.parts import Room, room_of, wanted_org
from portal.duty.views.words import Words
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.rendering.moments import day_text
from portal.web.again import Typed, beaten
from portal.web.errors import sentence
from portal.web.forms import Form
from portal.web.labels import REFUSALS
from portal.web.respond import language_of

AnyRequest = Request[Any, Any, Any]
SEE, EDIT = {"permission": Permission.DUTY_PLAN_VIEW}, {"permission": Permission.DUTY_PLAN_EDIT}
TABS = {
    "plan": "/duty/plan", "calendar": "/duty/plan/calendar", "fallbacks": "/duty/plan/fallbacks",
    "words": "/duty/plan/words",
}  # fmt: skip


async def plan_room(
    request: AnyRequest, actor: Actor, org: str | int, *, around: date | None = None, fresh: bool = False
) -> Room:
    """The plan of an organisation that the actor may see as a plan; any other one does not exist.

    `fresh` reads it again: after a lost race what this process knows of it may be older than what is shown.
    """
    org_id = org if isinstance(org, int) else wanted_org(actor, org)
    room = await room_of(request, actor, org_id, around=around)
    if not scope(actor, Permission.DUTY_PLAN_VIEW).holds(room.org.path, org_id):
        raise NotFound()
    if not fresh:
        return room
    plan = await plan_of(org_id, around=around)
    return Room(room.org, plan, Words(plan, room.words.language), room.reader)


def frame_of(room: Room, tab: str, names: dict[str, str]) -> Frame:
    """The frame of a page; `tab` is where it belongs."""
    other = room.reader.org
    tabs = tuple((room.words.say(names[key]), address(path, other), "", key == tab) for key, path in TABS.items())
    return Frame(room.org.id, room.org.name, other, tabs, room.is_below)


def chosen_day(request: AnyRequest) -> date:
    """The date as of which the plan is shown: today, or a later one that was asked for."""
    return max(parse_day(request.query_params.get("on", "")) or today(), today())


def chosen_kind(room: Room, wanted: str) -> str:
    """The kind of day that is asked for, or today's."""
    return wanted if wanted in room.plan.kinds else room.plan.days.kind(today())


def tomorrow() -> date:
    """From when on everything may change."""
    return today() + timedelta(days=1)


def told_day(request: AnyRequest, day: date) -> str:
    """A date in words, for the sentence after a change."""
    return day_text(day, today=today(), language=language_of(request))


async def refused(
    request: AnyRequest, form: Form, refusal: Refused, *, about: tuple[str, int], place: str
) -> tuple[Typed, int]:
    """The form with its errors and the status; what is not found or not allowed is no matter of the form."""
    language = language_of(request)
    if refusal.status == 409:
        return Typed(form.texts, {}, await beaten(*about, language)), refusal.status
    if refusal.status != Refused.status:
        raise refusal
    fields: dict[str, str] = getattr(refusal, "fields", {})
    if fields:
        say = translator(language)
        return Typed(form.texts, {name: say(REFUSALS[code]) for name, code in fields.items()}), refusal.status
    return Typed(form.texts, {place: sentence(refusal, language)}), refusal.status
