"""The responsibility map, drawn anew by itself when its rows say otherwise; every edition is kept (R24)."""

import structlog

from portal.audit.catalogue import MapDrawn, RegisterExported
from portal.audit.services import record_event
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_value, insert, unit_of_work
from portal.core.files import FileStore
from portal.coverage.drawing import draw
from portal.coverage.mapping import spots_of
from portal.coverage.queries.maps import editions, schools_to_draw
from portal.coverage.queries.reading import read_facts, read_school
from portal.coverage.rules import uncovered
from portal.coverage.tables import ResponsibilityMap
from portal.rendering.i18n import SOURCE
from portal.responsibilities.rules import next_change

SVG = "image/svg+xml"

log = structlog.get_logger(__name__)


async def draw_map(org_id: int, *, store: FileStore) -> int | None:
    """Draws a school's map as of now; gives the new edition, or None when it shows what the latest one shows."""
    at = now()
    school = await read_school(org_id, at=at)
    if school is None or school.kind != "school":
        return None
    facts = await read_facts(school, at=at)
    counted = school.counted()
    whole, missing = len(counted), len(uncovered(facts, counted, at=at))
    drawing = draw(spots_of(school, facts, school.grids, at=at, language=SOURCE), label=school.name)
    file = await store.put(str(drawing.svg).encode(), media_type=SVG)
    async with unit_of_work():
        version = await fetch_value(
            "UPDATE organisation SET rights_version = rights_version WHERE grid_id = {} RETURNING rights_version",
            org_id,
        )
        if version != school.rights_version:
            return None  # the rows have changed meanwhile: the next tick draws
        latest = next(iter(await editions(org_id, most=1)), None)
        following = next_change(facts, at=at)
        if latest is not None and latest.digest == file.digest:
            await execute(
                "UPDATE responsibility_map SET rights_version = {}, next_at = {} WHERE id = {}",
                version, following, latest.id,
            )  # fmt: skip
            return None
        edition = latest.edition + 1 if latest is not None else 1
        row = {
            "org_id": org_id, "edition": edition, "digest": file.digest, "have": whole - missing, "whole": whole,
            "made_at": at, "rights_version": version, "next_at": following,
        }  # fmt: skip
        await insert(ResponsibilityMap, row)
        details = MapDrawn(edition=edition, file_digest=file.digest, have=whole - missing, whole=whole)
        await record_event(details, org_id=org_id, subject_id=org_id, by=SYSTEM)
    return edition


async def draw_stale_maps(*, store: FileStore) -> int:
    """The clock's part: every school whose rows may say something else than its latest map; gives how many were drawn.

    One that fails does not keep the others from being drawn.
    """
    drawn = 0
    for org_id in await schools_to_draw(at=now()):
        try:
            drawn += await draw_map(org_id, store=store) is not None
        except Exception as error:
            log.error("coverage.map_failed", org=org_id, exc_info=error)
    return drawn


async def record_map_export(org_id: int, *, rows: int, by: Actor) -> None:
    """Somebody took the map out as a file (TA11)."""
    async with unit_of_work():
        await record_event(RegisterExported(register="map", rows=rows), org_id=org_id, subject_id=org_id, by=by)
