"""The watch: the leader is told of a post that nobody took over, and of a report after lights-out that is missing."""

from datetime import datetime

from portal.audit.outbox import Claimed
from portal.core.clock import local, now
from portal.core.database import unit_of_work
from portal.duty.queries import leader_at
from portal.duty.watching.queries import missing_reports, schools_awaiting_reports, schools_with_untaken, untaken
from portal.duty.watching.rules import TELL_AFTER
from portal.duty.watching.services import note_no_account, note_told
from portal.permissions.rules import Role
from portal.reminders.services import remind, settle
from portal.responsibilities.queries import answering_for_offices
from portal.settings import Settings

UNTAKEN = "duty_handover"
OFFICE = (Role.SAFETY_OFFICER, Role.PRINCIPAL)


async def sweep_untaken(_settings: Settings, _slot: datetime) -> int:
    """Tells the leader of every post that nobody took over within 15 minutes. Once each, whatever the clock does. Of
    whoever has no account to confirm with nobody is told: the log says so once."""
    at, told = now(), 0
    for org_id in await schools_with_untaken(at):
        for late in await untaken(org_id, at):
            if not late.can_confirm:
                await note_no_account(org_id, late, at=at)
                continue
            people = await _leading(org_id, at=late.starts_at + TELL_AFTER) if late.told_at is None else []
            if not people:
                continue  # nobody to tell: the next tick asks again
            async with unit_of_work():
                if await note_told(org_id, late, at=at):
                    await remind("duty_untaken", people, org_id=org_id, subject_kind=UNTAKEN, subject_id=late.shift_id)
                    told += 1
    return told


async def sweep_reports(_settings: Settings, _slot: datetime) -> int:
    """Tells whoever led then of each report after lights-out that is missing. The reminder's key says it once."""
    at, told = now(), 0
    for org_id in await schools_awaiting_reports(at):
        for zero in await missing_reports(org_id, at):
            people = await _leading(org_id, at=zero.told_at)
            kind, subject = _place(org_id, zero.area_id)
            told += len(
                await remind(
                    "zero_missing", people, org_id=org_id, subject_kind=kind, subject_id=subject,
                    cycle=f"{local(zero.starts_at):%Y%m%d%H%M}-{zero.role}",
                )
            )  # fmt: skip
    return told


async def _leading(org_id: int, *, at: datetime) -> list[int]:
    """Whoever leads at that instant, the same however often it is asked; where nobody does, the safety office."""
    leader = await leader_at(org_id, at=at)
    if leader is not None and leader.leader_id is not None:
        return [leader.leader_id]
    return await answering_for_offices(org_id, OFFICE, at=at)


async def settle_untaken(entry: Claimed) -> None:
    """Somebody is there: nobody need look any more."""
    assert entry.subject_id is not None
    await settle(UNTAKEN, entry.subject_id)


async def settle_report(entry: Claimed) -> None:
    """The report is there."""
    area = entry.facts.get("area_id")
    await settle(*_place(entry.org_id, area if isinstance(area, int) else None))


def _place(org_id: int, area_id: int | None) -> tuple[str, int]:
    """What a missing report is about: an area, or the school."""
    return ("duty_zero", area_id) if area_id is not None else ("duty_zero_school", org_id)
