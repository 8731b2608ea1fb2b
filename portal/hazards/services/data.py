"""The room's data that a school edits: categories, limits of columns, people named for sensitive cards."""

import csv
from pathlib import Path

from portal.audit.catalogue import BoardLimitSet, RestrictedViewerEnded, RestrictedViewerNamed
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_value, insert, unit_of_work
from portal.core.refusals import Invalid, NotFound
from portal.grids.queries import grid_row
from portal.grids.services import bump_rights
from portal.hazards.rules.sight import is_restricted_category
from portal.hazards.tables import HazardCategory, RestrictedViewer
from portal.permissions.rules import Permission, scope

CATEGORIES = Path(__file__).parent.parent / "data" / "hazard_categories.csv"


async def seed_categories() -> int:
    """Puts the shared categories into an empty table (18 groups, 141 check points; R54); gives how many there are."""
    async with unit_of_work():
        there = await fetch_value("SELECT count(*) FROM hazard_category WHERE org_id IS NULL")
        if there:
            return int(there)
        with CATEGORIES.open(encoding="utf-8", newline="") as file:
            rows = [_category(row, place) for place, row in enumerate(csv.DictReader(file))]
        await insert(HazardCategory, *rows)
        return len(rows)


def _category(row: dict[str, str], place: int) -> dict[str, object]:
    return {
        "code": row["code"], "parent_code": row["parent"] or None, "name": row["zh"], "name_en": row["en"],
        "domain": row["domain"], "default_owner": row["default_owner"],
        "is_restricted": is_restricted_category(row["code"]), "sort": place,
    }  # fmt: skip


async def name_viewer(person_id: int, *, by: Actor) -> None:
    """Names a person who sees the sensitive cards of the actor's school (B20): of its staff, or of the bureau above.

    A bureau officer sees them only when the school has named them, also those that were escalated to the bureau.
    """
    async with unit_of_work():
        org_id = await _school_of_viewer(person_id, by)
        # The person's row is the lock: named twice at once, they are named once (TR6).
        await execute("UPDATE person SET version = version WHERE id = {}", person_id)
        known = await fetch_value(
            "SELECT id FROM restricted_viewer WHERE org_id = {} AND person_id = {} AND ends_at IS NULL",
            org_id, person_id,
        )  # fmt: skip
        if known:
            return
        await insert(RestrictedViewer, {"org_id": org_id, "person_id": person_id, "starts_at": now()})
        await record_event(RestrictedViewerNamed(), org_id=org_id, subject_id=person_id, by=by)
        await bump_rights(org_id)


async def end_viewer(person_id: int, *, by: Actor) -> None:
    """Ends it, from now on; the row stays."""
    async with unit_of_work():
        org_id = await _school_of_viewer(person_id, by)
        ended = await execute(
            "UPDATE restricted_viewer SET ends_at = {} WHERE org_id = {} AND person_id = {} AND ends_at IS "
            "NULL RETURNING id",
            now(), org_id, person_id,
        )  # fmt: skip
        if ended:
            await record_event(RestrictedViewerEnded(), org_id=org_id, subject_id=person_id, by=by)
            await bump_rights(org_id)


async def _school_of_viewer(person_id: int, by: Actor) -> int:
    """The school whose sensitive cards are spoken of: the actor's own, and the person is of it or of its bureau."""
    home = await fetch_value("SELECT org_id FROM person WHERE id = {} AND kind = 'staff'", person_id)
    school = by.org_id or home
    above = await fetch_value("SELECT bureau_id FROM organisation WHERE grid_id = {}", school or 0)
    may = by.is_system or (school is not None and scope(by, Permission.VIEWER_NAME).holds("", school))
    if school is None or home is None or home not in (school, above) or not may:
        raise NotFound()
    return int(school)


async def set_limit(grid_id: int, column: str, *, most: int, is_hard: bool, by: Actor) -> None:
    """How many cards a column of this grid's board should hold; 0 takes the limit away (A3)."""
    if column not in ("reported", "assigned", "rectifying", "recheck", "escalated"):
        raise Invalid({"column": "hazard.need_column"})
    if not 0 <= most <= 999:
        raise Invalid({"most": "hazard.need_most"})
    async with unit_of_work():
        grid = await grid_row(grid_id)
        if grid is None or not scope(by, Permission.BOARD_LIMIT).holds(grid.path, grid.org_id):
            raise NotFound()
        if not await _write_limit(grid_id, column, most, is_hard=is_hard):
            return  # it stands so already: the same form sent twice is one change (TR6)
        details = BoardLimitSet(column=column, most=most, is_hard=is_hard)
        await record_event(details, org_id=grid.org_id, subject_id=grid_id, by=by)


async def _write_limit(grid_id: int, column: str, most: int, *, is_hard: bool) -> bool:
    """True when something changed."""
    if not most:
        sql = "DELETE FROM board_limit WHERE grid_id = {} AND board_column = {} RETURNING id"
        return bool(await execute(sql, grid_id, column))
    return bool(
        await execute(
            "INSERT INTO board_limit (grid_id, board_column, most, is_hard) VALUES ({}, {}, {}, {}) "
            "ON CONFLICT (grid_id, board_column) DO UPDATE SET most = excluded.most, is_hard = excluded.is_hard "
            "WHERE board_limit.most <> excluded.most OR board_limit.is_hard <> excluded.is_hard RETURNING id",
            grid_id, column, most, is_hard,
        )
    )  # fmt: skip
