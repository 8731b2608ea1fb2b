"""`python -m portal backup FILE.tar`: while the portal runs, without anybody waiting."""

import hashlib
import tempfile
from pathlib import Path

from portal.backup.archive import FORMAT, Manifest, Writer, writing
from portal.backup.places import Place, reading
from portal.backup.rows import to_line
from portal.core.clock import now
from portal.serving.words import Trouble
from portal.settings import Settings

SPOOL = 8 * 1024 * 1024  # bytes of a table that are held in memory before they go to a temporary file


async def make_backup(settings: Settings, target: Path) -> Manifest:
    """Writes one consistent backup. A damaged database is refused; a damaged file is named and left out."""
    if target.exists():
        raise Trouble("backup.exists", path=target)
    if not target.parent.is_dir():
        raise Trouble("backup.no_folder", path=target.parent)
    if settings.sqlite_file is not None and not settings.sqlite_file.exists():
        raise Trouble("backup.no_database", path=settings.sqlite_file)
    engine = "sqlite" if settings.sqlite_file is not None else "postgresql"
    manifest = Manifest(FORMAT, now().isoformat(), engine, [], bucket=str(settings.bucket or ""))
    with writing(target, manifest) as writer:
        _add_anchors(writer, settings)  # before the database: no anchor may be newer than the rows
        async with reading(settings) as place:
            faults = await place.faults()
            if faults:
                raise Trouble("backup.database_damaged", what="; ".join(faults[:3]), status=1)
            await _add_tables(writer, place)
        if settings.bucket is None:
            _add_files(writer, settings.files)  # after it: what a row names was in the store before the row
    return manifest


async def _add_tables(writer: Writer, place: Place) -> None:
    for table in await place.tables():
        if table == "migration":
            columns = ["id", "name"]
            writer.manifest.migrations = sorted([str(row[1]) async for row in place.rows(table, columns)])
            continue
        with tempfile.SpooledTemporaryFile(max_size=SPOOL) as spool:
            columns = sorted(await place.columns(table))
            spool.write(to_line(columns))
            count = 0
            async for row in place.rows(table, columns):
                spool.write(to_line(row))
                count += 1
            spool.seek(0)
            writer.add(f"tables/{table}.jsonl", spool, rows=count, series=await place.series(table))
    if not writer.manifest.migrations:
        raise Trouble("backup.no_tables")


def _add_files(writer: Writer, store: Path) -> None:
    for path in sorted(store.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
        try:
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != path.name:
                    writer.manifest.damaged.append(path.name)
                    continue
                file.seek(0)
                writer.add(f"files/{path.name}", file)
        except FileNotFoundError:
            continue  # removed meanwhile: no row of this moment names it


def _add_anchors(writer: Writer, settings: Settings) -> None:
    anchor = settings.anchor_file
    if anchor is not None and anchor.is_file():
        with anchor.open("rb") as file, tempfile.SpooledTemporaryFile() as copy:
            copy.write(file.read())  # a copy: a line may be appended while the tar is written
            copy.seek(0)
            writer.add(f"anchors/{anchor.name}", copy)
