"""The page of who leads, as people use it."""

from datetime import timedelta

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now, start_of_day, today
from portal.core.database import execute, fetch_value, watchers
from portal.duty import labels
from portal.duty.queries import leader_at, leading_now
from portal.duty.routes import ROUTES
from portal.duty.services import seed_calendar, set_duty_leader
from portal.grids.services import make_organisation
from portal.web.labels import FLASHES, REFUSALS
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers


@pytest.fixture
async def duty(browsers: Browsers, monkeypatch: pytest.MonkeyPatch) -> Browsers:
    """The application with the duty room in it, whether or not `app.py` has it yet."""
    if not any(route.path == "/duty" for route in browsers.app.routes):
        for route in ROUTES:
            browsers.app.register(route)
    for register, words in ((FLASHES, labels.FLASHES), (REFUSALS, labels.REFUSALS)):
        for code, sentence in words.items():
            monkeypatch.setitem(register, code, sentence)
    await seed_calendar()
    return browsers


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_narrow_vice_head_is_told_who_can_put_them_down(duty: Browsers, cast: Cast, htmx: bool) -> None:
    await execute("UPDATE post SET scope_grid_id = {} WHERE role = 'vice_head'", cast.office)
    browser = await duty.of(cast.vice_head, htmx=htmx)
    await browser.get("/duty/leaders")
    form = browser.form("/duty/leaders")
    answer = await browser.submit(form, day=today().isoformat(), person=str(cast.vice_head))
    assert answer.status_code == 422
    assert "请另一位能排班的人来排" in browser.text
    assert browser.form("/duty/leaders").fields["person"] == [str(cast.vice_head)]


@pytest.mark.parametrize("htmx", [False, True])
async def test_the_principal_closes_todays_gap(duty: Browsers, cast: Cast, htmx: bool) -> None:
    browser = await duty.of(cast.principal, htmx=htmx)
    await browser.get("/duty/leaders")
    assert "现在没有人带班" in browser.text
    assert "14 天缺人" in browser.text
    await browser.follow("指派人")
    form = browser.form("/duty/leaders")
    assert form.fields["day"] == [today().isoformat()]
    answer = await browser.submit(form, person=str(cast.vice_head))
    assert answer.status_code == 200
    assert "甄副校" in browser.text
    assert "13 天缺人" in browser.text
    found = await leader_at(cast.school, at=now())
    assert found is not None
    assert found.leader_id == cast.vice_head
    if not htmx:
        assert "排好了：今天" in browser.text


async def test_the_leader_can_be_taken_away_again(duty: Browsers, cast: Cast) -> None:
    await set_duty_leader(cast.school, cast.vice_head, [today()], by=await cast.actor(cast.principal))
    browser = await duty.of(cast.principal)
    await browser.get("/duty/leaders")
    await browser.submit(browser.form("/duty/leaders"), day=today().isoformat(), person="none")
    assert "撤下了" in browser.text
    assert await leader_at(cast.school, at=now()) is None


async def test_a_form_with_errors_keeps_what_was_chosen(duty: Browsers, cast: Cast) -> None:
    browser = await duty.of(cast.principal)
    await browser.get("/duty/leaders")
    day = (today() + timedelta(days=3)).isoformat()
    answer = await browser.submit(browser.form("/duty/leaders"), day=day, person="")
    assert answer.status_code == 422
    assert "选一个人" in browser.text
    assert browser.form("/duty/leaders").fields["day"] == [day]
    answer = await browser.submit(browser.form("/duty/leaders"), day=day, person=str(cast.teacher))
    assert answer.status_code == 422
    assert "没有可以带班的岗位" in browser.text
    past = (today() - timedelta(days=1)).isoformat()
    answer = await browser.submit(browser.form("/duty/leaders"), day=past, person=str(cast.vice_head))
    assert answer.status_code == 422
    assert "已经过去" in browser.text
    assert await fetch_value("SELECT count(*) FROM duty_shift") == 0


async def test_a_teacher_sees_who_leads_but_gets_no_form(duty: Browsers, cast: Cast) -> None:
    await set_duty_leader(cast.school, cast.vice_head, [today()], by=await cast.actor(cast.principal))
    browser = await duty.of(cast.teacher)
    await browser.get("/duty/leaders")
    assert "甄副校" in browser.text
    assert "指派人" not in browser.text
    assert not [form for form in browser.forms if "/duty" in form.action]
    principal = await duty.of(cast.principal)
    await principal.get("/duty/leaders")
    forged = {
        **principal.form("/duty/leaders").fields,
        "day": today().isoformat(),
        "person": str(cast.leader),
    }
    token = browser.forms[0].fields["_csrf_token"]
    answer = await browser.post("/duty/leaders", data={**forged, "_csrf_token": token})
    assert answer.status_code == 403


async def test_the_officer_of_the_other_school_sees_nothing(duty: Browsers, cast: Cast) -> None:
    await set_duty_leader(cast.school, cast.vice_head, [today()], by=await cast.actor(cast.principal))
    browser = await duty.of(cast.other_safety)
    assert (await browser.get("/duty/leaders")).status_code == 200
    assert "甄副校" not in browser.text
    form = browser.form("/duty/leaders")
    missing = await browser.get("/duty/leaders?org=99999")
    foreign = await browser.get(f"/duty/leaders?org={cast.school}")
    assert (missing.status_code, foreign.status_code) == (404, 404)
    assert foreign.text == missing.text
    for org in (str(cast.school), "99999", str(cast.building), "x"):
        answer = await browser.submit(form, org=org, day=today().isoformat(), person=str(cast.vice_head))
        assert answer.status_code == 404
    assert await fetch_value("SELECT count(*) FROM duty_shift") == 1


async def test_the_bureau_sees_a_school_and_changes_only_its_own(duty: Browsers, cast: Cast) -> None:
    await set_duty_leader(cast.school, cast.vice_head, [today()], by=await cast.actor(cast.principal))
    browser = await duty.of(cast.bureau_officer)
    await browser.get(f"/duty/leaders?org={cast.school}")
    assert "甄副校" in browser.text
    assert not [form for form in browser.forms if "/duty" in form.action]
    await browser.get("/duty")
    await browser.follow("本局谁带班")
    await browser.submit(browser.form("/duty/leaders"), day=today().isoformat(), person=str(cast.bureau_officer))
    assert browser.page is not None
    assert str(browser.page.url).endswith("/duty/leaders")
    assert "甄局安" in browser.text


async def test_the_bureau_sees_which_school_lacks_a_leader_whatever_their_number(duty: Browsers, cast: Cast) -> None:
    await set_duty_leader(cast.school, cast.vice_head, [today()], by=await cast.actor(cast.principal))
    browser = await duty.of(cast.bureau_officer)
    await browser.get("/duty")
    assert browser.text.index("启智小学") < browser.text.index("明德中学") < browser.text.index("甄副校")
    assert "1 所现在没有人" in browser.text
    assert "往后两周有 13 天没有人带班" in browser.text
    links = [href for href, _ in browser.links]
    assert {f"/duty?org={cast.school}", f"/duty?org={cast.other_school}"} <= set(links)
    few = await _statements(browser)
    await execute("UPDATE organisation SET duty_phone = '0000-8800111' WHERE grid_id = {}", cast.other_school)
    for number in range(5):
        await make_organisation(f"第{number}小学", kind="school", bureau_id=cast.bureau, by=SYSTEM)
    assert await _statements(browser) == few <= 5
    assert "6 所现在没有人" in browser.text
    assert "tel:0000-8800111" in [href for href, _ in browser.links]
    await browser.follow("明德中学")
    assert "甄副校" in browser.text


async def _statements(browser: Browser) -> int:
    """How many statements the page of duty takes."""
    seen: list[str] = []
    watchers.append(seen.append)
    try:
        assert (await browser.get("/duty")).status_code == 200
    finally:
        watchers.remove(seen.append)
    return len(seen)


async def test_the_top_bar_knows_the_leader_the_phone_and_when_to_ask_again(cast: Cast) -> None:
    nobody = await leading_now(cast.school, now())
    assert (nobody.name, nobody.phone, nobody.until) == ("", "", now() + timedelta(days=14))
    await set_duty_leader(cast.school, cast.vice_head, [today()], by=await cast.actor(cast.principal))
    found = await leading_now(cast.school, now())
    assert (found.name, found.phone) == ("甄副校", "13800000000")
    assert found.until == start_of_day(today() + timedelta(days=1))


async def test_a_year_that_is_not_published_is_a_banner(duty: Browsers, cast: Cast) -> None:
    browser = await duty.of(cast.teacher)
    await browser.get("/duty/leaders")
    assert "2027 年的放假安排还没公布" in browser.text
