"""The case: where it stands, what is special about it, until when and why, how it is to be put right."""

from collections.abc import Mapping
from datetime import datetime

from portal.duty.rules import trace_from_json, used
from portal.duty.why import why_this_date
from portal.hazards import labels
from portal.hazards.queries.cards import HazardRow
from portal.hazards.queries.choices import Category
from portal.hazards.rules import Level, Status
from portal.rendering.i18n import Translate

STEPS = ("reported", "assigned", "rectifying", "recheck", "closed")


def flags_of(hazard: HazardRow, at: datetime, translate: Translate) -> tuple[tuple[str, str], ...]:
    """What is special about it, as `(kind of tag, words)`."""
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


def steps_of(hazard: HazardRow, translate: Translate) -> tuple[tuple[str, str], ...]:
    """The way of a card as `(words, past | here | "")`; an escalated one waits at its side lane."""
    keys = [key if key != "assigned" or hazard.status != "escalated" else "escalated" for key in STEPS]
    here = keys.index(hazard.status)
    return tuple(
        (translate(labels.STATUS[key]), "past" if place < here else "here" if place == here else "")
        for place, key in enumerate(keys)
    )


def percent_used(hazard: HazardRow, at: datetime) -> int:
    """How much of the time that it has is gone; nothing where no time runs."""
    if hazard.due_at is None or hazard.closed_at is not None:
        return 0
    return used(hazard.due_from or hazard.reported_at, hazard.due_at, at)


def why_due(hazard: HazardRow, at: datetime, language: str) -> str:
    """Why it is due on that day, in words."""
    return why_this_date(trace_from_json(hazard.due_trace), at=at, language=language) if hazard.due_trace else ""


def category_name(category: Category | None, language: str) -> str:
    """The category in the reader's language."""
    return (category.name_en if language == "en" else category.name) if category else ""


def plan_of(hazard: HazardRow, translate: Translate) -> tuple[tuple[str, str], ...]:
    """What was planned and what was done, as `(field, words)`."""
    rows = [
        (labels.TEXT_FIELDS["plan"], hazard.plan_measure),
        (labels.TEXT_FIELDS["money"], hazard.plan_money),
        (labels.TEXT_FIELDS["contingency"], hazard.plan_contingency),
        (labels.TEXT_FIELDS["measure"], hazard.measure),
        (labels.TEXT_FIELDS["conclusion"], hazard.conclusion),
    ]
    return tuple((translate(text), found) for text, found in rows if found)


def plan_own(hazard: HazardRow, typed: Mapping[str, str]) -> dict[str, str]:
    """The plan's own form: what was typed, else what is stored."""
    names = ("plan_measure", "plan_money", "plan_contingency")
    mine = "plan" if typed.get("form") == "plan" else ""
    return {name: typed.get(name, "") if mine else getattr(hazard, name) or "" for name in names}


def plan_missing(hazard: HazardRow, translate: Translate) -> tuple[str, ...]:
    """What the plan of a major hazard still lacks while it is being worked on (B11, decision 4)."""
    if hazard.level != Level.RED or hazard.status not in (Status.ASSIGNED, Status.RECTIFYING, Status.ESCALATED):
        return ()
    wanted = (("plan", hazard.plan_measure), ("money", hazard.plan_money), ("contingency", hazard.plan_contingency))
    return tuple(translate(labels.TEXT_FIELDS[key]) for key, found in wanted if not found)
