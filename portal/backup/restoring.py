"""`python -m portal restore FILE.tar`: into an empty data folder, and only what proves whole.

Nothing takes its place before all of it has been checked: every checksum, the database's own check, every
reference, every row read back and compared, and the audit trail.
"""

import math
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from portal.backup.archive import Manifest, read
from portal.backup.places import Place, filling, reading
from portal.backup.rows import from_line
from portal.serving.serve import portal_command
from portal.serving.words import Trouble
from portal.settings import ROOT, Settings

VerifyAudit = Callable[[Settings], int]


def verify_audit(settings: Settings) -> int:
    """Runs `verify-audit` on these settings; its exit status."""
    environ = {**os.environ, **settings.environ()}
    return subprocess.run(portal_command("verify-audit"), cwd=ROOT, env=environ, check=False).returncode


async def restore_backup(settings: Settings, source: Path, *, verify: VerifyAudit = verify_audit) -> Manifest:
    """Restores a backup, of either database into either.

    Anything that is not whole is a `Trouble` and leaves nothing.
    """
    staging = settings.data / ".restoring"
    shutil.rmtree(staging, ignore_errors=True)  # what a killed restore left
    await _refuse_unless_empty(settings)
    staging.mkdir(mode=0o700)
    target = _staged(settings, staging)
    try:
        manifest = read(source, into=staging)
        await _fill(target, manifest, staging)
        if verify(target) != 0:
            raise Trouble("restore.audit", status=1)
        await _forget_sessions(target)
        _put_in_place(settings, target, staging, manifest)
    except BaseException:
        await _empty(target)
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return manifest


def _staged(settings: Settings, staging: Path) -> Settings:
    """The same settings, with a SQLite file and anchors that nobody else sees yet."""
    anchors = staging / "anchors" / settings.anchor_file.name if settings.anchor_file else None
    changed = replace(settings, anchor=str(anchors) if anchors else settings.anchor)
    if settings.sqlite_file is None:
        return changed
    beside = settings.sqlite_file.with_name(settings.sqlite_file.name + ".restoring")
    _remove_sqlite(beside)
    return replace(changed, database_url=f"sqlite:///{beside}")


async def _refuse_unless_empty(settings: Settings) -> None:
    if any(settings.files.glob("??/??/*")) or (settings.sqlite_file is not None and settings.sqlite_file.exists()):
        raise Trouble("restore.not_empty", path=settings.data)
    if settings.sqlite_file is None:
        async with reading(settings) as place:
            if await place.tables():
                raise Trouble("restore.database_not_empty")


async def _fill(target: Settings, manifest: Manifest, staging: Path) -> None:
    """Tables as they were on the day of the backup, filled, checked, and then brought up to today."""
    await _migrate(target, manifest.migrations[-1])
    async with filling(target) as place:
        tables = set(await place.tables()) - {"migration"}
        if tables != {name.removesuffix(".jsonl") for name in manifest.of("tables")}:
            raise Trouble("restore.other_tables", status=1)
        for table in sorted(tables):
            content = manifest.members[f"tables/{table}.jsonl"]
            await _fill_table(place, table, staging / "tables" / f"{table}.jsonl", content.series)
    async with reading(target) as place:
        faults = await place.faults()
        for table in sorted(tables):
            if not await _holds(place, table, staging / "tables" / f"{table}.jsonl"):
                faults.append(table)
    if faults:
        raise Trouble("restore.differs", what="; ".join(faults[:3]), status=1)
    await _migrate(target, "all")


async def _fill_table(place: Place, table: str, path: Path, series: int) -> None:
    with path.open("rb") as lines:
        columns = [str(name) for name in from_line(next(lines))]
        if sorted(await place.columns(table)) != columns:
            raise Trouble("restore.other_tables", status=1)
        await place.fill(table, columns, _rows(lines), series)


def _rows(lines: Any) -> Iterator[Sequence[Any]]:
    for line in lines:
        yield from_line(line)


async def _holds(place: Place, table: str, path: Path) -> bool:
    """True when the table holds exactly the rows of the backup, read back one by one."""
    with path.open("rb") as lines:
        columns = [str(name) for name in from_line(next(lines))]
        async for row in place.rows(table, columns):
            line = next(lines, None)
            if line is None or not all(map(_same, from_line(line), row)):
                return False
        return next(lines, None) is None


def _same(first: Any, second: Any) -> bool:
    """Equal values; a measured number may lose its last digits where a column keeps six of them."""
    if isinstance(first, float) and isinstance(second, float):
        return math.isclose(first, second, rel_tol=1e-6)
    return type(first) is type(second) and first == second


async def _migrate(target: Settings, last: str) -> None:
    """The chain up to a migration, or all of it.

    A migration that this version does not know is a newer version's.
    """
    import contextlib
    import io

    from piccolo.apps.migrations.commands.forwards import run_forwards
    from piccolo.apps.migrations.tables import Migration

    from portal.core.database import close_database, open_database

    await open_database(target.database_url)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            await Migration.create_table(if_not_exists=True)
            result = await run_forwards("anwang", migration_id=last)
    finally:
        await close_database()
    if not result.success:
        raise Trouble("restore.newer", migration=last, status=1)


async def _forget_sessions(target: Settings) -> None:
    """Nobody stays signed in: a session that was ended after the backup must not come back to life."""
    from portal.core.database import close_database, execute, open_database

    await open_database(target.database_url)
    try:
        await execute("DELETE FROM session")
    finally:
        await close_database()


def _put_in_place(settings: Settings, target: Settings, staging: Path, manifest: Manifest) -> None:
    """Files first, the database last: until it is there, the folder is not taken for a portal's."""
    for digest in manifest.of("files"):
        place = settings.files / digest[:2] / digest[2:4] / digest
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (staging / "files" / digest).rename(place)
    if (
        settings.anchor_file
        and target.anchor_file
        and target.anchor_file.exists()
        and not settings.anchor_file.exists()
    ):
        settings.anchor_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(target.anchor_file, settings.anchor_file)
    if settings.sqlite_file is not None and target.sqlite_file is not None:
        _close_wal(target.sqlite_file)
        target.sqlite_file.rename(settings.sqlite_file)


def _close_wal(path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _remove_sqlite(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


async def _empty(target: Settings) -> None:
    """After a failure: the database is as empty as it was."""
    if target.sqlite_file is not None:
        _remove_sqlite(target.sqlite_file)
        return
    from portal.backup.postgres_place import empty

    await empty(target.database_url)
