"""A database as backup and restore see it: tables, columns, rows, series of ids; one consistent view of
all of it.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from portal.settings import Settings


class Place(Protocol):
    """An open database. Names come from the database's own catalogue or are checked against it, never
    from a file.
    """

    async def tables(self) -> list[str]:
        """Every table, sorted, Piccolo's own `migration` included."""

    async def columns(self, table: str) -> list[str]:
        """A table's columns in their order."""

    def rows(self, table: str, columns: Sequence[str]) -> AsyncIterator[Sequence[Any]]:
        """Every row in the order of ids."""

    async def series(self, table: str) -> int:
        """The last id that was given out, 0 when none: an id is not given twice, even after a restore."""

    async def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], last: int) -> int:
        """Inserts rows with their ids and sets the series; how many there were."""

    async def faults(self) -> list[str]:
        """What the database itself finds wrong with its pages, keys and references; empty when it is
        sound.
        """


def reading(settings: Settings) -> AbstractAsyncContextManager[Place]:
    """The database for reading: one moment of it, whoever writes meanwhile; writers do not wait."""
    if settings.sqlite_file is not None:
        from portal.backup.sqlite_place import reading as open_sqlite

        return open_sqlite(settings.sqlite_file)
    from portal.backup.postgres_place import reading as open_postgres

    return open_postgres(settings.database_url)


def filling(settings: Settings) -> AbstractAsyncContextManager[Place]:
    """The database for filling: all of it is committed at the end, or nothing.

    References are checked at the end.
    """
    if settings.sqlite_file is not None:
        from portal.backup.sqlite_place import filling as open_sqlite

        return open_sqlite(settings.sqlite_file)
    from portal.backup.postgres_place import filling as open_postgres

    return open_postgres(settings.database_url)
