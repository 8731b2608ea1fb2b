"""The keeper's first page, and the history with its check."""

import pytest

from portal.audit.catalogue import KINDS, SignedIn
from portal.audit.services import record_event
from portal.core.actors import SYSTEM
from portal.core.database import execute, fetch_value, is_postgres, unit_of_work
from portal.hazards.services import name_viewer
from portal.people.services import appoint, make_post
from portal.rendering.i18n import translator
from portal.web.stories import EVENTS, sentence_of
from tests.cast import Cast
from tests.conftest import Browsers
from tests.hazards import stories


def test_every_event_has_a_sentence() -> None:
    from portal.app import register_rooms

    register_rooms()
    assert not sorted(set(KINDS) - set(EVENTS))
    for kind in KINDS:
        assert "{" not in sentence_of(kind, {}, translator("zh-Hans"))


@pytest.mark.parametrize(
    ("who", "there", "not_there"),
    [
        ("safety", {"/imports", "/admin/accounts", "/people", "/grids", "/admin/viewers", "/admin/history"}, set()),
        ("principal", {"/admin/accounts", "/people", "/grids", "/admin/viewers", "/admin/history"}, {"/imports"}),
        ("bureau_officer", {"/imports", "/grids", "/admin/history"}, set()),
        ("teacher", {"/grids"}, {"/imports", "/admin/accounts", "/people", "/admin/viewers", "/admin/history"}),
    ],
)
async def test_the_first_page_links_what_the_role_opens(
    browsers: Browsers, cast: Cast, who: str, there: set[str], not_there: set[str]
) -> None:
    browser = await browsers.of(getattr(cast, who))
    await browser.get("/admin")
    main = {href for href, _ in browser.links}
    assert there <= main
    assert not not_there & main
    for href in sorted(there):
        assert (await browser.get(href)).status_code == 200, href


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
async def test_the_history_says_who_did_what_and_narrows(browsers: Browsers, cast: Cast, htmx: bool) -> None:
    hazard_id = await stories.assigned(cast)
    browser = await browsers.of(cast.principal, htmx=htmx)
    await browser.get("/admin/history?kind=hazard")
    assert "甄安全" in browser.text
    assert "从“待核实”移到“待整改”" in browser.text
    assert "隐患 2026-0001" in browser.text
    assert f"/hazards/{hazard_id}" in [href for href, _ in browser.links]
    assert "甄小班" not in browser.text
    await browser.get(f"/admin/history?kind=hazard&person={cast.teacher}")
    assert "报告了这条隐患" in browser.text
    assert "移到" not in browser.text
    await browser.get("/admin/history?kind=hazard&day=2026-11-22")
    assert "筛选以后没有" in browser.text
    for _ in range(12):
        await stories.reported(cast)
    await browser.get("/admin/history")
    seen = browser.text
    older = next(href for href, text in browser.links if text == "更早的")
    await browser.get("/admin/history" + older)
    assert "建了这个单位" in browser.text or "最新的" in browser.text
    assert browser.text != seen


async def test_signing_in_does_not_drown_the_history(browsers: Browsers, cast: Cast) -> None:
    actor = await cast.actor(cast.safety)
    async with unit_of_work():
        await record_event(SignedIn(session_id=1, device_known=True), org_id=cast.school, subject_id=1, by=actor)
    browser = await browsers.of(cast.safety)
    await browser.get("/admin/history?kind=&person=")
    assert "登录和退出没有列出来" in browser.text
    lines = browser.text.partition("做了什么")[2]
    assert " 登录了 " not in lines
    await browser.follow("登录和退出也显示")
    assert " 登录了 " in browser.text.partition("做了什么")[2]
    narrowing = next(form for form in browser.forms if form.action == "/admin/history")
    assert narrowing.fields["sign_ins"] == ["1"]
    assert all("sign_ins=1" in href for href, text in browser.links if text in ("更早的", "最新的"))
    await browser.follow("登录和退出不显示")
    assert " 登录了 " not in browser.text.partition("做了什么")[2]
    await browser.get("/admin/history?kind=account")
    assert " 登录了 " in browser.text.partition("做了什么")[2]
    assert "登录和退出" not in browser.text


