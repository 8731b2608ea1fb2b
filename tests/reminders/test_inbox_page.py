"""The inbox in a browser, plain and htmx: unread first, a button marks, looking does not, nobody else's is shown."""

import pytest

from portal.core.database import fetch_value
from portal.hazards.rules import Level
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import Browsers
from tests.reminders.stories import assigned, codes, name, reported


async def unread(person: int) -> int:
    return int(await fetch_value("SELECT count(*) FROM reminder WHERE person_id = {} AND read_at IS NULL", person))


async def test_an_empty_inbox_says_so(cast: Cast, browsers: Browsers) -> None:
    me = await browsers.of(cast.keeper)
    answer = await me.get("/inbox")
    assert answer.status_code == 200 and "还没有消息" in me.text


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_person_reads_opens_and_ticks_off(cast: Cast, browsers: Browsers, htmx: bool) -> None:
    first = await reported(cast, by=cast.teacher, level=Level.RED)
    await reported(cast, by=cast.teacher)
    await drain()
    me = await browsers.of(cast.keeper, htmx=htmx)
    answer = await me.get("/inbox")
    assert answer.headers["cache-control"] == "no-store"
    assert "有新隐患 2026-0001，去核实" in me.text and "通风橱漏电" in me.text
    assert (f"/hazards/{first}", "有新隐患 2026-0001，去核实") in me.links
    assert await unread(cast.keeper) == 2, "looking marks nothing"
    form = [form for form in me.forms if form.action == "/inbox/reads" and form.fields.get("id")][-1]
    await me.submit(form)
    assert await unread(cast.keeper) == 1
    await me.submit(next(form for form in me.forms if form.fields.get("upto")))
    assert await unread(cast.keeper) == 0 and "都读过了" in me.text


async def test_one_reads_in_english_what_was_told(cast: Cast, browsers: Browsers) -> None:
    from portal.core.database import execute

    await execute("UPDATE person SET language = 'en' WHERE id = {}", cast.keeper)
    await reported(cast, by=cast.teacher)
    await drain()
    me = await browsers.of(cast.keeper)
    assert "2026-0001" in (await me.get("/inbox")).text


async def test_a_sensitive_card_shows_its_number_only(cast: Cast, browsers: Browsers) -> None:
    await assigned(cast, sensitive=True)
    await drain()
    me = await browsers.of(cast.keeper)
    await me.get("/inbox")
    assert "2026-0001 交给你整改" in me.text and "通风橱" not in me.text


async def test_nobody_sees_or_ticks_off_what_another_was_told(cast: Cast, browsers: Browsers) -> None:
    await reported(cast, by=cast.teacher)
    await drain()
    mine = await fetch_value("SELECT id FROM reminder WHERE person_id = {}", cast.keeper)
    stranger = await browsers.of(cast.other_safety)
    await stranger.get("/inbox")
    assert "2026-0001" not in stranger.text
    token = stranger.forms[-1].fields["_csrf_token"][-1]
    assert (await stranger.post("/inbox/reads", {"id": mine, "_csrf_token": token})).status_code == 404
    assert (await stranger.post("/inbox/reads", {"id": "x", "_csrf_token": token})).status_code == 404
    await stranger.post("/inbox/reads", {"upto": 10**8, "_csrf_token": token})
    assert await unread(cast.keeper) == 1


async def test_the_cards_page_says_who_is_told_what_and_when(cast: Cast, browsers: Browsers) -> None:
    await codes()
    await name(cast, cast.safety)
    hazard = await assigned(cast)
    await drain()
    me = await browsers.of(cast.safety)
    await me.get(f"/hazards/{hazard}")
    assert "谁会收到什么" in me.text
    assert "负责人 甄实验：到期了，还没有整改好" in me.text or "甄实验" in me.text
    assert "安全科科长 甄局安：超期 3 个工作日" in me.text and "到时还没有办才发" in me.text
