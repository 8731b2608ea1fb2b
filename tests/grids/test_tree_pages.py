"""The pages of the tree, as people walk through them: plain and as htmx, with what each of them may see."""

import pytest

from portal.core.actors import SYSTEM
from portal.core.database import fetch_value, watchers
from portal.grids.queries import LEVEL_ROWS
from portal.grids.services import change_grid, link_place, make_grid, seed_kinds
from portal.people.services import appoint
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers

MOST_STATEMENTS = 6
both = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])


@both
async def test_a_teacher_finds_who_answers_for_a_room(cast: Cast, browsers: Browsers, htmx: bool) -> None:
    await seed_kinds()
    browser = await browsers.of(cast.teacher, htmx=htmx)
    answer = await browser.get("/grids")
    assert answer.status_code == 200
    assert "博学楼" in browser.text and "甄楼长" in browser.text
    assert "1 处没有人负责" in browser.text  # 文德楼 has no holder of its own
    answer = await browser.get(f"/grids/{cast.room}")
    assert answer.status_code == 200, answer.text
    assert "甄实验" in browser.text and "4 / 7 已定" in browser.text
    assert ("tel:13800000000", "138****0000 打电话给甄实验") in browser.links
    assert "设了岗位“负责人”" in browser.text and "指定 甄实验 担任“负责人”" in browser.text
    assert not any("/edit" in href or "/people/" in href for href, _ in browser.links)
    assert ("<html" in answer.text) is not htmx


@both
async def test_the_safety_officer_makes_a_room_a_post_and_finds_somebody_for_it(
    cast: Cast, browsers: Browsers, htmx: bool
) -> None:
    await seed_kinds()
    browser = await browsers.of(cast.safety, htmx=htmx)
    await browser.get(f"/grids/{cast.floor}")
    await browser.follow("加一格")
    answer = await browser.submit(browser.form("/children"), name="", kind="room", duty_note="每天断电")
    assert answer.status_code == 422 and "写名称。" in browser.text
    assert [text.strip() for text in browser.form("/children").fields["duty_note"]] == ["每天断电"]
    await browser.submit(browser.form("/children"), name="物理实验室", kind="room")
    assert browser.page is not None and "没有人负责" in browser.text and "每天断电" in browser.text
    room = str(browser.page.url.path)
    await browser.follow("设岗位")
    await browser.submit(browser.form("/posts"), title="实验员", role="keeper", is_accountable="1")
    assert "指定人" in browser.text
    found = await browser.submit(browser.form("/appoint"), q="无岗")
    assert found.status_code == 200 and "甄无岗" in browser.text and "甄实验" not in browser.text
    await browser.submit(browser.form("/appointments"), person=str(cast.nobody), is_primary="1")
    await browser.get(room)
    assert "甄无岗" in browser.text and "没有人负责" not in browser.text
    assert "甄安全" in browser.text and "指定 甄无岗 担任“实验员”" in browser.text


@both
async def test_a_grid_is_changed_moved_linked_and_ended_by_hand(cast: Cast, browsers: Browsers, htmx: bool) -> None:
    await seed_kinds()
    browser = await browsers.of(cast.safety, htmx=htmx)
    made = await make_grid("小仓库", kind="room", parent_id=cast.floor, by=SYSTEM)
    await browser.get(f"/grids/{made}/edit")
    await browser.submit(browser.form("/changes"), name="大仓库", area_m2="30.5")
    assert "大仓库" in browser.text and "30.5 平方米" in browser.text and "名称：小仓库 → 大仓库" in browser.text
    await browser.follow("移动")
    await browser.submit(browser.form(f"/{made}/move"), q="文德")
    await browser.submit(browser.form("/moves"), to=str(cast.sibling_building))
    assert "上级：一楼 → 文德楼" in browser.text
    await browser.get(f"/grids/{cast.school_class}/place?q=大仓库")
    await browser.submit(browser.form("/places"), to=str(made))
    assert "在这里 大仓库" in browser.text
    await browser.get(f"/grids/{made}")
    assert "同一处还有" in browser.text and "高一1班" in browser.text
    await browser.follow("撤销")
    await browser.submit(browser.form("/endings"))
    assert browser.page is not None and str(browser.page.url.path) == f"/grids/{cast.sibling_building}"
    await browser.get(f"/grids/{made}")
    assert "这一格已经撤销" in browser.text and not any("/edit" in href for href, _ in browser.links)


async def test_what_stands_in_the_way_is_said_before_the_button(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await browser.get(f"/grids/{cast.floor}/end")
    assert "下面还有 2 格" in browser.text and "还有 1 个岗位设在这里" in browser.text
    assert not [form for form in browser.forms if "endings" in form.action]
    links = [href for href, _ in browser.links]
    assert {f"/grids/{cast.floor}#below", f"/grids/{cast.floor}#holders"} <= set(links)
    page = await browser.get(f"/grids/{cast.room}/edit")
    token = browser.form("/changes").fields["_csrf_token"]
    answer = await browser.post(f"/grids/{cast.floor}/endings", {"_csrf_token": token, "version": "1"})
    assert page.status_code == 200 and answer.status_code == 422 and "先移走或撤销它们" in browser.text
    answer = await browser.post(f"/grids/{cast.room}/moves", {"_csrf_token": token, "version": "1"})
    assert answer.status_code == 422 and "选要移到哪里。" in browser.text


@both
async def test_whoever_comes_second_sees_who_was_first_and_keeps_their_words(
    cast: Cast, browsers: Browsers, htmx: bool
) -> None:
    await seed_kinds()
    browser = await browsers.of(cast.safety, htmx=htmx)
    await browser.get(f"/grids/{cast.room}/edit")
    form = browser.form("/changes")
    await change_grid(cast.room, version=1, by=await cast.actor(cast.bureau_officer), name="化学室(新)")
    answer = await browser.submit(form, name="化学室(我的)", duty_note="我写的很长的职责")
    assert answer.status_code == 409
    assert "甄局安在今天 10:00改过这里" in browser.text and "化学室(新)" in browser.text
    again = browser.form("/changes")
    assert again.fields["name"] == ["化学室(我的)"] and again.fields["duty_note"][0].strip() == "我写的很长的职责"
    assert (await browser.submit(again)).status_code == 200
    assert await fetch_value("SELECT name FROM grid WHERE id = {}", cast.room) == "化学室(我的)"


GRID_PAGES = ["", "/children", "/new", "/edit", "/move", "/place", "/end", "/register.xlsx"]


@pytest.mark.parametrize("tail", GRID_PAGES)
async def test_the_other_school_is_told_what_a_missing_page_tells(cast: Cast, browsers: Browsers, tail: str) -> None:
    safety, stranger = await browsers.of(cast.safety), await browsers.of(cast.other_safety)
    assert (await safety.get(f"/grids/{cast.room}{tail}")).status_code == 200
    hidden, missing = await stranger.get(f"/grids/{cast.room}{tail}"), await stranger.get(f"/grids/999999{tail}")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.text.replace(f"/grids/{cast.room}{tail}", "X") == missing.text.replace(f"/grids/999999{tail}", "X")


@pytest.mark.parametrize("act", ["children", "changes", "moves", "places", "endings"])
async def test_no_act_reaches_into_the_other_school(cast: Cast, browsers: Browsers, act: str) -> None:
    stranger = await browsers.of(cast.other_safety)
    await stranger.get(f"/grids/{cast.other_room}/edit")
    fields = {"_csrf_token": stranger.form("/changes").fields["_csrf_token"][0], "version": "1", "name": "x", "to": "1"}
    before = await fetch_value("SELECT count(*) FROM event WHERE org_id = {}", cast.school)
    answers = [await stranger.post(f"/grids/{grid}/{act}", fields) for grid in (cast.room, 999_999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert await fetch_value("SELECT count(*) FROM event WHERE org_id = {}", cast.school) == before


async def test_who_may_not_edit_finds_no_forms(cast: Cast, browsers: Browsers) -> None:
    keeper = await browsers.of(cast.keeper)
    assert (await keeper.get(f"/grids/{cast.room}")).status_code == 200
    for tail in ("/new", "/edit", "/move", "/place", "/end"):
        assert (await keeper.get(f"/grids/{cast.room}{tail}")).status_code == 403, tail
    token = keeper.form("/language").fields["_csrf_token"][0]
    assert (await keeper.post(f"/grids/{cast.room}/changes", {"_csrf_token": token})).status_code == 403


async def test_a_bureau_sees_its_schools_first_and_no_pupil_by_name(cast: Cast, browsers: Browsers) -> None:
    officer = await browsers.of(cast.bureau_officer)
    await officer.get("/grids")
    assert "明德中学" in officer.text and "启智小学" in officer.text
    await officer.get(f"/grids?org={cast.school}")
    assert "博学楼" in officer.text and "所有学校" in officer.text
    await officer.get(f"/grids/{cast.school_class}")
    assert "甄班主" in officer.text and "甄小班" not in officer.text and "学生（不对外显示姓名）" in officer.text
    teacher = await browsers.of(cast.teacher)
    await teacher.get(f"/grids/{cast.school_class}")
    assert "甄小班" in teacher.text
    outsider = await browsers.of(cast.other_safety)
    assert (await outsider.get("/grids")).status_code == 200 and "博学楼" not in outsider.text
    assert (await outsider.get(f"/grids?org={cast.school}")).status_code == 404


async def test_the_tree_is_found_by_words_kind_and_vacancy(cast: Cast, browsers: Browsers) -> None:
    await seed_kinds()
    browser = await browsers.of(cast.safety)
    await browser.get("/grids")
    await browser.submit(browser.form("/grids"), q="实验")
    assert "找到 1 处" in browser.text and "博学楼 / 一楼" in browser.text
    await browser.submit(browser.form("/grids"), q="", kind="class")
    assert "高一1班" in browser.text and "配电室" not in browser.text
    await browser.get("/grids?vacant=1")
    assert "文德楼" in browser.text and "找到 1 处" in browser.text
    await browser.get("/grids?q=没有的东西")
    assert "筛选以后没有" in browser.text


async def test_a_school_adds_a_kind(cast: Cast, browsers: Browsers) -> None:
    await seed_kinds()
    browser = await browsers.of(cast.safety)
    await browser.get("/kinds")
    await browser.submit(browser.form("/kinds"), name="温室", is_place="1")
    assert "加好了类别：温室。" in browser.text
    answer = await browser.submit(browser.form("/kinds"), name="温室")
    assert answer.status_code == 422 and "已经有这个类别了。" in browser.text
    keeper = await browsers.of(cast.keeper)
    await keeper.get("/kinds")
    assert "温室" in keeper.text and not [form for form in keeper.forms if form.action == "/kinds"]


async def test_a_large_tree_opens_level_by_level(cast: Cast, browsers: Browsers) -> None:
    await seed_kinds()
    for n in range(LEVEL_ROWS // 2 + 1):
        await make_grid(f"楼{n}", kind="building", parent_id=cast.school, by=SYSTEM)
        await make_grid(f"层{n}", kind="floor", parent_id=cast.sibling_building, by=SYSTEM)
    browser = await browsers.of(cast.teacher)
    answer = await browser.get("/grids")
    assert "楼7" in browser.text and "层7" not in browser.text
    assert f'hx-get="/grids/{cast.sibling_building}/children"' in answer.text
    branch = await browsers.of(cast.teacher, htmx=True)
    answer = await branch.get(f"/grids/{cast.sibling_building}/children")
    assert "层7" in branch.text and "<html" not in answer.text
    plain = await browser.get(f"/grids/{cast.sibling_building}/children")
    assert "层7" in browser.text and "<html" in plain.text


async def statements(browser: Browser, path: str) -> int:
    await browser.get(path)  # the actor and the leader are kept from here on
    count: list[str] = []
    watchers.append(count.append)
    answer = await browser.get(path)
    watchers.remove(count.append)
    assert answer.status_code == 200, path
    return len(count)


async def test_pages_ask_the_database_little(cast: Cast, browsers: Browsers) -> None:
    await seed_kinds()
    await link_place(cast.school_class, place_id=cast.room, version=1, by=SYSTEM)
    await appoint(cast.nobody, post_id=cast.keeper_post, by=SYSTEM)
    browser = await browsers.of(cast.safety)
    pages = ["/grids", "/grids?q=实验", "/grids?vacant=1", f"/grids/{cast.room}", f"/grids/{cast.school}",
             f"/grids/{cast.floor}/children", f"/grids/{cast.room}/edit", f"/grids/{cast.room}/end", "/kinds",
             f"/grids/{cast.room}/move?q=楼"]  # fmt: skip
    counts = {page: await statements(browser, page) for page in pages}
    assert max(counts.values()) <= MOST_STATEMENTS, counts


async def test_an_english_reader_reads_english(cast: Cast, browsers: Browsers) -> None:
    await seed_kinds()
    browser = await browsers.of(cast.safety)
    await browser.get("/grids")
    await browser.submit(browser.form("/language"), language="en")
    await browser.get(f"/grids/{cast.room}")
    assert "Room" in browser.text
