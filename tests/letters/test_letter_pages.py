"""The pages of letters as people use them: find, read, sign, refuse; and what everybody else sees of them (F5, F8-F13)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from portal.core import database
from portal.core.clock import today
from portal.core.database import execute, fetch_value
from portal.core.files import FolderStore
from portal.core.refusals import Invalid, Refused
from portal.letters import sealing
from portal.letters.document.text import Clause, Duty, LetterText, Provision, to_json
from portal.letters.document.text import Party as LetterSide
from portal.letters.forms import MOST_LINES, MOST_POINTS, parse_signature, parse_strokes
from portal.letters.sealing.plain import Strokes, Typed
from portal.letters.services.making import claim_letter, fail_letter, finish_letter
from portal.letters.views.paper import chinese, paper_of
from portal.settings import Settings
from tasks.outbox import drain
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.letters.letter_stories import letter_of, taken, whole, with_wording
from tests.letters.sealing_kit import unsigned

SECRET = "四把伞挂在蓝色的门后面呢"
NAME = "甄新人"
DRAWN = json.dumps([[10, 10, 200, 240, 380, 60], [400, 90, 700, 95]])


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


def words(*duties: str, days: int = 2) -> str:
    """What a letter says."""
    said = LetterText(
        kind="post", title="化学实验室(东)安全责任书", number="", edition=1, school="明德中学", year="2026", opening="",
        parties=(LetterSide("giver", "甲方", "明德中学", "楼层负责", "甄层长"),), grid="化学实验室(东)", grid_code="",
        role="", boundary="", key_places=(), grounds=(), starts_on=today(), ends_on=None,
        duties=tuple(Duty(one) for one in duties), standing=(), provisions=(Provision("training", "每学期一次培训。"),),
        clauses=(
            Clause("duties", "乙方职责"), Clause("means", "甲方保障"),
            Clause("answer", "答复", f"收到上报后 {days} 个工作日内派电工到场。"), Clause("signing", "签署", "摘要 {digest}"),
        ),
        tables=(), signature_kind="own", fields=(), code="", address="", note="",
    )  # fmt: skip
    return to_json(said)


async def made(cast: Cast, settings: Settings, name: str = NAME, text: str = "") -> int:
    """A letter with its file in the store, waiting for the taker."""
    appointment = await taken(cast, name)
    await drain()
    letter_id = await letter_of(appointment)
    held = await claim_letter()
    assert held is not None and held.id == letter_id
    number = (await whole(letter_id)).row.number
    file = await FolderStore(settings.files).put(unsigned(number=number), media_type="application/pdf")
    assert await finish_letter(held, text or words("看插座。"), "1" * 64, file)
    await drain()
    return letter_id


async def taker(letter_id: int) -> int:
    return (await whole(letter_id)).row.person_id


async def with_key(browser: Browser) -> None:
    await browser.get("/account/signing-key")
    await browser.submit(browser.form("/account/signing-key"), consent="1", passphrase=SECRET, again=SECRET)
    assert "签名口令设好了" in browser.text or "已经设好" in browser.text


# -- lists


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
async def test_each_letter_stands_in_the_list_of_its_reader(
    cast: Cast, browsers: Browsers, settings: Settings, htmx: bool
) -> None:
    letter = await made(cast, settings)
    mine, chief = await browsers.of(await taker(letter), htmx=htmx), await browsers.of(cast.floor_chief, htmx=htmx)
    await mine.get("/letters")
    assert "等你签 1 份" in mine.text and (f"/letters/{letter}", "读并签 化学实验室(东) · 负责人") in mine.links
    await chief.get("/letters")
    assert "没有等你签的" in chief.text and "等别人 1 份" in chief.text and f"等{NAME}签" in chief.text
    stranger = await browsers.of(cast.sibling_keeper)
    await stranger.get("/letters")
    assert NAME not in stranger.text and "看全校" not in stranger.text


async def test_what_is_late_or_says_something_new_stands_first(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    same = await made(cast, settings)
    me = await taker(same)
    changed, late = await made(cast, settings, "甄二", words("看门。")), await made(cast, settings, "甄三")
    for letter in (changed, late):
        await execute("UPDATE letter_party SET person_id = {} WHERE letter_id = {} AND part = 'taker'", me, letter)
    await execute("UPDATE letter SET follows_id = {} WHERE id = {}", same, changed)
    await execute("UPDATE letter SET sign_by = {} WHERE id = {}", today() - timedelta(days=1), late)
    browser = await browsers.of(me)
    await browser.get("/letters")
    order = [href for href, text in browser.links if text.startswith("读并签")]
    assert order == [f"/letters/{one}" for one in (late, changed, same)]
    assert "还没有签" in browser.text and "和上一份比，改了 1 处" in browser.text


async def test_who_looks_after_letters_sees_all_with_progress_and_tries_again(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    await made(cast, settings)
    broken = await letter_of(await _drafted(cast, "甄坏了"))
    held = await claim_letter()
    assert held is not None
    await fail_letter(held, Refused("pdf.glyph_missing", characters="\ue123"), is_final=True)
    office = await browsers.of(cast.safety)
    await office.get("/letters")
    assert "1 份没有做成" in office.text
    await office.get("/letters?show=school")
    assert "已签 0 / 2" in office.text and "fonts-noto-cjk" in office.text
    await office.get("/letters?show=school&state=failed")
    assert "甄坏了" in office.text and NAME not in office.text
    await office.submit(office.form(f"/letters/{broken}/retries"))
    assert "马上再做一次" in office.text and (await whole(broken)).row.voided_at is None
    answer = await office.post(f"/letters/{broken}/retries", {"_csrf_token": _token(office), "version": "1"})
    assert answer.status_code == 422 and "不用重做" in office.text
    vice = await browsers.of(cast.vice_head)
    await vice.get("/letters?show=school")
    assert NAME in vice.text and not [form for form in vice.forms if "retries" in form.action]
    keeper = await browsers.of(cast.keeper)
    await keeper.get("/letters?show=school")
    assert NAME not in keeper.text
    other = await browsers.of(cast.other_safety)
    await other.get("/letters?show=school")
    assert NAME not in other.text and "还没有" in other.text


async def _drafted(cast: Cast, name: str) -> int:
    appointment = await taken(cast, name)
    await drain()
    return appointment


def _token(browser: Browser) -> str:
    return next(form.fields["_csrf_token"][0] for form in browser.forms if "_csrf_token" in form.fields)


# -- one letter


async def test_a_letter_says_what_it_asks_and_gives_and_marks_what_is_new(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    before = await made(cast, settings, "甄前人", words("看插座。", "看门窗。"))
    letter = await made(cast, settings, text=words("看插座，松脱的立即停用。", "看门窗。", days=1))
    assert (await whole(letter)).row.follows_id == before
    browser = await browsers.of(await taker(letter))
    answer = await browser.get(f"/letters/{letter}")
    number = (await whole(letter)).row.number
    assert "等你签" in browser.text and number in browser.text and "改了 2 处" in browser.text
    assert "<ins>，松脱的立即停用</ins>" in answer.text and "<ins>1</ins>" in answer.text
    assert "学校给你的" in browser.text and "每学期一次培训。" in browser.text
    assert "00:00" in browser.text and "不倒签" in browser.text
    assert f"{NAME} （你）" in browser.text and "甄层长" in browser.text and "等前面的人" in browser.text
    assert "不是第三方认证机构" in browser.text
    assert (f"/letters/{letter}/file", f"打开全文（PDF，{_kilobytes(settings)} KB）") in browser.links


def _kilobytes(settings: Settings) -> int:
    return max(1, round(max(file.stat().st_size for file in settings.files.rglob("*") if file.is_file()) / 1024))


async def test_strangers_get_the_page_of_what_is_not_there(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    letter = await made(cast, settings)
    for who in (cast.sibling_keeper, cast.other_safety, cast.other_principal, cast.keeper):
        browser = await browsers.of(who)
        missing = await browser.client.get("/letters/999999")
        for path in (f"/letters/{letter}", f"/letters/{letter}/file"):
            answer = await browser.client.get(path)
            assert answer.status_code == 404
            assert answer.text.replace(path, "") == missing.text.replace("/letters/999999", "")
        await browser.get("/letters")
        for act in ("signatures", "refusals"):
            answer = await browser.post(f"/letters/{letter}/{act}", {"_csrf_token": _token(browser)})
            assert answer.status_code == 404
    assert await fetch_value("SELECT count(*) FROM letter_reading") == 0


async def test_opening_the_file_is_noted_for_who_signs_and_for_nobody_else(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    letter = await made(cast, settings)
    office, mine = await browsers.of(cast.safety), await browsers.of(await taker(letter))
    answer = await office.get(f"/letters/{letter}/file")
    assert answer.content.startswith(b"%PDF-") and answer.headers["content-disposition"].startswith("inline;")
    assert (
        answer.headers["cache-control"] == "private, no-store" and "%E5%AE%89" in answer.headers["content-disposition"]
    )
    await mine.get(f"/letters/{letter}/file", **{"Sec-Purpose": "prefetch"})
    assert await fetch_value("SELECT count(*) FROM letter_reading") == 0
    phone = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0"
    await mine.get(f"/letters/{letter}/file", **{"User-Agent": phone})
    assert await fetch_value("SELECT person_id FROM letter_reading") == await taker(letter)
    assert await fetch_value("SELECT device FROM letter_reading") == "android wechat"
    network = await fetch_value("SELECT network FROM letter_reading")
    assert network.endswith("/24") or network == "local"
    await mine.get(f"/letters/{letter}")
    assert "你打开过" in mine.text


# -- signing


async def test_nobody_signs_what_they_have_not_opened_and_all_that_was_typed_stays(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    letter = await made(cast, settings)
    browser = await browsers.of(await taker(letter))
    await browser.get(f"/letters/{letter}")
    assert ("/account/signing-key?next=/letters/" + str(letter), "设签名口令") in browser.links
    await with_key(browser)
    await browser.get(f"/letters/{letter}")
    form = browser.form("/signatures")
    answer = await browser.submit(form)
    assert answer.status_code == 422
    assert {"读完全文，勾上这一项。", "用手指写，或者打上你的姓名。", "写签名口令。"} <= {t for _, t in browser.links}
    answer = await browser.submit(form, read="1", name=NAME, passphrase=SECRET)
    assert answer.status_code == 422 and ("#file", "先打开全文读一遍，再回来签。") in browser.links
    assert (
        f'value="{NAME}"' in answer.text
        and SECRET not in answer.text
        and 'name="read" value="1" checked' in answer.text
    )
    answer = await browser.submit(form, read="1", name="别人", passphrase=SECRET, strokes="")
    assert answer.status_code == 422 and "和你登记的姓名不一样" in browser.text
    assert await fetch_value("SELECT count(*) FROM letter_file WHERE role = 'signed'") == 0


@pytest.mark.parametrize("drawn", [False, True], ids=["typed", "drawn"])
async def test_from_the_list_to_a_signed_file(cast: Cast, browsers: Browsers, settings: Settings, drawn: bool) -> None:
    letter = await made(cast, settings)
    browser = await browsers.of(await taker(letter))
    await browser.get(f"/account/signing-key?next=/letters/{letter}")
    await browser.submit(browser.form("/account/signing-key"), consent="1", passphrase=SECRET, again=SECRET)
    assert browser.page and browser.page.url.path == f"/letters/{letter}" and "签名口令设好了" in browser.text
    await browser.client.get(f"/letters/{letter}/file")
    await browser.get(f"/letters/{letter}")
    form, mark = browser.form("/signatures"), {"strokes": DRAWN} if drawn else {"name": NAME}
    answer = await browser.submit(form, read="1", passphrase="不是这一句不是这一句", **mark)
    assert answer.status_code == 422 and "签名口令不对" in browser.text
    assert ("10,10" in answer.text or "[10, 10" in answer.text) or not drawn
    answer = await browser.submit(form, read="1", passphrase=SECRET, **mark)
    assert answer.status_code == 200 and "签好了" in browser.text and "本校自建证书的电子签名" in browser.text
    file = await browser.client.get(f"/letters/{letter}/file")
    assert b"/ByteRange" in file.content
    answer = await browser.submit(form, read="1", passphrase=SECRET, **mark)
    assert answer.status_code == 409 and "你已经签过了" in browser.text
    chief = await browsers.of(cast.floor_chief)
    await chief.get("/")
    assert "1 份责任书等你签" in chief.text and ("/letters", "去签 1 份责任书等你签") in chief.links
    sealing.shutdown()


async def test_a_file_that_changed_meanwhile_is_a_conflict(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    letter = await made(cast, settings)
    browser = await browsers.of(await taker(letter))
    await with_key(browser)
    await browser.client.get(f"/letters/{letter}/file")
    await browser.get(f"/letters/{letter}")
    form = browser.form("/signatures")
    answer = await browser.submit(form, read="1", passphrase=SECRET, name=NAME, seen="f" * 64)
    assert answer.status_code == 409 and "文件变了" in browser.text
    assert browser.form("/signatures").fields["seen"] == form.fields["seen"] and f'value="{NAME}"' in answer.text


async def test_not_to_sign_with_a_reason_and_the_way_back(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    letter = await made(cast, settings)
    browser, office = await browsers.of(await taker(letter)), await browsers.of(cast.safety)
    await browser.get(f"/letters/{letter}")
    form = browser.form("/refusals")
    assert (await browser.submit(form, reason="")).status_code == 422 and "写一句为什么不签" in browser.text
    answer = await browser.submit(form, reason="长" * 501)
    assert answer.status_code == 422 and "长" * 501 in answer.text
    answer = await browser.submit(form, reason="<b>没有写培训时间</b>", version="7")
    assert answer.status_code == 409 and "&lt;b&gt;没有写培训时间" in answer.text
    answer = await browser.submit(form, reason="<b>没有写培训时间</b>")
    assert "已经告诉要你签的人" in browser.text and "<b>没有写" not in answer.text
    assert not [one for one in browser.forms if "signatures" in one.action]
    await office.get(f"/letters/{letter}")
    assert f"{NAME}不签" in office.text and "没有写培训时间" in office.text
    await office.submit(office.form("/reopenings"))
    assert "会再请他签" in office.text
    answer = await office.post(f"/letters/{letter}/reopenings", {"_csrf_token": _token(office), "version": "1"})
    assert answer.status_code == 422 and "没有人不签" in office.text
    await browser.get(f"/letters/{letter}")
    assert browser.form("/refusals")


async def test_the_office_revokes_with_a_reason_and_once(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    letter = await made(cast, settings)
    office, mine = await browsers.of(cast.safety), await browsers.of(await taker(letter))
    await mine.get(f"/letters/{letter}")
    assert not [href for href, _ in mine.links if "revocation" in href]
    assert (await mine.client.get(f"/letters/{letter}/revocation")).status_code == 403
    await office.get(f"/letters/{letter}")
    await office.follow("撤销这一份")
    form = office.form("/revocations")
    assert (await office.submit(form, reason="")).status_code == 422 and "写一句为什么撤销" in office.text
    answer = await office.submit(form, reason="岗位并了", version="9")
    assert answer.status_code == 409 and "岗位并了" in answer.text
    await office.submit(form, reason="岗位并了")
    assert "不再有效" in office.text and "岗位并了" in office.text and "已撤销" in office.text
    answer = await office.submit(form, reason="再来一次")
    assert answer.status_code == 422 and "已经结束" in office.text
    await mine.get(f"/letters/{letter}")
    assert "岗位并了" in mine.text and not [one for one in mine.forms if "signatures" in one.action]
    await mine.get("/")
    assert "责任书等你签" not in mine.text


# -- one's own key


async def test_a_passphrase_is_long_typed_twice_agreed_to_and_never_given_back(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.keeper)
    await browser.get("/account/signing-key?next=https://evil.example/")
    assert "不等同于依法设立的电子认证机构" in browser.text
    form = browser.form("/account/signing-key")
    answer = await browser.submit(form, passphrase=SECRET, again="x" + SECRET)
    assert answer.status_code == 422 and "勾上同意" in browser.text and "两次填的不一样" in browser.text
    answer = await browser.submit(form, consent="1", passphrase="123456", again="123456")
    assert answer.status_code == 422 and "至少 12 个字" in browser.text and "123456" not in answer.text
    answer = await browser.submit(form, consent="1", passphrase=SECRET, again=SECRET)
    assert answer.status_code == 200 and browser.page and browser.page.url.path == "/account/signing-key"
    assert "已经设好" in browser.text and SECRET not in answer.text
    await browser.submit(
        browser.form("/account/signing-key"), consent="1", passphrase=SECRET + "新", again=SECRET + "新"
    )
    assert await fetch_value("SELECT count(*) FROM signing_key WHERE ended_at IS NOT NULL") == 1
    await browser.submit(browser.form("/ends"))
    assert (
        "停用了" in browser.text and await fetch_value("SELECT count(*) FROM signing_key WHERE ended_at IS NULL") == 0
    )
    sealing.shutdown()


# -- figures


async def test_pages_take_few_statements_whatever_they_hold(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    letters = [await made(cast, settings)]
    me = await taker(letters[0])
    own, office = await browsers.of(me), await browsers.of(cast.safety)
    counts = []
    for name in ("甄一", "甄二"):
        letters.append(await made(cast, settings, name))
        await execute("UPDATE letter_party SET person_id = {} WHERE letter_id = {} AND part = 'taker'", me, letters[-1])
        for browser, path in (
            (own, "/letters"), (office, "/letters"), (office, "/letters?show=school"), (own, f"/letters/{letters[0]}"),
        ):  # fmt: skip
            await browser.get(path)
            with counted() as statements:
                assert (await browser.get(path)).status_code == 200
            counts.append(len(statements))
    assert counts[:4] == counts[4:]
    assert max(counts) <= 6, counts


# -- pure


def test_strokes_are_numbers_in_bounds() -> None:
    assert parse_strokes("[[1, 2, 300, 4]]") == (((1.0, 2.0), (300.0, 4.0)),)
    for text in (
        "[", "1", "{}", "[[]]", "[[1]]", "[[1, 2, 3]]", '[["1", "2"]]', "[[NaN, 1]]", "[[1e999, 2]]", "[[-1, 2]]",
        "[[5000, 2]]", "[[true, 2]]", "[[[1], 2]]", "[" * 5_000, "[[1, null]]",
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            parse_strokes(text)
        assert refused.value.fields == {"name": "letter.mark_broken"}, text
    for text in (json.dumps([[1, 2]] * (MOST_LINES + 1)), json.dumps([[1] * 2 * (MOST_POINTS + 1)])):
        with pytest.raises(Invalid) as refused:
            parse_strokes(text)
        assert refused.value.fields == {"name": "letter.mark_too_big"}
    with pytest.raises(Invalid) as refused:
        parse_strokes("[[5, 5, 6, 6]]")
    assert refused.value.fields == {"name": "letter.mark_missing"}


def test_what_is_drawn_goes_before_what_is_typed() -> None:
    texts = {"read": "1", "passphrase": SECRET, "seen": "a", "name": "甄 新人"}
    assert parse_signature(texts, name=NAME).mark == Typed("甄 新人")
    assert isinstance(parse_signature({**texts, "strokes": DRAWN}, name=NAME).mark, Strokes)
    assert SECRET not in repr(parse_signature(texts, name=NAME))


def test_a_text_is_compared_clause_by_clause() -> None:
    found = paper_of(words("甲。", "乙。"), words("甲。", "丙丁戊。", "己。"), digest="ab" * 32)
    assert found is not None and found.changes == 2
    first = found.clauses[0]
    assert first.head == "一、乙方职责" and [one[0].is_new for one in first.numbered] == [False, True]
    assert found.dropped == ("己。",) and found.gives == ("每学期一次培训。",) and found.asks == ("甲。", "乙。")
    assert found.clauses[3].lines[0][0].text == "摘要 abab abab abab abab"
    same, alone = paper_of(words("甲。"), words("甲。")), paper_of(words("甲。"), None)
    assert same is not None and same.changes == 0 and alone is not None and alone.changes is None
    assert not any(piece.is_new for clause in alone.clauses for line in clause.lines for piece in line)
    assert paper_of(None, None) is None and paper_of("{}", "{}") is None and paper_of("x", None) is None


def test_clauses_are_numbered_as_on_paper() -> None:
    assert [chinese(n) for n in (1, 9, 10, 11, 20, 21, 99)] == ["一", "九", "十", "十一", "二十", "二十一", "九十九"]
