"""`python -m portal files check|copy|fetch`: whether the file store works, and moving between folder and bucket."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from portal.core.files import FileStore, FolderStore, store_of
from portal.core.refusals import Refused
from portal.serving.words import Trouble, say
from portal.settings import Settings

AT_ONCE = 4
EVERY = 500  # files between two lines that tell how far it is
ALWAYS = datetime.max.replace(tzinfo=UTC)


@dataclass
class Copied:
    """What a copy came to."""

    copied: int = 0
    there: int = 0
    damaged: list[str] = field(default_factory=list)


async def files(settings: Settings, what: str) -> int:
    """Status 1 when the store does not work, or when files were damaged before they were copied."""
    try:
        return await (_check(settings) if what == "check" else _move(settings, back=what == "fetch"))
    except Refused as refusal:
        raise Trouble(refusal.code, place=settings.bucket or settings.files, status=1) from None


async def _check(settings: Settings) -> int:
    store, probe = store_of(settings), f"probe {uuid4()}".encode()
    if (trouble := await store.trouble()) is not None:
        raise Refused(trouble)
    kept = await store.put(probe, media_type="text/plain")
    try:
        if await store.open(kept.digest) != probe:
            raise Refused("files.away")
    finally:
        await store.remove(kept.digest)
    count = len(await store.digests(put_before=ALWAYS))
    say("files.well", place=settings.bucket or settings.files, count=count)
    return 0


async def _move(settings: Settings, *, back: bool) -> int:
    if settings.bucket is None:
        raise Trouble("files.nothing_set")
    ends: list[tuple[object, FileStore]] = [
        (settings.files, FolderStore(settings.files)),
        (settings.bucket, store_of(settings)),
    ]
    (source, taken), (target, put) = reversed(ends) if back else ends
    begun = time.monotonic()
    copied = await copy_all(taken, put, told=lambda done, total: say("files.copying", done=done, total=total))
    say(
        "files.copied", source=source, target=target, copied=copied.copied, there=copied.there,
        seconds=f"{time.monotonic() - begun:.1f}",
    )  # fmt: skip
    if copied.damaged:
        say("files.damaged", count=len(copied.damaged), digests=" ".join(copied.damaged[:5]))
    return 1 if copied.damaged else 0


async def copy_all(source: FileStore, target: FileStore, *, told: Callable[[int, int], None]) -> Copied:
    """Copies what is not there yet, and reads each file back; run again after whatever stopped it, it goes on."""
    wanted, there = await source.digests(put_before=ALWAYS), set(await target.digests(put_before=ALWAYS))
    missing = [digest for digest in wanted if digest not in there]
    made = Copied(there=len(wanted) - len(missing))
    for start in range(0, len(missing), AT_ONCE):
        some = (_copy(digest, source, target, made) for digest in missing[start : start + AT_ONCE])
        ends = await asyncio.gather(*some, return_exceptions=True)  # all have ended before one is told
        for failed in (end for end in ends if isinstance(end, BaseException)):
            raise failed
        done = min(start + AT_ONCE, len(missing))
        if done // EVERY > start // EVERY:
            told(done, len(missing))
    return made


async def _copy(digest: str, source: FileStore, target: FileStore, made: Copied) -> None:
    try:
        body = await source.open(digest)
    except Refused as refusal:
        if refusal.code != "files.damaged":
            raise
        made.damaged.append(digest)
        return
    if body is None:
        return  # removed meanwhile: nobody refers to it
    await target.put(body, media_type="application/octet-stream")  # rows know the media type, stores only keep bytes
    if await target.open(digest) is None:
        raise Refused("files.away")
    made.copied += 1
