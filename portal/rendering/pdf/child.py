"""One PDF process (`process`), seen from the portal: asked, timed, ended with all that belongs to it.

What is no matter of PDF pages is `Apart`: letters are signed and checked by a process of the same kind
(`portal.letters.sealing`).
"""

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
from typing import IO, ClassVar

import structlog

from portal.core.refusals import Refused
from portal.rendering.assets import ROOT
from portal.rendering.pdf import PdfFailed, Progress
from portal.rendering.pdf.extras import Extras
from portal.rendering.pdf.limits import Limits

START_SECONDS = 30.0
FOLDER = "anwang-pdf-"
PASSED_ON = ("PATH", "HOME", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "LD_LIBRARY_PATH")

log = structlog.get_logger(__name__)


class PlainNo(Exception):
    """The document is refused, and the process waits for the next one."""

    def __init__(self, failure: Refused) -> None:
        super().__init__(failure.code)
        self.failure = failure


class Apart:
    """One process that works within limits. Any trouble with it ends it; the next piece of work gets another.

    Its program speaks the frames of `portal.rendering.pdf.process`. `refusal` is how it says no.
    """

    program: ClassVar[str]
    refusal: ClassVar[Callable[..., Refused]]

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.done = 0
        self._folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-"))
        environ = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environ |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(self._folder), "LANG": "C.UTF-8", "SOURCE_DATE_EPOCH": "0"}
        command = [sys.executable, "-s", "-P", "-m", self.program, str(limits.memory)]
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

    def answer(self, asked: bytes, *, seconds: float, progress: Progress) -> bytes:
        """Blocks until the answer is there. Raises `refusal`; see `is_fit` for whether the process lives on."""
        if len(asked) > self.limits.input:
            raise self.refusal("pdf.too_big", limit=self.limits.input // 1024**2)
        try:
            if not self._ready:
                self._within(START_SECONDS, self._await, b"R", progress)
                self._ready = True
            answer = self._within(seconds, self._ask, asked, progress)
        except (OSError, EOFError):
            failure = self._why(seconds)
            raise failure from None
        except PlainNo as no:
            self.done += 1
            raise no.failure from None
        except BaseException:
            self.close()
            raise
        self.done += 1
        return answer

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

    def _ask(self, asked: bytes, progress: Progress) -> bytes:
        _write(self._process.stdin, b"J" + struct.pack(">I", len(asked)))
        _write(self._process.stdin, asked)  # by itself: a file of ten megabytes is not copied once more
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
                raise PlainNo(self._failure(data))
            if head[:1] == b"E":
                raise self._failure(data)
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

    def _failure(self, data: bytes) -> Refused:
        found = json.loads(data)
        return self.refusal(str(found["code"]), **found["params"])

    def _why(self, seconds: float) -> Refused:
        """What its silence means."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=0.5)
        code = self.close()
        log.warning("press.process_ended", program=self.program, code=code, late=self._late, abandoned=self._abandoned)
        if self._late or code == -signal.SIGXCPU:
            return self.refusal("pdf.too_slow", seconds=round(seconds))
        if self._abandoned:
            return self.refusal("pdf.interrupted")
        if code in (-signal.SIGABRT, -signal.SIGTRAP):  # what glib does when it gets no memory
            return self.refusal("pdf.too_much_memory")
        if not self._ready:
            return self.refusal("pdf.not_ready", kind=code)
        return self.refusal("pdf.crashed", kind=code)


class Child(Apart):
    """The process that sets pages."""

    program = "portal.rendering.pdf.process"
    refusal = PdfFailed

    def pdf_of(self, pieces: list[str], progress: Progress, extras: Extras | None = None) -> bytes:
        """Blocks until the PDF is there. Raises `PdfFailed`."""
        limits = self.limits
        asked = {"pieces": pieces, "cpu_seconds": limits.cpu_seconds_for(len(pieces)), "output": limits.output}
        more = {"extras": extras.plain()} if extras else {}
        data = json.dumps(asked | more | {"pixels": limits.pixels}).encode()
        return self.answer(data, seconds=limits.seconds_for(len(pieces)), progress=progress)

    def printed(self, piece: str, extras: Extras) -> bytes:
        """Blocks until it is there: its pages' digits in JSON behind their size, then the PDF. Raises `PdfFailed`."""
        limits = self.limits
        asked = {"alike": piece, "extras": extras.plain(), "cpu_seconds": limits.cpu_seconds, "output": limits.output}
        data = json.dumps(asked | {"pixels": limits.pixels}).encode()
        return self.answer(data, seconds=limits.seconds, progress=lambda _: None)


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
