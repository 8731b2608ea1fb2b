"""Handovers and the log of duty as people use them, plain and as htmx; who may not; how many statements; the paper."""

import re
import zlib
from contextlib import suppress
from datetime import timedelta

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import start_of_day, today
from portal.core.database import execute, fetch_value, watchers
from portal.duty.rules import LEADING, Line
from portal.duty.services import NewShift, add_shift, adopt_proposal, seed_calendar, seed_duty_words
from portal.duty.watching.queries import log_of_area
from portal.duty.watching.rules import Kind
from portal.duty.watching.services import NewLine, correct_line, write_line
from portal.duty.watching.views import digest_of
from portal.hazards.services import Report, report_hazard, seed_categories
from tests.browser import Browser, Form
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock

HOUR = timedelta(hours=1)


class Post:
    """The gate: the keeper from 8:00 to 16:00, the librarian after; the vice head leads all day. It is 8:05."""

    def __init__(self, browsers: Browsers, cast: Cast) -> None:
        self.browsers, self.cast, self.of = browsers, cast, browsers.of
        self.gate = self.dormitory = self.early = self.late = 0

    async def shift(self, person: int, starts: float, ends: float, line: Line | None = None) -> int:
        zero = start_of_day(today())
        new = NewShift(line or Line(self.gate, "guard"), zero + starts * HOUR, zero + ends * HOUR, person)
        return await add_shift(self.cast.school, new, by=SYSTEM)


@pytest.fixture
async def post(browsers: Browsers, cast: Cast, clock: MovingClock) -> Post:
    await seed_calendar()
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    made = Post(browsers, cast)
    area = "SELECT id FROM duty_area WHERE org_id = {} AND name = {}"
    made.gate = int(await fetch_value(area, cast.school, "校门"))
    made.dormitory = int(await fetch_value(area, cast.school, "宿舍"))
    clock.set(start_of_day(today()) + HOUR)
    made.early = await made.shift(cast.keeper, 8, 16)
    made.late = await made.shift(cast.sibling_keeper, 16, 24)
    await made.shift(cast.vice_head, 2, 24, LEADING)
    hour(clock, 8, 5)
    for person in (cast.keeper, cast.sibling_keeper):
        await browsers.of(person)  # they have accounts: they can confirm
    return made


def hour(clock: MovingClock, at: float, minutes: int = 0) -> None:
    clock.set(start_of_day(today()) + at * HOUR + timedelta(minutes=minutes))


def form_of(browser: Browser, **fields: str) -> Form:
    return next(one for one in browser.forms if all(one.fields.get(name) == [value] for name, value in fields.items()))


async def statements(browser: Browser, path: str) -> list[str]:
    seen: list[str] = []
    watchers.append(seen.append)
    try:
        await browser.get(path)
    finally:
        watchers.remove(seen.append)
    return seen


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_guard_comes_and_goes(post: Post, cast: Cast, clock: MovingClock, htmx: bool) -> None:
    keeper = await post.of(cast.keeper, htmx=htmx)
    await keeper.get("/duty/handovers")
    assert "等你" in keeper.text and "校门 门卫保安" in keeper.text
    await keeper.follow("接班 校门 门卫保安")
    assert "这个岗还没有人写过交班" in keeper.text
    answer = await keeper.submit(keeper.form(f"/duty/handovers/{post.early}/confirmations"))
    assert answer.status_code == 200
    assert "甄实验：今天 08:05 接班" in keeper.text
    assert not any("confirmations" in form.action for form in keeper.forms)
    hour(clock, 15, 40)
    await keeper.get("/duty/handovers")
    await keeper.follow("去交班 校门 门卫保安")
    form = keeper.form(f"/duty/handovers/{post.early}/signatures")
    answer = await keeper.submit(form, keys="三把，在抽屉", visitors="")
    assert answer.status_code == 422
    assert "没有就写“无”" in keeper.text
    form = keeper.form(f"/duty/handovers/{post.early}/signatures")
    assert form.fields["keys"][0].strip() == "三把，在抽屉", "what was typed is kept"
    await keeper.submit(form, visitors="无", note="<b>北门灯坏了</b>")
    assert "今天 15:40 交班签字" in keeper.text

    other = await post.of(cast.sibling_keeper, htmx=htmx)
    await other.get(f"/duty/handovers/{post.late}")
    assert "三把，在抽屉" in other.text and "<b>北门灯坏了</b>" in other.text
    await other.submit(other.form(f"/duty/handovers/{post.late}/confirmations"))
    assert "今天 15:40 接班" in other.text
    hour(clock, 23, 50)
    await other.get(f"/duty/handovers/{post.late}")
    form = other.form(f"/duty/handovers/{post.late}/signatures")
    assert form.fields["keys"][0].strip() == "三把，在抽屉", "what was left is where one begins"


async def test_open_hazards_of_the_area_stand_on_the_page(post: Post, cast: Cast) -> None:
    await seed_categories()
    await execute("UPDATE duty_area SET grid_id = {} WHERE id = {}", cast.room, post.gate)
    await execute("UPDATE organisation SET rights_version = rights_version + 1")
    await report_hazard(Report(grid_id=cast.room, title="门轴松了"), by=SYSTEM)
    keeper = await post.of(cast.keeper)
    await keeper.get(f"/duty/handovers/{post.early}")
    assert "没有销号的隐患" in keeper.text
    assert f"/grids/{cast.room}/board" in [href for href, _ in keeper.links]


async def test_nobody_has_come_and_everybody_sees_it(post: Post, cast: Cast, clock: MovingClock) -> None:
    hour(clock, 8, 20)
    leader = await post.of(cast.vice_head)
    await leader.get("/duty/handovers")
    assert "到点没有人接班" in leader.text
    await leader.get("/duty")
    assert "08:00–16:00：甄实验没有接班" in leader.text
    await leader.get(f"/duty/handovers/{post.early}")
    assert "甄实验没有接班" in leader.text
    assert not any("/duty/handovers/" in form.action for form in leader.forms), "nobody confirms for somebody else"


async def test_two_devices_sign_and_the_slower_one_sees_who_was_first(
    post: Post, cast: Cast, clock: MovingClock
) -> None:
    hour(clock, 15, 40)
    first, second = await post.of(cast.keeper), await post.of(cast.keeper)
    path, lines = f"/duty/handovers/{post.early}", {"keys": "三把", "visitors": "无"}
    for browser in (first, second):
        await browser.get(path)
    await first.submit(first.form(f"{path}/signatures"), **lines, note="第一台")
    answer = await second.submit(second.form(f"{path}/signatures"), **lines, note="第二台")
    assert answer.status_code == 409
    assert "第一台" in second.text and "甄实验" in second.text


async def test_the_other_school_sees_a_page_that_is_not_there(post: Post, cast: Cast) -> None:
    stranger = await post.of(cast.other_principal)
    pages = [await stranger.client.get(f"/duty/handovers/{one}") for one in (post.early, 999_999)]
    plain = [re.sub(r"\d+", "#", re.sub(r'value="[\w-]{43}"', "", one.text)) for one in pages]
    assert [one.status_code for one in pages] == [404, 404]
    assert plain[0] == plain[1]
    await stranger.get("/account")
    token = next(form.fields["_csrf_token"][0] for form in stranger.forms if "_csrf_token" in form.fields)
    for path in (f"/duty/handovers/{post.early}/confirmations", f"/duty/handovers/{post.early}/signatures"):
        assert (await stranger.post(path, {"_csrf_token": token, "keys": "a"})).status_code == 404
    answer = await stranger.post("/duty/log", {"_csrf_token": token, "org": str(cast.school), "lane": "1:guard"})
    assert answer.status_code == 404
    assert (await stranger.client.get(f"/duty/log.pdf?org={cast.school}&area={post.gate}")).status_code == 404
    assert (await stranger.client.get(f"/duty/log?org={cast.school}")).status_code == 404


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_round_with_one_press_an_event_and_its_correction(
    post: Post, cast: Cast, clock: MovingClock, htmx: bool
) -> None:
    keeper = await post.of(cast.keeper, htmx=htmx)
    hour(clock, 10, 1)
    await keeper.get("/duty/log")
    assert "没有巡查：10:00" in keeper.text and "下一次 今天 12:00 以前" in keeper.text
    await keeper.submit(form_of(keeper, kind="round"))
    assert "无异常" in keeper.text and "下一次 今天 12:01 以前" in keeper.text
    form = form_of(keeper, form="line")
    answer = await keeper.submit(form, kind="event", text="")
    assert answer.status_code == 422 and "写一句发生了什么" in keeper.text
    form = form_of(keeper, form="line")
    assert form.fields["kind"] == ["event"]
    await keeper.submit(form, text="<script>北门有烟</script>", at=f"{today()}T09:15")
    assert "<script>北门有烟</script>" in keeper.text
    assert "今天 10:01 补记" in keeper.text
    await keeper.follow("更正 09:15 事件")
    assert (await keeper.submit(form_of(keeper, form="correct"), text="")).status_code == 422
    assert "更正一条" in keeper.text, "the form stays open"
    await keeper.submit(form_of(keeper, form="correct"), text="是水汽")
    assert "北门有烟" in keeper.text and "是水汽" in keeper.text


