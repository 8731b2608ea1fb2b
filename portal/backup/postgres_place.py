"""A PostgreSQL database as a `Place`. Reading: a REPEATABLE READ transaction. Filling: one transaction."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any

import asyncpg

from portal.backup.rows import BATCH

_REFERENCES = """SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"""


class PostgresPlace:
    """See `Place`."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def tables(self) -> list[str]:
        """See `Place.tables`."""
        found = await self.connection.fetch(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        )
        return sorted(row[0] for row in found)

    async def columns(self, table: str) -> list[str]:
        """See `Place.columns`."""
        found = await self.connection.fetch(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position",
            table,
        )
        return [row[0] for row in found]

    async def rows(self, table: str, columns: Sequence[str]) -> AsyncIterator[Sequence[Any]]:
        """See `Place.rows`."""
        short = set(await self._short_floats(table))
        shown = ", ".join(_shown(name, short=name in short) for name in columns)
        sql = f"SELECT {shown} FROM {_names([table])} ORDER BY id"
        async for row in self.connection.cursor(sql, prefetch=BATCH):
            yield tuple(row)

    async def _short_floats(self, table: str) -> list[str]:
        found = await self.connection.fetch(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = $1 AND data_type = 'real'",
            table,
        )
        return [row[0] for row in found]

    async def series(self, table: str) -> int:
        """See `Place.series`."""
        name = await self.connection.fetchval("SELECT pg_get_serial_sequence($1, 'id')", _names([table]))
        if name is None:
            return int(await self.connection.fetchval(f"SELECT coalesce(max(id), 0) FROM {_names([table])}"))
        found = await self.connection.fetchrow(f"SELECT last_value, is_called FROM {name}")
        return int(found[0]) if found[1] else 0

    async def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], last: int) -> int:
        """See `Place.fill`."""
        marks = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
        statement = await self.connection.prepare(f"INSERT INTO {_names([table])} ({_names(columns)}) VALUES ({marks})")
        count, waiting = 0, iter(rows)
        while batch := list(islice(waiting, BATCH)):
            await statement.executemany(batch)
            count += len(batch)
        name = await self.connection.fetchval("SELECT pg_get_serial_sequence($1, 'id')", _names([table]))
        if name is not None and last:
            await self.connection.execute("SELECT setval($1::text::regclass, $2)", name, last)
        return count

    async def faults(self) -> list[str]:
        """None: the references were checked when they were put back, and pages are the server's own care."""
        return []


def _names(names: Sequence[str]) -> str:
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)


def _shown(name: str, *, short: bool) -> str:
    """A column of four bytes says 52.3 as text, and 52.29999923706055 as a number."""
    return f"{_names([name])}::text::float8" if short else _names([name])


async def _connect(url: str) -> Any:
    return await asyncpg.connect(url, server_settings={"timezone": "UTC"})


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[PostgresPlace]:
    """One moment of the database."""
    connection = await _connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield PostgresPlace(connection)
    finally:
        await connection.close()


@asynccontextmanager
async def filling(url: str) -> AsyncIterator[PostgresPlace]:
    """References are taken away and put back within the transaction: PostgreSQL checks all rows as it
    puts them back.
    """
    connection = await _connect(url)
    try:
        async with connection.transaction():
            references = await connection.fetch(_REFERENCES)
            for place, name, _ in references:
                await connection.execute(f"ALTER TABLE {place} DROP CONSTRAINT {name}")
            yield PostgresPlace(connection)
            for place, name, rule in references:
                await connection.execute(f"ALTER TABLE {place} ADD CONSTRAINT {name} {rule}")
    finally:
        await connection.close()


async def empty(url: str) -> None:
    """Takes away every table and function of the schema: only after a failed restore into one that was
    empty.
    """
    connection = await _connect(url)
    try:
        async with connection.transaction():
            place = PostgresPlace(connection)
            for table in await place.tables():
                await connection.execute(f"DROP TABLE {_names([table])} CASCADE")
            functions = await connection.fetch(
                "SELECT oid::regprocedure::text FROM pg_proc "
                "WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype"
            )
            for row in functions:
                await connection.execute(f"DROP FUNCTION {row[0]} CASCADE")
    finally:
        await connection.close()
