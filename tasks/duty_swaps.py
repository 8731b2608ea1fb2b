"""Swaps and take-overs of duty: who is told of each step, and what the clock writes down when a time is up (D8–D10)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from portal.audit.outbox import Claimed
from portal.core.clock import now
from portal.duty.queries import book_of, leader_at
from portal.duty.rules import on_duty_at
from portal.duty.swapping.queries import Swapped, swap_found
from portal.duty.swapping.rules import State
from portal.duty.swapping.services import expire_swaps
from portal.permissions.rules import Role
from portal.reminders.services import remind, settle
from portal.responsibilities.queries import answering_for_offices
from portal.settings import Settings

SWAP, SHIFT = "duty_swap", "duty"
GUARD = "guard"
OFFICE_ROLES = (Role.SAFETY_OFFICER,)


class Who(StrEnum):
    """To whom a step speaks."""

    GIVER = "giver"
    TAKER = "taker"
    ASKED = "asked"  # those who are still asked, and whoever took it
    OFFICE = "office"
    GATE = "gate"  # whoever is at the gate now, and when the shift begins


Steps = tuple[tuple[str, tuple[Who, ...]], ...]
BOTH = (Who.GIVER, Who.TAKER)
TOLD: dict[str, Steps] = {
    "duty.swap_asked": (("swap_asked", (Who.ASKED,)),),
    "duty.swap_accepted": (("swap_accepted", (Who.GIVER,)), ("swap_to_approve", (Who.OFFICE,))),
    "duty.swap_untaken": (("swap_untaken", (Who.GIVER,)), ("swap_asked", (Who.ASKED,))),
    "duty.swap_declined": (("swap_refused", (Who.GIVER,)),),
    "duty.swap_refused": (("swap_refused", BOTH),),
    "duty.swap_approved": (("swap_approved", BOTH), ("swap_gate", (Who.GATE,))),
    "duty.swap_withdrawn": (("swap_withdrawn", (Who.GIVER, Who.ASKED)),),
    "duty.swap_undone": (("swap_undone", BOTH), ("swap_gate", (Who.GATE,))),
    "duty.swap_expired": (("swap_expired", (Who.GIVER, Who.ASKED, Who.OFFICE)),),
    "duty.swap_cancelled": (("swap_cancelled", (Who.GIVER, Who.ASKED, Who.OFFICE)), ("swap_gate", (Who.GATE,))),
    "duty.swap_kept": (("swap_moved", (Who.GIVER, Who.ASKED)),),
}
"""What each step tells, and to whom; never to whoever did it."""
STILL = {
    "duty.swap_asked": State.ASKED,
    "duty.swap_accepted": State.ACCEPTED,
    "duty.swap_untaken": State.ASKED,
    "duty.swap_approved": State.APPROVED,
}
"""A step that is handled late says nothing when the swap has gone on meanwhile: the next step speaks."""
URGENT = frozenset({"swap_asked", "swap_to_approve"})


async def tell_of_swap(entry: Claimed) -> None:
    """Whoever a step of a swap concerns. What earlier steps asked of anybody need not be read any more."""
    assert entry.subject_id is not None
    found, facts = await swap_found(entry.subject_id), entry.facts
    if found is None or facts.get("was_last") is False:
        return
    if found.swap.state is not STILL.get(entry.kind, found.swap.state):
        return
    await settle(SWAP, found.row.id)
    told = {entry.actor_id}
    for kind, groups in TOLD[entry.kind]:
        if kind == "swap_gate" and facts.get("was_approved") is False:
            continue
        people = [person for who in groups for person in await _people(who, found, facts) if person not in told]
        told |= set(people)
        urgent = kind in URGENT and found.row.is_urgent
        await remind(
            f"{kind}_urgent" if urgent else kind, people, org_id=entry.org_id, subject_kind=SWAP,
            subject_id=found.row.id, cycle=str(entry.event_id),
        )  # fmt: skip


async def _people(who: Who, found: Swapped, facts: dict[str, object]) -> list[int]:
    row, swap = found.row, found.swap
    taken = [] if row.accepted_at is None else [row.to_person_id]
    if who is Who.GIVER:
        return [row.from_person_id]
    if who is Who.TAKER:
        return taken
    if who is Who.ASKED:
        return taken or sorted(swap.offered - {facts.get("person_id")})
    if who is Who.OFFICE:
        return await _office(row.org_id, facts, urgent=row.is_urgent)
    return await _at_the_gate(row.org_id, (now(), row.starts_at))


async def _office(org_id: int, facts: dict[str, object], *, urgent: bool) -> list[int]:
    """Whoever answers for the safety office; where it is urgent the leader on duty as well. Of what nobody had accepted
    the office never heard."""
    if facts.get("was_accepted") is False or facts.get("was_approved") is False:
        return []
    leader = await leader_at(org_id, at=now()) if urgent else None
    return [*await answering_for_offices(org_id, OFFICE_ROLES, at=now()), *_one(leader and leader.leader_id)]


async def _at_the_gate(org_id: int, moments: Iterable[datetime]) -> list[int]:
    found: list[int] = []
    for at in moments:
        book = (await book_of(org_id, at, at + timedelta(minutes=1))).book
        gates = [line for line in book.lines if line.role == GUARD]
        found += [one.person_id for line in gates for one in on_duty_at(book, line, at=at)]
    return found


async def tell_of_takeover(entry: Claimed) -> None:
    """Whoever takes over, whoever is relieved, the leader and the gate."""
    facts, org_id = entry.facts, entry.org_id
    leader = await leader_at(org_id, at=now())
    gate = await _at_the_gate(org_id, (now(),))
    new, was = _one(facts["person_id"]), _one(facts["was_person_id"])
    rest = [one for one in (*_one(leader and leader.leader_id), *gate) if one not in (*new, *was)]
    for kind, people in (("taken_over", new), ("relieved", was), ("takeover_told", rest)):
        await _tell_of_shift(entry, kind, people)


async def tell_of_correction(entry: Claimed) -> None:
    """Both whom it concerns: who it was, and who the book said it was."""
    await _tell_of_shift(
        entry, "duty_corrected", [*_one(entry.facts["person_id"]), *_one(entry.facts["was_person_id"])]
    )


async def _tell_of_shift(entry: Claimed, kind: str, people: Iterable[int]) -> None:
    assert entry.subject_id is not None
    await remind(
        kind, [one for one in people if one != entry.actor_id], org_id=entry.org_id, subject_kind=SHIFT,
        subject_id=entry.subject_id, cycle=str(entry.event_id),
    )  # fmt: skip


def _one(person: object) -> list[int]:
    return [person] if isinstance(person, int) else []


async def sweep_swaps(_settings: Settings, _slot: datetime) -> int:
    """Writes down of each open swap whose time is up that it has expired. Twice changes nothing."""
    return await expire_swaps(now())
