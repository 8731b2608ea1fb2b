"""The calendars of a school, of an area and of a person are looked for by them.

A migration of its own: Piccolo runs raw statements before it makes the tables and columns of the same migration.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.core.database import execute

ID = "2026-11-22T10:00:00:000024"
VERSION = "1.38.0"
DESCRIPTION = "Calendars are found by whose they are"


async def _run() -> None:
    await execute("CREATE INDEX duty_feed_whose ON duty_feed (org_id, kind, person_id, area_id)")
    await execute("CREATE INDEX duty_leave_file_org ON duty_leave_file (org_id, id)")


async def forwards() -> MigrationManager:
    """Expand-only: adds, never takes away."""
    manager = MigrationManager(migration_id=ID, app_name="anwang", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager
