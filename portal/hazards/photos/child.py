"""One child process that develops photos (`reencode`), seen from the web process: asked, timed, ended.

What it hands back is looked at like anything else from outside, since it has touched a stranger's bytes.
"""

import os
import signal
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from select import select
from threading import RLock, Timer
from typing import IO, NamedTuple

import structlog

from portal.core.refusals import Refused
from portal.hazards.photos import rules

_PROGRAM = Path(__file__).with_name("reencode.py")
_MAX_ANSWER = 8 * 1024 * 1024
_FAILED_TO_START, _FAILED, _BY_SIGNAL = 1, 3, 64  # how `reencode` ends; 64 + the signal that ended its fork
_DECODER_CRASHED = {signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGABRT, signal.SIGFPE}

log = structlog.get_logger(__name__)


class Photo(NamedTuple):
    """Two bare JPEGs, upright, in sRGB, that tell nothing of where or by whom. Sizes in px of `full`."""

    full: bytes
    thumb: bytes
    width: int
    height: int


class Child:
    """One process running `reencode`. Any trouble with it ends it, and the next photo gets another."""

    def __init__(self) -> None:
        # a session of its own: Ctrl-C is not meant for it, and one signal reaches what it forks too
        command = [sys.executable, "-I", str(_PROGRAM)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, env={}, start_new_session=True, bufsize=0)
        self._turning_point = RLock()  # its end is decided by the thread that asks, a timer, or the event loop
        self._late = self._abandoned = False
        self.waits = True  # for a photo: not while it works, and never again after any trouble

    def is_sound(self) -> bool:
        """Whether it still runs, and has not said anything unasked (which would pass for the next answer)."""
        assert self._process.stdout
        said, _, _ = select([self._process.stdout], [], [], 0)
        return not said and self._process.poll() is None

    def develop(self, header: rules.Header, data: bytes, seconds: float, cut: rules.Cut = rules.Cut.WHOLE) -> Photo:
        """Blocks for so many seconds at most. Refuses what `make_photo` refuses after the header."""
        with self._turning_point:
            if self._abandoned:
                raise Refused("photo.interrupted")
            self.waits = False
        limit = Timer(seconds, self._expire)
        limit.start()
        try:
            answer = self._ask(header, data, cut)
        except (OSError, EOFError):
            raise self._why(seconds) from None
        finally:
            limit.cancel()
        self._wait_for_next()
        if isinstance(answer, str):
            raise _refusal(answer, header)
        return photo_of(*answer, cut)

    def abandon(self) -> None:
        """Stop it from outside, in the middle of its work or not."""
        with self._turning_point:
            self._abandoned = True
            self._kill()
            if self.waits:  # no thread is at work with it that would see the pipe end and close it
                self.close()

    def close(self) -> int:
        """Stop it, wait for its end, close the pipes; tells how it ended (as `Popen.returncode` does)."""
        with self._turning_point:
            self._kill()
            code = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        return code

    def _ask(self, header: rules.Header, data: bytes, cut: rules.Cut) -> str | tuple[bytes, bytes]:
        """A code, or two JPEGs."""
        assert self._process.stdin
        assert self._process.stdout
        _write(self._process.stdin, struct.pack(">4s8sI", header.kind.encode(), cut.encode(), len(data)))
        _write(self._process.stdin, data)
        size = _read_number(self._process.stdout)
        if size == 0:
            return _read(self._process.stdout, 32).rstrip(b"\0").decode("ascii", "replace")
        thumb_size = _read_number(self._process.stdout)
        return _read(self._process.stdout, size), _read(self._process.stdout, thumb_size)

    def _wait_for_next(self) -> None:
        with self._turning_point:
            if self._abandoned or self._late:
                self.close()
            else:
                self.waits = True

    def _expire(self) -> None:
        with self._turning_point:
            if not self.waits:
                self._late = True
                self._kill()

    def _kill(self) -> None:
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _why(self, seconds: float) -> Exception:
        """What its silence means to whoever sent the photo."""
        code = self._ended()
        log.warning("photo.child_ended", code=code, late=self._late, abandoned=self._abandoned)
        if self._late or code == _BY_SIGNAL + signal.SIGXCPU:
            return Refused("photo.too_slow", seconds=round(seconds))
        if code == _FAILED_TO_START:
            return RuntimeError("the child process for photos does not start; its message is in the log above")
        if code == _FAILED or code - _BY_SIGNAL in _DECODER_CRASHED:
            return Refused("photo.broken")
        return Refused("photo.interrupted")

    def _ended(self) -> int:
        """How it ended by itself, given a moment to say so; else by our hand."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=0.5)
        return self.close()


def photo_of(full: bytes, thumb: bytes, cut: rules.Cut = rules.Cut.WHOLE) -> Photo:
    """What the child made, once it is seen to be two bare JPEGs of their size. Refused: `photo.broken`."""
    frame = rules.FRAMES[cut]
    small = len(full) <= frame.most and len(thumb) <= frame.most
    if not (small and rules.is_bare_jpeg(full, side=frame.full) and rules.is_bare_jpeg(thumb, side=frame.thumb)):
        log.error("photo.child_lied")  # a decoder taken over by its input would look like this
        raise Refused("photo.broken")
    _, width, height = rules.read_header(full)
    return Photo(full, thumb, width, height)


def _refusal(code: str, header: rules.Header) -> Refused:
    if code == "photo.too_many_pixels":
        return rules.too_many_pixels(header.width, header.height)
    return Refused("photo.broken")


def _write(pipe: IO[bytes], data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(pipe.fileno(), rest) :]


def _read_number(pipe: IO[bytes]) -> int:
    number: int = struct.unpack(">I", _read(pipe, 4))[0]
    if number > _MAX_ANSWER:
        raise EOFError
    return number


def _read(pipe: IO[bytes], size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = os.read(pipe.fileno(), size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)
