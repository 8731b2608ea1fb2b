"""The pages of rosters, as people use them: with and without htmx, on a phone's form alone."""

from datetime import date, timedelta

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now, start_of_day
from portal.core.database import execute, fetch_value, insert, watchers
from portal.duty.rostering.rules import Brief, one_team
from portal.duty.rostering.services import draft_roster, publish_roster, redraft_roster
from portal.duty.rules import LEADING, Line
from portal.duty.services import NewShift, add_shift, adopt_proposal, seed_calendar, seed_duty_words
from portal.people.tables import Absence
from tests.cast import Cast
from tests.conftest import Browsers

TUESDAY, WEEK_LATER = date(2026, 11, 24), date(2026, 11, 30)


@pytest.fixture
async def school(cast: Cast, browsers: Browsers) -> Cast:
    await seed_calendar()
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    return cast


async def drafted(cast: Cast, **more: object) -> int:
    people = (cast.principal, cast.vice_head, cast.safety, cast.leader)
    days = {"first_day": TUESDAY, "last_day": WEEK_LATER, **more}
    lines = (LEADING, Line(4, "dormitory"))
    rotas = {"leader": one_team(people), "dormitory": one_team((cast.keeper, cast.teacher, cast.chief))}
    return await draft_roster(cast.school, Brief("一周", lines=lines, rotas=rotas, **days), by=SYSTEM)  # type: ignore[arg-type]


async def published(cast: Cast) -> int:
    roster_id = await drafted(cast)
    await publish_roster(roster_id, version=1, by=SYSTEM)
    return roster_id


@pytest.mark.parametrize("htmx", [False, True])
async def test_the_office_drafts_looks_and_publishes(school: Cast, browsers: Browsers, htmx: bool) -> None:
    browser = await browsers.of(school.safety, htmx=htmx)
    await browser.get("/duty/rosters")
    assert "还没有发布过排班" in browser.text
    await browser.follow("排新的")
    form = browser.form("/duty/rosters")
    assert form.fields["list_leader"][0].split()[0] == "甄校长"
    assert form.fields["list_weekly"][0].strip() == "甄班主"
    lists = {f"list_{role}": "甄实验\n甄图书 周三\n甄楼长 2026-11-25~2026-11-26" for role in ("guard", "dormitory")}
    answer = await browser.submit(form, name="下一周", first_day="2026-11-24", last_day="2026-11-30", **lists)
    assert answer.status_code == 200
    assert "发布会变什么" in browser.text
    assert "缺人" in browser.text  # three people cannot guard five places
    assert "轮到：计" in browser.text
    form = browser.form("/publication")
    await browser.submit(form)
    assert "谁看过" in browser.text
    if not htmx:
        assert "发布了：新排" in browser.text
    state = await fetch_value("SELECT state FROM duty_roster")
    assert state == "published"


