"""Who is named for the sensitive cards, and how many cards a column should hold."""

import pytest

from portal.core.database import fetch_value
from tests.cast import Cast
from tests.conftest import Browsers
from tests.hazards import stories


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
async def test_the_principal_names_somebody_and_ends_it(browsers: Browsers, cast: Cast, htmx: bool) -> None:
    await stories.reported(cast, title="课间推搡", category=await stories.category("bully"))
    safety = await browsers.of(cast.safety, htmx=htmx)
    await safety.get(f"/grids/{cast.school}/board")
    assert "课间推搡" not in safety.text
    principal = await browsers.of(cast.principal, htmx=htmx)
    await principal.get("/admin/viewers")
    assert "还没有指定人" in principal.text
    assert "欺凌" in principal.text
    answer = await principal.submit(principal.form("/admin/viewers"), person="")
    assert answer.status_code == 422
    assert "选一个人" in principal.text
    answer = await principal.submit(principal.form("/admin/viewers"), person=str(cast.safety))
    assert answer.status_code == 200
    assert "甄安全" in principal.text
    await safety.get(f"/grids/{cast.school}/board")
    assert "课间推搡" in safety.text
    await principal.submit(principal.form(f"/admin/viewers/{cast.safety}/end"))
    assert "以前看得到的人" in principal.text
    await safety.get(f"/grids/{cast.school}/board")
    assert "课间推搡" not in safety.text
    assert await fetch_value("SELECT count(*) FROM event WHERE kind LIKE 'hazard.viewer_%'") == 2


async def test_the_safety_officer_looks_but_does_not_name(browsers: Browsers, cast: Cast) -> None:
    browser = await browsers.of(cast.safety)
    await browser.get("/admin/viewers")
    assert "由校长来做" in browser.text
    assert not [form for form in browser.forms if "/admin/viewers" in form.action]
    token = browser.forms[0].fields["_csrf_token"]
    answer = await browser.post("/admin/viewers", data={"person": str(cast.safety), "_csrf_token": token})
    assert answer.status_code == 403
    teacher = await browsers.of(cast.teacher)
    assert (await teacher.get("/admin/viewers")).status_code == 403


async def test_nobody_names_people_of_another_school(browsers: Browsers, cast: Cast) -> None:
    browser = await browsers.of(cast.other_principal)
    await browser.get("/admin/viewers")
    form = browser.form("/admin/viewers")
    for person in (cast.safety, cast.monitor, 99_999):
        answer = await browser.submit(form, person=str(person))
        assert answer.status_code == 404
    answer = await browser.post(f"/admin/viewers/{cast.safety}/end", data={"_csrf_token": form.fields["_csrf_token"]})
    assert answer.status_code == 404
    assert await fetch_value("SELECT count(*) FROM restricted_viewer") == 0


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
async def test_limits_are_set_by_those_who_may_and_shown_on_the_board(
    browsers: Browsers, cast: Cast, htmx: bool
) -> None:
    here = f"/grids/{cast.building}/limits"
    browser = await browsers.of(cast.safety, htmx=htmx)
    await browser.get(here)
    answer = await browser.submit(browser.form("/limits"), most_rectifying="x")
    assert answer.status_code == 422
    assert "写 0 到 999 的整数" in browser.text
    assert browser.form("/limits").fields["most_rectifying"] == ["x"], "what was typed is kept"
    answer = await browser.submit(browser.form("/limits"), most_rectifying="4", hard_rectifying="1")
    assert answer.status_code == 200
    form = browser.form("/limits")
    assert (form.fields["most_rectifying"], form.fields["hard_rectifying"]) == (["4"], ["1"])
    await browser.submit(form)
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'board.limit_set'") == 1
    chief = await browsers.of(cast.chief, htmx=htmx)
    assert (await chief.get(here)).status_code == 403
    await chief.get(f"/grids/{cast.building}/board")
    assert "每个责任人最多 4 条" in chief.text
    stranger = await browsers.of(cast.other_safety, htmx=htmx)
    assert (await stranger.get(here)).status_code == 404
    await stranger.get(f"/grids/{cast.other_building}/limits")
    token = stranger.form("/limits").fields["_csrf_token"]
    answer = await stranger.post(here, data={"most_rectifying": "9", "_csrf_token": token})
    assert answer.status_code == 404
    await browser.get(here)
    await browser.submit(browser.form("/limits"), most_recheck="4")
    await browser.get(f"/grids/{cast.building}/board")
    assert [text.split()[:3] for href, text in browser.links if href == here] == [["上限"], ["0", "/", "4"]]
    await chief.get(f"/grids/{cast.building}/board")
    assert "0 / 4" in chief.text
    assert here not in [href for href, _ in chief.links]
    await browser.get(here)
    await browser.submit(browser.form("/limits"), most_rectifying="", most_recheck="")
    assert await fetch_value("SELECT count(*) FROM board_limit") == 0
