"""Urging whoever answers for a card; saying that it is disputed whose it is; ruling it, once and for all (R50)."""

from datetime import datetime
from typing import NamedTuple

from portal.audit.catalogue import HazardDisputed, HazardRuled, HazardUrged
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now, start_of_day, today
from portal.core.database import compare_and_set, execute, fetch_one, fetch_value, insert, unit_of_work
from portal.core.refusals import Invalid, Refused
from portal.hazards.queries.cards import HazardRow, hazard_to_change
from portal.hazards.queries.choices import parts_of, post_may_help
from portal.hazards.rules.owning import may_dispute, may_rule, may_urge, wrong_reason
from portal.hazards.rules.standing import standing_of
from portal.hazards.services.parts import asked_for, end_parts, give_parts
from portal.hazards.tables import Hazard, HazardDispute
from portal.permissions.rules import Permission, holds_post, scope
from portal.responsibilities.rules import Mark
from portal.responsibilities.services.marking import Marking, set_mark


async def urge_hazard(hazard_id: int, *, by: Actor) -> None:
    """Urges whoever answers for the card; the same person at most once a day. It is no progress: nothing falls silent
    by it."""
    async with unit_of_work():
        hazard = await hazard_to_change(hazard_id, by=by)
        await execute("UPDATE hazard SET version = version WHERE id = {}", hazard_id)  # twice at once is once
        if not await urges(hazard, by=by, at=now()):
            raise Refused("hazard.not_to_urge")
        if await urged_today(hazard_id, by=by):
            raise Refused("hazard.urged_today")
        await record_event(HazardUrged(), org_id=hazard.org_id, subject_id=hazard_id, by=by)


async def urges(hazard: HazardRow, *, by: Actor, at: datetime) -> bool:
    """Whether this person may urge: by their standing, their part of the tree, or a mark of the matrix."""
    reach = scope(by, Permission.HAZARD_URGE).holds(hazard.path, hazard.org_id)
    parts = await parts_of(hazard.id, at=at) if hazard.marked else []
    marked = any(part.mark != Mark.INFORM and holds_post(by, part.post_id) for part in parts)
    return may_urge(hazard.status, who=standing_of(by, hazard), in_scope=reach, supervises=marked)


async def urged_today(hazard_id: int, *, by: Actor) -> bool:
    """Whether this person has urged this card today."""
    found = await fetch_value(
        "SELECT count(*) FROM event WHERE subject_kind = 'hazard' AND subject_id = {} AND kind = 'hazard.urged' "
        "AND actor_id = {} AND at >= {}",
        hazard_id, by.person_id, start_of_day(today()),
    )  # fmt: skip
    return bool(found)


async def dispute_hazard(hazard_id: int, *, version: int, reason: str, by: Actor) -> None:
    """Says that the card is not theirs, and why; whoever has it answers until the first responsible person rules."""
    if wrong := wrong_reason(reason, "hazard.need_dispute_reason"):
        raise Invalid({"dispute": wrong})
    async with unit_of_work():
        hazard = await hazard_to_change(hazard_id, by=by)
        if not may_dispute(hazard.status, is_disputed=hazard.is_disputed, who=standing_of(by, hazard)):
            raise Refused("hazard.not_to_dispute")
        at = now()
        await compare_and_set(Hazard, hazard_id, version=version, is_disputed=True, last_event_at=at)
        row = {"hazard_id": hazard_id, "reason": reason, "raised_at": at, "raised_by": by.person_id}
        await insert(HazardDispute, row)
        await record_event(
            HazardDisputed(), org_id=hazard.org_id, subject_id=hazard_id, by=by, texts={"reason": reason}
        )


class Dispute(NamedTuple):
    """A dispute that waits to be ruled."""

    id: int
    reason: str
    raised_at: datetime
    raised_by: int | None
    name: str | None


async def open_dispute(hazard_id: int) -> Dispute | None:
    """What somebody has said about whose the card is, until it is ruled."""
    return await fetch_one(
        Dispute,
        "SELECT d.id, d.reason, d.raised_at, d.raised_by, p.name FROM hazard_dispute d "
        "LEFT JOIN person p ON p.id = d.raised_by WHERE d.hazard_id = {} AND d.ruled_at IS NULL ORDER BY d.id LIMIT 1",
        hazard_id,
    )


async def rule_hazard(hazard_id: int, *, version: int, post_id: int, reason: str, for_school: bool, by: Actor) -> None:
    """Rules whose the card is: the ruling becomes a row of the matrix, and the card goes to that post (R50).

    The row holds for this kind of hazard in this place and below, or in the whole school.
    """
    async with unit_of_work():
        hazard = await hazard_to_change(hazard_id, by=by)
        is_first = scope(by, Permission.HAZARD_RULE).holds(hazard.path, hazard.org_id)
        if not may_rule(hazard.status, is_disputed=hazard.is_disputed, is_first=is_first):
            raise Refused("hazard.not_to_rule")
        at = now()
        await _check(hazard, post_id, reason, at)
        # Everybody of the school reads the matrix: of a sensitive card the reason stands on the card alone (B20).
        told = None if hazard.is_restricted else reason
        wants = Marking(duty=hazard.category or "", post_id=post_id, mark=Mark.MAIN, reason=told, ruled_on=hazard_id)
        row = await set_mark(hazard.org_id if for_school else hazard.grid_id, wants, by=by)
        values = {"is_disputed": False, "responsible_post_id": post_id, "responsible_person_id": None}
        await compare_and_set(Hazard, hazard_id, version=version, last_event_at=at, **values)
        await execute(
            "UPDATE hazard_dispute SET ruled_at = {}, ruled_by = {}, post_id = {}, responsibility_id = {} "
            "WHERE hazard_id = {} AND ruled_at IS NULL",
            at, by.person_id, post_id, row, hazard_id,
        )  # fmt: skip
        await _parts_anew(hazard, post_id, at)
        details = HazardRuled(responsible_post_id=post_id, responsibility_id=row)
        await record_event(details, org_id=hazard.org_id, subject_id=hazard_id, by=by, texts={"reason": reason})


async def _check(hazard: HazardRow, post_id: int, reason: str, at: datetime) -> None:
    wrong = wrong_reason(reason, "hazard.need_ruling_reason")
    errors = {"ruling": wrong} if wrong else {}
    if not await post_may_help(post_id, hazard.org_id, at=at):
        errors["owner"] = "hazard.need_responsible"
    if errors:
        raise Invalid(errors)


async def _parts_anew(hazard: HazardRow, post_id: int, at: datetime) -> None:
    """The matrix has another row: who assists, supervises and is told follows from it as it stands now."""
    asked = await asked_for(hazard, hazard.category or "", post_id=post_id, person_id=None, at=at)
    await end_parts(hazard.id, at)
    if asked is not None:
        await give_parts(hazard, asked, post_id=post_id, at=at)
