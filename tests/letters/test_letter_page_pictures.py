"""The pages of a letter's file as pictures: where no PDF is shown the very bytes are read all the same (TP2, F18, F22)."""

import io
import os
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from PIL import Image

from portal.core.clock import now
from portal.core.database import fetch_value
from portal.core.files import FolderStore
from portal.letters import sealing
from portal.letters.document import digest_of, letter_printed, to_json
from portal.letters.page_pictures import tidy_pictures
from portal.letters.services.making import claim_letter, finish_letter
from portal.rendering.pdf import pictures
from portal.rendering.pdf import shutdown as end_printing
from portal.settings import Settings
from tasks.outbox import drain
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers
from tests.letters.document_kit import a_letter
from tests.letters.letter_stories import letter_of, taken, whole, with_wording

SECRET = "四把伞挂在蓝色的门后面呢"
NAME = "甄新人"
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Version/4.0 Chrome/116 XWEB/1160 MicroMessenger/8.0.49"
READINGS = "SELECT count(*) FROM letter_reading"


@pytest.fixture(scope="module", autouse=True)
def processes() -> Iterator[None]:
    yield
    pictures.shutdown()
    end_printing()
    sealing.shutdown()


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    await with_wording()


async def made(cast: Cast, settings: Settings) -> int:
    """A letter of two pages as the worker makes it, waiting for the taker."""
    appointment = await taken(cast, NAME)
    await drain()
    letter_id = await letter_of(appointment)
    held = await claim_letter()
    assert held is not None
    text = a_letter("yearly", number=(await whole(letter_id)).row.number)
    printed = await letter_printed(text)
    file = await FolderStore(settings.files).put(printed.pdf, media_type="application/pdf")
    assert await finish_letter(held, to_json(text), digest_of(text), file, pages=printed.pages)
    await drain()
    return letter_id


async def taker(browsers: Browsers, letter: int) -> Browser:
    return await browsers.of(next(one.person_id for one in (await whole(letter)).parties if one.part == "taker"))


