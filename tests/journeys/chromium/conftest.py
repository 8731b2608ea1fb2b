"""The real portal with its demonstration school, and real Chromium to walk through it."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.chromium.parts import CHROMIUM, FLAGS, People, Rows
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
    """The portal as `make run` starts it, on a free port and an empty data folder, by a name: passkeys want one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = {"ANWANG_PORT": str(port), "ANWANG_BASE_URL": f"http://localhost:{port}"}
    running = RealPortal(tmp_path_factory.mktemp("portal"), **address)
    running.start()
    try:
        until(lambda: running.environ["ANWANG_BASE_URL"] in running.output, seconds=START)
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


@pytest.fixture(scope="package")
def base(portal: RealPortal) -> str:
    return portal.environ["ANWANG_BASE_URL"]


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


@pytest.fixture(scope="package")
def rows(portal: RealPortal) -> Rows:
    [path] = [path for path in portal.data.glob("*") if path.suffix in (".db", ".sqlite", ".sqlite3")]
    return Rows(path)
