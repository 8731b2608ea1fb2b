"""Indexes of who signs in whose place.

A migration of its own: Piccolo runs raw statements before it makes the tables and columns of the same migration.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.core.database import execute

ID = "2026-11-22T10:00:00:000037"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of who signs in whose place"

INDEXES = """
CREATE INDEX letter_party_post ON letter_party (post_id) WHERE signed_at IS NULL AND refused_at IS NULL
CREATE INDEX letter_party_signed_by ON letter_party (signed_by_id) WHERE signed_by_id IS NOT NULL
"""


async def _run() -> None:
    for statement in INDEXES.strip().splitlines():
        await execute(statement)


async def forwards() -> MigrationManager:
    """What Piccolo asks for."""
    manager = MigrationManager(migration_id=ID, app_name="anwang", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager
