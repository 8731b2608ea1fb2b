"""The board's promises: a fixed number of statements, their plan, and a cache that never shows the wrong thing to anybody."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import brotli
import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import _compiled, execute, fetch_value, insert, is_postgres, watchers
from portal.core.database import engine as open_engine
from portal.hazards.queries import board_place
from portal.hazards.queries.board import cards_sql
from portal.hazards.routes.board import kept_boards
from portal.hazards.services import add_helper, list_hazard
from portal.people.services import end_appointment
from portal.responsibilities.tables import Responsibility
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.hazards import stories
from tests.hazards.bulk import closed_cards, open_cards
from tests.hazards.stories import card, category
from tests.journeys.test_hazard import picture


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of what happens inside; BEGIN and COMMIT do not pass here."""
    seen: list[str] = []
    watchers.append(seen.append)
    try:
        yield seen
    finally:
        watchers.remove(seen.append)


def board(grid: int, query: str = "") -> str:
    return f"/grids/{grid}/board{query}"


def shown(text: str) -> set[int]:
    return {int(found) for found in re.findall(r'data-hazard="(\d+)"', text)}


async def moves_of(browser: Browser, grid: int, hazard_id: int) -> set[str]:
    answer = await browser.get(board(grid))
    found = re.search(rf'data-hazard="{hazard_id}"[^>]*?data-moves="([^"]*)"', answer.text)
    return set(found[1].split()) if found else set()


# -- statements


