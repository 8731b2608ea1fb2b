"""One Piccolo app for the whole product: one migration chain for SQLite and PostgreSQL."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

ROOMS = (
    "audit", "grids", "people", "accounts", "responsibilities", "duty", "hazards", "letters", "contact_boards",
    "coverage", "changes", "reminders",
)  # fmt: skip

APP_CONFIG = AppConfig(
    app_name="anwang",
    migrations_folder_path=str(Path(__file__).parent.parent / "migrations"),
    table_classes=table_finder(modules=[f"portal.{room}.tables" for room in ROOMS], exclude_imported=True),
    migration_dependencies=[],
    commands=[],
)
