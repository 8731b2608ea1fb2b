"""What other rooms lend to the coverage page: sheets, boards, reports; one statement for all of them together."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from portal.app import register_rooms
from portal.changes.services import enter_change
from portal.contact_boards.services import board_of, make_boards
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import execute, fetch_value
from portal.core.provided import Asked, Check, CheckWords, CoverageCheck, Gap, LentRow
from portal.coverage.checks import use_checks
from portal.coverage.services import write_spans
from tests.cast import Cast
from tests.changes.test_changes_services import leaving
from tests.conftest import Browsers, MovingClock
from tests.coverage.conftest import counted


@pytest.fixture(autouse=True)
def rooms() -> Iterator[None]:
    register_rooms()
    yield
    register_rooms()


def hours(rows: list[LentRow], asked: Asked) -> list[Check]:
    gap = Gap(f"周六 14:00 {asked.place(rows[0].id)}", "/duty", "/duty", "没有人")
    return [Check("hours", 166, 168, (gap,), permission="duty.edit"), Check("unknown", 0, 0)]


HOURS = CoverageCheck(
    {"hours": CheckWords("没有人值班的钟点", "每个钟点都有人值班", "排班")},
    "SELECT 'hours', g.id, 0, g.name, '', 0, NULL, NULL FROM grid g WHERE g.id = {}",
    lambda org_id, _: [org_id],
    hours,
)


async def test_a_check_that_a_room_lends_stands_beside_our_own(browsers: Browsers, cast: Cast) -> None:
    browser = await browsers.of(cast.principal)
    use_checks(HOURS, HOURS)
    await browser.get("/coverage")
    with counted() as statements:
        await browser.get("/coverage")
    assert len(statements) <= 6, statements
    for words in ("没有人值班的钟点", "166 / 168", "周六 14:00 明德中学", "没有人", "排班"):
        assert words in browser.text
    leader = await browsers.of(cast.vice_head)
    await leader.get("/coverage")
    assert "排班" in leader.text
    use_checks(HOURS._replace(checks=lambda rows, asked: [hours(rows, asked)[0]._replace(permission="change.make")]))
    await leader.get("/coverage")
    assert "周六 14:00" in leader.text
    assert "排班" not in leader.text, "an action that they may not take is not offered"


async def report_from(cast: Cast, browsers: Browsers, title: str) -> int:
    key = (await board_of(cast.room, by=await cast.actor(cast.safety))).key
    parent = browsers.stranger()
    await parent.get(f"/b/{key}/report")
    await parent.submit(parent.form("/reports"), title=title, sure="1")
    return int(await fetch_value("SELECT max(id) FROM public_report"))


async def test_a_school_that_uses_boards_sees_which_grids_have_none(browsers: Browsers, cast: Cast) -> None:
    browser = await browsers.of(cast.principal)
    await browser.get("/coverage")
    assert "公示板" not in browser.text, "a school without any board does not use them"
    await board_of(cast.room, by=await cast.actor(cast.safety))
    await browser.get("/coverage")
    assert "该建公示板、还没建的网格" in browser.text
    assert (f"/grids/{cast.floor}/contact-board", "建公示板 博学楼·一楼") in [
        (href, " ".join(text.split())) for href, text in browser.links
    ]
    assert f"/grids/{cast.room}/contact-board" not in [href for href, _ in browser.links]
    assert (await browser.client.get(f"/grids/{cast.floor}/contact-board")).status_code == 200
    vice = await browsers.of(cast.vice_head)
    await vice.get("/coverage")
    assert "该建公示板、还没建的网格" in vice.text
    assert "/contact-board" not in " ".join(href for href, _ in vice.links), "a vice head may look only"
    await make_boards(cast.school, by=await cast.actor(cast.safety))
    await browser.get("/coverage")
    assert "该建公示板、还没建的网格" not in browser.text
    assert "该建的公示板都建了" in browser.text


async def test_a_report_past_its_clock_is_a_gap_that_tells_nothing_of_what_it_says(
    browsers: Browsers, cast: Cast, clock: MovingClock
) -> None:
    report = await report_from(cast, browsers, "通风橱的门关不上")
    browser = await browsers.of(cast.principal)
    await browser.get("/coverage")
    assert "公众反映都按时看了" in browser.text
    clock.forward(hours=4, minutes=1)
    await browser.get("/coverage")
    assert "过了时限还没看的公众反映" in browser.text
    assert f"/screening/{report}" in [href for href, _ in browser.links]
    assert "通风橱" not in browser.text
    hazard = await fetch_value(
        "INSERT INTO public_report (org_id, grid_id, board_id, title, key_digest, form_key, state, screen_due_at, "
        "created_at, too_count, version) SELECT org_id, grid_id, board_id, 'x', 'x', 'x', 'refused', screen_due_at, "
        "created_at, 0, 1 FROM public_report RETURNING id"
    )
    assert hazard
    await browser.get("/coverage")
    assert f"/screening/{hazard}" not in [href for href, _ in browser.links], "what is decided waits no more"


async def test_a_report_about_a_sensitive_card_is_neither_told_nor_counted(
    browsers: Browsers, cast: Cast, clock: MovingClock
) -> None:
    from portal.hazards.services import Report, report_hazard

    report = await report_from(cast, browsers, "三班有人被打")
    card = await report_hazard(Report(cast.room, "x", confidential=True), by=await cast.actor(cast.safety))
    await execute("UPDATE public_report SET hazard_id = {} WHERE id = {}", card, report)
    clock.forward(hours=5)
    browser = await browsers.of(cast.principal)
    await browser.get("/coverage")
    assert "过了时限还没看的公众反映" not in browser.text


async def test_a_sheet_that_is_due_is_a_gap_until_it_is_countersigned(
    browsers: Browsers, cast: Cast, clock: MovingClock
) -> None:
    plan = await leaving(cast.keeper, cast.nobody, days=0)
    await enter_change(plan, org_id=cast.school, by=await cast.actor(cast.safety))
    await write_spans(cast.school)
    browser = await browsers.of(cast.safety)
    await browser.get("/coverage")
    assert "该办的交接单都办完了" in browser.text, "before its day nothing is late"
    clock.set(plan.effective_at + timedelta(minutes=1))
    browser = await browsers.of(cast.safety)
    await browser.get("/coverage")
    sheet = await fetch_value("SELECT min(id) FROM handover_sheet")
    assert "没办完的交接单" in browser.text
    assert "博学楼·一楼·化学实验室(东) 负责人" in browser.text
    assert f"/handovers/{sheet}" in [href for href, _ in browser.links]
    assert (await browser.client.get(f"/handovers/{sheet}")).status_code == 200
    vice = await browsers.of(cast.vice_head)
    await vice.get("/coverage")
    assert "没办完的交接单" in vice.text
    assert f"/handovers/{sheet}" not in [href for href, _ in vice.links]
    await execute("UPDATE handover_sheet SET supervisor_confirmed_at = {}", now())
    await browser.get("/coverage")
    assert "没办完的交接单" not in browser.text


async def test_lent_checks_are_beside_the_fraction(browsers: Browsers, cast: Cast, real_school: Any) -> None:
    await make_boards(real_school.org, by=SYSTEM)
    browser = await browsers.of(real_school.principal)
    await browser.get("/coverage")
    with counted() as statements:
        await browser.get("/coverage")
    assert len(statements) <= 6, statements
    assert "176" in browser.text
    assert "还差 7 个" in browser.text
