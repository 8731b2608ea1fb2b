"""Somebody else signs in the place of the school's own certificates: the life of a letter is the same (F21)."""

import re
from collections.abc import Iterator

import pytest

from portal.core.database import fetch_value
from portal.core.files import FolderStore
from portal.core.refusals import Refused
from portal.letters import labels, sealing
from portal.letters.document import from_json
from portal.letters.queries.letters import files_of
from portal.letters.running import run_waiting_letters
from portal.rendering import pdf
from portal.serving.plugged import plugged
from portal.serving.words import Trouble
from portal.settings import Settings
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import Browsers
from tests.letters.letter_stories import whole
from tests.letters.licensed_kit import ISSUER, Elsewhere
from tests.letters.living import own_key, ready, sign, waiting

MISSING = "setting.service_missing"


@pytest.fixture(autouse=True)
def elsewhere() -> Iterator[Elsewhere]:
    """Who signs during this test."""
    service = Elsewhere()
    sealing.use_service(service)
    yield service
    sealing.use_service(None)
    pdf.shutdown()


async def test_a_letter_lives_with_signatures_of_somebody_else(
    cast: Cast, browsers: Browsers, settings: Settings, elsewhere: Elsewhere
) -> None:
    await ready()
    letter_id = await waiting(cast, settings)
    found = await whole(letter_id)
    assert found.row.text is not None
    text = from_json(found.row.text)
    said = " ".join(one.text for one in text.clauses)
    assert text.signature_kind == "licensed" and ISSUER in said and "自建" not in said
    for party in found.parties:
        by = await cast.actor(party.person_id)
        await own_key(by)
        with pytest.raises(Refused, match="wrong_secret"):
            await sign(letter_id, by, settings, "西边化学实验室靠门第一排")
        await sign(letter_id, by, settings)
    assert set(elsewhere.asked) == {"elsewhere:1", "elsewhere:2"}
    assert await fetch_value("SELECT count(*) FROM signing_key WHERE wrapped NOT LIKE 'elsewhere:%'") == 0
    await drain()
    assert await run_waiting_letters(settings) == 1
    found = await whole(letter_id)
    assert {one.method for one in found.parties} == {"licensed"} and found.row.sealed_at is not None
    stages = {f"{one.role}{one.stage}": one.digest for one in await files_of(letter_id)}
    store, stranger = FolderStore(settings.files), browsers.stranger()

    async def says(name: str, more: bytes = b"") -> str:
        body = await store.open(stages[name])
        assert body is not None
        answer = await stranger.client.post(
            "/v/files", files={"file": ("a.pdf", body + more)}, headers={"Origin": stranger.origin}
        )
        return re.findall(r'<h1 id="verdict">(.*?)</h1>', answer.text)[0]

    assert await says("sealed0") == "原件"
    assert await says("sealed0", b" ") == "之后被改过"
    assert await says("signed1") == "签署过程中的较早一版"
    page = (await stranger.client.get(f"/v/{found.row.code}")).text
    assert labels.METHODS["licensed"] in page and "自建" not in page
    inside = (await (await browsers.of(cast.safety)).client.get(f"/letters/{letter_id}")).text
    assert labels.METHODS["licensed"] in inside and "自建" not in inside


def test_a_service_that_is_not_installed_is_told() -> None:
    assert plugged("tests.letters.licensed_kit:Elsewhere", trouble=MISSING) is Elsewhere
    for name in ("no.such.package:SERVICE", "tests.letters.licensed_kit:NOBODY"):
        with pytest.raises(Trouble, match="ANWANG_SIGNATURE_SERVICE") as refused:
            plugged(name, trouble=MISSING)
        assert refused.value.status == 2
