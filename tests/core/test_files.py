import asyncio
import errno
import os
import stat
import time
from datetime import timedelta
from pathlib import Path

import pytest

from portal.core import clock
from portal.core.files import FileStore, FolderStore, digest_of
from portal.core.refusals import Refused

WORDS = b"what a photo is made of"
NOBODY = "0" * 64


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "files")


def everything_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != "lock")


async def test_what_is_put_is_found_under_its_digest(store: FolderStore):
    stored = await store.put(WORDS, media_type="image/jpeg")
    assert stored == (digest_of(WORDS), len(WORDS), "image/jpeg")
    assert await store.exists(stored.digest)
    assert await store.open(stored.digest) == WORDS
    pieces = await store.stream(stored.digest)
    assert pieces is not None
    assert b"".join([piece async for piece in pieces]) == WORDS
    assert store.path_of(stored.digest) == store.root / stored.digest[:2] / stored.digest[2:4] / stored.digest


async def test_a_folder_is_one_kind_of_store(store: FolderStore):
    store_of_any_kind: FileStore = store
    assert await store_of_any_kind.open(NOBODY) is None


async def test_only_the_owner_may_read_it(store: FolderStore):
    old = os.umask(0)
    try:
        stored = await store.put(WORDS, media_type="image/jpeg")
    finally:
        os.umask(old)
    path = store.path_of(stored.digest)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (path.parent, path.parent.parent, store.root, store.root / "tmp"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_a_file_put_twice_is_there_once(store: FolderStore):
    first, second = await asyncio.gather(*(store.put(WORDS, media_type="image/jpeg") for _ in range(2)))
    assert first == second
    assert everything_in(store.root) == [first.digest]


@pytest.mark.parametrize("call", ["fsync", "replace", "mkdir"])
async def test_a_full_disk_is_told_in_words_and_leaves_nothing_behind(store, monkeypatch, call):
    def full(*_args, **_named):
        raise OSError(errno.ENOSPC, "no space left on device")

    await store.put(b"another", media_type="image/jpeg")
    before = everything_in(store.root)
    with monkeypatch.context() as patched:
        patched.setattr(os if call == "fsync" else Path, call, full)
        with pytest.raises(Refused, match=r"files\.no_space"):
            await store.put(WORDS, media_type="image/jpeg")
    assert everything_in(store.root) == before
    stored = await store.put(WORDS, media_type="image/jpeg")
    assert await store.open(stored.digest) == WORDS


async def test_the_file_and_its_name_are_on_the_disk_before_put_returns(store, monkeypatch):
    synced: list[str] = []

    def note(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))

    monkeypatch.setattr(os, "fsync", note)
    stored = await store.put(WORDS, media_type="image/jpeg")
    path = store.path_of(stored.digest)
    file_first = next(at for at, name in enumerate(synced) if name.endswith(".part"))
    assert str(path.parent) in synced[file_first:]
    assert {str(path.parent.parent), str(store.root), str(store.root.parent)} <= set(synced)


async def test_what_a_killed_put_left_is_swept_after_an_hour(store: FolderStore):
    await store.put(WORDS, media_type="image/jpeg")
    old, young = store.root / "tmp" / "a.part", store.root / "tmp" / "b.part"
    for stray in (old, young):
        stray.write_bytes(b"half")
    two_hours_ago = time.time() - 7200
    os.utime(old, (two_hours_ago, two_hours_ago))
    assert await FolderStore(store.root).put(WORDS, media_type="image/jpeg")  # each process sweeps once
    assert not old.exists()
    assert young.exists()
    assert await store.sweep(older_than=timedelta(seconds=-5)) == 1
    assert everything_in(store.root) == [digest_of(WORDS)]


async def test_a_sweep_leaves_alone_what_was_just_put_again(store: FolderStore):
    stored = await store.put(WORDS, media_type="image/jpeg")
    path = store.path_of(stored.digest)
    os.utime(path, (1_000_000, 1_000_000))
    an_hour_ago = clock.now() - timedelta(hours=1)
    assert await store.digests(put_before=an_hour_ago) == [stored.digest]
    await store.put(WORDS, media_type="image/jpeg")  # somebody sends it again between list and removal
    assert await store.digests(put_before=an_hour_ago) == []
    assert not await store.remove(stored.digest, unless_put_since=an_hour_ago)
    assert await store.exists(stored.digest)


async def test_many_writers_and_one_sweeper_lose_nothing(store: FolderStore):
    texts = [b"text %d" % (number % 10) for number in range(60)]

    async def write(text: bytes) -> None:
        stored = await store.put(text, media_type="text/plain")
        assert await store.open(stored.digest) == text

    async def sweep() -> None:
        for _ in range(20):
            before = clock.now() - timedelta(hours=1)
            for digest in await store.digests(put_before=before):
                await store.remove(digest, unless_put_since=before)

    await asyncio.gather(sweep(), *(write(text) for text in texts))
    assert everything_in(store.root) == sorted({digest_of(text) for text in texts})
