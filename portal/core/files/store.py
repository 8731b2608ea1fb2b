"""What a store of files promises, and what every kind of store is asked to do now and then."""

import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import NamedTuple, Protocol

import structlog

from portal.core.refusals import Refused

_DIGEST = re.compile(r"[0-9a-f]{64}")
_AT_ONCE = 500  # digests looked up in one statement

log = structlog.get_logger(__name__)


class StoredFile(NamedTuple):
    """What the row that refers to a file keeps. `size` in bytes, `digest` in lower-case hex."""

    digest: str
    size: int
    media_type: str


class FileStore(Protocol):
    """Where files are kept. Every verb may be repeated without harm.

    A store on another machine refuses besides with 503: `files.away`, `files.denied`, `files.no_bucket`. They are
    `Busy`: nothing was changed, and a worker tries again.
    """

    async def put(self, data: bytes, *, media_type: str) -> StoredFile:
        """Keep these bytes so that a power cut cannot take them. Refused: `files.no_space`."""

    async def open(self, digest: str) -> bytes | None:
        """The whole file, its digest verified; None if it is not here. Refused: `files.damaged`."""

    async def stream(self, digest: str) -> AsyncIterator[bytes] | None:
        """The same in pieces, for large files: all of it is verified before the first piece leaves."""

    async def exists(self, digest: str) -> bool:
        """Whether a file of this name is here (its bytes are not read)."""

    async def remove(self, digest: str, *, unless_put_since: datetime | None = None) -> bool:
        """Forget a file; tells whether it did. A file that was put again since that moment stays."""

    async def digests(self, *, put_before: datetime) -> list[str]:
        """The files last put before this moment: what no row refers to among them is an orphan (TF8)."""

    async def trouble(self) -> str | None:
        """What keeps the store from working now, as the code of a refusal; None when it is well (for health pages)."""


def digest_of(data: bytes) -> str:
    """The name under which these bytes are kept."""
    return hashlib.sha256(data).hexdigest()


def is_digest(name: str) -> bool:
    """Whether this is a name that a file may have, and so never a path that leads elsewhere."""
    return _DIGEST.fullmatch(name) is not None


def damaged(digest: str) -> Refused:
    """The refusal of a file whose bytes are not those of its name."""
    log.error("files.damaged", digest=digest)
    return Refused("files.damaged", digest=digest[:12])


async def remove_orphans(
    store: FileStore, *, referred: Callable[[list[str]], Awaitable[set[str]]], put_before: datetime
) -> int:
    """Remove the files that no row refers to (TF8); tells how many.

    `referred` answers which of some digests are referred to. `put_before` leaves time to whoever has put a file
    and not yet committed the row: an hour is plenty.
    """
    removed = 0
    digests = await store.digests(put_before=put_before)
    for start in range(0, len(digests), _AT_ONCE):
        some = digests[start : start + _AT_ONCE]
        needed = await referred(some)
        for digest in some:
            if digest not in needed:
                removed += await store.remove(digest, unless_put_since=put_before)
    if removed:
        log.info("files.orphans_removed", count=removed)
    return removed
