"""A letter as the worker really makes it, held against the register by a stranger, and taken along (F16, F17, TP4)."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from portal.core.files import FolderStore
from portal.letters import sealing
from portal.letters.document.text import grouped, short_digest
from portal.letters.queries.letters import files_of
from portal.rendering import pdf
from portal.settings import Settings
from tests.cast import Cast
from tests.conftest import Browsers
from tests.letters.letter_stories import whole
from tests.letters.living import complete, ready


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """The processes that set and sign end with the test."""
    yield
    pdf.shutdown()
    sealing.shutdown()


async def test_a_real_letter_is_the_original_to_a_stranger(
    cast: Cast, browsers: Browsers, settings: Settings, tmp_path: Path
) -> None:
    await ready()
    letter_id = await complete(cast, settings)
    row = (await whole(letter_id)).row
    stages = {f"{one.role}{one.stage}": one.digest for one in await files_of(letter_id)}
    store, stranger = FolderStore(settings.files), browsers.stranger()
    page = await stranger.client.get(f"/v/{row.code}")
    assert row.text_digest is not None
    for told in (short_digest(row.text_digest), stages["sealed0"], grouped(row.code), "安全责任书", "待生效"):
        assert told in page.text, told

    async def says(name: str, more: bytes = b"") -> str:
        body = await store.open(stages[name])
        assert body is not None
        answer = await stranger.client.post(
            "/v/files", files={"file": ("a.pdf", body + more)}, headers={"Origin": stranger.origin}
        )
        return re.findall(r'<h1 id="verdict">(.*?)</h1>', answer.text)[0]

    assert await says("sealed0") == "原件"
    assert await says("sealed0", b"\n") == "之后被改过"
    assert {await says("draft0"), await says("signed1"), await says("signed2")} == {"签署过程中的较早一版"}
    assert await says("evidence0") == "是登记过的签署证据，不是责任书本身"
    pack = await (await browsers.of(cast.safety)).client.get(f"/letters/{letter_id}/evidence.zip")
    with zipfile.ZipFile(BytesIO(pack.content)) as found:
        found.extractall(tmp_path / "pack")
    done = subprocess.run(
        [sys.executable, "check_pack.py"], cwd=tmp_path / "pack", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "letter.pdf seal" in done.stdout
