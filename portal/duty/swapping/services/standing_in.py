"""Somebody else does a shift at once, in an emergency (D10); or did, as is said afterwards (D17)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from portal.audit.catalogue import DutyCorrected, DutyTakenOver
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, insert, unit_of_work
from portal.core.refusals import Invalid, NotFound, Refused
from portal.duty.queries import SeenShift, shift_seen
from portal.duty.rules import LEADING, As, Book, Line, gains_by_leading, on_duty_at
from portal.duty.swapping.queries import Around, around_shift, duty_of, is_office, open_on_shift, swap_found
from portal.duty.swapping.rules import OPEN, no_fit, whose
from portal.duty.swapping.services.following import cancel_swap
from portal.duty.tables import DutyStandIn
from portal.grids.services import bump_rights
from portal.permissions.rules import Permission, scope

AHEAD = timedelta(hours=24)
"""A shift that begins later than this is given to somebody else in the book; nobody takes it over."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Who does it from now on, until when (None: to its end), and why."""

    person_id: int
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """Who it really was, why it differs from the book, and over which part (None: the whole shift)."""

    person_id: int
    reason: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


async def take_over(shift_id: int, change: TakeOver, *, by: Actor) -> int:
    """Puts somebody in at once, for what is left of a shift or until an hour; gives the stand-in's id.

    A shift that begins within a day is taken over from its begin. Done by whoever keeps the book; by the leader on duty
    for every lane but the leader's own: nobody on duty makes another one lead. Refused as well: somebody who is gone,
    is away or has no leading post, oneself where leading would give more rights, and whoever does it already.
    """
    async with unit_of_work():
        shift = await shift_to_stand_in(shift_id, by=by, permission=Permission.TAKEOVER_MAKE, lock=True)
        at = now()
        _check_open(shift, change, at)
        around = await around_shift(shift.org_id, shift.starts_at, shift.ends_at, at=at)
        _check_leading(shift, change.person_id, by=by)
        was = now_doing(shift, around, at)
        _check_person(shift, change.person_id, was, around, at)
        await _cancel_open(shift.id, by=by)
        starts = at if shift.starts_at <= at else None
        span = (starts or shift.starts_at, change.until or shift.ends_at)
        details = DutyTakenOver(
            person_id=change.person_id, was_person_id=was, starts_at=stamp(span[0]), ends_at=stamp(span[1])
        )
        await record_event(details, org_id=shift.org_id, subject_id=shift_id, by=by, texts={"reason": change.reason})
        return await _enter(
            shift, As.TAKEOVER, change.person_id, change.reason, by=by, starts_at=starts, ends_at=change.until
        )


async def correct_shift(shift_id: int, change: Correction, *, by: Actor) -> int:
    """Says who really did a shift that is over, with a reason; gives the stand-in's id.

    The row of the shift stays as it was (D17). Rights are asked for this instant, so that nobody gains any by it.
    Refused: a shift that is not over; a part that does not lie within it; whoever the book names already.
    """
    async with unit_of_work():
        shift = await shift_to_stand_in(shift_id, by=by, permission=Permission.CORRECTION_MAKE, lock=True)
        if shift.ends_at > now():
            raise Refused("duty.correction_too_early")
        if not change.reason:
            raise Invalid({"reason": "duty.swap_need_reason"})
        start, end = change.starts_at or shift.starts_at, change.ends_at or shift.ends_at
        if not shift.starts_at <= start < end <= shift.ends_at:
            raise Invalid({"from": "duty.correction_outside"})
        around = await around_shift(shift.org_id, shift.starts_at, shift.ends_at, at=shift.starts_at)
        if change.person_id not in around.staff.people:
            raise Invalid({"person": "duty.person_missing"})
        was = doing_at(shift, around.opened.book, start)
        details = DutyCorrected(
            person_id=change.person_id, was_person_id=was, starts_at=stamp(start), ends_at=stamp(end)
        )
        await record_event(details, org_id=shift.org_id, subject_id=shift_id, by=by, texts={"reason": change.reason})
        return await _enter(
            shift, As.CORRECTION, change.person_id, change.reason, by=by, starts_at=change.starts_at,
            ends_at=change.ends_at,
        )  # fmt: skip


