"""Indexes of the book of duty, and the old book of leaders told in its words.

A migration of its own: Piccolo runs raw statements before it makes the tables and columns of the same migration.
"""

from datetime import datetime
from typing import NamedTuple

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.core.database import execute, fetch
from itertools import pairwise

ID = "2026-11-22T10:00:00:000010"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of the book of duty; who led becomes shifts"

INDEXES = """
CREATE INDEX duty_shift_org ON duty_shift (org_id, ends_at)
CREATE INDEX duty_shift_person ON duty_shift (person_id, ends_at)
CREATE INDEX duty_shift_roster ON duty_shift (roster_id)
CREATE INDEX duty_stand_in_shift ON duty_stand_in (shift_id)
CREATE INDEX duty_stand_in_person ON duty_stand_in (person_id)
CREATE INDEX duty_swap_shift ON duty_swap (shift_id)
CREATE INDEX duty_swap_open ON duty_swap (org_id, expires_at) WHERE state IN ('asked', 'accepted')
CREATE UNIQUE INDEX duty_swap_one_open ON duty_swap (shift_id) WHERE state IN ('asked', 'accepted')
CREATE INDEX duty_slot_org ON duty_slot (org_id, first_day)
CREATE INDEX duty_area_org ON duty_area (org_id)
CREATE INDEX duty_period_org ON duty_period (org_id, first_day)
CREATE UNIQUE INDEX duty_day_kind_code ON duty_day_kind (COALESCE(org_id, 0), code)
CREATE UNIQUE INDEX duty_role_code ON duty_role (COALESCE(org_id, 0), code)
CREATE UNIQUE INDEX duty_weight_kind ON duty_weight (COALESCE(org_id, 0), kind)
CREATE INDEX duty_fallback_org ON duty_fallback (org_id, ends_at)
CREATE INDEX duty_roster_org ON duty_roster (org_id, first_day)
CREATE INDEX duty_log_org ON duty_log (org_id, happened_at)
CREATE UNIQUE INDEX duty_log_once ON duty_log (org_id, key) WHERE key IS NOT NULL
CREATE INDEX duty_gap_org ON duty_gap (org_id, starts_at)
CREATE INDEX duty_feed_person ON duty_feed (person_id)
CREATE UNIQUE INDEX duty_receipt_once ON duty_receipt (roster_id, person_id)
"""


class _Row(NamedTuple):
    id: int
    org_id: int
    person_id: int | None
    post_id: int | None
    starts_at: datetime
    ends_at: datetime
    note: str
    entered_at: datetime
    entered_by: int | None


async def _run() -> None:
    for statement in INDEXES.strip().splitlines():
        await execute(statement)
    rows = await fetch(
        _Row,
        "SELECT id, org_id, person_id, post_id, starts_at, ends_at, note, entered_at, entered_by FROM duty_leader "
        "ORDER BY id",
    )
    for org_id in sorted({row.org_id for row in rows}):
        for start, end, row in _flat([row for row in rows if row.org_id == org_id]):
            await execute(
                "INSERT INTO duty_shift (org_id, area_id, role, person_id, post_id, starts_at, ends_at, note, made_at, "
                "made_by, published_at, sequence, version) "
                "VALUES ({}, NULL, 'leader', {}, {}, {}, {}, {}, {}, {}, {}, 0, 1)",
                org_id, row.person_id, row.post_id, start, end, row.note, row.entered_at, row.entered_by,
                row.entered_at,
            )  # fmt: skip


def _flat(rows: list[_Row]) -> list[tuple[datetime, datetime, _Row]]:
    """The old book said: where two rows overlap, the one entered last holds. Stretch by stretch, without nobody's."""
    edges = sorted({edge for row in rows for edge in (row.starts_at, row.ends_at)})
    found: list[tuple[datetime, datetime, _Row]] = []
    for start, end in pairwise(edges):
        last = max((row for row in rows if row.starts_at <= start < row.ends_at), key=lambda row: row.id, default=None)
        if last is None or (last.person_id is None and last.post_id is None):
            continue
        if found and found[-1][1] == start and found[-1][2].id == last.id:
            found[-1] = (found[-1][0], end, last)
        else:
            found.append((start, end, last))
    return found


async def forwards() -> MigrationManager:
    """Expand-only: adds, never takes away."""
    manager = MigrationManager(migration_id=ID, app_name="anwang", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager
