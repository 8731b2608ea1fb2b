"""Nobody is asked twice about the same shift.

A migration of its own: Piccolo runs raw statements before it makes the tables and columns of the same migration.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.core.database import execute

ID = "2026-11-22T10:00:00:000014"
VERSION = "1.38.0"
DESCRIPTION = "Each offer of a shift once"


async def _run() -> None:
    await execute("CREATE UNIQUE INDEX duty_swap_offer_once ON duty_swap_offer (swap_id, person_id)")
    await execute("CREATE INDEX duty_swap_back ON duty_swap (back_shift_id)")


async def forwards() -> MigrationManager:
    """Expand-only: adds, never takes away."""
    manager = MigrationManager(migration_id=ID, app_name="anwang", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager
