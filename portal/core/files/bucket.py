"""A bucket that speaks S3 as a store of files, for a portal on several machines.

`obstore` is imported here alone, and this module only where a bucket is set: a portal that keeps its files in a folder
does not pay for it. A file travels whole, in one request whose signature carries the SHA-256 of its bytes; the bucket
shows it all at once or not at all. Since not every bucket checks that signature against what arrived, what it says of
the file afterwards is checked here.
"""

import asyncio
import hashlib
import re
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeVar

import obstore
import structlog
from obstore import exceptions
from obstore.store import S3Store

from portal.core.clock import monotonic, now
from portal.core.files.store import StoredFile, damaged, digest_of, is_digest
from portal.core.refusals import Busy
from portal.settings import Bucket

if TYPE_CHECKING:
    from obstore import GetResult
    from obstore.store import S3Config, S3Credential

AT_ONCE = 8
"""Requests of one process at a time, in threads of their own: an absent bucket keeps no other work from its thread.

The client's own way of waiting in the loop ends a process by a signal now and then, after all its work was done.
"""
CHUNK = 256 * 1024
IN_MEMORY = 8 * 1024 * 1024
"""A file that is streamed lies in memory up to here, beyond that in a temporary file."""
MOST = 512 * 1024 * 1024
"""No file of ours is larger; what lies there under one of our names and is, is not read into memory."""
CONNECT, REQUEST, RETRYING, RETRIES = 3.0, 20.0, 10.0, 3
"""Seconds: to be let in, for one request, in which failed ones are tried again; and how often."""
PATIENCE = 40.0
"""Seconds for one verb as a whole, waiting for its turn included."""
PROBE, PROBE_KEPT = 1.5, 5.0
LISTING = 600.0
STALE = timedelta(seconds=120)
"""A mark of removal so much older than a file put after it was left by a killed sweep; both by the bucket's clock."""
MARKS_KEPT = timedelta(days=1)
PAUSE = 0.2
RETRY_AFTER = 30
LEAVING = "leaving"

T = TypeVar("T")

log = structlog.get_logger(__name__)


class StoreAway(Busy):
    """The bucket did not do it: nothing was changed, and trying again later is safe."""


class _Found(NamedTuple):
    size: int
    at: datetime
    tag: str


