"""Today's page: each person sees first what is theirs to do, and nothing that is not theirs to see."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from portal.changes.queries.sheets import sheet_row, supervisors_of
from portal.changes.rules import Change, Giving, Plan, Then
from portal.changes.services import enter_change
from portal.contact_boards.queries.boards import open_board
from portal.contact_boards.services import board_of
from portal.contact_boards.services.reporting import PublicNews, report_publicly
from portal.core import database
from portal.core.actors import SYSTEM
from portal.core.clock import today
from portal.core.database import fetch_value
from portal.coverage.services import write_spans
from portal.duty.services import seed_calendar, set_duty_leader
from portal.hazards.services import name_viewer
from portal.people.services import make_post
from portal.today.errands import behind_danger
from portal.today.views.page import Todo
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.hazards import stories

MOST_STATEMENTS = 8


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of what runs inside, but BEGIN and COMMIT."""
    found: list[str] = []
    database.watchers.append(found.append)
    try:
        yield found
    finally:
        database.watchers.remove(found.append)


def buttons(browser) -> dict[str, str]:
    return {href: text for href, text in browser.links if "?to=" in href}


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
async def test_an_empty_day_says_so_and_offers_to_report(browsers: Browsers, cast: Cast, htmx: bool) -> None:
    browser = await browsers.of(cast.teacher, htmx=htmx)
    answer = await browser.get("/")
    assert answer.status_code == 200
    assert "没有要你做的事" in browser.text
    assert "/hazards/new" in [href for href, _ in browser.links]
    assert "高一1班" in browser.text
    assert "现在找谁" in browser.text
    assert ("<!doctype" in answer.text) is not htmx


async def test_the_responsible_finds_their_card_with_its_next_act(browsers: Browsers, cast: Cast) -> None:
    hazard_id = await stories.assigned(cast, title="插座面板松脱")
    browser = await browsers.of(cast.keeper)
    await browser.get("/")
    assert "要你做的 1 件" in browser.text
    assert buttons(browser)[f"/hazards/{hazard_id}?to=rectifying"].startswith("去整改")
    await browser.follow("去整改")
    assert browser.form("/moves", to="rectifying")
    await stories.go(cast, hazard_id, "rectifying", cast.keeper)
    await browser.get("/")
    assert buttons(browser)[f"/hazards/{hazard_id}?to=recheck"].startswith("提交复查")


async def test_a_card_waits_for_its_recheckers_and_its_rectifier_waits_for_them(browsers: Browsers, cast: Cast) -> None:
    hazard_id = await stories.rechecking(cast)
    chief = await browsers.of(cast.chief)
    await chief.get("/")
    assert buttons(chief)[f"/hazards/{hazard_id}?to=closed"].startswith("去复查")
    keeper = await browsers.of(cast.keeper)
    await keeper.get("/")
    assert not buttons(keeper), "nobody rechecks their own work"
    assert "等别人办的 1 条" in keeper.text
    principal = await browsers.of(cast.principal)
    await principal.get("/")
    assert not buttons(principal), "a general one is not the principal's to recheck first"


async def test_a_major_one_waits_for_the_heads_only(browsers: Browsers, cast: Cast) -> None:
    hazard_id = await stories.rechecking(cast, level="red")
    for person in (cast.principal, cast.vice_head):
        browser = await browsers.of(person)
        await browser.get("/")
        assert f"/hazards/{hazard_id}?to=closed" in buttons(browser)
        assert "重大隐患 1 条" in browser.text
    for person in (cast.chief, cast.safety):
        browser = await browsers.of(person)
        await browser.get("/")
        assert not buttons(browser)


