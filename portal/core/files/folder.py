"""A folder as a store of files."""

import asyncio
import errno
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import structlog

from portal.core.clock import now
from portal.core.files.store import StoredFile, damaged, digest_of, is_digest
from portal.core.refusals import Refused

CHUNK = 256 * 1024
STRAY_AFTER = timedelta(hours=1)

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

log = structlog.get_logger(__name__)


class FolderStore:
    """A folder on this machine: `ab/cd/<sha256>`, readable by its owner only.

    Several processes may use one folder at once. Nothing is changed in place: a reader sees a whole file.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._temporary = root / "tmp"
        self._swept = False

    async def put(self, data: bytes, *, media_type: str) -> StoredFile:
        """See `FileStore.put`."""
        digest = await asyncio.to_thread(self._put, data)
        return StoredFile(digest, len(data), media_type)

    async def open(self, digest: str) -> bytes | None:
        """See `FileStore.open`."""
        return await asyncio.to_thread(self._read, digest)

    async def stream(self, digest: str) -> AsyncIterator[bytes] | None:
        """See `FileStore.stream`."""
        file = await asyncio.to_thread(self._open_verified, digest)
        return _pieces(file) if file else None

    async def exists(self, digest: str) -> bool:
        """See `FileStore.exists`."""
        return is_digest(digest) and await asyncio.to_thread(self.path_of(digest).is_file)

    async def remove(self, digest: str, *, unless_put_since: datetime | None = None) -> bool:
        """See `FileStore.remove`."""
        return is_digest(digest) and await asyncio.to_thread(self._remove, digest, unless_put_since)

    async def digests(self, *, put_before: datetime) -> list[str]:
        """See `FileStore.digests`."""
        return await asyncio.to_thread(self._digests, put_before.timestamp())

    async def trouble(self) -> str | None:
        """See `FileStore.trouble`."""
        return await asyncio.to_thread(self._trouble)

    async def sweep(self, *, older_than: timedelta = STRAY_AFTER) -> int:
        """Remove what a killed `put` left behind; tells how many files. Runs by itself at the first `put`."""
        return await asyncio.to_thread(self._sweep, older_than.total_seconds())

    def path_of(self, digest: str) -> Path:
        """Where a file with this digest lies or would lie."""
        return self.root / digest[:2] / digest[2:4] / digest

    def _put(self, data: bytes) -> str:
        digest = digest_of(data)
        path = self.path_of(digest)
        try:
            self._sweep_once()
            if not self._kept_already(path, digest):
                _private_folder(path.parent)
                self._write(path, data)
            _sync_folder(path.parent)
        except OSError as error:
            if error.errno in _FULL:
                log.warning("files.no_space", size=len(data))
                raise Refused("files.no_space") from error
            raise
        return digest

    def _trouble(self) -> str | None:
        place = next(folder for folder in (self.root, *self.root.parents) if folder.exists())
        return None if os.access(place, os.W_OK | os.X_OK) else "files.not_writable"

    def _sweep_once(self) -> None:
        if not self._swept:
            self._swept = True
            self._sweep(STRAY_AFTER.total_seconds())

    def _kept_already(self, path: Path, digest: str) -> bool:
        """True if the file is here and whole. It counts as put now, so that no sweep of orphans takes it."""
        with self._alone():
            try:
                _mark_put(path)
            except FileNotFoundError:
                return False
        if digest_of(path.read_bytes()) == digest:
            return True
        log.error("files.damaged", digest=digest)  # it is written anew from the good bytes at hand
        return False

    def _write(self, path: Path, data: bytes) -> None:
        temporary = self._temporary / f"{uuid4().hex}.part"
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            _mark_put(temporary)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def _read(self, digest: str) -> bytes | None:
        if not is_digest(digest):
            return None
        try:
            data = self.path_of(digest).read_bytes()
        except FileNotFoundError:
            return None
        if digest_of(data) != digest:
            raise damaged(digest)
        return data

    def _open_verified(self, digest: str) -> BinaryIO | None:
        if not is_digest(digest):
            return None
        try:
            file = self.path_of(digest).open("rb")
        except FileNotFoundError:
            return None
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            file.close()
            raise damaged(digest)
        file.seek(0)
        return file

    def _remove(self, digest: str, unless_put_since: datetime | None) -> bool:
        path = self.path_of(digest)
        with self._alone():
            try:
                if unless_put_since and path.stat().st_mtime >= unless_put_since.timestamp():
                    return False
                path.unlink()
            except FileNotFoundError:
                return False
        return True

    def _digests(self, before: float) -> list[str]:
        found = self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")
        return sorted(path.name for path in found if is_digest(path.name) and _age_mark(path) < before)

    def _sweep(self, seconds: float) -> int:
        with self._alone() as lock:
            os.utime(lock)  # the file system's own clock: temporaries are judged by it, whatever ours says
            before = os.fstat(lock).st_mtime - seconds
        stray = [path for path in self._temporary.glob("*.part") if _age_mark(path) < before]
        for path in stray:
            path.unlink(missing_ok=True)
        if stray:
            log.info("files.swept", count=len(stray))
        return len(stray)

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """Held for microseconds, across processes: a sweep may not remove what is being put again."""
        _private_folder(self._temporary)
        descriptor = os.open(self._temporary / "lock", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, CHUNK):
            yield piece


def _mark_put(path: Path) -> None:
    """It is put now, by the portal's clock, which is the one that asks for what was put before an instant."""
    at = now().timestamp()
    os.utime(path, (at, at))


def _age_mark(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")  # gone meanwhile: too young for any sweep


def _private_folder(path: Path) -> None:
    """Make a folder for the owner alone, and those above it that are missing."""
    if path.is_dir():
        return
    _private_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    """A new name is safe only once its folder is written too."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