async def test_the_same_form_sent_twice_makes_one_line(post: Post, cast: Cast) -> None:
    keeper = await post.of(cast.keeper)
    await keeper.get("/duty/log")
    form = form_of(keeper, kind="round")
    await keeper.submit(form)
    await keeper.submit(form)
    assert await fetch_value("SELECT count(*) FROM duty_log") == 1


async def test_whoever_is_not_on_duty_finds_no_form_and_is_refused_in_words(post: Post, cast: Cast) -> None:
    teacher = await post.of(cast.teacher)
    await teacher.get("/duty/log")
    assert not any(form.action == "/duty/log" for form in teacher.forms)
    assert "现在值班的人、带班领导和办公室可以记" in teacher.text
    await teacher.get("/account")
    token = next(form.fields["_csrf_token"][0] for form in teacher.forms if "_csrf_token" in form.fields)
    fields = {"_csrf_token": token, "lane": f"{post.gate}:guard", "kind": "round", "key": "k"}
    answer = await teacher.post("/duty/log", fields)
    assert answer.status_code == 422 and "那时你不在这个岗" in teacher.text
    answer = await teacher.post(f"/duty/handovers/{post.early}/confirmations", {"_csrf_token": token})
    assert answer.status_code == 422 and "表上这一班现在不是你" in teacher.text
    for bad in ({"lane": "x"}, {"kind": "correction"}, {"at": "gestern"}, {"area": "x", "day": "x", "lane": "-1:a"}):
        assert (await teacher.post("/duty/log", {**fields, **bad})).status_code == 422
    assert (await teacher.post("/duty/log", {**fields, "correct": "77"})).status_code == 404
    assert (await teacher.client.get("/duty/log?correct=77")).status_code == 404
    assert (await teacher.client.get("/duty/log?day=x&area=x&correct=x")).status_code == 200


async def test_the_leader_checks_by_phone_and_the_office_writes_with_its_name(post: Post, cast: Cast) -> None:
    leader = await post.of(cast.vice_head)
    await leader.get("/duty/log")
    assert (await leader.submit(form_of(leader, form="check"), lane=f"{post.gate}:guard")).status_code == 422
    await leader.submit(form_of(leader, form="check"), answered="no", text="两次")
    assert "没有接，两次" in leader.text and "带班领导记" in leader.text
    office = await post.of(cast.safety)
    await office.get("/duty/log")
    await office.submit(form_of(office, form="line"), lane=f"{post.gate}:guard", kind="call", text="派出所来电")
    assert "甄安全，办公室代记" in office.text