async def test_triage_waits_for_whoever_stands_above_the_place(browsers: Browsers, cast: Cast) -> None:
    hazard_id = await stories.reported(cast, title="窗户松动", grid=cast.room)
    address = f"/hazards/{hazard_id}?to=assigned"
    for person in (cast.chief, cast.floor_chief, cast.keeper, cast.safety):
        browser = await browsers.of(person)
        await browser.get("/")
        assert address in buttons(browser)
    for person in (cast.sibling_keeper, cast.teacher, cast.leader, cast.bureau_officer, cast.other_safety):
        browser = await browsers.of(person)
        await browser.get("/")
        assert address not in buttons(browser)
    assert "窗户松动" not in browser.text


async def test_the_most_endangered_stands_first(browsers: Browsers, cast: Cast, clock: MovingClock) -> None:
    calm = await stories.assigned(cast, title="慢的", level="red")
    late = await stories.assigned(cast, title="急的", level="blue")  # on the same day
    clock.forward(days=1, hours=12)
    browser = await browsers.of(cast.keeper)
    await browser.get("/")
    assert list(buttons(browser)) == [f"/hazards/{late}?to=rectifying", f"/hazards/{calm}?to=rectifying"]
    assert "超 1 天" in browser.text


async def test_the_leader_on_duty_sees_until_when_who_is_next_and_the_gap_first(
    browsers: Browsers, cast: Cast, clock: MovingClock
) -> None:
    await seed_calendar()
    by = await cast.actor(cast.principal)
    await set_duty_leader(cast.school, cast.leader, [today()], by=by)
    await set_duty_leader(cast.school, cast.vice_head, [today() + timedelta(days=1)], by=by)
    hazard_id = await stories.reported(cast)
    browser = await browsers.of(cast.leader)
    answer = await browser.get("/")
    assert "今天你带班" in browser.text
    assert "下一班 甄副校" in browser.text
    assert "往后两周有 12 天没有人带班" in browser.text
    assert answer.text.index("没有人带班") < answer.text.index("要你做的")
    assert f"/hazards/{hazard_id}?to=assigned" in buttons(browser)
    clock.forward(days=1)
    await browser.get("/")
    assert "今天你带班" not in browser.text
    assert not buttons(browser)


async def test_whoever_can_close_the_gap_has_it_among_their_todos(
    browsers: Browsers, cast: Cast, clock: MovingClock
) -> None:
    browser = await browsers.of(cast.principal)
    answer = await browser.get("/")
    assert "要你做的 1 件" in browser.text
    assert "现在没有人带班" in browser.text
    assert "没有要你做的事" not in browser.text
    ways = [href for href, text in browser.links if text.startswith("指派人")]
    assert ways == [f"/duty/leaders?day={today()}#assign"]
    assert answer.text.count('class="btn main"') == 1
    await set_duty_leader(cast.school, cast.vice_head, [today()], by=await cast.actor(cast.principal))
    await stories.assigned(cast, responsible_post_id=None, responsible_person_id=cast.principal)
    answer = await browser.get("/")
    assert "要你做的 2 件" in browser.text
    assert answer.text.index("插座面板松脱") < answer.text.index("排好带班"), "a gap of tomorrow waits"
    assert answer.text.count('class="btn main"') == 1
    teacher = await browsers.of(cast.teacher)
    await teacher.get("/")
    assert "排好带班" not in teacher.text


async def test_whom_to_call_now(browsers: Browsers, cast: Cast) -> None:
    await set_duty_leader(cast.school, cast.vice_head, [today()], by=await cast.actor(cast.principal))
    browser = await browsers.of(cast.teacher)
    await browser.get("/")
    assert "甄副校" in browser.text
    assert "tel:13800000000" in [href for href, _ in browser.links]


async def test_the_principal_sees_major_overdue_escalated_and_what_nobody_holds(
    browsers: Browsers, cast: Cast, clock: MovingClock
) -> None:
    await stories.escalated(cast, title="外墙面砖脱落", level="red")
    clock.forward(days=3)
    browser = await browsers.of(cast.principal)
    await browser.get("/")
    for words in ("重大隐患 1 条", "超期 1 条", "已上报，没有答复 1 条", "外墙面砖脱落", "个网格此刻有主责人，还差"):
        assert words in browser.text
    assert "%" not in browser.text
    hrefs = [href for href, _ in browser.links]
    assert f"/grids/{cast.school}/ledger?status=escalated" in hrefs
    assert "/coverage" in hrefs
    number = next(word for word in browser.text.split() if word.isdigit() and f"{word} / " in browser.text)
    await browser.get("/coverage")
    assert f"{number} / " in browser.text