class BucketStore:
    """A bucket, or a folder of one: `prefix/ab/cd/<sha256>`, encrypted as its owner has told it.

    Any number of machines may use one. Nothing is changed in place; the same bytes put again are the same file, only
    younger. A sweep that removes a file says so first (`prefix/leaving/<sha256>`), and whoever puts the same bytes at
    that moment waits and puts them again: no bucket has a lock, and an answer "kept" must be true.
    """

    def __init__(self, bucket: Bucket, key: tuple[str, str]) -> None:
        self.bucket = bucket
        self._store = _connected(bucket, key)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="bucket")
        self._probed: tuple[float, str | None] | None = None

    async def put(self, data: bytes, *, media_type: str) -> StoredFile:
        """See `FileStore.put`. Refused besides: `files.away`, `files.denied`, `files.no_bucket`."""
        digest = await self._asked("put", self._put, data, media_type)
        return StoredFile(digest, len(data), media_type)

    async def open(self, digest: str) -> bytes | None:
        """See `FileStore.open`."""
        return await self._asked("open", self._read, digest) if is_digest(digest) else None

    async def stream(self, digest: str) -> AsyncIterator[bytes] | None:
        """See `FileStore.stream`."""
        file = await self._asked("stream", self._spooled, digest) if is_digest(digest) else None
        return _pieces(file) if file else None

    async def exists(self, digest: str) -> bool:
        """See `FileStore.exists`."""
        return is_digest(digest) and await self._asked("exists", self._surely_there, _path(digest)) is not None

    async def remove(self, digest: str, *, unless_put_since: datetime | None = None) -> bool:
        """See `FileStore.remove`."""
        return is_digest(digest) and await self._asked("remove", self._remove, digest, unless_put_since)

    async def digests(self, *, put_before: datetime) -> list[str]:
        """See `FileStore.digests`. A bucket tells whole seconds, so a file counts as up to a second younger."""
        return await self._asked("list", self._digests, put_before - timedelta(seconds=1), patience=LISTING)

    async def trouble(self) -> str | None:
        """See `FileStore.trouble`. Asked at most every few seconds, however often health pages are."""
        if self._probed is None or monotonic() - self._probed[0] > PROBE_KEPT:
            try:
                await self._asked("probe", self._listed_one, LEAVING, patience=PROBE)
                self._probed = monotonic(), None
            except StoreAway as refusal:
                self._probed = monotonic(), refusal.code
        return self._probed[1]

    async def _asked(self, verb: str, work: Callable[..., T], *args: Any, patience: float = PATIENCE) -> T:
        """Runs a piece of work in a thread. Whatever goes wrong outside is one of three refusals, and a line of log."""
        try:
            async with asyncio.timeout(patience):
                return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)
        except (FileNotFoundError, TimeoutError, exceptions.BaseError) as error:
            code = _code_of(error)
            log.warning(code, verb=verb, bucket=str(self.bucket), why=_short(error))
            raise StoreAway(code, seconds=RETRY_AFTER) from error

    def _put(self, data: bytes, media_type: str) -> str:
        digest, until = digest_of(data), monotonic() + PATIENCE
        while not self._kept(digest, data, media_type):
            if monotonic() > until:
                raise TimeoutError("it does not stay there whole")
            time.sleep(PAUSE)
        return digest

    def _kept(self, digest: str, data: bytes, media_type: str) -> bool:
        """Puts a file; False when a sweep may be taking it away at this moment, or when it arrived changed."""
        obstore.put(self._store, _path(digest), data, attributes={"Content-Type": media_type}, use_multipart=False)
        mark = self._there(_mark(digest))
        here = self._there(_path(digest))  # asked after the mark: the last thing that a sweep does is to take it away
        if here is not None and mark is not None and here.at - mark.at > STALE:
            obstore.delete(self._store, _mark(digest))
            mark = None
        return mark is None and here is not None and here.size == len(data) and self._arrived(digest, data, here)

    def _arrived(self, digest: str, data: bytes, here: _Found) -> bool:
        """The tag of a file is its MD5 almost everywhere; where it is not, the file is read back."""
        if here.tag == hashlib.md5(data, usedforsecurity=False).hexdigest():
            return True
        found = self._get(digest)
        return found is not None and digest_of(bytes(found.bytes())) == digest

    def _read(self, digest: str) -> bytes | None:
        found = self._get(digest)
        if found is None:
            return None
        data = bytes(found.bytes())
        if digest_of(data) != digest:
            raise damaged(digest)
        return data

    def _spooled(self, digest: str) -> IO[bytes] | None:
        found = self._get(digest)
        if found is None:
            return None
        file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (`_pieces` closes it)
        try:
            seen = hashlib.sha256()
            for piece in found.stream(min_chunk_size=CHUNK):
                seen.update(piece)
                file.write(piece)
            if seen.hexdigest() != digest:
                raise damaged(digest)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def _remove(self, digest: str, unless_put_since: datetime | None) -> bool:
        if unless_put_since is None:
            return self._removed(digest, None)
        obstore.put(self._store, _mark(digest), b"", use_multipart=False)
        try:
            return self._removed(digest, unless_put_since)
        finally:
            obstore.delete(self._store, _mark(digest))

    def _removed(self, digest: str, unless_put_since: datetime | None) -> bool:
        until = monotonic() + PATIENCE
        here = self._surely_there(_path(digest))
        if here is None or (unless_put_since and here.at + timedelta(seconds=1) > unless_put_since):
            return False
        if monotonic() > until:  # by now somebody may take the mark for one that nobody takes away
            raise TimeoutError("too slow to remove safely")
        obstore.delete(self._store, _path(digest))
        return True

    def _digests(self, before: datetime) -> list[str]:
        found = []
        for page in obstore.list(self._store):
            for meta in page:
                *folders, name = meta["path"].split("/")
                if folders == [LEAVING] and is_digest(name) and meta["last_modified"] < now() - MARKS_KEPT:
                    obstore.delete(self._store, meta["path"])  # a killed sweep left it, and nobody came by since
                elif folders == [name[:2], name[2:4]] and is_digest(name) and meta["last_modified"] < before:
                    found.append(name)
        return sorted(found)

    def _get(self, digest: str) -> "GetResult | None":
        try:
            found = obstore.get(self._store, _path(digest))
        except FileNotFoundError as error:
            if _is_of_bucket(error):
                raise
            return None
        if found.meta["size"] > MOST:
            raise damaged(digest)
        return found

    def _there(self, path: str) -> _Found | None:
        try:
            meta = obstore.head(self._store, path)
        except FileNotFoundError:
            return None
        return _Found(meta["size"], meta["last_modified"], (meta["e_tag"] or "").strip('"').lower())

    def _surely_there(self, path: str) -> _Found | None:
        """The same; but HEAD says 404 and no more when the bucket itself is missing, so a miss asks for the bucket."""
        found = self._there(path)
        if found is None:
            self._listed_one(path)
        return found

    def _listed_one(self, path: str) -> None:
        next(iter(obstore.list(self._store, path)), None)


def _connected(bucket: Bucket, key: tuple[str, str]) -> S3Store:
    config: S3Config = {
        "region": bucket.region,
        "virtual_hosted_style_request": bucket.has_own_host,
        "skip_signature": False,
        "unsigned_payload": False,
    }
    if bucket.endpoint is not None:
        host = f"://{bucket.name}." if bucket.has_own_host else "://"
        config["endpoint"] = bucket.endpoint.replace("://", host, 1)

    def credential() -> "S3Credential":
        """Told by a function, lest a token that lies about in the environment be sent along."""
        return {"access_key_id": key[0], "secret_access_key": key[1], "expires_at": None}

    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        config=config,
        credential_provider=credential,
        client_options={
            "allow_http": (bucket.endpoint or "").startswith("http://"),
            "connect_timeout": timedelta(seconds=CONNECT),
            "timeout": timedelta(seconds=REQUEST),
            "user_agent": "anwang",
        },
        retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRYING)},
    )


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def _mark(digest: str) -> str:
    return f"{LEAVING}/{digest}"


def _code_of(error: BaseException) -> str:
    text = str(error)
    if isinstance(error, exceptions.PermissionDeniedError | exceptions.UnauthenticatedError) or any(
        sign in text for sign in ("non-2xx status code: 401", "non-2xx status code: 403", "code: AccessDenied")
    ):
        return "files.denied"
    return "files.no_bucket" if _is_of_bucket(error) else "files.away"


def _is_of_bucket(error: BaseException) -> bool:
    return "NoSuchBucket" in str(error)


def _short(error: BaseException) -> str:
    """What the bucket itself said, or how far one got on the way to it; never an address of a file, nor the key."""
    said = re.search(r"<Code>(.*?)</Code>\s*<Message>(.*?)</Message>", str(error), re.DOTALL)
    how = " ".join(said.groups()) if said else str(error).partition("Debug source")[0]
    return f"{type(error).__name__}: {' '.join(how.split())[-300:]}"


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, CHUNK):
            yield piece
