"""Indexes of letters that take effect at once.

A migration of its own: Piccolo runs raw statements before it makes the tables and columns of the same migration.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.core.database import execute

ID = "2026-11-22T10:00:00:000039"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of letters that take effect at once"

INDEXES = """
CREATE INDEX letter_at_once_instead ON letter_at_once (instead_id)
"""


async def _run() -> None:
    for statement in INDEXES.strip().splitlines():
        await execute(statement)


async def forwards() -> MigrationManager:
    """What Piccolo asks for."""
    manager = MigrationManager(migration_id=ID, app_name="anwang", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager
