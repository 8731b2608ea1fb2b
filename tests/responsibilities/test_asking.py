"""`/responsible`: who it was on a day at an hour, with the rows that say so and when each was entered (R163, E7)."""

from datetime import datetime, timedelta

from portal.core.clock import SHANGHAI, now
from portal.core.database import execute, insert
from portal.people.tables import Absence
from portal.responsibilities.tables import Responsibility
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock

MARCH = "day=2027-03-12&time=10:00"


async def to_march(cast: Cast, clock: MovingClock) -> None:
    """The keeper hands the room to the teacher on 1 March; the reader asks in April."""
    handover = datetime(2027, 3, 13, tzinfo=SHANGHAI)
    await execute("UPDATE appointment SET ends_at = {} WHERE post_id = {}", handover, cast.keeper_post)
    await execute(
        "INSERT INTO appointment (org_id, post_id, person_id, is_primary, kind, starts_at, entered_at, version) "
        "VALUES ({}, {}, {}, {}, 'holder', {}, {}, 1)",
        cast.school, cast.keeper_post, cast.teacher, True, handover, now(),
    )  # fmt: skip
    clock.set(datetime(2027, 4, 20, 9, tzinfo=SHANGHAI))


async def test_it_says_who_it_was_then_and_why(cast: Cast, browsers: Browsers, clock: MovingClock) -> None:
    await to_march(cast, clock)
    browser = await browsers.of(cast.safety)
    then = (await browser.get(f"/responsible?q=化学实验室(东)&{MARCH}")).text
    assert "2027年3月12日 周五 10:00，化学实验室(东)由甄实验负责（负责人）。" in then
    assert "2026年11月23日 周一 10:00" in then, "each row says when it was entered"
    now_it_is = (await browser.get(f"/responsible?grid={cast.room}")).text
    assert "化学实验室(东)由甄班主负责" in now_it_is


async def test_a_gap_says_whom_it_fell_to_and_who_was_away(cast: Cast, browsers: Browsers, clock: MovingClock) -> None:
    row = {
        "org_id": cast.school, "person_id": cast.keeper, "kind": "leave", "starts_at": now(), "entered_at": now(),
        "ends_at": now() + timedelta(days=2),
    }  # fmt: skip
    await insert(Absence, row)
    page = (await (await browsers.of(cast.safety)).get(f"/responsible?grid={cast.room}")).text
    assert "没有人负责：负责人空缺。上一级甄层长（一楼 楼层负责）负责补上。" in page
    assert "甄实验不在" in page


async def test_a_duty_is_asked_for_apart_and_the_matrix_is_named(cast: Cast, browsers: Browsers) -> None:
    from portal.hazards.services import seed_categories

    await seed_categories()
    row = {
        "org_id": cast.school, "grid_id": cast.building, "duty": "fire", "post_id": cast.chief_post, "mark": "main",
        "starts_at": now(), "entered_at": now(), "entered_by": cast.safety, "reason": "校长办公会定",
    }  # fmt: skip
    await insert(Responsibility, row)
    page = (await (await browsers.of(cast.safety)).get(f"/responsible?grid={cast.room}&duty=fire-wiring")).text
    assert "由甄楼长负责（博学楼 楼总负责）" in page
    assert "责任矩阵：博学楼，楼总负责，主责" in page
    assert "校长办公会定" in page
    assert "由甄安全登记" in page


async def test_several_places_are_offered_and_nonsense_is_said(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    assert "博学楼" in (await browser.get("/responsible?q=楼")).text
    assert "没有找到" in (await browser.get("/responsible?q=不存在")).text
    assert "看不懂" in (await browser.get(f"/responsible?grid={cast.room}&day=2027-13-40&time=aa")).text
    assert (await browser.get("/responsible?grid=x")).status_code == 404


async def test_another_school_is_not_there(cast: Cast, browsers: Browsers) -> None:
    ours, theirs = await browsers.of(cast.safety), await browsers.of(cast.other_safety)
    assert (await ours.get(f"/responsible?grid={cast.room}")).status_code == 200
    assert (await theirs.get(f"/responsible?grid={cast.room}")).status_code == 404
    assert "化学实验室" not in (await theirs.get("/responsible?q=化学")).text.split("<form")[0]


async def test_the_paper_holds_the_same_digest(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    address = f"grid={cast.room}&{MARCH.replace('2027-03-12', '2026-11-23')}"
    first = (await browser.get(f"/responsible?{address}")).text
    again = (await (await browsers.of(cast.principal)).get(f"/responsible?{address}")).text
    code = first[first.index("摘要码 ") + 4 :][:16]
    assert f"摘要码 {code}" in again, "the same question over the same rows, whoever asks"
    paper = await browser.get(f"/responsible.pdf?{address}")
    assert paper.status_code == 200
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.headers["content-disposition"].startswith("inline; ")
    assert paper.content.startswith(b"%PDF")
    assert (await browser.get("/responsible.pdf")).status_code == 200, "without a place the question comes first"
