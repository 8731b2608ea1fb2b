"""The pages of the plan as people use them: a browser without scripts, and htmx."""

from datetime import date, timedelta

import pytest

from portal.audit.rules import stamp
from portal.core.clock import now
from portal.core.database import fetch_column, fetch_value, watchers
from portal.duty.planning.queries import slot_row
from portal.duty.planning.services import NewPeriod, NewSlot, change_slot, make_period, make_role, set_day
from portal.duty.queries import plan_of
from portal.duty.rules import DayKind
from portal.duty.services import NewShift, add_shift, adopt_proposal, seed_calendar, seed_duty_words
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
TOMORROW = TODAY + DAY


@pytest.fixture
async def empty(cast: Cast, browsers: Browsers) -> Browsers:
    await seed_duty_words()
    await seed_calendar()
    return browsers


@pytest.fixture
async def plan(empty: Browsers, cast: Cast) -> Browsers:
    await adopt_proposal(cast.school, by=await cast.actor(cast.safety))
    return empty


async def area_of(cast: Cast, name: str) -> int:
    return int(await fetch_value("SELECT id FROM duty_area WHERE org_id = {} AND name = {}", cast.school, name))


def url(browser: Browser) -> str:
    assert browser.page is not None
    return str(browser.page.url)


@pytest.mark.parametrize("htmx", [False, True])
async def test_an_empty_school_looks_at_the_proposal_and_takes_it(empty: Browsers, cast: Cast, htmx: bool) -> None:
    browser = await empty.of(cast.safety, htmx=htmx)
    await browser.get("/duty/plan")
    assert "6 个区域加全校带班" in browser.text
    assert "夜间守门" in browser.text
    assert await fetch_value("SELECT count(*) FROM duty_slot") == 0
    await browser.submit(browser.form("/duty/plan/proposal"))
    assert "00:00–24:00 无空档" in browser.text
    assert await fetch_value("SELECT count(*) FROM duty_slot") == 160
    answer = await browser.post(
        "/duty/plan/proposal", data={"_csrf_token": await token(browser), "org": str(cast.school)}
    )
    assert answer.status_code == 422
    assert "已经有区域" in browser.text


async def token(browser: Browser) -> str:
    await browser.get("/duty/plan/words")
    return browser.form("/duty/plan/roles").fields["_csrf_token"][0]


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_slot_is_changed_from_tomorrow_on_and_its_hole_is_named(plan: Browsers, cast: Cast, htmx: bool) -> None:
    browser, gate = await plan.of(cast.safety, htmx=htmx), await area_of(cast, "校门")
    await browser.get(f"/duty/plan/areas/{gate}?kind=school_day")
    slot_id = await fetch_value(
        "SELECT id FROM duty_slot WHERE area_id = {} AND day_kind = 'school_day' AND from_minute = 0", gate
    )
    await browser.get(f"/duty/plan/slots/{slot_id}")
    form = browser.form(f"/duty/plan/slots/{slot_id}/changes")
    answer = await browser.submit(form, ends="05:45", name="夜里守门", starts="8点")
    assert answer.status_code == 422
    assert "写成 08:00 这样" in browser.text
    form = browser.form(f"/duty/plan/slots/{slot_id}/changes")
    assert (form.fields["name"], form.fields["ends"]) == (["夜里守门"], ["05:45"])
    await browser.submit(form, starts="0:00")
    assert f"on={TOMORROW}" in url(browser)
    assert "空档 05:45–06:30" in browser.text
    await browser.get(f"/duty/plan/areas/{gate}?kind=school_day")
    assert "00:00–24:00 无空档" in browser.text
    await browser.get(f"/duty/plan?on={TOMORROW}")
    assert "1 处有空档" not in browser.text
    assert "3 处有空档" in browser.text, "make-up and exam days take the school day's slots"


async def test_whoever_was_slower_sees_what_stands_now(plan: Browsers, cast: Cast) -> None:
    browser, gate = await plan.of(cast.safety), await area_of(cast, "校门")
    slot_id = int(await fetch_value("SELECT min(id) FROM duty_slot WHERE area_id = {}", gate))
    await browser.get(f"/duty/plan/slots/{slot_id}")
    form = browser.form(f"/duty/plan/slots/{slot_id}/changes")
    by = await cast.actor(cast.principal)
    row = await slot_row(slot_id, by=by)
    wish = NewSlot(row.role, row.from_minute, row.to_minute, 7, row.name, row.name_en, TODAY)
    await change_slot(slot_id, wish, version=1, by=by)
    answer = await browser.submit(form, people="5", name="另一个名称")
    assert answer.status_code == 409
    assert "甄校长" in browser.text
    assert "7 人" in browser.text
    form = browser.form(f"/duty/plan/slots/{slot_id}/changes")
    assert (form.fields["people"], form.fields["name"]) == (["5"], ["另一个名称"])
    assert (await browser.submit(form)).status_code == 200


