from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Boolean
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-22T10:00:00:000026"
VERSION = "1.38.0"
DESCRIPTION = "A slot says whether it asks for a report, an area whether its shifts are taken over on the phone"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="anwang", description=DESCRIPTION)

    manager.add_column(
        table_class_name="DutySlot",
        tablename="duty_slot",
        column_name="asks_report",
        db_column_name="asks_report",
        column_class_name="Boolean",
        column_class=Boolean,
        params={
            "default": False,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="DutyArea",
        tablename="duty_area",
        column_name="by_phone",
        db_column_name="by_phone",
        column_class_name="Boolean",
        column_class=Boolean,
        params={
            "default": True,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    return manager