async def shift_to_stand_in(shift_id: int, *, by: Actor, permission: Permission, lock: bool = False) -> SeenShift:
    """A shift in force where the actor has this right; any other one does not exist."""
    shift = await shift_seen(shift_id, by=by)
    if not scope(by, permission).holds(shift.path, shift.org_id):
        raise NotFound()
    if lock:
        await bump_rights(shift.org_id)
        shift = await shift_seen(shift_id, by=by)
    if shift.cancelled_at is not None:
        raise NotFound()
    return shift


def now_doing(shift: SeenShift, around: Around, at: datetime) -> int | None:
    """Who is on this shift now, or will be when it begins."""
    found = around.shift(shift.id)
    if found is not None and found.starts_at > at:
        return whose(around.opened.book, found)
    return doing_at(shift, around.opened.book, at)


def doing_at(shift: SeenShift, book: Book, at: datetime) -> int | None:
    """Who is on duty by this shift at an instant; None: nobody."""
    people = on_duty_at(book, Line(shift.area_id, shift.role), at=at)
    return next((one.person_id for one in people if one.shift_id == shift.id), None)


def as_planned(book: Book) -> Book:
    """The book without what was said of it afterwards."""
    planned = {shift: [one for one in rows if one.kind is not As.CORRECTION] for shift, rows in book.stand_ins.items()}
    return replace(book, stand_ins=planned)


def may_make_lead(shift: SeenShift, *, by: Actor) -> bool:
    """Whether the actor may put somebody else into this lane at all: the leader's is for whoever keeps the book."""
    return shift.line != LEADING or is_office(by, shift.path, shift.org_id)


def _check_open(shift: SeenShift, change: TakeOver, at: datetime) -> None:
    if shift.ends_at <= at:
        raise Refused("duty.takeover_is_over")
    if shift.starts_at > at + AHEAD:
        raise Refused("duty.takeover_too_early")
    if change.until is not None and not max(at, shift.starts_at) < change.until <= shift.ends_at:
        raise Invalid({"until": "duty.takeover_until"})


def _check_leading(shift: SeenShift, person_id: int, *, by: Actor) -> None:
    if not may_make_lead(shift, by=by):
        raise Refused("duty.takeover_leading")
    if shift.line == LEADING and person_id == by.person_id and gains_by_leading(by, shift.path):
        raise Refused("duty.not_yourself")


def _check_person(shift: SeenShift, person_id: int, was: int | None, around: Around, at: datetime) -> None:
    found = around.shift(shift.id)
    if found is None:
        raise NotFound()
    if person_id == was:
        raise Invalid({"person": "duty.takeover_same"})
    duty = duty_of(found, since=at)
    code = no_fit(person_id, duty, around.staff)
    if code is not None:
        raise Invalid({"person": code})
    if any(row.covers(duty.starts_at) for row in around.staff.terms.absences.get(person_id, ())):
        raise Invalid({"person": "duty.takeover_away"})


async def _cancel_open(shift_id: int, *, by: Actor) -> None:
    """What was still being asked about this shift asks nothing any more."""
    for swap_id in await open_on_shift(shift_id):
        found = await swap_found(swap_id)
        if found is not None and found.swap.state in OPEN:
            await cancel_swap(found, shift_id, why="taken", by=by)


async def _enter(
    shift: SeenShift, kind: As, person_id: int, reason: str, *, by: Actor, starts_at: datetime | None,
    ends_at: datetime | None,
) -> int:  # fmt: skip
    row = {
        "org_id": shift.org_id, "shift_id": shift.id, "person_id": person_id, "kind": str(kind),
        "starts_at": starts_at, "ends_at": ends_at, "reason": reason, "entered_at": now(), "entered_by": by.person_id,
    }  # fmt: skip
    [stand_in] = await insert(DutyStandIn, row)
    await execute("UPDATE duty_shift SET sequence = sequence + 1, version = version + 1 WHERE id = {}", shift.id)
    return stand_in
