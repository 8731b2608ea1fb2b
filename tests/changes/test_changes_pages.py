"""The wizard and its pages as people walk them: plain, without a script, and refused where it should be."""

import re
from datetime import timedelta
from typing import Any

from portal.changes.rules import Change, Giving, Plan, Taking, Then
from portal.changes.services import enter_change
from portal.core.actors import SYSTEM
from portal.core.clock import today
from portal.core.database import fetch_column, fetch_value
from portal.hazards.services import Report, report_hazard
from portal.responsibilities.rules import Mark
from portal.responsibilities.services import Marking, seed_duties, set_mark
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock


async def held_by(person_id: int) -> list[int]:
    return await fetch_column(
        "SELECT id FROM appointment WHERE person_id = {} AND ends_at IS NULL ORDER BY id", person_id
    )


async def plan_of(cast: Cast, to: int | None) -> Plan:
    then = Then.HOLDER if to else Then.NOBODY
    gives = tuple(Giving(one, then, to) for one in await held_by(cast.keeper))
    return Plan(Change.LEAVING, cast.keeper, today(), today() + timedelta(days=2), gives=gives)


async def test_the_wizard_is_walked_by_links_and_forms(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await browser.get("/changes")
    await browser.follow("登记变动")
    await browser.follow("离开")
    await browser.follow("甄实验")
    form = browser.form("/changes/new")
    one, two = await held_by(cast.keeper)
    day = (today() + timedelta(days=2)).isoformat()
    wants: dict[str, Any] = {
        "handover_on": day, f"give-{one}": "holder", f"give_to-{one}": str(cast.nobody), f"give-{two}": "nobody",
        "note": "调任",
    }  # fmt: skip
    seen = await browser.submit(form, **wants)
    assert seen.status_code == 200 and await fetch_value("SELECT count(*) FROM personnel_change") == 0
    assert "甄无岗 负责" in browser.text and "2 个岗位" in browser.text and "空缺" in browser.text
    sent = browser.form("/changes")
    done = await browser.submit(sent)
    assert done.status_code == 200 and "还可以撤销" in browser.text and "登记好了" in browser.text
    again = await browser.submit(sent)  # the same form once more is the same change (TR6)
    assert again.url == done.url and await fetch_value("SELECT count(*) FROM personnel_change") == 1
    await browser.get("/changes")
    assert "离开：甄实验" in browser.text and "剩" in browser.text
    await browser.follow("离开：甄实验")
    undone = await browser.submit(browser.form("/undo"))
    assert undone.status_code == 200 and "已经撤销" in browser.text
    assert len(await held_by(cast.keeper)) == 2


async def test_a_successor_is_found_by_a_few_letters(cast: Cast, browsers: Browsers) -> None:
    """No list of the whole school: a name is typed; several who fit are offered, and what was typed stays."""
    browser = await browsers.of(cast.safety)
    await browser.get(f"/changes/new?kind=leaving&person={cast.keeper}")
    one, two = await held_by(cast.keeper)
    form = browser.form("/changes/new")
    form_page = browser.page.text
    assert "<select" not in form_page and '<datalist id="staff">' in form_page
    assert '<option value="甄图书 图书室 ' in form_page, "whoever is offered is told apart by place and post"
    day = (today() + timedelta(days=2)).isoformat()
    wants = {"handover_on": day, f"give-{one}": "holder", f"give-{two}": "nobody", "note": "调任"}
    several = await browser.submit(form, **wants, **{f"give_who-{one}": "甄"})
    assert several.status_code == 422 and "不止一个人对得上" in several.text and "调任" in several.text
    assert f'name="give_to-{one}" value="{cast.chief}"' in several.text
    chosen = await browser.submit(browser.form("/changes/new"), **{f"give_to-{one}": str(cast.chief)})
    assert chosen.status_code == 200 and "甄楼长 负责" in browser.text
    await browser.follow("回去改")
    nobody = await browser.submit(browser.form("/changes/new"), **{f"give_who-{one}": "没有这个人"})
    assert nobody.status_code == 422 and "没有找到这个人" in nobody.text and "没有这个人" in nobody.text
    exactly = await browser.submit(browser.form("/changes/new"), **{f"give_who-{one}": "图书室"})
    assert exactly.status_code == 200 and "甄图书 负责" in browser.text, "by the place that they keep"
    done = await browser.submit(browser.form("/changes"))
    assert done.status_code == 200 and "登记好了" in browser.text
    held = "SELECT person_id FROM appointment WHERE post_id = {} AND ends_at IS NULL"
    post = await fetch_value("SELECT post_id FROM appointment WHERE id = {}", one)
    assert await fetch_column(held, post) == [cast.sibling_keeper]


async def test_what_was_typed_stays_when_it_is_refused(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.principal)
    one, two = await held_by(cast.keeper)
    query = {
        "kind": "leaving", "person": str(cast.keeper), "handover_on": (today() - timedelta(days=1)).isoformat(),
        f"give-{one}": "nobody", f"give-{two}": "holder", f"give_to-{two}": str(cast.leader), "step": "check",
        "note": "调任",
    }  # fmt: skip
    answer = await browser.client.get("/changes/new", params=query)
    assert answer.status_code == 422 and "最早是今天" in answer.text and "调任" in answer.text
    browser._take(answer)
    token = browser.form("/sign-out").fields["_csrf_token"][0]
    refused = await browser.client.post(
        "/changes", data={**query, "_csrf_token": token}, headers={"Origin": browser.origin}
    )
    assert refused.status_code == 422 and "调任" in refused.text
    forgotten = {**query, "handover_on": today().isoformat()}
    del forgotten[f"give-{one}"]
    answer = await browser.client.get("/changes/new", params=forgotten)
    assert answer.status_code == 422 and "每个岗位都要选" in answer.text


async def test_somebody_new_is_entered_with_a_post(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.principal)
    await browser.get(f"/changes/new?take-0={cast.keeper_post}")
    await browser.follow("新来")
    named = next(form for form in browser.forms if "name" in form.fields)
    await browser.submit(named, name="王新来")
    await browser.submit(browser.form("/changes/new"), **{"take-0": str(cast.keeper_post), "take_as-0": "replace"})
    assert "甄实验" in browser.text and "王新来 负责" in browser.text
    await browser.submit(browser.form("/changes"))
    assert await fetch_value("SELECT count(*) FROM person WHERE name = '王新来'") == 1
    [sheet] = await fetch_column("SELECT id FROM handover_sheet")
    giver = await browsers.of(cast.keeper)
    await giver.get("/handovers")
    await giver.follow("化学实验室(东)")
    await giver.submit(giver.form(f"/handovers/{sheet}/lines"), keys="两把\n柜子一把")
    assert "记下了" in giver.text
    await giver.submit(giver.form(f"/handovers/{sheet}/confirmations"))
    assert "已确认" in giver.text and "以后不再变" in giver.text
    stranger = await browsers.of(cast.other_safety)
    assert (await stranger.get(f"/handovers/{sheet}")).status_code == 404


async def test_a_sensitive_card_is_a_number_on_the_sheet(cast: Cast, browsers: Browsers) -> None:
    from portal.core.actors import SYSTEM
    from portal.core.database import execute

    card = await report_hazard(Report(grid_id=cast.room, title="欺凌的事"), by=SYSTEM)
    await execute(
        "UPDATE hazard SET is_restricted = TRUE, responsible_post_id = {} WHERE id = {}", cast.keeper_post, card
    )
    await enter_change(await plan_of(cast, cast.nobody), org_id=cast.school, by=await cast.actor(cast.safety))
    sheet = await fetch_value("SELECT id FROM handover_sheet WHERE post_id = {}", cast.keeper_post)
    browser = await browsers.of(cast.safety)
    page = await browser.get(f"/handovers/{sheet}")
    number = await fetch_value("SELECT number FROM hazard WHERE id = {}", card)
    assert number in page.text and "欺凌" not in page.text
    await browser.submit(browser.form("/sign-out"))
    giver = await browsers.of(cast.keeper)
    await giver.get(f"/handovers/{sheet}")
    await giver.submit(giver.form("/confirmations"))
    frozen = await fetch_value("SELECT frozen FROM handover_sheet WHERE id = {}", sheet)
    assert number in frozen and "欺凌" not in frozen


async def test_pages_ask_little_of_the_database(cast: Cast, browsers: Browsers) -> None:
    from portal.core.database import watchers

    made = await enter_change(await plan_of(cast, cast.nobody), org_id=cast.school, by=await cast.actor(cast.safety))
    browser = await browsers.of(cast.safety)
    sheet = await fetch_value("SELECT id FROM handover_sheet ORDER BY id")
    for path, most in (
        ("/changes", 8), (f"/changes/{made}", 8), (f"/handovers/{sheet}", 9), ("/changes/new?kind=leaving", 7),
        (f"/changes/new?kind=moving&person={cast.chief}", 9),
    ):  # fmt: skip
        await browser.get(path)
        count: list[str] = []
        watchers.append(count.append)
        assert (await browser.get(path)).status_code == 200
        watchers.remove(count.append)
        assert len(count) <= most, (path, len(count), count)


async def test_report_and_sheet_come_as_paper(cast: Cast, browsers: Browsers, clock: MovingClock) -> None:
    made = await enter_change(await plan_of(cast, cast.nobody), org_id=cast.school, by=await cast.actor(cast.safety))
    sheet = await fetch_value("SELECT id FROM handover_sheet ORDER BY id")
    browser = await browsers.of(cast.safety)
    for path in (f"/changes/{made}/report.pdf", f"/handovers/{sheet}/sheet.pdf"):
        answer = await browser.client.get(path)
        assert answer.status_code in (200, 503)  # 503: this machine has no pango
        if answer.status_code == 200:
            assert answer.content.startswith(b"%PDF")
            assert answer.headers["content-disposition"].startswith("inline; ")
    await browser.get(f"/changes/{made}")
    await browser.submit(browser.form("/reports"), told_on=today().isoformat())
    assert "报给教育局" in browser.text and "还没有报备" not in browser.text


async def test_a_school_year_is_reviewed_and_applied(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.principal)
    await browser.get("/school-years")
    await browser.submit(browser.form("/school-years"), name="2027 学年", handover_on=today().isoformat())
    assert "高一1班" in browser.text and "高二1班" in str(browser.page.text if browser.page else "")
    review = browser.form("/reviews")
    await browser.submit(review, **{f"becomes-{cast.school_class}": "高二甲班", "fresh": "高一1班\n高一2班"})
    assert "高二甲班" in (browser.page.text if browser.page else "")
    await browser.submit(browser.form("/applications"))
    assert "已登记，到日子一起生效" in browser.text
    await browser.submit(browser.form("/undo"))
    assert "已撤销" in browser.text


async def test_the_report_names_whom_somebody_acts_for(cast: Cast, browsers: Browsers) -> None:
    take = Taking(cast.keeper_post, "acting")
    plan = Plan(Change.ACTING, cast.nobody, today(), today(), takes=(take,), last_day=today() + timedelta(days=9))
    made = await enter_change(plan, org_id=cast.school, by=await cast.actor(cast.safety))
    beside = Plan(Change.MOVING, cast.teacher, today(), today(), takes=(Taking(cast.keeper_post, "deputy"),))
    beside_id = await enter_change(beside, org_id=cast.school, by=await cast.actor(cast.safety))
    browser = await browsers.of(cast.safety)
    await browser.get(f"/changes/{made}/report")
    assert "（不变）" not in browser.text and "甄实验" in browser.text and "甄无岗 代理" in browser.text
    await browser.get(f"/changes/{beside_id}/report")
    assert "甄实验、" in browser.text, "whoever was there stays"


async def test_the_wizard_says_what_goes_over_with_the_posts(cast: Cast, browsers: Browsers) -> None:
    await seed_duties()
    await set_mark(cast.room, Marking("", cast.keeper_post, Mark.MAIN), by=SYSTEM)
    browser = await browsers.of(cast.safety)
    one, two = await held_by(cast.keeper)
    query = {
        "kind": "leaving", "person": str(cast.keeper), "handover_on": today().isoformat(), "step": "check",
        f"give-{one}": "nobody", f"give-{two}": "nobody",
    }  # fmt: skip
    answer = await browser.client.get("/changes/new", params=query)
    assert re.search(r"[1-9]\d* 条安全职责跟着岗位走", answer.text) and "责任矩阵里 1 格跟着岗位走" in answer.text
