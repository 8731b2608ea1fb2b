"""Indexes of what keeps letters.

A migration of its own: Piccolo runs raw statements before it makes the tables and columns of the same migration.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.core.database import execute

ID = "2026-11-22T10:00:00:000035"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of what keeps letters"

INDEXES = """
CREATE INDEX letter_upkeep_due ON letter_upkeep (due_at) WHERE due_at IS NOT NULL
CREATE INDEX letter_upkeep_org ON letter_upkeep (org_id)
CREATE INDEX signing_ended_org ON signing_ended (org_id, ended_at)
CREATE INDEX letter_archive_org ON letter_archive (org_id, year)
CREATE INDEX letter_removal_org ON letter_removal (org_id)
"""


async def _run() -> None:
    for statement in INDEXES.strip().splitlines():
        await execute(statement)


async def forwards() -> MigrationManager:
    """What Piccolo asks for."""
    manager = MigrationManager(migration_id=ID, app_name="anwang", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager
