"""Taking a move back: a move of its own in the history, not an eraser (A7)."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from portal.audit.catalogue import HazardMoved
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch_one, unit_of_work
from portal.core.refusals import Conflict, Refused
from portal.hazards.queries.cards import HazardRow, hazard_to_change
from portal.hazards.rules import Status, undoable
from portal.hazards.services.moving import moved_meanwhile
from portal.hazards.services.parts import end_parts
from portal.hazards.services.snapshot import restored
from portal.hazards.tables import Hazard


class _LastMove(NamedTuple):
    id: int
    kind: str
    details: str
    before: str | None


_LAST = (
    "SELECT e.id, e.kind, e.details, t.body FROM event e "
    "LEFT JOIN event_text t ON t.event_id = e.id AND t.field = 'before' "
    "WHERE e.subject_kind = 'hazard' AND e.subject_id = {} ORDER BY e.id DESC LIMIT 1"
)


async def undo_move(hazard_id: int, *, version: int, by: Actor) -> int:
    """Takes the last move back: by whoever made it, within ten seconds, while nothing else has happened (A7).

    The card goes back to the column that it came from, with the values that the move had overwritten; photos and
    helpers that came meanwhile stay. Gives the card's new version.
    """
    async with unit_of_work():
        hazard = await hazard_to_change(hazard_id, by=by)
        if hazard.version != version:
            raise await moved_meanwhile(hazard_id)
        last, facts = await _last_move(hazard, by)
        came_from, at = str(facts["came_from"]), now()
        await _undo_beside(hazard, came_from, at)
        back: dict[str, Any] = restored(last.before or "{}")
        back |= {"status": came_from, "column_since": at, "last_event_at": at}
        try:
            new_version = await compare_and_set(Hazard, hazard_id, version=version, **back)
        except Conflict as conflict:
            raise await moved_meanwhile(hazard_id) from conflict
        details = HazardMoved(came_from=hazard.status, went_to=came_from, undoes=last.id)
        await record_event(details, org_id=hazard.org_id, subject_id=hazard_id, by=by)
    return new_version


async def _last_move(hazard: HazardRow, by: Actor) -> tuple[_LastMove, dict[str, Any]]:
    last = await fetch_one(_LastMove, _LAST, hazard.id)
    facts = json.loads(last.details) if last else {}
    ours = undoable(moved_by=hazard.last_moved_by, moved_at=hazard.last_moved_at, by=by.person_id, at=now())
    if last is None or last.kind != HazardMoved.kind or facts.get("undoes") or not ours:
        raise Refused("hazard.too_late_to_undo")
    return last, facts


async def _undo_beside(hazard: HazardRow, came_from: str, at: datetime) -> None:
    """What a move wrote beside the card: where it was escalated to, and the end of a listing."""
    if came_from == Status.REPORTED:
        await end_parts(hazard.id, at)
    if hazard.status == Status.ESCALATED:
        await execute("UPDATE hazard_receiver SET until = {} WHERE hazard_id = {} AND until IS NULL", at, hazard.id)
    elif came_from == Status.ESCALATED:
        sql = "UPDATE hazard_receiver SET until = NULL WHERE hazard_id = {} AND until = {}"
        await execute(sql, hazard.id, hazard.last_moved_at)
    elif hazard.status == Status.CLOSED:
        sql = "UPDATE hazard_listing SET ended_at = NULL WHERE hazard_id = {} AND ended_at = {}"
        await execute(sql, hazard.id, hazard.last_moved_at)
