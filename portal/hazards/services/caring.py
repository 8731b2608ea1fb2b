"""What happens to a card between its moves: notes, interim measures, helpers, listing."""

from datetime import datetime
from typing import Any

from portal.audit.catalogue import HazardHelped, HazardListed, HazardNoted, HazardUnlisted
from portal.audit.services import record_event
from portal.audit.submissions import claim_submission, remember_submission
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch_value, insert, unit_of_work
from portal.core.refusals import Invalid, Refused
from portal.duty.queries import calendar_for
from portal.hazards.queries.cards import HazardRow, hazard_to_change
from portal.hazards.queries.choices import person_may_help, post_may_help
from portal.hazards.rules.owning import wrong_reason
from portal.hazards.rules.standing import standing_of, watches
from portal.hazards.rules.watch import next_check
from portal.hazards.tables import Hazard, HazardHelper, HazardListing
from portal.permissions.rules import Permission, scope


async def card_of(hazard_id: int, by: Actor) -> HazardRow:
    """The card, if the actor has something to do with it: answers for it, helps, receives, watches, or stands above."""
    hazard = await hazard_to_change(hazard_id, by=by)
    who = standing_of(by, hazard)
    if not (who.above or who.responsible or who.helper or who.receiver or who.supervises or watches(by, hazard)):
        raise Refused("hazard.not_yours")
    return hazard


async def card_to_comment(hazard_id: int, by: Actor) -> HazardRow:
    """The card, also for whoever looks after it without working on it: attached leaders, who supervises it (R20)."""
    hazard = await hazard_to_change(hazard_id, by=by)
    if hazard.marked or scope(by, Permission.HAZARD_URGE).holds(hazard.path, hazard.org_id):
        return hazard
    return await card_of(hazard_id, by)


async def note_hazard(hazard_id: int, text: str, *, by: Actor, key: str = "") -> None:
    """Writes a line into the card's story. Anybody who works on it or looks after it may; the same key twice is one
    line (TR6)."""
    if not text:
        raise Invalid({"note": "hazard.need_note"})
    async with unit_of_work():
        hazard = await card_to_comment(hazard_id, by)
        if key and await claim_submission(key, person_id=by.person_id) is not None:
            return
        await execute("UPDATE hazard SET last_event_at = {} WHERE id = {}", now(), hazard_id)
        await record_event(
            HazardNoted(fields=("note",)), org_id=hazard.org_id, subject_id=hazard_id, by=by, texts={"note": text}
        )
        if key:
            await remember_submission(key, str(hazard_id), person_id=by.person_id)


async def set_interim(
    hazard_id: int, text: str, *, version: int, by: Actor, due_at: datetime | None = None, watcher_id: int | None = None
) -> None:
    """Says how the danger is held back until it is fixed, by when, and who watches it meanwhile (B10, R64)."""
    if not text:
        raise Invalid({"interim_measure": "hazard.need_interim_measure"})
    async with unit_of_work():
        hazard = await card_of(hazard_id, by)
        watcher = watcher_id or hazard.watcher_id
        if watcher != hazard.watcher_id and not await person_may_help(watcher or 0, hazard.org_id, at=now()):
            raise Invalid({"watcher_own": "hazard.need_watcher"})
        values: dict[str, Any] = {"interim_measure": text, "interim_due_at": due_at, "last_event_at": now()}
        if watcher != hazard.watcher_id:  # a new watcher's days count from now
            planned = next_check(hazard.level, now(), await calendar_for(hazard.org_id))
            values |= {"watcher_id": watcher, "next_check_at": planned}
        await compare_and_set(Hazard, hazard_id, version=version, **values)
        details = HazardNoted(fields=("interim",) if watcher == hazard.watcher_id else ("interim", "watcher"))
        await record_event(details, org_id=hazard.org_id, subject_id=hazard_id, by=by, texts={"interim": text})