async def test_a_board_takes_six_statements_whatever_it_holds(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    counts = []
    start = 1
    for more in (0, 50, 150):
        if more:
            await open_cards(
                cast.school,
                [cast.room, cast.second_room, cast.sibling_room],
                more,
                posts=[cast.keeper_post],
                start=start,
            )
            await execute("UPDATE chain_head SET board_version = board_version + 1 WHERE org_id = {}", cast.school)
            start += more
        await browser.get("/health/live")
        if not counts:
            await browser.get(board(cast.school))  # the session's actor is warm from here on
            await execute("UPDATE chain_head SET board_version = board_version + 1 WHERE org_id = {}", cast.school)
        with counted() as seen:
            answer = await browser.get(board(cast.school))
        assert answer.status_code == 200
        assert len(shown(answer.text)) == start - 1
        counts.append(len(seen))
    assert counts[0] <= counts[1] == counts[2] <= 6, seen  # an empty board asks for no holders
    with counted() as seen:
        await browser.get(board(cast.school))
    assert len(seen) <= 2, "from the version cache: who asks, and has anything changed"


async def _marks(cast: Cast) -> None:
    """Rows of the matrix for two more posts, so that an assignment writes their parts too."""
    for post, mark in ((cast.chief_post, "supervise"), (cast.floor_post, "inform")):
        row = {
            "org_id": cast.school, "grid_id": cast.building, "duty": "", "post_id": post, "mark": mark,
            "starts_at": now(), "entered_at": now(),
        }  # fmt: skip
        await insert(Responsibility, row)


async def test_each_move_takes_at_most_ten_statements(cast: Cast, browsers: Browsers) -> None:
    code = await category()
    people = {
        person: await browsers.of(person)
        for person in (cast.safety, cast.keeper, cast.floor_chief, cast.principal, cast.vice_head)
    }
    for browser in people.values():
        await browser.get(board(cast.school) if browser is people[cast.safety] else board(cast.room))
    photo = {"photos": ("b.jpg", picture(), "image/jpeg")}
    taken: dict[str, int] = {}

    async def move(hazard_id: int, to: str, person: int, files: Any = None, **fields: Any) -> None:
        found = await card(hazard_id, cast)
        browser = people[person]
        token = (await browser.get("/hazards/new")) and browser.form("/hazards").fields["_csrf_token"][0]
        data = {"to": to, "version": str(found.version), "_csrf_token": token, **fields}
        with counted() as seen:
            answer = await browser.client.post(
                f"/hazards/{hazard_id}/moves", data=data, files=files, headers={"Origin": browser.origin}
            )
        assert answer.status_code == 303, (to, answer.text)
        name = f"{found.status} to {to}"
        taken[name] = max(taken.get(name, 0), len(seen))
        assert len(seen) <= 10, (name, len(seen), seen)

    assign = {
        "category": code, "level": "red", "responsible": f"post:{cast.keeper_post}", "interim_measure": "断电",
        "plan_measure": "换线", "plan_money": "公用", "plan_contingency": "停用",
    }  # fmt: skip
    escalate = {"reason": "办不了", "watcher": str(cast.keeper), "receivers": [str(cast.bureau), str(cast.office)]}
    first, second, third = [await stories.reported(cast) for _ in range(3)]
    number = (await card(first, cast)).number
    await move(second, "closed", cast.safety, outcome="not_hazard", reason="是影子")
    await move(third, "closed", cast.safety, outcome="duplicate", duplicate_of=number, reason="同一处")
    fourth = await stories.reported(cast)
    await move(fourth, "escalated", cast.safety, **escalate, interim_measure="断电")
    await move(first, "assigned", cast.safety, **assign)
    await _marks(cast)
    for responsible in (assign["responsible"], "rule"):
        with_parts = await stories.reported(cast)
        await move(with_parts, "assigned", cast.safety, **{**assign, "responsible": responsible})
        parts = await fetch_value("SELECT count(*) FROM hazard_helper WHERE hazard_id = {}", with_parts)
        assert parts >= 1, "the matrix marks more posts than the one that answers"
    await move(first, "escalated", cast.safety, **escalate)
    await move(first, "assigned", cast.safety, outcome="returned", reason="自己办")
    await move(first, "rectifying", cast.keeper)
    await move(first, "escalated", cast.safety, **escalate)
    await move(first, "assigned", cast.safety, outcome="solved", reason="给了钱")
    await move(first, "rectifying", cast.keeper)
    await move(first, "recheck", cast.keeper, files=photo, measure="换了")
    await move(first, "rectifying", cast.vice_head, reason="还松")
    await move(first, "recheck", cast.keeper, files=photo, measure="又换了")
    await move(first, "escalated", cast.safety, **escalate)
    await move(first, "assigned", cast.safety, outcome="solved", reason="给了钱")
    await move(first, "rectifying", cast.keeper)
    await move(first, "recheck", cast.keeper, files=photo, measure="好了")
    version = (await card(first, cast)).version
    await list_hazard(
        first, version=version, supervisor_id=cast.vice_head, condition="全换", by=await cast.actor(cast.safety)
    )
    await move(first, "closed", cast.vice_head, conclusion="好")
    await move(first, "rectifying", cast.principal, reason="又松了")
    assert len(taken) == 12, "every arrow of the board"


# -- plans


async def _plan(sql: str, args: list[Any]) -> str:
    prefix = "EXPLAIN " if is_postgres() else "EXPLAIN QUERY PLAN "
    rows = await open_engine().rows(prefix + _compiled(sql, is_postgres()), args)
    return "\n".join(str(row[0] if is_postgres() else row["detail"]) for row in rows)


async def test_the_plan_of_a_board_knows_only_open_hazards(cast: Cast) -> None:
    await open_cards(cast.school, [cast.room, cast.sibling_room], 60)
    await closed_cards(cast.school, cast.room, 20_000)
    await _plans_know_only_open(cast)  # a database that has never counted its rows
    await execute("ANALYZE")
    await _plans_know_only_open(cast)


async def _plans_know_only_open(cast: Cast) -> None:
    for person, grid in ((cast.safety, cast.school), (cast.bureau_officer, cast.bureau), (cast.keeper, cast.room)):
        actor = await cast.actor(person)
        plan = await _plan(*cards_sql(await board_place(grid, by=actor), by=actor, at=now()))
        assert "hazard_open" in plan, plan
        assert not re.search(r"(SCAN|Seq Scan on) (x|hazard x|hazard)\b(?! USING)", plan), plan


# -- what may be kept, and by whom


async def test_an_unchanged_board_answers_304_and_nobody_else_may_keep_it(cast: Cast, browsers: Browsers) -> None:
    await stories.reported(cast)
    for htmx in (False, True):
        browser = await browsers.of(cast.safety, htmx=htmx)
        first = await browser.get(board(cast.school))
        assert first.headers["cache-control"] == "private, no-cache"
        assert {"HX-Request", "Cookie"} <= {part.strip() for part in first.headers["vary"].split(",")}
        etag = first.headers["etag"]
        again = await browser.get(board(cast.school), **{"If-None-Match": etag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        await stories.reported(cast)
        changed = await browser.get(board(cast.school), **{"If-None-Match": etag})
        assert changed.status_code == 200
        assert changed.headers["etag"] != etag


async def test_a_page_is_not_unchanged_when_what_stands_around_the_board_has_changed(
    cast: Cast, browsers: Browsers
) -> None:
    first = await browsers.of(cast.safety)
    page = await first.get(board(cast.school))
    second = await browsers.of(cast.safety)
    same_person = await second.get(board(cast.school), **{"If-None-Match": page.headers["etag"]})
    assert same_person.status_code == 200, "another session has another token in its forms"
    somebody = await browsers.of(cast.principal)
    answer = await somebody.get(board(cast.school), **{"If-None-Match": page.headers["etag"]})
    assert answer.status_code == 200


async def test_the_kept_fragment_holds_no_token_and_is_the_same_for_every_process(
    cast: Cast, browsers: Browsers
) -> None:
    await stories.reported(cast)
    browser = await browsers.of(cast.safety, htmx=True)
    fragment = await browser.get(board(cast.school))
    assert "csrf" not in fragment.text
    assert "<form" not in fragment.text
    plain = await browsers.of(cast.safety)
    page = await plain.get(board(cast.school))
    token = plain.form("/sign-out").fields["_csrf_token"][0]
    assert token in page.text
    texts = [brotli.decompress(kept.html).decode() for kept in kept_boards(browsers.app).values()]
    assert texts
    assert all(token not in text and "csrf" not in text for text in texts)
    kept_boards(browsers.app).clear()
    assert (await browser.get(board(cast.school))).headers["etag"] == fragment.headers["etag"]


async def test_nobody_gets_what_was_kept_for_somebody_else(cast: Cast, browsers: Browsers) -> None:
    await stories.reported(cast)
    hidden = await stories.reported(cast, confidential=True, title="只给指定的人看")
    assigned = await stories.assigned(cast)
    from portal.hazards.services import name_viewer

    await name_viewer(cast.safety, by=await cast.actor(cast.principal))
    safety, principal, keeper = [await browsers.of(person) for person in (cast.safety, cast.principal, cast.keeper)]
    assert hidden in shown((await safety.get(board(cast.school))).text)
    assert hidden not in shown((await principal.get(board(cast.school))).text)
    assert "只给指定的人看" not in principal.page.text  # type: ignore[union-attr]
    assert (await keeper.get(board(cast.school))).status_code == 404
    assert assigned in shown((await keeper.get(board(cast.room))).text)
    stranger = await browsers.of(cast.other_safety)
    assert (await stranger.get(board(cast.school))).status_code == 404


async def test_a_language_has_a_fragment_of_its_own(cast: Cast, browsers: Browsers) -> None:
    await stories.reported(cast)
    browser = await browsers.of(cast.safety, htmx=True)
    chinese = await browser.get(board(cast.school))
    await execute("UPDATE person SET language = 'en' WHERE id = {}", cast.safety)
    english = await browser.get(board(cast.school), **{"If-None-Match": chinese.headers["etag"]})
    assert english.status_code == 200
    assert "待核实" in chinese.text
    assert "待核实" not in english.text


async def test_rights_that_change_change_the_board_at_the_next_request(cast: Cast, browsers: Browsers) -> None:
    hazard_id = await stories.assigned(cast)
    browser = await browsers.of(cast.floor_chief)
    await browser.get(board(cast.floor))
    etag = browser.page.headers["etag"]  # type: ignore[union-attr]
    assert await moves_of(browser, cast.floor, hazard_id) == {"rectifying", "escalated"}
    appointment = await fetch_value("SELECT id FROM appointment WHERE person_id = {}", cast.floor_chief)
    await end_appointment(
        appointment,
        by=SYSTEM,
        ends_at=now(),
        version=await fetch_value("SELECT version FROM appointment WHERE id = {}", appointment),
    )
    assert (await browser.get(board(cast.floor), **{"If-None-Match": etag})).status_code in (403, 404)


async def test_an_appointment_that_ends_tomorrow_ends_the_board_at_that_instant(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    await stories.assigned(cast)
    floor, above = await browsers.of(cast.floor_chief), await browsers.of(cast.chief)
    ends = now() + timedelta(minutes=20)
    await execute(
        "UPDATE appointment SET ends_at = {} WHERE person_id IN ({}, {})", ends, cast.floor_chief, cast.keeper
    )
    await execute("UPDATE organisation SET rights_version = rights_version + 1 WHERE grid_id = {}", cast.school)
    assert (await floor.get(board(cast.floor))).status_code == 200
    assert "甄实验" in (await above.get(board(cast.floor))).text
    clock.set(ends - timedelta(microseconds=1))
    assert (await floor.get(board(cast.floor))).status_code == 200
    assert "甄实验" in (await above.get(board(cast.floor))).text
    clock.set(ends)
    assert (await floor.get(board(cast.floor))).status_code in (403, 404)
    assert "甄实验" not in (await above.get(board(cast.floor))).text, "the holder that a card names has left"


# -- the clock


async def test_a_bar_changes_its_colour_at_its_instant_and_not_before(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    hazard_id = await stories.assigned(cast, due_at=clock.at + timedelta(hours=4), reason="今天就要")
    browser = await browsers.of(cast.safety, htmx=True)

    async def look(etag: str = "") -> tuple[int, str, str]:
        answer = await browser.get(board(cast.school), **({"If-None-Match": etag} if etag else {}))
        found = re.search(rf'data-hazard="{hazard_id}".*?class="age (a\d+)"', answer.text, re.S)
        return answer.status_code, found[1] if found else "", answer.headers["etag"]

    begin = clock.at
    _, band, etag = await look()
    assert band == "a0"
    for share, before, after in ((50, "a0", "a50"), (75, "a50", "a75"), (100, "a75", "a100")):
        edge = begin + timedelta(hours=4) * share / 100
        clock.set(edge - timedelta(microseconds=1))
        _, band, etag = await look()
        assert band == before
        clock.set(edge)
        status, band, _ = await look(etag)
        assert (status, band) == (200, after), share
    assert "超期" in (await browser.get(board(cast.school))).text


async def test_the_words_of_what_is_left_change_in_their_minute(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    await stories.assigned(cast, due_at=clock.at + timedelta(hours=3), reason="今天")
    browser = await browsers.of(cast.safety, htmx=True)
    first = await browser.get(board(cast.school))
    unchanged = await browser.get(board(cast.school), **{"If-None-Match": first.headers["etag"]})
    assert unchanged.status_code == 304
    clock.forward(seconds=61)
    later = await browser.get(board(cast.school), **{"If-None-Match": first.headers["etag"]})
    assert later.status_code == 200
    assert later.headers["etag"] != first.headers["etag"]


# -- what it shows


async def test_the_bureau_sees_its_schools_and_each_school_only_itself(cast: Cast, browsers: Browsers) -> None:
    from portal.hazards.services import Report, report_hazard

    mine = await stories.reported(cast)
    theirs = await report_hazard(Report(grid_id=cast.other_room, title="门"), by=await cast.actor(cast.other_safety))
    bureau, ours, other = [await browsers.of(p) for p in (cast.bureau_officer, cast.safety, cast.other_safety)]
    page = await bureau.get(board(cast.bureau))
    assert shown(page.text) == {mine, theirs}
    school_names = [
        await fetch_value("SELECT name FROM grid WHERE id = {}", org) for org in (cast.school, cast.other_school)
    ]
    assert all(name in page.text for name in school_names), "cards and numbers say which school"
    assert shown((await ours.get(board(cast.school))).text) == {mine}
    assert shown((await other.get(board(cast.other_school))).text) == {theirs}
    etag = page.headers["etag"]
    await report_hazard(Report(grid_id=cast.other_room, title="窗"), by=await cast.actor(cast.other_safety))
    assert (await bureau.get(board(cast.bureau), **{"If-None-Match": etag})).status_code == 200


async def test_children_are_counted_with_what_is_late_in_them(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    for _ in range(2):
        await stories.reported(cast)
    await stories.reported(cast, grid=cast.sibling_room)
    clock.forward(days=3)
    await stories.reported(cast, grid=cast.sibling_room)
    browser = await browsers.of(cast.safety)
    await browser.get(board(cast.school))
    children = {
        href: text for href, text in browser.links if href in (board(cast.building), board(cast.sibling_building))
    }
    assert "2" in children[board(cast.building)]
    assert "超期 2" in children[board(cast.building)]
    assert "超期 1" in children[board(cast.sibling_building)]
    for href, text in children.items():
        answer = await browser.get(href)
        assert len(shown(answer.text)) == int(re.search(r"\d+", text.removeprefix("博学楼").removeprefix("文德楼"))[0])  # type: ignore[index]


async def test_filters_and_lanes_live_in_the_address(cast: Cast, browsers: Browsers, clock: MovingClock) -> None:
    late = await stories.reported(cast, title="旧的")
    clock.forward(days=5)
    mine = await stories.assigned(cast)
    red = await stories.assigned(cast, level="red", responsible_person_id=cast.floor_chief)
    helped = await stories.assigned(cast, responsible_person_id=cast.floor_chief)
    await add_helper(helped, person_id=cast.keeper, by=await cast.actor(cast.chief))
    browser = await browsers.of(cast.keeper)

    async def seen(query: str) -> set[int]:
        return shown((await browser.get(board(cast.room, query))).text)

    assert await seen("") == {late, mine, red, helped}
    assert await seen("?show=overdue") == {late}
    assert await seen("?show=major") == {red}
    assert await seen("?show=mine") == {mine, helped}
    assert await seen("?show=public") == set()
    assert await seen("?show=%22%3E%3Cscript%3E&lanes=x&column=zz") == {late, mine, red, helped}
    for lanes, word in (("level", "重大"), ("person", "甄层长"), ("place", "化学实验室")):
        answer = await browser.get(board(cast.room, f"?lanes={lanes}"))
        heads = re.findall(r'class="lane-name">([^<]*)<', answer.text)
        assert any(word in head for head in heads), (lanes, heads)
        assert shown(answer.text) == {late, mine, red, helped}


async def test_what_is_shown_stands_before_how_it_is_grouped_and_both_before_the_cards(
    cast: Cast, browsers: Browsers
) -> None:
    await stories.assigned(cast)
    text = (await (await browsers.of(cast.keeper)).get(board(cast.room))).text
    filters, lanes, cards = (text.index(mark) for mark in ('class="filters"', 'class="filters lanes"', 'class="column'))
    assert filters < lanes < cards


async def test_what_a_refused_drag_says_leads_somewhere(cast: Cast, browsers: Browsers) -> None:
    hazard_id = await stories.rectifying(cast)
    browser = await browsers.of(cast.keeper)
    here = board(cast.room)
    await browser.get(here)
    token = browser.forms[-1].fields["_csrf_token"][0]
    version = str((await card(hazard_id, cast)).version)

    async def links(to: str, **fields: str) -> list[str]:
        data = {"to": to, "version": version, "_csrf_token": token, **fields}
        answer = await browser.post(f"/hazards/{hazard_id}/moves", data, **{"X-Board": here})
        assert answer.status_code in (403, 422), answer.text
        alert = answer.text.partition('role="alert" tabindex="-1" aria-labelledby="errors-title"')[2]
        return re.findall(r'href="([^"]*)"', alert.partition("</section>")[0])

    page = f"/hazards/{hazard_id}?to=recheck"
    assert await links("recheck") == [f"{page}#measure"]
    assert 'id="measure"' in (await browser.get(page)).text
    assert await links("closed") == [f"/hazards/{hazard_id}?to=closed#moves"]
    assert 'id="moves"' in (await browser.get(f"/hazards/{hazard_id}?to=closed")).text
    # A form in the card's own box on the board holds the field itself, with what was typed.
    assert await links("recheck", measure="") == ["#measure"]


async def test_the_most_endangered_card_stands_first(cast: Cast, browsers: Browsers, clock: MovingClock) -> None:
    long = await stories.assigned(cast, due_at=clock.at + timedelta(days=20), reason="要等")
    short = await stories.assigned(cast, due_at=clock.at + timedelta(hours=8), reason="今天")
    clock.forward(hours=7)
    browser = await browsers.of(cast.safety)
    text = (await browser.get(board(cast.school))).text
    assert [int(found) for found in re.findall(r'data-hazard="(\d+)"', text)] == [short, long]


@pytest.mark.parametrize("column", ["reported", "assigned", "rectifying", "recheck", "escalated", "closed"])
async def test_every_column_is_on_the_page_and_a_phone_is_led_to_one(
    cast: Cast, browsers: Browsers, column: str
) -> None:
    hazard_id = await getattr(stories, {"recheck": "rechecking"}.get(column, column))(cast)
    browser = await browsers.of(cast.safety)
    text = (await browser.get(board(cast.school, f"?column={column}"))).text
    section = re.search(rf'<section class="([^"]*)" id="c-{column}" data-column="{column}".*?</section>', text, re.S)
    assert section is not None
    assert "is-current" in section[1]
    assert (f'data-closed="{hazard_id}"' if column == "closed" else f'data-hazard="{hazard_id}"') in section[0]
