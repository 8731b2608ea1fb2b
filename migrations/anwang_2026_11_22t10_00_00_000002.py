"""Indexes that the hot pages live on, uniqueness over more than one column, and the triggers that keep the trail append-only."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.core.database import execute, is_postgres

ID = "2026-11-22T10:00:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "Indexes and the append-only trail"

INDEXES = """
CREATE UNIQUE INDEX event_chain ON event (org_id, seq)
CREATE INDEX event_subject ON event (subject_kind, subject_id, id)
CREATE INDEX outbox_open ON outbox (available_at) WHERE done_at IS NULL AND failed_at IS NULL
CREATE UNIQUE INDEX anchor_day ON anchor (org_id, day)
CREATE INDEX grid_org_path ON grid (org_id, path)
CREATE INDEX grid_parent ON grid (parent_id, sort)
CREATE INDEX person_org ON person (org_id, name)
CREATE INDEX appointment_post ON appointment (post_id, starts_at)
CREATE INDEX appointment_person ON appointment (person_id, starts_at)
CREATE INDEX invitation_open ON invitation (org_id) WHERE used_at IS NULL AND revoked_at IS NULL
CREATE INDEX sign_in_attempt_login ON sign_in_attempt (login_digest, at)
CREATE INDEX sign_in_attempt_network ON sign_in_attempt (network, at)
CREATE UNIQUE INDEX number_series_name ON number_series (org_id, series)
CREATE UNIQUE INDEX hazard_number ON hazard (org_id, number)
CREATE INDEX hazard_open ON hazard (org_id, grid_id) WHERE closed_at IS NULL
CREATE INDEX hazard_open_due ON hazard (due_at) WHERE closed_at IS NULL
CREATE INDEX hazard_closed ON hazard (org_id, closed_at) WHERE closed_at IS NOT NULL
CREATE INDEX hazard_responsible ON hazard (responsible_person_id) WHERE closed_at IS NULL
CREATE INDEX hazard_receiver_open ON hazard_receiver (grid_id) WHERE until IS NULL
CREATE INDEX restricted_viewer_org ON restricted_viewer (org_id, person_id)
CREATE UNIQUE INDEX board_limit_column ON board_limit (grid_id, board_column)
CREATE INDEX reminder_unread ON reminder (person_id) WHERE read_at IS NULL
CREATE INDEX reminder_person ON reminder (person_id, id)
CREATE INDEX reminder_subject ON reminder (subject_kind, subject_id, id)
CREATE INDEX mail_open ON mail (send_at) WHERE sent_at IS NULL AND failed_at IS NULL
"""

SQLITE_GUARD = """CREATE TRIGGER event_no_{what} BEFORE {what} ON event
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"""

POSTGRES_GUARD = """CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$"""


async def _run() -> None:
    for statement in INDEXES.strip().splitlines():
        await execute(statement)
    if is_postgres():
        await execute(POSTGRES_GUARD)
        for what, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            await execute(
                f"CREATE TRIGGER event_no_{what.lower()} BEFORE {what} ON event "
                f"FOR EACH {each} EXECUTE FUNCTION event_is_append_only()"
            )
    else:
        for what in ("UPDATE", "DELETE"):
            await execute(SQLITE_GUARD.format(what=what))


async def forwards() -> MigrationManager:
    """Expand-only: adds, never takes away."""
    manager = MigrationManager(migration_id=ID, app_name="anwang", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager
