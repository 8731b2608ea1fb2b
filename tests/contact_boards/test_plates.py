"""A wrong plate (H7): two taps without account or script, a clock, and three ways of the office to end it."""

import asyncio
from typing import Any

import pytest

from portal.contact_boards.queries.reports import report_to_screen
from portal.contact_boards.rules import LIMITS, Limit, PlateEnd
from portal.contact_boards.services import (
    Acceptance,
    accept_report,
    board_of,
    end_plate_report,
    merge_report,
    refuse_report,
    revoke_board,
)
from portal.core.actors import SYSTEM
from portal.core.clock import today
from portal.core.database import fetch_value
from portal.core.refusals import Busy, Conflict, NotFound
from portal.duty.services import set_duty_leader
from portal.settings import Settings
from tasks.outbox import drain
from tasks.public_reports import sweep_screening
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.contact_boards.test_public_reports import key_of, newest, send

STATE = "SELECT state FROM public_report WHERE id = {}"
WAITING = "SELECT count(*) FROM public_report WHERE plate_fault IS NOT NULL AND state = 'waiting'"


async def doubt(browser: Browser, key: str, fault: str, line: str = "") -> Any:
    """Two taps: the button of the board, the button that says what is wrong."""
    await browser.get(f"/b/{key}")
    await browser.follow("二维码牌不对")
    return await browser.submit(browser.form("/plates"), fault=fault, line=line)


async def end(cast: Cast, report_id: int, how: PlateEnd, who: int | None = None) -> int:
    by = await cast.actor(who or cast.safety)
    version = (await report_to_screen(report_id, by=by)).version
    return await end_plate_report(report_id, how, version=version, by=by)


async def test_whoever_stands_before_a_wrong_plate_says_so_in_two_taps(cast: Cast, browsers: Browsers) -> None:
    key, visitor = await key_of(cast, cast.room), browsers.stranger()
    done = await doubt(visitor, key, "code")
    assert done.status_code == 200 and "不要扫它" in visitor.text
    assert not visitor.client.cookies and done.headers["cache-control"] == "no-store"
    row = await newest()
    report = await report_to_screen(row, by=await cast.actor(cast.safety))
    assert (report.plate_fault, report.title, report.state, report.grid_id) == ("code", "", "waiting", cast.room)
    assert await fetch_value("SELECT count(*) FROM hazard") == 0
    page = await visitor.get(f"/b/{key}")
    assert ">0</b>已收到" in page.text, "it is no hazard and not counted as one"
    english = await visitor.get(f"/b/{key}/plate?language=en")
    assert english.status_code == 200 and 'action="/b/' in english.text and "language=en" in english.text


async def test_the_list_marks_it_and_the_clock_runs(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    await set_duty_leader(cast.school, cast.leader, [today()], by=SYSTEM)
    key = await key_of(cast, cast.room)
    await doubt(browsers.stranger(), key, "place", "牌上写的是 3 号楼")
    await drain()
    told = "SELECT count(*) FROM reminder WHERE kind = {} AND person_id = {}"
    assert await fetch_value(told, "plate_doubted", cast.safety) == 1
    assert await fetch_value(told, "plate_doubted", cast.leader) == 1
    safety = await browsers.of(cast.safety)
    await safety.get("/screening")
    assert "地方不对：牌上写的是 3 号楼" in safety.text and "二维码牌" in safety.text
    clock.forward(hours=4, minutes=1)
    await sweep_screening(settings, clock())
    assert await fetch_value(told, "public_overdue", cast.principal) == 1
    await end(cast, await newest(), PlateEnd.FINE)
    await drain()
    open_ones = "SELECT count(*) FROM reminder WHERE read_at IS NULL AND subject_kind = 'public_report'"
    assert await fetch_value(open_ones) == 0


async def test_the_office_reprints_with_the_place_chosen(cast: Cast, browsers: Browsers) -> None:
    key = await key_of(cast, cast.room)
    await doubt(browsers.stranger(), key, "damaged")
    row, safety = await newest(), await browsers.of(cast.safety)
    await safety.get(f"/screening/{row}")
    assert "受理" not in safety.text and "查询码" not in safety.text
    stale = safety.form("/plates")
    done = await safety.submit(stale, end="reprinted")
    assert str(done.url).endswith(f"/prints?grid={cast.room}&kind=plates")
    assert f'value="{cast.room}" selected' in done.text and "印一张新的" in safety.text
    assert await fetch_value(STATE, row) == "reprinted"
    again = await safety.submit(stale, end="fine")
    assert again.status_code == 409 and "别人刚刚处理过" in safety.text
    assert (await safety.client.get(f"/b/{key}")).status_code == 200, "the same key on new paper"


@pytest.mark.parametrize(("how", "boards"), [(PlateEnd.REPLACED, 1), (PlateEnd.REVOKED, 0)])
async def test_the_key_on_a_false_plate_opens_nothing_any_more(
    cast: Cast, browsers: Browsers, clock: MovingClock, how: PlateEnd, boards: int
) -> None:
    key, visitor = await key_of(cast, cast.room), browsers.stranger()
    await doubt(visitor, key, "code")
    row = await newest()
    await doubt(visitor, key, "person", "写的老师去年走了")
    second = await newest()
    assert row != second
    await end(cast, row, how)
    assert await fetch_value(STATE, row) == how
    open_ones = "SELECT count(*) FROM contact_board WHERE grid_id = {} AND revoked_at IS NULL"
    assert await fetch_value(open_ones, cast.room) == boards
    clock.forward(seconds=60)
    assert (await visitor.client.get(f"/b/{key}")).status_code == 404
    kind = "SELECT count(*) FROM event WHERE kind = 'contact_board.revoked'"
    assert await fetch_value(kind) == 1
    with pytest.raises(Conflict):
        await end(cast, second, how)
    assert await fetch_value(kind) == 1 and await fetch_value(STATE, second) == "waiting", "nothing half done"
    safety = await browsers.of(cast.safety)
    page = await safety.get(f"/screening/{second}")
    assert "已经收回了" in safety.text and 'value="revoked"' not in page.text


async def test_whoever_may_not_edit_boards_may_still_screen(cast: Cast, browsers: Browsers) -> None:
    key = await key_of(cast, cast.room)
    await doubt(browsers.stranger(), key, "code")
    row, head = await newest(), await browsers.of(cast.vice_head)
    page = await head.get(f"/screening/{row}")
    assert 'value="revoked"' not in page.text and "告诉他们" in head.text
    answer = await head.submit(head.form("/plates"), end="revoked")
    assert answer.status_code == 404 and await fetch_value(STATE, row) == "waiting"
    await head.get(f"/screening/{row}")
    done = await head.submit(head.form("/plates"), end="reprinted")
    assert str(done.url).endswith("/screening"), "they do not print"


async def test_only_this_schools_office_sees_and_ends_it(cast: Cast, browsers: Browsers) -> None:
    key = await key_of(cast, cast.room)
    await doubt(browsers.stranger(), key, "code", "贴了一张假的")
    row = await newest()
    assert "贴了一张假的" in (await (await browsers.of(cast.safety)).get("/screening")).text
    other = await browsers.of(cast.other_safety)
    assert "贴了一张假的" not in (await other.get("/screening")).text
    assert (await other.client.get(f"/screening/{row}")).status_code == 404
    for who in (cast.other_safety, cast.keeper):
        with pytest.raises(NotFound):
            await end_plate_report(row, PlateEnd.FINE, version=1, by=await cast.actor(who))


async def test_a_plate_never_becomes_a_card_and_a_hazard_is_never_a_plate(cast: Cast, browsers: Browsers) -> None:
    key, by = await key_of(cast, cast.room), await cast.actor(cast.safety)
    await doubt(browsers.stranger(), key, "code", "假的")
    plate = await newest()
    with pytest.raises(NotFound):
        await accept_report(plate, Acceptance(title="假的", version=1), by=by)
    with pytest.raises(NotFound):
        await merge_report(plate, "2026-0001", version=1, by=by)
    with pytest.raises(NotFound):
        await refuse_report(plate, "不", version=1, by=by)
    await send(browsers.stranger(), key, "通风橱的门关不上")
    with pytest.raises(NotFound):
        await end_plate_report(await newest(), PlateEnd.FINE, version=1, by=by)
    assert await fetch_value("SELECT count(*) FROM hazard") == 0


async def test_the_same_form_is_once_and_the_next_who_passes_is_counted(cast: Cast, browsers: Browsers) -> None:
    key, visitor = await key_of(cast, cast.room), browsers.stranger()
    await visitor.get(f"/b/{key}/plate")
    form = visitor.form("/plates")
    for _ in range(3):
        await visitor.submit(form, fault="code")
    assert await fetch_value(WAITING) == 1
    row = await newest()
    assert await fetch_value("SELECT too_count FROM public_report WHERE id = {}", row) == 0
    for _ in range(2):
        await doubt(browsers.stranger(), key, "code")
    assert await fetch_value("SELECT too_count FROM public_report WHERE id = {}", row) == 2
    await doubt(browsers.stranger(), key, "damaged")
    await doubt(browsers.stranger(), key, "code", "左下角贴了纸")
    assert await fetch_value(WAITING) == 3
    await end(cast, row, PlateEnd.FINE)
    await doubt(browsers.stranger(), key, "code")
    assert await fetch_value(STATE, row) == "fine", "what is over stays over"


async def test_hostile_forms_of_a_plate(cast: Cast, browsers: Browsers) -> None:
    key, other = await key_of(cast, cast.room), await key_of(cast, cast.floor)
    robot = browsers.stranger()
    for fields in (
        {}, {"fault": ""}, {"fault": "hazard"}, {"fault": "²"}, {"fault": "code' OR 1=1"}, {"fault": "\x00"},
        {"fault": "code", "line": "长" * 100_000}, {"line": "只有一句"},
    ):  # fmt: skip
        await robot.get(f"/b/{key}/plate")
        answer = await robot.submit(robot.form("/plates"), **fields)
        assert answer.status_code == 422, fields
    assert "只有一句" in robot.text and "选一样" in robot.text, "what was typed is kept"
    await robot.get(f"/b/{other}/plate")
    data = {"fault": "code", "form_key": robot.form("/plates").fields["form_key"][0]}
    assert (await robot.post(f"/b/{key}/plates", data)).status_code == 403, "a form of another board"
    assert (await robot.post(f"/b/{key}/plates", {"fault": "code"})).status_code == 403
    foreign = await robot.client.post(f"/b/{other}/plates", data=data, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    for bad in ("A" * 24, "%00", "..%2f"):
        for path in ("plate", "plate/noted"):
            assert (await robot.client.get(f"/b/{bad}/{path}")).status_code in (400, 404)
    mass = {"state": "fine", "org_id": str(cast.other_school), "hazard_id": "1", "board_id": "9", "id": "77"}
    await robot.get(f"/b/{key}/plate")
    await robot.submit(robot.form("/plates"), fault="code", line="<b>假</b>", **mass)
    report = await report_to_screen(await newest(), by=await cast.actor(cast.safety))
    assert (report.state, report.org_id, report.hazard_id) == ("waiting", cast.school, None)
    safety = await browsers.of(cast.safety)
    assert "<b>假" not in (await safety.get("/screening")).text  # escaped
    for wrong in ({}, {"end": "accepted"}, {"end": "revoked", "version": "²"}, {"end": "fine", "version": "9"}):
        await safety.get(f"/screening/{report.id}")
        answer = await safety.submit(safety.form("/plates"), **wrong)
        assert answer.status_code in (409, 422), wrong
    assert await fetch_value(WAITING) == 1


async def test_a_flood_of_doubts_runs_into_the_limit_of_reports(
    cast: Cast, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "report", Limit(3, LIMITS["report"].within))
    key, robot = await key_of(cast, cast.room), browsers.stranger()
    codes = [(await doubt(robot, key, "code", f"第{n}张")).status_code for n in range(5)]
    assert codes == [200] * 3 + [429] * 2
    assert await fetch_value(WAITING) == 3


async def test_of_many_who_end_it_at_once_one_does(cast: Cast, browsers: Browsers) -> None:
    key, by = await key_of(cast, cast.room), await cast.actor(cast.safety)
    await doubt(browsers.stranger(), key, "code")
    row = await newest()
    answers = await asyncio.gather(
        *[end_plate_report(row, PlateEnd.REPLACED, version=1, by=by) for _ in range(6)], return_exceptions=True
    )
    assert sum(answer == cast.room for answer in answers) == 1, answers
    assert all(answer == cast.room or isinstance(answer, Conflict | Busy) for answer in answers), answers
    assert await fetch_value("SELECT count(*) FROM contact_board WHERE grid_id = {}", cast.room) == 2


async def test_a_plate_of_a_place_that_got_another_key_meanwhile(cast: Cast, browsers: Browsers) -> None:
    """The office replaces the key on its own page first: the report must not take the new key too."""
    key, by = await key_of(cast, cast.room), await cast.actor(cast.safety)
    await doubt(browsers.stranger(), key, "code")
    row = await newest()
    await revoke_board(cast.room, version=1, replace=True, by=by)
    with pytest.raises(Conflict):
        await end(cast, row, PlateEnd.REVOKED)
    fresh = await board_of(cast.room, by=by)
    assert fresh.key != key
    await end(cast, row, PlateEnd.FINE)
