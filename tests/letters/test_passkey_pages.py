"""Passkeys on the pages: a device is added, letters are signed with it, one or many; a new edition of the consent."""

import json
from dataclasses import replace
from typing import Any

import pytest

from portal.core.database import fetch_column, fetch_value
from portal.letters import labels, sealing
from portal.letters.queries.evidence import signed_rows
from portal.letters.running import _signer
from portal.settings import Settings
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers
from tests.letters.letter_stories import with_wording
from tests.letters.passkey_kit import Authenticator
from tests.letters.together_kit import SECRET, many, opened, with_key, words

KEY = "/account/signing-key"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A portal whose address has passkeys."""
    return replace(settings, base_url="http://localhost")


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    await with_wording()


def source(browser: Browser) -> str:
    """The page as it was sent."""
    return browser.page.text if browser.page else ""


async def asked(browser: Browser, path: str, letters: list[str] | None = None) -> dict[str, Any]:
    """What the page's script asks for."""
    token = browser.form(KEY if path != KEY + "/challenges" else "/signatures").fields["_csrf_token"][0]
    answer = await browser.client.post(
        path, data={"_csrf_token": token, "letters": letters or []}, headers={"Origin": browser.origin}
    )
    assert answer.headers["cache-control"] == "no-store"
    return {"status": answer.status_code, **answer.json()}


async def added(browser: Browser, phone: Authenticator, *, passphrase: str = SECRET) -> int:
    await browser.get(KEY)
    told = await asked(browser, KEY + "/passkeys/challenges")
    answer = await browser.submit(
        browser.form(KEY + "/passkeys"), passphrase=passphrase, attestation=phone.make(told["challenge"]),
        prf=phone.secret(told["salt"]),
    )  # fmt: skip
    return answer.status_code


async def answered(browser: Browser, phone: Authenticator, letters: list[str]) -> dict[str, str]:
    told = await asked(browser, KEY + "/challenges", letters)
    [one] = told["passkeys"]
    return {"assertion": phone.answer(told["challenge"]), "prf": phone.secret(one["salt"])}


def tick_of(browser: Browser, letter: int) -> str:
    return f"{letter}:{browser.form('/signatures').fields['seen'][0]}"


