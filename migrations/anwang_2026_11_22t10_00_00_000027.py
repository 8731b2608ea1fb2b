"""Slots that asked for a report by their name ask for it by themselves; schools with such slots are found by them.

A migration of its own: Piccolo runs raw statements before it makes the tables and columns of the same migration.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.core.database import execute

ID = "2026-11-22T10:00:00:000027"
VERSION = "1.38.0"
DESCRIPTION = "Slots whose name asked for a report ask for it"


async def _run() -> None:
    await execute(
        "UPDATE duty_slot SET asks_report = {} WHERE name LIKE {} OR name LIKE {} OR LOWER(name_en) LIKE {} "
        "OR LOWER(name_en) LIKE {}",
        True, "%零报告%", "%zero report%", "%零报告%", "%zero report%",
    )  # fmt: skip
    await execute("CREATE INDEX duty_slot_reports ON duty_slot (org_id) WHERE asks_report")


async def forwards() -> MigrationManager:
    """Expand-only: adds, never takes away."""
    manager = MigrationManager(migration_id=ID, app_name="anwang", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager
