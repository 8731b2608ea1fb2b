"""Hands without an account: on the office's device, before two of the staff who each prove who they are (R110)."""

import asyncio
import json
import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from pypdf import PdfReader

from portal.accounts.services import make_account
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_value
from portal.core.files import FolderStore
from portal.core.refusals import Conflict, NotFound, Refused, TooMany
from portal.letters import sealing
from portal.letters.at_office.services.witnessing import (
    Witnessed,
    Words,
    note_reading_here,
    place_here,
    place_to_witness,
    second_of,
    sign_here,
)
from portal.letters.proof import Proof
from portal.letters.queries.letters import file_now, files_of
from portal.letters.rules import State, state_of
from portal.letters.running import run_waiting_letters
from portal.letters.sealing import Finding, Secret, Strokes, check
from portal.letters.services.keys import usable_key
from portal.letters.services.tries import WRONG_MOST
from portal.letters.verification.checking import check_file
from portal.letters.verification.views import file_page
from portal.permissions.rules import Permission
from portal.rendering import pdf
from portal.settings import Settings
from tests.cast import Cast
from tests.conftest import Browsers
from tests.letters.at_office_kit import SECOND, colleague, waiting
from tests.letters.letter_stories import whole
from tests.letters.living import PASSPHRASE, own_key, ready, sign

WRITTEN = Strokes((((10.0, 10.0), (200.0, 60.0), (380.0, 20.0)), ((60.0, 90.0), (300.0, 120.0))))
WORDS = Words(
    "现场手写", lambda first, second: f"现场手写，由{first}、{second}当面核对\n见证", "安全责任书专用章", "我愿意", 1
)


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """The processes that set and sign end with the test."""
    yield
    pdf.shutdown()
    sealing.shutdown()


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    await ready()


async def party_of(letter_id: int, turn: int = 0) -> int:
    return (await whole(letter_id)).parties[turn].id


async def opened(letter_id: int, party_id: int, by: Actor) -> str:
    file = await file_now(letter_id)
    assert file is not None
    here = await place_here(letter_id, party_id, by=by, permission=Permission.LETTER_AT_OFFICE_VIEW)
    await note_reading_here(here, file.digest, network="10.0.0.0", device="tablet", by=by)
    return file.digest


async def witnessed(
    letter_id: int, party_id: int, by: Actor, settings: Settings, *, login: str = "second", secret: str = SECOND,
    own: str = PASSPHRASE, seen: str | None = None,
) -> None:  # fmt: skip
    asked = Witnessed(seen or await opened(letter_id, party_id, by), WRITTEN, login, secret)
    place, signer = await place_to_witness(letter_id, party_id, seen=asked.seen, by=by)
    held = await usable_key(by, editions=(1,))
    second = await second_of(place, asked, editions=(1,), by=by)
    proof = Proof(held, Secret.passphrase(own))
    await sign_here(
        place, signer, second, asked, proof, words=WORDS, network="10.0.0.0", device="tablet", settings=settings, by=by
    )


async def office(cast: Cast) -> Actor:
    by = await cast.actor(cast.safety)
    await own_key(by, PASSPHRASE)
    person = await colleague(cast)
    await own_key(await cast.actor(person), SECOND)
    return by


async def test_a_guard_signs_before_two_and_the_file_says_whose_key_it_is(cast: Cast, settings: Settings) -> None:
    letter = await waiting(cast, settings)
    by, party = await office(cast), await party_of(letter)
    await witnessed(letter, party, by, settings)
    found = await whole(letter)
    first = found.parties[0]
    assert (first.method, first.signed_at is not None, state_of(found.facts, at=now())) == (
        "device",
        True,
        State.WAITING,
    )
    proof = json.loads(await fetch_value("SELECT proof FROM letter_party WHERE id = {}", party))
    assert [one["name"] for one in proof["witnesses"]] == ["甄安全", "甄同事"]
    assert len({one["key"] for one in proof["witnesses"]}) == 2
    giver = await cast.actor(found.parties[1].person_id)
    await own_key(giver, "北边教学楼顶上的旧钟还在走")
    await sign(letter, giver, settings, "北边教学楼顶上的旧钟还在走")
    assert await run_waiting_letters(settings) >= 1
    files = await files_of(letter)
    store = FolderStore(settings.files)
    body = await store.open(next(one.digest for one in files if one.role == "sealed"))
    assert body is not None
    checked = await check_file(body, code="", settings=settings)
    assert checked.verdict.finding is Finding.ORIGINAL and checked.is_green, checked.verdict.reasons
    page = file_page(checked, language="zh-Hans", base_url="https://a.example")
    assert "见证人" in page.signatures[0].part and "本人签名" in page.signatures[1].part
    record = await store.open(next(one.digest for one in files if one.role == "evidence"))
    assert record is not None
    told = re.sub(r"\s", "", "".join(one.extract_text() for one in PdfReader(BytesIO(record)).pages))
    assert all(one["key"] in told and one["name"] in told for one in proof["witnesses"]) and "不是本人的密钥" in told
    altered = await check(body[:-30] + b"x" * 30)
    assert altered.finding is not Finding.ORIGINAL
    events = "SELECT count(*) FROM event WHERE kind = 'letter.signed_at_office' AND subject_id = {}"
    assert await fetch_value(events, letter) == 1


async def test_nobody_confirms_alone_or_for_themselves(cast: Cast, settings: Settings) -> None:
    letter = await waiting(cast, settings)
    by, party = await office(cast), await party_of(letter)
    inside = await cast.actor((await whole(letter)).parties[1].person_id)
    await colleague(cast, "other", "贾同事", cast.other_school)
    await make_account(by.person_id or 0, "head", password="five tin boats at anchor", by=SYSTEM)
    await make_account(inside.person_id or 0, "inside", password="five tin boats at anchor", by=SYSTEM)
    await own_key(inside, SECOND)
    for login, code in (
        ("head", "office_same_person"), ("inside", "office_second_inside"), ("nobody-at-all", "second_wrong"),
        ("other", "second_wrong"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=code):
            await witnessed(letter, party, by, settings, login=login)
    assert (await whole(letter)).parties[0].signed_at is None


async def test_wrong_passphrases_are_counted_against_whose_key_it_is(cast: Cast, settings: Settings) -> None:
    letter = await waiting(cast, settings)
    by, party = await office(cast), await party_of(letter)
    for _ in range(WRONG_MOST):
        with pytest.raises(Refused, match="second_wrong"):
            await witnessed(letter, party, by, settings, secret="西边操场主席台后面那口井")
    with pytest.raises(TooMany, match="second_locked"):
        await witnessed(letter, party, by, settings)
    await execute("UPDATE signing_key SET locked_until = NULL")
    with pytest.raises(Refused, match="wrong_secret"):
        await witnessed(letter, party, by, settings, own="东边化学实验室靠门第三排")
    assert await fetch_value("SELECT failures FROM signing_key WHERE person_id = {}", by.person_id) == 1
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'letter.witness_wrong'") == WRONG_MOST
    assert (await whole(letter)).parties[0].signed_at is None


async def test_whoever_has_an_account_signs_for_themselves(cast: Cast, settings: Settings) -> None:
    letter = await waiting(cast, settings)
    by, party = await office(cast), await party_of(letter)
    person = (await whole(letter)).parties[0].person_id
    seen = await opened(letter, party, by)
    await make_account(person, "guard", password="five tin boats at anchor", by=SYSTEM)
    with pytest.raises(Refused, match="office_has_account"):
        await place_to_witness(letter, party, seen=seen, by=by)
    await execute("UPDATE account SET disabled_at = {} WHERE person_id = {}", now(), person)
    assert await place_to_witness(letter, party, seen=seen, by=by)


async def test_unread_and_changed_bytes_and_other_turns_are_refused(cast: Cast, settings: Settings) -> None:
    letter = await waiting(cast, settings)
    by, party = await office(cast), await party_of(letter)
    file = await file_now(letter)
    assert file is not None
    with pytest.raises(Refused, match="office_read_first"):
        await place_to_witness(letter, party, seen=file.digest, by=by)
    with pytest.raises(Refused, match="office_not_turn"):
        await place_to_witness(letter, await party_of(letter, 1), seen=file.digest, by=by)
    await opened(letter, party, by)
    with pytest.raises(Conflict, match="changed_since"):
        await place_to_witness(letter, party, seen="0" * 64, by=by)
    with pytest.raises(NotFound):
        await place_to_witness(letter, 999_999, seen=file.digest, by=by)
    for stranger in (cast.other_safety, cast.keeper, cast.floor_chief):
        with pytest.raises(NotFound):
            await place_to_witness(letter, party, seen=file.digest, by=await cast.actor(stranger))


async def test_of_many_who_press_at_once_one_signature_stays(cast: Cast, settings: Settings) -> None:
    letter = await waiting(cast, settings)
    by, party = await office(cast), await party_of(letter)
    seen = await opened(letter, party, by)
    done = await asyncio.gather(
        *(witnessed(letter, party, by, settings, seen=seen) for _ in range(4)), return_exceptions=True
    )
    assert [one for one in done if one is None] == [None], done
    assert all(isinstance(one, Conflict) for one in done if one is not None), done
    assert await fetch_value("SELECT count(*) FROM letter_file WHERE role = 'signed'") == 1


async def test_the_page_keeps_what_was_written_and_gives_no_secret_back(
    cast: Cast, settings: Settings, browsers: Browsers
) -> None:
    letter = await waiting(cast, settings)
    await office(cast)
    party, browser = await party_of(letter), await browsers.of(cast.safety)
    here = f"/letters/{letter}/at-office/{party}"
    answer = await browser.get("/letters/at-office")
    assert here in answer.text
    assert (await browser.client.get(f"{here}/file")).content.startswith(b"%PDF")
    assert await fetch_value("SELECT device FROM letter_reading WHERE letter_id = {}", letter) != ""
    await browser.get(here)
    lines = json.dumps([[10, 10, 200, 60, 380, 20], [60, 90, 300, 120]])
    wrong = {"read": "1", "agree": "1", "strokes": lines, "passphrase": PASSPHRASE, "second_login": "Second "}
    answer = await browser.submit(browser.form("/signatures"), **wrong, second_passphrase="西边操场主席台后面那口井")
    assert answer.status_code == 422 and "第二位没有核对成" in answer.text
    form = browser.form("/signatures")
    assert form.fields["strokes"] == [lines] and form.fields["second_login"] == ["Second"]
    assert PASSPHRASE not in answer.text and "那口井" not in answer.text
    answer = await browser.submit(form, passphrase=PASSPHRASE, second_passphrase=SECOND)
    assert answer.status_code == 200 and (await whole(letter)).parties[0].method == "device"
    answer = await browser.get(here)
    assert "不能在这里签" in answer.text and "/signatures" not in answer.text
