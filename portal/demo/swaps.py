"""The demonstration's swaps: one that is asked, one that waits for the office, one that is agreed."""

from collections.abc import Iterator
from datetime import timedelta

from portal.core.actors import Actor
from portal.core.clock import now
from portal.duty.rules import LEADING, Shift
from portal.duty.swapping.queries import Around, around_shift, duty_of
from portal.duty.swapping.rules import offers
from portal.duty.swapping.services import Ask, accept_swap, approve_swap, ask_swap
from portal.permissions.queries import actor_for

FROM, TO = timedelta(days=2), timedelta(days=6)
STEPS = ("asked", "accepted", "approved")


async def make_swaps(school_id: int, office_id: int) -> None:
    """Three swaps of teachers in the days to come, with whoever is free and knows the work."""
    at = now()
    around = await around_shift(school_id, at + FROM, at + TO, at=at)
    office = await actor_for(office_id, at=at)
    for step, shift in zip(STEPS, _shifts(around), strict=False):
        giver = around.whose(shift.id)
        free = [one for one in offers(duty_of(shift), around.duties, around.staff, but=(giver,)) if not one.against]
        asks = await actor_for(giver, at=at) if giver else None
        takes = await actor_for(free[0].person.id, at=at) if free else None
        if asks is not None and takes is not None and office is not None:
            await _make(shift, step, asks, takes, office)


async def _make(shift: Shift, step: str, asks: Actor, takes: Actor, office: Actor) -> None:
    assert takes.person_id is not None
    swap = await ask_swap(shift.id, Ask((takes.person_id,), None, "孩子开家长会"), by=asks)
    if step != "asked":
        await accept_swap(swap, version=1, by=takes)
    if step == "approved":
        await approve_swap(swap, version=2, by=office)


def _shifts(around: Around) -> Iterator[Shift]:
    """Shifts of different people, in order of time."""
    seen: set[int | None] = set()
    begin = now() + FROM
    for shift in sorted(around.shifts, key=lambda one: (one.starts_at, one.id)):
        giver = around.whose(shift.id)
        if shift.line != LEADING and shift.starts_at > begin and giver not in seen:
            seen.add(giver)
            yield shift
