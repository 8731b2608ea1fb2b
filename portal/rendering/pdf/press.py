"""The queue before the PDF processes: as many documents at once as there are processes, the others wait their turn."""

import asyncio
import atexit
import contextvars
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from portal.rendering.environment import render
from portal.rendering.pdf import PdfFailed, Progress
from portal.rendering.pdf.child import FOLDER, Child
from portal.rendering.pdf.limits import Limits


class Press:
    """Sets documents in its processes, which it starts when the first one is asked for."""

    def __init__(self, *, processes: int = 1, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._threads = ThreadPoolExecutor(max_workers=processes, thread_name_prefix="pdf")  # its queue is the queue
        self._most = processes + self.limits.waiting
        self._lock = Lock()
        self._idle: list[Child] = []
        self._in_hand = 0

    async def pdf_of(
        self, template: str, language: str, contexts: Sequence[Mapping[str, Any]], progress: Progress
    ) -> bytes:
        """See `portal.rendering.pdf.pdf_of_many`."""
        # here, not in the thread: what a template asks (the clock, a translation) belongs to this task
        pieces = [render(f"pdf/{template.removeprefix('pdf/')}", language, **context) for context in contexts]
        return await self.set(pieces, progress)

    async def set(self, pieces: list[str], progress: Progress) -> bytes:
        """The PDF of finished HTML."""
        if self._in_hand >= self._most:
            raise PdfFailed("pdf.busy")
        if not pieces:
            raise PdfFailed("pdf.empty")
        job = _Job(self, pieces, progress)
        self._in_hand += 1
        try:
            run = contextvars.copy_context().run
            return await asyncio.get_running_loop().run_in_executor(self._threads, run, job.do)
        except asyncio.CancelledError:
            job.abandon()
            raise
        finally:
            self._in_hand -= 1

    def take(self) -> Child:
        """A waiting process, or a new one."""
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.is_fit():
                    return child
                child.close()
        return Child(self.limits)

    def give_back(self, child: Child) -> None:
        """It waits for the next document, unless it has done its share."""
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
        """Ends the waiting processes; those at work end with their document."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Job:
    """One document on its way, which may be given up at any moment."""

    def __init__(self, press: Press, pieces: list[str], progress: Progress) -> None:
        self._press, self._pieces, self._progress = press, pieces, progress
        self._lock = Lock()
        self._child: Child | None = None
        self._abandoned = False

    def do(self) -> bytes:
        """In a thread of the press."""
        with self._lock:
            if self._abandoned:
                raise PdfFailed("pdf.interrupted")
            child = self._child = self._press.take()
        try:
            return child.pdf_of(self._pieces, self._progress)
        finally:
            self._press.give_back(child)

    def abandon(self) -> None:
        """Whoever asked has gone."""
        with self._lock:
            self._abandoned = True
            if self._child is not None:
                self._child.abandon()


_processes = 1
_press: Press | None = None


def press() -> Press:
    """The press of this process, made when first asked for."""
    global _press
    if _press is None:
        _sweep()
        _press = Press(processes=_processes)
    return _press


def use_processes(count: int) -> None:
    """See `portal.rendering.pdf.use_processes`."""
    global _processes
    _processes = count
    shutdown()


@atexit.register
def shutdown() -> None:
    """See `portal.rendering.pdf.shutdown`."""
    global _press
    if _press is not None:
        _press.close()
        _press = None


def _sweep() -> None:
    """Folders of portals that were killed: each bears the number of the process it belonged to."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*-*"):
        pid = folder.name.removeprefix(FOLDER).partition("-")[0]
        if pid.isdigit() and not _lives(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(pid: int) -> bool:
    with suppress(ProcessLookupError):
        try:
            os.kill(pid, 0)
        except PermissionError:
            return True
        return True
    return False
