"""The pages of people and posts, as people walk through them: plain and as htmx."""

import re

import pytest

from portal.core.database import fetch_value, watchers
from portal.grids.services import seed_kinds
from portal.people.services import appoint, change_person, end_appointment
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock

both = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
MOST_STATEMENTS = 6


@both
async def test_somebody_is_found_read_and_corrected(cast: Cast, browsers: Browsers, htmx: bool) -> None:
    browser = await browsers.of(cast.safety, htmx=htmx)
    await browser.get("/people")
    await browser.submit(browser.form("/people"), q="实验")
    await browser.follow("甄实验")
    assert "化学实验室(东)" in browser.text and "配电室" in browser.text
    assert ("tel:13800000000", "138****0000") in browser.links and "13800000000" not in browser.text
    await browser.follow("改")
    answer = await browser.submit(browser.form("/changes"), name="甄化学", phone="叫我")
    assert answer.status_code == 422 and "电话只写数字" in browser.text
    assert browser.form("/changes").fields["name"] == ["甄化学"]
    await browser.submit(browser.form("/changes"), phone="13900001234")
    assert "甄化学" in browser.text and "姓名：甄实验 → 甄化学" in browser.text and "139****1234" in browser.text


@both
async def test_somebody_leaves_and_their_posts_fall_vacant(cast: Cast, browsers: Browsers, htmx: bool) -> None:
    theirs = await browsers.of(cast.keeper)
    assert (await theirs.get(f"/grids/{cast.room}")).status_code == 200
    browser = await browsers.of(cast.safety, htmx=htmx)
    await browser.get(f"/people/{cast.keeper}/leave")
    assert "会空出来的岗位" in browser.text and "化学实验室(东)" in browser.text and "2 个" in browser.text
    await browser.submit(browser.form("/departures"))
    assert "已经离开" in browser.text and "登记为离开" in browser.text
    assert not any("/edit" in href for href, _ in browser.links)
    await theirs.get(f"/grids/{cast.room}")
    assert theirs.page is not None and str(theirs.page.url.path) == "/sign-in"
    await browser.get(f"/grids/{cast.room}")
    assert "没有人负责" in browser.text and "甄实验 不再担任“负责人”" in browser.text
    await browser.get("/people?who=left")
    assert "甄实验" in browser.text


@both
async def test_a_post_changes_hands(cast: Cast, browsers: Browsers, clock: MovingClock, htmx: bool) -> None:
    browser = await browsers.of(cast.safety, htmx=htmx)
    await browser.get(f"/posts/{cast.keeper_post}/appoint")
    answer = await browser.submit(browser.form("/appointments"))
    assert answer.status_code == 422 and "选一个人，或者写一个新名字。" in browser.text
    await browser.submit(browser.form("/appointments"), new_name="甄新来", held_as="holder")
    assert "甄新来" in browser.text and "甄实验" in browser.text
    clock.forward(minutes=1)
    await browser.submit(browser.form("/primary"))
    clock.forward(minutes=1)
    endings = [form for form in browser.forms if "endings" in form.action and "appointments" in form.action]
    assert len(endings) == 2
    old = await fetch_value("SELECT id FROM appointment WHERE person_id = {} ORDER BY id", cast.keeper)
    await browser.submit(next(form for form in endings if f"/{old}/" in form.action))
    assert "以前是谁" in browser.text
    await browser.get(f"/grids/{cast.room}")
    assert "甄新来" in browser.text and "第一负责人" in browser.text
    await browser.get(f"/people/{cast.keeper}")
    assert "以前的岗位" in browser.text


