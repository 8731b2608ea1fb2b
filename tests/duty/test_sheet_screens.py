"""Screens on the wall: made once, shown to nobody else, always true, ended for good; what they cost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from portal.core import logs
from portal.core.actors import SYSTEM
from portal.core.clock import now, today
from portal.core.database import execute, fetch_column, fetch_value, watchers
from portal.core.ids import digest, new_token
from portal.core.refusals import Invalid
from portal.duty.queries import forget_plans
from portal.duty.rules import Line
from portal.duty.services import NewShift, add_shift, adopt_proposal, seed_duty_words, set_duty_leader
from portal.duty.services.calendar import seed_calendar
from portal.duty.sheets.forms import parse_name
from portal.duty.sheets.services import MOST_SCREENS, end_screen, make_screen
from portal.hazards.services import Report, report_hazard, seed_categories
from tests.browser import Browser, Form
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock

HOUR = timedelta(hours=1)
ADDRESS = re.compile(r"http://testserver(/screen/[\w-]{43})\b")
BAD = ("x", "0", "a" * 43, "a" * 42, "a" * 44, "%00" * 5, "<b>", "é" * 43)


@pytest.fixture
async def gate(browsers: Browsers, cast: Cast) -> int:
    await seed_calendar()
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    return int(await fetch_value("SELECT id FROM duty_area WHERE org_id = {} AND name = '校门'", cast.school))


async def at_gate(cast: Cast, gate: int, who: int, start: int, end: int) -> int:
    return await add_shift(
        cast.school, NewShift(Line(gate, "guard"), now() + start * HOUR, now() + end * HOUR, who), by=SYSTEM
    )


async def address(cast: Cast) -> str:
    return f"/screen/{(await make_screen(cast.school, '门卫室', by=SYSTEM)).token}"


async def shown(browsers: Browsers, path: str, **headers: str) -> httpx.Response:
    return await browsers.stranger().client.get(path, headers=headers)


def words(answer: httpx.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@contextmanager
def counted() -> Iterator[list[str]]:
    seen: list[str] = []
    watchers.append(seen.append)
    try:
        yield seen
    finally:
        watchers.remove(seen.append)


@pytest.mark.parametrize("htmx", [False, True])
async def test_the_office_makes_a_screen_and_sees_its_address_once(
    browsers: Browsers, cast: Cast, gate: int, htmx: bool
) -> None:
    office = await browsers.of(cast.safety, htmx=htmx)
    await office.get("/duty/screens")
    assert "还没有屏" in office.text
    await office.submit(office.form("/duty/screens"), name="  门卫室  ")
    found = ADDRESS.search(office.page.text if office.page else "")
    assert found and "门卫室：地址做好了" in office.text
    assert [str(one) for one in await fetch_column("SELECT token_digest FROM duty_screen")] == [digest(found[1][8:])]
    await office.get("/duty/screens")
    assert found[1] not in (office.page.text if office.page else "") and "还没有打开过" in office.text
    assert "现在谁值班" in words(await shown(browsers, found[1]))
    told = await fetch_column("SELECT kind FROM event WHERE kind LIKE 'duty.screen%' ORDER BY id")
    assert [str(one) for one in told] == ["duty.screen_made"]
    everything = str(await fetch_column("SELECT details FROM event"))
    assert found[1][8:] not in everything


async def test_an_ended_screen_is_the_same_missing_page_as_one_that_never_was(
    browsers: Browsers, cast: Cast, gate: int
) -> None:
    path = await address(cast)
    assert (await shown(browsers, path)).status_code == 200
    office = await browsers.of(cast.principal)
    await office.get("/duty/screens")
    await office.submit(office.form("/end"))
    assert "停用了" in office.text and "还没有屏" in office.text
    ended, unknown = await shown(browsers, path), await shown(browsers, f"/screen/{new_token()}")
    assert ended.status_code == unknown.status_code == 404
    assert ended.content == unknown.content
    unlike = {"date", "content-length"}
    assert {k: v for k, v in ended.headers.items() if k not in unlike} == {
        k: v for k, v in unknown.headers.items() if k not in unlike
    }
    for bad in BAD:
        answer = await shown(browsers, f"/screen/{bad}")
        assert answer.status_code == 404 and not answer.headers.get("set-cookie"), bad
    token = office.form("/duty/screens").fields["_csrf_token"][0]
    again = await office.post(
        f"/duty/screens/{await fetch_value('SELECT id FROM duty_screen')}/end", {"_csrf_token": token}
    )
    assert again.status_code == 422 and "已经停用" in office.text


async def test_a_screen_shows_who_is_there_and_who_comes_without_a_phone(
    browsers: Browsers, cast: Cast, gate: int
) -> None:
    await set_duty_leader(cast.school, cast.vice_head, [today()], by=SYSTEM)
    await at_gate(cast, gate, cast.keeper, 0, 2)
    await at_gate(cast, gate, cast.teacher, 2, 6)
    await execute("UPDATE organisation SET duty_phone = '0571-8800110' WHERE grid_id = {}", cast.school)
    await seed_categories()
    await report_hazard(Report(grid_id=cast.room, title="裂缝"), by=await cast.actor(cast.keeper))
    path = await address(cast)
    await shown(browsers, path)
    answer = await shown(browsers, path)
    text = words(answer)
    assert "带班 甄副校" in text and "校门 门卫保安" in text and "甄实验" in text
    assert "12:00 起 甄班主" in text and "0571-8800110" in text and "缺 1 人" in text and "现在缺" in text
    assert "未销号 1 条" in text and "裂缝" not in text
    assert "138" not in text and "tel:" not in answer.text and "<script" not in answer.text
    assert '<meta http-equiv="refresh" content="60">' in answer.text


async def test_a_screen_sets_no_cookie_and_leaks_no_address(
    browsers: Browsers, cast: Cast, gate: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path = await address(cast)
    browser = await browsers.of(cast.keeper)
    answer = await browser.client.get(path)
    assert "set-cookie" not in answer.headers and cast and path[8:] not in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer" and "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["cache-control"] == "private, no-cache"
    assert logs.masked(path) == "/screen/…"
    await execute("UPDATE duty_screen SET org_id = -1")
    assert (await shown(browsers, path)).status_code == 404
    told = capsys.readouterr()
    assert path[8:] not in told.out + told.err


async def test_a_copy_is_good_for_its_minute_only(
    browsers: Browsers, cast: Cast, gate: int, clock: MovingClock
) -> None:
    path = await address(cast)
    await shown(browsers, path)
    first = await shown(browsers, path)
    same = await shown(browsers, path, **{"if-none-match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    clock.forward(minutes=1)
    later = await shown(browsers, path, **{"if-none-match": first.headers["etag"]})
    assert later.status_code == 200 and "10:01 更新" in words(later)


async def test_what_is_kept_is_never_old(browsers: Browsers, cast: Cast, gate: int, clock: MovingClock) -> None:
    path = await address(cast)
    await at_gate(cast, gate, cast.keeper, 0, 2)
    assert "甄实验" in words(await shown(browsers, path))
    clock.forward(hours=1, minutes=59, seconds=59)
    assert "甄实验" in words(await shown(browsers, path))
    clock.forward(seconds=1)
    assert "甄实验" not in words(await shown(browsers, path)), "to the second"
    await at_gate(cast, gate, cast.teacher, 0, 3)
    assert "甄班主" in words(await shown(browsers, path)), "what is put down now"
    clock.forward(days=1)
    assert "11月24日" in words(await shown(browsers, path))


async def test_a_reading_takes_three_statements_at_most(
    browsers: Browsers, cast: Cast, gate: int, clock: MovingClock
) -> None:
    path = await address(cast)
    for hour in range(8):
        await at_gate(cast, gate, cast.keeper, hour, hour + 1)
    forget_plans()
    costs = []
    for step in (0, 1, 1, 1, 60, 1, 15, 1):
        clock.forward(minutes=step)
        with counted() as seen:
            assert (await shown(browsers, path)).status_code == 200
        costs.append(len(seen))
    assert max(costs) <= 3, costs
    assert await fetch_value("SELECT seen_at FROM duty_screen") is not None


async def test_only_the_office_sees_screens_and_only_its_own(browsers: Browsers, cast: Cast, gate: int) -> None:
    await make_screen(cast.other_school, "值班室", by=SYSTEM)
    theirs = int(await fetch_value("SELECT id FROM duty_screen"))
    keeper = await browsers.of(cast.keeper)
    assert (await keeper.get("/duty/screens")).status_code == 403
    office: Browser = await browsers.of(cast.safety)
    await office.get("/duty/screens")
    assert "值班室" not in office.text.replace("门卫室、值班室", "")
    assert (await office.get(f"/duty/screens?org={cast.other_school}")).status_code == 404
    await office.get("/duty/screens")
    form = office.form("/duty/screens")
    assert (await office.submit(form, name="墙", org=str(cast.other_school))).status_code == 404
    fields = {"_csrf_token": form.fields["_csrf_token"][0]}
    assert (await office.post(f"/duty/screens/{theirs}/end", fields)).status_code == 404
    assert await fetch_value("SELECT count(*) FROM duty_screen WHERE ended_at IS NULL") == 1


async def test_a_name_that_is_none_comes_back_as_typed(browsers: Browsers, cast: Cast, gate: int) -> None:
    office = await browsers.of(cast.safety)
    await office.get("/duty/screens")
    answer = await office.submit(office.form("/duty/screens"), name="墙" * 61)
    assert answer.status_code == 422 and "写清挂在哪里" in office.text
    assert office.form("/duty/screens").fields["name"] == ["墙" * 61]
    assert await fetch_value("SELECT count(*) FROM duty_screen") == 0
    with pytest.raises(Invalid):
        parse_name(" \t\x00 ")
    assert parse_name(" 门卫室\n一楼 ") == "门卫室 一楼"


def _new(browser: Browser) -> Form:
    return next(form for form in browser.forms if "name" in form.fields)


async def test_a_school_has_fifty_screens_and_then_one_has_to_go(browsers: Browsers, cast: Cast, gate: int) -> None:
    made = [await make_screen(cast.school, f"屏 {n}", by=SYSTEM) for n in range(MOST_SCREENS)]
    office = await browsers.of(cast.safety)
    await office.get("/duty/screens")
    answer = await office.submit(_new(office), name="又一块")
    assert answer.status_code == 422
    assert "最多 50 块屏" in office.text
    assert _new(office).fields["name"] == ["又一块"]
    assert await fetch_value("SELECT count(*) FROM duty_screen") == MOST_SCREENS
    await make_screen(cast.other_school, "别的学校", by=SYSTEM)
    await end_screen(made[0].id, by=SYSTEM)
    assert (await office.submit(_new(office), name="又一块")).status_code == 200
    assert await fetch_value("SELECT count(*) FROM duty_screen WHERE ended_at IS NULL") == MOST_SCREENS + 1


def test_the_template_has_no_script_and_no_inline_style() -> None:
    text = Path("templates/duty/sheets/wall.html").read_text(encoding="utf-8")
    assert "<script" not in text and "style=" not in text
