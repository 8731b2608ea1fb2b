"""Reports from outside: who is told that one waits, and who when nobody looks; what is forgotten in time (B2, B3)."""

from datetime import datetime, timedelta

from portal.audit.outbox import Claimed
from portal.contact_boards.queries.reports import overdue_reports
from portal.contact_boards.services import erase_phones, tidy_visits
from portal.core.clock import now
from portal.core.database import fetch_value
from portal.duty.queries import leader_at
from portal.permissions.rules import Role
from portal.reminders.services import remind, settle
from portal.responsibilities.queries import answering_for_offices
from portal.settings import Settings

SUBJECT = "public_report"
SAYS = {"public_report.not_fixed": "public_not_fixed", "public_report.plate_doubted": "plate_doubted"}
FIRST = (Role.SAFETY_OFFICER,)
ABOVE = (Role.PRINCIPAL, Role.VICE_HEAD, Role.SAFETY_OFFICER)
BUREAU_AFTER = timedelta(hours=20)
"""After this long without anybody looking the bureau is told too: a day after the report."""


async def tell_screeners(entry: Claimed) -> None:
    """Whoever leads now, and the safety office. When it was screened meanwhile, nobody."""
    assert entry.subject_id is not None
    waits = await fetch_value("SELECT state FROM public_report WHERE id = {}", entry.subject_id) == "waiting"
    if waits or entry.facts.get("reopened"):
        kind = SAYS.get(entry.kind, "public_waiting")
        people = await _first(entry.org_id, at=now())
        await remind(
            kind, people, org_id=entry.org_id, subject_kind=SUBJECT, subject_id=entry.subject_id,
            cycle=str(entry.event_id),
        )  # fmt: skip


async def settle_screening(entry: Claimed) -> None:
    """It was screened: nobody has to look any more."""
    assert entry.subject_id is not None
    await settle(SUBJECT, entry.subject_id)


async def _first(org_id: int, *, at: datetime) -> list[int]:
    leader = await leader_at(org_id, at=at)
    leads = [leader.leader_id] if leader and leader.leader_id else []
    return [*leads, *await answering_for_offices(org_id, FIRST, at=at)]


async def sweep_screening(_settings: Settings, _slot: datetime) -> int:
    """Tells the heads of what nobody has screened in time, and the bureau of what a day has not changed."""
    at, told = now(), 0
    for one in await overdue_reports(at=at):
        roles = (*ABOVE, Role.BUREAU_OFFICER) if at - one.screen_due_at >= BUREAU_AFTER else ABOVE
        people = [*await _first(one.org_id, at=at), *await answering_for_offices(one.org_id, roles, at=at)]
        cycle = f"{one.screen_due_at:%Y%m%d%H%M}"
        told += len(
            await remind(
                "public_overdue", people, org_id=one.org_id, subject_kind=SUBJECT, subject_id=one.id, cycle=cycle
            )
        )
    return told


async def forget(_settings: Settings, _slot: datetime) -> int:
    """Numbers of reporters whose cases are long over, and who did what how often yesterday."""
    return await erase_phones() + await tidy_visits()
