"""The screening: what comes from outside becomes a card, joins one, or is refused with a reason (B3)."""

from dataclasses import dataclass
from typing import Any

from portal.audit.catalogue import PublicPhonesErased, PublicReportScreened
from portal.audit.services import record_event
from portal.contact_boards.labels import HANDED
from portal.contact_boards.queries.reports import ToScreen, photos_of_report, report_to_screen
from portal.contact_boards.rules import ERASE_PHONE_AFTER
from portal.contact_boards.tables import PublicReport
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch_column, unit_of_work
from portal.core.refusals import Conflict, Invalid, NotFound
from portal.hazards.queries.cards import hazard_to_see, same_school_seen
from portal.hazards.rules import Level, Status
from portal.hazards.services import Move, NewPhoto, Report, move_hazard, note_hazard, report_hazard
from portal.permissions.rules import Permission
from portal.rendering.i18n import SOURCE, translator


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the screener makes of a report: the line without names, and what they know of it already."""

    title: str
    version: int
    level: Level | None = None
    category: str | None = None
    confidential: bool = False


async def accept_report(report_id: int, given: Acceptance, *, by: Actor) -> int:
    """The report becomes a card in the column reported; gives its id. One that says "not fixed" reopens its card."""
    async with unit_of_work():
        report = await report_in_hand(report_id, given.version, by)
        if report.hazard_id is not None:
            await _reopen(report, by)
            # A merged report stays one: its line was never gone over for strangers, who read accepted ones (B4).
            decision = "accepted" if report.merged_into is None else "merged"
            await _decide(report, decision, by, hazard_id=report.hazard_id)
            return report.hazard_id
        if not given.title:
            raise Invalid({"title": "screening.need_title"})
        photos = tuple(
            NewPhoto(one.digest, one.thumb_digest, one.width, one.height) for one in await photos_of_report(report.id)
        )
        card = Report(
            grid_id=report.grid_id, title=given.title, level=given.level, category=given.category,
            confidential=given.confidential, photos=photos, source="public",
        )  # fmt: skip
        hazard_id = await report_hazard(card, by=by)
        await _decide(report, "accepted", by, hazard_id=hazard_id, title=given.title)
    return hazard_id


async def _reopen(report: ToScreen, by: Actor) -> None:
    """A card that somebody has reopened meanwhile is left as it is."""
    if report.status == "closed":
        move = Move(to=Status.RECTIFYING, version=report.hazard_version or 0, reason=report.title)
        await move_hazard(report.hazard_id or 0, move, by=by)


async def merge_report(report_id: int, number: str, *, version: int, by: Actor) -> int:
    """The report speaks of a card that is there: it follows that card, and the card's story says so. Gives its id."""
    async with unit_of_work():
        report = await report_in_hand(report_id, version, by)
        found = await _card_with(number, report, by)
        if found is None:
            raise Invalid({"number": "screening.need_number"})
        await note_hazard(found, translator(SOURCE)(HANDED, title=report.title), by=by)
        await _decide(report, "merged", by, hazard_id=found, merged_into=found)
    return found


async def _card_with(number: str, report: ToScreen, by: Actor) -> int | None:
    """A card of the same school by its number, if the screener may see it."""
    anchor = await fetch_column("SELECT id FROM hazard WHERE org_id = {} ORDER BY id LIMIT 1", report.org_id)
    found = await same_school_seen(int(anchor[0]), number, by=by) if anchor else None
    if found is not None:
        await hazard_to_see(found, by=by)
    return found


async def refuse_report(report_id: int, reason: str, *, version: int, by: Actor) -> None:
    """Nothing comes of it; whoever reported it reads why."""
    if not reason:
        raise Invalid({"reason": "screening.need_reason"})
    async with unit_of_work():
        report = await report_in_hand(report_id, version, by)
        await _decide(report, "refused", by, texts={"reason": reason}, reason=reason)


async def report_in_hand(report_id: int, version: int, by: Actor, *, about_plate: bool = False) -> ToScreen:
    """The report, taken in hand before anything else is written: two who decide meet here, never crosswise over the
    school's chain of events (a deadlock that PostgreSQL found). What is about a plate never becomes a card."""
    report = await report_to_screen(report_id, by=by, permission=Permission.SCREENING_DECIDE)
    if (report.plate_fault is not None) is not about_plate:
        raise NotFound()
    if report.state != "waiting" or report.version != version:
        raise Conflict("screening.decided")
    fresh = await compare_and_set(PublicReport, report.id, version=version, screened_by=by.person_id)
    return report._replace(version=fresh)


async def _decide(
    report: ToScreen, decision: str, by: Actor, *, texts: dict[str, str] | None = None, **values: Any
) -> None:
    decided = {"state": decision, "screened_at": now(), "screened_by": by.person_id, **values}
    await compare_and_set(PublicReport, report.id, version=report.version, **decided)
    details = PublicReportScreened(decision=decision, hazard_id=values.get("hazard_id"))
    await record_event(details, org_id=report.org_id, subject_id=report.id, by=by, texts=texts)


async def erase_phones() -> int:
    """Erases the numbers of reporters whose case has been over for long enough (B2); gives how many."""
    before, erased = now() - ERASE_PHONE_AFTER, 0
    over = (
        "phone_sealed IS NOT NULL AND ((state = 'refused' AND screened_at < {}) OR (state IN ('accepted', 'merged') "
        "AND hazard_id IN (SELECT id FROM hazard WHERE closed_at < {})))"
    )
    for org_id in await fetch_column(f"SELECT DISTINCT org_id FROM public_report WHERE {over}", before, before):
        async with unit_of_work():
            sql = f"UPDATE public_report SET phone_sealed = NULL WHERE {over} AND org_id = {{}} RETURNING id"
            count = await execute(sql, before, before, org_id)
            if count:
                await record_event(PublicPhonesErased(reports=count), org_id=org_id, subject_id=org_id, by=SYSTEM)
            erased += count
    return erased
