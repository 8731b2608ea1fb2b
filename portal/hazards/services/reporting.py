"""Reporting a hazard: a place and one line are enough; photo, level, category if the reporter knows them (B1, R53)."""

from dataclasses import dataclass
from datetime import datetime

from portal.audit.catalogue import HazardReported
from portal.audit.services import record_event
from portal.audit.submissions import claim_submission, remember_submission
from portal.core.actors import Actor
from portal.core.clock import local, now
from portal.core.database import fetch_value, insert, unit_of_work
from portal.core.refusals import NotFound
from portal.duty.queries import calendar_for
from portal.duty.rules import trace_to_json, triage_due
from portal.grids.queries import GridRow, grid_row
from portal.hazards.queries.choices import category
from portal.hazards.rules import Level
from portal.hazards.tables import Hazard, HazardPhoto
from portal.permissions.rules import Permission, scope


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A photo that stands in the store already."""

    digest: str
    thumb_digest: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a reporter gives. `confidential` makes the card one for named people only, whatever its category."""

    grid_id: int
    title: str
    level: Level | None = None
    category: str | None = None
    interim: str | None = None
    confidential: bool = False
    photos: tuple[NewPhoto, ...] = ()
    key: str = ""
    source: str = "staff"


async def report_hazard(report: Report, *, by: Actor) -> int:
    """Puts a new card into the column reported; gives its id. The same key twice gives the same card (TR6).

    A place outside the actor's scope is refused as not found, one that is no longer used likewise.
    """
    async with unit_of_work():
        if report.key:
            earlier = await claim_submission(report.key, person_id=by.person_id)
            if earlier is not None:
                return int(earlier)
        grid = await _place(report.grid_id, by)
        hazard_id = await _insert(report, grid, by, now())
        await add_photos(hazard_id, report.photos, phase="before", by=by)
        details = HazardReported(
            grid_id=grid.id, number=await _number_of(hazard_id), category=report.category,
            level=report.level, photos=len(report.photos),
        )  # fmt: skip
        texts = {"title": report.title, "interim": report.interim or ""}
        await record_event(details, org_id=grid.org_id, subject_id=hazard_id, by=by, texts=texts)
        if report.key:
            await remember_submission(report.key, str(hazard_id), person_id=by.person_id)
    return hazard_id


async def _place(grid_id: int, by: Actor) -> GridRow:
    grid = await grid_row(grid_id)
    if grid is None or not scope(by, Permission.HAZARD_REPORT).holds(grid.path, grid.org_id):
        raise NotFound()
    if grid.ended_at is not None and grid.ended_at <= now():
        raise NotFound()
    return grid


async def _insert(report: Report, grid: GridRow, by: Actor, at: datetime) -> int:
    known = await category(report.category, grid.org_id) if report.category else None
    due = triage_due(at, await calendar_for(grid.org_id), red=report.level is Level.RED)
    row = {
        "org_id": grid.org_id, "number": await next_number(grid.org_id, at), "grid_id": grid.id,
        "title": report.title, "level": report.level, "category": known.code if known else None,
        "domain": known.domain if known else None,
        "is_restricted": report.confidential or bool(known and known.is_restricted),
        "source": report.source, "reported_by": by.person_id, "reported_at": at, "due_from": at, "due_at": due.at,
        "due_trace": trace_to_json(due.trace), "column_since": at, "interim_measure": report.interim or None,
        "photo_count": len(report.photos), "last_moved_by": by.person_id, "last_moved_at": at, "last_event_at": at,
    }  # fmt: skip
    [hazard_id] = await insert(Hazard, row)
    return hazard_id


async def next_number(org_id: int, at: datetime) -> str:
    """The next card number of a school in its year, "2026-0042"; the series' row makes it unique under a race."""
    year = local(at).year
    last = await fetch_value(
        "INSERT INTO number_series (org_id, series, last) VALUES ({}, {}, 1) "
        "ON CONFLICT (org_id, series) DO UPDATE SET last = number_series.last + 1 RETURNING last",
        org_id, f"hazard:{year}",
    )  # fmt: skip
    return f"{year}-{last:04d}"


async def _number_of(hazard_id: int) -> str:
    return str(await fetch_value("SELECT number FROM hazard WHERE id = {}", hazard_id))


async def add_photos(hazard_id: int, photos: tuple[NewPhoto, ...], *, phase: str, by: Actor) -> None:
    """Hangs photos on a card. The counts on the card are the caller's, in its compare-and-set."""
    rows = [
        {
            "hazard_id": hazard_id, "phase": phase, "digest": photo.digest, "thumb_digest": photo.thumb_digest,
            "width": photo.width, "height": photo.height, "taken_by": by.person_id, "at": now(),
        }
        for photo in photos
    ]  # fmt: skip
    await insert(HazardPhoto, *rows)