async def test_heads_are_counted_after_lights_out(post: Post, cast: Cast, clock: MovingClock) -> None:
    hour(clock, 12)
    await post.shift(cast.chief, 22, 23, Line(post.dormitory, "sleep"))
    hour(clock, 22, 45)
    chief = await post.of(cast.chief)
    await chief.get("/duty/log")
    assert "今天 23:30 以前报" in chief.text
    form = form_of(chief, kind="zero")
    assert (await chief.submit(form, present="四百", absent="0")).status_code == 422
    assert "写人数" in chief.text
    hour(clock, 23, 20)  # the shift is over: the report still counts for its slot
    await chief.get("/duty/log")
    await chief.submit(form_of(chief, kind="zero"), present="411", absent="1", text="一人住院")
    assert "在 411 人，缺 1 人，一人住院" in chief.text
    hour(clock, 23, 40)
    await chief.get(f"/duty/log?area={post.dormitory}")
    assert "23:20 报了" in chief.text and "没有报" not in chief.text


async def test_a_missing_report_is_red_for_the_leader(post: Post, cast: Cast, clock: MovingClock) -> None:
    hour(clock, 23, 31)
    leader = await post.of(cast.vice_head)
    await leader.get("/duty/log")
    assert "没有报，带班领导已收到" in leader.text
    assert form_of(leader, kind="zero")


async def test_pages_take_few_statements_however_much_there_is(post: Post, cast: Cast, clock: MovingClock) -> None:
    keeper = await post.of(cast.keeper)
    paths = ("/duty/handovers", f"/duty/handovers/{post.early}", "/duty/log", f"/duty/log?area={post.gate}")
    for path in paths:
        await keeper.get(path)
    few = [len(await statements(keeper, path)) for path in paths]
    actor = await cast.actor(cast.keeper)
    for number in range(30):
        line = Line(post.gate, "guard")
        await write_line(cast.school, NewLine(line, Kind.EVENT, f"k{number}", f"第 {number} 件"), by=actor)
    hour(clock, 8, 6)
    assert [len(await statements(keeper, path)) for path in paths] == few
    print("\nstatements", dict(zip(paths, few, strict=True)))
    assert max(few) <= 5, few
    assert few[2] <= 3


async def test_a_month_of_the_log_on_paper(post: Post, cast: Cast, clock: MovingClock) -> None:
    actor = await cast.actor(cast.keeper)
    for number in range(60):
        line = Line(post.gate, "guard")
        text = f"第 {number} 件：来访车辆登记，查验证件，通知接待的人到门口。" if number % 3 else ""
        kind = Kind.EVENT if number % 3 else Kind.ROUND
        await write_line(cast.school, NewLine(line, kind, f"k{number}", text), by=actor)
    reader = await post.of(cast.teacher)
    answer = await reader.client.get(f"/duty/log.pdf?month={today():%Y-%m}&area={post.gate}")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline")
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", answer.content, re.DOTALL)
    whole = answer.content
    for one in packed:
        with suppress(zlib.error):
            whole += zlib.decompress(one)
    assert len(re.findall(rb"/Type ?/Page\b(?!s)", whole)) > 1
    for odd in ("?month=2026-13&area=x", "?month=x", "", "?area=0&month=1999-01"):
        assert (await reader.client.get(f"/duty/log.pdf{odd}")).status_code == 200, odd


async def test_the_same_lines_have_the_same_digest_and_any_other_line_another(post: Post, cast: Cast) -> None:
    actor, line = await cast.actor(cast.keeper), Line(post.gate, "guard")
    first = await write_line(cast.school, NewLine(line, Kind.EVENT, "a", "一"), by=actor)
    start, end = start_of_day(today()), start_of_day(today() + timedelta(days=1))
    rows = await log_of_area(cast.school, post.gate, start, end)
    assert digest_of(rows) == digest_of(await log_of_area(cast.school, post.gate, start, end))
    assert digest_of([rows[0]._replace(text="二")]) != digest_of(rows)
    await correct_line(cast.school, first, "三", key="b", by=actor)
    assert digest_of(await log_of_area(cast.school, post.gate, start, end)) != digest_of(rows)


async def test_english_names_stand_where_english_is_read(post: Post, cast: Cast) -> None:
    keeper = await post.of(cast.keeper)
    await keeper.get("/account")
    await execute("UPDATE person SET language = 'en' WHERE id = {}", cast.keeper)
    await keeper.get("/duty/log")
    assert "Gate" in keeper.text
