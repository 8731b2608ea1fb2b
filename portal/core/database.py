"""The one door to the database: SQLite on one machine, PostgreSQL for many, the same SQL for both.

Reads are hand-written SQL with `{}` for each argument, into a NamedTuple per question; nothing is ever pasted into a
statement. Writes happen inside `unit_of_work()`. Rows that people share change by `compare_and_set` only.
"""

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from piccolo.apps.migrations.tables import Migration
from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString
from piccolo.table import Table

from portal.core.refusals import Conflict
from portal.core.sqlite import PooledSQLiteEngine

os.environ.setdefault("PICCOLO_CONF", "portal.core.piccolo_conf")


class _Row(Protocol):
    def __init__(self, *args: Any) -> None: ...


R = TypeVar("R", bound=_Row)
AfterCommit = Callable[[], Awaitable[None]]
_MARK = re.compile(r"\{\}")
_after_commit: ContextVar[list[AfterCommit] | None] = ContextVar("after_commit", default=None)
watchers: list[Callable[[str], None]] = []
"""Called with each statement: tests and the bench count with it. Empty in production."""


class PooledPostgresEngine(PostgresEngine):
    """Piccolo's PostgreSQL engine with the one extra method that this module needs."""

    async def rows(self, sql: str, args: Sequence[Any] = ()) -> list[Any]:
        """Runs one statement on the transaction's connection or one of the pool; rows behave as tuples."""
        current = self.current_transaction.get()
        if current is not None:
            return list(await current.connection.fetch(sql, *args))
        assert self.pool is not None, "open_database() comes first"
        async with self.pool.acquire() as connection:
            return list(await connection.fetch(sql, *args))

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Any:
        sql, args = querystring.compile_string(engine_type=self.engine_type)
        return [dict(row) for row in await self.rows(sql, args)]


Engine = PooledSQLiteEngine | PooledPostgresEngine
_engine: Engine | None = None


def engine() -> Engine:
    """The open engine of this process."""
    assert _engine is not None, "open_database() comes first"
    return _engine


def is_postgres() -> bool:
    """True on PostgreSQL, false on SQLite: for the few statements that must differ."""
    return engine().engine_type == "postgres"


async def open_database(url: str, *, size: int = 6) -> Engine:
    """Opens `sqlite:///path/to/file` or `postgresql://…` and binds every table to it."""
    global _engine
    if url.startswith("sqlite:///"):
        path = url.removeprefix("sqlite:///")
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120 - before anything runs
        _engine = PooledSQLiteEngine(path, size=size)
    else:
        _engine = PooledPostgresEngine(config={"dsn": url, "server_settings": {"timezone": "UTC"}}, extensions=())
        await _engine.start_connection_pool(min_size=1, max_size=size, server_settings={"timezone": "UTC"})
    bound: list[type[Table]] = [*tables(), Migration]
    for table in bound:
        table._meta.db = _engine
    return _engine


async def close_database() -> None:
    """Closes every connection of this process."""
    global _engine
    if isinstance(_engine, PooledSQLiteEngine):
        await _engine.pool.close()
    elif _engine is not None:
        await _engine.close_connection_pool()
    _engine = None


def tables() -> list[type[Table]]:
    """Every table of the product that has been imported."""
    return [table for table in Table.__subclasses__() if table.__module__.startswith("portal.")]


@lru_cache(maxsize=1024)
def _compiled(sql: str, postgres: bool) -> str:
    if not postgres:
        return sql.replace("{}", "?")
    count = iter(range(1, 100_000))
    return _MARK.sub(lambda _: f"${next(count)}", sql)


async def _rows(sql: str, args: Sequence[Any]) -> list[Any]:
    for watch in watchers:
        watch(sql)
    open_engine = engine()
    return await open_engine.rows(_compiled(sql, open_engine.engine_type == "postgres"), args)


async def fetch(row: type[R], sql: str, *args: Any) -> list[R]:
    """Every row as `row(*columns)`: the NamedTuple's fields stand in the order of the SELECT."""
    return [row(*found) for found in await _rows(sql, args)]


async def fetch_one(row: type[R], sql: str, *args: Any) -> R | None:
    """The first row, or None."""
    found = await _rows(sql, args)
    return row(*found[0]) if found else None


async def fetch_value(sql: str, *args: Any) -> Any:
    """The first column of the first row, or None."""
    found = await _rows(sql, args)
    return found[0][0] if found else None


async def fetch_column(sql: str, *args: Any) -> list[Any]:
    """The first column of every row."""
    return [row[0] for row in await _rows(sql, args)]


async def execute(sql: str, *args: Any) -> int:
    """Runs a statement. Where it says RETURNING, the number of rows that it returned; otherwise 0."""
    return len(await _rows(sql, args))


def in_list(values: Iterable[Any]) -> tuple[str, list[Any]]:
    """`("({}, {})", [a, b])` for `IN`; an empty list gives a condition that no row meets."""
    wanted = list(values)
    return ("(" + ", ".join(["{}"] * len(wanted)) + ")" if wanted else "(NULL)"), wanted


async def insert(table: type[Table], *rows: dict[str, Any]) -> list[int]:
    """Inserts rows that all name the same columns; returns their ids in order."""
    if not rows:
        return []
    names = list(rows[0])
    per_statement = max(1, 30_000 // len(names))  # asyncpg and SQLite cap the arguments of one statement
    ids: list[int] = []
    for start in range(0, len(rows), per_statement):
        part = rows[start : start + per_statement]
        marks = ", ".join("(" + ", ".join(["{}"] * len(names)) + ")" for _ in part)
        sql = f"INSERT INTO {table._meta.tablename} ({', '.join(names)}) VALUES {marks} RETURNING id"
        ids += [found[0] for found in await _rows(sql, [row[name] for row in part for name in names])]
    return ids


async def compare_and_set(table: type[Table], row_id: int, *, version: int, **values: Any) -> int:
    """Changes a row that people share, only if it still has the version that the caller saw; gives the new version.

    Raises `Conflict` when somebody was first (or the row is gone). It is the one way that was right on both
    databases: read-change-save lost updates silently.
    """
    names = "".join(f"{name} = {{}}, " for name in values)
    sql = f"UPDATE {table._meta.tablename} SET {names}version = version + 1 WHERE id = {{}} AND version = {{}} RETURNING version"  # noqa: E501
    found = await _rows(sql, [*values.values(), row_id, version])
    if not found:
        raise Conflict()
    return int(found[0][0])


@asynccontextmanager
async def unit_of_work() -> AsyncIterator[None]:
    """One transaction: all of it or nothing. Opened by services only; inside another unit it joins it.

    Inside a unit nobody catches an exception to carry on: Piccolo's nested transaction is no savepoint.
    """
    if engine().current_transaction.get() is not None:
        yield
        return
    calls: list[AfterCommit] = []
    token = _after_commit.set(calls)
    try:
        async with engine().transaction():
            yield
    finally:
        _after_commit.reset(token)
    for call in calls:
        await call()


def after_commit(call: AfterCommit) -> None:
    """Runs `call` once the surrounding unit has been committed; for bells only, never for what must happen."""
    calls = _after_commit.get()
    assert calls is not None, "after_commit() belongs inside unit_of_work()"
    if call not in calls:
        calls.append(call)
