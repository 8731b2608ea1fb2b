"""Urging, saying that it is disputed whose a card is, and ruling it."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.hazards.forms import number, responsible
from portal.hazards.routes.care import do_on_card
from portal.hazards.services import dispute_hazard, rule_hazard, urge_hazard
from portal.permissions.rules import Permission
from portal.web.forms import form_of

AnyRequest = Request[Any, Any, Any]


@post("/hazards/{hazard_id:int}/urges", opt={"permission": Permission.HAZARD_URGE})
async def create_urge(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Urges whoever answers for the card."""
    form = await form_of(request)
    work = urge_hazard(hazard_id, by=actor)
    return await do_on_card(request, hazard_id, actor, form, work, flash="hazard.urged", field="urge")


@post("/hazards/{hazard_id:int}/disputes", opt={"permission": Permission.HAZARD_MOVE})
async def create_dispute(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Says that it is disputed whose the card is."""
    form = await form_of(request)
    version = number(form.get("version")) or 0
    work = dispute_hazard(hazard_id, version=version, reason=form.get("dispute"), by=actor)
    return await do_on_card(request, hazard_id, actor, form, work, flash="hazard.disputed", field="dispute")


@post("/hazards/{hazard_id:int}/rulings", opt={"permission": Permission.HAZARD_RULE})
async def create_ruling(request: AnyRequest, hazard_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """The first responsible person rules."""
    form = await form_of(request)
    work = rule_hazard(
        hazard_id, version=number(form.get("version")) or 0, post_id=responsible(form.get("owner"))[0] or 0,
        reason=form.get("ruling"), for_school=form.get("reach") == "school", by=actor,
    )  # fmt: skip
    return await do_on_card(request, hazard_id, actor, form, work, flash="hazard.ruled", field="ruling")
