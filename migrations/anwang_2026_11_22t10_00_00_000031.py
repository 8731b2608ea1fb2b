"""Indexes of passkeys.

A migration of its own: Piccolo runs raw statements before it makes the tables and columns of the same migration.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.core.database import execute

ID = "2026-11-22T10:00:00:000031"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of passkeys"

INDEXES = """
CREATE UNIQUE INDEX signing_passkey_credential ON signing_passkey (credential) WHERE ended_at IS NULL
CREATE INDEX signing_passkey_key ON signing_passkey (key_id)
CREATE INDEX signing_passkey_person ON signing_passkey (person_id)
CREATE UNIQUE INDEX signing_challenge_digest ON signing_challenge (digest)
CREATE INDEX signing_challenge_person ON signing_challenge (person_id)
CREATE INDEX signing_challenge_ends ON signing_challenge (ends_at)
"""


async def _run() -> None:
    for statement in INDEXES.strip().splitlines():
        await execute(statement)


async def forwards() -> MigrationManager:
    """What Piccolo asks for."""
    manager = MigrationManager(migration_id=ID, app_name="anwang", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager
