"""Several letters with one proof of identity: each opened, each signed by itself, each refused by itself (F5, TP2, TP6)."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from portal.core import database
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import execute, fetch_column, fetch_value
from portal.letters import sealing
from portal.letters.services.revoking import revoke_letter
from portal.letters.services.signing import Place, record_signature, refuse_letter, reopen_letter
from portal.people.services import appoint
from portal.settings import Settings
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers
from tests.letters.letter_stories import whole, with_wording
from tests.letters.together_kit import SECRET, many, opened, with_key, words

NAME = "甄图书"
HERE = "/letters/together"


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of what runs inside, but BEGIN and COMMIT."""
    found: list[str] = []
    database.watchers.append(found.append)
    try:
        yield found
    finally:
        database.watchers.remove(found.append)


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    """The shared chain and a wording."""
    await with_wording()


async def ready(cast: Cast, settings: Settings, browsers: Browsers, texts: list[str]) -> tuple[Browser, list[int]]:
    """Somebody with a key for whom these letters wait, opened."""
    ids = await many(cast, settings, cast.sibling_keeper, texts)
    browser = await browsers.of(cast.sibling_keeper)
    await with_key(browser)
    await opened(browser, ids)
    await browser.get(HERE)
    return browser, ids


def ticks(browser: Browser, *ids: int) -> list[str]:
    """The ticks of the page for some letters."""
    assert browser.page is not None
    found = {one.split(":")[0]: one for one in _values(browser.page.text)}
    return [found[str(one)] for one in ids if str(one) in found]


def _values(html: str) -> list[str]:
    return [part.split('"')[0] for part in html.split('name="letters" value="')[1:]]


async def sign(browser: Browser, letters: list[str], **more: Any) -> Any:
    form = browser.form("/signatures")
    return await browser.submit(form, letters=letters, **({"read": "1", "name": NAME, "passphrase": SECRET} | more))


async def signed() -> int:
    return int(await fetch_value("SELECT count(*) FROM letter_party WHERE signed_at IS NOT NULL"))


async def test_exceptions_stand_first_with_their_reasons_and_only_what_was_opened_can_be_ticked(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    me = cast.sibling_keeper
    ids = await many(cast, settings, me, [words()] * 4 + [words("看插座。", "看门窗。"), words(days=9)])
    await execute("UPDATE letter SET sign_by = {} WHERE id = {}", now().date(), ids[0])
    browser = await browsers.of(me)
    await browser.get("/letters")
    assert (HERE, "一起签") in browser.links
    await browser.get("/")
    assert (HERE, "去签 6 份责任书等你签") in browser.links
    await browser.get(HERE)
    assert "6 份等你签，这一页 6 份，打开过 0 份" in browser.text and not _values(browser.page.text)  # type: ignore[union-attr]
    assert (f"{'/account/signing-key'}?next={HERE}", "设签名口令") in browser.links
    await with_key(browser)
    await opened(browser, ids[1:])
    await browser.get(HERE)
    assert "打开过 5 份" in browser.text
    assert len(_values(browser.page.text)) == 5 and "先打开" in browser.text  # type: ignore[union-attr]
    first = browser.text.index("先看这些")
    assert first < browser.text.index("职责和其他负责人的不一样") < browser.text.index("份说的一样")
    assert "和同一版的其他几份说的不一样" in browser.text
    form = browser.form("/signatures")
    assert form.fields["letters"] == ticks(browser, *ids[1:4]), "what says the same and was opened"


async def test_one_proof_signs_each_letter_by_itself(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    browser, ids = await ready(cast, settings, browsers, [words()] * 5)
    answer = await sign(browser, ticks(browser, *ids[:4]))
    assert answer.status_code == 200 and "签好了 4 份" in browser.text and str(answer.url).endswith("/letters")
    rows = await fetch_column("SELECT digest FROM letter_file WHERE role = 'signed' ORDER BY letter_id")
    assert len(set(rows)) == 4 and await signed() == 4
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'letter.signed'") == 4
    file = await browser.client.get(f"/letters/{ids[0]}/file")
    assert b"/ByteRange" in file.content
    sealing.shutdown()


async def test_what_happened_meanwhile_keeps_back_that_letter_alone(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    browser, ids = await ready(cast, settings, browsers, [words()] * 6)
    sent = ticks(browser, *ids)
    me, office = await cast.actor(cast.sibling_keeper), await cast.actor(cast.principal)
    await revoke_letter(ids[0], "岗位并了", version=(await whole(ids[0])).row.version, by=office)
    await refuse_letter(ids[1], "范围不对", version=(await whole(ids[1])).row.version, by=me)
    sent[2] = f"{ids[2]}:{'f' * 64}"  # the bytes are others now
    await execute("DELETE FROM letter_reading WHERE letter_id = {}", ids[3])
    await execute("UPDATE letter_party SET person_id = {} WHERE letter_id = {} AND part = 'taker'", cast.keeper, ids[4])
    answer = await sign(browser, [*sent, "999999:" + "a" * 64])
    assert answer.status_code == 409 and "签好了 1 份，6 份没有签" in browser.text
    for reason in (
        "这份责任书现在不能签", "已经有人写明理由不签", "文件变了", "先打开全文读一遍", "找不到的一份：找不到这一份，没有签",
    ):  # fmt: skip
        assert reason in browser.text, reason
    assert browser.text.count("找不到这一份，没有签") == 2, "another's letter and none at all look alike"
    assert await fetch_column("SELECT letter_id FROM letter_party WHERE signed_at IS NOT NULL") == [ids[5]]
    sealing.shutdown()


async def test_a_letter_that_changes_while_the_others_are_signed_is_a_conflict_of_its_own(
    cast: Cast, browsers: Browsers, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, ids = await ready(cast, settings, browsers, [words()] * 3)

    async def late(place: Place, *args: Any, **more: Any) -> None:
        if place.letter.row.id == ids[1]:
            await execute("UPDATE letter SET version = version + 1 WHERE id = {}", ids[1])
        await record_signature(place, *args, **more)

    monkeypatch.setattr("portal.letters.signing_online.record_signature", late)
    answer = await sign(browser, ticks(browser, *ids))
    assert answer.status_code == 409 and "签好了 2 份，1 份没有签" in browser.text and "文件变了" in browser.text
    assert await signed() == 2
    sealing.shutdown()


async def test_killed_in_the_middle_what_is_recorded_is_signed_and_the_rest_waits(
    cast: Cast, browsers: Browsers, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, ids = await ready(cast, settings, browsers, [words()] * 4)
    sent, done = ticks(browser, *ids), list[Place]()

    async def killed(place: Place, *args: Any, **more: Any) -> None:
        if len(done) == 2:
            raise RuntimeError("killed")
        done.append(place)
        await record_signature(place, *args, **more)

    with monkeypatch.context() as patched:
        patched.setattr("portal.letters.signing_online.record_signature", killed)
        assert (await sign(browser, sent)).status_code == 500
    assert await signed() == 2
    await browser.get(HERE)
    assert "2 份等你签" in browser.text
    assert (await sign(browser, ticks(browser, *ids))).status_code == 200 and await signed() == 4
    sealing.shutdown()


async def test_pressed_twice_each_letter_is_signed_once(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    browser, ids = await ready(cast, settings, browsers, [words()] * 4)
    other = await browsers.of(cast.sibling_keeper)
    await other.get(HERE)
    sent = ticks(browser, *ids)
    first, second = await asyncio.gather(sign(browser, sent), sign(other, sent))
    assert {first.status_code, second.status_code} <= {200, 409} and 409 in (first.status_code, second.status_code)
    assert await signed() == 4
    assert await fetch_value("SELECT count(*) FROM letter_file WHERE role = 'signed'") == 4
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'letter.signed'") == 4
    sealing.shutdown()


async def test_a_wrong_passphrase_signs_nothing_and_is_counted_once(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    browser, ids = await ready(cast, settings, browsers, [words()] * 3)
    sent = ticks(browser, *ids)
    answer = await sign(browser, sent[:2], passphrase="不是这一句不是这一句")
    assert answer.status_code == 422 and "签名口令不对" in browser.text and await signed() == 0
    assert await fetch_value("SELECT failures FROM signing_key") == 1
    assert browser.form("/signatures").fields["letters"] == sent[:2], "ticks are kept"
    assert "不是这一句" not in answer.text and f'value="{NAME}"' in answer.text
    answer = await sign(browser, [], name="别人", passphrase="", read="")
    assert answer.status_code == 422
    for text in ("勾上要签的", "和你登记的姓名不一样", "写签名口令", "读完全文，勾上这一项"):
        assert text in browser.text, text
    sealing.shutdown()


async def test_nobody_signs_what_is_anothers_or_in_another_school(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    browser, ids = await ready(cast, settings, browsers, [words()] * 2)
    sent = ticks(browser, *ids)
    for who in (cast.other_principal, cast.keeper, cast.bureau_officer):
        stranger = await browsers.of(who)
        await with_key(stranger)
        await stranger.get(HERE)
        assert "没有等你签的" in stranger.text
        token = next(form.fields["_csrf_token"][0] for form in stranger.forms if "_csrf_token" in form.fields)
        name = await fetch_value("SELECT name FROM person WHERE id = {}", who)
        answer = await stranger.post(
            HERE + "/signatures",
            {"_csrf_token": token, "letters": sent, "read": "1", "name": name, "passphrase": SECRET},
        )
        assert answer.status_code == 409 and "签好了 0 份，2 份没有签" in stranger.text
        assert stranger.text.count("找不到这一份") == 2
    assert await signed() == 0
    sealing.shutdown()


async def test_sixty_letters_fifty_at_a_time(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    browser, ids = await ready(cast, settings, browsers, [words()] * 60)
    assert "60 份等你签，这一页 60 份" in browser.text
    form = browser.form("/signatures")
    assert len(form.fields["letters"]) == 50
    answer = await sign(browser, ticks(browser, *ids))
    assert answer.status_code == 422 and "一次最多签 50 份" in browser.text and await signed() == 0
    answer = await sign(browser, form.fields["letters"])
    assert answer.status_code == 200 and "签好了 50 份" in browser.text and "10 份等你签" in browser.text
    assert await signed() == 50
    sealing.shutdown()


async def test_a_refusal_that_was_reopened_is_read_first(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    browser, ids = await ready(cast, settings, browsers, [words()] * 4)
    me, office = await cast.actor(cast.sibling_keeper), await cast.actor(cast.principal)
    await refuse_letter(ids[2], "范围不对", version=(await whole(ids[2])).row.version, by=me)
    await reopen_letter(ids[2], version=(await whole(ids[2])).row.version, by=office)
    await browser.get(HERE)
    assert "有人不签过，谈好以后重新打开的" in browser.text and "3 份说的一样" in browser.text


async def test_what_one_signs_for_another_stands_among_the_exceptions(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    me = cast.sibling_keeper
    [letter] = await many(cast, settings, cast.keeper, [words()])
    await execute("UPDATE letter_party SET signed_at = {} WHERE letter_id = {} AND part = 'taker'", now(), letter)
    browser = await browsers.of(me)
    await browser.get(HERE)
    assert "没有等你签的" in browser.text
    await appoint(
        me, post_id=cast.floor_post, by=SYSTEM, kind="acting", is_primary=False, starts_at=now(),
        ends_at=now() + timedelta(days=3),
    )  # fmt: skip
    await browser.get(HERE)
    assert "代甄层长签（楼层负责，你是代理）" in browser.text
    await browser.get("/letters")
    assert "代甄层长签" in browser.text
    await opened(browser, [letter])
    assert await fetch_value("SELECT person_id FROM letter_reading") == me


async def test_from_one_letter_to_the_next_and_back(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    ids = await many(cast, settings, cast.sibling_keeper, [words()] * 3)
    browser = await browsers.of(cast.sibling_keeper)
    for here, before, after in ((0, 2, 1), (1, 0, 2), (2, 1, 0)):
        await browser.get(f"/letters/{ids[here]}")
        assert {
            (f"/letters/{ids[before]}", "上一份"),
            (f"/letters/{ids[after]}", "下一份"),
            (HERE, "回到一起签"),
        } <= set(browser.links)
        assert "还有 2 份等你签" in browser.text


async def test_the_page_takes_as_many_statements_for_two_letters_as_for_forty(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    browser = await browsers.of(cast.sibling_keeper)
    counts = []
    for number in (2, 38):
        await many(cast, settings, cast.sibling_keeper, [words(), *[words("看门窗。")] * (number - 1)])
        await browser.get(HERE)
        with counted() as statements:
            assert (await browser.get(HERE)).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 13, counts
