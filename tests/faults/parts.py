"""Worker processes and a Redis of one's own, to be killed."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from portal.serving import embedded_redis
from tests.conftest import KEY

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent


class Redis:
    """An embedded Redis as `serve` starts it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{embedded_redis.socket_path(self.data)}"

    def start(self) -> "Redis":
        server = embedded_redis.find_server()
        assert server is not None, "the tests' Redis is one of the dependencies"
        path = embedded_redis.prepare_place(self.data)
        self.process = subprocess.Popen(embedded_redis.command(server, self.data, path))
        until = monotonic() + 10
        while not embedded_redis.answers(path):
            assert monotonic() < until, "Redis does not answer"
        return self

    def flush(self) -> None:
        with socket.socket(socket.AF_UNIX) as wire:
            wire.connect(str(embedded_redis.socket_path(self.data)))
            wire.sendall(b"FLUSHALL\r\n")
            assert wire.recv(5).startswith(b"+OK")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class Workers:
    """Worker processes over one database, each started again when it was killed."""

    def __init__(
        self, url: str, data: Path, redis: str = "", *, slow: float = 0.0, lease: float = 1.5, look: float = 1.0,
        program: str = "slow_worker.py", **environ: str,
    ) -> None:  # fmt: skip
        self.program = program
        (data / "secret.key").write_text(KEY.decode() + "\n")
        base = {name: value for name, value in os.environ.items() if not name.startswith("ANWANG_")}
        self.environ = {
            **base, "ANWANG_DATA": str(data), "ANWANG_DATABASE_URL": url, "ANWANG_REDIS_URL": redis,
            "PYTHONPATH": str(ROOT), "SLOW": str(slow), "LEASE": str(lease), "LOOK": str(look),
            **environ,
        }  # fmt: skip
        self.running: list[subprocess.Popen[bytes]] = []
        self.log = data / "worker.log"

    def start(self, count: int = 1) -> "Workers":
        for _ in range(count):
            with self.log.open("ab") as log:
                command = [sys.executable, str(HERE / self.program)]
                self.running.append(subprocess.Popen(command, env=self.environ, cwd=ROOT, stdout=log, stderr=log))
        return self

    def kill(self, pid: int) -> None:
        """-9."""
        [dead] = [process for process in self.running if process.pid == pid]
        self.running.remove(dead)
        dead.kill()
        dead.wait()

    async def stop(self) -> list[int]:
        """SIGTERM to all of them; their exit statuses."""
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        statuses = [await asyncio.to_thread(process.wait, 30) for process in self.running]
        self.running = []
        return statuses

    def resident(self) -> float:
        """MB of the first process."""
        status = Path(f"/proc/{self.running[0].pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def end(self) -> None:
        for process in self.running:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()


async def until(condition: Callable[[], Any], *, seconds: float = 60.0, every: float = 0.01) -> Any:
    """Asks an async condition again and again."""
    end = monotonic() + seconds
    while monotonic() < end:
        found = await condition()
        if found:
            return found
        await asyncio.sleep(every)
    raise AssertionError("it did not happen in time")
