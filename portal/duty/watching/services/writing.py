"""Lines of the log: written by whoever is on duty, by the leader, by the office with its name. Only added (D12)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.audit.catalogue import DutyLogWritten, DutyZeroReported
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch_value, unit_of_work
from portal.core.refusals import NotFound, Refused
from portal.duty.rules import LEADING, Line
from portal.duty.watching.queries import LogRow, Watched, log_line, watched_between, zeros_between
from portal.duty.watching.rules import WRITE_BACK, ZERO_WITHIN, Kind, Writer, WrittenAs, on_in, writes_as
from portal.grids.queries import grid_row
from portal.permissions.rules import Permission, scope

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewLine:
    """What is written: of which lane, which instant (None: now), what. `key` makes a doubled submit one line."""

    line: Line
    kind: Kind
    key: str
    text: str = ""
    happened_at: datetime | None = None
    present: int | None = None
    absent: int | None = None
    answered: bool | None = None


async def write_line(org_id: int, new: NewLine, *, by: Actor) -> int:
    """Writes a line; gives its id, also where the same form was sent before.

    Refused: somebody who was not on duty there at that instant, does not lead and does not keep the book; a lane that
    the school has not; an instant that is to come or more than a day ago; a check by phone by somebody else than the
    leader or the office; a report after lights-out where no slot asks for one.
    """
    async with unit_of_work():
        path = await _book_to_log(org_id, by)
        at = now()
        happened = new.happened_at or at
        if not at - WRITE_BACK <= happened <= at:
            raise Refused("duty.log_time")
        watched = await watched_between(org_id, happened, happened + MINUTE)
        _check_lane(new.line, watched)
        written = writes_as(watched.opened.book, new.line, _writer(watched, by, path, org_id, happened), at=happened)
        if written is None:
            raise Refused("duty.log_not_on_duty")
        if new.kind is Kind.CHECK and written[0] is WrittenAs.DUTY:
            raise Refused("duty.log_leader_only")
        if new.kind is Kind.ZERO:
            _check_zero(new.line, watched, happened)
        row = {
            "area_id": new.line.area_id, "role": new.line.role, "shift_id": written[1], "kind": str(new.kind),
            "happened_at": happened, "text": new.text, "corrects_id": None, "present": new.present,
            "absent": new.absent, "answered": new.answered, "written_as": str(written[0]),
        }  # fmt: skip
        return await _add(org_id, row, key=new.key, by=by)


async def correct_line(
    org_id: int, line_id: int, text: str, *, key: str, by: Actor, present: int | None = None, absent: int | None = None
) -> int:
    """Adds what is right about a line; the line stays as it is. Gives the id of what was added.

    A correction of a correction is one of the line itself. Refused: whoever did not write it, is not on duty in its
    lane now, does not lead and does not keep the book.
    """
    async with unit_of_work():
        path = await _book_to_log(org_id, by)
        row = await _root(org_id, line_id)
        at = now()
        watched = await watched_between(org_id, at, at + MINUTE)
        written = writes_as(watched.opened.book, row.line, _writer(watched, by, path, org_id, at), at=at)
        if written is None and row.entered_by != by.person_id:
            raise Refused("duty.log_not_on_duty")
        as_what, shift_id = written or (WrittenAs(row.written_as), None)
        new = {
            "area_id": row.area_id, "role": row.role, "shift_id": shift_id, "kind": str(Kind.CORRECTION),
            "happened_at": row.happened_at, "text": text, "corrects_id": row.id, "present": present,
            "absent": absent, "answered": None, "written_as": str(as_what),
        }  # fmt: skip
        return await _add(org_id, new, key=key, by=by)


async def _root(org_id: int, line_id: int) -> LogRow:
    row = await log_line(org_id, line_id)
    if row is not None and row.corrects_id is not None:
        row = await log_line(org_id, row.corrects_id)
    if row is None:
        raise NotFound()
    return row


async def _book_to_log(org_id: int, by: Actor) -> str:
    grid = await grid_row(org_id)
    if grid is None or not scope(by, Permission.DUTY_LOG).holds(grid.path, grid.org_id):
        raise NotFound()
    return grid.path


def _writer(watched: Watched, by: Actor, path: str, org_id: int, at: datetime) -> Writer:
    leads = bool(on_in(watched.opened.book, (LEADING,), by.person_id, at=at))
    return Writer(by.person_id, leads, scope(by, Permission.DUTY_EDIT).holds(path, org_id))


def _check_lane(line: Line, watched: Watched) -> None:
    area = watched.plan.areas.get(line.area_id or 0)
    if line.role not in watched.plan.roles or (line.area_id is not None and (area is None or area.is_ended)):
        raise Refused("duty.log_lane_missing")


def _check_zero(line: Line, watched: Watched, at: datetime) -> None:
    zeros = zeros_between(watched.plan, at - ZERO_WITHIN, at + timedelta(days=1))
    if not any(one.area_id == line.area_id and one.holds(at) for one in zeros):
        raise Refused("duty.log_no_zero")


async def _add(org_id: int, row: dict[str, Any], *, key: str, by: Actor) -> int:
    whole = {**row, "org_id": org_id, "entered_at": now(), "entered_by": by.person_id, "key": key or None}
    marks = ", ".join(["{}"] * len(whole))
    # The same form may come twice, also at once: the unique index lets one of them through.
    sql = f"INSERT INTO duty_log ({', '.join(whole)}) VALUES ({marks}) ON CONFLICT DO NOTHING RETURNING id"
    line_id = await fetch_value(sql, *whole.values())
    if line_id is None:
        return int(await fetch_value("SELECT id FROM duty_log WHERE org_id = {} AND key = {}", org_id, key))
    await record_event(_details(row), org_id=org_id, subject_id=int(line_id), by=by, texts={"text": row["text"]})
    return int(line_id)


def _details(row: dict[str, Any]) -> DutyLogWritten | DutyZeroReported:
    names = ("area_id", "role", "shift_id", "present", "absent", "written_as")
    shared = {**{name: row[name] for name in names}, "happened_at": stamp(row["happened_at"])}
    if row["kind"] == Kind.ZERO:
        return DutyZeroReported(**shared)
    return DutyLogWritten(
        **shared, line_kind=row["kind"], corrects_id=row["corrects_id"], answered=row["answered"]
    )  # fmt: skip
