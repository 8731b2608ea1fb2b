"""One hazard's page as its template reads it.

Until when, who, photos, the next step, what cannot be done and why, the story.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from portal.audit.queries import StoryLine
from portal.core.actors import Actor
from portal.duty.rules import trace_from_json, used
from portal.duty.why import why_this_date
from portal.hazards import labels
from portal.hazards.queries.cards import HazardRow
from portal.hazards.queries.choices import Category, Choice, Named, PhotoRow, Receiver
from portal.hazards.rules import Level, Standing, Status, blocked_moves, legal_moves, undoable
from portal.hazards.rules.standing import standing_of, watches
from portal.hazards.services.moving import facts_of
from portal.hazards.told import ToldView
from portal.hazards.views.care import CareView
from portal.hazards.views.next_step import next_step
from portal.hazards.views.owning import OwningView, choice_text
from portal.hazards.views.story import EventView, story_view
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.responsibilities.queries import Holders

Options = tuple[tuple[str, str], ...]
Groups = tuple[tuple[str, Options], ...]
STEPS = ("reported", "assigned", "rectifying", "recheck", "closed")


@dataclass(frozen=True, slots=True)
class MoveView:
    """One move that this person may make: its form asks for `fields`; `must` of them have to be filled."""

    to: str
    text: str
    must: tuple[str, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo and the words below it."""

    id: int
    phase: str
    by: str
    at: datetime


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


@dataclass(frozen=True, slots=True)
class MoveChoices:
    """What the forms of the moves offer; empty where no form asks for it."""

    categories: Groups = ()
    responsible: Groups = ()
    watchers: Options = ()
    receivers: Options = ()
    supervisors: Options = ()
    chosen: str = ""
    why_chosen: str = ""


class Told:
    """What a page is told about people: names by id."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self.names = names

    def __call__(self, person_id: int | None) -> str:
        return self.names.get(person_id or 0, "")


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
        flags=_flags(hazard, at, translate), steps=_steps(hazard, translate),
        percent=used(hazard.due_from or hazard.reported_at, hazard.due_at, at) if hazard.due_at and is_open else 0,
        due_at=hazard.due_at if is_open else None,
        left_seconds=(hazard.due_at - at).total_seconds() if hazard.due_at else 0,
        why=why_this_date(trace_from_json(hazard.due_trace), at=at, language=language) if hazard.due_trace else "",
        people=_people(hazard, responsible, helpers, own, name, translate), call_name=responsible if phone else "",
        call_phone=phone, category=_category_name(category, language), interim=hazard.interim_measure or "",
        interim_due=hazard.interim_due_at,
        watcher=name(hazard.watcher_id), plan=_plan(hazard, translate), plan_missing=_plan_missing(hazard, translate),
        care=care, own=replace(own, may_comment=own.may_comment and not ours), plan_own=_plan_own(hazard, typed or {}),
        photos_before=_photos(photos, "before"), photos_after=_photos(photos, "after"),
        moves=tuple(
            MoveView(
                option.to, translate(labels.MOVE[facts.status, option.to]), option.needs,
                # Escalating is never the next step by itself; it stands open only when it was asked for.
                is_open=place == 0 and (option.to != Status.ESCALATED or option.to == wanted),
            )
            for place, option in enumerate(_ordered(legal_moves(facts, who=who), wanted))
        ),
        blocked=tuple(
            (
                translate(labels.BLOCKED.get((str(facts.status), str(to)), labels.BLOCKED_ESCALATE)),
                translate(labels.REFUSALS[code]),
            )
            for to, code in blocked_moves(facts, who=who)
        ),
        history=story_view(story, names, at=at, language=language), told=told,
        may_undo=undoable(moved_by=hazard.last_moved_by, moved_at=hazard.last_moved_at, by=by.person_id, at=at)
        and len(story) > 1 and story[0].kind == "hazard.moved" and "undoes" not in story[0].facts,
        may_note=ours, may_take=_may_take(hazard, holders, who),
        may_list=may_list and is_open and not hazard.is_listed, may_unlist=who.supervises and hazard.is_listed,
        may_help=is_open and (who.above or who.responsible), is_open=is_open, key=key,
        next_step=next_step(hazard, holders, names, answering, by=by, at=at, language=language),
        typed=typed or {}, errors=errors or {},
        conflict=conflict,
    )  # fmt: skip


def _ordered(options: tuple, wanted: str) -> list:  # type: ignore[type-arg]
    """The move that the address asks for (`?to=`) first, so that its form stands open."""
    return sorted(options, key=lambda option: option.to != wanted)


def _may_take(hazard: HazardRow, holders: list[Choice], who: Standing) -> bool:
    """ "I take it" is for a helper, or for one of several holders of the responsible post, before the work is done."""
    several = sum(1 for row in holders if row.post_id == hazard.responsible_post_id and row.person_id) > 1
    early = hazard.status in (Status.ASSIGNED, Status.RECTIFYING) and hazard.responsible_person_id is None
    return early and (who.helper or (who.responsible and several))


def _flags(hazard: HazardRow, at: datetime, translate: Callable[..., str]) -> tuple[tuple[str, str], ...]:
    found = []
    if hazard.closed_at is None and hazard.due_at and hazard.due_at <= at:
        found.append(("solid", translate(labels.FILTERS["overdue"])))
    if hazard.is_listed:
        found.append(("red", translate(labels.FLAG_LISTED)))
    if hazard.is_disputed:
        found.append(("orange", translate(labels.DISPUTED)))
    if hazard.due_moves:
        found.append(("orange", translate(labels.FLAG_DUE_MOVED, count=hazard.due_moves)))
    if hazard.failed_rechecks:
        found.append(("orange", translate(labels.FLAG_FAILED, count=hazard.failed_rechecks)))
    if hazard.outcome:
        found.append(("", translate(labels.OUTCOME[hazard.outcome])))
    if hazard.is_restricted:
        found.append(("", translate(labels.FLAG_RESTRICTED)))
    return tuple(found)


def _steps(hazard: HazardRow, translate: Callable[..., str]) -> tuple[tuple[str, str], ...]:
    """The way of a card as `(words, past | here | "")`; an escalated one waits at its side lane."""
    keys = [key if key != "assigned" or hazard.status != "escalated" else "escalated" for key in STEPS]
    here = keys.index(hazard.status)
    return tuple(
        (translate(labels.STATUS[key]), "past" if place < here else "here" if place == here else "")
        for place, key in enumerate(keys)
    )


def responsible_name(hazard: HazardRow, answering: Holders, translate: Callable[..., str]) -> str:
    """Who answers for the rectification now, and as what where it is not the holder (E11)."""
    person = answering.person(hazard.responsible_post_id, hazard.responsible_person_id)
    standing, name = answering.standing(hazard.responsible_post_id, person), answering.name(person)
    return translate(labels.ANSWERS_AS[standing], name=name) if standing else name


def _people(
    hazard: HazardRow,
    responsible: str,
    helpers: list[Named],
    own: OwningView,
    name: Told,
    translate: Callable[..., str],
) -> tuple[tuple[str, str], ...]:
    rows = [
        (labels.WHO_RESPONSIBLE, responsible or (translate(labels.VACANT) if hazard.responsible_post_id else "")),
        (labels.WHO_HELPS, translate(labels.LIST_COMMA).join(helper.name for helper in helpers)),
        (labels.WHO_SUPERVISES_DUTY, own.supervises),
        (labels.WHO_IS_TOLD, own.informed),
        (labels.WHO_WATCHES, name(hazard.watcher_id)),
        (labels.WHO_SUPERVISES, name(hazard.supervisor_id)),
        (labels.WHO_RECHECKED, name(hazard.rechecked_by)),
        (labels.WHO_REPORTED, name(hazard.reported_by)),
    ]
    return tuple((translate(text), found) for text, found in rows if found)


def _plan(hazard: HazardRow, translate: Callable[..., str]) -> tuple[tuple[str, str], ...]:
    rows = [
        (labels.TEXT_FIELDS["plan"], hazard.plan_measure),
        (labels.TEXT_FIELDS["money"], hazard.plan_money),
        (labels.TEXT_FIELDS["contingency"], hazard.plan_contingency),
        (labels.TEXT_FIELDS["measure"], hazard.measure),
        (labels.TEXT_FIELDS["conclusion"], hazard.conclusion),
    ]
    return tuple((translate(text), found) for text, found in rows if found)


def _plan_own(hazard: HazardRow, typed: Mapping[str, str]) -> dict[str, str]:
    """The plan's own form: what was typed, else what is stored."""
    names = ("plan_measure", "plan_money", "plan_contingency")
    mine = "plan" if typed.get("form") == "plan" else ""
    return {name: typed.get(name, "") if mine else getattr(hazard, name) or "" for name in names}