async def add_helper(hazard_id: int, *, by: Actor, person_id: int | None = None, post_id: int | None = None) -> None:
    """Somebody helps, or whoever holds a post may take it; the responsible or anybody above says so (A14)."""
    async with unit_of_work():
        hazard = await hazard_to_change(hazard_id, by=by)
        who = standing_of(by, hazard)
        if not (who.above or who.responsible):
            raise Refused("hazard.not_responsible", came_from=hazard.status, to=hazard.status)
        may_help = person_may_help if person_id else post_may_help
        table, wanted = ("person", person_id) if person_id else ("post", post_id or 0)
        if not await may_help(wanted, hazard.org_id, at=now()):
            raise Invalid({"helper": "hazard.need_helper"})
        # The card's row is the lock: the same helper sent twice at once is added once (TR6).
        await execute("UPDATE hazard SET last_event_at = {} WHERE id = {}", now(), hazard_id)
        known = f"SELECT id FROM hazard_helper WHERE hazard_id = {{}} AND {table}_id = {{}} AND ended_at IS NULL"
        if await fetch_value(known, hazard_id, wanted) is None:
            row = {"hazard_id": hazard_id, "person_id": person_id, "post_id": post_id, "added_at": now()}
            await insert(HazardHelper, row)
            await _record_helpers(hazard, by, person_id, post_id)


async def _record_helpers(hazard: HazardRow, by: Actor, person_id: int | None, post_id: int | None) -> None:
    details = HazardHelped(people=(person_id,) if person_id else (), posts=(post_id,) if post_id else ())
    await record_event(details, org_id=hazard.org_id, subject_id=hazard.id, by=by)


async def take_hazard(hazard_id: int, *, version: int, by: Actor) -> None:
    """A holder of the responsible or a helping post says "I take it" and becomes the one person who answers (A14)."""
    async with unit_of_work():
        hazard = await hazard_to_change(hazard_id, by=by)
        who = standing_of(by, hazard)
        if not (who.responsible or who.helper) or hazard.closed_at is not None:
            raise Refused("hazard.not_responsible", came_from=hazard.status, to=hazard.status)
        await compare_and_set(
            Hazard, hazard_id, version=version, responsible_person_id=by.person_id, last_event_at=now()
        )
        assert by.person_id is not None
        details = HazardHelped(people=(by.person_id,), posts=())
        await record_event(details, org_id=hazard.org_id, subject_id=hazard_id, by=by, texts={"note": ""})


async def list_hazard(hazard_id: int, *, version: int, supervisor_id: int, condition: str, by: Actor) -> None:
    """Lists a hazard for supervision (R65): from now on only its supervising leader closes it."""
    if not condition:
        raise Invalid({"condition": "hazard.need_condition"})
    async with unit_of_work():
        hazard = await hazard_to_change(hazard_id, by=by)
        if not scope(by, Permission.HAZARD_LIST).holds(hazard.path, hazard.org_id):
            raise Refused("hazard.not_head")
        if hazard.is_listed or hazard.closed_at is not None:
            raise Refused("hazard.listed_already")
        if not await person_may_help(supervisor_id, hazard.org_id, at=now()):
            raise Invalid({"supervisor": "hazard.need_supervisor"})
        at = now()
        await compare_and_set(
            Hazard, hazard_id, version=version, is_listed=True, supervisor_id=supervisor_id, last_event_at=at
        )
        row = {
            "hazard_id": hazard_id, "number": hazard.number, "supervisor_id": supervisor_id, "condition": condition,
            "listed_at": at, "listed_by": by.person_id,
        }  # fmt: skip
        await insert(HazardListing, row)
        details = HazardListed(supervisor_id=supervisor_id, number=hazard.number)
        await record_event(details, org_id=hazard.org_id, subject_id=hazard_id, by=by, texts={"condition": condition})


async def unlist_hazard(hazard_id: int, *, version: int, reason: str, by: Actor) -> None:
    """Takes a hazard off the list, by its supervising leader only, with the reason (R65)."""
    if wrong := wrong_reason(reason, "hazard.need_reason"):
        raise Invalid({"reason": wrong})
    async with unit_of_work():
        hazard = await hazard_to_change(hazard_id, by=by)
        if not hazard.is_listed or hazard.supervisor_id != by.person_id:
            raise Refused("hazard.needs_supervisor", came_from=hazard.status, to=hazard.status)
        at = now()
        await compare_and_set(Hazard, hazard_id, version=version, is_listed=False, supervisor_id=None, last_event_at=at)
        await execute(
            "UPDATE hazard_listing SET ended_at = {} WHERE hazard_id = {} AND ended_at IS NULL", at, hazard_id
        )
        details = HazardUnlisted(number=hazard.number)
        await record_event(details, org_id=hazard.org_id, subject_id=hazard_id, by=by, texts={"reason": reason})