async def test_a_phone_signs_a_letter_and_the_record_says_how(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    me, phone = cast.floor_chief, Authenticator()
    first, second = await many(cast, settings, me, [words(), words()])
    browser = await browsers.of(me)
    await with_key(browser)
    await browser.get(KEY)
    assert "data-passkey-add" in source(browser) and "用这台设备的指纹或面容来签" in browser.text
    told = await asked(browser, KEY + "/passkeys/challenges")
    assert (told["rpId"], told["origin"], told["known"]) == ("localhost", "http://localhost", [])
    assert await added(browser, phone, passphrase="不是这一句不是这一句") == 422 and "签名口令不对" in browser.text
    assert await added(browser, phone) == 200 and "加好了" in browser.text and "用指纹或面容签字的设备" in browser.text
    await opened(browser, [first, second])
    await browser.get(f"/letters/{first}")
    form = browser.form("/signatures")
    assert "用指纹或面容签字" in browser.text and "passkey.js" in source(browser)
    proof = await answered(browser, phone, [tick_of(browser, first)])
    answer = await browser.submit(form, read="1", name="别人", **proof)
    assert answer.status_code == 422 and proof["prf"] not in answer.text and "assertion" not in answer.text
    name = str(await fetch_value("SELECT name FROM person WHERE id = {}", me))
    answer = await browser.submit(form, read="1", name=name, **proof)
    assert answer.status_code == 200 and "签好了" in browser.text
    [row] = await signed_rows(first)
    assert json.loads(row.proof or "{}")["proved"] == "passkey" and _signer(row).proof.startswith("通行密钥")
    await browser.get(f"/letters/{second}")
    answer = await browser.submit(browser.form("/signatures"), read="1", name=name, **proof)  # the same once more
    assert answer.status_code == 422 and "再按一次" in browser.text
    answer = await browser.submit(browser.form("/signatures"), read="1", name=name, passphrase=SECRET)
    assert answer.status_code == 200 and _signer((await signed_rows(second))[0]).proof == "签名口令"
    await browser.get(KEY)
    await browser.submit(browser.form("/passkeys/1/ends"))
    assert "去掉了" in browser.text and "用指纹或面容签字的设备" not in browser.text
    sealing.shutdown()


async def test_several_letters_with_one_touch(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    me, phone = cast.floor_chief, Authenticator()
    ids = await many(cast, settings, me, [words(), words()])
    browser = await browsers.of(me)
    await with_key(browser)
    await added(browser, phone)
    await opened(browser, ids)
    await browser.get("/letters/together")
    assert "用指纹或面容签字" in browser.text
    form = browser.form("/signatures")
    ticks = [
        f"{one}:{digest}"
        for one, digest in zip(
            ids, await fetch_column("SELECT digest FROM letter_file ORDER BY letter_id"), strict=True
        )
    ]
    name = str(await fetch_value("SELECT name FROM person WHERE id = {}", me))
    proof = await answered(browser, phone, ticks[:1])  # asked for one, sent for two
    answer = await browser.submit(form, read="1", name=name, letters=ticks, **proof)
    assert (
        answer.status_code == 422 and await fetch_value("SELECT count(*) FROM letter_file WHERE role = 'signed'") == 0
    )
    proof = await answered(browser, phone, ticks)
    answer = await browser.submit(form, read="1", name=name, letters=ticks, **proof)
    assert answer.status_code == 200, browser.text
    assert await fetch_value("SELECT count(*) FROM letter_file WHERE role = 'signed'") == 2
    sealing.shutdown()


async def test_scripts_are_told_why_not(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    me = cast.floor_chief
    [letter] = await many(cast, settings, me, [words()])
    browser = await browsers.of(me)
    await with_key(browser)
    await opened(browser, [letter])
    await browser.get(f"/letters/{letter}")
    assert "用指纹或面容签字" not in browser.text and "passkey.js" not in source(browser)  # none yet
    told = await asked(browser, KEY + "/challenges", [tick_of(browser, letter)])
    assert told["status"] == 422 and "重新加上" in told["says"]
    told = await asked(browser, KEY + "/challenges", ["7"])
    assert told["status"] == 422 and told["says"]
    await browser.get(KEY)
    answer = await browser.submit(browser.form(KEY + "/passkeys"), passphrase=SECRET)
    assert answer.status_code == 422 and "没有收到设备的回答" in browser.text
    await browser.get(KEY)
    answer = await browser.submit(browser.form(KEY + "/passkeys"), passphrase=SECRET, attestation="{}", prf="AAAA")
    assert answer.status_code == 422 and SECRET not in answer.text
    for path in ("/challenges", "/passkeys/challenges", "/passkeys", "/passkeys/1/ends", "/consents"):
        answer = await browsers.stranger().client.post(KEY + path, headers={"Origin": browser.origin})
        assert answer.status_code in (303, 401, 403), path


async def test_without_https_there_is_no_word_of_it(cast: Cast, browsers: Browsers) -> None:
    browsers.app.state.settings = replace(browsers.app.state.settings, base_url="http://192.0.2.7")
    browser = await browsers.of(cast.floor_chief)
    await with_key(browser)
    await browser.get(KEY)
    assert "指纹" not in browser.text and "passkey.js" not in source(browser)
    told = await asked(browser, KEY + "/passkeys/challenges")
    assert told["status"] == 422 and "用签名口令" in told["says"]


async def test_a_new_edition_is_read_and_agreed_to_and_the_key_stays(
    cast: Cast, browsers: Browsers, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = cast.floor_chief
    [letter] = await many(cast, settings, me, [words()])
    browser = await browsers.of(me)
    await with_key(browser)
    serial = await fetch_value("SELECT serial FROM signing_key")
    monkeypatch.setattr(labels, "CONSENT_EDITION", 2)
    monkeypatch.setattr(labels, "CONSENTS", labels.CONSENTS | {2: ("新的一句。",)})
    monkeypatch.setattr(labels, "EDITIONS", (2,))
    await browser.get(f"/letters/{letter}")
    assert (f"{KEY}?next=/letters/{letter}", "读新的说明") in browser.links
    await browser.get(f"{KEY}?next=/letters/{letter}")
    assert "说明有了新的一版" in browser.text and "新的一句。" in browser.text and "已经设好" not in browser.text
    answer = await browser.submit(browser.form("/consents"))
    assert answer.status_code == 422 and "读完说明，勾上同意。" in browser.text
    await browser.submit(browser.form("/consents"), agreed="1")
    assert browser.page and browser.page.url.path == f"/letters/{letter}" and "口令没有变" in browser.text
    assert await fetch_value("SELECT serial FROM signing_key WHERE ended_at IS NULL") == serial
    await browser.get(KEY)
    assert "已经设好" in browser.text
