"""Keeps the parts running: starts them, restarts one that dies, stops all of them in order, leaves
nothing behind.

One process, one thread: it sleeps until a signal arrives or a moment comes. Each part leads a process group
of its own, so that Ctrl-C reaches the supervisor alone (which then stops in order), and so that what a dead
part leaves can be swept.
"""

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from portal.serving.parent import die_with_parent
from portal.serving.words import Trouble, say

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0  # seconds of life after which a death counts as the first again
DRAIN_SECONDS = 25.0
LAST_SECONDS = 4.0
BAD_SETTING = 2  # exit status by which a part says "starting me again changes nothing"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(eq=False)
class Part:
    """One process that has to run: its command and how often it has died lately."""

    name: str
    command: Sequence[str]
    environ: dict[str, str]
    descriptors: tuple[int, ...] = ()
    last: bool = False
    """Stopped after all others: they still need it while they finish."""
    before_start: Callable[[], object] | None = None
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started_at: float = 0.0
    start_at: float | None = field(default=None)

    @property
    def pause(self) -> float:
        """Seconds to wait before the next start: 0.2, 0.4, 0.8 … 30."""
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (self.deaths - 1))


class Stopped(Exception):
    """A stop was asked for while something was being waited for."""


class Supervisor:
    """Owns the parts. Use as a context manager: whatever happens inside, all parts have ended when it is
    left.
    """

    def __init__(self, cwd: str) -> None:
        self.cwd = cwd
        self.parts: list[Part] = []
        self.stops = 0
        self._kept: dict[int, object] = {}

    def __enter__(self) -> "Supervisor":
        self._wake, self._bell = os.pipe()
        for end in (self._wake, self._bell):
            os.set_blocking(end, False)
        self._kept_bell = signal.set_wakeup_fd(self._bell, warn_on_full_buffer=False)
        for number in (*STOP_SIGNALS, signal.SIGCHLD):
            if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
                continue  # nohup: the terminal may go
            self._kept[number] = signal.signal(number, self._heard)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        for number, handler in self._kept.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        signal.set_wakeup_fd(self._kept_bell)
        os.close(self._wake)
        os.close(self._bell)

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self.stops += 1

    def rest(self, seconds: float | None) -> None:
        """Sleeps until a signal arrives, at most so long."""
        ready, _, _ = select.select([self._wake], [], [], seconds)
        if ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake, 4096)

    def add(self, part: Part) -> Part:
        """Starts a part and keeps it running from now on."""
        self.parts.append(part)
        self._start(part)
        return part

    def run_to_end(self, command: Sequence[str], environ: dict[str, str]) -> int:
        """Runs a command that ends by itself; its exit status.

        Raises `Stopped` when a stop is asked for meanwhile.
        """
        step = Part("step", command, environ)
        process = self._spawn(step)
        try:
            while process.poll() is None:
                if self.stops:
                    raise Stopped
                self.rest(0.5)
        finally:
            self._end([step], DRAIN_SECONDS)
        return int(process.returncode)

    def tend(self, longest: float = 60.0) -> None:
        """One round: sleeps at most `longest` seconds, notices deaths, starts what is due. Raises
        `Trouble` when a
        part refuses its settings."""
        moments = [part.start_at for part in self.parts if part.start_at is not None]
        pause = min([longest, *(moment - time.monotonic() for moment in moments)])
        self.rest(max(0.0, pause))
        if self.stops:
            return
        for part in self.parts:
            self._tend_one(part)

    def _tend_one(self, part: Part) -> None:
        now = time.monotonic()
        if part.process is not None and part.process.poll() is not None:
            self._bury(part, now)
        if part.process is None and part.start_at is not None and part.start_at <= now:
            self._start(part)
            say("part.again", name=part.name, pid=part.process.pid if part.process else "-")

    def _bury(self, part: Part, now: float) -> None:
        assert part.process is not None
        status, pid = part.process.returncode, part.process.pid
        _sweep(pid)
        part.process = None
        if status == BAD_SETTING:
            raise Trouble("part.bad_setting", name=part.name)
        part.deaths = 1 if now - part.started_at > STEADY_AFTER else part.deaths + 1
        part.start_at = now + part.pause
        say("part.died", name=part.name, pid=pid, how=_how(status), pause=f"{part.pause:.1f}")

    def _start(self, part: Part) -> None:
        if part.before_start is not None:
            part.before_start()
        part.start_at, part.started_at = None, time.monotonic()
        self._spawn(part)

    def _spawn(self, part: Part) -> "subprocess.Popen[bytes]":
        part.process = subprocess.Popen(
            part.command,
            cwd=self.cwd,
            env=part.environ,
            stdin=subprocess.DEVNULL,
            pass_fds=part.descriptors,
            start_new_session=True,
            preexec_fn=die_with_parent(),  # noqa: PLW1509  (this process has one thread)
        )
        return part.process

    def stop(self) -> None:
        """Asks every part to end (those marked `last` afterwards), waits, then kills; a second Ctrl-C
        kills at once.
        """
        for marked, patience in ((False, DRAIN_SECONDS), (True, LAST_SECONDS)):
            self._end([part for part in self.parts if part.last is marked], patience)

    def _end(self, parts: list[Part], patience: float) -> None:
        asked = self.stops
        running = [part for part in parts if part.process is not None]
        for part in running:
            _send(part, signal.SIGTERM)
        until = time.monotonic() + patience
        while any(part.process and part.process.poll() is None for part in running):
            left = until - time.monotonic()
            if left <= 0 or self.stops > max(asked, 1):
                break
            self.rest(min(left, 0.5))
        for part in running:
            _send(part, signal.SIGKILL)
            if part.process is not None:
                part.process.wait()
                _sweep(part.process.pid)
            part.process = None


def _send(part: Part, number: signal.Signals) -> None:
    if part.process is not None and part.process.poll() is None:
        part.process.send_signal(number)


def _sweep(group: int) -> None:
    """Ends what a part has left in its process group: pools, helpers."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _how(status: int) -> str:
    if status < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-status).name
    return f"exit {status}"
