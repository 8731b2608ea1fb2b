"""What is done with a swap that was asked: accepted, taken back, declined, approved, refused, withdrawn, undone.

A swap changes by compare-and-set: of fifty people who accept the same one, one does (TR14).
"""

from typing import Any

from portal.audit.catalogue import (
    Details,
    DutySwapAccepted,
    DutySwapApproved,
    DutySwapDeclined,
    DutySwapRefused,
    DutySwapUndone,
    DutySwapUntaken,
    DutySwapWithdrawn,
)
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, insert, unit_of_work
from portal.core.refusals import Conflict, Refused
from portal.duty.rules import As
from portal.duty.swapping.queries import Swapped, SwapRow, mover_of, swap_seen
from portal.duty.swapping.rules import Act, State, check_act, expiry, on_behalf_of, state_after
from portal.duty.swapping.services.checking import (
    against_swap,
    around_swap,
    check_fit,
    check_gain,
    check_last,
    check_theirs,
    givers,
    takers,
)
from portal.duty.swapping.services.following import end_stand_ins
from portal.duty.tables import DutyStandIn, DutySwap
from portal.grids.services import bump_rights


async def accept_swap(swap_id: int, *, version: int, by: Actor, person_id: int | None = None) -> int:
    """Somebody who is asked takes the shift; the office may say so for them (`person_id`). Gives the new version."""
    async with unit_of_work():
        found, person = await _swap_to_act(swap_id, Act.ACCEPT, version=version, by=by, person_id=person_id)
        row = found.row
        check_fit(person, row.gives, await around_swap(row))
        values: dict[str, Any] = {
            "to_person_id": person, "accepted_at": now(), "accepted_by": by.person_id,
            "expires_at": expiry(State.ACCEPTED, row.begins_at, urgent=row.is_urgent),
        }  # fmt: skip
        return await _set(found, State.ACCEPTED, DutySwapAccepted(person_id=person), by=by, **values)


async def untake_swap(swap_id: int, *, version: int, by: Actor, reason: str = "") -> int:
    """Takes the acceptance back, until it is approved; whoever else was asked may take it again."""
    async with unit_of_work():
        found, person = await _swap_to_act(swap_id, Act.UNTAKE, version=version, by=by)
        row, texts = found.row, {"reason": reason}
        values: dict[str, Any] = {
            "accepted_at": None, "accepted_by": None,
            "expires_at": expiry(State.ASKED, row.begins_at, urgent=row.is_urgent),
        }  # fmt: skip
        return await _set(found, State.ASKED, DutySwapUntaken(person_id=person), by=by, texts=texts, **values)


async def decline_swap(swap_id: int, *, version: int, by: Actor, person_id: int | None = None, reason: str = "") -> int:
    """Somebody who is asked will not do it. When nobody else is asked, the swap is refused."""
    async with unit_of_work():
        found, person = await _swap_to_act(swap_id, Act.DECLINE, version=version, by=by, person_id=person_id)
        after = state_after(found.swap, Act.DECLINE, person)
        await execute(
            "UPDATE duty_swap_offer SET declined_at = {}, answer = {} WHERE swap_id = {} AND person_id = {}",
            now(), reason, swap_id, person,
        )  # fmt: skip
        details = DutySwapDeclined(person_id=person, was_last=after is State.REFUSED)
        return await _set(found, after, details, by=by, texts={"reason": reason})


async def withdraw_swap(swap_id: int, *, version: int, by: Actor) -> int:
    """Whoever asked does not want it any more, until it is approved."""
    async with unit_of_work():
        found, _ = await _swap_to_act(swap_id, Act.WITHDRAW, version=version, by=by)
        details = DutySwapWithdrawn(was_accepted=found.swap.to_person is not None)
        return await _set(found, State.WITHDRAWN, details, by=by)


async def refuse_swap(swap_id: int, *, version: int, by: Actor, reason: str = "") -> int:
    """The office refuses it, with a reason."""
    async with unit_of_work():
        found, _ = await _swap_to_act(swap_id, Act.REFUSE, version=version, by=by)
        if not reason:
            raise Refused("duty.swap_need_reason")
        details = DutySwapRefused(person_id=found.swap.to_person)
        return await _set(found, State.REFUSED, details, by=by, texts={"reason": reason}, **_decided(reason, by))


