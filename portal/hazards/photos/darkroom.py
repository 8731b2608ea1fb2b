"""The queue before the child processes that develop photos: one at a time per person, a few at once in all.

The web process never decodes a picture and never imports Pillow.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

from portal.core.refusals import Refused
from portal.hazards.photos import rules
from portal.hazards.photos.child import Child, Photo

AT_ONCE = 2  # children of one web process
SECONDS = 10.0  # for one photo
MAX_HELD = 48 * 1024 * 1024  # bytes of photos in hand or waiting, lest a crowd fill the web process's memory


class Darkroom:
    """Develops photos: one at a time per person, a few at once in all."""

    def __init__(self, *, at_once: int = AT_ONCE, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._slots = asyncio.Semaphore(at_once)
        self._of_owner: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._idle: list[Child] = []
        self._held = 0

    async def develop(self, data: bytes, *, owner: int, cut: rules.Cut = rules.Cut.WHOLE) -> Photo:
        """See `make_photo`."""
        header = rules.read_header(data)
        with self._in_hand(len(data)):
            lock = self._of_owner.setdefault(owner, asyncio.Lock())
            async with lock, self._slots:
                return await self._by_a_child(header, data, cut)

    def close(self) -> None:
        """End the waiting children."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _in_hand(self, size: int) -> Iterator[None]:
        if self._held and self._held + size > MAX_HELD:
            raise Refused("photo.busy")
        self._held += size
        try:
            yield
        finally:
            self._held -= size

    async def _by_a_child(self, header: rules.Header, data: bytes, cut: rules.Cut) -> Photo:
        child = self._waiting_child()
        try:
            photo = await asyncio.to_thread(child.develop, header, data, self._seconds, cut)
        except asyncio.CancelledError:
            child.abandon()  # whoever asked has gone
            raise
        except Refused:
            if child.waits:
                self._idle.append(child)
            raise
        self._idle.append(child)
        return photo

    def _waiting_child(self) -> Child:
        while self._idle:
            child = self._idle.pop()
            if child.is_sound():
                return child
            child.close()
        return Child()
