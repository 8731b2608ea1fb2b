"""SQLite behind Piccolo, with connections that are kept and transactions that never deadlock.

The stock engine opens a connection and a thread for each query, with no WAL and DEFERRED transactions; under load it
loses writes to "database is locked". Here connections are pooled, every write transaction is IMMEDIATE and waits
its turn behind one lock per process, and `synchronous=FULL` keeps what people sign and report through a power cut
(TR7, TR9).
"""

import asyncio
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiosqlite
from piccolo.engine.sqlite import SQLiteEngine, SQLiteTransaction, TransactionType
from piccolo.querystring import QueryString

from portal.core.clock import monotonic
from portal.core.refusals import Busy, Refused

# The stock converter goes through Decimal for each integer; a board reads thousands of them.
sqlite3.register_converter("INTEGER", int)

PRAGMAS = "PRAGMA foreign_keys=1; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY;"
BUSY_SECONDS = 30.0


def refusal_for(error: sqlite3.OperationalError) -> Exception:
    """What a failure of the database file means for a person: wait, make room, or a fault of ours."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return Busy()
    if "full" in text or "disk I/O" in text:
        return Refused("core.disk_full")
    return error


def _begin(raw: sqlite3.Connection) -> None:
    """Asks for the write lock about every millisecond, in the connection's own thread.

    SQLite's own waiting sleeps up to a tenth of a second between two tries. Another process that hands the lock from
    one of its writers to the next leaves it free for less than a millisecond, so whoever slept longest waited longest.
    """
    raw.execute("PRAGMA busy_timeout=0")
    try:
        end = monotonic() + BUSY_SECONDS
        while True:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or monotonic() >= end:
                    raise
            time.sleep(random.uniform(0.0005, 0.002))  # noqa: S311 - no secret, only not in step with the others
    finally:
        raw.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")


class Connection:
    """A kept connection that goes back to its pool when Piccolo closes it."""

    def __init__(self, pool: "Pool", raw: aiosqlite.Connection) -> None:
        self.pool = pool
        self.raw = raw
        self.interrupted = False

    async def rows(self, sql: str, args: Sequence[Any] = ()) -> list[Any]:
        """Runs one statement in one hop to the connection's thread; rows are `sqlite3.Row`."""
        try:
            return list(await self.raw.execute_fetchall(sql, args))
        except sqlite3.OperationalError as error:
            raise refusal_for(error) from error
        except asyncio.CancelledError:
            self.interrupted = True  # the thread may still be at work on it: nobody else gets this connection
            raise

    execute = rows

    async def begin(self) -> None:
        """Begins a write transaction, in turn with the other processes."""
        try:
            await self.raw._execute(_begin, self.raw._conn)  # type: ignore[no-untyped-call]
        except sqlite3.OperationalError as error:
            raise refusal_for(error) from error
        except asyncio.CancelledError:
            self.interrupted = True
            raise

    async def close(self) -> None:
        await self.pool.give_back(self)


class Pool:
    """Up to `size` connections to one file, opened when first needed; waiting is first come, first served."""

    def __init__(self, path: str, size: int) -> None:
        self.path = path
        self._free: list[Connection] = []
        self._places = asyncio.Semaphore(size)

    async def take(self) -> Connection:
        await self._places.acquire()
        try:
            return self._free.pop() if self._free else await self._open()
        except BaseException:
            self._places.release()
            raise

    async def _open(self) -> Connection:
        waiting = aiosqlite.connect(
            self.path, detect_types=sqlite3.PARSE_DECLTYPES, isolation_level=None, timeout=BUSY_SECONDS
        )
        waiting._thread.daemon = True  # an unfinished statement must not keep a finished process alive
        raw = await waiting
        raw.row_factory = sqlite3.Row
        await raw.executescript(PRAGMAS)
        return Connection(self, raw)

    async def give_back(self, connection: Connection) -> None:
        """Returns a connection; one that is still at work or inside a transaction is closed instead of shared."""
        try:
            if connection.interrupted or connection.raw.in_transaction:
                await connection.raw.close()
            else:
                self._free.append(connection)
        finally:
            self._places.release()

    async def close(self) -> None:
        while self._free:
            await self._free.pop().raw.close()


class PooledTransaction(SQLiteTransaction):
    """Piccolo's transaction, IMMEDIATE, behind the one write lock of this process."""

    __slots__ = ()

    async def begin(self) -> None:
        await self.connection.begin()

    async def __aenter__(self) -> "PooledTransaction":
        if self._parent is not None:
            return self._parent  # type: ignore[return-value]
        engine: PooledSQLiteEngine = self.engine  # type: ignore[assignment]
        await engine.write_lock.acquire()
        try:
            self.connection = await engine.pool.take()
            try:
                await self.begin()
            except BaseException:
                await self.connection.close()
                raise
        except BaseException:
            engine.write_lock.release()
            raise
        self.context = engine.current_transaction.set(self)
        return self

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> bool:
        if self._parent is not None:
            return error is None
        engine: PooledSQLiteEngine = self.engine  # type: ignore[assignment]
        engine.current_transaction.reset(self.context)
        try:
            await self._finish(failed=error is not None)
        finally:
            await self.connection.close()
            engine.write_lock.release()
        return error is None

    async def _finish(self, *, failed: bool) -> None:
        if self._committed or self._rolled_back:
            return
        if failed:
            await self.rollback()  # type: ignore[no-untyped-call]
            return
        try:
            await self.commit()  # type: ignore[no-untyped-call]
        except BaseException:
            if self.connection.raw.in_transaction:
                await self.rollback()  # type: ignore[no-untyped-call]
            raise


class PooledSQLiteEngine(SQLiteEngine):
    """Piccolo's SQLite engine over `Pool`. `path` is a file; the folder must exist."""

    __slots__ = ("pool", "write_lock")

    def __init__(self, path: str, *, size: int = 6) -> None:
        super().__init__(path=path)
        self.pool = Pool(path, size)
        self.write_lock = asyncio.Lock()
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA journal_mode=WAL")

    def transaction(
        self, transaction_type: TransactionType = TransactionType.immediate, allow_nested: bool = True
    ) -> PooledTransaction:
        """A write transaction; inside another one it joins it."""
        return PooledTransaction(self, TransactionType.immediate, allow_nested)

    async def get_connection(self) -> Any:
        return await self.pool.take()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """The transaction's connection, or one of the pool for a single statement."""
        current = self.current_transaction.get()
        if current is not None:
            yield current.connection
            return
        taken = await self.pool.take()
        try:
            yield taken
        finally:
            await taken.close()

    async def rows(self, sql: str, args: Sequence[Any] = ()) -> list[Any]:
        """Runs one statement; rows behave as tuples."""
        async with self.connection() as connection:
            return await connection.rows(sql, args)

    async def run_querystring(self, querystring: QueryString, in_pool: bool = False) -> list[dict[str, Any]]:
        sql, args = querystring.compile_string(engine_type=self.engine_type)
        return [dict(row) for row in await self.rows(sql, args)]

    async def run_ddl(self, ddl: str, in_pool: bool = False) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.rows(ddl)]