async def test_todays_slot_of_a_manned_lane_changes_from_tomorrow(plan: Browsers, cast: Cast) -> None:
    browser, gate = await plan.of(cast.safety), await area_of(cast, "校门")
    by = await cast.actor(cast.safety)
    found = await plan_of(cast.school)
    line = next(slot.line for slot in found.slots if slot.area_id == gate and slot.role == "guard")
    hour = timedelta(hours=1)
    await add_shift(cast.school, NewShift(line, now() + hour, now() + 2 * hour, cast.keeper), by=by)
    slot_id = await fetch_value("SELECT min(id) FROM duty_slot WHERE area_id = {} AND role = 'guard'", gate)
    await browser.get(f"/duty/plan/slots/{slot_id}")
    answer = await browser.submit(browser.form(f"/duty/plan/slots/{slot_id}/endings"), first_day=TODAY.isoformat())
    assert answer.status_code == 422
    assert "从明天起改" in browser.text
    answer = await browser.submit(browser.form(f"/duty/plan/slots/{slot_id}/endings"), first_day=TOMORROW.isoformat())
    assert answer.status_code == 200
    assert "不再要人" in browser.text


async def test_a_kind_that_inherits_is_copied_before_it_is_changed(plan: Browsers, cast: Cast) -> None:
    browser, gate = await plan.of(cast.safety), await area_of(cast, "校门")
    await browser.get(f"/duty/plan/areas/{gate}?kind=makeup")
    assert "照上课日" in browser.text
    form = browser.form("/duty/plan/copies")
    answer = await browser.submit(form, from_kind="")
    assert answer.status_code == 422
    await browser.submit(browser.form("/duty/plan/copies"), from_kind="school_day")
    assert "抄好了 9 个时段" in browser.text
    answer = await browser.submit(form, from_kind="weekend")
    assert answer.status_code == 409
    await browser.get(f"/duty/plan/slots/new?area={gate}&kind=exam_day")
    assert "现在照上课日" in browser.text
    form = browser.form("/duty/plan/slots")
    await browser.submit(form, name="考试清场", starts="07:00", ends="08:00", role="guard", people="2")
    assert "空档 00:00–07:00、08:00–24:00" in browser.text


async def test_an_area_is_made_renamed_and_ended(plan: Browsers, cast: Cast) -> None:
    browser = await plan.of(cast.safety)
    await browser.get("/duty/plan/areas/new")
    assert (await browser.submit(browser.form("/duty/plan/areas"), name="校门")).status_code == 422
    await browser.submit(browser.form("/duty/plan/areas"), name="实验楼", grid=str(cast.building))
    made = await area_of(cast, "实验楼")
    assert "没有时段" in browser.text
    stale = browser.form(f"/duty/plan/areas/{made}/changes")
    await browser.submit(stale, name="理化楼")
    assert "改好了：理化楼" in browser.text
    answer = await browser.submit(stale, name="生物楼")
    assert answer.status_code == 409
    assert "理化楼" in browser.text
    assert browser.form(f"/duty/plan/areas/{made}/changes").fields["name"] == ["生物楼"]
    await browser.get(f"/duty/plan/areas/{made}/end")
    assert "0 班，一班一班撤下" in browser.text
    await browser.submit(browser.form(f"/duty/plan/areas/{made}/endings"))
    assert "理化楼到今天为止" in browser.text
    assert (await browser.get(f"/duty/plan/areas/{made}")).status_code == 404


async def test_the_calendar_says_what_each_day_is_and_why(plan: Browsers, cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    await make_period(cast.school, NewPeriod("key", "两会", TOMORROW, TOMORROW + DAY, 2), by=by)
    await set_day(cast.school, TOMORROW, DayKind.HOLIDAY, "台风停课", was="", by=by)
    browser = await plan.of(cast.safety)
    await browser.get("/duty/plan/calendar")
    assert browser.page is not None
    html = browser.page.text
    assert "11月24日 周二，放假，本校定的：台风停课" in html
    assert "10月1日 周四，放假，国家放假：国庆节" in html
    assert "10月10日 周六，调休上课，国家调休" in html
    assert "2027 年的放假安排还没公布" in browser.text
    assert "每个时段加 2 人" in browser.text
    for year in ("2020", "2024", "2031", "2098", "1999", "x"):
        assert (await browser.get(f"/duty/plan/calendar?year={year}")).status_code == 200


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_day_is_entered_and_taken_back(plan: Browsers, cast: Cast, htmx: bool) -> None:
    browser, day = await plan.of(cast.safety, htmx=htmx), TODAY + 5 * DAY
    await browser.get(f"/duty/plan/calendar?day={day}")
    assert "隐患的整改期限" in browser.text
    stale = browser.form("/duty/plan/days")
    answer = await browser.submit(stale, kind="makeup", name="")
    assert answer.status_code == 422
    assert "写一句为什么" in browser.text
    form = browser.form("/duty/plan/days")
    assert form.fields["kind"] == ["makeup"]
    await browser.submit(form, name="运动会调休")
    assert "本校定的：运动会调休" in browser.text
    answer = await browser.submit(stale, kind="holiday", name="别的")
    assert answer.status_code == 409
    form = browser.form("/duty/plan/days")
    assert form.fields["name"] == ["别的"]
    await browser.get(f"/duty/plan/calendar?day={day}")
    form = browser.form("/duty/plan/days")
    await browser.submit(form, do="clear")
    assert await fetch_value("SELECT count(*) FROM calendar_day WHERE org_id IS NOT NULL") == 0
    await browser.get(f"/duty/plan/calendar?day={TODAY - DAY}")
    assert not [form for form in browser.forms if form.action == "/duty/plan/days"]


async def test_a_period_is_made_changed_and_ended(plan: Browsers, cast: Cast) -> None:
    browser = await plan.of(cast.safety)
    await browser.get("/duty/plan/periods/new")
    form = browser.form("/duty/plan/periods")
    answer = await browser.submit(form, kind="key", name="重点", first_day="2026-12-05", last_day="2026-12-01")
    assert answer.status_code == 422
    assert "写每个时段加几个人" in browser.text
    form = browser.form("/duty/plan/periods")
    answer = await browser.submit(form, raise_by="2")
    assert answer.status_code == 422
    assert "最后一天在第一天之前" in browser.text
    await browser.submit(browser.form("/duty/plan/periods"), last_day="2026-12-09")
    period = int(await fetch_value("SELECT max(id) FROM duty_period"))
    await browser.get(f"/duty/plan/periods/{period}")
    stale = browser.form(f"/duty/plan/periods/{period}/changes")
    await browser.submit(stale, name="两会")
    answer = await browser.submit(stale, name="又一个")
    assert answer.status_code == 409
    assert "两会" in browser.text
    await browser.get(f"/duty/plan/periods/{period}")
    await browser.submit(browser.form(f"/duty/plan/periods/{period}/endings"))
    assert "结束了：两会" in browser.text
    assert (await browser.get(f"/duty/plan/periods/{period}")).status_code == 404


async def test_a_fallback_is_put_down_and_ended(plan: Browsers, cast: Cast) -> None:
    browser = await plan.of(cast.principal)
    await browser.get("/duty/plan/fallbacks")
    assert "还没有人兜底" in browser.text
    form = browser.form("/duty/plan/fallbacks")
    answer = await browser.submit(form, lane=":leader", person=str(cast.teacher))
    assert answer.status_code == 422
    assert "不是一直有可以带班的岗位" in browser.text
    form = browser.form("/duty/plan/fallbacks")
    assert (form.fields["lane"], form.fields["person"]) == ([":leader"], [str(cast.teacher)])
    last = (TODAY + 6 * DAY).isoformat()
    await browser.submit(form, person=str(cast.vice_head), last_day=last)
    assert "快到期" in browser.text
    assert "续" in [text.split()[0] for _, text in browser.links if text]
    fallback = int(await fetch_value("SELECT max(id) FROM duty_fallback"))
    ending = browser.form(f"/duty/plan/fallbacks/{fallback}/endings")
    assert ending.fields["until"] == [stamp(await fetch_value("SELECT ends_at FROM duty_fallback"))]
    await browser.submit(ending)
    assert "结束了：甄副校" in browser.text
    answer = await browser.submit(ending)
    assert answer.status_code == 409


async def test_words_of_ones_own_are_made_renamed_and_removed(plan: Browsers, cast: Cast) -> None:
    browser = await plan.of(cast.safety)
    await browser.get("/duty/plan/words")
    assert (await browser.submit(browser.form("/duty/plan/roles"), role_name="护学岗")).status_code == 422
    assert browser.form("/duty/plan/roles").fields["role_name"] == ["护学岗"]
    await browser.submit(browser.form("/duty/plan/roles"), role_kind="security")
    await browser.submit(browser.form("/duty/plan/kinds"), kind_name="军训", inherits="school_day")
    [role] = await fetch_column("SELECT id FROM duty_role WHERE org_id IS NOT NULL")
    [kind] = await fetch_column("SELECT id FROM duty_day_kind WHERE org_id IS NOT NULL")
    await browser.get(f"/duty/plan/roles/{role}")
    stale = browser.form(f"/duty/plan/roles/{role}/changes")
    await browser.submit(stale, name="护学员")
    assert (await browser.submit(stale, name="护学队")).status_code == 409
    await browser.get(f"/duty/plan/kinds/{kind}")
    await browser.submit(browser.form(f"/duty/plan/kinds/{kind}/changes"), name="军训周")
    assert "军训周" in browser.text
    for path in (f"/duty/plan/roles/{role}", f"/duty/plan/kinds/{kind}"):
        await browser.get(path)
        await browser.submit(browser.form(f"{path}/removals"))
        assert "删掉了" in browser.text
    assert await fetch_value("SELECT count(*) FROM duty_role WHERE org_id IS NOT NULL") == 0


async def test_a_teacher_and_the_other_school_see_no_plan(plan: Browsers, cast: Cast) -> None:
    gate = await area_of(cast, "校门")
    by = await cast.actor(cast.safety)
    slot_id = await fetch_value("SELECT min(id) FROM duty_slot WHERE area_id = {}", gate)
    period = await make_period(cast.school, NewPeriod("term", "秋", TODAY, TODAY + DAY), by=by)
    role = await make_role(cast.school, "护学岗", "", "teacher", by=by)
    teacher = await plan.of(cast.teacher)
    assert (await teacher.get("/duty/plan")).status_code == 403
    for who in (cast.other_safety, cast.bureau_officer):
        stranger = await plan.of(who)
        paths = [
            (f"/duty/plan/areas/{gate}", "/duty/plan/areas/99999"), (f"/duty/plan/slots/{slot_id}", "/duty/plan/slots/99999"),
            (f"/duty/plan/periods/{period}", "/duty/plan/periods/99999"), (f"/duty/plan/roles/{role}", "/duty/plan/roles/99999"),
            (f"/duty/plan?org={cast.school}", "/duty/plan?org=99999"),
            (f"/duty/plan/calendar?org={cast.school}", "/duty/plan/calendar?org=99999"),
            (f"/duty/plan/slots/new?area={gate}", "/duty/plan/slots/new?area=99999"),
        ]  # fmt: skip
        for path, missing in paths:
            foreign, nothing = await stranger.get(path), await stranger.get(missing)
            assert (foreign.status_code, nothing.status_code) == (404, 404), path
            assert foreign.text.replace(path.split("?")[0], "") == nothing.text.replace(missing.split("?")[0], "")


@pytest.mark.parametrize(
    ("path", "most"),
    [("/duty/plan", 1), ("/duty/plan/school", 1), ("/duty/plan/calendar?day=2026-12-24", 3), ("/duty/plan/fallbacks", 3),
     ("/duty/plan/words", 2), ("/duty/plan/periods/new", 1), ("/duty/plan/slots/new", 1), ("/duty/plan/areas/new", 2)],
)  # fmt: skip
async def test_each_page_takes_few_statements_whatever_the_size(
    plan: Browsers, cast: Cast, path: str, most: int
) -> None:
    browser = await plan.of(cast.safety)
    await browser.get(path)
    seen: list[str] = []
    watchers.append(seen.append)
    try:
        assert (await browser.get(path)).status_code == 200
    finally:
        watchers.remove(seen.append)
    assert len(seen) <= most, seen


async def test_the_plan_speaks_english_where_it_has_the_words(plan: Browsers, cast: Cast) -> None:
    browser = await plan.of(cast.safety)
    await browser.get("/duty/plan")
    await browser.submit(browser.form("/language"), language="en")
    await browser.get("/duty/plan")
    assert "Fire control room" in browser.text
    assert "School day" in browser.text


async def test_a_report_is_asked_for_with_a_tick(plan: Browsers, cast: Cast) -> None:
    browser, gate = await plan.of(cast.safety), await area_of(cast, "校门")
    slot_id = int(await fetch_value("SELECT min(id) FROM duty_slot WHERE area_id = {}", gate))
    await browser.get(f"/duty/plan/slots/{slot_id}")
    form = browser.form(f"/duty/plan/slots/{slot_id}/changes")
    answer = await browser.submit(form, asks_report="1", people="0")
    assert answer.status_code == 422
    assert 'name="asks_report" value="1" checked' in answer.text, "what was ticked stays"
    await browser.submit(browser.form(f"/duty/plan/slots/{slot_id}/changes"), people="1")
    assert "，要零报告" in browser.text
    now_id = int(await fetch_value("SELECT max(id) FROM duty_slot WHERE area_id = {} AND asks_report", gate))
    answer = await browser.get(f"/duty/plan/slots/{now_id}")
    assert 'name="asks_report" value="1" checked' in answer.text
