"""One PDF process (`process`), seen from the portal: asked, timed, ended with all that belongs to it."""

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import RLock, Timer
from typing import IO

import structlog

from portal.rendering.assets import ROOT
from portal.rendering.pdf import PdfFailed, Progress
from portal.rendering.pdf.limits import Limits

START_SECONDS = 30.0
FOLDER = "anwang-pdf-"
PASSED_ON = ("PATH", "HOME", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "LD_LIBRARY_PATH")

log = structlog.get_logger(__name__)


class PlainNo(Exception):
    """The document is refused, and the process waits for the next one."""

    def __init__(self, failure: PdfFailed) -> None:
        super().__init__(failure.code)
        self.failure = failure


class Child:
    """One process. Any trouble with it ends it; the next document gets another."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.done = 0
        self._folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-"))
        environ = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environ |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(self._folder), "LANG": "C.UTF-8", "SOURCE_DATE_EPOCH": "0"}
        command = [sys.executable, "-s", "-P", "-m", "portal.rendering.pdf.process", str(limits.memory)]
        pipe = subprocess.PIPE
        # a session of its own: one signal reaches all of it, and Ctrl-C is not meant for it
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, env=environ, cwd=self._folder, start_new_session=True, bufsize=0
        )
        self._turning_point = RLock()  # its end is decided by the thread that asks, a timer, or the event loop
        self._late = self._abandoned = self._ready = False

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def is_fit(self) -> bool:
        """Whether it may have another document."""
        return self.done < self.limits.jobs and not self._abandoned and self._process.poll() is None

    def pdf_of(self, pieces: list[str], progress: Progress) -> bytes:
        """Blocks until the PDF is there. Raises `PdfFailed`; see `is_fit` for whether the process lives on."""
        try:
            if not self._ready:
                self._within(START_SECONDS, self._await, b"R", progress)
                self._ready = True
            pdf = self._within(self.limits.seconds_for(len(pieces)), self._ask, pieces, progress)
        except (OSError, EOFError):
            failure = self._why(len(pieces))
            raise failure from None
        except PlainNo as no:
            self.done += 1
            raise no.failure from None
        except BaseException:
            self.close()
            raise
        self.done += 1
        return pdf

    def abandon(self) -> None:
        """Stops it from outside, in the middle of its work or not: nobody waits for the document any more."""
        with self._turning_point:
            self._abandoned = True
            self._kill()

    def close(self) -> int:
        """Stops it, waits for its end, removes its folder; tells how it ended (as `Popen.returncode` does)."""
        with self._turning_point:
            self._kill()
            code = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        return code

    def _ask(self, pieces: list[str], progress: Progress) -> bytes:
        limits = self.limits
        asked = {"pieces": pieces, "cpu_seconds": limits.cpu_seconds_for(len(pieces)), "output": limits.output}
        data = json.dumps(asked | {"pixels": limits.pixels}).encode()
        if len(data) > limits.input:
            raise PdfFailed("pdf.too_big", limit=limits.input // 1024**2)
        _write(self._process.stdin, b"J" + struct.pack(">I", len(data)) + data)
        return self._await(b"D", progress)

    def _await(self, wanted: bytes, progress: Progress) -> bytes:
        """The frame of this kind; progress is passed on, a failure raised."""
        while True:
            head = _read(self._process.stdout, 5)
            size = struct.unpack(">I", head[1:])[0]
            if size > self.limits.output + 4096:
                raise EOFError
            data = _read(self._process.stdout, size)
            if head[:1] == wanted:
                return data
            if head[:1] == b"N":
                raise PlainNo(_failure(data))
            if head[:1] == b"E":
                raise _failure(data)
            progress(struct.unpack(">I", data)[0])

    def _within(self, seconds: float, act: Callable[..., bytes], *args: object) -> bytes:
        limit = Timer(seconds, self._expire)
        limit.daemon = True
        limit.start()
        try:
            return act(*args)
        finally:
            limit.cancel()

    def _expire(self) -> None:
        with self._turning_point:
            self._late = True
            self._kill()

    def _kill(self) -> None:
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _why(self, pieces: int) -> PdfFailed:
        """What its silence means."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=0.5)
        code = self.close()
        log.warning("press.process_ended", code=code, late=self._late, abandoned=self._abandoned)
        if self._late or code == -signal.SIGXCPU:
            return PdfFailed("pdf.too_slow", seconds=round(self.limits.seconds_for(pieces)))
        if self._abandoned:
            return PdfFailed("pdf.interrupted")
        if code in (-signal.SIGABRT, -signal.SIGTRAP):  # what glib does when it gets no memory
            return PdfFailed("pdf.too_much_memory")
        if not self._ready:
            return PdfFailed("pdf.not_ready", kind=code)
        return PdfFailed("pdf.crashed", kind=code)


def _failure(data: bytes) -> PdfFailed:
    found = json.loads(data)
    return PdfFailed(str(found["code"]), **found["params"])


def _write(pipe: IO[bytes] | None, data: bytes) -> None:
    assert pipe
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(pipe.fileno(), rest) :]


def _read(pipe: IO[bytes] | None, size: int) -> bytes:
    assert pipe
    data = bytearray()
    while len(data) < size:
        piece = os.read(pipe.fileno(), min(size - len(data), 1 << 20))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)