async def test_a_last_day_is_a_whole_day_and_never_yesterday(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await browser.get(f"/posts/{cast.keeper_post}")
    form = next(form for form in browser.forms if "/appointments/" in form.action and "endings" in form.action)
    answer = await browser.submit(form, last_day="2026-11-21")
    assert answer.status_code == 422 and "最早从今天零点算起。" in browser.text
    await browser.submit(form, last_day="2026-11-30")
    assert "甄实验的这个岗位到 11月30日 周一 为止。" in browser.text
    ends = await fetch_value("SELECT ends_at FROM appointment WHERE person_id = {} ORDER BY id", cast.keeper)
    assert ends.isoformat().startswith("2026-11-30T16:00")  # 00:00 of 1 December in Shanghai


async def test_a_post_is_made_changed_and_ended(cast: Cast, browsers: Browsers) -> None:
    await seed_kinds()
    browser = await browsers.of(cast.safety)
    await browser.get(f"/grids/{cast.floor}/posts/new")
    assert "核实、指派、整改、复查自己这片的隐患" in browser.text
    answer = await browser.submit(browser.form("/posts"), title="", role="")
    assert answer.status_code == 422 and "写岗位名称。" in browser.text and "选这个岗位做什么。" in browser.text
    await browser.submit(browser.form("/posts"), title="巡查员", role="member")
    assert browser.page is not None
    post = str(browser.page.url.path).removesuffix("/appoint")
    await browser.get(f"{post}/edit")
    await browser.submit(browser.form("/changes"), title="巡查组长", role="chief", reach=str(cast.building))
    assert "巡查组长" in browser.text and "楼、楼层、区域负责人" in browser.text and "博学楼" in browser.text
    await browser.submit(browser.form(f"{post}/endings"))
    assert "岗位撤销了：巡查组长。" in browser.text and "撤销了岗位“巡查组长”" in browser.text
    assert (
        "改了岗位“巡查组长”的岗位名称、岗位类型、管到哪里" in browser.text
        and "岗位类型：成员 → 楼、楼层、区域负责人" in browser.text
    )


async def test_whoever_comes_second_is_told(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await browser.get(f"/people/{cast.keeper}/edit")
    person = browser.form("/changes")
    await change_person(cast.keeper, version=1, by=await cast.actor(cast.bureau_officer), name="甄先")
    answer = await browser.submit(person, name="甄后")
    assert answer.status_code == 409 and "甄局安在今天 10:00改过这里" in browser.text
    assert browser.form("/changes").fields["name"] == ["甄后"]
    await browser.get(f"/posts/{cast.keeper_post}")
    ending = next(form for form in browser.forms if "/appointments/" in form.action)
    await appoint(cast.nobody, post_id=cast.keeper_post, by=await cast.actor(cast.bureau_officer))
    assert (await browser.submit(ending)).status_code == 409 and "甄局安" in browser.text
    held = await fetch_value("SELECT id FROM appointment WHERE person_id = {} ORDER BY id", cast.keeper)
    await end_appointment(held, version=2, by=await cast.actor(cast.safety))
    answer = await browser.submit(ending)
    assert answer.status_code == 422 and "这次任职已经结束。" in browser.text


async def test_a_bureau_makes_a_school_by_its_page(cast: Cast, browsers: Browsers) -> None:
    await seed_kinds()
    browser = await browsers.of(cast.bureau_officer)
    await browser.get("/grids")
    await browser.follow("建学校")
    answer = await browser.submit(browser.form("/schools"), name="明德中学", duty_phone="0000-1", officer="甄新安")
    assert answer.status_code == 422 and "已经有一所同名的学校了。" in browser.text
    assert browser.form("/schools").fields["officer"] == ["甄新安"]
    await browser.submit(browser.form("/schools"), name="明远小学")
    assert "建好了：明远小学。" in browser.text and "甄新安" in browser.text and "安全员" in browser.text
    school = await fetch_value("SELECT id FROM grid WHERE name = '明远小学'")
    ways = {text: href for href, text in browser.links}
    assert ways["导入人员和网格"] == f"/imports?school={school}"
    assert ways["邀请账号"] == f"/admin/accounts?org={school}"
    assert browser.page is not None and browser.page.text.count('class="btn main"') == 1
    await browser.follow("导入人员和网格")
    assert browser.form("/imports").fields["school"] == [str(school)]
    await browser.get("/imports?school=x")
    assert browser.form("/imports").fields["school"] == [""]
    await browser.get(f"/admin/accounts?org={school}")
    assert "甄新安" in browser.text
    await browser.get(f"/grids/{cast.school}")
    assert "导入人员和网格" not in browser.text
    safety = await browsers.of(cast.safety)
    assert (await safety.get("/schools/new")).status_code == 403


async def test_a_bureau_is_led_to_one_unit_before_it_makes_slips(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.bureau_officer)
    answer = await browser.get("/admin/accounts")
    filled = re.findall(r'class="btn main"[^>]*>([^<]*)<', answer.text)
    assert filled == ["找", "发开通条"], "first find the unit, then tick people; never all schools at once"
    assert "先选一个单位" in browser.text
    answer = await browser.get(f"/admin/accounts?org={cast.school}")
    filled = re.findall(r'class="btn main"[^>]*>([^<]*)<', answer.text)
    assert len(filled) == 1 and filled[0].startswith("给没有账号的")
    assert "先选一个单位" not in browser.text


PAGES = ["/people/{keeper}", "/people/{keeper}/edit", "/people/{keeper}/leave", "/posts/{post}", "/posts/{post}/edit",
         "/posts/{post}/appoint", "/grids/{room}/posts/new", "/people?org={school}",
         "/people/new?org={school}"]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
async def test_the_other_school_is_told_what_a_missing_page_tells(cast: Cast, browsers: Browsers, page: str) -> None:
    await seed_kinds()
    here = page.format(keeper=cast.keeper, post=cast.keeper_post, room=cast.room, school=cast.school)
    gone = page.format(keeper=999_999, post=999_999, room=999_999, school=999_999)
    assert (await (await browsers.of(cast.safety)).get(here)).status_code == 200
    stranger = await browsers.of(cast.other_safety)
    hidden, missing = await stranger.get(here), await stranger.get(gone)
    assert hidden.status_code == missing.status_code == 404
    paths = [address.partition("?")[0] for address in (here, gone)]
    assert hidden.text.replace(paths[0], "X") == missing.text.replace(paths[1], "X")


async def test_no_act_reaches_into_the_other_school(cast: Cast, browsers: Browsers) -> None:
    stranger = await browsers.of(cast.other_safety)
    await stranger.get("/people/new")
    token = stranger.form("/people").fields["_csrf_token"][0]
    held = await fetch_value("SELECT id FROM appointment WHERE person_id = {} ORDER BY id", cast.keeper)
    acts = [
        f"/people/{cast.keeper}/changes", f"/people/{cast.keeper}/departures", f"/grids/{cast.room}/posts",
        f"/posts/{cast.keeper_post}/changes", f"/posts/{cast.keeper_post}/endings",
        f"/posts/{cast.keeper_post}/appointments", f"/appointments/{held}/primary", f"/appointments/{held}/endings",
    ]  # fmt: skip
    before = await fetch_value("SELECT count(*) FROM event WHERE org_id = {}", cast.school)
    for act in acts:
        fields = {"_csrf_token": token, "version": "1", "name": "x", "person": str(cast.other_safety)}
        assert (await stranger.post(act, fields)).status_code == 404, act
    answer = await stranger.post("/people", {"_csrf_token": token, "org": str(cast.school), "name": "x"})
    assert answer.status_code == 404
    assert await fetch_value("SELECT count(*) FROM event WHERE org_id = {}", cast.school) == before


async def test_a_pupil_is_on_the_pupils_list_of_their_own_school_only(cast: Cast, browsers: Browsers) -> None:
    safety = await browsers.of(cast.safety)
    await safety.get("/people?who=pupil")
    assert "甄小班" in safety.text
    await safety.get("/people")
    assert "甄小班" not in safety.text
    assert (await safety.get(f"/people/{cast.monitor}")).status_code == 200
    officer = await browsers.of(cast.bureau_officer)
    assert (await officer.get(f"/people/{cast.monitor}")).status_code == 404
    await officer.get(f"/people?org={cast.school}&who=pupil")
    assert "甄小班" not in officer.text
    keeper = await browsers.of(cast.keeper)
    assert (await keeper.get("/people")).status_code == 403


async def test_pages_ask_the_database_little(cast: Cast, browsers: Browsers) -> None:
    await seed_kinds()
    browser, counts = await browsers.of(cast.safety), {}
    for page in ("/people", "/people?q=甄", f"/people/{cast.keeper}", f"/people/{cast.keeper}/edit",
                 f"/people/{cast.keeper}/leave", f"/posts/{cast.keeper_post}", f"/posts/{cast.keeper_post}/appoint",
                 f"/posts/{cast.keeper_post}/edit", f"/grids/{cast.room}/posts/new"):  # fmt: skip
        await browser.get(page)
        count: list[str] = []
        watchers.append(count.append)
        assert (await browser.get(page)).status_code == 200, page
        watchers.remove(count.append)
        counts[page] = len(count)
    assert max(counts.values()) <= MOST_STATEMENTS, counts


async def test_a_post_says_its_work_besides_safety(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await browser.get(f"/posts/{cast.keeper_post}/edit")
    answer = await browser.submit(browser.form("/changes"), line_of_work="实" * 201)
    assert answer.status_code == 422 and "太长了，写短一点。" in browser.text
    await browser.submit(browser.form("/changes"), line_of_work="化学实验教学")
    assert "本职工作" in browser.text and "化学实验教学" in browser.text
    await browser.get(f"/grids/{cast.room}")
    assert "改了岗位“负责人”的本职工作" in browser.text and "本职工作：（空） → 化学实验教学" in browser.text
    await browser.get(f"/posts/{cast.keeper_post}/duty-sheet")
    assert "化学实验教学" in browser.text
    await browser.get(f"/posts/{cast.keeper_post}/edit")
    await browser.submit(browser.form("/changes"), line_of_work="")
    assert await fetch_value("SELECT line_of_work FROM post WHERE id = {}", cast.keeper_post) is None


async def test_a_person_leads_to_their_duties_and_whoever_may_to_a_change(cast: Cast, browsers: Browsers) -> None:
    principal = await browsers.of(cast.principal)
    await principal.get(f"/people/{cast.keeper}")
    ways = [href for href, _ in principal.links]
    assert f"/changes/new?person={cast.keeper}" in ways and f"/people/{cast.keeper}/edit" not in ways
    await principal.follow("责任清单")
    assert "安全责任清单" in principal.text and "甄实验" in principal.text
    vice = await browsers.of(cast.vice_head)
    await vice.get(f"/people/{cast.keeper}")
    assert "登记变动" not in vice.text


@pytest.mark.parametrize("wanted", ["/coverage", "//elsewhere.example/x", ""])
async def test_after_appointing_one_is_back_where_one_came_from(cast: Cast, browsers: Browsers, wanted: str) -> None:
    browser = await browsers.of(cast.safety)
    await browser.get(f"/posts/{cast.keeper_post}/appoint?next={wanted}")
    answer = await browser.submit(browser.form("/appointments"))
    assert answer.status_code == 422
    answer = await browser.submit(browser.form("/appointments"), new_name="甄新来", held_as="holder")
    went = {"/coverage": "/coverage", "": f"/posts/{cast.keeper_post}"}.get(wanted, "/")
    assert answer.url.path == went and "指定好了：甄新来。" in browser.text