def _plan_missing(hazard: HazardRow, translate: Callable[..., str]) -> tuple[str, ...]:
    """What the plan of a major hazard still lacks while it is being worked on (B11, decision 4)."""
    if hazard.level != Level.RED or hazard.status not in (Status.ASSIGNED, Status.RECTIFYING, Status.ESCALATED):
        return ()
    wanted = [("plan", hazard.plan_measure)]
    if hazard.level == Level.RED:
        wanted += [("money", hazard.plan_money), ("contingency", hazard.plan_contingency)]
    return tuple(translate(labels.TEXT_FIELDS[key]) for key, found in wanted if not found)


def _photos(photos: list[PhotoRow], phase: str) -> tuple[PhotoView, ...]:
    return tuple(PhotoView(row.id, row.phase, row.name or "", row.at) for row in photos if row.phase == phase)


def _category_name(category: Category | None, language: str) -> str:
    return (category.name_en if language == "en" else category.name) if category else ""


def category_groups(rows: list[Category], language: str) -> Groups:
    """Categories for a select: groups with their check points."""
    names = {row.code: row.name_en if language == "en" else row.name for row in rows}
    return tuple(
        (names[group.code], tuple((row.code, names[row.code]) for row in rows if row.parent == group.code))
        for group in rows
        if group.parent is None
    )


def choice_groups(fit: Options, everybody: list[Choice], translate: Callable[..., str]) -> Groups:
    """Who may answer for it: those whom the rule offers, with the reason, then every post of the school (R10, R17)."""
    known = {value for value, _ in fit}
    rest = tuple(
        dict.fromkeys(
            (f"post:{row.post_id}", choice_text(row, everybody, translate))
            for row in everybody
            if f"post:{row.post_id}" not in known
        )
    )
    return ((translate(labels.GROUP_FIT), fit), (translate(labels.GROUP_ALL), rest))


def people_options(rows: list[Choice]) -> Options:
    """People as choices, each once, with the post they are known by."""
    found: dict[str, str] = {}
    for row in rows:
        if row.person_id and row.person:
            found.setdefault(str(row.person_id), f"{row.person} {row.grid}{row.title}")
    return tuple(found.items())


def receiver_options(rows: list[Receiver]) -> Options:
    """Where to escalate to."""
    return tuple((str(row.id), row.name) for row in rows)