async def test_a_list_with_a_name_that_nobody_has_keeps_what_was_typed(school: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(school.safety)
    await browser.get("/duty/rosters/new")
    form = browser.form("/duty/rosters")
    typed = "甄校长\n没有这人\n甄副校 星期八"
    answer = await browser.submit(form, list_leader=typed, list_guard="甄实验 星期八", name="")
    assert answer.status_code == 422
    assert "第 2 行的“没有这人”不在本校教职工里" in browser.text
    assert "第 1 行的“星期八”看不懂" in browser.text
    assert browser.form("/duty/rosters").fields["list_leader"][0].strip() == typed
    assert not await fetch_value("SELECT count(*) FROM duty_roster")


async def test_people_of_the_same_name_are_told_apart(school: Cast, browsers: Browsers) -> None:
    await execute("UPDATE person SET name = '甄实验' WHERE id = {}", school.sibling_keeper)
    browser = await browsers.of(school.safety)
    await browser.get("/duty/rosters/new")
    form = browser.form("/duty/rosters")
    lists = {name: "" for name in form.fields if name.startswith("list_")}
    answer = await browser.submit(form, **(lists | {"list_guard": "甄实验"}))
    assert answer.status_code == 422
    answer = await browser.submit(
        browser.form("/duty/rosters"), **(lists | {"list_guard": f"甄实验#{school.sibling_keeper}"})
    )
    assert answer.status_code == 200
    assert await fetch_value("SELECT count(*) FROM duty_shift WHERE person_id = {}", school.sibling_keeper)


async def test_who_is_in_it_confirms_and_the_office_sees_who_has_not(school: Cast, browsers: Browsers) -> None:
    roster_id = await published(school)
    teacher = await browsers.of(school.teacher)
    await teacher.get("/duty/rosters")
    assert "等你确认看过" in teacher.text
    await teacher.get(f"/duty/rosters/{roster_id}")
    assert "你计" in teacher.text
    assert "甄实验" not in teacher.text  # no numbers of others, no league table
    assert "公平不公平" not in teacher.text
    await teacher.submit(teacher.form("/receipts"))
    assert "确认看过" in teacher.text
    await teacher.get("/duty/rosters")
    assert "等你确认看过" not in teacher.text
    office = await browsers.of(school.safety)
    await office.get(f"/duty/rosters/{roster_id}")
    assert "7 个人里 1 个" in office.text
    assert "公平不公平" in office.text
    nobody = await browsers.of(school.sibling_keeper)
    await nobody.get(f"/duty/rosters/{roster_id}")
    assert "这份排班里没有你的班" in nobody.text


async def test_a_draft_says_what_changes_by_whom(school: Cast, browsers: Browsers) -> None:
    await published(school)
    await insert(Absence, {
        "org_id": school.school, "person_id": school.vice_head, "kind": "leave", "starts_at": start_of_day(TUESDAY),
        "ends_at": start_of_day(date(2026, 11, 28)), "entered_at": now(), "entered_by": None,
    })  # fmt: skip
    roster_id = await drafted(school)
    office = await browsers.of(school.safety)
    await office.get(f"/duty/rosters/{roster_id}")
    assert "07:00–12:30 带班领导 甄副校 撤下" in office.text
    assert "07:00–12:30 带班领导 甄安全 改时间，原来 " in office.text
    assert "照旧 42 班" in office.text


async def test_no_leader_is_refused_on_the_page_and_may_be_said(school: Cast, browsers: Browsers) -> None:
    brief = Brief("一个人", TUESDAY, WEEK_LATER, (LEADING,), {"leader": one_team((school.principal,))})
    roster_id = await draft_roster(school.school, brief, by=SYSTEM)
    office = await browsers.of(school.safety)
    await office.get(f"/duty/rosters/{roster_id}")
    answer = await office.submit(office.form("/publication"))
    assert answer.status_code == 422
    assert "没有人带班" in office.text
    answer = await office.submit(office.form("/publication"), without_leader="1")
    assert answer.status_code == 200
    assert await fetch_value("SELECT state FROM duty_roster") == "published"


async def test_whoever_is_second_sees_the_draft_as_it_is(school: Cast, browsers: Browsers) -> None:
    roster_id = await drafted(school)
    office = await browsers.of(school.safety)
    await office.get(f"/duty/rosters/{roster_id}")
    form = office.form("/publication")
    await redraft_roster(roster_id, None, version=1, by=await school.actor(school.principal))
    answer = await office.submit(form)
    assert answer.status_code == 409
    assert "甄校长" in office.text
    assert office.form("/publication").fields["version"] == ["2"]


async def test_a_book_that_changed_while_one_looked_is_shown_first(school: Cast, browsers: Browsers) -> None:
    await published(school)
    roster_id = await drafted(school)
    office = await browsers.of(school.safety)
    await office.get(f"/duty/rosters/{roster_id}")
    form = office.form("/publication")
    new = NewShift(LEADING, start_of_day(TUESDAY) + timedelta(hours=30), start_of_day(TUESDAY) + timedelta(hours=32),
                   person_id=school.leader)  # fmt: skip
    await add_shift(school.school, new, by=SYSTEM)
    answer = await office.submit(form)
    assert answer.status_code == 409
    assert "值班表变了" in office.text
    answer = await office.submit(office.form("/publication"))
    assert answer.status_code == 200


async def test_a_draft_is_drawn_anew_by_its_form_or_dropped(school: Cast, browsers: Browsers) -> None:
    roster_id = await drafted(school)
    office = await browsers.of(school.safety)
    await office.get(f"/duty/rosters/{roster_id}")
    await office.follow("改名单再排")
    form = office.form("/redrafts")
    assert form.fields["list_dormitory"][0].split() == ["甄实验", "甄班主", "甄楼长"]
    await office.submit(form, list_dormitory="甄实验\n\n甄班主", name="两组")
    assert "两组" in office.text
    await office.submit(office.form("/drop"))
    assert await fetch_value("SELECT state FROM duty_roster") == "dropped"
    assert not await fetch_value("SELECT count(*) FROM duty_shift")


async def test_a_roster_published_within_a_holiday_is_warned_of(school: Cast, browsers: Browsers) -> None:
    await execute("UPDATE calendar_day SET day = {} WHERE key = 'national:2026-10-01'", date(2026, 11, 23))
    roster_id = await drafted(school, first_day=date(2026, 11, 23))
    office = await browsers.of(school.safety)
    await office.get(f"/duty/rosters/{roster_id}")
    assert "已经开始" in office.text


async def test_strangers_to_the_school_find_nothing(school: Cast, browsers: Browsers) -> None:
    drafts, open_one = await drafted(school), await published(school)
    insider = await browsers.of(school.safety)
    assert (await insider.get(f"/duty/rosters/{drafts}")).status_code == 200
    for person, unseen in ((school.other_safety, (drafts, open_one)), (school.teacher, (drafts,))):
        browser = await browsers.of(person)
        for roster_id in unseen:
            for path in (f"/duty/rosters/{roster_id}", f"/duty/rosters/{roster_id}/brief"):
                assert (await browser.get(path)).status_code in (403, 404), path
        assert (await browser.get("/duty/rosters")).status_code == 200
        assert f"/duty/rosters/{drafts}" not in browser.text


async def test_a_page_costs_the_same_whatever_the_size(school: Cast, browsers: Browsers) -> None:
    small = await drafted(school, last_day=TUESDAY + timedelta(days=1))
    large = await drafted(school, last_day=TUESDAY + timedelta(days=120))
    office = await browsers.of(school.safety)
    await office.get("/duty/rosters")
    counts = []
    for roster_id in (small, large):
        seen: list[str] = []
        watchers.append(seen.append)
        assert (await office.get(f"/duty/rosters/{roster_id}")).status_code == 200
        watchers.remove(seen.append)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8, counts
