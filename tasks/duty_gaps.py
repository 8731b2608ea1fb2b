"""Hours without anybody on duty: looked for by the clock, told until they are closed (D2).

The roster's owner is told once a day how many there are, the first responsible person of what begins within a day.
Nobody who is away is told: whoever answers for their office is.
"""

from datetime import datetime, time, timedelta

from portal.audit.outbox import Claimed
from portal.audit.rules import stamp
from portal.core.clock import local, now
from portal.core.database import after_commit
from portal.duty.gaps.queries import Looked, holes_of, looked_through, with_holes
from portal.duty.gaps.rules import to_tell
from portal.duty.gaps.services import look_through, look_through_stale
from portal.permissions.rules import Role
from portal.reminders.queries import told_of
from portal.reminders.services import remind, settle
from portal.responsibilities.queries import answering_for_offices
from portal.settings import Settings

SUBJECT, SOON = "duty_gaps", "duty_gap_soon"
OWNERS, FIRST = (Role.SAFETY_OFFICER,), (Role.PRINCIPAL,)
MORNING = time(7, 30)
PRESSES = timedelta(hours=24)
KEPT_UNREAD = timedelta(days=30)


async def sweep_gaps(_settings: Settings, _slot: datetime) -> int:
    """Looks through what has moved, then tells of what was found. Twice tells nobody twice."""
    await look_through_stale()
    return await _tell_owners(now()) + await _tell_first(now())


async def _tell_owners(at: datetime) -> int:
    """One reminder a day for each school with a hole ahead; where the last one is closed, it need not be read."""
    before = await told_of(SUBJECT, since=at - KEPT_UNREAD)
    unread = {one.subject_id for one in before if one.read_at is None}
    told_today = {one.subject_id for one in before if local(one.made_at).date() == local(at).date()}
    told = 0
    for one in await looked_through():
        if not one.gaps and one.org_id in unread:
            await settle(SUBJECT, one.org_id)
        elif one.gaps and one.org_id not in told_today and local(at).time() >= MORNING:
            told += await _tell_owner(one, at)
    return told


async def _tell_owner(one: Looked, at: datetime) -> int:
    holes = await holes_of(one.org_id, after=at)
    people = await answering_for_offices(one.org_id, OWNERS, at=at) if holes else []
    params = {"gaps": one.gaps, "first_at": stamp(holes[0].starts_at)} if holes else {}
    written = await remind(
        SUBJECT, people, org_id=one.org_id, subject_kind=SUBJECT, subject_id=one.org_id,
        cycle=f"{local(at):%Y%m%d}", params=params,
    )  # fmt: skip
    return len(written)


async def _tell_first(at: datetime) -> int:
    """Of a hole that nobody fills and that begins within a day; each beginning once."""
    told = 0
    for org_id in await with_holes(at, within=PRESSES, only_missing=True):
        holes = [one for one in await holes_of(org_id, after=at, before=at + PRESSES) if one.missing]
        before = await told_of(SOON, org_id=org_id, since=at - timedelta(days=200))
        hole = to_tell(holes, [(datetime.fromtimestamp(int(one.cycle), at.tzinfo), one.made_at) for one in before], at)
        if hole is not None:
            told += len(
                await remind(
                    SOON, await answering_for_offices(org_id, FIRST, at=at), org_id=org_id, subject_kind=SOON,
                    subject_id=org_id, cycle=f"{hole.starts_at.timestamp():.0f}",
                    params={"first_at": stamp(hole.starts_at)},
                )
            )  # fmt: skip
    return told


async def look_again(entry: Claimed) -> None:
    """The book has moved: looked through as soon as this entry is committed."""

    async def look() -> None:
        await look_through(entry.org_id)

    after_commit(look)
