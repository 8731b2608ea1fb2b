"""What each arrow of the board writes on the card, and what it checks in the database before."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core.actors import Actor
from portal.core.database import execute, insert
from portal.core.refusals import Invalid, Refused
from portal.duty.queries import calendar_at, calendar_for
from portal.duty.rules import due_by_hand, due_for, trace_to_json
from portal.hazards.queries.cards import HazardRow, hazard_seen
from portal.hazards.queries.choices import receivers_allowed
from portal.hazards.rules import Given, Level, Outcome, Status
from portal.hazards.rules.standing import standing_of
from portal.hazards.services.parts import Asked, asked_for, asked_of_rule, give_parts, post_by_rule
from portal.hazards.services.reporting import NewPhoto
from portal.hazards.tables import HazardReceiver

S = Status
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """What a form asks for. `version` is the card's as the page showed it; texts are trimmed."""

    to: Status
    version: int
    category: str | None = None
    level: Level | None = None
    likelihood: int | None = None
    severity: int | None = None
    responsible_post_id: int | None = None
    responsible_person_id: int | None = None
    by_rule: bool = False  # whoever answers by the matrix and the tree for the category that was chosen
    due_at: datetime | None = None
    interim: str | None = None
    plan_measure: str | None = None
    plan_money: str | None = None
    plan_contingency: str | None = None
    outcome: str | None = None
    reason: str | None = None
    duplicate_of_id: int | None = None
    measure: str | None = None
    photos: tuple[NewPhoto, ...] = ()
    conclusion: str | None = None
    watcher_id: int | None = None
    receivers: tuple[int, ...] = ()
    over_reason: str | None = None

    def given(self) -> Given:
        """The move as the pure rule sees it."""
        return Given(
            category=self.category, level=self.level,
            responsible=bool(self.responsible_post_id or self.responsible_person_id or self.by_rule),
            due=self.due_at is not None, interim=self.interim, outcome=self.outcome, reason=self.reason,
            duplicate_of=self.duplicate_of_id, measure=self.measure, photos=len(self.photos),
            conclusion=self.conclusion, watcher=self.watcher_id, receivers=self.receivers, over_reason=self.over_reason,
        )  # fmt: skip


async def _assign(hazard: HazardRow, move: Move, by: Actor, at: datetime) -> Values:
    known, post_id = await _checked(move, hazard, at)
    assert move.level is not None
    await give_parts(hazard, known, post_id=post_id, at=at)
    if move.due_at is not None:
        if move.due_at <= at:
            raise Invalid({"due_at": "hazard.due_is_past"})
        due = due_by_hand(move.due_at, move.reason or "")
    else:
        due = due_for(move.level, at, await calendar_at(hazard.org_id, known.version))
    return {
        "category": known.code, "domain": known.domain, "level": str(move.level), "likelihood": move.likelihood,
        "severity": move.severity, "is_restricted": hazard.is_restricted or known.is_restricted,
        "responsible_post_id": post_id, "responsible_person_id": move.responsible_person_id,
        "due_from": at, "due_at": due.at, "due_trace": trace_to_json(due.trace),
        "interim_measure": move.interim or hazard.interim_measure, "plan_measure": move.plan_measure,
        "plan_money": move.plan_money, "plan_contingency": move.plan_contingency,
    }  # fmt: skip


async def _checked(move: Move, hazard: HazardRow, at: datetime) -> tuple[Asked, int | None]:
    """The category of an assignment with what the matrix says of it here, and the post that is to answer for it.

    A form cannot hand a card to strangers: the post or person must be of the hazard's own school. One statement,
    whether somebody was chosen or the choice is left to the rule.
    """
    facts, code = None, move.category or ""
    if move.by_rule:
        found, facts = await asked_of_rule(hazard, code, at=at)
    else:
        chosen = {"post_id": move.responsible_post_id, "person_id": move.responsible_person_id}
        found = await asked_for(hazard, code, **chosen, at=at)
    if found is None or found.parent is None:
        raise Invalid({"category": "hazard.need_category"})
    if found.responsible_org != hazard.org_id:
        raise Invalid({"responsible": "hazard.need_responsible"})
    return found, post_by_rule(hazard, found, facts, at=at) if facts else move.responsible_post_id


async def _strike_out(hazard: HazardRow, move: Move, by: Actor, at: datetime) -> Values:
    if move.outcome not in (Outcome.NOT_HAZARD, Outcome.DUPLICATE):
        raise Invalid({"outcome": "hazard.need_outcome"})
    if move.outcome == Outcome.DUPLICATE:
        other = await hazard_seen(move.duplicate_of_id or 0, by=by)
        if other is None or other.org_id != hazard.org_id or other.id == hazard.id:
            raise Invalid({"duplicate_of": "hazard.need_duplicate_of"})
    duplicate = move.duplicate_of_id if move.outcome == Outcome.DUPLICATE else None
    return {"outcome": move.outcome, "duplicate_of_id": duplicate, "closed_at": at, "conclusion": move.reason}


