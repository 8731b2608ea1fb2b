"""Real web processes of the portal on ports of the system's choice, and light clients that load them."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from portal.accounts.tables import Account, SignedInSession
from portal.core.clock import now
from portal.core.crypto import keyed_digest
from portal.core.database import execute, fetch_value, insert, unit_of_work
from portal.core.ids import digest, new_token
from portal.people.tables import Appointment, Person
from portal.serving.parent import die_with_parent

ROOT = Path(__file__).resolve().parents[2]


class WebProcess:
    """One `python -m portal web` with a listening socket of its own; nothing is left when it is stopped or killed."""

    def __init__(self, data: Path, database: str, **environ: str) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(512)
        self.port = int(self.socket.getsockname()[1])
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ANWANG_")}
        self.environ = {
            **clean, "ANWANG_DATA": str(data), "ANWANG_DATABASE_URL": database, "ANWANG_DEMO": "0",
            "ANWANG_BASE_URL": f"http://127.0.0.1:{self.port}", "PYTHONPATH": str(ROOT), **environ,
        }  # fmt: skip
        self.log = data / f"web-{self.port}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "WebProcess":
        words = [sys.executable, "-m", "portal", "web", "--fd", str(self.socket.fileno())]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                words, env=self.environ, cwd=ROOT, pass_fds=[self.socket.fileno()], stdout=log, stderr=log,
                preexec_fn=die_with_parent(),  # a test run that is killed leaves no process behind
            )  # fmt: skip
        return self

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    async def ready(self, *, seconds: float = 60) -> "WebProcess":
        """Waits until it answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                async with asyncio.timeout(5), Wire(self.port) as wire:
                    if (await wire.get("/health/live")).status == 200:
                        return self
            await asyncio.sleep(0.05)
        raise AssertionError(f"web process did not answer:\n{self.log.read_text()}")

    def kill(self) -> None:
        """kill -9, and waits until it is gone."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    def stop(self) -> None:
        """SIGTERM, then the socket."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self.socket.close()


@contextlib.contextmanager
def web_processes(data: Path, database: str, count: int = 2) -> Iterator[list[WebProcess]]:
    """Some web processes over one database; stopped at the end whatever happens."""
    made = [WebProcess(data, database).start() for _ in range(count)]
    try:
        yield made
    finally:
        for process in made:
            process.stop()


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Wire:
    """One kept connection that speaks just enough HTTP/1.1; a client library would cost more than the server."""

    port: int
    cookie: str = ""
    _pipe: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None, repr=False)

    async def __aenter__(self) -> "Wire":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        if self._pipe is not None:
            self._pipe[1].close()
            with contextlib.suppress(OSError):
                await self._pipe[1].wait_closed()
            self._pipe = None

    async def get(self, path: str, **headers: str) -> Answer:
        return await self._ask("GET", path, b"", headers)

    async def post(self, path: str, fields: dict[str, object], **headers: str) -> Answer:
        body = urlencode(fields, doseq=True).encode()
        more = {
            "Origin": f"http://127.0.0.1:{self.port}",
            "Content-Type": "application/x-www-form-urlencoded",
            **headers,
        }
        return await self._ask("POST", path, body, more)

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        if self._pipe is None:
            self._pipe = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._pipe
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
        lines += [f"Cookie: {self.cookie}"] if self.cookie else []
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            return await self._read(reader)
        except BaseException:
            self._pipe = None
            writer.close()
            raise

    async def _read(self, reader: asyncio.StreamReader) -> Answer:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split()[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        size = 0 if status in (204, 304) else int(headers.get("content-length", "0"))
        body = await reader.readexactly(size) if size else b""
        if headers.get("connection") == "close":
            assert self._pipe is not None
            self._pipe[1].close()
            self._pipe = None
        return Answer(status, headers, body)


class Visitor(NamedTuple):
    """Somebody signed in: the cookie and the token that every form of the session carries."""

    person_id: int
    name: str
    cookie: str
    token: str


async def signed_in_people(org_id: int, post_id: int, count: int, *, tag: str = "") -> list[Visitor]:
    """People who hold this post, each with a session of their own, written straight into the tables."""
    at, start = now(), int(await fetch_value("SELECT coalesce(max(id), 0) FROM person"))
    names = [f"甲{tag}{start + n}号" for n in range(count)]
    tokens = [new_token() for _ in range(count)]
    async with unit_of_work():
        people = await insert(Person, *[{"org_id": org_id, "name": name, "created_at": at} for name in names])
        begun = at - timedelta(days=1)
        held = {"org_id": org_id, "post_id": post_id, "is_primary": False, "starts_at": begun, "entered_at": begun}
        await insert(Appointment, *[{**held, "person_id": person} for person in people])
        await execute("UPDATE organisation SET rights_version = rights_version + 1 WHERE grid_id = {}", org_id)
        return await _sessions(org_id, people, names, tokens)


async def sign_in(person_id: int) -> Visitor:
    """A session of somebody of the cast."""
    org_id = await fetch_value("SELECT org_id FROM person WHERE id = {}", person_id)
    name = await fetch_value("SELECT name FROM person WHERE id = {}", person_id)
    async with unit_of_work():
        return (await _sessions(org_id, [person_id], [name], [new_token()]))[0]


async def _sessions(org_id: int, people: list[int], names: list[str], tokens: list[str]) -> list[Visitor]:
    at = now()
    accounts = await insert(
        Account,
        *[{"org_id": org_id, "person_id": person, "login": f"l{person}", "created_at": at} for person in people],
    )
    rows = [
        {"token_digest": digest(token), "account_id": account, "created_at": at, "seen_at": at,
         "idle_until": at + timedelta(hours=12), "expires_at": at + timedelta(days=7), "proved_at": at}
        for token, account in zip(tokens, accounts, strict=True)
    ]  # fmt: skip
    await insert(SignedInSession, *rows)
    return [
        Visitor(person, name, f"anwang={token}", keyed_digest("csrf", digest(token))[:43])
        for person, name, token in zip(people, names, tokens, strict=True)
    ]


CYCLE = ("rectifying", "escalated", "assigned")
"""A way round the board that whoever stands above may go for ever."""


def next_move(status: str, version: int, watcher: int, receiver: int) -> dict[str, object]:
    """The next move of the round as a form's fields."""
    to = {"assigned": "rectifying", "rectifying": "escalated", "escalated": "assigned"}[status]
    fields: dict[str, object] = {"to": to, "version": version}
    if to == "escalated":
        fields |= {"reason": "办不了", "watcher": watcher, "receivers": [receiver], "interim_measure": "断电"}
    elif to == "assigned":
        fields |= {"reason": "学校办", "outcome": "returned"}
    return fields
