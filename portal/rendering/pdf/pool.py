"""Processes that wait for work, and the queue before them: as many pieces at once as there are processes."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Generic, TypeVar

from portal.core.refusals import Refused
from portal.rendering.pdf.child import Apart

C = TypeVar("C", bound=Apart)
Work = Callable[[C], bytes]


class Pool(Generic[C]):
    """Starts a process when the first piece of work is there, and keeps it for the next."""

    def __init__(self, start: Callable[[], C], *, processes: int, waiting: int) -> None:
        self._start = start
        self._threads = ThreadPoolExecutor(max_workers=processes, thread_name_prefix="pdf")  # its queue is the queue
        self._most = processes + waiting
        self._lock = Lock()
        self._idle: list[C] = []
        self._in_hand = 0

    async def do(self, work: Work[C], *, refusal: Callable[..., Refused]) -> bytes:
        """One piece of work, in a thread that talks to a process. Given up with whoever asked for it."""
        if self._in_hand >= self._most:
            raise refusal("pdf.busy")
        job = _Job(self, work, refusal("pdf.interrupted"))
        self._in_hand += 1
        try:
            run = contextvars.copy_context().run
            return await asyncio.get_running_loop().run_in_executor(self._threads, run, job.do)
        except asyncio.CancelledError:
            job.abandon()
            raise
        finally:
            self._in_hand -= 1

    def take(self) -> C:
        """A waiting process, or a new one."""
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.is_fit():
                    return child
                child.close()
        return self._start()

    def give_back(self, child: C) -> None:
        """It waits for the next piece, unless it has done its share."""
        with self._lock:
            if child.is_fit():
                self._idle.append(child)
                return
        child.close()

    def pids(self) -> list[int]:
        """The processes that wait."""
        with self._lock:
            return [child.pid for child in self._idle]

    def close(self) -> None:
        """Ends the waiting processes; those at work end with their piece."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Job(Generic[C]):
    """One piece of work on its way, which may be given up at any moment."""

    def __init__(self, pool: Pool[C], work: Work[C], interrupted: Refused) -> None:
        self._pool, self._work, self._interrupted = pool, work, interrupted
        self._lock = Lock()
        self._child: C | None = None
        self._abandoned = False

    def do(self) -> bytes:
        """In a thread of the pool."""
        with self._lock:
            if self._abandoned:
                raise self._interrupted
            child = self._child = self._pool.take()
        try:
            return self._work(child)
        finally:
            self._pool.give_back(child)

    def abandon(self) -> None:
        """Whoever asked has gone."""
        with self._lock:
            self._abandoned = True
            if self._child is not None:
                self._child.abandon()
