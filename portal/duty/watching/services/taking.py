"""A shift is taken over by whoever comes and signed off by whoever goes; each once, whatever phones do (D11)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from portal.audit.catalogue import DutyShiftSigned, DutyShiftTaken, DutyUntakenTold
from portal.audit.services import record_event
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import fetch_one, fetch_value, unit_of_work
from portal.core.refusals import Conflict, Refused
from portal.duty.queries import SeenShift
from portal.duty.rules import Shift
from portal.duty.watching.queries import Untaken, Watched, shift_to_watch, watched_between
from portal.duty.watching.rules import Kind, WrittenAs, before, check_sign, check_take
from portal.duty.watching.services.adding import add_to_log
from portal.permissions.rules import Permission

AROUND = timedelta(hours=26)
THERE = "SELECT id FROM duty_handover WHERE shift_id = {} AND person_id = {} AND taken_at IS NOT NULL"
TAKEN = (
    "INSERT INTO duty_handover (org_id, shift_id, out_shift_id, person_id, keys, visitors, note, taken_at, version) "
    "VALUES ({}, {}, {}, {}, '', '', '', {}, 1) ON CONFLICT (shift_id) DO UPDATE SET taken_at = excluded.taken_at, "
    "person_id = excluded.person_id, out_shift_id = excluded.out_shift_id, version = duty_handover.version + 1 "
    "WHERE duty_handover.taken_at IS NULL OR duty_handover.person_id <> excluded.person_id RETURNING id"
)
SIGNED = (
    "INSERT INTO duty_handover (org_id, shift_id, person_id, keys, visitors, note, out_person_id, signed_at, version) "
    "VALUES ({}, {}, {}, {}, {}, {}, {}, {}, 1) ON CONFLICT (shift_id) DO UPDATE SET keys = excluded.keys, "
    "visitors = excluded.visitors, note = excluded.note, out_person_id = excluded.out_person_id, "
    "signed_at = excluded.signed_at, version = duty_handover.version + 1 "
    "WHERE duty_handover.signed_at IS NULL RETURNING id"
)
TOLD = (
    "INSERT INTO duty_handover (org_id, shift_id, person_id, keys, visitors, note, told_at, version) "
    "VALUES ({}, {}, {}, '', '', '', {}, 1) ON CONFLICT (shift_id) DO UPDATE SET told_at = excluded.told_at, "
    "version = duty_handover.version + 1 WHERE duty_handover.told_at IS NULL RETURNING id"
)


class Lines(NamedTuple):
    """What whoever comes next has to know: keys and papers, visitors, everything else."""

    keys: str
    visitors: str
    note: str


async def take_duty(shift_id: int, *, by: Actor) -> bool:
    """Confirms that whoever is on duty is there; False where that was said already, and nothing happens then.

    From half an hour before the shift until it ends. Refused: another time, somebody who is not on duty by it, a
    lane of which presence is not asked.
    """
    async with unit_of_work():
        seen, watched, shift = await _found(shift_id, by=by)
        at = now()
        if await fetch_value(THERE, shift_id, by.person_id) is not None:
            return False
        check_take(watched.opened.book, shift, mover=by.person_id, at=at)
        came = before(watched.opened.book, shift)
        out = came[0].id if came else None
        if await fetch_value(TAKEN, seen.org_id, shift_id, out, by.person_id, at) is None:
            return False
        details = DutyShiftTaken(person_id=by.person_id or 0, out_shift_id=out)
        await record_event(details, org_id=seen.org_id, subject_id=shift_id, by=by)
        return True


async def _found(shift_id: int, *, by: Actor) -> tuple[SeenShift, Watched, Shift]:
    seen = await shift_to_watch(shift_id, by=by, permission=Permission.DUTY_TAKE)
    watched = await watched_between(seen.org_id, seen.starts_at - AROUND, seen.ends_at + AROUND)
    shift = watched.shift(shift_id)
    if shift is None or not watched.hands_over(shift.line):
        raise Refused("duty.not_asked")
    return seen, watched, shift


class _Signed(NamedTuple):
    out_person_id: int | None
    keys: str
    visitors: str
    note: str


async def sign_off(shift_id: int, lines: Lines, *, by: Actor) -> bool:
    """Signs the log of a shift with three lines for the next; False where the same was signed already.

    From half an hour before its end until a day after it; the time stands beside the signature. Refused: another time,
    somebody who was not on duty at its end; a signature that says something else is there already (`Conflict`).
    """
    async with unit_of_work():
        seen, watched, shift = await _found(shift_id, by=by)
        at = now()
        check_sign(watched.opened.book, shift, mover=by.person_id, at=at)
        if await fetch_value(SIGNED, seen.org_id, shift_id, by.person_id, *lines, by.person_id, at) is None:
            return await _signed_before(shift_id, lines, by=by)
        details = DutyShiftSigned(person_id=by.person_id or 0, is_late=at > shift.ends_at)
        await record_event(details, org_id=seen.org_id, subject_id=shift_id, by=by, texts=lines._asdict())
        return True


async def _signed_before(shift_id: int, lines: Lines, *, by: Actor) -> bool:
    row = await fetch_one(
        _Signed, "SELECT out_person_id, keys, visitors, note FROM duty_handover WHERE shift_id = {}", shift_id
    )
    if row is None or row != (by.person_id, *lines):
        raise Conflict("duty.signed_already")
    return False


async def note_no_account(org_id: int, late: Untaken, *, at: datetime) -> bool:
    """Says once in the log that whoever is on duty has no account to confirm with: nobody is told of their shifts.

    False where it stands there already; the key of the line keeps it one.
    """
    row = {
        "area_id": late.line.area_id, "role": late.line.role, "shift_id": late.shift_id,
        "kind": str(Kind.NO_ACCOUNT), "happened_at": at, "text": late.name, "corrects_id": None, "present": None,
        "absent": None, "answered": None, "written_as": str(WrittenAs.CLOCK), "hazard_id": None,
    }  # fmt: skip
    async with unit_of_work():
        if await fetch_value("SELECT id FROM duty_log WHERE org_id = {} AND key = {}", org_id, late.key) is not None:
            return False
        await add_to_log(org_id, row, key=late.key, by=SYSTEM)
        return True


async def note_told(org_id: int, late: Untaken, *, at: datetime) -> bool:
    """Notes that the leader is told of a post that nobody has taken over; False where they were told before."""
    async with unit_of_work():
        if await fetch_value(TOLD, org_id, late.shift_id, late.person_id, at) is None:
            return False
        details = DutyUntakenTold(person_id=late.person_id)
        await record_event(details, org_id=org_id, subject_id=late.shift_id, by=SYSTEM)
        return True
