"""Upgrades keep data (TR12): from the first migration with rows in it to today's tables, on both engines."""

import contextlib
import io
from pathlib import Path

import pytest
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.apps.migrations.tables import Migration

from portal.core.clock import now
from portal.core.database import (
    close_database,
    execute,
    fetch_column,
    fetch_value,
    insert,
    is_postgres,
    open_database,
    tables,
)  # fmt: skip
from portal.core.migrate import migrate_open_database, pending_migrations
from portal.people.tables import Person
from tests.conftest import database_address

FIRST = "2026-11-22T10:00:00:000001"


@pytest.fixture(params=["sqlite", "postgres"])
async def blank(request: pytest.FixtureRequest, tmp_path: Path):  # type: ignore[no-untyped-def]
    """An open database in which nothing has run."""
    if request.param == "sqlite":
        await open_database(f"sqlite:///{tmp_path / 'old.db'}")
        yield
        await close_database()
        return
    import asyncpg

    server = request.getfixturevalue("postgres_server")
    connection = await asyncpg.connect(server)
    await connection.execute("CREATE DATABASE blank")
    await open_database(database_address(server, "blank"))
    yield
    await close_database()
    await connection.execute("DROP DATABASE blank WITH (FORCE)")
    await connection.close()


async def to_the_first_release() -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        await Migration.create_table(if_not_exists=True)
        assert (await run_forwards("anwang", FIRST)).success


async def test_rows_of_the_first_release_are_there_after_the_upgrade(blank: None) -> None:
    await to_the_first_release()
    row = {"org_id": 1, "name": "甄老", "kind": "staff", "language": "zh-Hans", "version": 1, "created_at": now()}
    ids = await insert(Person, *[row for _ in range(50)])
    assert len(await pending_migrations()) > 0
    await migrate_open_database()
    assert await pending_migrations() == []
    assert await fetch_column("SELECT id FROM person ORDER BY id") == ids
    done = await fetch_value("SELECT count(*) FROM migration")
    await migrate_open_database()
    assert await fetch_value("SELECT count(*) FROM migration") == done, "running it again is a no-op"


async def test_a_migration_that_is_broken_off_is_run_again_whole(blank: None) -> None:
    """An index that is in the way stands for a crash in the middle: nothing of that migration stays, then it runs."""
    await to_the_first_release()
    await execute("CREATE INDEX mail_open ON mail (send_at)")
    with contextlib.redirect_stdout(io.StringIO()), pytest.raises(Exception, match="mail_open"):
        await migrate_open_database()
    assert await pending_migrations()
    assert "hazard_open" not in await names_of_indexes()
    await execute("DROP INDEX mail_open")
    await migrate_open_database()
    assert "hazard_open" in await names_of_indexes()


async def test_slots_that_asked_for_a_report_by_their_name_ask_for_it_after_the_upgrade(blank: None) -> None:
    await to_the_first_release()
    with contextlib.redirect_stdout(io.StringIO()):
        assert (await run_forwards("anwang", "2026-11-22T10:00:00:000025")).success
    sql = (
        "INSERT INTO duty_slot (org_id, day_kind, from_minute, to_minute, name, name_en, role, people, first_day, "
        "source, entered_at, version) VALUES (1, 'weekend', 0, 60, {}, {}, 'sleep', 1, {}, '', {}, 1)"
    )
    names = (("就寝（熄灯清点、零报告）", ""), ("Night", "Sleep (Zero Report)"), ("就寝", "Sleep"), ("零点", "report"))
    for name, name_en in names:
        await execute(sql, name, name_en, now().date(), now())
    await migrate_open_database()
    assert await fetch_column("SELECT name FROM duty_slot WHERE asks_report ORDER BY id") == [names[0][0], "Night"]
    assert await fetch_value("SELECT count(*) FROM duty_slot WHERE NOT asks_report") == 2


async def names_of_indexes() -> set[str]:
    if is_postgres():
        return set(await fetch_column("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"))
    return set(await fetch_column("SELECT name FROM sqlite_master WHERE type = 'index'"))


async def test_the_chain_of_migrations_makes_exactly_the_tables_of_the_code(database: str) -> None:
    import portal.app  # noqa: F401 - every room's tables

    for table in tables():
        name = table._meta.tablename
        if is_postgres():
            found = await fetch_column("SELECT column_name FROM information_schema.columns WHERE table_name = {}", name)
        else:
            found = await fetch_column(f"SELECT name FROM pragma_table_info('{name}')")
        wanted = {column._meta.db_column_name for column in table._meta.columns}
        assert set(found) == wanted, f"{name}: run python -m portal.core.new_migration and review what it wrote"
