"""Indexes of the tables that 000003 made, and what there can be only one of.

A migration of its own: Piccolo runs raw statements before it makes the tables and columns of the same migration.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.core.database import execute

ID = "2026-11-22T10:00:00:000004"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of responsibilities, changes of people, coverage and public boards"

INDEXES = """
CREATE INDEX absence_person ON absence (person_id, starts_at)
CREATE INDEX post_org ON post (org_id)
CREATE INDEX appointment_org ON appointment (org_id, starts_at)
CREATE INDEX duty_item_list ON duty_item (list_id, starts_at)
CREATE INDEX duty_item_code ON duty_item (code, starts_at)
CREATE UNIQUE INDEX duty_item_open ON duty_item (list_id, code) WHERE ends_at IS NULL
CREATE UNIQUE INDEX duty_list_copy ON duty_list (org_id, copy_of) WHERE copy_of IS NOT NULL AND ended_at IS NULL
CREATE UNIQUE INDEX duty_mapping_once ON duty_mapping (COALESCE(org_id, 0), title, COALESCE(grid_kind, ''), COALESCE(grid_name, ''))
CREATE INDEX responsibility_org ON responsibility (org_id, starts_at)
CREATE INDEX responsibility_grid ON responsibility (grid_id, duty)
CREATE UNIQUE INDEX responsibility_one_main ON responsibility (grid_id, duty) WHERE mark = 'main' AND ends_at IS NULL AND is_proposal = FALSE
CREATE INDEX contact_board_grid ON contact_board (grid_id)
CREATE UNIQUE INDEX contact_board_open ON contact_board (grid_id) WHERE revoked_at IS NULL
CREATE UNIQUE INDEX consent_open ON consent (person_id, field) WHERE withdrawn_at IS NULL
CREATE INDEX public_report_waiting ON public_report (org_id, screen_due_at) WHERE state = 'waiting'
CREATE INDEX public_report_hazard ON public_report (hazard_id)
CREATE INDEX public_report_grid ON public_report (grid_id, created_at)
CREATE UNIQUE INDEX public_visit_slot ON public_visit (what, address_digest, slot)
CREATE INDEX print_job_open ON print_job (asked_at) WHERE state IN ('waiting', 'running')
CREATE INDEX coverage_span_now ON coverage_span (org_id, starts_at)
CREATE UNIQUE INDEX look_alike_once ON look_alike_confirmed (org_id, one_id, other_id)
CREATE UNIQUE INDEX responsibility_map_edition ON responsibility_map (org_id, edition)
CREATE INDEX personnel_change_org ON personnel_change (org_id, effective_at)
CREATE INDEX personnel_change_person ON personnel_change (person_id)
CREATE INDEX change_row_change ON change_row (change_id)
CREATE INDEX handover_sheet_open ON handover_sheet (org_id, due_at) WHERE supervisor_confirmed_at IS NULL AND void_at IS NULL
CREATE INDEX handover_sheet_change ON handover_sheet (change_id)
"""


async def _run() -> None:
    for statement in INDEXES.strip().splitlines():
        await execute(statement)


async def forwards() -> MigrationManager:
    """Expand-only: adds, never takes away."""
    manager = MigrationManager(migration_id=ID, app_name="anwang", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager
