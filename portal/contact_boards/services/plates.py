"""A wrong plate: said by anybody in two taps, looked at by the office within hours (H7)."""

from dataclasses import dataclass
from datetime import datetime

from portal.audit.catalogue import PlateDoubted, PublicReportScreened, PublicReportSeconded
from portal.audit.services import record_event
from portal.contact_boards.queries.boards import OpenBoard, board_on
from portal.contact_boards.rules import SCREEN_WITHIN, PlateEnd, PlateFault
from portal.contact_boards.services.keys import revoke_board
from portal.contact_boards.services.reporting import STRANGER, report_key_for
from portal.contact_boards.services.screening import report_in_hand
from portal.contact_boards.services.visits import count_visit
from portal.contact_boards.tables import PublicReport
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, fetch_value, unit_of_work
from portal.core.ids import digest
from portal.core.refusals import Conflict


@dataclass(frozen=True, slots=True)
class PlateNews:
    """What a stranger says of a plate; the line may be empty."""

    fault: PlateFault
    line: str
    form_key: str
    network: str


async def doubt_plate(board: OpenBoard, news: PlateNews) -> None:
    """Leaves it to the screening. Twice is once (TR6); the same said by the next one who passes is counted."""
    async with unit_of_work():
        if not await _first_time(news.form_key):
            return
        await count_visit("report", news.network)
        await count_visit("board", f"board {board.id}")
        if not news.line and await _second(board, news.fault):
            return
        report_id = await _insert(board, news, now())
        details = PlateDoubted(grid_id=board.grid_id, fault=news.fault)
        texts = {"title": news.line} if news.line else None
        await record_event(details, org_id=board.org_id, subject_id=report_id, by=STRANGER, texts=texts)


async def _first_time(form_key: str) -> bool:
    once = await fetch_value(
        "INSERT INTO submission (key, at, done) VALUES ({}, {}, TRUE) ON CONFLICT (key) DO NOTHING RETURNING id",
        digest(f"plate {form_key}"), now(),
    )  # fmt: skip
    return once is not None


async def _second(board: OpenBoard, fault: PlateFault) -> bool:
    """One more who says what waits already: the list of the office holds each plate once, however many pass it."""
    found = await fetch_value(
        "SELECT min(id) FROM public_report WHERE org_id = {} AND state = 'waiting' AND board_id = {} "
        "AND plate_fault = {}",
        board.org_id, board.id, fault,
    )  # fmt: skip
    times = await fetch_value(  # not when somebody ends it at this moment: then it is said anew
        "UPDATE public_report SET too_count = too_count + 1 WHERE id = {} AND state = 'waiting' RETURNING too_count",
        found,
    )  # fmt: skip
    if found is None or times is None:
        return False
    await record_event(PublicReportSeconded(times=int(times)), org_id=board.org_id, subject_id=int(found), by=STRANGER)
    return True


async def _insert(board: OpenBoard, news: PlateNews, at: datetime) -> int:
    """Nobody is given the key of it: there is nothing to follow but the plate itself."""
    found = await fetch_value(
        "INSERT INTO public_report (org_id, grid_id, board_id, title, key_digest, form_key, state, screen_due_at, "
        "created_at, too_count, version, plate_fault) VALUES ({}, {}, {}, {}, {}, {}, 'waiting', {}, {}, 0, 1, {}) "
        "RETURNING id",
        board.org_id, board.grid_id, board.id, news.line, digest(report_key_for(news.form_key)), digest(news.form_key),
        at + SCREEN_WITHIN, at, news.fault,
    )  # fmt: skip
    return int(found)


async def end_plate_report(report_id: int, end: PlateEnd, *, version: int, by: Actor) -> int:
    """The office has looked at the plate; gives the grid. Taking the key asks for the right to edit boards."""
    async with unit_of_work():
        report = await report_in_hand(report_id, version, by, about_plate=True)
        if end.takes_key:
            open_now = await board_on(report.grid_id)
            if open_now is None or open_now.id != report.board_id:
                raise Conflict("screening.plate_gone")
            await revoke_board(report.grid_id, version=open_now.version, replace=end is PlateEnd.REPLACED, by=by)
        decided = {"state": end, "screened_at": now(), "screened_by": by.person_id}
        await compare_and_set(PublicReport, report.id, version=report.version, **decided)
        details = PublicReportScreened(decision=end, hazard_id=None)
        await record_event(details, org_id=report.org_id, subject_id=report.id, by=by)
    return report.grid_id
