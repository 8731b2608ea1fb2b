"""Who may move a due time, and how far (B12). The policy's own date is the limit for a major hazard."""

from dataclasses import dataclass
from datetime import datetime

from portal.core.refusals import Invalid, Refused
from portal.duty.rules import DayCalendar, due_for
from portal.hazards.rules.moves import Standing
from portal.hazards.rules.owning import wrong_reason


@dataclass(frozen=True, slots=True)
class DueFacts:
    """What the decision needs of a card. `limit`: the date that the policy gives it."""

    due_at: datetime | None
    level: str | None
    is_open: bool
    limit: datetime | None = None


def policy_limit(level: str | None, begin: datetime | None, calendar: DayCalendar) -> datetime | None:
    """The date that the rule of the level gives, counted from the assignment."""
    return due_for(level, begin, calendar).at if level and begin else None


def may_move_due(facts: DueFacts, *, who: Standing) -> bool:
    """Whether the page offers the form at all."""
    return facts.is_open and facts.due_at is not None and who.above


def check_due(facts: DueFacts, new: datetime | None, reason: str, *, who: Standing, at: datetime) -> None:
    """Raises `Refused` when it is not theirs to move, `Invalid` naming each field that is wrong.

    Nobody gives themselves more time: whoever answers for the rectification may only bring the date forward,
    a head excepted. A major one goes beyond the policy's date by the principal or a vice head only.
    """
    if not who.above:
        raise Refused("hazard.due_not_above")
    if not facts.is_open or facts.due_at is None:
        raise Refused("hazard.no_due_to_move")
    missing = {} if new else {"new_due": "hazard.need_new_due"}
    if new and new <= at:
        missing = {"new_due": "hazard.due_is_past"}
    elif new and new == facts.due_at:
        missing = {"new_due": "hazard.same_due"}
    if wrong := wrong_reason(reason, "hazard.need_reason"):
        missing["due_reason"] = wrong
    if missing or new is None:
        raise Invalid(missing)
    if who.responsible and not who.head and new > facts.due_at:
        raise Refused("hazard.own_due")
    if facts.level == "red" and not who.head and facts.limit is not None and new > facts.limit:
        raise Refused("hazard.due_needs_head")
