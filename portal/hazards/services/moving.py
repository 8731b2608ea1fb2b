"""The one verb that moves a card across the board, whoever asks: button, key, drag, job (A1)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from portal.audit.catalogue import HazardMoved
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch_one, fetch_value, insert, unit_of_work
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.duty.queries import calendar_for
from portal.duty.rules import due_by_hand, due_for, trace_to_json
from portal.hazards.queries.cards import HazardRow, hazard_to_change
from portal.hazards.queries.choices import category
from portal.hazards.rules import Facts, Given, Level, Outcome, Status, check_move, undoable
from portal.hazards.rules.standing import standing_of
from portal.hazards.services.reporting import NewPhoto, add_photos
from portal.hazards.tables import Hazard, HazardReceiver

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

    def given(self) -> Given:
        """The move as the pure rule sees it."""
        return Given(
            category=self.category, level=self.level,
            responsible=bool(self.responsible_post_id or self.responsible_person_id), due=self.due_at is not None,
            interim=self.interim, outcome=self.outcome, reason=self.reason, duplicate_of=self.duplicate_of_id,
            measure=self.measure, photos=len(self.photos), conclusion=self.conclusion, watcher=self.watcher_id,
            receivers=self.receivers,
        )  # fmt: skip


def facts_of(hazard: HazardRow) -> Facts:
    """The card as the pure rule sees it."""
    return Facts(
        status=Status(hazard.status), level=Level(hazard.level) if hazard.level else None, is_listed=hazard.is_listed,
        has_interim=bool(hazard.interim_measure), after_photos=hazard.after_photo_count,
    )  # fmt: skip


async def move_hazard(hazard_id: int, move: Move, *, by: Actor) -> int:
    """Moves a card, with everything that belongs to the move, in one unit; gives the card's new version.

    Refused: a card that is not the actor's to see (not found), an arrow that is not there, one that is not theirs,
    a field that is missing, and a card that somebody else moved first (`Conflict` names who, where to, when).
    """
    async with unit_of_work():
        hazard = await hazard_to_change(hazard_id, by=by)
        if hazard.version != move.version:
            raise await moved_meanwhile(hazard_id)
        facts = facts_of(hazard)
        check_move(facts, move.to, who=standing_of(by, hazard), given=move.given())
        at = now()
        values = await _EFFECTS[facts.status, move.to](hazard, move, by, at)
        try:
            version = await compare_and_set(Hazard, hazard_id, version=move.version, **_common(move, by, at), **values)
        except Conflict as conflict:
            raise await moved_meanwhile(hazard_id) from conflict
        await add_photos(hazard_id, move.photos, phase="after" if move.to is S.RECHECK else "before", by=by)
        await _record(hazard, move, values, by)
    return version


def _common(move: Move, by: Actor, at: datetime) -> Values:
    return {
        "status": str(move.to), "column_since": at, "last_moved_by": by.person_id, "last_moved_at": at,
        "last_event_at": at,
    }  # fmt: skip


class _Mover(NamedTuple):
    status: str
    name: str | None
    at: datetime
    version: int


async def moved_meanwhile(hazard_id: int) -> Conflict:
    """The refusal for whoever came second: who moved it, where to, when (A8, TR5)."""
    found = await fetch_one(
        _Mover,
        "SELECT h.status, p.name, h.last_moved_at, h.version FROM hazard h LEFT JOIN person p ON p.id = h.last_moved_by "
        "WHERE h.id = {}",
        hazard_id,
    )
    if found is None:
        return Conflict()
    return Conflict("hazard.moved_meanwhile", who=found.name or "", to=found.status, at=found.at, version=found.version)


async def _record(hazard: HazardRow, move: Move, values: Values, by: Actor) -> None:
    due = values.get("due_at")
    details = HazardMoved(
        came_from=hazard.status, went_to=str(move.to), outcome=move.outcome, level=values.get("level"),
        category=values.get("category"), responsible_post_id=values.get("responsible_post_id"),
        responsible_person_id=values.get("responsible_person_id"), due_at=stamp(due) if due else None,
        duplicate_of_id=values.get("duplicate_of_id"), receivers=move.receivers, watcher_id=values.get("watcher_id"),
    )  # fmt: skip
    texts = {
        "interim": move.interim, "reason": move.reason, "measure": move.measure, "conclusion": move.conclusion,
        "plan": move.plan_measure,
    }  # fmt: skip
    written = {field: text for field, text in texts.items() if text}
    await record_event(details, org_id=hazard.org_id, subject_id=hazard.id, by=by, texts=written)


# -- what each arrow writes on the card


async def _assign(hazard: HazardRow, move: Move, by: Actor, at: datetime) -> Values:
    known = await category(move.category or "", hazard.org_id)
    if known is None or known.parent is None:
        raise Invalid({"category": "hazard.need_category"})
    await _check_responsible(move, hazard)
    assert move.level is not None
    if move.due_at is not None:
        if move.due_at <= at:
            raise Invalid({"due_at": "hazard.due_is_past"})
        due = due_by_hand(move.due_at, move.reason or "")
    else:
        due = due_for(move.level, at, await calendar_for(hazard.org_id))
    return {
        "category": known.code, "domain": known.domain, "level": str(move.level), "likelihood": move.likelihood,
        "severity": move.severity, "is_restricted": hazard.is_restricted or known.is_restricted,
        "responsible_post_id": move.responsible_post_id, "responsible_person_id": move.responsible_person_id,
        "due_from": at, "due_at": due.at, "due_trace": trace_to_json(due.trace),
        "interim_measure": move.interim or hazard.interim_measure, "plan_measure": move.plan_measure,
        "plan_money": move.plan_money, "plan_contingency": move.plan_contingency,
    }  # fmt: skip


async def _check_responsible(move: Move, hazard: HazardRow) -> None:
    """The post or person must be of the hazard's own school: a form cannot hand a card to strangers."""
    if move.responsible_post_id:
        found = await fetch_value(
            "SELECT org_id FROM post WHERE id = {} AND ended_at IS NULL AND role <> 'pupil'", move.responsible_post_id
        )
    else:
        found = await fetch_value(
            "SELECT org_id FROM person WHERE id = {} AND kind = 'staff' AND left_at IS NULL", move.responsible_person_id
        )
    if found != hazard.org_id:
        raise Invalid({"responsible": "hazard.need_responsible"})


