"""Backup and restore (TR11): whole or refused, on and between both databases, while others write."""

import io
import os
import shutil
import tarfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from portal.accounts.tables import SignedInSession
from portal.backup.archive import read
from portal.backup.making import make_backup
from portal.backup.places import reading
from portal.backup.restoring import restore_backup
from portal.core.clock import now
from portal.core.database import close_database, execute, fetch_value, insert, open_database
from portal.core.files import FolderStore
from portal.serving.words import Trouble
from portal.settings import Settings
from tests.cast import Cast
from tests.conftest import database_address


def verified(_: Settings) -> int:
    return 0


@pytest.fixture
async def school(settings: Settings, database: str, cast: Cast) -> Settings:
    """A portal with people, a history, two files and an anchor."""
    store = FolderStore(settings.files)
    await store.put(b"a photo", media_type="image/webp")
    await store.put(b"x" * 300_000, media_type="image/webp")
    await execute("UPDATE grid SET area_m2 = {} WHERE id = {}", 52.3, cast.room)
    await execute("UPDATE grid SET ended_at = {} WHERE id = {}", now(), cast.second_room)
    assert settings.anchor_file is not None
    settings.anchor_file.parent.mkdir()
    settings.anchor_file.write_text('{"org": 1, "seq": 0}\n')
    return replace(settings, database_url=database)


