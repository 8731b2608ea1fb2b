"""What strangers write: a report, "me too", "not fixed". Never onto the board without somebody of the school (B3)."""

from dataclasses import dataclass, replace
from datetime import datetime

from portal.audit.catalogue import PublicReportNotFixed, PublicReportReceived, PublicReportSeconded
from portal.audit.services import record_event
from portal.contact_boards.queries.boards import OpenBoard
from portal.contact_boards.queries.reports import Followed, earlier_reports, followed
from portal.contact_boards.rules import SCREEN_WITHIN, NotFixed, not_fixed_leads_to, report_key_of
from portal.contact_boards.services.visits import count_visit
from portal.contact_boards.tables import PublicPhoto, PublicReport
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.crypto import keyed_digest, seal
from portal.core.database import compare_and_set, fetch_value, insert, unit_of_work
from portal.core.ids import digest
from portal.core.refusals import Invalid, NotFound, Refused
from portal.hazards.rules import Status
from portal.hazards.services import Move, NewPhoto, move_hazard

STRANGER = replace(SYSTEM, name="public", via="web")
"""Somebody without an account. They reach nothing but the verbs of this file."""


@dataclass(frozen=True, slots=True)
class PublicNews:
    """What a stranger sends: one line, photos that stand in the store already, a number if they like."""

    title: str
    form_key: str
    network: str
    phone: str = ""
    photos: tuple[NewPhoto, ...] = ()


def report_key_for(form_key: str) -> str:
    """The key that belongs to a form: made of the form's own, so that the same form sent twice gives the same one."""
    return report_key_of(int(keyed_digest("public-report", form_key), 16))


async def report_publicly(board: OpenBoard, news: PublicNews) -> str:
    """Leaves a report for the screening; gives the report key, which is written down nowhere. Twice is once (TR6)."""
    key, at = report_key_for(news.form_key), now()
    async with unit_of_work():
        known = await fetch_value("SELECT id FROM public_report WHERE form_key = {}", digest(news.form_key))
        if known is not None:
            return key
        await count_visit("report", news.network)
        await count_visit("board", f"board {board.id}")
        report_id = await _insert(board, news, key, at)
        if report_id is None:
            return key  # the same form in another process, a moment ago
        await _hang(report_id, news.photos, at)
        details = PublicReportReceived(grid_id=board.grid_id, photos=len(news.photos))
        texts = {"title": news.title}
        await record_event(details, org_id=board.org_id, subject_id=report_id, by=STRANGER, texts=texts)
    return key


async def _insert(board: OpenBoard, news: PublicNews, key: str, at: datetime) -> int | None:
    found = await fetch_value(
        "INSERT INTO public_report (org_id, grid_id, board_id, title, phone_sealed, key_digest, form_key, state, "
        "screen_due_at, created_at, too_count, version) VALUES ({}, {}, {}, {}, {}, {}, {}, 'waiting', {}, {}, 0, 1) "
        "ON CONFLICT (form_key) DO NOTHING RETURNING id",
        board.org_id, board.grid_id, board.id, news.title, seal(news.phone) if news.phone else None, digest(key),
        digest(news.form_key), at + SCREEN_WITHIN, at,
    )  # fmt: skip
    return int(found) if found is not None else None


async def _hang(report_id: int, photos: tuple[NewPhoto, ...], at: datetime) -> None:
    rows = [
        {
            "report_id": report_id, "digest": photo.digest, "thumb_digest": photo.thumb_digest, "width": photo.width,
            "height": photo.height, "at": at,
        }
        for photo in photos
    ]  # fmt: skip
    await insert(PublicPhoto, *rows)


async def second_report(board: OpenBoard, report_id: int, *, network: str, form_key: str) -> None:
    """ "Me too": one more who has seen it. Only of what a stranger may read; the same form counts once."""
    async with unit_of_work():
        if report_id not in {one.id for one in await earlier_reports(board, at=now())}:
            raise NotFound()
        once = await fetch_value(
            "INSERT INTO submission (key, at, done) VALUES ({}, {}, TRUE) ON CONFLICT (key) DO NOTHING RETURNING id",
            digest(f"too {form_key}"), now(),
        )  # fmt: skip
        if once is None:
            return
        await count_visit("report", network)
        times = await fetch_value(
            "UPDATE public_report SET too_count = too_count + 1 WHERE id = {} RETURNING too_count", report_id
        )
        details = PublicReportSeconded(times=int(times))
        await record_event(details, org_id=board.org_id, subject_id=report_id, by=STRANGER)


async def say_not_fixed(board: OpenBoard, report_key: str, text: str, *, network: str) -> NotFixed:
    """The reporter says that it is not fixed (B16): the card that was made of their report is reopened at once, the
    first time; after that, and where the report was merged into another card, the screening decides."""
    if not text:
        raise Invalid({"text": "contact_board.need_not_fixed"})
    async with unit_of_work():
        await count_visit("report", network)
        report = await followed(board, digest(report_key))
        if report is None:
            raise NotFound()
        leads_to = not_fixed_leads_to(
            state=report.state, status=report.status, outcome=report.outcome, closed_at=report.closed_at,
            reopened_at=report.reopened_at, is_own=report.is_own, at=now(),
        )  # fmt: skip
        if leads_to is None or report.hazard_id is None or report.hazard_version is None:
            raise Refused("contact_board.not_closed")
        await _open_again(report, text, leads_to)
        details = PublicReportNotFixed(hazard_id=report.hazard_id, reopened=leads_to is NotFixed.REOPENS)
        await record_event(details, org_id=report.org_id, subject_id=report.id, by=STRANGER, texts={"text": text})
    return leads_to


async def _open_again(report: Followed, text: str, leads_to: NotFixed) -> None:
    at = now()
    if leads_to is NotFixed.REOPENS:
        move = Move(to=Status.RECTIFYING, version=report.hazard_version or 0, reason=text)
        await move_hazard(report.hazard_id or 0, move, by=STRANGER)
        await compare_and_set(PublicReport, report.id, version=report.version, reopened_at=at)
    else:
        waiting = {"state": "waiting", "screen_due_at": at + SCREEN_WITHIN, "reopened_at": report.reopened_at or at}
        await compare_and_set(PublicReport, report.id, version=report.version, **waiting)