async def approve_swap(swap_id: int, *, version: int, by: Actor, reason: str = "") -> int:
    """From now on the colleague does the shift, and in an exchange the other one does theirs.

    Everything is looked at once more: the shifts are still theirs, nobody is gone, nobody leads without a leading post
    or gains by approving. What else speaks against it wants a reason (`duty.swap_speaks_against`).
    """
    async with unit_of_work():
        found, _ = await _swap_to_act(swap_id, Act.APPROVE, version=version, by=by)
        row = found.row
        around = await around_swap(row)
        check_theirs(row, around)
        for person, duty in takers(row):
            check_fit(person, duty, around)
            check_gain(person, duty, row, by=by)
        speaks = against_swap(row, around)
        if speaks and not reason:
            raise Refused("duty.swap_speaks_against")
        fresh = await _set(
            found, State.APPROVED,
            DutySwapApproved(
                shift_id=row.shift_id, back_shift_id=row.back_shift_id, person_id=row.to_person_id,
                against=tuple(sorted({str(one.clash) for one in speaks})),
            ),
            by=by, texts={"reason": reason}, **_decided(reason, by),
        )  # fmt: skip
        await _stand_in(row, reason, by=by)
        return fresh


async def undo_swap(swap_id: int, *, version: int, by: Actor, reason: str = "") -> int:
    """The office takes an approved swap back, until its first shift begins; each does their own shift again."""
    async with unit_of_work():
        found, person = await _swap_to_act(swap_id, Act.UNDO, version=version, by=by)
        row = found.row
        await check_last(row)
        for giver, duty in givers(row):
            check_gain(giver, duty, row, by=by)
        await end_stand_ins(row.id, now())
        return await _set(found, State.UNDONE, DutySwapUndone(person_id=person), by=by, texts={"reason": reason})


async def _swap_to_act(
    swap_id: int, act: Act, *, version: int, by: Actor, person_id: int | None = None
) -> tuple[Swapped, int]:
    """The swap as it stands, if the act is legal; and for whom it is done.

    The school's book is locked before the swap is read for good: whoever changes the same book waits here, and rights
    turn with the shift. Somebody who was quicker is told of first: that the act is not legal any more follows from it.
    """
    await bump_rights((await swap_seen(swap_id, by=by)).row.org_id)
    found = await swap_seen(swap_id, by=by)
    if found.row.version != version:
        raise Conflict("duty.swap_beaten")
    mover = mover_of(by, found.row)
    check_act(found.swap, act, mover, now(), person_id=person_id)
    if person_id is not None:
        return found, person_id
    own = on_behalf_of(found.swap, act, mover)
    if act in (Act.ACCEPT, Act.DECLINE) and len(own) != 1:
        raise Refused("duty.swap_for_whom")
    return found, next(iter(own), found.row.to_person_id)


async def _set(
    found: Swapped, state: State, details: Details, *, by: Actor, texts: dict[str, str] | None = None, **values: Any
) -> int:
    row = found.row
    fresh = await compare_and_set(DutySwap, row.id, version=row.version, state=str(state), **values)
    await record_event(details, org_id=row.org_id, subject_id=row.id, by=by, texts=texts)
    return fresh


def _decided(reason: str, by: Actor) -> dict[str, Any]:
    return {"answer": reason, "decided_at": now(), "decided_by": by.person_id}


async def _stand_in(row: SwapRow, reason: str, *, by: Actor) -> None:
    at = now()
    await insert(
        DutyStandIn,
        *(
            {
                "org_id": row.org_id, "shift_id": duty.shift_id, "person_id": person, "kind": str(As.SWAP),
                "swap_id": row.id, "reason": reason, "entered_at": at, "entered_by": by.person_id,
            }
            for person, duty in takers(row)
        ),
    )  # fmt: skip
    for shift_id in filter(None, (row.shift_id, row.back_shift_id)):
        await execute("UPDATE duty_shift SET sequence = sequence + 1, version = version + 1 WHERE id = {}", shift_id)
