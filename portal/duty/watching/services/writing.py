"""Lines of the log: written by whoever is on duty, by the leader, by the office with its name. Only added (D12)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import unit_of_work
from portal.core.refusals import Invalid, NotFound, Refused
from portal.duty.lent import card_numbered
from portal.duty.rules import LEADING, Line
from portal.duty.watching.queries import LogRow, Watched, log_line, watched_between, zeros_between
from portal.duty.watching.rules import WRITE_BACK, ZERO_WITHIN, Kind, Writer, WrittenAs, on_in, writes_as
from portal.duty.watching.services.adding import add_to_log
from portal.grids.queries import grid_row
from portal.permissions.rules import Permission, scope

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewLine:
    """What is written: of which lane, which instant (None: now), what. `key` makes a doubled submit one line, `card` is
    the number of a hazard that it is about."""

    line: Line
    kind: Kind
    key: str
    text: str = ""
    happened_at: datetime | None = None
    present: int | None = None
    absent: int | None = None
    answered: bool | None = None
    card: str = ""


async def write_line(org_id: int, new: NewLine, *, by: Actor) -> int:
    """Writes a line; gives its id, also where the same form was sent before.

    Refused: somebody who was not on duty there at that instant, does not lead and does not keep the book; a lane that
    the school has not; an instant that is to come or more than a day ago; a check by phone by somebody else than the
    leader or the office; a report after lights-out where no slot asks for one; a card that the writer does not see, or
    that is sensitive.
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
            "hazard_id": await _card(org_id, new.card, by),
        }  # fmt: skip
        return await add_to_log(org_id, row, key=new.key, by=by)


async def correct_line(
    org_id: int, line_id: int, text: str, *, key: str, by: Actor, present: int | None = None, absent: int | None = None
) -> int:
    """Adds what is right about a line; the line stays as it is. Gives the id of what was added.

    A correction of a correction is one of the line itself. Refused: whoever did not write it, is not on duty in its
    lane now, does not lead and does not keep the book.
    """
    async with unit_of_work():
        row, as_what, shift_id = await _to_add_to(org_id, line_id, by)
        new = {
            "area_id": row.area_id, "role": row.role, "shift_id": shift_id, "kind": str(Kind.CORRECTION),
            "happened_at": row.happened_at, "text": text, "corrects_id": row.id, "present": present,
            "absent": absent, "answered": None, "written_as": str(as_what), "hazard_id": None,
        }  # fmt: skip
        return await add_to_log(org_id, new, key=key, by=by)


async def name_card(org_id: int, line_id: int, hazard_id: int, *, by: Actor) -> int:
    """Adds to a line which card it is about; the same card twice is one. Refused as a correction.

    Whoever calls has made sure that the writer sees the card and that it is not sensitive.
    """
    async with unit_of_work():
        row, as_what, shift_id = await _to_add_to(org_id, line_id, by)
        new = {
            "area_id": row.area_id, "role": row.role, "shift_id": shift_id, "kind": str(Kind.HAZARD),
            "happened_at": row.happened_at, "text": "", "corrects_id": row.id, "present": None, "absent": None,
            "answered": None, "written_as": str(as_what), "hazard_id": hazard_id,
        }  # fmt: skip
        return await add_to_log(org_id, new, key=f"card:{row.id}:{hazard_id}", by=by)


async def _card(org_id: int, number: str, by: Actor) -> int | None:
    """The card of this number; one that the writer does not see, a sensitive one and none at all are the same."""
    if not number:
        return None
    found = await card_numbered(org_id, number, by)
    if found is None:
        raise Invalid({"card": "duty.log_no_card"})
    return found


async def _to_add_to(org_id: int, line_id: int, by: Actor) -> tuple[LogRow, WrittenAs, int | None]:
    """The line to which somebody adds something, as what they do, and in which shift."""
    path = await _book_to_log(org_id, by)
    row = await _root(org_id, line_id)
    at = now()
    watched = await watched_between(org_id, at, at + MINUTE)
    written = writes_as(watched.opened.book, row.line, _writer(watched, by, path, org_id, at), at=at)
    if written is None and (row.entered_by is None or row.entered_by != by.person_id):
        raise Refused("duty.log_not_on_duty")
    return row, *(written or (WrittenAs(row.written_as), None))


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