async def _strike_out(hazard: HazardRow, move: Move, by: Actor, at: datetime) -> Values:
    if move.outcome not in (Outcome.NOT_HAZARD, Outcome.DUPLICATE):
        raise Invalid({"outcome": "hazard.need_outcome"})
    if move.outcome == Outcome.DUPLICATE:
        other = await fetch_value("SELECT org_id FROM hazard WHERE id = {}", move.duplicate_of_id)
        if other != hazard.org_id or move.duplicate_of_id == hazard.id:
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
    watcher = await fetch_value(
        "SELECT org_id FROM person WHERE id = {} AND kind = 'staff' AND left_at IS NULL", move.watcher_id
    )
    if watcher != hazard.org_id:
        raise Invalid({"watcher": "hazard.need_watcher"})
    await _check_receivers(move, hazard)
    rows = [{"hazard_id": hazard.id, "grid_id": grid_id, "since": at} for grid_id in move.receivers]
    await insert(HazardReceiver, *rows)
    return {"watcher_id": move.watcher_id, "interim_measure": move.interim or hazard.interim_measure}


async def _check_receivers(move: Move, hazard: HazardRow) -> None:
    """Receivers are the school, its offices, and the bureau above it: nobody sideways, no other school."""
    from portal.hazards.queries.choices import receiver_choices

    allowed = {choice.id for choice in await receiver_choices(hazard.path, hazard.org_id)}
    if not set(move.receivers) <= allowed:
        raise Invalid({"receivers": "hazard.need_receivers"})


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
        "closed_at": None, "outcome": None, "duplicate_of_id": None, "reopened": hazard.reopened + 1, "level": str(level),
        "after_photo_count": 0, "due_from": at, "due_at": due.at, "due_trace": trace_to_json(due.trace),
    }  # fmt: skip


Effect = Callable[[HazardRow, Move, Actor, datetime], Awaitable[Values]]
_EFFECTS: dict[tuple[Status, Status], Effect] = {
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


class _LastMove(NamedTuple):
    id: int
    kind: str
    details: str


async def undo_move(hazard_id: int, *, version: int, by: Actor) -> int:
    """Takes the last move back: by whoever made it, within ten seconds, while nothing else has happened (A7).

    It is a move of its own in the history, not an eraser: the card goes back to the column it came from.
    """
    import json

    async with unit_of_work():
        hazard = await hazard_to_change(hazard_id, by=by)
        last = await fetch_one(
            _LastMove,
            "SELECT id, kind, details FROM event WHERE subject_kind = 'hazard' AND subject_id = {} ORDER BY id DESC LIMIT 1",
            hazard_id,
        )
        if last is None:
            raise NotFound()
        facts = json.loads(last.details)
        at = now()
        ours = undoable(moved_by=hazard.last_moved_by, moved_at=hazard.last_moved_at, by=by.person_id, at=at)
        if last.kind != HazardMoved.kind or facts.get("undoes") or not ours:
            raise Refused("hazard.too_late_to_undo")
        if hazard.status == S.ESCALATED:
            await execute("UPDATE hazard_receiver SET until = {} WHERE hazard_id = {} AND until IS NULL", at, hazard_id)
        back: Values = {"status": facts["came_from"], "column_since": at, "last_event_at": at, "closed_at": None}
        if hazard.status == S.CLOSED:
            back |= {"outcome": None, "duplicate_of_id": None}
        if facts["came_from"] == S.CLOSED:
            back["closed_at"] = at
        new_version = await compare_and_set(Hazard, hazard_id, version=version, **back)
        details = HazardMoved(came_from=hazard.status, went_to=facts["came_from"], undoes=last.id)
        await record_event(details, org_id=hazard.org_id, subject_id=hazard_id, by=by)
    return new_version