@pytest.mark.parametrize(
    ("who", "said", "not_said"),
    [
        ("principal", ["每一处归谁管，哪里没有人负责", "谁能登录，谁还没有开通", "指定和结束"], ["改名", "发邀请"]),
        ("safety", ["改名、移动", "发邀请", "现在有谁，什么时候指定的"], ["指定和结束"]),
        ("bureau_officer", ["各校今天谁带班"], ["往后两周谁带班"]),
    ],
)
async def test_the_first_page_promises_what_the_role_may_do(
    browsers: Browsers, cast: Cast, who: str, said: list[str], not_said: list[str]
) -> None:
    browser = await browsers.of(getattr(cast, who))
    await browser.get("/admin")
    assert all(words in browser.text for words in said)
    assert not [words for words in not_said if words in browser.text]


async def test_a_person_has_one_title_wherever_the_name_stands(browsers: Browsers, cast: Cast) -> None:
    post = await make_post("安全专干", role="safety_officer", grid_id=cast.office, scope_grid_id=cast.school, by=SYSTEM)
    await appoint(cast.chief, post_id=post, by=SYSTEM)
    await name_viewer(cast.chief, by=await cast.actor(cast.principal))
    browser = await browsers.of(cast.chief)
    await browser.get("/admin/viewers")
    assert "甄楼长 安全专干" in browser.text.partition("现在看得到的人")[0]
    assert "甄楼长 安全专干" in browser.text.partition("现在看得到的人")[2]
    assert "楼总负责" not in browser.text


async def test_a_pupils_name_stands_in_no_history(browsers: Browsers, cast: Cast) -> None:
    browser = await browsers.of(cast.safety)
    for kind in ("person", "post"):
        await browser.get(f"/admin/history?kind={kind}")
        assert "一名学生" in browser.text
        assert "甄小班" not in browser.text


async def test_the_check_says_that_it_holds_or_names_the_first_bad_row(browsers: Browsers, cast: Cast) -> None:
    browser = await browsers.of(cast.safety)
    await browser.get("/admin/history")
    await browser.submit(browser.form("/checks"))
    assert "历史完好" in browser.text
    if is_postgres():
        await execute("ALTER TABLE event DISABLE TRIGGER USER")
    else:
        await execute("DROP TRIGGER event_no_update")
    bad = await fetch_value("SELECT max(seq) FROM event WHERE org_id = {}", cast.school) - 2
    await execute("UPDATE event SET kind = 'grid.ended' WHERE org_id = {} AND seq = {}", cast.school, bad)
    await browser.get("/admin/history")
    answer = await browser.submit(browser.form("/checks"))
    assert answer.status_code == 422
    assert f"第 {bad} 条被改过" in browser.text


async def test_the_history_of_another_school_does_not_exist(browsers: Browsers, cast: Cast) -> None:
    bureau = await browsers.of(cast.bureau_officer)
    answer = await bureau.get(f"/admin/history?org={cast.school}")
    assert "明德中学 的历史" in bureau.text
    stranger = await browsers.of(cast.other_safety)
    foreign = await stranger.get(f"/admin/history?org={cast.school}")
    missing = await stranger.get("/admin/history?org=99999")
    building = await stranger.get(f"/admin/history?org={cast.other_building}")
    assert (foreign.status_code, missing.status_code, building.status_code) == (404, 404, 404)
    assert foreign.text == missing.text
    await stranger.get("/admin/history")
    answer = await stranger.submit(stranger.form("/checks"), org=str(cast.school))
    assert answer.status_code == 404
    teacher = await browsers.of(cast.teacher)
    assert (await teacher.get("/admin/history")).status_code == 403


async def test_the_history_tells_of_a_sensitive_card_only_to_whoever_sees_it(browsers: Browsers, cast: Cast) -> None:
    hazard_id = await stories.reported(cast, confidential=True)
    safety = await browsers.of(cast.safety)
    await safety.get("/admin/history?kind=hazard")
    assert "2026-0001" not in safety.text
    assert "报告了这条隐患" not in safety.text
    await name_viewer(cast.safety, by=await cast.actor(cast.principal))
    await safety.get("/admin/history?kind=hazard")
    assert "隐患 2026-0001" in safety.text
    assert f"/hazards/{hazard_id}" in [href for href, _ in safety.links]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_a_day_at_the_end_of_the_calendar_narrows_nothing(browsers: Browsers, cast: Cast, day: str) -> None:
    safety = await browsers.of(cast.safety)
    assert (await safety.get(f"/admin/history?day={day}")).status_code == 200
