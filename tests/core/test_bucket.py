"""The bucket when things go wrong: refusals with a remedy, never half a file, nothing told kept that is not there."""

import asyncio
import random
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import obstore
import pytest

from portal.core import clock
from portal.core.files import bucket as bucket_module
from portal.core.files import digest_of, store_of
from portal.core.files.bucket import BucketStore, StoreAway, _mark, _path
from portal.core.refusals import Busy, Refused
from portal.settings import ROOT, load_settings
from portal.web.labels import REFUSALS
from tests.bucket_server import KEY, NOWHERE, READER, BucketServer, Way

PHOTO = random.Random(7).randbytes(1_000_000)
JPEG = "image/jpeg"
NOBODY = digest_of(b"nobody has put this")


@pytest.fixture
def prefix() -> str:
    return f"t-{uuid4().hex}"


@pytest.fixture
def store(bucket_server: BucketServer, prefix: str) -> BucketStore:
    return BucketStore(bucket_server.bucket(prefix), KEY)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("CONNECT", 0.5), ("REQUEST", 0.7), ("RETRYING", 1.0), ("RETRIES", 1), ("PATIENCE", 5.0)):
        monkeypatch.setattr(bucket_module, name, seconds)


VERBS: dict[str, Callable[[BucketStore], object]] = {
    "put": lambda store: store.put(b"x", media_type=JPEG),
    "open": lambda store: store.open(NOBODY),
    "stream": lambda store: store.stream(NOBODY),
    "exists": lambda store: store.exists(NOBODY),
    "remove": lambda store: store.remove(NOBODY),
    "sweep": lambda store: store.remove(NOBODY, unless_put_since=clock.now()),
    "digests": lambda store: store.digests(put_before=clock.now()),
}


async def refused_everywhere(store: BucketStore, code: str) -> None:
    for verb, act in VERBS.items():
        with pytest.raises(StoreAway) as refused:
            await act(store)  # type: ignore[misc]
        writes = verb in ("put", "sweep")  # of a bucket that is missing this server says only that it may not
        assert refused.value.code == ("files.denied" if writes and code == "files.no_bucket" else code), verb
        assert refused.value.status == 503, verb
    assert isinstance(refused.value, Busy) and refused.value.params["seconds"] == 30
    assert code in REFUSALS and await store.trouble() == code


@pytest.mark.parametrize("key", [(KEY[0], "not-the-secret"), ("nobody", "x")], ids=["secret", "id"])
async def test_a_key_that_is_not_accepted_is_told(bucket_server: BucketServer, prefix: str, key: tuple[str, str]):
    await refused_everywhere(BucketStore(bucket_server.bucket(prefix), key), "files.denied")


async def test_a_key_that_may_only_read_reads(bucket_server: BucketServer, store: BucketStore, prefix: str):
    kept = await store.put(PHOTO, media_type=JPEG)
    reader = BucketStore(bucket_server.bucket(prefix), READER)
    assert await reader.open(kept.digest) == PHOTO
    for act in (reader.put(b"more", media_type=JPEG), reader.remove(kept.digest)):
        with pytest.raises(StoreAway, match=r"files\.denied"):
            await act
    assert await store.open(kept.digest) == PHOTO


async def test_a_bucket_that_is_missing_is_not_a_file_that_is_missing(bucket_server: BucketServer, prefix: str):
    await refused_everywhere(BucketStore(bucket_server.bucket(prefix, name=NOWHERE), KEY), "files.no_bucket")


async def test_a_server_that_is_away_is_told_at_once(bucket_server: BucketServer, prefix: str, hasty: None):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        begun = clock.monotonic()
        await refused_everywhere(BucketStore(bucket_server.bucket(prefix, endpoint=endpoint), KEY), "files.away")
        assert clock.monotonic() - begun < 12


