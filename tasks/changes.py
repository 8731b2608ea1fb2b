"""Changes of personnel: what the clock writes down after the fact, and who is told of what is not finished (E9, E10).

Nobody's rights or duties wait for this. A sheet that is not finished on working days 5, 7 and 15 climbs; a post that a
change left vacant is told to the next above at once, and climbs the same way.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from portal.changes.queries.due import DueSheet, Vacant, due_sheets, vacant_posts
from portal.changes.services import settle_changes
from portal.core.clock import now
from portal.duty.queries import calendar_for
from portal.duty.rules import add_workdays
from portal.permissions.rules import Role
from portal.reminders.services import remind
from portal.responsibilities.queries import answering_for_offices
from portal.settings import Settings


class Step(NamedTuple):
    """After so many working days these are told, besides whoever was told before."""

    days: int
    roles: tuple[Role, ...]


STEPS = (
    Step(0, ()),
    Step(5, (Role.SAFETY_OFFICER,)),
    Step(7, (Role.SAFETY_OFFICER, Role.PRINCIPAL)),
    Step(15, (Role.SAFETY_OFFICER, Role.PRINCIPAL, Role.BUREAU_OFFICER)),
)


async def sweep_changes(_settings: Settings, _slot: datetime) -> int:
    """Settles what has taken effect; tells of sheets and vacancies, the newest step only. Twice tells nobody twice."""
    at = now()
    told = await settle_changes()
    for sheet in await due_sheets(at=at):
        told += await _tell("handover", sheet, sheet.people, at)
    for post in await vacant_posts(at=at):
        told += await _tell("vacant_post", post, post.people, at)
    return told


async def _tell(kind: str, about: DueSheet | Vacant, people: Iterable[int], at: datetime) -> int:
    calendar = await calendar_for(about.org_id)
    due = [step for step in STEPS if add_workdays(about.due_at, step.days, calendar) <= at]
    if not due:
        return 0
    step = due[-1]
    roles = step.roles if step.days or kind != "vacant_post" else (Role.SAFETY_OFFICER,)
    more = await answering_for_offices(about.org_id, roles, at=at)
    written = await remind(
        f"{kind}_{step.days}", [*people, *more], org_id=about.org_id, subject_kind=about.subject_kind,
        subject_id=about.subject_id, cycle=f"{about.due_at:%Y%m%d}",
    )  # fmt: skip
    return len(written)
