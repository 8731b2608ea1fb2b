"""A SQLite file as a `Place`. A read transaction in WAL mode is a snapshot; nobody has to wait for it."""

import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any

# importing it registers how Piccolo's columns become Python's types, and back
import portal.core.sqlite  # noqa: F401
from portal.backup.rows import BATCH


class SqlitePlace:
    """See `Place`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    async def tables(self) -> list[str]:
        """See `Place.tables`."""
        found = self.connection.execute(
            "SELECT name FROM sqlite_master "
            "WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        )
        return [row[0] for row in found]

    async def columns(self, table: str) -> list[str]:
        """See `Place.columns`."""
        return [row[0] for row in self.connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]

    async def rows(self, table: str, columns: Sequence[str]) -> AsyncIterator[Sequence[Any]]:
        """See `Place.rows`."""
        for row in self.connection.execute(f"SELECT {_names(columns)} FROM {_names([table])} ORDER BY id"):
            yield row

    async def series(self, table: str) -> int:
        """See `Place.series`."""
        if self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone():
            found = self.connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
            if found:
                return int(found[0])
        return int(self.connection.execute(f"SELECT coalesce(max(id), 0) FROM {_names([table])}").fetchone()[0])

    async def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], last: int) -> int:
        """See `Place.fill`."""
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {_names([table])} ({_names(columns)}) VALUES ({marks})"
        count, waiting = 0, iter(rows)
        while batch := list(islice(waiting, BATCH)):
            self.connection.executemany(sql, batch)
            count += len(batch)
        if self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone():
            self.connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
            self.connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))
        return count

    async def faults(self) -> list[str]:
        """See `Place.faults`."""
        pages = [row[0] for row in self.connection.execute("PRAGMA integrity_check")]
        references = [
            f"{row[0]}: row {row[1]} → {row[2]}" for row in self.connection.execute("PRAGMA foreign_key_check")
        ]
        return [line for line in pages if line != "ok"] + references


def _names(names: Sequence[str]) -> str:
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, detect_types=sqlite3.PARSE_DECLTYPES, isolation_level=None, timeout=60)


@asynccontextmanager
async def reading(path: Path) -> AsyncIterator[SqlitePlace]:
    """One moment of the file. The file must exist: a missing one is not made."""
    connection = _open(path)
    try:
        connection.execute("PRAGMA query_only = 1")
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the snapshot begins with the first read
        yield SqlitePlace(connection)
    finally:
        connection.close()


@asynccontextmanager
async def filling(path: Path) -> AsyncIterator[SqlitePlace]:
    """One transaction without reference checks, which are made at the end for all rows at once."""
    connection = _open(path)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = 0")
        connection.execute("BEGIN IMMEDIATE")
        yield SqlitePlace(connection)
        connection.execute("COMMIT")
    finally:
        connection.close()
