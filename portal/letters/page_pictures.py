"""The pages of a letter's file as pictures, kept in a folder by the digest of the file.

For browsers that show no PDF (WeChat's): the signer reads the very bytes that will be signed. The folder is no store:
what is missing in it is drawn anew, the same file always gives the same pictures.
"""

import asyncio
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from portal.core.files import FileStore
from portal.core.refusals import NotFound, Refused

MEDIA_TYPE = "image/webp"
_drawing: dict[str, asyncio.Lock] = {}


async def page_picture(digest: str, number: int, *, folder: Path, store: FileStore) -> bytes:
    """The picture of a page, the first being 1. Refused: `letter.file_missing`, `pdf.…`; `NotFound` beyond the last."""
    lock = _drawing.setdefault(digest, asyncio.Lock())
    try:
        async with lock:  # a browser asks for all pages at once: they are drawn once
            kept = await asyncio.to_thread(_read, _path(folder, digest, number))
            return kept if kept is not None else await _drawn(digest, number, folder, store)
    finally:
        if not lock.locked():
            _drawing.pop(digest, None)


async def _drawn(digest: str, number: int, folder: Path, store: FileStore) -> bytes:
    from portal.rendering.pdf.pictures import pictures_of  # a portal that shows none starts nothing

    body = await store.open(digest)
    if body is None:
        raise Refused("letter.file_missing")
    pictures = await pictures_of(body)
    await asyncio.to_thread(_keep, folder, digest, pictures)
    if not 1 <= number <= len(pictures):
        raise NotFound()
    return pictures[number - 1]


def tidy_pictures(folder: Path, *, before: datetime) -> int:
    """Takes away what was drawn before a moment, and what a killed process left; gives how many."""
    old = [path for path in folder.glob("*/*") if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _path(folder: Path, digest: str, number: int) -> Path:
    return folder / digest[:2] / f"{digest}-{number}.webp"


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _keep(folder: Path, digest: str, pictures: list[bytes]) -> None:
    with suppress(OSError):  # a full disk: drawn again the next time
        for number, picture in enumerate(pictures, start=1):
            path = _path(folder, digest, number)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside = path.with_name(f"{uuid4().hex}.part")
            aside.write_bytes(picture)
            aside.replace(path)
