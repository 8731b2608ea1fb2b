"""Moving files between folder and bucket, whether the store works, and what a backup says of a bucket."""

import hashlib
import os
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from portal import __main__ as command_line
from portal.backup import moving
from portal.backup.archive import read
from portal.backup.making import make_backup
from portal.backup.moving import copy_all
from portal.core.database import close_database
from portal.core.files import FolderStore, store_of
from portal.core.refusals import Busy
from portal.settings import Settings
from tests.bucket_server import READER, BucketServer

Run = Callable[..., int]
BODIES = [b"file %d" % number * 50 for number in range(40)]


def everything_in(settings: Settings) -> set[str]:
    return {path.name for path in settings.files.glob("??/??/*")}


@pytest.fixture
async def full(bucket_settings: Settings) -> Settings:
    """A portal with forty files in its folder, and a bucket that is still empty."""
    folder = FolderStore(bucket_settings.files)
    for body in BODIES:
        await folder.put(body, media_type="image/jpeg")
    return bucket_settings


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command with these settings, as the command line does."""

    def run(settings: Settings, *words: str) -> int:
        for name, value in settings.environ().items():
            monkeypatch.setenv(name, value)
        return command_line.main(words)

    return run


def test_files_go_into_the_bucket_and_back(full: Settings, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(full, "files", "check") == 0 and "holds 0 files" in capsys.readouterr().out
    assert run(full, "files", "copy") == 0
    assert "40 files copied" in capsys.readouterr().out
    assert run(full, "files", "copy") == 0
    assert "0 files copied and each read back, 40 were there already" in capsys.readouterr().out
    assert run(full, "files", "check") == 0 and "holds 40 files" in capsys.readouterr().out
    elsewhere = replace(full, data=full.data / "elsewhere", key_file=full.key_file)
    assert run(elsewhere, "files", "fetch") == 0
    assert everything_in(elsewhere) == everything_in(full)


def test_a_damaged_file_is_named_and_not_copied(full: Settings, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = next(full.files.glob("??/??/*"))
    damaged.write_bytes(b"something else")
    assert run(full, "files", "copy") == 1
    out = capsys.readouterr().out
    assert "39 files copied" in out and damaged.name in out


async def test_a_copy_that_was_broken_off_goes_on(full: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target, put = FolderStore(full.files), store_of(full), 0
    truly = target.put

    async def breaks(data: bytes, *, media_type: str) -> object:
        nonlocal put
        put += 1
        if put > 17:
            raise Busy("files.away", seconds=30)
        return await truly(data, media_type=media_type)

    with monkeypatch.context() as patched:
        patched.setattr(target, "put", breaks)
        with pytest.raises(Busy):
            await copy_all(source, target, told=lambda done, total: None)
    there = await target.digests(put_before=moving.ALWAYS)
    assert len(there) == 17
    made = await copy_all(source, target, told=lambda done, total: None)
    assert (made.copied, made.there) == (40 - len(there), len(there))
    assert set(await target.digests(put_before=moving.ALWAYS)) == everything_in(full)


def test_a_store_that_does_not_work_is_told_with_its_remedy(
    full: Settings, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    url = full.files_url or ""
    cases = [
        (replace(full, files_key="nobody:x"), "ListBucket"),
        (replace(full, files_key=":".join(READER)), "PutObject"),
        (replace(full, files_url=url.replace("s3://files/", "s3://nowhere/")), "Make it first"),
        (replace(full, files_url="s3://files?endpoint=http://127.0.0.1:1"), "Check the network"),
    ]
    for settings, remedy in cases:
        assert run(settings, "files", "check") == 1
        said = capsys.readouterr().err
        assert remedy in said and "the-secret-of-the-tests" not in said
    assert run(replace(full, files_url=None, files_key=None), "files", "copy") == 2
    assert "ANWANG_FILES_URL" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(settings: Settings, run: Run) -> None:
    settings.files.mkdir(mode=0o500)
    assert run(settings, "files", "check") == 1


def test_a_folder_is_checked_as_well(settings: Settings, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(settings, "files", "check") == 0
    assert str(settings.files) in capsys.readouterr().out and everything_in(settings) == set()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_backup_says_that_the_files_lie_in_a_bucket(
    database: str, full: Settings, tmp_path: Path, bucket_server: BucketServer
) -> None:
    settings = replace(full, database_url=database)
    await store_of(settings).put(b"in the bucket", media_type="image/jpeg")
    await make_backup(settings, tmp_path / "b.tar")
    await close_database()
    manifest = read(tmp_path / "b.tar")
    assert manifest.bucket.startswith("s3://files/t-") and bucket_server.endpoint in manifest.bucket
    assert not manifest.of("files"), "neither those of the bucket nor what was left in the folder"
    raw = (tmp_path / "b.tar").read_bytes()
    assert b"the-secret-of-the-tests" not in raw


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_commands_tell_where_the_files_are(
    database: str, full: Settings, tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    def empty(name: str, **changed: str | None) -> Settings:
        data = tmp_path / name
        return replace(
            full, data=data, database_url=f"sqlite:///{data / 'anwang.db'}", anchor=str(data / "heads"), **changed
        )

    bucket, folder = replace(full, database_url=database), replace(full, database_url=database, files_url=None)
    assert run(bucket, "backup", str(tmp_path / "bucket.tar")) == 0
    assert "files fetch" in capsys.readouterr().out
    assert run(folder, "backup", str(tmp_path / "folder.tar")) == 0
    assert "files fetch" not in capsys.readouterr().out
    with tarfile.open(tmp_path / "folder.tar") as tar:
        assert len([name for name in tar.getnames() if name.startswith("files/")]) == 40
    assert run(empty("one"), "restore", str(tmp_path / "bucket.tar")) == 0
    assert "ANWANG_FILES_URL" in capsys.readouterr().out
    into_bucket = empty("two")
    assert run(into_bucket, "restore", str(tmp_path / "folder.tar")) == 0
    assert "files copy" in capsys.readouterr().out
    assert run(into_bucket, "files", "copy") == 0
    assert "40 files copied" in capsys.readouterr().out
    assert everything_in(into_bucket) == {hashlib.sha256(body).hexdigest() for body in BODIES}
