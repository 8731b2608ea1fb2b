"""Indexes of letters.

A migration of its own: Piccolo runs raw statements before it makes the tables and columns of the same migration.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.core.database import execute

ID = "2026-11-22T10:00:00:000029"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of letters"

INDEXES = """
CREATE UNIQUE INDEX letter_number ON letter (org_id, year, seq)
CREATE INDEX letter_org ON letter (org_id, drafted_at)
CREATE INDEX letter_post ON letter (post_id, starts_at)
CREATE INDEX letter_person ON letter (person_id, starts_at)
CREATE INDEX letter_round_of ON letter (round_id)
CREATE INDEX letter_appointment ON letter (appointment_id)
CREATE INDEX letter_unmade ON letter (next_try_at, id) WHERE made_at IS NULL AND voided_at IS NULL
CREATE INDEX letter_unsealed ON letter (signed_at) WHERE signed_at IS NOT NULL AND sealed_at IS NULL AND voided_at IS NULL
CREATE UNIQUE INDEX letter_party_field ON letter_party (letter_id, field)
CREATE INDEX letter_party_waiting ON letter_party (person_id, letter_id) WHERE signed_at IS NULL AND refused_at IS NULL
CREATE UNIQUE INDEX letter_file_stage ON letter_file (letter_id, role, stage)
CREATE INDEX letter_file_digest ON letter_file (digest)
CREATE INDEX letter_end_letter ON letter_end (letter_id, ends_at)
CREATE INDEX letter_reading_who ON letter_reading (letter_id, person_id)
CREATE UNIQUE INDEX letter_counter_year ON letter_counter (org_id, year)
CREATE UNIQUE INDEX letter_template_edition ON letter_template (COALESCE(org_id, 0), kind, edition)
CREATE INDEX letter_edge_kind ON letter_edge (kind, org_id)
CREATE INDEX letter_round_org ON letter_round (org_id, asked_at)
CREATE UNIQUE INDEX signing_key_person ON signing_key (person_id) WHERE ended_at IS NULL
CREATE INDEX signing_consent_person ON signing_consent (person_id, edition)
"""


async def _run() -> None:
    for statement in INDEXES.strip().splitlines():
        await execute(statement)


async def forwards() -> MigrationManager:
    """What Piccolo asks for."""
    manager = MigrationManager(migration_id=ID, app_name="anwang", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager
