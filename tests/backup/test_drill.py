"""The drill of TR11: backups while another process writes as fast as it can, and every one of them is good."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from portal.backup.archive import read
from portal.backup.making import make_backup
from portal.backup.restoring import restore_backup
from portal.core.database import close_database
from portal.settings import Settings
from tests.cast import Cast
from tests.serving.portal_process import until


def pairs_in(folder: Path, table: str) -> set[int]:
    """The numbers of the pairs of which this table holds its row."""
    with (folder / "tables" / f"{table}.jsonl").open() as lines:
        names, *rows = map(json.loads, lines)
    found = [dict(zip(names, row, strict=True)) for row in rows]
    if table == "submission":
        return {int(row["key"].removeprefix("pair ")) for row in found if row["key"].startswith("pair ")}
    return {row["org_id"] for row in found if row["kind"] == "drill"}


async def drill(settings: Settings, tmp_path: Path, *, backups: int, restores: int) -> None:
    await close_database()
    marker = tmp_path / "writing"
    writer = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("writer.py")), str(settings.sqlite_file), str(marker)]
    )
    try:
        until(marker.exists)
        latest: list[int] = []
        for number in range(backups):
            file = tmp_path / f"{number}.tar"
            await make_backup(settings, file)
            laid = tmp_path / f"laid-{number}"
            read(file, into=laid)
            assert pairs_in(laid, "submission") == pairs_in(laid, "outbox"), "half a transaction is in it"
            latest.append(max(pairs_in(laid, "outbox")))
            shutil.rmtree(laid)
            if number < restores:
                data = tmp_path / f"restored-{number}"
                data.mkdir()
                place = replace(settings, data=data, database_url=f"sqlite:///{data / 'anwang.db'}", anchor="a@b.cn")
                await restore_backup(place, file, verify=lambda _: 0)
                shutil.rmtree(data)
            file.unlink()
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.wait()
    assert latest == sorted(set(latest)), "the writer was writing all the while"
    print(f"backup drill: {backups} backups under load, {backups} valid; {restores} restored; {latest[-1]} writes")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_every_backup_under_load_is_good(database: str, cast: Cast, settings: Settings, tmp_path: Path) -> None:
    await drill(replace(settings, database_url=database), tmp_path, backups=8, restores=2)


@pytest.mark.faults
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_hundred_backups_under_load_are_good(
    database: str, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    await drill(replace(settings, database_url=database), tmp_path, backups=100, restores=100)
