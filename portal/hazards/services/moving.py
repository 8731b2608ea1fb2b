"""The one verb that moves a card across the board, whoever asks: button, key, drag, job (A1)."""

from datetime import datetime
from typing import NamedTuple

from portal.audit.catalogue import HazardMoved
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, fetch_one, unit_of_work
from portal.core.refusals import Conflict
from portal.hazards.queries.cards import HazardRow, hazard_to_change
from portal.hazards.queries.limits import is_over_limit
from portal.hazards.rules import Facts, Level, Status, check_move
from portal.hazards.rules.standing import standing_of
from portal.hazards.services.arrows import EFFECTS, Move, Values
from portal.hazards.services.reporting import add_photos
from portal.hazards.services.snapshot import snapshot_of
from portal.hazards.tables import Hazard


def facts_of(hazard: HazardRow, *, is_over_limit: bool = False) -> Facts:
    """The card as the pure rule sees it."""
    return Facts(
        status=Status(hazard.status), level=Level(hazard.level) if hazard.level else None, is_listed=hazard.is_listed,
        has_interim=bool(hazard.interim_measure), after_photos=hazard.after_photo_count, is_over_limit=is_over_limit,
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
        facts = facts_of(hazard, is_over_limit=await is_over_limit(hazard, move.to))
        check_move(facts, move.to, who=standing_of(by, hazard), given=move.given())
        at = now()
        values = await EFFECTS[facts.status, move.to](hazard, move, by, at)
        try:
            version = await compare_and_set(Hazard, hazard_id, version=move.version, **_common(move, by, at), **values)
        except Conflict as conflict:
            raise await moved_meanwhile(hazard_id) from conflict
        await add_photos(hazard_id, move.photos, phase="after" if move.to is Status.RECHECK else "before", by=by)
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
        "SELECT h.status, p.name, h.last_moved_at, h.version FROM hazard h LEFT JOIN person p ON p.id = "
        "h.last_moved_by "
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
        "plan": move.plan_measure, "over_reason": move.over_reason, "before": snapshot_of(hazard, values),
    }  # fmt: skip
    written = {field: text for field, text in texts.items() if text}
    await record_event(details, org_id=hazard.org_id, subject_id=hazard.id, by=by, texts=written)


__all__ = ["Move", "facts_of", "move_hazard", "moved_meanwhile"]
