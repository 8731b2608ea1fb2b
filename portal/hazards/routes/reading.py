"""Gathering what a card's page shows: a fixed number of statements, whatever the card's age."""

from typing import Any

from litestar import Request, Response

from portal.audit.queries import history_of
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.crypto import unseal
from portal.core.database import fetch_value
from portal.core.ids import new_token
from portal.grids.queries import crumbs
from portal.hazards.queries.cards import HazardRow, hazard_to_see
from portal.hazards.queries.choices import (
    categories,
    helpers_of,
    holder_choices,
    names_of,
    people_choices,
    photos_of,
    receiver_choices,
    steps_of,
)
from portal.hazards.queries.choices import category as category_of
from portal.hazards.queries.limits import is_over_limit
from portal.hazards.routes.refusing import Taken
from portal.hazards.rules import Status
from portal.hazards.told import ToldView, told_source
from portal.hazards.views.card import (
    CardPage,
    MoveChoices,
    card_page,
    category_groups,
    choice_groups,
    people_options,
    proposed,
    receiver_options,
)
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.web.forms import Form
from portal.web.respond import language_of, page

AnyRequest = Request[Any, Any, Any]


async def read_card(
    request: AnyRequest, hazard_id: int, actor: Actor, *, form: Form | None = None, taken: Taken | None = None
) -> tuple[CardPage, MoveChoices]:
    """The page of a card that may be seen, and what its forms offer."""
    hazard = await hazard_to_see(hazard_id, by=actor)
    at, language = now(), language_of(request)
    holders = await holder_choices(hazard.path, at=at)
    people = {
        hazard.responsible_person_id,
        hazard.reported_by,
        hazard.watcher_id,
        hazard.supervisor_id,
        hazard.rechecked_by,
    }
    view = card_page(
        hazard, by=actor, at=at, language=language, wanted=_wanted(request, form), crumbs=await _crumbs(hazard, actor),
        category=await category_of(hazard.category, hazard.org_id) if hazard.category else None, holders=holders,
        helpers=await helpers_of(hazard.id, at=at), photos=await photos_of(hazard.id), steps=await steps_of(hazard.id),
        story=await history_of("hazard", hazard.id), names=await names_of({p for p in people if p}),
        phone=await _phone(hazard), told=await _told(hazard, actor, language), typed=form.texts if form else {},
        errors=taken.errors if taken else {}, conflict=taken.conflict if taken else "",
        key=(form.get("key") if form else "") or new_token(),
        is_over_limit=await is_over_limit(hazard, Status.RECTIFYING),
    )  # fmt: skip
    return view, await _choices(view, hazard, actor, language)


async def moves_page(request: AnyRequest, hazard: HazardRow, actor: Actor) -> Response[Any]:
    """The moves of a card alone."""
    view, choices = await read_card(request, hazard.id, actor)
    return await page(request, "hazards/moves.html", fragment="hazards/_moves.html", view=view, choices=choices)


def _wanted(request: AnyRequest, form: Form | None) -> str:
    return form.get("to") if form and form.get("to") else request.query_params.get("to", "")


async def _crumbs(hazard: HazardRow, actor: Actor) -> tuple[tuple[str, str], ...]:
    held = scope(actor, Permission.HAZARD_BOARD)
    path, found = "/", []
    for step in await crumbs(hazard.path):
        path += f"{step.id}/"
        if f"/{hazard.org_id}/" in path or held.holds(path, 0):  # a school's people need no bureau in front
            found.append((step.name, f"/grids/{step.id}/board" if held.holds(path, 0) else ""))
    return tuple(found)


async def _phone(hazard: HazardRow) -> str:
    """The phone of whoever answers for it, for a call from a staff page."""
    sealed = await fetch_value(
        "SELECT p.phone_sealed FROM person p WHERE p.id = coalesce({}, (SELECT a.person_id FROM appointment a WHERE "
        "a.post_id = {} AND a.is_primary AND a.starts_at <= {} AND (a.ends_at IS NULL OR a.ends_at > {}) LIMIT 1))",
        hazard.responsible_person_id, hazard.responsible_post_id or 0, now(), now(),
    )  # fmt: skip
    return (unseal(sealed) or "") if sealed else ""


async def _told(hazard: HazardRow, actor: Actor, language: str) -> tuple[ToldView, ...]:
    source = told_source()
    return await source(hazard.id, actor, language) if source else ()


async def _choices(view: CardPage, hazard: HazardRow, actor: Actor, language: str) -> MoveChoices:
    """Only what a form on this page asks for is read."""
    needs = {need for move in view.moves for need in move.must}
    at, translate = now(), translator(language)
    if not (needs & {"category", "responsible", "watcher", "receivers"} or view.may_list or view.may_help):
        return MoveChoices()
    near, everybody = await holder_choices(hazard.path, at=at), await people_choices(hazard.org_id, at=at)
    rows = await categories(hazard.org_id) if "category" in needs else []
    known = next((row for row in rows if row.code == hazard.category), None)
    return MoveChoices(
        categories=category_groups(rows, language), responsible=choice_groups(near, everybody, translate),
        watchers=people_options([*near, *everybody]), supervisors=people_options([*near, *everybody]),
        receivers=receiver_options(await receiver_choices(hazard.path, hazard.org_id)) if "receivers" in needs else (),
        chosen=proposed(known, near),
    )  # fmt: skip
