"""What is done to a card between its moves."""

from collections.abc import Awaitable
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.refusals import Refused
from portal.hazards.forms import due_from, number, parse_steps, responsible
from portal.hazards.routes.reading import read_card
from portal.hazards.routes.refusing import take_up
from portal.hazards.rules.watch import CHECK_HOUR
from portal.hazards.services import (
    add_helper,
    check_hazard,
    finish_step,
    list_hazard,
    move_due,
    note_hazard,
    plan_hazard,
    set_interim,
    take_hazard,
    unlist_hazard,
)
from portal.permissions.rules import Permission
from portal.web.forms import Form, form_of
from portal.web.respond import language_of, page, see

AnyRequest = Request[Any, Any, Any]
MOVE = {"permission": Permission.HAZARD_MOVE}


async def do_on_card(
    request: AnyRequest, hazard_id: int, actor: Actor, form: Form, work: Awaitable[None], *, flash: str, field: str
) -> Response[Any]:
    """One verb: tell the service, then look at the card; a refusal shows the card with what was typed."""
    try:
        await work
    except Refused as refusal:
        taken = take_up(refusal, language_of(request), field=field)
        view, choices = await read_card(request, hazard_id, actor, form=form, taken=taken)
        return await page(
            request,
            "hazards/card.html",
            fragment="hazards/_card.html",
            status=taken.status,
            view=view,
            choices=choices,
            done="",
        )
    return see(request, f"/hazards/{hazard_id}", flash=flash)


def _version(form: Form) -> int:
    return number(form.get("version")) or 0


@post("/hazards/{hazard_id:int}/notes", opt=MOVE)
async def create_note(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """A line in the story."""
    form = await form_of(request)
    work = note_hazard(hazard_id, form.get("note"), by=actor, key=form.get("key")[:40])
    return await do_on_card(request, hazard_id, actor, form, work, flash="hazard.noted", field="note")


@post("/hazards/{hazard_id:int}/interim", opt=MOVE)
async def create_interim(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """The interim measure."""
    form = await form_of(request)
    work = _interim(hazard_id, form, actor)
    return await do_on_card(request, hazard_id, actor, form, work, flash="hazard.saved", field="interim_measure")


async def _interim(hazard_id: int, form: Form, actor: Actor) -> None:
    due_at = due_from(form.get("interim_due"), field="interim_due")
    await set_interim(
        hazard_id, form.get("interim_measure"), version=_version(form), by=actor, due_at=due_at,
        watcher_id=number(form.get("watcher_own")),
    )  # fmt: skip


@post("/hazards/{hazard_id:int}/plan", opt=MOVE)
async def create_plan(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """The plan and its steps."""
    form = await form_of(request)
    work = _plan(hazard_id, form, actor)
    return await do_on_card(request, hazard_id, actor, form, work, flash="hazard.saved", field="plan_measure")


async def _plan(hazard_id: int, form: Form, actor: Actor) -> None:
    await plan_hazard(
        hazard_id, version=_version(form), by=actor, measure=form.get("plan_measure"), money=form.get("plan_money"),
        contingency=form.get("plan_contingency"), steps=parse_steps(form),
    )  # fmt: skip


@post("/hazards/{hazard_id:int}/steps/{step_id:int}", opt=MOVE)
async def create_step_done(
    request: AnyRequest, hazard_id: FromPath[int], step_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """A step of the plan is done."""
    form = await form_of(request)
    work = finish_step(hazard_id, step_id, by=actor)
    return await do_on_card(request, hazard_id, actor, form, work, flash="hazard.step_done", field="plan_measure")


@post("/hazards/{hazard_id:int}/checks", opt=MOVE)
async def create_check(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """The watcher has looked (R64)."""
    form = await form_of(request)
    work = _check(hazard_id, form, actor)
    return await do_on_card(request, hazard_id, actor, form, work, flash="hazard.checked", field="check")


async def _check(hazard_id: int, form: Form, actor: Actor) -> None:
    next_at = due_from(form.get("next_check"), field="next_check", hour=CHECK_HOUR)
    await check_hazard(hazard_id, form.get("check"), version=_version(form), by=actor, next_at=next_at)


@post("/hazards/{hazard_id:int}/dues", opt={"permission": Permission.HAZARD_DUE})
async def create_due(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Another due time, with the reason (B12)."""
    form = await form_of(request)
    work = _move_due(hazard_id, form, actor)
    return await do_on_card(request, hazard_id, actor, form, work, flash="hazard.due_moved", field="new_due")


async def _move_due(hazard_id: int, form: Form, actor: Actor) -> None:
    new = due_from(form.get("new_due"), field="new_due")
    await move_due(hazard_id, new, form.get("due_reason"), version=_version(form), by=actor)


@post("/hazards/{hazard_id:int}/helpers", opt=MOVE)
async def create_helper(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Somebody helps."""
    form = await form_of(request)
    post_id, person_id = responsible(form.get("helper"))
    work = add_helper(hazard_id, by=actor, person_id=person_id, post_id=post_id)
    return await do_on_card(request, hazard_id, actor, form, work, flash="hazard.helped", field="helper")


@post("/hazards/{hazard_id:int}/takers", opt=MOVE)
async def create_taker(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """ "I take it." """
    form = await form_of(request)
    work = take_hazard(hazard_id, version=_version(form), by=actor)
    return await do_on_card(request, hazard_id, actor, form, work, flash="hazard.taken", field="to")


@post("/hazards/{hazard_id:int}/listings", opt={"permission": Permission.HAZARD_LIST})
async def create_listing(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Lists a hazard for supervision."""
    form = await form_of(request)
    work = list_hazard(
        hazard_id, version=_version(form), supervisor_id=number(form.get("supervisor")) or 0,
        condition=form.get("condition"), by=actor,
    )  # fmt: skip
    return await do_on_card(request, hazard_id, actor, form, work, flash="hazard.listed", field="supervisor")


@post("/hazards/{hazard_id:int}/listings/end", opt=MOVE)
async def create_unlisting(
    request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Takes it off the list."""
    form = await form_of(request)
    work = unlist_hazard(hazard_id, version=_version(form), reason=form.get("reason"), by=actor)
    return await do_on_card(request, hazard_id, actor, form, work, flash="hazard.unlisted", field="reason")


ROUTES = [
    create_note,
    create_interim,
    create_plan,
    create_step_done,
    create_check,
    create_due,
    create_helper,
    create_taker,
    create_listing,
    create_unlisting,
]
