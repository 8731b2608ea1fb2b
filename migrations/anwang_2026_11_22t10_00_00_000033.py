"""Indexes of letters on paper.

A migration of its own: Piccolo runs raw statements before it makes the tables and columns of the same migration.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.core.database import execute

ID = "2026-11-22T10:00:00:000033"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of letters on paper"

INDEXES = """
CREATE INDEX letter_paper_open ON letter_paper (org_id) WHERE checked_at IS NULL
CREATE INDEX letter_class_open ON letter_class (org_id) WHERE done_at IS NULL
"""


async def _run() -> None:
    for statement in INDEXES.strip().splitlines():
        await execute(statement)


async def forwards() -> MigrationManager:
    """What Piccolo asks for."""
    manager = MigrationManager(migration_id=ID, app_name="anwang", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager
