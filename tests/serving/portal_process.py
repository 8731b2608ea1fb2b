"""A supervisor in a process of its own, and what it left behind."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0


def until(condition: Callable[[], object], *, seconds: float = PATIENCE) -> object:
    """Waits for a condition by asking often; a machine under load only takes longer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it did not happen in time")


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        return state != "Z"
    return False


class PortalProcess:
    """A supervisor with stand-ins for its parts. `says` waits for a line, `pids` are what the stand-ins noted."""

    command: tuple[str, ...] = (sys.executable, str(Path(__file__).with_name("stub.py")), "serve")

    def __init__(self, data: Path, **environ: str) -> None:
        self.data = data
        base = {name: value for name, value in os.environ.items() if not name.startswith("ANWANG_")}
        self.environ = {
            **base,
            "ANWANG_DATA": str(data),
            "ANWANG_PORT": "0",
            "PYTHONPATH": str(ROOT),
            **environ,
        }
        self.lines: list[str] = []

    def start(self) -> Self:
        self.process = subprocess.Popen(
            self.command,
            env=self.environ,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        return self

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout:
            for line in self.process.stdout:
                self.lines.append(line.decode())

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def says(self, text: str) -> str:
        def said() -> str | None:
            match = re.search(text, self.output)
            return match[0] if match else None

        try:
            return str(until(said))
        except AssertionError:
            raise AssertionError(f"never said {text!r}:\n{self.output}") from None

    def pids(self, name: str) -> list[int]:
        found = (self.data / "pids").glob(f"{name}-*")
        return [int(path.name.rsplit("-", 1)[1]) for path in found]

    def living(self, name: str) -> list[int]:
        return [pid for pid in self.pids(name) if alive(pid)]

    def redis_pid(self) -> int:
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes()
                if b"redis.sock" in words and os.fsencode(self.data) in words:
                    found.append(int(entry.name))
        return found[0] if found else 0

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def ended(self) -> int:
        status = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return status

    def stop(self) -> int:
        self.signal(signal.SIGTERM)
        return self.ended()


class RealPortal(PortalProcess):
    """The portal as `make run` starts it."""

    command = (sys.executable, "-m", "portal", "serve")

    def living(self, name: str) -> list[int]:
        """The processes of this data folder by the name of their command."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                ours = f"ANWANG_DATA={self.data}".encode() in (entry / "environ").read_bytes().split(b"\0")
                if ours and words[1:4] == [b"-m", b"portal", name.encode()] and alive(int(entry.name)):
                    found.append(int(entry.name))
        return found


@contextlib.contextmanager
def portal(data: Path, **environ: str) -> Iterator[PortalProcess]:
    running = PortalProcess(data, **environ).start()
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()
