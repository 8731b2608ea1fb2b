"""Gathering what a card's page shows: a fixed number of statements, whatever the card's age."""

from datetime import datetime
from typing import Any

from litestar import Request, Response

from portal.audit.queries import history_of
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.crypto import unseal
from portal.core.database import fetch_value
from portal.core.ids import new_token
from portal.duty.queries import calendar_for
from portal.grids.queries import crumbs
from portal.hazards import labels
from portal.hazards.forms import BY_RULE
from portal.hazards.queries.cards import HazardRow, hazard_to_see
from portal.hazards.queries.choices import (
    Category,
    categories,
    choices_around,
    helpers_of,
    holder_choices,
    names_of,
    parts_of,
    people_choices,
    photos_of,
    receiver_choices,
    steps_of,
)
from portal.hazards.queries.choices import category as category_of
from portal.hazards.queries.limits import is_over_limit
from portal.hazards.routes.refusing import Taken
from portal.hazards.rules import Status
from portal.hazards.rules.owning import may_dispute, may_rule
from portal.hazards.rules.standing import standing_of
from portal.hazards.services.owning import open_dispute, urged_today, urges
from portal.hazards.told import ToldView, told_source
from portal.hazards.views.card import (
    CardPage,
    MoveChoices,
    card_page,
    category_groups,
    choice_groups,
    people_options,
    receiver_options,
)
from portal.hazards.views.care import care_view
from portal.hazards.views.owning import OwningView, first_there, offered
from portal.hazards.views.story import people_told
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.responsibilities.queries import Holders, duty_of_category, facts_of_line
from portal.responsibilities.rules import WHOLE, Candidate, Duty, candidates
from portal.web.forms import Form
from portal.web.respond import language_of, page

AnyRequest = Request[Any, Any, Any]


async def read_card(
    request: AnyRequest, hazard_id: int, actor: Actor, *, form: Form | None = None, taken: Taken | None = None
) -> tuple[CardPage, MoveChoices]:
    """The page of a card that may be seen, and what its forms offer."""
    hazard = await hazard_to_see(hazard_id, by=actor)
    at, language = now(), language_of(request)
    holders, answering = await choices_around(
        hazard.path, at=at, post_id=hazard.responsible_post_id, person_id=hazard.responsible_person_id
    )
    people = {
        hazard.responsible_person_id,
        hazard.reported_by,
        hazard.watcher_id,
        hazard.supervisor_id,
        hazard.rechecked_by,
    }
    helpers, story = await helpers_of(hazard.id, at=at), await history_of("hazard", hazard.id)
    typed = form.texts if form else {}
    care = care_view(
        hazard, by=actor, at=at, calendar=await calendar_for(hazard.org_id), steps=await steps_of(hazard.id),
        holders=holders, helpers=helpers, typed=typed,
    )  # fmt: skip
    view = card_page(
        hazard, by=actor, at=at, language=language, wanted=_wanted(request, form), crumbs=await _crumbs(hazard, actor),
        category=await category_of(hazard.category, hazard.org_id) if hazard.category else None, holders=holders,
        answering=answering, own=await _own(hazard, actor, at, language), helpers=helpers,
        photos=await photos_of(hazard.id), care=care,
        story=story, names=await names_of({p for p in people | people_told(story) if p}),
        phone=await _phone(hazard, answering), told=await _told(hazard, actor, language), typed=typed,
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


async def _phone(hazard: HazardRow, answering: Holders) -> str:
    """The phone of whoever answers for it, for a call from a staff page."""
    person = answering.person(hazard.responsible_post_id, hazard.responsible_person_id)
    sealed = await fetch_value("SELECT phone_sealed FROM person WHERE id = {}", person or 0)
    return (unseal(sealed) or "") if sealed else ""


async def _told(hazard: HazardRow, actor: Actor, language: str) -> tuple[ToldView, ...]:
    source = told_source()
    return await source(hazard.id, actor, language) if source else ()


async def _choices(view: CardPage, hazard: HazardRow, actor: Actor, language: str) -> MoveChoices:
    """Only what a form on this page asks for is read."""
    needs = {need for move in view.moves for need in move.must}
    at, translate = now(), translator(language)
    if not (
        needs & {"category", "responsible", "watcher", "receivers"}
        or view.may_list
        or view.may_help
        or view.own.may_rule
    ):
        return MoveChoices()
    near, everybody = await holder_choices(hazard.path, at=at), await people_choices(hazard.org_id, at=at)
    rows = await categories(hazard.org_id) if "category" in needs else []
    code = view.typed.get("category") or hazard.category
    known = next((row for row in rows if row.code == code), None)
    found, duty = await _candidates(hazard, known, at)
    fit = offered(found, everybody, duty, translate)
    follows = bool(rows) and hazard.category is None  # the category is chosen in the same form, and the person by it
    if follows:
        fit = ((BY_RULE, translate(labels.BY_RULE)), *fit)
    return MoveChoices(
        categories=category_groups(rows, language), responsible=choice_groups(fit, everybody, translate),
        watchers=people_options([*near, *everybody]), supervisors=people_options([*near, *everybody]),
        receivers=receiver_options(await receiver_choices(hazard.path, hazard.org_id)) if "receivers" in needs else (),
        chosen=BY_RULE if follows else first_there(found, everybody),
    )  # fmt: skip


async def _candidates(hazard: HazardRow, known: Category | None, at: datetime) -> tuple[list[Candidate], Duty]:
    """Who may answer for it here, by the one rule."""
    duty = duty_of_category(known) if known else WHOLE
    facts = await facts_of_line(hazard.path, codes=(*duty.codes, duty.domain), at=at)
    return candidates(facts, hazard.grid_id, duty, at=at), duty


async def _own(hazard: HazardRow, actor: Actor, at: datetime, language: str) -> OwningView:
    """Whose it is: who looks after it by the matrix, a dispute that waits, what this person may press."""
    who, say = standing_of(actor, hazard), translator(language)
    parts = await parts_of(hazard.id, at=at)
    comma = say(labels.LIST_COMMA)
    dispute = await open_dispute(hazard.id) if hazard.is_disputed else None
    is_first = scope(actor, Permission.HAZARD_RULE).holds(hazard.path, hazard.org_id)
    may_urge = await urges(hazard, by=actor, at=at)
    return OwningView(
        may_urge=may_urge, has_urged=may_urge and await urged_today(hazard.id, by=actor),
        may_comment=hazard.marked > 0 or scope(actor, Permission.HAZARD_URGE).holds(hazard.path, hazard.org_id),
        may_dispute=may_dispute(hazard.status, is_disputed=hazard.is_disputed, who=who),
        may_rule=may_rule(hazard.status, is_disputed=hazard.is_disputed, is_first=is_first),
        disputed_by=dispute.name or "" if dispute else "", disputed_at=dispute.raised_at if dispute else None,
        dispute=dispute.reason if dispute else "",
        supervises=comma.join(part.title for part in parts if part.mark == "supervise"),
        informed=comma.join(part.title for part in parts if part.mark == "inform"),
    )  # fmt: skip
