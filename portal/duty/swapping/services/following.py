"""What happens to swaps by itself: their time is up, or their shift is moved, given away or cancelled (D9)."""

from datetime import datetime

import structlog

from portal.audit.catalogue import DutySwapCancelled, DutySwapExpired, DutySwapKept
from portal.audit.services import record_event
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_value, unit_of_work
from portal.duty.swapping.queries import Swapped, open_on_shift, overdue_swaps, swap_found
from portal.duty.swapping.rules import OPEN, State, expiry, is_urgent
from portal.grids.services import bump_rights

log = structlog.get_logger(__name__)


async def expire_swaps(at: datetime) -> int:
    """Writes down of every open swap whose time is up that it has expired; gives how many. Twice changes nothing."""
    done = 0
    for swap_id in await overdue_swaps(at):
        async with unit_of_work():
            await bump_rights(await fetch_value("SELECT org_id FROM duty_swap WHERE id = {}", swap_id))
            done += await _expire(swap_id, at)
    return done


async def expire_of_shift(shift_id: int, at: datetime) -> None:
    """The same for the swaps of one shift, so that another one can be asked for. Belongs inside a unit that has locked
    the book."""
    for swap_id in await open_on_shift(shift_id):
        await _expire(swap_id, at)


async def _expire(swap_id: int, at: datetime) -> bool:
    found = await swap_found(swap_id)
    # The condition is asked again by the statement: somebody may just have accepted, and then it stands open longer.
    changed = await execute(
        "UPDATE duty_swap SET state = 'expired', version = version + 1 WHERE id = {} AND expires_at <= {} "
        "AND state IN ('asked', 'accepted') RETURNING id",
        swap_id, at,
    )  # fmt: skip
    if not changed or found is None:
        return False
    details = DutySwapExpired(was_accepted=found.swap.to_person is not None)
    await record_event(details, org_id=found.row.org_id, subject_id=swap_id, by=SYSTEM)
    return True


async def swaps_follow(shift_id: int, what: str, by: Actor) -> None:
    """A shift was `moved`, `given` to somebody else or `cancelled`: its swaps go with it, or are cancelled loudly.

    Called inside the unit of that change, which has locked the school's book first (`bump_rights`): whoever acts on a
    swap does so too, so that the two wait for each other and never for ever.
    """
    for swap_id in await open_on_shift(shift_id, approved=True):
        found = await swap_found(swap_id)
        if found is not None and found.swap.state in (*OPEN, State.APPROVED):
            if what == "moved":
                await _keep(found, shift_id, by=by)
            else:
                await cancel_swap(found, shift_id, why=what, by=by)


async def _keep(found: Swapped, shift_id: int, *, by: Actor) -> None:
    """Its stand-ins have no times of their own; only until when it stands open has to be said anew."""
    row, state = found.row, found.swap.state
    if row.ends_at <= now():
        return  # what is over is not news: a running shift that is cut short ends with its last minute
    urgent = is_urgent(row.begins_at, now())
    await execute(
        "UPDATE duty_swap SET is_urgent = {}, expires_at = {}, version = version + 1 WHERE id = {} AND state = {}",
        urgent, expiry(state, row.begins_at, urgent=urgent), row.id, str(state),
    )  # fmt: skip
    await record_event(DutySwapKept(shift_id=shift_id), org_id=row.org_id, subject_id=row.id, by=by)


async def cancel_swap(found: Swapped, shift_id: int, *, why: str, by: Actor) -> None:
    """Ends a swap because of its shift. Of an exchange the other shift goes back as well, if it has not begun."""
    row, state = found.row, found.swap.state
    changed = await execute(
        "UPDATE duty_swap SET state = 'cancelled', version = version + 1 WHERE id = {} AND state = {} RETURNING id",
        row.id, str(state),
    )  # fmt: skip
    if not changed:
        return
    if state is State.APPROVED:
        await end_stand_ins(row.id, now())
    details = DutySwapCancelled(shift_id=shift_id, why=why, was_approved=state is State.APPROVED)
    await record_event(details, org_id=row.org_id, subject_id=row.id, by=by)


async def end_stand_ins(swap_id: int, at: datetime) -> None:
    """Nobody stands in by this swap any more, in shifts that have not begun or were cancelled: what was, was."""
    await execute(
        "UPDATE duty_shift SET sequence = sequence + 1 WHERE cancelled_at IS NULL "
        "AND starts_at > {} AND id IN (SELECT shift_id FROM duty_stand_in WHERE swap_id = {} AND undone_at IS NULL)",
        at, swap_id,
    )  # fmt: skip
    await execute(
        "UPDATE duty_stand_in SET undone_at = {} WHERE swap_id = {} AND undone_at IS NULL AND shift_id IN "
        "(SELECT s.id FROM duty_shift s WHERE s.starts_at > {} OR s.cancelled_at IS NOT NULL)",
        at, swap_id, at,
    )  # fmt: skip
