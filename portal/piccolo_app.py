"""One Piccolo app for the whole product: one migration chain for SQLite and PostgreSQL."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from piccolo.conf.apps import AppConfig, table_finder

ROOMS = (
    "audit", "grids", "people", "accounts", "responsibilities", "duty", "hazards", "letters", "contact_boards",
    "coverage", "changes", "reminders",
)  # fmt: skip

TABLES = [import_module(f"portal.{room}.tables") for room in ROOMS]
MODULES = [
    name
    for tables in TABLES
    for name in (
        tables.__name__,
        *(one.name for one in iter_modules(getattr(tables, "__path__", []), f"{tables.__name__}.")),
    )
]
"""Where tables stand: a room's `tables`, a module or a package of them."""

APP_CONFIG = AppConfig(
    app_name="anwang",
    migrations_folder_path=str(Path(__file__).parent.parent / "migrations"),
    table_classes=table_finder(modules=MODULES, exclude_imported=True),
    migration_dependencies=[],
    commands=[],
)
