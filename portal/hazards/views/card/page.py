"""One hazard's page as its template reads it, put together of its parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from portal.audit.queries import StoryLine
from portal.core.actors import Actor
from portal.hazards import labels
from portal.hazards.queries.cards import HazardRow
from portal.hazards.queries.choices import Category, Choice, Named, PhotoRow
from portal.hazards.rules.standing import standing_of, watches
from portal.hazards.services.moving import facts_of
from portal.hazards.told import ToldView
from portal.hazards.views.card.case import (
    category_name,
    flags_of,
    percent_used,
    plan_missing,
    plan_of,
    plan_own,
    steps_of,
    why_due,
)
from portal.hazards.views.card.moves import MoveView, blocked_of, may_take, may_undo, moves_of
from portal.hazards.views.card.people import Told, people_of, responsible_name
from portal.hazards.views.card.photos import PhotoView, photos_in
from portal.hazards.views.care import CareView
from portal.hazards.views.next_step import next_step
from portal.hazards.views.owning import OwningView
from portal.hazards.views.story import EventView, story_view
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.responsibilities.queries import Holders


@dataclass(frozen=True, slots=True)
class CardPage:
    """Everything on the page of a hazard."""

    id: int
    version: int
    number: str
    title: str
    status: str
    status_text: str
    level: str
    level_text: str
    crumbs: tuple[tuple[str, str], ...]
    place: str
    flags: tuple[tuple[str, str], ...]
    steps: tuple[tuple[str, str], ...]
    percent: int
    due_at: datetime | None
    left_seconds: float
    why: str
    people: tuple[tuple[str, str], ...]
    call_name: str
    call_phone: str
    category: str
    interim: str
    interim_due: datetime | None
    watcher: str
    plan: tuple[tuple[str, str], ...]
    plan_missing: tuple[str, ...]
    photos_before: tuple[PhotoView, ...]
    photos_after: tuple[PhotoView, ...]
    moves: tuple[MoveView, ...]
    blocked: tuple[tuple[str, str], ...]
    history: tuple[EventView, ...]
    told: tuple[ToldView, ...]
    may_undo: bool
    may_note: bool
    may_take: bool
    may_list: bool
    may_unlist: bool
    may_help: bool
    is_open: bool
    key: str
    next_step: str
    care: CareView
    own: OwningView
    plan_own: Mapping[str, str]
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    conflict: str = ""


def card_page(
    hazard: HazardRow, *, by: Actor, at: datetime, language: str, wanted: str, crumbs: tuple[tuple[str, str], ...],
    category: Category | None, holders: list[Choice], answering: Holders, own: OwningView, helpers: list[Named],
    photos: list[PhotoRow], care: CareView, story: list[StoryLine], names: Mapping[int, str],
    phone: str, told: tuple[ToldView, ...] = (), typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None, conflict: str = "", key: str = "", is_over_limit: bool = False,
) -> CardPage:  # fmt: skip
    """Puts the page together; every decision comes from the pure rules."""
    translate, who = translator(language), standing_of(by, hazard)
    facts, name = facts_of(hazard, is_over_limit=is_over_limit), Told(names)
    responsible = responsible_name(hazard, answering, translate)
    may_list = scope(by, Permission.HAZARD_LIST).holds(hazard.path, hazard.org_id)
    is_open = hazard.closed_at is None
    ours = who.above or who.responsible or who.helper or who.receiver or who.supervises or watches(by, hazard)
    return CardPage(
        id=hazard.id, version=hazard.version, number=hazard.number, title=hazard.title, status=hazard.status,
        status_text=translate(labels.STATUS[hazard.status]), level=hazard.level or "",
        level_text=translate(labels.LEVELS[hazard.level]) if hazard.level else "", crumbs=crumbs, place=hazard.place,
        flags=flags_of(hazard, at, translate), steps=steps_of(hazard, translate),
        percent=percent_used(hazard, at), due_at=hazard.due_at if is_open else None,
        left_seconds=(hazard.due_at - at).total_seconds() if hazard.due_at else 0,
        why=why_due(hazard, at, language),
        people=people_of(hazard, responsible, helpers, own, name, translate), call_name=responsible if phone else "",
        call_phone=phone, category=category_name(category, language), interim=hazard.interim_measure or "",
        interim_due=hazard.interim_due_at, watcher=name(hazard.watcher_id),
        plan=plan_of(hazard, translate), plan_missing=plan_missing(hazard, translate),
        care=care, own=replace(own, may_comment=own.may_comment and not ours), plan_own=plan_own(hazard, typed or {}),
        photos_before=photos_in(photos, "before"), photos_after=photos_in(photos, "after"),
        moves=moves_of(facts, who, wanted, translate), blocked=blocked_of(facts, who, translate),
        history=story_view(story, names, at=at, language=language), told=told,
        may_undo=may_undo(hazard, story, by=by, at=at), may_note=ours, may_take=may_take(hazard, holders, who),
        may_list=may_list and is_open and not hazard.is_listed, may_unlist=who.supervises and hazard.is_listed,
        may_help=is_open and (who.above or who.responsible), is_open=is_open, key=key,
        next_step=next_step(hazard, holders, names, answering, by=by, at=at, language=language),
        typed=typed or {}, errors=errors or {}, conflict=conflict,
    )  # fmt: skip