async def test_the_number_of_the_school_stands_with_its_first_blind_spots_and_is_the_same_when_it_is_written_down(
    browsers: Browsers, cast: Cast
) -> None:
    post = await make_post("负责人", role="keeper", grid_id=cast.sibling_building, by=SYSTEM)
    browser = await browsers.of(cast.principal)
    seen = []
    for is_written in (False, True):
        if is_written:
            await write_spans(cast.school)
        await browser.get("/")
        assert "个网格此刻有主责人，还差" in browser.text
        assert "文德楼" in browser.text
        assert "负责人空缺" in browser.text
        hrefs = [href for href, _ in browser.links]
        assert f"/changes/new?org={cast.school}&take-0={post}" in hrefs
        seen.append(browser.text)
    assert seen[0] == seen[1]
    safety = await browsers.of(cast.safety)
    await safety.get("/")
    assert f"/posts/{post}/appoint?next=/" in [href for href, _ in safety.links]
    for person in (cast.teacher, cast.keeper, cast.chief, cast.bureau_officer):
        other = await browsers.of(person)
        await other.get("/")
        assert "个网格此刻有主责人" not in other.text


async def test_the_bureau_sees_its_schools_in_numbers_that_lead_to_their_rows(browsers: Browsers, cast: Cast) -> None:
    sent = await stories.escalated(cast, title="整条线路老化", level="red")
    await stories.reported(cast, title="窗户松动")
    browser = await browsers.of(cast.bureau_officer)
    answer = await browser.get("/")
    assert buttons(browser)[f"/hazards/{sent}?to=assigned"].startswith("答复")
    assert answer.text.index("整条线路老化") < answer.text.index("启智小学")
    assert "窗户松动" not in browser.text
    here = f"/grids/{cast.school}/ledger"
    numbers = {href: text for href, text in browser.links if href.startswith(here)}
    assert numbers[here] == "2"
    assert numbers[f"{here}?level=red"] == "1"
    assert numbers[f"{here}?to_us=1"] == "1"
    for href, text in numbers.items():
        await browser.get(href)
        if text.isdigit():
            assert f"共 {text} 条" in browser.text, href


async def test_an_officer_of_another_school_sees_nothing_of_it(
    browsers: Browsers, cast: Cast, clock: MovingClock
) -> None:
    await stories.escalated(cast, title="外墙面砖脱落", level="red")
    clock.forward(days=5)
    seen = await browsers.of(cast.safety)
    await seen.get("/")
    assert "外墙面砖脱落" in seen.text
    for person in (cast.other_safety, cast.other_principal):
        browser = await browsers.of(person)
        await browser.get("/")
        assert "外墙面砖脱落" not in browser.text
        assert "博学楼" not in browser.text
        for grid in (cast.school, cast.room):
            missing = await browser.get("/grids/99999/ledger")
            foreign = await browser.get(f"/grids/{grid}/ledger")
            same = missing.text.replace("/grids/99999/", f"/grids/{grid}/")  # the language switch comes back here
            assert (foreign.status_code, foreign.text) == (404, same)


