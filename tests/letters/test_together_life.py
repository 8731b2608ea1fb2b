"""A real letter that somebody signs in the place of another, to the file that a stranger checks; and a wordings' compare."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pypdf import PdfReader

from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import fetch_value, insert
from portal.core.files import FolderStore
from portal.letters import sealing
from portal.letters.document import shipped_wordings
from portal.letters.document.text import from_json, to_json
from portal.letters.document.wording import wording_json
from portal.letters.queries.letters import files_of
from portal.letters.running import run_waiting_letters
from portal.letters.together.said import changes_between, said
from portal.people.services import appoint, make_person
from portal.people.tables import Absence
from portal.rendering import pdf
from portal.settings import Settings
from tasks.outbox import drain
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers
from tests.letters.letter_stories import letter_of, taken, whole
from tests.letters.living import ready
from tests.letters.together_kit import SECRET, with_key


@pytest.fixture(autouse=True)
async def ended(cast: Cast) -> None:
    """Duties that the school has confirmed, the chain, the wordings."""
    await ready()


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """The processes that set and sign end with the test."""
    yield
    pdf.shutdown()
    sealing.shutdown()


async def real(cast: Cast, settings: Settings, name: str = "甄新人") -> int:
    appointment = await taken(cast, name)
    await drain()
    assert await run_waiting_letters(settings) == 1
    return await letter_of(appointment)


async def signs(browser: Browser, letter: int, name: str) -> None:
    await with_key(browser)
    await browser.client.get(f"/letters/{letter}/file")
    await browser.get(f"/letters/{letter}")
    await browser.submit(browser.form("/signatures"), read="1", name=name, passphrase=SECRET)
    assert "签好了" in browser.text, browser.text


async def test_a_file_says_who_signed_for_whom_and_is_the_original(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    letter = await real(cast, settings)
    await signs(await browsers.of((await whole(letter)).row.person_id), letter, "甄新人")
    acting = await make_person("贾代理", org_id=cast.school, by=SYSTEM)
    await appoint(acting, post_id=cast.floor_post, by=SYSTEM, kind="deputy", is_primary=False, starts_at=now() - timedelta(hours=1))  # fmt: skip
    row = {
        "org_id": cast.school,
        "person_id": cast.floor_chief,
        "kind": "leave",
        "starts_at": now() - timedelta(hours=1),
    }
    await insert(Absence, {**row, "ends_at": None, "entered_at": now(), "version": 1})
    await drain()
    browser = await browsers.of(acting)
    await browser.get(f"/letters/{letter}")
    assert "你代甄层长签" in browser.text and "你是楼层负责的B 角" in browser.text
    assert not [form for form in browser.forms if "refusals" in form.action], "who says no is the holder"
    office = await browsers.of(cast.safety)
    await office.get(f"/letters/{letter}")
    assert "可以由贾代理代签，B 角" in office.text
    await signs(browser, letter, "贾代理")
    await drain()
    assert await run_waiting_letters(settings) == 1
    holder = await browsers.of(cast.floor_chief)
    await holder.get(f"/letters/{letter}")
    assert "贾代理代签，B 角" in holder.text
    await holder.get("/inbox")
    assert "贾代理代你签了" in holder.text
    stranger = browsers.stranger()
    page = await stranger.client.get(f"/v/{(await whole(letter)).row.code}")
    assert "楼层负责 甄**，由贾**代签（B 角）" in page.text and "代理" not in page.text.split("贾**", 1)[1][:3]
    store, files = FolderStore(settings.files), {one.role: one.digest for one in await files_of(letter)}
    body, record = await store.open(files["sealed"]), await store.open(files["evidence"])
    assert body is not None and record is not None and len(body) <= 150_000
    answer = await stranger.client.post(
        "/v/files", files={"file": ("a.pdf", body)}, headers={"Origin": stranger.origin}
    )
    assert re.findall(r'<h1 id="verdict">(.*?)</h1>', answer.text) == ["原件"]
    told = re.sub(r"\s", "", "".join(one.extract_text() for one in PdfReader(io.BytesIO(record)).pages))
    assert "代甄层长签，是这个岗位的B角" in told and "楼层负责贾代理" in told
    serial = await fetch_value("SELECT k.serial FROM letter_party y JOIN signing_key k ON k.id = y.key_id WHERE y.letter_id = {} AND y.signed_by_id IS NOT NULL", letter)  # fmt: skip
    assert serial == await fetch_value("SELECT serial FROM signing_key WHERE person_id = {}", acting)


async def test_letters_are_held_side_by_side_without_what_must_differ(cast: Cast, settings: Settings) -> None:
    first, second = await real(cast, settings), await real(cast, settings, "甄后来")
    one, other = [(await whole(letter)).row for letter in (first, second)]
    assert one.text is not None and other.text is not None and one.text_digest != other.text_digest
    [wording] = [found for found in shipped_wordings() if found.kind == "post"]
    body = wording_json(wording)
    assert await fetch_value("SELECT body FROM letter_template WHERE kind = 'post'") == body
    says, again = said(one.text, body), said(other.text, body)
    assert says is not None and again is not None and not says.is_strange
    assert (says.wording, says.tasks) == (again.wording, again.tasks) and changes_between(again, says) == 0
    text = from_json(other.text)
    moved = said(to_json(replace(text, boundary="到走廊尽头")), body)
    assert moved is not None and changes_between(moved, says) == 1, "another boundary is a change"
    slipped = replace(text.clauses[4], text=text.clauses[4].text + "乙方另缴押金。")
    found = said(to_json(replace(text, clauses=(*text.clauses[:4], slipped, *text.clauses[5:]))), body)
    assert found is not None and found.is_strange and found.wording != says.wording
    fewer = said(to_json(replace(text, duties=text.duties[1:])), body)
    assert fewer is not None and fewer.tasks != says.tasks and changes_between(fewer, says) == 1
    assert said(None, body) is None and said("{}", body) is None and said(one.text, "{}") is not None
