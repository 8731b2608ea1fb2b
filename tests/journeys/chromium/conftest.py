"""The real portal with its demonstration school, and real Chromium to walk through it."""

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.chromium.parts import CHROMIUM, FLAGS, People
from tests.serving.portal_process import RealPortal, until

START = 90.0  # seconds; the demonstration school is imported first


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever stands in this folder needs the browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: apt-get install chromium")
        pytest.skip("no Chromium here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPortal]:
    """The portal as `make run` starts it, on a free port and an empty data folder."""
    running = RealPortal(tmp_path_factory.mktemp("portal"))
    running.start()
    try:
        until(lambda: re.search(r"http://127\.0\.0\.1:(\d+)", running.output), seconds=START)
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


@pytest.fixture(scope="package")
def base(portal: RealPortal) -> str:
    return re.search(r"http://127\.0\.0\.1:\d+", portal.output)[0]  # type: ignore[index]


@pytest.fixture(scope="package")
def everybody(chromium: Any, portal: RealPortal, base: str) -> People:
    accounts = json.loads((portal.data / "demo-accounts.json").read_text("utf-8"))
    return People(chromium, base, {row["login"]: row["password"] for row in accounts})


@pytest.fixture
def people(everybody: People) -> Iterator[People]:
    """The demonstration people, each in browsers of their own; a page that complained fails the test."""
    everybody.complaints.clear()
    yield everybody
    everybody.close()
    assert not everybody.complaints


class Rows:
    """Looks into the portal's database, read only: ids that addresses need."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.used = 0

    def value(self, sql: str, *params: Any) -> Any:
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            row = connection.execute(sql, params).fetchone()
        finally:
            connection.close()
        return row[0] if row else None

    def column(self, sql: str) -> list[Any]:
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            return [row[0] for row in connection.execute(sql)]
        finally:
            connection.close()

    def room(self) -> int:
        """A room of the school that no test has used yet, so that its board is short."""
        self.used += 1
        found = self.value(
            "SELECT id FROM grid WHERE kind = 'room' AND org_id = ? AND ended_at IS NULL AND id NOT IN "
            "(SELECT grid_id FROM hazard) ORDER BY id LIMIT 1 OFFSET ?", self.grid("青云一中"), self.used,
        )  # fmt: skip
        return int(found)

    def grid(self, name: str) -> int:
        found = self.value("SELECT id FROM grid WHERE name = ? ORDER BY id LIMIT 1", name)
        assert found is not None, f"no grid is called {name}"
        return int(found)


@pytest.fixture(scope="package")
def rows(portal: RealPortal) -> Rows:
    [path] = [path for path in portal.data.glob("*") if path.suffix in (".db", ".sqlite", ".sqlite3")]
    return Rows(path)
