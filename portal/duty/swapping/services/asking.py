"""Asking colleagues to do a shift: one of them, several of whom the first takes it, or one in exchange (D8)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from portal.audit.catalogue import DutySwapAsked
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch_value, insert, unit_of_work
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.duty.queries import SeenShift, shift_seen
from portal.duty.rules import Duty
from portal.duty.swapping.queries import WEEKS_AHEAD, Around, around_shift, is_office, open_on_shift
from portal.duty.swapping.rules import MOST_ASKED, State, expiry, fitting, is_urgent, no_fit, offers
from portal.duty.swapping.services.following import expire_of_shift
from portal.duty.tables import DutySwapOffer
from portal.grids.services import bump_rights


@dataclass(frozen=True, slots=True)
class Ask:
    """Who is asked, which shift of theirs is done in return, and why. With a shift in return, nobody named means
    whoever is to do that one. `everyone`: all whom nothing speaks against and who do such shifts; the first who
    accepts does it."""

    people: tuple[int, ...]
    back_shift_id: int | None = None
    reason: str = ""
    everyone: bool = False


async def ask_swap(shift_id: int, ask: Ask, *, by: Actor) -> int:
    """Asks colleagues to do a shift that is the actor's, or as the office anybody's; gives the swap's id.

    Refused: a shift that has begun; somebody who can never do it (gone, no leading post for the leader's lane); a shift
    that is in another swap already (`Conflict`); in an exchange a shift that is not the colleague's. What else speaks
    against a colleague is told where they are chosen, and again when it is approved.
    """
    async with unit_of_work():
        await bump_rights((await shift_to_give(shift_id, by=by)).org_id)  # whoever changes the same book waits here
        shift, at = await shift_to_give(shift_id, by=by), now()
        back = await shift_to_give(ask.back_shift_id, by=by, whole=True) if ask.back_shift_id else None
        shifts = [shift, back] if back else [shift]
        wide = [at, at + WEEKS_AHEAD] if ask.everyone else []  # who does such duties at all
        edges = [edge for one in shifts for edge in (one.starts_at, one.ends_at)] + wide
        around = await around_shift(shift.org_id, min(edges), max(edges), at=at)
        giver = whose_to_give(shift, around, by=by)
        if back is not None and not ask.people:
            ask = replace(ask, people=tuple(filter(None, (around.whose(back.id),))))
        if back is None and ask.everyone:
            found = offers(duty_seen(shift), around.duties, around.staff, but=(giver,))
            ask = replace(ask, people=fitting(found, shift.line))
        if any(one.starts_at <= at for one in shifts):
            raise Refused("duty.swap_too_late")
        if ask.everyone and not ask.people:
            raise Invalid({"people": "duty.swap_nobody_fits"})
        _check_people(shift, back, giver, tuple(dict.fromkeys(ask.people)), around)
        await _check_free(shifts, at)
        return await _enter(shift, back, giver, ask, at, by=by)


async def shift_to_give(shift_id: int, *, by: Actor, whole: bool = False) -> SeenShift:
    """A shift in force that the actor may see; `whole` says that it is only spoken of."""
    shift = await shift_seen(shift_id, by=by)
    if shift.cancelled_at is not None:
        raise Refused("duty.swap_no_shift") if whole else NotFound()
    return shift


def whose_to_give(shift: SeenShift, around: Around, *, by: Actor) -> int:
    """Who gives it away. Somebody else's shift does not exist here for whoever does not keep the book."""
    giver = around.whose(shift.id)
    if not is_office(by, shift.path, shift.org_id) and (giver is None or giver != by.person_id):
        raise NotFound()
    if giver is None:
        raise Refused("duty.swap_nobodys")
    return giver


def duty_seen(shift: SeenShift) -> Duty:
    """A shift as time on duty."""
    return Duty(shift.starts_at, shift.ends_at, shift.line, shift.id)


def _check_people(
    shift: SeenShift, back: SeenShift | None, giver: int, people: tuple[int, ...], around: Around
) -> None:
    if not people:
        raise Invalid({"people": "duty.swap_nobody_chosen"})
    if len(people) > MOST_ASKED:
        raise Refused("duty.swap_too_many", most=MOST_ASKED)
    if giver in people:
        raise Refused("duty.swap_with_oneself")
    if back is not None and (back.org_id != shift.org_id or people != (around.whose(back.id),)):
        raise Refused("duty.swap_not_theirs")
    wanted = [(one, duty_seen(shift)) for one in people] + ([(giver, duty_seen(back))] if back else [])
    for person, duty in wanted:
        code = no_fit(person, duty, around.staff)
        if code is not None:
            raise Refused(code)


async def _check_free(shifts: Sequence[SeenShift], at: datetime) -> None:
    for one in shifts:
        await expire_of_shift(one.id, at)
        if await open_on_shift(one.id):
            raise Conflict("duty.swap_open_already")


async def _enter(shift: SeenShift, back: SeenShift | None, giver: int, ask: Ask, at: datetime, *, by: Actor) -> int:
    people = tuple(dict.fromkeys(ask.people))
    begins = min(shift.starts_at, back.starts_at) if back else shift.starts_at
    urgent = is_urgent(begins, at)
    # Somebody may ask about the same shift at this very instant: the unique index lets one of them through.
    swap_id = await fetch_value(
        "INSERT INTO duty_swap (org_id, shift_id, back_shift_id, from_person_id, to_person_id, state, is_urgent, "
        "reason, answer, asked_at, asked_by, expires_at, version) "
        "VALUES ({}, {}, {}, {}, {}, 'asked', {}, {}, '', {}, {}, {}, 1) ON CONFLICT DO NOTHING RETURNING id",
        shift.org_id, shift.id, back.id if back else None, giver, people[0], urgent, ask.reason, at, by.person_id,
        expiry(State.ASKED, begins, urgent=urgent),
    )  # fmt: skip
    if swap_id is None:
        raise Conflict("duty.swap_open_already")
    await insert(DutySwapOffer, *({"swap_id": swap_id, "person_id": one} for one in people))
    details = DutySwapAsked(
        shift_id=shift.id, back_shift_id=back.id if back else None, for_id=giver, people=people, is_urgent=urgent
    )
    await record_event(details, org_id=shift.org_id, subject_id=swap_id, by=by, texts={"reason": ask.reason})
    return int(swap_id)