async def test_who_is_to_sign_sees_every_page_and_the_last_one_is_a_reading(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    letter = await made(cast, settings)
    browser = await taker(browsers, letter)
    answer = await browser.get(f"/letters/{letter}")
    found = re.findall(r'<img src="([^"]+)" width="1080" height="1528" loading="lazy"[^>]* alt="([^"]+)"', answer.text)
    assert [address.partition("?")[0] for address, _ in found] == [f"/letters/{letter}/pages/{one}" for one in (1, 2)]
    assert (
        "第 2 页，共 2 页" in found[1][1]
        and "<details" not in answer.text.partition('id="file"')[2].partition("</section>")[0]
    )
    for number, (address, _) in enumerate(found, start=1):
        picture = await browser.client.get(address)
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
        assert picture.headers["cache-control"] == "private, no-cache"
        with Image.open(io.BytesIO(picture.content)) as opened:
            darkest, lightest = (float(tone) for tone in opened.convert("L").getextrema())  # type: ignore[arg-type]
            assert opened.size == (1080, 1528) and darkest < 10 and lightest > 250
        assert len(picture.content) < 120_000
        assert await fetch_value(READINGS) == number - 1
        again = await browser.client.get(address, headers={"If-None-Match": picture.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert await fetch_value(READINGS) == 1  # looked at twice, noted once
    row = (await whole(letter)).row
    digest = await fetch_value("SELECT digest FROM letter_file WHERE letter_id = {}", row.id)
    assert await fetch_value("SELECT file_digest FROM letter_reading") == digest
    await browser.get(f"/letters/{letter}")
    assert "你打开过" in browser.text


async def test_what_was_read_as_pictures_may_be_signed(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    letter = await made(cast, settings)
    browser = await taker(browsers, letter)
    await browser.get(f"/account/signing-key?next=/letters/{letter}")
    await browser.submit(browser.form("/account/signing-key"), consent="1", passphrase=SECRET, again=SECRET)
    await browser.get(f"/letters/{letter}")
    form = browser.form("/signatures")
    await browser.client.get(f"/letters/{letter}/pages/1")
    answer = await browser.submit(form, read="1", passphrase=SECRET, name=NAME)
    assert answer.status_code != 200 and "打开" in browser.text
    assert await fetch_value("SELECT count(*) FROM letter_file WHERE role = 'signed'") == 0
    before = (await browser.client.get(f"/letters/{letter}/pages/2")).content
    await browser.get(f"/letters/{letter}")
    answer = await browser.submit(browser.form("/signatures"), read="1", passphrase=SECRET, name=NAME)
    assert answer.status_code == 200 and "签好了" in browser.text
    first = await browser.client.get(f"/letters/{letter}/pages/1")  # of the signed file: with the name in its place
    assert (await browser.client.get(f"/letters/{letter}/pages/2")).content == before
    assert first.headers["etag"].startswith(
        f'"{await fetch_value("SELECT digest FROM letter_file WHERE role = {}", "signed")}'[:33]
    )


async def test_nobody_else_leaves_a_reading_and_strangers_find_nothing(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    letter = await made(cast, settings)
    office, mine = await browsers.of(cast.safety), await taker(browsers, letter)
    answer = await office.get(f"/letters/{letter}")
    assert "看每一页（2 页）" in office.text and '<details class="more"><summary>看每一页' in answer.text
    assert (await office.client.get(f"/letters/{letter}/pages/2")).status_code == 200
    for headers in ({"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}):
        await mine.client.get(f"/letters/{letter}/pages/2", headers=headers)
    assert await fetch_value(READINGS) == 0
    for beyond in (0, 3, 999999):
        assert (await mine.client.get(f"/letters/{letter}/pages/{beyond}")).status_code == 404
    stranger = await browsers.of(cast.other_safety)
    missing = await stranger.client.get("/letters/999999/pages/1")
    answer = await stranger.client.get(f"/letters/{letter}/pages/1")
    assert answer.status_code == 404
    assert answer.text.replace(f"/letters/{letter}/", "") == missing.text.replace("/letters/999999/", "")


async def test_wechat_is_told_the_way_and_gets_plain_pictures_and_an_inline_file(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    letter = await made(cast, settings)
    browser = await taker(browsers, letter)
    answer = await browser.client.get(f"/letters/{letter}", headers={"User-Agent": WECHAT})
    assert "在浏览器打开" in answer.text and "blob:" not in answer.text and "<object" not in answer.text
    assert f'href="/letters/{letter}/file"' in answer.text and " download" not in answer.text
    file = await browser.client.get(f"/letters/{letter}/file", headers={"User-Agent": WECHAT})
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["content-disposition"].startswith("inline;")
    await browser.get(f"/letters/{letter}")
    assert "在浏览器打开" not in browser.text


async def test_the_folder_is_no_store(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    letter = await made(cast, settings)
    browser = await taker(browsers, letter)
    address = f"/letters/{letter}/pages/1"
    first = (await browser.client.get(address)).content
    kept = sorted(settings.pictures.rglob("*.webp"))
    assert len(kept) == 2 and not list(settings.pictures.rglob("*.part"))
    assert tidy_pictures(settings.pictures, before=now() - timedelta(days=30)) == 0
    for path in kept:
        os.utime(path, (1, 1))
    assert tidy_pictures(settings.pictures, before=now() - timedelta(days=30)) == 2
    assert (await browser.client.get(address)).content == first
    for path in [*settings.pictures.rglob("*.webp"), *(path for path in settings.files.rglob("*") if path.is_file())]:
        path.unlink()
    answer = await browser.client.get(address)  # neither the pictures nor the file: told, not drawn from anything else
    assert answer.status_code >= 400 and "image" not in answer.headers["content-type"]


async def test_the_public_page_tells_the_digits_of_each_page(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    letter = await made(cast, settings)
    row = (await whole(letter)).row
    browser = await browsers.of(cast.safety)
    answer = await browser.client.get(f"/v/{row.code}")
    assert len(row.page_digits) == 2
    for number, digits in enumerate(row.page_digits, start=1):
        assert f"第 {number} 页 <b>{digits}</b>" in answer.text