@pytest.fixture(params=["sqlite", "postgres"])
async def elsewhere(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> AsyncIterator[Settings]:
    """An empty folder and an empty database, of either kind."""
    data = tmp_path / "elsewhere"
    data.mkdir()
    empty = replace(settings, data=data, anchor=str(data / "anchors" / "heads.jsonl"), key_file=data / "secret.key")
    if request.param == "sqlite":
        yield replace(empty, database_url=f"sqlite:///{data / 'anwang.db'}")
        return
    server = request.getfixturevalue("postgres_server")
    connection = await asyncpg.connect(server)
    name = f"empty_{os.urandom(6).hex()}"
    await connection.execute(f"CREATE DATABASE {name}")
    yield replace(empty, database_url=database_address(server, name))
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


async def content(settings: Settings) -> dict[str, tuple[int, list[tuple[object, ...]]]]:
    """Every row of every table, sessions aside, with the last id given out."""
    async with reading(settings) as place:
        names = [name for name in await place.tables() if name not in ("migration", "session")]
        return {
            name: (
                await place.series(name),
                [tuple(row) async for row in place.rows(name, sorted(await place.columns(name)))],
            )
            for name in names
        }


async def test_a_backup_restores_into_either_database(school: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    await execute("DELETE FROM worker_beat")
    before = await content(school)
    assert len(before["event"][1]) > 10 and len(before["grid"][1]) > 10
    await make_backup(school, tmp_path / "b.tar")
    await close_database()
    await restore_backup(elsewhere, tmp_path / "b.tar", verify=verified)
    assert await content(elsewhere) == before
    for path in elsewhere.files.glob("??/??/*"):
        assert await FolderStore(elsewhere.files).open(path.name)
    assert len(list(elsewhere.files.glob("??/??/*"))) == 2
    assert elsewhere.anchor_file is not None and elsewhere.anchor_file.read_text() == '{"org": 1, "seq": 0}\n'
    assert not list(elsewhere.data.glob("*restoring*")) and not list(elsewhere.data.glob(".restoring"))


async def test_a_restored_portal_goes_on_with_new_ids_and_keeps_its_guards(
    school: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    last = await fetch_value("SELECT max(id) FROM person")
    await make_backup(school, tmp_path / "b.tar")
    await close_database()
    await restore_backup(elsewhere, tmp_path / "b.tar", verify=verified)
    await open_database(elsewhere.database_url)
    new = await fetch_value(
        "INSERT INTO chain_head (org_id, seq, hash, board_version) VALUES ({}, {}, {}, {}) RETURNING id", 9999, 0, "", 0
    )
    assert new > await fetch_value("SELECT max(id) FROM chain_head WHERE org_id <> {}", 9999)
    assert await fetch_value("SELECT max(id) FROM person") == last
    with pytest.raises(Exception, match="append-only"):
        await execute("DELETE FROM event")
    await close_database()


async def test_the_key_and_the_demonstration_passwords_are_not_in_a_backup(school: Settings, tmp_path: Path) -> None:
    school.demo_accounts.write_text('[{"password": "canary-password"}]')
    await make_backup(school, tmp_path / "b.tar")
    raw = (tmp_path / "b.tar").read_bytes()
    assert school.key_file.read_bytes().strip() not in raw and b"canary-password" not in raw
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600


async def test_sessions_do_not_come_back(school: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    names = ("created_at", "seen_at", "idle_until", "expires_at", "proved_at")
    await insert(SignedInSession, {"token_digest": "d", "account_id": 1, **dict.fromkeys(names, now())})
    await make_backup(school, tmp_path / "b.tar")
    await close_database()
    await restore_backup(elsewhere, tmp_path / "b.tar", verify=verified)
    async with reading(elsewhere) as place:
        assert not [row async for row in place.rows("session", ["id"])]


async def test_a_damaged_file_of_the_store_is_named_and_the_rest_is_saved(school: Settings, tmp_path: Path) -> None:
    damaged = next(school.files.glob("??/??/*"))
    damaged.write_bytes(b"something else")
    manifest = await make_backup(school, tmp_path / "b.tar")
    assert manifest.damaged == [damaged.name]
    assert len(read(tmp_path / "b.tar").of("files")) == 1


async def test_an_existing_backup_is_not_overwritten(school: Settings, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_text("the only good one")
    with pytest.raises(Trouble, match="not overwritten"):
        await make_backup(school, tmp_path / "b.tar")
    assert (tmp_path / "b.tar").read_text() == "the only good one"


@pytest.fixture
async def backup_file(school: Settings, tmp_path: Path) -> Path:
    await make_backup(school, tmp_path / "b.tar")
    await close_database()
    return tmp_path / "b.tar"


def left_in(settings: Settings) -> list[str]:
    return [path.name for path in settings.data.rglob("*") if path.is_file()]


def _rewritten(source: Path, change: str) -> Path:
    """The same tar with one member less, one more, or one altered."""
    target = source.with_name(f"{change}.tar")
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            file = old.extractfile(member)
            assert file is not None
            data = file.read()
            if change == "missing" and member.name == "tables/person.jsonl":
                continue
            if change == "altered" and member.name == "tables/person.jsonl":
                data = data.replace("甄".encode(), "贾".encode())
            if change == "more" and member.name == "manifest.json":
                new.addfile(tarfile.TarInfo("files/" + "0" * 64), io.BytesIO())
            if change == "escaping" and member.name == "manifest.json":
                new.addfile(tarfile.TarInfo("files/../../../escaped"), io.BytesIO())
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return target


@pytest.mark.parametrize("change", ["missing", "altered", "more", "escaping"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("elsewhere", ["sqlite"], indirect=True)
async def test_a_changed_backup_is_refused(backup_file: Path, elsewhere: Settings, change: str) -> None:
    with pytest.raises(Trouble, match="nothing was restored"):
        await restore_backup(elsewhere, _rewritten(backup_file, change), verify=verified)
    assert left_in(elsewhere) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("elsewhere", ["sqlite"], indirect=True)
async def test_a_backup_that_is_cut_or_has_a_flipped_bit_anywhere_is_refused(
    backup_file: Path, elsewhere: Settings
) -> None:
    whole = backup_file.read_bytes()
    with tarfile.open(backup_file) as tar:
        end = max(member.offset_data + member.size for member in tar)
        places = [member.offset_data + member.size // 2 for member in tar if member.size]
    for number in range(12):
        backup_file.write_bytes(whole[: end * number // 12])
        with pytest.raises(Trouble):
            read(backup_file)
    for place in places:
        flipped = bytearray(whole)
        flipped[place] ^= 0x10
        backup_file.write_bytes(flipped)
        with pytest.raises(Trouble):
            read(backup_file)
    print(f"backup: 12 cuts and {len(places)} flipped bits, all refused")


async def test_a_history_that_does_not_verify_is_refused_and_leaves_nothing(
    backup_file: Path, elsewhere: Settings
) -> None:
    with pytest.raises(Trouble, match="history in the backup"):
        await restore_backup(elsewhere, backup_file, verify=lambda _: 1)
    assert left_in(elsewhere) == []
    if elsewhere.sqlite_file is None:
        async with reading(elsewhere) as place:
            assert await place.tables() == []
    await restore_backup(elsewhere, backup_file, verify=verified)


async def test_what_is_there_is_not_overwritten(backup_file: Path, elsewhere: Settings) -> None:
    await restore_backup(elsewhere, backup_file, verify=verified)
    before = await content(elsewhere)
    with pytest.raises(Trouble, match="not overwritten"):
        await restore_backup(elsewhere, backup_file, verify=verified)
    shutil.rmtree(elsewhere.files)
    with pytest.raises(Trouble, match="not overwritten"):
        await restore_backup(elsewhere, backup_file, verify=verified)
    assert await content(elsewhere) == before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("elsewhere", ["sqlite"], indirect=True)
async def test_a_backup_of_a_newer_version_is_refused(school: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    await execute(
        "INSERT INTO migration (name, app_name, ran_on) VALUES ({}, {}, {})",
        "9999-01-01T00:00:00:000000",
        "anwang",
        now(),
    )
    await make_backup(school, tmp_path / "b.tar")
    await close_database()
    with pytest.raises(Trouble, match="Upgrade first"):
        await restore_backup(elsewhere, tmp_path / "b.tar", verify=verified)
    assert left_in(elsewhere) == []
