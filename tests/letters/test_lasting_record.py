"""The record of how a letter was signed bears the school's seal, and lasts as long as the letter (F6, F15, TP4)."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import httpx
import pytest

from portal.core.clock import now
from portal.core.files import FolderStore
from portal.letters import sealing
from portal.letters.lasting.services import certificates
from portal.letters.queries.letters import files_of
from portal.letters.running import run_waiting_letters
from portal.letters.sealing.certificates import AUTHORITY_LIVES
from portal.letters.verification.checking import check_file
from portal.rendering import pdf
from portal.settings import Settings
from tasks.lasting import sweep_certificates
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.letters.living import complete, ready
from tests.letters.sealing_kit import TimeServer, serving


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """The processes that set and sign end with the test."""
    yield
    pdf.shutdown()
    sealing.shutdown()


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    await ready()


async def hand_in(stranger: Browser, body: bytes) -> httpx.Response:
    return await stranger.client.post(
        "/v/files", files={"file": ("a.pdf", body, "application/pdf")}, headers={"Origin": stranger.origin}
    )


def verdict(answer: httpx.Response) -> tuple[str, str]:
    found = re.search(r'class="notice verdict (\w+)".*?<h1 id="verdict">(.*?)</h1>', answer.text, re.DOTALL)
    assert found is not None, answer.text[:300]
    return found[2], found[1]


async def checked_pack(cast: Cast, browsers: Browsers, letter_id: int, folder: Path) -> str:
    pack = await (await browsers.of(cast.safety)).client.get(f"/letters/{letter_id}/evidence.zip")
    with zipfile.ZipFile(BytesIO(pack.content)) as found:
        found.extractall(folder)
    done = subprocess.run([sys.executable, "check_pack.py"], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def test_the_record_is_sealed_and_told_for_what_it_is(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    letter_id = await complete(cast, settings)
    store, stranger = FolderStore(settings.files), browsers.stranger()
    digest = next(one.digest for one in await files_of(letter_id) if one.role == "evidence")
    record = await store.open(digest)
    assert record is not None and len(record) < 150_000
    page = await hand_in(stranger, record)
    assert verdict(page) == ("是登记过的签署证据，不是责任书本身", "orange")
    assert "学校的电子印章完好" in page.text and "学校电子印章" in page.text and "签到的内容完好" in page.text
    for wrong in (record + b"\n", record[:-30], record[:900] + bytes([record[900] ^ 1]) + record[901:]):
        assert verdict(await hand_in(stranger, wrong))[1] == "red"
    assert "evidence.pdf seal" in await checked_pack(cast, browsers, letter_id, tmp_path / "pack")
    clock.forward(days=5 * 365 - 30)  # the seal is renewed; the pack holds the one that sealed
    assert await sweep_certificates(settings, now()) == 1
    assert "letter.pdf seal" in await checked_pack(cast, browsers, letter_id, tmp_path / "later")
    monkeypatch.setattr(certificates, "AUTHORITY_AHEAD", AUTHORITY_LIVES)  # as if its thirty years were over
    assert await sweep_certificates(settings, now()) == 2
    assert "letter.pdf seal" in await checked_pack(cast, browsers, letter_id, tmp_path / "last")
    told = {one.relative_to(tmp_path / "last").as_posix() for one in (tmp_path / "last").rglob("*")}
    assert {"certificates/authority.pem", "certificates/authority-1.pem", "revocations-1.crl"} <= told


async def test_the_worker_stamps_letter_and_record_and_both_hold_ten_years_on(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    with serving(TimeServer(at=now(), lives=timedelta(days=11 * 365))) as server:
        (settings.data / "time-stamp-authorities.pem").write_text(server.root)
        named = replace(settings, time_stamp_url=server.url)
        letter_id = await complete(cast, named)
        files = await files_of(letter_id)
        told = {f"{one.role} {one.stage}": one.level for one in files}
        assert (told["signed 1"], told["sealed 0"], told["extended 1"], told["evidence 1"]) == (
            "B-T", "B-LT", "B-LTA", "B-LTA",
        )  # fmt: skip
        clock.forward(days=10 * 365)
        server.at = now()
        assert await run_waiting_letters(named) == 1, "ten years in which nobody looked"
    store = FolderStore(settings.files)
    for role in ("extended", "evidence"):
        digest = [one.digest for one in await files_of(letter_id) if one.role == role][-1]
        body = await store.open(digest)
        assert body is not None
        found = await check_file(body, code="", settings=named)
        assert found.verdict.is_green and str(found.verdict.level) == "B-LTA", found.verdict
