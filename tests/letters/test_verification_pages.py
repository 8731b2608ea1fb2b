"""Checking a letter without an account: by code, by file, and by nobody's name (F16-F18, TP1, TP8)."""

import asyncio
import re
import subprocess
import sys
from datetime import timedelta
from typing import Any

import httpx
import pytest

from portal.contact_boards.rules import LIMITS, Limit
from portal.core import database
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.crypto import seal
from portal.core.database import execute, fetch_column, unit_of_work
from portal.core.refusals import Invalid, Refused, TooMany
from portal.letters.document.text import grouped
from portal.letters.rules import EndKind
from portal.letters.sealing import Reason
from portal.letters.services.ending import end_letter
from portal.letters.services.keys import end_key, office_of
from portal.letters.verification.checking import Gate
from portal.letters.verification.forms import parse_code, parse_number, parse_year
from portal.letters.verification.views import masked_name
from portal.settings import Settings
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.letters.letter_stories import with_wording
from tests.letters.sealing_kit import TimeServer, make_letter, serving, sign_as, unsigned
from tests.letters.verifying_kit import complete, drafted, school_of, sealed, signed_by

CANARY = "13912345678"


@pytest.fixture
async def shared(cast: Cast) -> None:
    """The shared chain and a wording."""
    await with_wording()


async def hand_in(stranger: Browser, body: bytes, *, code: str = "", **headers: str) -> httpx.Response:
    return await stranger.client.post(
        "/v/files", data={"letter": code}, files={"file": ("letter.pdf", body, "application/pdf")},
        headers={"Origin": stranger.origin, **headers},
    )  # fmt: skip


def verdict(answer: httpx.Response) -> tuple[str, str]:
    """What a page says of a file, and in which colour."""
    found = re.search(r'class="notice verdict (\w+)".*?<h1 id="verdict">(.*?)</h1>', answer.text, re.DOTALL)
    assert found is not None, (answer.status_code, answer.text[:400])
    return found[2], found[1]


def state(answer: httpx.Response) -> str:
    found = re.search(r'<h1 id="state">(.*?)</h1>', answer.text)
    assert found is not None, (answer.status_code, answer.text[:400])
    return found[1]


# The code


@pytest.mark.parametrize(
    "typed", ["0123 4567 89ab", "0123-4567-89AB", "０１２３４５６７８９ａｂ", "http://x/v/0123456789ab"]
)
def test_a_code_is_read_as_people_write_it(typed: str) -> None:
    assert parse_code(typed) == "0123456789ab"


@pytest.mark.parametrize("typed", ["", "0123", "0123 4567 89ag", "0" * 33, "' OR 1=1 --", "../../etc/passwd"])
def test_nonsense_is_no_code(typed: str) -> None:
    with pytest.raises(Invalid):
        parse_code(typed)


def test_numbers_years_and_masks() -> None:
    assert parse_number("安责〔2026〕0042号") == (2026, 42)
    assert parse_number("安责〔2026〕号") is None and parse_number(None) is None
    assert parse_year("", this=2026) == 2026 and parse_year("2025", this=2026) == 2025
    with pytest.raises(Refused):
        parse_year("26", this=2026)
    assert masked_name("欧阳修远") == "欧**" and masked_name("甄") == "甄**" and masked_name("") == "**"


async def test_the_page_says_what_the_letter_is_at_each_instant(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    made, stranger = await drafted(cast, settings), browsers.stranger()
    address = f"/v/{await made.code()}"

    async def says() -> str:
        return state(await stranger.client.get(address))

    assert await says() == "签署中"
    await signed_by(made, cast)
    assert await says() == "签署中"
    await sealed(made)
    assert await says() == "待生效"
    row = (await made.whole()).row
    clock.set(row.starts_at - timedelta(microseconds=1))
    assert await says() == "待生效"
    clock.set(row.starts_at)
    assert await says() == "有效"
    assert row.ends_at is not None
    clock.set(row.ends_at - timedelta(microseconds=1))
    assert await says() == "有效"
    clock.set(row.ends_at)
    assert await says() == "已结束"


@pytest.mark.parametrize(("kind", "word"), [("superseded", "已替代"), ("revoked", "已撤销"), ("left", "已结束")])
async def test_an_end_is_told_before_and_after(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock, kind: str, word: str
) -> None:
    made, stranger = await complete(cast, settings), browsers.stranger()
    row = (await made.whole()).row
    ends_at = row.starts_at + timedelta(days=10)
    other = await complete(cast, settings, "贾后来") if kind == "superseded" else None
    async with unit_of_work():
        await end_letter(
            made.id, row.org_id, EndKind(kind), ends_at=ends_at, by=SYSTEM, by_letter_id=other.id if other else None
        )
    clock.set(ends_at - timedelta(microseconds=1))
    before = await stranger.client.get(f"/v/{row.code}")
    assert state(before) == "有效" and "从 2026年" in before.text
    clock.set(ends_at)
    after = await stranger.client.get(f"/v/{row.code}")
    assert state(after) == word
    if other is not None:
        assert (await other.whole()).row.number in after.text and (await other.whole()).row.code not in after.text


async def test_a_void_letter_says_so(shared: None, cast: Cast, browsers: Browsers, settings: Settings) -> None:
    made = await drafted(cast, settings)
    await execute("UPDATE letter SET voided_at = {}, reason = 'letter.cause_taken_back' WHERE id = {}", now(), made.id)
    assert state(await browsers.stranger().client.get(f"/v/{await made.code()}")) == "已作废"


async def test_the_page_tells_facts_and_digests_but_no_name_and_no_number(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    for person in await fetch_column("SELECT id FROM person"):
        await execute("UPDATE person SET phone_sealed = {} WHERE id = {}", seal(CANARY), person)
    made, stranger = await complete(cast, settings), browsers.stranger()
    found = await made.whole()
    names = await fetch_column("SELECT name FROM person")
    pages = [
        await stranger.client.get(f"/v/{found.row.code}"),
        await stranger.client.get(f"/v/{found.row.code}?language=en"),
        await hand_in(stranger, made.final),
        await hand_in(stranger, made.stages[1]),
        await hand_in(stranger, made.final + b"\n"),
        await stranger.client.get("/v"),
    ]
    for page in pages:
        assert page.status_code == 200
        assert not [name for name in names if name in page.text]
        assert CANARY not in page.text and not re.search(r"1\d{2}\*{4}\d{4}", page.text)
        assert "set-cookie" not in page.headers and "<script" not in page.text
        assert page.headers["cache-control"] == "no-store" and "noindex" in page.headers["x-robots-tag"]
    from hashlib import sha256

    digest = sha256(made.final).hexdigest()
    for told in (digest, grouped(digest[:16]), "7" * 64, found.row.number, found.row.school, found.row.post, "甄**"):
        assert told in pages[0].text, told
    assert "不等同于依法设立的电子认证机构的认证" in pages[0].text
    assert "http://testserver/v/" in pages[0].text


async def test_a_pupil_has_not_even_a_surname_and_class_letters_are_not_found(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    made, stranger = await complete(cast, settings), browsers.stranger()
    row = (await made.whole()).row
    await execute("UPDATE person SET kind = 'pupil', name = '金小明' WHERE id = {}", row.person_id)
    page = await stranger.client.get(f"/v/{row.code}")
    assert "<p>学生</p>" in page.text and "金" not in page.text
    await execute("UPDATE letter SET kind = 'class' WHERE id = {}", made.id)
    assert (await stranger.client.get(f"/v/{row.code}")).status_code == 404


async def test_an_unknown_code_is_the_missing_page_and_many_are_stopped(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, stranger = await drafted(cast, settings), browsers.stranger()
    code = await made.code()
    other = await stranger.client.get("/no-such-page")
    for wrong in ("0" * 32, code[:12], code.upper(), code[:-1], "x", f"{code}0", "%00"):
        answer = await stranger.client.get(f"/v/{wrong}")
        assert (answer.status_code, answer.text.replace(f"/v/{wrong}", "")) == (
            404,
            other.text.replace("/no-such-page", ""),
        ), wrong
        assert "set-cookie" not in answer.headers
    monkeypatch.setitem(LIMITS, "letter", Limit(10, LIMITS["letter"].within))
    answers = [await stranger.client.get(f"/v/{n:032x}") for n in range(5)]
    assert [one.status_code for one in answers][-1] == 429 and "retry-after" in answers[-1].headers
    assert (await stranger.client.get(f"/v/{code}")).status_code == 429, "the right one tells nothing any more"
    typed = await stranger.client.post("/v", data={"code": code}, headers={"Origin": stranger.origin})
    assert typed.status_code == 429 and code in typed.text


async def test_a_code_is_typed_and_leads_to_its_page(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    made, stranger = await drafted(cast, settings), browsers.stranger()
    code = await made.code()
    for typed in (grouped(code), grouped(code[:12]).upper(), "-".join((code[:4], code[4:8], code[8:12]))):
        await stranger.get("/v")
        answer = await stranger.client.post("/v", data={"code": typed}, headers={"Origin": stranger.origin})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/v/{code}")
        assert "set-cookie" not in answer.headers
    for typed in ("0" * 12, "zzz", "", "<b>0123"):
        answer = await stranger.client.post("/v", data={"code": typed}, headers={"Origin": stranger.origin})
        assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
        assert typed == "" or typed.replace("<", "&lt;").replace(">", "&gt;") in answer.text
    twin = await complete(cast, settings, "贾后来")
    await execute("UPDATE letter SET code = {} WHERE id = {}", f"{code[:14]}{'f' * 18}", twin.id)
    answer = await stranger.client.post("/v", data={"code": code[:12]}, headers={"Origin": stranger.origin})
    assert answer.status_code == 422 and code[12:16] not in answer.text, "two begin so: neither is told"
    foreign = await stranger.client.post("/v", data={"code": code}, headers={"Origin": "http://evil.example"})
    assert foreign.status_code == 403 and "set-cookie" not in foreign.headers


# Files


async def test_every_stage_is_told_for_what_it_is(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    made, stranger = await complete(cast, settings), browsers.stranger()
    row = (await made.whole()).row
    assert verdict(await hand_in(stranger, made.final)) == ("原件", "ok")
    for stage in made.stages[:-1]:
        assert verdict(await hand_in(stranger, stage)) == ("签署过程中的较早一版", "orange")
    assert verdict(await hand_in(stranger, made.evidence)) == ("是登记过的签署证据，不是责任书本身", "orange")
    async with unit_of_work():
        await end_letter(made.id, row.org_id, EndKind.REVOKED, ends_at=now(), by=SYSTEM)
    assert verdict(await hand_in(stranger, made.final)) == ("是原件，但已经不再有效", "orange")


def altered(pdf: bytes, at: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


async def test_hostile_files_are_never_green(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "letterfile", Limit(500, LIMITS["letterfile"].within))
    made, stranger = await complete(cast, settings), browsers.stranger()
    code, number = await made.code(), (await made.whole()).row.number
    pdf = made.final
    words: dict[str, tuple[str, str]] = {}
    files = {
        "no pdf": b"hello", "empty pdf": b"%PDF-1.7\n%%EOF", "zeros": bytes(10 * 1024 * 1024),
        "half": pdf[: len(pdf) // 2], "tail": pdf[:-40], "more": pdf + b"\n%more", "twice": pdf + pdf,
        "unsigned by others": unsigned(2, number, body="别的内容"),
        **{f"bit {n}": altered(pdf, len(pdf) * n // 9) for n in range(1, 9)},
    }  # fmt: skip
    for name, body in files.items():
        for named in ("", code):
            answer = await hand_in(stranger, body, code=named)
            assert answer.status_code == 200, name
            words[name] = verdict(answer)
            assert words[name][1] == "red", (name, words[name])
            assert "原件" not in words[name][0] or "改" in words[name][0], name
    assert words["no pdf"][0] == "读不了" and words["zeros"][0] == "读不了"
    assert {words[one][0] for one in ("more", "twice", "tail")} == {"之后被改过"}


async def test_the_same_name_with_another_authority_is_not_ours(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    from portal.letters.sealing import make_authority, make_seal, revocation_list
    from portal.letters.services.keys import Office

    made, stranger = await complete(cast, settings), browsers.stranger()
    found = await made.whole()
    authority = make_authority(found.row.school, at=now())
    seal_key = make_seal(authority, name="安全责任书专用章", school=found.row.school, at=now())
    lists = revocation_list(authority, [], number=1, at=now())
    office = Office(cast.school, found.row.school, authority, seal_key, lists)
    false = await school_of(office, [one.person for one in found.parties])
    letter = await make_letter(false, 2, number=found.row.number)
    word = verdict(await hand_in(stranger, letter.files[-1]))
    assert word == ("不是本平台的责任书", "red")
    signed_anew = await sign_as(false, made.stages[0], 1, at=now())
    assert verdict(await hand_in(stranger, signed_anew.pdf))[1] == "red"
    page = await hand_in(stranger, letter.files[-1])
    assert found.row.code not in page.text and "不认识的签名" in page.text


async def test_schools_with_the_same_number_are_told_apart(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    """Another school gave the same number; a file of ours that was altered is still held against ours."""
    made, stranger = await complete(cast, settings), browsers.stranger()
    row = (await made.whole()).row
    await office_of(cast.other_school, seal_name="章")
    twin = await drafted(cast, settings, "贾后来")
    await execute("UPDATE letter SET org_id = {}, seq = {} WHERE id = {}", cast.other_school, row.seq, twin.id)
    assert verdict(await hand_in(stranger, made.final)) == ("原件", "ok")
    assert verdict(await hand_in(stranger, made.final + b"\n"))[0] == "之后被改过"
    other = await make_letter(made.school, 2, number=row.number)
    assert verdict(await hand_in(stranger, other.files[-1]))[1] == "red"


async def test_what_is_handed_in_is_not_kept_and_not_too_much(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = browsers.stranger()
    await hand_in(stranger, unsigned(2))
    assert not [one for one in settings.files.rglob("*") if one.is_file() and one.name != "lock"]
    large = await hand_in(stranger, bytes(10 * 1024 * 1024 + 1))
    assert large.status_code == 422 and "10 MB" in large.text
    assert (await hand_in(stranger, bytes(12 * 1024 * 1024))).status_code == 413
    empty = await stranger.client.post("/v/files", data={"x": "1"}, headers={"Origin": stranger.origin})
    assert empty.status_code == 422 and "选一个 PDF" in empty.text
    monkeypatch.setitem(LIMITS, "letterfile", Limit(6, LIMITS["letterfile"].within))
    answers = [(await hand_in(stranger, b"x")) for _ in range(4)]
    assert answers[-1].status_code == 429 and "retry-after" in answers[-1].headers
    foreign = await hand_in(stranger, b"x", Origin="http://evil.example")
    assert foreign.status_code == 403


async def test_few_wait_and_the_next_is_told_to_come_back() -> None:
    gate, order = Gate(most=3), []

    async def one(number: int) -> None:
        async with gate.place():
            order.append(number)
            await asyncio.sleep(0.01)

    done: list[Any] = await asyncio.gather(*(one(n) for n in range(5)), return_exceptions=True)
    assert order == [0, 1, 2] and [type(done[n]) for n in (3, 4)] == [TooMany, TooMany]
    assert gate.inside == 0


def test_a_web_process_holds_no_pdf_library() -> None:
    """In a process of its own: this one has loaded them for its tests."""
    script = (
        "import asyncio, sys, portal.app\n"
        "from portal.letters.sealing import check, shutdown\n"
        "found = asyncio.run(check(b'%PDF-1.7 nothing'))\n"
        "shutdown()\n"
        "print(found.finding, [name for name in ('pyhanko', 'weasyprint', 'lxml', 'aiohttp') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "unreadable []"


async def test_the_page_asks_a_fixed_number_of_statements(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    made, stranger = await complete(cast, settings), browsers.stranger()
    code, asked = await made.code(), list[str]()
    database.watchers.append(asked.append)
    try:
        assert (await stranger.client.get(f"/v/{code}")).status_code == 200
    finally:
        database.watchers.remove(asked.append)
    assert len(asked) == 5 and not [one for one in asked if not one.startswith("SELECT")]


async def test_time_stamps_prove_where_their_authority_is_known(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    with serving(TimeServer(at=now())) as server:
        made = await signed_by(await drafted(cast, settings), cast, server=server)
        await sealed(made, server=server, extended=True)
    stranger = browsers.stranger()
    assert "时间戳证明" not in (await hand_in(stranger, made.final)).text, "an unknown time server proves nothing"
    (settings.data / "time-stamp-authorities.pem").write_text(server.root)
    page = await hand_in(stranger, made.final)
    assert verdict(page) == ("原件", "ok") and "时间戳证明" in page.text
    assert verdict(await hand_in(stranger, made.stages[-2])) == ("原件，后来又加过时间戳", "ok")
    assert verdict(await hand_in(stranger, made.stages[1])) == ("签署过程中的较早一版", "orange")


@pytest.mark.parametrize("stamped", [True, False])
async def test_a_key_that_was_lost_later_takes_nothing_from_the_letter(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock, *, stamped: bool
) -> None:
    with serving(TimeServer(at=now())) as server:
        used = server if stamped else None
        made = await sealed(await signed_by(await drafted(cast, settings), cast, server=used), server=used)
    (settings.data / "time-stamp-authorities.pem").write_text(server.root)
    clock.forward(days=1)
    by = await cast.actor((await made.whole()).parties[1].person_id)
    assert await end_key(Reason.LOST, by=by)
    clock.forward(hours=1)
    page = await hand_in(browsers.stranger(), made.final)
    assert verdict(page) == ("原件", "ok") and ("登记簿记着" in page.text) is not stamped
    assert verdict(await hand_in(browsers.stranger(), made.final + b" "))[1] == "red"


async def test_a_key_that_was_lost_before_the_seal_stays_unproven_and_the_page_says_why(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    made = await signed_by(await drafted(cast, settings), cast)
    clock.forward(hours=1)
    assert await end_key(Reason.COMPROMISED, by=await cast.actor((await made.whole()).parties[1].person_id))
    clock.forward(hours=1)
    await sealed(made)
    page = await hand_in(browsers.stranger(), made.final)
    assert verdict(page) == ("内容是原件，有签名暂时不能确认", "orange") and "证书已经作废" in page.text
