"""The log of duty is only added to, and the shifts that have just begun are found by their beginning.

A migration of its own: Piccolo runs raw statements before it makes the tables and columns of the same migration.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.core.database import execute, is_postgres

ID = "2026-11-22T10:00:00:000022"
VERSION = "1.38.0"
DESCRIPTION = "The log of duty is append-only"

INDEXES = """
CREATE INDEX duty_shift_begins ON duty_shift (starts_at) WHERE published_at IS NOT NULL AND cancelled_at IS NULL
"""

SQLITE_GUARD = """CREATE TRIGGER duty_log_no_{what} BEFORE {what} ON duty_log
BEGIN SELECT RAISE(ABORT, 'the log of duty is append-only'); END"""

POSTGRES_GUARD = """CREATE FUNCTION duty_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the log of duty is append-only'; END $$"""


async def _run() -> None:
    for statement in INDEXES.strip().splitlines():
        await execute(statement)
    if is_postgres():
        await execute(POSTGRES_GUARD)
        for what, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            await execute(
                f"CREATE TRIGGER duty_log_no_{what.lower()} BEFORE {what} ON duty_log "
                f"FOR EACH {each} EXECUTE FUNCTION duty_log_is_append_only()"
            )
    else:
        for what in ("UPDATE", "DELETE"):
            await execute(SQLITE_GUARD.format(what=what))


async def forwards() -> MigrationManager:
    """Expand-only: adds, never takes away."""
    manager = MigrationManager(migration_id=ID, app_name="anwang", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager
