"""The keeper's first page, and the history with its check."""

import pytest

from portal.audit.catalogue import KINDS
from portal.core.database import execute, fetch_value, is_postgres
from portal.hazards.services import name_viewer
from portal.rendering.i18n import translator
from portal.web.stories import EVENTS, sentence_of
from tests.cast import Cast
from tests.conftest import Browsers
from tests.hazards import stories


def test_every_event_has_a_sentence() -> None:
    from portal.app import register_rooms

    register_rooms()
    assert not sorted(set(KINDS) - set(EVENTS))
    for kind in KINDS:
        assert "{" not in sentence_of(kind, {}, translator("zh-Hans"))


@pytest.mark.parametrize(
    ("who", "there", "not_there"),
    [
        ("safety", {"/imports", "/admin/accounts", "/people", "/grids", "/admin/viewers", "/admin/history"}, set()),
        ("principal", {"/admin/accounts", "/people", "/grids", "/admin/viewers", "/admin/history"}, {"/imports"}),
        ("bureau_officer", {"/imports", "/grids", "/admin/history"}, set()),
        ("teacher", {"/grids"}, {"/imports", "/admin/accounts", "/people", "/admin/viewers", "/admin/history"}),
    ],
)
async def test_the_first_page_links_what_the_role_opens(
    browsers: Browsers, cast: Cast, who: str, there: set[str], not_there: set[str]
) -> None:
    browser = await browsers.of(getattr(cast, who))
    await browser.get("/admin")
    main = {href for href, _ in browser.links}
    assert there <= main
    assert not not_there & main
    for href in sorted(there):
        assert (await browser.get(href)).status_code == 200, href


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
async def test_the_history_says_who_did_what_and_narrows(browsers: Browsers, cast: Cast, htmx: bool) -> None:
    hazard_id = await stories.assigned(cast)
    browser = await browsers.of(cast.principal, htmx=htmx)
    await browser.get("/admin/history?kind=hazard")
    assert "甄安全" in browser.text
    assert "从“待核实”移到“待整改”" in browser.text
    assert "隐患 2026-0001" in browser.text
    assert f"/hazards/{hazard_id}" in [href for href, _ in browser.links]
    assert "甄小班" not in browser.text
    await browser.get(f"/admin/history?kind=hazard&person={cast.teacher}")
    assert "报告了这条隐患" in browser.text
    assert "移到" not in browser.text
    await browser.get("/admin/history?kind=hazard&day=2026-11-22")
    assert "筛选以后没有" in browser.text
    for _ in range(12):
        await stories.reported(cast)
    await browser.get("/admin/history")
    seen = browser.text
    older = next(href for href, text in browser.links if text == "更早的")
    await browser.get("/admin/history" + older)
    assert "建了这个单位" in browser.text or "最新的" in browser.text
    assert browser.text != seen


async def test_a_pupils_name_stands_in_no_history(browsers: Browsers, cast: Cast) -> None:
    browser = await browsers.of(cast.safety)
    for kind in ("person", "post"):
        await browser.get(f"/admin/history?kind={kind}")
        assert "一名学生" in browser.text
        assert "甄小班" not in browser.text


async def test_the_check_says_that_it_holds_or_names_the_first_bad_row(browsers: Browsers, cast: Cast) -> None:
    browser = await browsers.of(cast.safety)
    await browser.get("/admin/history")
    await browser.submit(browser.form("/checks"))
    assert "历史完好" in browser.text
    if is_postgres():
        await execute("ALTER TABLE event DISABLE TRIGGER USER")
    else:
        await execute("DROP TRIGGER event_no_update")
    bad = await fetch_value("SELECT max(seq) FROM event WHERE org_id = {}", cast.school) - 2
    await execute("UPDATE event SET kind = 'grid.ended' WHERE org_id = {} AND seq = {}", cast.school, bad)
    await browser.get("/admin/history")
    answer = await browser.submit(browser.form("/checks"))
    assert answer.status_code == 422
    assert f"第 {bad} 条被改过" in browser.text


async def test_the_history_of_another_school_does_not_exist(browsers: Browsers, cast: Cast) -> None:
    bureau = await browsers.of(cast.bureau_officer)
    answer = await bureau.get(f"/admin/history?org={cast.school}")
    assert "明德中学 的历史" in bureau.text
    stranger = await browsers.of(cast.other_safety)
    foreign = await stranger.get(f"/admin/history?org={cast.school}")
    missing = await stranger.get("/admin/history?org=99999")
    building = await stranger.get(f"/admin/history?org={cast.other_building}")
    assert (foreign.status_code, missing.status_code, building.status_code) == (404, 404, 404)
    assert foreign.text == missing.text
    await stranger.get("/admin/history")
    answer = await stranger.submit(stranger.form("/checks"), org=str(cast.school))
    assert answer.status_code == 404
    teacher = await browsers.of(cast.teacher)
    assert (await teacher.get("/admin/history")).status_code == 403


async def test_the_history_tells_of_a_sensitive_card_only_to_whoever_sees_it(browsers: Browsers, cast: Cast) -> None:
    hazard_id = await stories.reported(cast, confidential=True)
    safety = await browsers.of(cast.safety)
    await safety.get("/admin/history?kind=hazard")
    assert "2026-0001" not in safety.text
    assert "报告了这条隐患" not in safety.text
    await name_viewer(cast.safety, by=await cast.actor(cast.principal))
    await safety.get("/admin/history?kind=hazard")
    assert "隐患 2026-0001" in safety.text
    assert f"/hazards/{hazard_id}" in [href for href, _ in safety.links]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_a_day_at_the_end_of_the_calendar_narrows_nothing(browsers: Browsers, cast: Cast, day: str) -> None:
    safety = await browsers.of(cast.safety)
    assert (await safety.get(f"/admin/history?day={day}")).status_code == 200
