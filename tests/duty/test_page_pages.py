"""Today, the week, shifts and conflicts as people use them, over HTTP, with and without htmx."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import httpx
import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import start_of_day, today
from portal.core.database import execute, fetch_value, unit_of_work, watchers
from portal.duty import lent
from portal.duty.lent import Told
from portal.duty.queries import book_of
from portal.duty.rules import LEADING, Line, on_duty_at
from portal.duty.services import (
    NewShift,
    add_shift,
    add_shifts,
    adopt_proposal,
    cancel_shift,
    change_shift,
    set_duty_leader,
)
from portal.duty.services.calendar import seed_calendar
from portal.duty.services.proposal import seed_duty_words
from portal.grids.services import bump_rights
from portal.hazards.services import NewPhoto, Report, report_hazard, seed_categories
from tests.browser import Browser, Form
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock

DAY = date(2026, 11, 25)  # a Wednesday
BAD = ("0", "-1", "x", "٣", "9" * 30, "1 OR 1=1", "%00", "<b>")


@pytest.fixture
async def gate(browsers: Browsers, cast: Cast) -> int:
    """The school has taken the areas and slots that are proposed; gives the gate."""
    await seed_calendar()
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    return int(await fetch_value("SELECT id FROM duty_area WHERE org_id = {} AND name = '校门'", cast.school))


def moment(hour: float, day: date = DAY) -> datetime:
    return start_of_day(day) + timedelta(hours=hour)


async def put(cast: Cast, gate: int, person: int, start: float, end: float, *, day: date = DAY) -> int:
    new = NewShift(Line(gate, "guard"), moment(start, day), moment(end, day), person)
    return await add_shift(cast.school, new, by=SYSTEM)


def slot(gate: int, start: str = "08:00", end: str = "12:00", **more: str) -> str:
    rest = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/duty/shifts/new?area={gate}&role=guard&starts={DAY}T{start}&ends={DAY}T{end}{rest}"


def plain(answer: httpx.Response) -> str:
    """A page without its own address."""
    return re.sub(r"\d+", "#", answer.text)


@contextmanager
def counted() -> Iterator[list[str]]:
    seen: list[str] = []
    watchers.append(seen.append)
    try:
        yield seen
    finally:
        watchers.remove(seen.append)


async def test_today_shows_who_is_there_with_the_phone_and_who_is_missing(
    browsers: Browsers, cast: Cast, gate: int
) -> None:
    await put(cast, gate, cast.keeper, 0, 12, day=today())
    await put(cast, gate, cast.teacher, 12, 24, day=today())
    browser = await browsers.of(cast.principal)
    await browser.get("/duty")
    assert "校门 门卫保安 日间查验 甄实验 到 今天 12:00 ，接班 甄班主" in browser.text
    assert "tel:13800000000" in [href for href, _ in browser.links]
    assert "13800000000" not in browser.text
    assert "现在没有人带班" in browser.text
    assert "今天 24 小时" in browser.text
    assert next(href for href, text in browser.links if text.startswith("指派人")).startswith("/duty/shifts/new?area=")
    reader = await browsers.of(cast.teacher)
    await reader.get("/duty")
    assert "甄实验" in reader.text
    assert "指派人" not in reader.text and "排一班" not in reader.text


async def test_a_school_without_areas_sees_its_leader_and_the_week_of_one_lane(browsers: Browsers, cast: Cast) -> None:
    await set_duty_leader(cast.school, cast.vice_head, [today()], by=SYSTEM)
    browser = await browsers.of(cast.principal)
    await browser.get("/duty")
    assert "1 个岗，都有人" in browser.text and "甄副校" in browser.text
    assert "还没有定区域和时段" in browser.text
    await browser.follow("看一周")
    assert "1 个岗，168 小时中缺" in browser.text


async def test_on_duty_now_takes_the_session_one_statement_and_one_for_each_lender(
    browsers: Browsers, cast: Cast, gate: int
) -> None:
    browser = await browsers.of(cast.principal)
    await browser.get("/duty")
    with counted() as few:
        await browser.get("/duty")
    assert len(few) <= 2 + len(lent.open_here) + len(lent.handover_lines), few
    for hour in range(0, 24, 2):
        await put(cast, gate, cast.keeper, hour, hour + 2)
    await browser.get("/duty")
    with counted() as many:
        await browser.get("/duty")
    assert len(many) == len(few)


async def test_a_week_takes_five_statements_cold_and_two_warm(browsers: Browsers, cast: Cast, gate: int) -> None:
    for number in range(30):
        await put(cast, gate, cast.keeper, number % 24, number % 24 + 1, day=DAY + timedelta(days=number // 24))
    browser = await browsers.of(cast.principal)
    await browser.get("/account")
    with counted() as cold:
        assert (await browser.get(f"/duty/week?day={DAY}")).status_code == 200
    assert len(cold) <= 5, cold
    with counted() as warm:
        await browser.get(f"/duty/week?day={DAY}")
    assert len(warm) <= 3, warm


async def test_the_plan_that_is_kept_is_never_an_old_one(browsers: Browsers, cast: Cast, gate: int) -> None:
    browser = await browsers.of(cast.principal)
    await browser.get(f"/duty/week?day={DAY}")
    assert "校门" in browser.text
    async with unit_of_work():
        await execute("UPDATE duty_area SET name = '东大门' WHERE id = {}", gate)
        await bump_rights(cast.school)
    await browser.get(f"/duty/week?day={DAY}")
    assert "东大门" in browser.text and "校门" not in browser.text


async def test_the_week_names_gaps_and_leads_to_the_form_that_closes_them(
    browsers: Browsers, cast: Cast, gate: int
) -> None:
    browser = await browsers.of(cast.principal)
    await browser.get(f"/duty/week?day={DAY}")
    assert "值班 11月23日 周一 – 11月29日 周日" in browser.text
    assert "7 个岗" in browser.text and "小时中缺" in browser.text
    shift = await put(cast, gate, cast.keeper, 8, 12)
    await browser.get(f"/duty/week?day={DAY}&area={gate}")
    assert f"/duty/shifts/{shift}" in [href for href, _ in browser.links]
    assert "食堂负责人" not in browser.text
    await browser.follow("下一周")
    assert "值班 11月30日 周一 – 12月6日 周日" in browser.text
    reader = await browsers.of(cast.teacher)
    await reader.get(f"/duty/week?day={DAY}")
    assert "/duty/shifts/new" not in " ".join(href for href, _ in reader.links)


async def test_a_year_that_is_not_published_is_a_banner_on_its_weeks(browsers: Browsers, cast: Cast, gate: int) -> None:
    browser = await browsers.of(cast.teacher)
    await browser.get("/duty/week?day=2027-03-01")
    assert "2027 年的放假安排还没公布" in browser.text
    await browser.get(f"/duty/week?day={DAY}")
    assert "还没公布" not in browser.text
    assert (await browser.get("/duty/week?day=2000-01-01")).status_code == 200
    assert (await browser.get("/duty/week?day=2099-12-31")).status_code == 200


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_gap_is_closed_by_picking_two_who_are_free(
    browsers: Browsers, cast: Cast, gate: int, htmx: bool
) -> None:
    await put(cast, gate, cast.keeper, 6, 9)
    browser = await browsers.of(cast.vice_head, htmx=htmx)
    await browser.get(slot(gate))
    assert "缺 2 人" in browser.text  # from 09:00 on
    assert "甄实验 0 小时" not in browser.text
    assert browser.text.index("甄班主") < browser.text.index("这段时间已经在这个岗")
    answer = await browser.submit(_posting(browser), person=[str(cast.teacher), str(cast.chief)])
    assert answer.status_code == 200
    book = (await book_of(cast.school, moment(0), moment(24))).book
    there = {one.person_id for one in on_duty_at(book, Line(gate, "guard"), at=moment(10))}
    assert there == {cast.teacher, cast.chief}
    if not htmx:
        assert "排好了 2 人" in browser.text


def _posting(browser: Browser) -> Form:
    return next(form for form in browser.forms if form.action == "/duty/shifts" and form.method == "post")


async def test_without_a_time_the_gaps_of_the_week_are_offered(browsers: Browsers, cast: Cast, gate: int) -> None:
    browser = await browsers.of(cast.vice_head)
    await browser.get("/duty/shifts/new")
    assert "往后一周的缺口" in browser.text
    await browser.follow("指派人")
    assert "谁来值" in browser.text
    search = next(form for form in browser.forms if form.method == "get" and "q" in form.fields)
    await browser.submit(search, q="没有这个人")
    assert "没有找到人" in browser.text
    asking = next(form for form in browser.forms if form.method == "get" and "q" not in form.fields)
    await browser.submit(asking, starts=f"{DAY}T10:00", ends=f"{DAY}T09:00")
    assert "结束要在开始以后" in browser.text


async def test_what_speaks_against_somebody_is_said_beside_the_name(browsers: Browsers, cast: Cast, gate: int) -> None:
    canteen = int(await fetch_value("SELECT id FROM duty_area WHERE org_id = {} AND name = '食堂'", cast.school))
    await add_shift(cast.school, NewShift(Line(canteen, "meals"), moment(11), moment(13), cast.teacher), by=SYSTEM)
    await put(cast, gate, cast.chief, 0, 22, day=DAY - timedelta(days=1))
    async with unit_of_work():
        await execute(
            "INSERT INTO absence (org_id, person_id, kind, starts_at, entered_at) VALUES ({}, {}, 'leave', {}, {})",
            cast.school, cast.keeper, moment(0), moment(0),
        )  # fmt: skip
    browser = await browsers.of(cast.vice_head)
    await browser.get(slot(gate))
    assert "11:00–12:00 已经在食堂 责任主任（就餐时段）" in browser.text
    assert "36 小时里没有连着休息 11 小时" in browser.text
    assert "08:00–12:00 请假" in browser.text
    assert "那时没有任职" in browser.text  # of whoever holds no post
    assert "甄小班" not in browser.text  # a pupil


async def test_two_editors_close_the_same_gap_and_one_wins(browsers: Browsers, cast: Cast, gate: int) -> None:
    first, second = await browsers.of(cast.vice_head), await browsers.of(cast.principal)
    await first.get(slot(gate))
    await second.get(slot(gate))
    await first.submit(_posting(first), person=str(cast.teacher))
    answer = await second.submit(_posting(second), person=str(cast.chief))
    assert answer.status_code == 409
    assert "刚才有人在这段时间排了别的人" in second.text and "甄班主 08:00–12:00" in second.text
    assert _posting(second).fields["person"] == [str(cast.chief)]
    assert await fetch_value("SELECT count(*) FROM duty_shift") == 1
    assert (await second.submit(_posting(second))).status_code == 200
    assert await fetch_value("SELECT count(*) FROM duty_shift") == 2


async def test_of_many_at_the_same_instant_one_wins(database: str, cast: Cast, gate: int) -> None:
    new = NewShift(Line(gate, "guard"), moment(8), moment(12))
    many = [add_shifts(cast.school, new, [cast.teacher], by=SYSTEM, state="") for _ in range(8)]
    found = await asyncio.gather(*many, return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["Conflict"] * 7 + ["list"]
    shift = int(await fetch_value("SELECT id FROM duty_shift"))
    people = (cast.chief, cast.keeper, cast.floor_chief, cast.sibling_keeper) * 2
    found = await asyncio.gather(
        *(change_shift(shift, version=1, by=SYSTEM, person_id=one) for one in people), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in found) == ["Conflict"] * 7 + ["int"]
    assert await fetch_value("SELECT version FROM duty_shift WHERE id = {}", shift) == 2


async def test_a_form_with_errors_keeps_what_was_ticked(browsers: Browsers, cast: Cast, gate: int) -> None:
    browser = await browsers.of(cast.principal)
    await browser.get(slot(gate))
    answer = await browser.submit(_posting(browser), note="加一个人")
    assert answer.status_code == 422 and "选一个人" in browser.text
    assert _posting(browser).fields["note"] == ["加一个人"]
    past = DAY - timedelta(days=3)
    answer = await browser.submit(
        _posting(browser), person=str(cast.teacher), starts=f"{past}T08:00", ends=f"{past}T09:00"
    )
    assert answer.status_code == 422 and "已经过去" in browser.text
    await browser.get(slot(gate, "08:00", "12:00").replace(f"ends={DAY}", f"ends={DAY + timedelta(days=1)}"))
    answer = await browser.submit(_posting(browser), person=str(cast.teacher))
    assert answer.status_code == 422 and "一班最长 24 小时" in browser.text
    assert _posting(browser).fields["person"] == [str(cast.teacher)]
    await browser.get(f"/duty/shifts/new?area=&role=leader&starts={DAY}T08:00&ends={DAY}T20:00")
    answer = await browser.submit(_posting(browser), person=[str(cast.principal), str(cast.vice_head)])
    assert answer.status_code == 422 and "带班只排一个人" in browser.text
    assert await fetch_value("SELECT count(*) FROM duty_shift") == 0


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_shift_is_given_to_another_moved_and_taken_away(
    browsers: Browsers, cast: Cast, gate: int, htmx: bool
) -> None:
    shift = await put(cast, gate, cast.keeper, 8, 12)
    browser = await browsers.of(cast.vice_head, htmx=htmx)
    await browser.get(f"/duty/shifts/{shift}")
    form = browser.form("/changes")
    assert form.fields["person"] == [str(cast.keeper)]
    await browser.submit(form, person=str(cast.teacher), ends=f"{DAY}T13:00")
    assert "甄班主" in browser.text and "08:00–13:00" in browser.text
    cancel = browser.form("/cancellations")
    assert (await browser.submit(cancel)).status_code == 422
    assert "写一句为什么" in browser.text
    await browser.submit(browser.form("/cancellations"), reason="停课")
    await browser.get(f"/duty/shifts/{shift}")
    assert "已经撤下" in browser.text and not [one for one in browser.forms if "/duty" in one.action]
    assert await fetch_value("SELECT body FROM event_text ORDER BY id DESC LIMIT 1") == "停课"


async def test_of_two_who_change_a_shift_the_second_is_told_who_was_quicker(
    browsers: Browsers, cast: Cast, gate: int
) -> None:
    shift = await put(cast, gate, cast.keeper, 8, 12)
    first, second = await browsers.of(cast.vice_head), await browsers.of(cast.principal)
    for browser in (first, second):
        await browser.get(f"/duty/shifts/{shift}")
    await first.submit(first.form("/changes"), person=str(cast.teacher))
    answer = await second.submit(second.form("/changes"), person=str(cast.chief), ends=f"{DAY}T11:00")
    assert answer.status_code == 409
    assert "甄副校 今天 10:00 改过这一班" in second.text and "谁 甄班主" in second.text
    form = second.form("/changes")
    assert (form.fields["person"], form.fields["ends"]) == ([str(cast.chief)], [f"{DAY}T11:00"])
    assert (await second.submit(form)).status_code == 200
    assert await fetch_value("SELECT person_id FROM duty_shift WHERE id = {}", shift) == cast.chief
    await first.get(f"/duty/shifts/{shift}")
    late = first.form("/changes")
    await cancel_shift(shift, version=3, by=SYSTEM)
    answer = await first.submit(late, person=str(cast.teacher))
    assert answer.status_code == 409 and "已经撤下" in first.text


async def test_what_has_begun_and_what_is_over_has_no_form(
    browsers: Browsers, cast: Cast, gate: int, clock: MovingClock
) -> None:
    shift = await put(cast, gate, cast.keeper, 8, 12)
    clock.set(moment(7))
    browser = await browsers.of(cast.principal)
    await browser.get(f"/duty/shifts/{shift}")
    kept = browser.form("/changes")
    clock.set(moment(9))
    answer = await browser.submit(kept, person=str(cast.teacher))
    assert answer.status_code == 422
    assert "已经开始" in browser.text and not [one for one in browser.forms if "/changes" in one.action]
    clock.set(moment(13))
    browser = await browsers.of(cast.principal)
    await browser.get(f"/duty/shifts/{shift}")
    assert "已经过去，不能改" in browser.text and not [one for one in browser.forms if "/duty/shifts" in one.action]


async def test_a_conflict_is_repaired_by_one_press(browsers: Browsers, cast: Cast, gate: int) -> None:
    canteen = int(await fetch_value("SELECT id FROM duty_area WHERE org_id = {} AND name = '食堂'", cast.school))
    shift = await put(cast, gate, cast.keeper, 8, 12)
    meals = NewShift(Line(canteen, "meals"), moment(11), moment(13), cast.keeper)
    other = await add_shift(cast.school, meals, by=SYSTEM)
    await put(cast, gate, cast.teacher, 8, 9, day=DAY + timedelta(days=5))
    browser = await browsers.of(cast.principal)
    await browser.get("/duty/conflicts")
    assert "甄实验同时在两个地方" in browser.text and "1 处" in browser.text
    cut = next(form for form in browser.forms if form.action == f"/duty/shifts/{shift}/changes")
    stale = next(form for form in browser.forms if form.action == f"/duty/shifts/{shift}/cancellations")
    assert [text for _, _, text in cut.buttons] == ["校门 门卫保安到 11:00 为止"]
    await browser.submit(cut)
    assert "没有冲突" in browser.text
    assert await fetch_value("SELECT ends_at FROM duty_shift WHERE id = {}", shift) == moment(11)
    answer = await browser.submit(stale)  # a second press of an old page
    assert answer.status_code == 409
    assert await fetch_value("SELECT cancelled_at FROM duty_shift WHERE id = {}", shift) is None
    await change_shift(other, version=1, by=SYSTEM, starts_at=moment(10))
    await browser.get("/duty/conflicts")
    with counted() as statements:
        await browser.get("/duty/conflicts")
    assert len(statements) <= 5, statements
    await browser.submit(next(form for form in browser.forms if form.action == f"/duty/shifts/{other}/cancellations"))
    assert "没有冲突" in browser.text


async def test_whoever_is_on_leave_is_replaced_by_the_freest_who_does_this(
    browsers: Browsers, cast: Cast, gate: int
) -> None:
    shift = await put(cast, gate, cast.keeper, 8, 12)
    await put(cast, gate, cast.teacher, 8, 9, day=DAY + timedelta(days=5))
    async with unit_of_work():
        await execute(
            "INSERT INTO absence (org_id, person_id, kind, starts_at, entered_at) VALUES ({}, {}, 'leave', {}, {})",
            cast.school, cast.keeper, moment(0), moment(0),
        )  # fmt: skip
    browser = await browsers.of(cast.principal)
    await browser.get("/duty/conflicts")
    assert "甄实验请假，还排着班" in browser.text
    give = browser.form(f"/duty/shifts/{shift}/changes")
    assert [text for _, _, text in give.buttons] == ["改由甄班主"]
    await browser.submit(give)
    assert "没有冲突" in browser.text
    assert await fetch_value("SELECT person_id FROM duty_shift WHERE id = {}", shift) == cast.teacher


async def test_the_officer_of_the_other_school_finds_nothing_of_ours(browsers: Browsers, cast: Cast, gate: int) -> None:
    shift = await put(cast, gate, cast.keeper, 8, 12)
    ours = await browsers.of(cast.safety)
    assert (await ours.get(f"/duty/shifts/{shift}")).status_code == 200
    await ours.get(slot(gate))
    assert "甄实验" in ours.text
    browser = await browsers.of(cast.other_safety)
    await browser.get("/duty/leaders")
    token = browser.form("/duty/leaders").fields["_csrf_token"][0]
    missing = await browser.get("/duty/shifts/999999")
    foreign = await browser.get(f"/duty/shifts/{shift}")
    assert (missing.status_code, foreign.status_code) == (404, 404) and plain(missing) == plain(foreign)
    for path in ("/duty", "/duty/week", "/duty/shifts/new", "/duty/conflicts", "/duty/leaders"):
        pages = [await browser.get(f"{path}?org={org}") for org in (999999, cast.school, cast.building)]
        assert [page.status_code for page in pages] == [404] * 3 and len({plain(page) for page in pages}) == 1
    missing = await browser.get("/duty/week?area=999999")
    foreign = await browser.get(f"/duty/week?area={gate}")
    assert (missing.status_code, foreign.status_code) == (404, 404) and plain(missing) == plain(foreign)
    # Our area in their own form is no area; our person in their own school is no person; our school is not there.
    times = {"_csrf_token": token, "role": "guard", "starts": f"{DAY}T08:00", "ends": f"{DAY}T09:00", "state": ""}
    answers = [
        await browser.post("/duty/shifts", {**times, "area": str(gate), "person": str(cast.other_safety)}),
        await browser.post("/duty/shifts", {**times, "person": str(cast.keeper)}),
        await browser.post("/duty/shifts", {**times, "org": str(cast.school), "person": str(cast.keeper)}),
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 404]
    assert all("甄" not in answer.text for answer in answers)
    for noun in ("changes", "cancellations"):
        form = {"_csrf_token": token, "version": "1", "reason": "x", "person": str(cast.other_safety)}
        pages = [await browser.post(f"/duty/shifts/{number}/{noun}", form) for number in (shift, 999999)]
        assert [page.status_code for page in pages] == [404, 404] and plain(pages[0]) == plain(pages[1])
    assert await fetch_value("SELECT count(*) FROM duty_shift") == 1


async def test_a_bureau_looks_at_a_schools_day_and_changes_nothing(browsers: Browsers, cast: Cast, gate: int) -> None:
    shift = await put(cast, gate, cast.keeper, 8, 12)
    browser = await browsers.of(cast.bureau_officer)
    for path in (f"/duty?org={cast.school}", f"/duty/week?org={cast.school}&day={DAY}", f"/duty/shifts/{shift}"):
        assert (await browser.get(path)).status_code == 200, path
        assert not [form for form in browser.forms if "/duty" in form.action], path
        assert "/duty/shifts/new" not in " ".join(href for href, _ in browser.links), path
    for path in (f"/duty/shifts/new?org={cast.school}", f"/duty/conflicts?org={cast.school}"):
        assert (await browser.get(path)).status_code == 404
    assert (await browser.get(f"/duty?org={cast.bureau}")).status_code == 200
    assert (await browser.get(f"/duty/shifts/new?org={cast.bureau}")).status_code == 200


async def test_a_teacher_may_look_and_not_touch(browsers: Browsers, cast: Cast, gate: int) -> None:
    shift = await put(cast, gate, cast.keeper, 8, 12)
    browser = await browsers.of(cast.teacher)
    await browser.get(f"/duty/shifts/{shift}")
    assert "甄实验" in browser.text and not [form for form in browser.forms if "/duty" in form.action]
    token = browser.forms[0].fields["_csrf_token"][0]
    assert (await browser.get("/duty/shifts/new")).status_code == 403
    assert (await browser.get("/duty/conflicts")).status_code == 403
    for path in ("/duty/shifts", f"/duty/shifts/{shift}/changes", f"/duty/shifts/{shift}/cancellations"):
        assert (await browser.post(path, {"_csrf_token": token, "version": "1", "reason": "x"})).status_code == 403


async def test_hostile_addresses_and_forms_are_refused_and_never_break(
    browsers: Browsers, cast: Cast, gate: int
) -> None:
    shift = await put(cast, gate, cast.keeper, 8, 12)
    browser = await browsers.of(cast.principal)
    await browser.get(f"/duty/shifts/{shift}")
    token = browser.form("/changes").fields["_csrf_token"][0]
    for bad in BAD:
        for path in (
            f"/duty?org={bad}", f"/duty?day={bad}", f"/duty/week?day={bad}", f"/duty/week?area={bad}", f"/duty/shifts/{bad}",
            f"/duty/shifts/{shift}?starts={bad}&ends={bad}&q={bad}", f"/duty/shifts/new?area={bad}&role={bad}&starts={bad}&ends={bad}",
            slot(gate, q=bad), f"/duty/shifts/new?area={gate}&role={bad}&starts={DAY}T08:00&ends={DAY}T09:00",
        ):  # fmt: skip
            assert (await browser.get(path)).status_code in (200, 404, 422), path
        form = dict.fromkeys(
            ("org", "area", "role", "starts", "ends", "person", "state", "version", "reason", "back"), bad
        )
        for path in ("/duty/shifts", f"/duty/shifts/{shift}/changes", f"/duty/shifts/{shift}/cancellations"):
            answer = await browser.post(path, {**form, "_csrf_token": token})
            assert answer.status_code in (404, 409, 422), (path, bad)
    assert await fetch_value("SELECT version FROM duty_shift WHERE id = {}", shift) == 1


async def test_what_is_open_and_what_is_handed_over_is_lent(
    browsers: Browsers, cast: Cast, gate: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def keys(*_: object) -> list[Told]:
        return [Told("钥匙 12 把，在值班室")]

    monkeypatch.setattr(lent, "handover_lines", [keys])
    await set_duty_leader(cast.school, cast.vice_head, [today()], by=SYSTEM)
    browser = await browsers.of(cast.vice_head)
    for path in ("/duty", "/"):
        await browser.get(path)
        assert "交班" in browser.text and "钥匙 12 把" in browser.text


async def test_open_hazards_of_areas_are_counted_without_the_sensitive_ones_and_on_ones_own_boards_only(
    browsers: Browsers, cast: Cast, gate: int
) -> None:
    await seed_categories()
    for number in range(2):
        await report_hazard(
            Report(grid_id=cast.room, title=f"插座 {number}", photos=(NewPhoto("0" * 64, "0" * 64, 1, 1),)), by=SYSTEM
        )
    async with unit_of_work():
        await execute("UPDATE hazard SET is_restricted = TRUE WHERE title = '插座 1'")
        await execute(
            "UPDATE duty_area SET grid_id = {} WHERE org_id = {} AND name = '教学楼'", cast.building, cast.school
        )
        await bump_rights(cast.school)
    browser = await browsers.of(cast.principal)
    await browser.get("/duty")
    assert "全校：未销号 1 条" in browser.text and "教学楼：未销号 1 条" in browser.text
    assert f"/grids/{cast.building}/board" in [href for href, _ in browser.links]
    chief = await browsers.of(cast.chief)
    await chief.get("/duty")
    assert "教学楼：未销号 1 条" in chief.text and "全校：未销号" not in chief.text
    teacher = await browsers.of(cast.teacher)
    await teacher.get("/duty")
    assert "未销号" not in teacher.text


async def test_whoever_leads_has_the_gap_the_strip_and_the_posts_on_the_first_page(
    browsers: Browsers, cast: Cast, gate: int
) -> None:
    await set_duty_leader(cast.school, cast.vice_head, [today()], by=SYSTEM)
    await put(cast, gate, cast.keeper, 0, 24, day=today())
    browser = await browsers.of(cast.vice_head)
    await browser.get("/")
    text = browser.text
    order = [text.index(part) for part in ("今天你带班", "现在就缺", "今天 24 小时", "现在谁在岗", "甄实验 到")]
    assert order == sorted(order)
    assert next(href for href, words in browser.links if words.startswith("指派人")).startswith("/duty/shifts/new?")
    other = await browsers.of(cast.principal)
    await other.get("/")
    assert "今天 24 小时" not in other.text


async def test_a_leader_is_put_down_by_the_same_form(browsers: Browsers, cast: Cast, gate: int) -> None:
    browser = await browsers.of(cast.principal)
    await browser.get(f"/duty/shifts/new?area=&role=leader&starts={DAY}T08:00&ends={DAY}T20:00")
    assert "甄班主" not in browser.text and "甄副校" in browser.text
    await browser.submit(_posting(browser), person=str(cast.vice_head))
    book = (await book_of(cast.school, moment(0), moment(24))).book
    assert [one.person_id for one in on_duty_at(book, LEADING, at=moment(9))] == [cast.vice_head]
