"""Bringing a database to today's tables: one chain of expand-only migrations for SQLite and PostgreSQL (TR12)."""

import contextlib
import io
from functools import cache
from pathlib import Path
from typing import Protocol

from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.apps.migrations.tables import Migration

from portal.core.database import close_database, fetch_value, open_database
from portal.piccolo_app import APP_CONFIG


class HasDatabase(Protocol):
    """Settings that name a database."""

    @property
    def database_url(self) -> str: ...


async def migrate(settings: HasDatabase) -> None:
    """Runs what is not yet run; running it again changes nothing."""
    await open_database(settings.database_url)
    try:
        await migrate_open_database()
    finally:
        await close_database()


async def migrate_open_database() -> None:
    """The same on the database that is open."""
    with contextlib.redirect_stdout(io.StringIO()):
        await Migration.create_table(if_not_exists=True)
        result = await run_forwards("anwang")
    if not result.success:
        raise RuntimeError(f"migration failed: {result.message}")


@cache
def _in_the_code() -> list[str]:
    """The migrations of this process's code; they do not change while it runs."""
    return sorted(path.stem for path in Path(APP_CONFIG.resolved_migrations_folder_path).glob("anwang_*.py"))


async def pending_migrations() -> list[str]:
    """The ids of migrations that the code has and the open database has not."""
    wanted = _in_the_code()
    done = await fetch_value("SELECT count(*) FROM migration WHERE app_name = 'anwang'")
    return wanted[int(done) :]