async def _start(hazard: HazardRow, move: Move, by: Actor, at: datetime) -> Values:
    who = standing_of(by, hazard)
    return {"rectifiers": _with(hazard.rectifiers, by) if who.responsible or who.helper else hazard.rectifiers}


async def _finish(hazard: HazardRow, move: Move, by: Actor, at: datetime) -> Values:
    return {
        "measure": move.measure, "rectified_by": by.person_id, "rectified_at": at,
        "rectifiers": _with(hazard.rectifiers, by), "after_photo_count": hazard.after_photo_count + len(move.photos),
    }  # fmt: skip


def _with(rectifiers: str, by: Actor) -> str:
    mark = f",{by.person_id},"
    return rectifiers if mark in rectifiers else f"{rectifiers}{by.person_id},"


async def _close(hazard: HazardRow, move: Move, by: Actor, at: datetime) -> Values:
    if hazard.is_listed:
        await execute(
            "UPDATE hazard_listing SET ended_at = {} WHERE hazard_id = {} AND ended_at IS NULL", at, hazard.id
        )
    return {
        "outcome": str(Outcome.RECTIFIED), "closed_at": at, "conclusion": move.conclusion, "rechecked_by": by.person_id,
        "rechecked_at": at,
    }  # fmt: skip


async def _send_back(hazard: HazardRow, move: Move, by: Actor, at: datetime) -> Values:
    return {
        "failed_rechecks": hazard.failed_rechecks + 1, "rechecked_by": by.person_id, "rechecked_at": at,
        "after_photo_count": 0,
    }  # fmt: skip


async def _escalate(hazard: HazardRow, move: Move, by: Actor, at: datetime) -> Values:
    watcher_org, allowed = await receivers_allowed(hazard.path, hazard.org_id, watcher_id=move.watcher_id or 0)
    if watcher_org != hazard.org_id:
        raise Invalid({"watcher": "hazard.need_watcher"})
    if not set(move.receivers) <= allowed:
        raise Invalid({"receivers": "hazard.need_receivers"})
    rows = [{"hazard_id": hazard.id, "grid_id": grid_id, "since": at} for grid_id in move.receivers]
    await insert(HazardReceiver, *rows)
    return {"watcher_id": move.watcher_id, "interim_measure": move.interim or hazard.interim_measure}


async def _hand_back(hazard: HazardRow, move: Move, by: Actor, at: datetime) -> Values:
    if move.outcome not in ("solved", "refused", "returned"):
        raise Invalid({"outcome": "hazard.need_answer"})
    if not hazard.responsible_post_id and not hazard.responsible_person_id:
        raise Refused("hazard.assign_first")
    await execute("UPDATE hazard_receiver SET until = {} WHERE hazard_id = {} AND until IS NULL", at, hazard.id)
    level = Level(hazard.level) if hazard.level else Level.YELLOW
    due = due_for(level, at, await calendar_for(hazard.org_id))
    return {"watcher_id": None, "due_from": at, "due_at": due.at, "due_trace": trace_to_json(due.trace)}


async def _reopen(hazard: HazardRow, move: Move, by: Actor, at: datetime) -> Values:
    level = Level(hazard.level) if hazard.level else Level.YELLOW
    due = due_for(level, at, await calendar_for(hazard.org_id))
    return {
        "closed_at": None, "outcome": None, "duplicate_of_id": None, "reopened": hazard.reopened + 1,
        "level": str(level), "after_photo_count": 0, "due_from": at, "due_at": due.at,
        "due_trace": trace_to_json(due.trace),
    }  # fmt: skip


Effect = Callable[[HazardRow, Move, Actor, datetime], Awaitable[Values]]
EFFECTS: dict[tuple[Status, Status], Effect] = {
    (S.REPORTED, S.ASSIGNED): _assign,
    (S.REPORTED, S.CLOSED): _strike_out,
    (S.ASSIGNED, S.RECTIFYING): _start,
    (S.RECTIFYING, S.RECHECK): _finish,
    (S.RECHECK, S.CLOSED): _close,
    (S.RECHECK, S.RECTIFYING): _send_back,
    (S.ESCALATED, S.ASSIGNED): _hand_back,
    (S.CLOSED, S.RECTIFYING): _reopen,
    (S.REPORTED, S.ESCALATED): _escalate,
    (S.ASSIGNED, S.ESCALATED): _escalate,
    (S.RECTIFYING, S.ESCALATED): _escalate,
    (S.RECHECK, S.ESCALATED): _escalate,
}