async def test_a_sensitive_card_shows_itself_to_the_named_only(browsers: Browsers, cast: Cast) -> None:
    await stories.reported(cast, by=cast.teacher, title="课间推搡", category=await stories.category("bully"))
    for person in (cast.principal, cast.safety, cast.chief, cast.bureau_officer):
        browser = await browsers.of(person)
        await browser.get("/")
        assert "课间推搡" not in browser.text
    bureau = dict(browser.links)
    assert bureau[f"/grids/{cast.school}/ledger"] == "0"
    await name_viewer(cast.safety, by=await cast.actor(cast.principal))
    browser = await browsers.of(cast.safety)
    await browser.get("/")
    assert "课间推搡" in browser.text
    reporter = await browsers.of(cast.teacher)
    await reporter.get("/")
    assert "课间推搡" in reporter.text


@pytest.mark.parametrize("role", ["teacher", "keeper", "chief", "principal", "safety", "leader", "bureau_officer"])
async def test_a_page_takes_few_statements_however_many_cards(browsers: Browsers, cast: Cast, role: str) -> None:
    await set_duty_leader(cast.school, cast.leader, [today()], by=await cast.actor(cast.principal))
    await write_spans(cast.school)  # as the worker does within a second of every change
    browser = await browsers.of(getattr(cast, role))
    await browser.get("/")
    counts = []
    for _ in range(2):
        await stories.assigned(cast, level="red")
        await stories.reported(cast)
        await browser.get("/")  # rights and the leader are kept per process once they are read
        with counted() as statements:
            assert (await browser.get("/")).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    # Whoever leads sees the book of the day besides, and what is handed over.
    assert counts[1] <= MOST_STATEMENTS + (role == "leader"), statements


async def test_what_waits_besides_cards_stands_among_what_must_be_done(browsers: Browsers, cast: Cast) -> None:
    board = await open_board((await board_of(cast.room, by=SYSTEM)).key)
    assert board is not None
    for number in range(2):
        await report_publicly(board, PublicNews(title="灯不亮", form_key=str(number), network="street"))
    await set_duty_leader(cast.school, cast.leader, [today()], by=await cast.actor(cast.principal))
    for who, sees in ((cast.safety, True), (cast.leader, True), (cast.principal, False), (cast.teacher, False)):
        browser = await browsers.of(who)
        await browser.get("/")
        assert ("筛查公众反映" in browser.text and "2 条等着看" in browser.text) is sees, who
    foreign = await browsers.of(cast.other_safety)
    await foreign.get("/")
    assert "筛查公众反映" not in foreign.text


async def test_a_handover_sheet_waits_for_one_after_the_other(
    browsers: Browsers, cast: Cast, clock: MovingClock
) -> None:
    held = await fetch_value("SELECT min(id) FROM appointment WHERE person_id = {}", cast.keeper)
    plan = Plan(Change.MOVING, cast.keeper, today(), today(), gives=(Giving(held, Then.HOLDER, cast.nobody),))
    await enter_change(plan, org_id=cast.school, by=await cast.actor(cast.principal))
    post = await fetch_value("SELECT post_id FROM appointment WHERE id = {}", held)
    sheet = await sheet_row(await fetch_value("SELECT max(id) FROM handover_sheet WHERE post_id = {}", post))
    above = (await supervisors_of(sheet))[0].person_id
    for who, words in ((cast.keeper, "你交出"), (cast.nobody, "你接手"), (above, "等你会签")):
        browser = await browsers.of(who)
        await browser.get("/")
        assert words in browser.text and f"/handovers/{sheet.id}" in [href for href, _ in browser.links], words
        await browser.get(f"/handovers/{sheet.id}")
        await browser.submit(browser.form("/confirmations"))
        await browser.get("/")
        assert "交接单：" not in browser.text, words


async def test_danger_stands_before_the_screening_and_the_screening_before_the_rest() -> None:
    def line(number: int, level: str = "", urgent: str = "") -> Todo:
        return Todo(number, "", "", level, True, (), urgent, "", "")

    cards = [line(1, "red"), line(2, "yellow", "late"), line(3, "yellow"), line(4, "blue")]
    assert [one.id for one in behind_danger(cards, [line(9)])] == [1, 2, 9, 3, 4]
    assert [one.id for one in behind_danger([], [line(9)])] == [9]
