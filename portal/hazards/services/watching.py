"""A danger that waits is looked at (R64), and a due time is moved with a reason (B12)."""

from datetime import datetime

from portal.audit.catalogue import HazardChecked, HazardDueMoved
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, unit_of_work
from portal.core.refusals import Invalid, Refused
from portal.duty.queries import calendar_for
from portal.duty.rules import due_by_hand, trace_to_json
from portal.hazards.queries.cards import hazard_to_change
from portal.hazards.rules.dues import DueFacts, check_due, policy_limit
from portal.hazards.rules.standing import standing_of
from portal.hazards.rules.watch import is_watched, next_check
from portal.hazards.services.caring import card_of
from portal.hazards.tables import Hazard


async def check_hazard(
    hazard_id: int, text: str, *, version: int, by: Actor, next_at: datetime | None = None
) -> datetime:
    """The watcher has looked and says in one line how it stands; gives when they look next.

    A day of one's own may be sooner than the rule's, never later.
    """
    async with unit_of_work():
        hazard = await card_of(hazard_id, by)
        if not is_watched(hazard.status, hazard.watcher_id, has_interim=bool(hazard.interim_measure)):
            raise Refused("hazard.not_watched")
        at = now()
        latest = next_check(hazard.level, at, await calendar_for(hazard.org_id))
        wrong = {} if text else {"check": "hazard.need_check"}
        if next_at is not None and not at < next_at <= latest:
            wrong["next_check"] = "hazard.check_too_late" if next_at > latest else "hazard.check_is_past"
        if wrong:
            raise Invalid(wrong)
        planned = next_at or latest
        await compare_and_set(Hazard, hazard_id, version=version, next_check_at=planned, last_event_at=at)
        details = HazardChecked(next_check=stamp(planned))
        await record_event(details, org_id=hazard.org_id, subject_id=hazard_id, by=by, texts={"check": text})
    return planned


async def move_due(hazard_id: int, new: datetime | None, reason: str, *, version: int, by: Actor) -> None:
    """Gives a card another due time, with the reason; the old and the new one stand in its history (B12).

    Steps of the plan that are counted back move along by themselves.
    """
    async with unit_of_work():
        hazard = await hazard_to_change(hazard_id, by=by)
        limit = policy_limit(hazard.level, hazard.due_from, await calendar_for(hazard.org_id))
        facts = DueFacts(hazard.due_at, hazard.level, is_open=hazard.closed_at is None, limit=limit)
        check_due(facts, new, reason, who=standing_of(by, hazard), at=now())
        assert new is not None and hazard.due_at is not None
        due = due_by_hand(new, reason)
        await compare_and_set(
            Hazard, hazard_id, version=version, due_at=due.at, due_trace=trace_to_json(due.trace),
            due_moves=hazard.due_moves + 1, last_event_at=now(),
        )  # fmt: skip
        # A step with a date of its own does not end after the end.
        await execute(
            "UPDATE hazard_step SET due_at = {} WHERE hazard_id = {} AND done_at IS NULL AND due_at > {}",
            due.at, hazard_id, due.at,
        )  # fmt: skip
        details = HazardDueMoved(was=stamp(hazard.due_at), now=stamp(due.at))
        await record_event(details, org_id=hazard.org_id, subject_id=hazard_id, by=by, texts={"reason": reason})
