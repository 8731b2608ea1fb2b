"""What every store of files promises: a folder, and a bucket on a real server, pass the same tests."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import uuid4

import pytest

from portal.core import clock
from portal.core.files import FileStore, FolderStore, digest_of, remove_orphans
from portal.core.refusals import Refused
from tests.bucket_server import KEY, BucketServer

WORDS = "责任到人".encode()
LARGE = bytes(range(256)) * 4096 * 9  # 9 MB: more than is streamed from memory
NOBODY = digest_of(b"nobody has put this")
JPEG = "image/jpeg"


class Damage(Protocol):
    def __call__(self, digest: str, data: bytes, /) -> None: ...


class Kept(NamedTuple):
    """A store, and a hand that reaches into it."""

    store: FileStore
    damage: Damage


@pytest.fixture(params=["folder", "bucket"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    if request.param == "folder":
        folder = FolderStore(tmp_path / "files")
        yield Kept(folder, lambda digest, data: folder.path_of(digest).write_bytes(data) and None)
        return
    import obstore

    from portal.core.files.bucket import BucketStore, _path

    server: BucketServer = request.getfixturevalue("bucket_server")
    bucket = BucketStore(server.bucket(f"t-{uuid4().hex}/files"), KEY)
    yield Kept(bucket, lambda digest, data: obstore.put(bucket._store, _path(digest), data) and None)


async def everything_in(store: FileStore) -> list[str]:
    return await store.digests(put_before=clock.now() + timedelta(hours=1))


async def streamed(store: FileStore, digest: str) -> bytes:
    pieces = await store.stream(digest)
    assert pieces is not None
    return b"".join([piece async for piece in pieces])


@pytest.mark.parametrize("body", [WORDS, b"", LARGE], ids=["words", "nothing", "9 MB"])
async def test_what_is_put_is_found_under_its_digest(kept: Kept, body: bytes) -> None:
    stored = await kept.store.put(body, media_type=JPEG)
    assert stored == (digest_of(body), len(body), JPEG)
    assert await kept.store.exists(stored.digest)
    assert await kept.store.open(stored.digest) == body
    assert await streamed(kept.store, stored.digest) == body
    assert await everything_in(kept.store) == [stored.digest]
    assert await kept.store.trouble() is None


async def test_twenty_puts_of_the_same_bytes_are_one_file(kept: Kept) -> None:
    made = await asyncio.gather(*(kept.store.put(WORDS, media_type=JPEG) for _ in range(20)))
    assert set(made) == {made[0]}
    assert await everything_in(kept.store) == [made[0].digest]
    assert await kept.store.open(made[0].digest) == WORDS


async def test_a_file_that_is_missing_or_has_no_such_name_is_simply_not_there(kept: Kept) -> None:
    await kept.store.put(WORDS, media_type=JPEG)
    names = (NOBODY, "../secret", "secret", "", "tmp/lock", NOBODY.upper() + "\n", digest_of(WORDS).upper())
    for name in names:
        assert await kept.store.open(name) is None
        assert await kept.store.stream(name) is None
        assert not await kept.store.exists(name)
        assert not await kept.store.remove(name)


async def test_a_removed_file_is_gone_and_removing_it_again_is_no_fault(kept: Kept) -> None:
    stored = await kept.store.put(WORDS, media_type=JPEG)
    assert await kept.store.remove(stored.digest)
    assert not await kept.store.remove(stored.digest)
    assert await kept.store.open(stored.digest) is None
    assert await everything_in(kept.store) == []


@pytest.mark.parametrize("wrong", [WORDS.upper() + b"x", WORDS[:-1], b""], ids=["other", "cut", "empty"])
async def test_wrong_bytes_behind_a_digest_are_never_served_and_healed_by_whoever_brings_them_again(
    kept: Kept, wrong: bytes
) -> None:
    stored = await kept.store.put(WORDS, media_type=JPEG)
    kept.damage(stored.digest, wrong)
    with pytest.raises(Refused, match=r"files\.damaged") as refused:
        await kept.store.open(stored.digest)
    assert refused.value.status == 422, "coming again does not help: no Busy"
    with pytest.raises(Refused, match=r"files\.damaged"):
        await kept.store.stream(stored.digest)
    await kept.store.put(WORDS, media_type=JPEG)
    assert await kept.store.open(stored.digest) == WORDS


@pytest.mark.slow
async def test_a_thousand_uploads_that_nobody_kept_leave_no_orphan(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _: None)  # a thousand times nothing to prove about the disk
    wanted = (await kept.store.put(WORDS, media_type=JPEG)).digest
    for number in range(0, 1000, 50):
        some = (b"aborted %d" % one for one in range(number, number + 50))
        await asyncio.gather(*(kept.store.put(one, media_type=JPEG) for one in some))
    asked: list[int] = []

    async def referred(digests: list[str]) -> set[str]:
        asked.append(len(digests))
        return {wanted} & set(digests)

    later = clock.now() + timedelta(seconds=5)
    assert await remove_orphans(kept.store, referred=referred, put_before=clock.now() - timedelta(hours=1)) == 0
    assert await remove_orphans(kept.store, referred=referred, put_before=later) == 1000
    assert asked == [500, 500, 1]
    assert await everything_in(kept.store) == [wanted]


async def test_a_sweep_leaves_alone_what_was_just_put_again(kept: Kept) -> None:
    stored = await kept.store.put(WORDS, media_type=JPEG)
    await asyncio.sleep(2.1)  # a bucket tells whole seconds
    boundary = clock.now() - timedelta(seconds=0.1)
    assert await kept.store.digests(put_before=boundary) == [stored.digest]
    await kept.store.put(WORDS, media_type=JPEG)  # somebody sends it again between list and removal
    assert await kept.store.digests(put_before=boundary) == []
    assert not await kept.store.remove(stored.digest, unless_put_since=boundary)
    assert await kept.store.open(stored.digest) == WORDS


@pytest.mark.slow
async def test_writers_and_a_hasty_sweeper_lose_nothing(kept: Kept) -> None:
    """The sweeper takes whatever is older than a second, the writers bring it again: what was told kept is there."""
    over, swept = asyncio.Event(), 0
    ripe = 1.0 if isinstance(kept.store, FolderStore) else 2.0  # a bucket tells whole seconds

    async def write(number: int) -> None:
        for turn in range(3):
            stored = await kept.store.put(b"text %d" % (number % 10), media_type="text/plain")
            assert await kept.store.exists(stored.digest), f"round {turn}"
            await asyncio.sleep(ripe + 0.05 * (number % 10))

    async def sweep() -> None:
        nonlocal swept
        while not over.is_set():
            before = clock.now() - timedelta(seconds=1)
            for digest in await kept.store.digests(put_before=before):
                swept += await kept.store.remove(digest, unless_put_since=before)
            await asyncio.sleep(0.01)

    sweeper = asyncio.create_task(sweep())
    await asyncio.gather(*(write(number) for number in range(20)))
    over.set()
    await sweeper
    assert swept, "nothing was swept, so nothing was shown"
    print(f"{type(kept.store).__name__}: 60 puts told kept and were there, {swept} times swept in between")