async def test_a_server_that_never_answers_keeps_nobody_waiting(bucket_server: BucketServer, prefix: str, hasty: None):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        away = BucketStore(bucket_server.bucket(prefix, endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}"), KEY)
        begun = clock.monotonic()
        asked = [away.open(NOBODY) for _ in range(bucket_module.AT_ONCE)]
        ends = await asyncio.gather(*asked, asyncio.to_thread(clock.monotonic), return_exceptions=True)
        assert all(isinstance(end, StoreAway) for end in ends[:-1])
        assert clock.monotonic() - begun < 6
        assert isinstance(ends[-1], float) and ends[-1] - begun < 0.5, "other work of the process has its own threads"


@pytest.mark.parametrize("after", [0, 300, 65_536, 900_000])
async def test_an_upload_that_is_cut_leaves_nothing(
    bucket_server: BucketServer, store: BucketStore, prefix: str, hasty: None, after: int
) -> None:
    way = Way(bucket_server.ports["s3"])
    async with way.open() as endpoint:
        through = BucketStore(bucket_server.bucket(prefix, endpoint=endpoint), KEY)
        way.cut_after = after
        with pytest.raises(StoreAway, match=r"files\.away"):
            await through.put(PHOTO, media_type=JPEG)
        assert not await store.exists(digest_of(PHOTO)) and await store.digests(put_before=clock.now()) == []
        way.cut_after = None
        kept = await through.put(PHOTO, media_type=JPEG)
    assert await store.open(kept.digest) == PHOTO


async def test_an_answer_that_is_lost_is_asked_for_again(
    bucket_server: BucketServer, store: BucketStore, prefix: str, hasty: None
) -> None:
    way = Way(bucket_server.ports["s3"])
    async with way.open() as endpoint:
        through = BucketStore(bucket_server.bucket(prefix, endpoint=endpoint), KEY)
        way.swallow_answers = True
        with pytest.raises(StoreAway):
            await through.put(PHOTO, media_type=JPEG)
        assert way.connections >= 2, "a lost answer is tried again"
        way.swallow_answers = False
        await through.put(PHOTO, media_type=JPEG)
        assert await through.open(digest_of(PHOTO)) == PHOTO
    assert len(await store.digests(put_before=clock.now() + bucket_module.STALE)) == 1


async def test_bytes_that_change_on_the_way_are_not_taken(
    bucket_server: BucketServer, store: BucketStore, prefix: str, hasty: None
) -> None:
    way = Way(bucket_server.ports["s3"])
    async with way.open() as endpoint:
        through = BucketStore(bucket_server.bucket(prefix, endpoint=endpoint), KEY)
        way.flip = PHOTO[500_000:500_016]
        with pytest.raises(StoreAway, match=r"files\.away"):
            await through.put(PHOTO, media_type=JPEG)
        assert way.flipped > 2, "tried again"
        with pytest.raises(Refused, match=r"files\.damaged"):
            await store.open(digest_of(PHOTO))
        way.flip, way.flipped = None, 0
        await through.put(PHOTO, media_type=JPEG)
    assert await store.open(digest_of(PHOTO)) == PHOTO


async def test_where_a_tag_is_no_digest_the_file_is_read_back(
    store: BucketStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bucket that encrypts with keys of its own gives such tags."""
    truly, read = store._there, []
    monkeypatch.setattr(store, "_there", lambda path: (found := truly(path)) and found._replace(tag="0" * 32))
    monkeypatch.setattr(store, "_get", lambda digest: read.append(digest) or BucketStore._get(store, digest))
    kept = await store.put(PHOTO, media_type=JPEG)
    assert read == [kept.digest]


async def test_bytes_that_change_on_the_way_back_are_not_served(
    bucket_server: BucketServer, store: BucketStore, prefix: str
) -> None:
    kept, way = await store.put(PHOTO, media_type=JPEG), Way(bucket_server.ports["s3"])
    async with way.open() as endpoint:
        through = BucketStore(bucket_server.bucket(prefix, endpoint=endpoint), KEY)
        way.flip_back = PHOTO[500_000:500_016]
        with pytest.raises(Refused, match=r"files\.damaged"):
            await through.open(kept.digest)
        with pytest.raises(Refused, match=r"files\.damaged"):
            await through.stream(kept.digest)


async def test_whoever_puts_a_file_while_it_is_removed_waits_and_puts_it_again(
    store: BucketStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst moment: the sweep has seen an old file and is about to remove it."""
    kept = await store.put(PHOTO, media_type=JPEG)
    seen, go_on, truly = threading.Event(), threading.Event(), obstore.delete

    def slowly(where: object, path: str) -> None:
        if path == _path(kept.digest):
            seen.set()
            go_on.wait(10)
        truly(where, path)  # type: ignore[arg-type]

    monkeypatch.setattr(obstore, "delete", slowly)
    sweep = asyncio.create_task(store.remove(kept.digest, unless_put_since=clock.now() + bucket_module.STALE))
    await asyncio.to_thread(seen.wait, 10)
    again = asyncio.create_task(store.put(PHOTO, media_type=JPEG))
    await asyncio.sleep(0.5)
    assert not again.done(), "it must not be told kept while a sweep has its hand on it"
    go_on.set()
    assert await sweep and (await again).digest == kept.digest
    assert await store.open(kept.digest) == PHOTO
    assert await store._asked("test", store._there, _mark(kept.digest)) is None


async def test_a_mark_that_a_killed_sweep_left_keeps_nobody_for_long(
    store: BucketStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = digest_of(PHOTO)
    obstore.put(store._store, _mark(digest), b"")
    monkeypatch.setattr(bucket_module, "STALE", bucket_module.timedelta(seconds=1))
    kept = await store.put(PHOTO, media_type=JPEG)
    assert await store.open(kept.digest) == PHOTO
    assert await store._asked("test", store._there, _mark(digest)) is None


async def test_a_mark_that_nobody_came_by_is_tidied_after_a_day(
    store: BucketStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    obstore.put(store._store, _mark(NOBODY), b"")
    await store.digests(put_before=clock.now())
    assert await store._asked("test", store._there, _mark(NOBODY)) is not None, "somebody may be sweeping now"
    monkeypatch.setattr(bucket_module, "now", lambda: clock.now() + bucket_module.MARKS_KEPT)
    await store.digests(put_before=clock.now())
    assert await store._asked("test", store._there, _mark(NOBODY)) is None


async def test_what_else_lies_in_the_bucket_is_left_alone(
    bucket_server: BucketServer, store: BucketStore, prefix: str
) -> None:
    """Another folder of the same bucket, and things that are not ours within our own."""
    kept = await store.put(PHOTO, media_type=JPEG)
    other = BucketStore(bucket_server.bucket(prefix + "-other"), KEY)
    await other.put(b"not ours", media_type=JPEG)
    strange = ["note.txt", f"zz/{NOBODY}", f"leaving/{NOBODY}", f"{NOBODY[:2]}/{NOBODY[2:4]}/{NOBODY[:-1]}"]
    for path in strange:
        obstore.put(store._store, path, b"?")
    assert await store.digests(put_before=clock.now() + bucket_module.STALE) == [kept.digest]


async def test_a_token_in_the_environment_is_not_sent_along(
    bucket_server: BucketServer, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_BUCKET", "AWS_ENDPOINT_URL"):
        monkeypatch.setenv(name, "lies-about")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    store = BucketStore(bucket_server.bucket(prefix), KEY)
    kept = await store.put(PHOTO, media_type=JPEG)
    assert await store.open(kept.digest) == PHOTO


async def test_health_is_asked_of_the_bucket_now_and_then_only(
    bucket_server: BucketServer, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    way, at = Way(bucket_server.ports["s3"]), 100.0
    monkeypatch.setattr(bucket_module, "monotonic", lambda: at)
    async with way.open() as endpoint:
        store = BucketStore(bucket_server.bucket(prefix, endpoint=endpoint), KEY)
        assert await store.trouble() is None
        way.cut_after = 0
        assert await store.trouble() is None, "kept for some seconds"
        at += bucket_module.PROBE_KEPT + 1
        monkeypatch.setattr(store, "_store", bucket_module._connected(store.bucket, KEY))
        assert await store.trouble() == "files.away"


def test_the_client_is_loaded_only_where_a_bucket_is_set(bucket_server: BucketServer, prefix: str) -> None:
    given = {"ANWANG_FILES_URL": bucket_server.url(prefix), "ANWANG_FILES_KEY": ":".join(KEY)}
    code = (
        "import sys, tasks.worker; from portal.app import create_app; from portal.settings import load_settings as load;"
        "from portal.core.files import store_of; create_app(load({}));"
        "print(type(store_of(load({}))).__name__, 'obstore' in sys.modules);"
        f"print(type(store_of(load({given}))).__name__, 'obstore' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.stdout.splitlines() == ["FolderStore False", "BucketStore True"], ran.stderr


def test_one_store_serves_a_process(bucket_server: BucketServer, prefix: str, tmp_path: Path) -> None:
    key = tmp_path / "files.key"
    key.write_text(":".join(KEY) + "\n")
    key.chmod(0o600)
    given = {"ANWANG_FILES_URL": bucket_server.url(prefix), "ANWANG_FILES_KEY": str(key), "ANWANG_DATA": str(tmp_path)}
    settings = load_settings(given)
    assert store_of(settings) is store_of(load_settings(given))


@pytest.mark.slow
async def test_a_server_killed_in_the_middle_keeps_what_it_told_kept_and_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = BucketServer(tmp_path / "own").start()
    monkeypatch.setattr(bucket_module, "RETRYING", 1.0)
    try:
        store = BucketStore(server.bucket("killed"), KEY)
        told: set[str] = set()
        refused: set[str] = set()

        async def put(number: int) -> None:
            body = random.Random(number).randbytes(300_000)
            try:
                told.add((await store.put(body, media_type=JPEG)).digest)
            except StoreAway:
                refused.add(digest_of(body))

        async def kill() -> None:
            while len(told) < 20:
                await asyncio.sleep(0.005)
            server.kill()

        await asyncio.gather(kill(), *(put(number) for number in range(50)))
        await asyncio.to_thread(server.start)
        whole = [digest for digest in told | refused if await store.open(digest) is not None]  # each verified
        assert told <= set(whole) and len(told) >= 20 and refused
        for digest in refused:
            await put(next(n for n in range(50) if digest_of(random.Random(n).randbytes(300_000)) == digest))
        assert len(told) == 50
        print(f"bucket killed: {50 - len(refused)} told kept and there, {len(refused)} refused and put again")
    finally:
        server.kill()
