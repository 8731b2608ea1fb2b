"""The board that everybody may read: what stands on it, what never does, how it is kept and how it goes."""

import re
from datetime import timedelta

import pytest

from portal.contact_boards.rules import Field
from portal.contact_boards.services import board_of, record_consent, revoke_board, set_counts, set_own_consent
from portal.core.actors import SYSTEM
from portal.core.clock import now, today
from portal.core.database import execute, fetch_value, watchers
from portal.duty.services import clear_duty_leader, set_duty_leader
from portal.grids.services import make_grid
from portal.people.services import appoint, make_person, make_post
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock

MOBILE = re.compile(r"(?<!\d)1\d{10}(?!\d)")


async def key_of(cast: Cast, grid: int) -> str:
    return (await board_of(grid, by=await cast.actor(cast.safety))).key


async def test_a_parent_reads_who_answers_without_account_cookie_or_script(cast: Cast, browsers: Browsers) -> None:
    await set_duty_leader(cast.school, cast.leader, [today()], by=SYSTEM)
    room = await key_of(cast, cast.room)
    floor = await key_of(cast, cast.floor)
    answer = await browsers.stranger().client.get(f"/b/{floor}")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    assert answer.headers["x-robots-tag"].startswith("noindex") and 'name="robots" content="noindex' in answer.text
    assert f'href="/b/{room}"' in answer.text, "the room has a board of its own"
    assert "配电室" in answer.text and answer.text.count("/b/") < 8, "a room without a board is no link"
    assert "楼层负责" in answer.text and "带班领导" in answer.text and "0000-8800110" in answer.text
    assert all(f"tel:{number}" in answer.text for number in ("110", "119", "120"))
    assert "138****0000" in answer.text
    assert not MOBILE.search(answer.text)
    assert not re.search("甄(实验|层长|带班|小班)", answer.text), "names need consent"


async def test_a_page_in_english_is_asked_for_by_its_address(cast: Cast, browsers: Browsers) -> None:
    key = await key_of(cast, cast.floor)
    stranger = browsers.stranger()
    chinese = await stranger.client.get(f"/b/{key}", headers={"Accept-Language": "en"})
    english = await stranger.client.get(f"/b/{key}?language=en")
    assert 'lang="zh-Hans"' in chinese.text and 'lang="en"' in english.text
    assert f'href="/b/{key}"' in english.text and f'href="/b/{key}?language=en"' in chinese.text


async def test_unknown_revoked_and_ended_boards_are_the_same_missing_page(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    safety = await cast.actor(cast.safety)
    board = await board_of(cast.room, by=safety)
    gone = await board_of(cast.second_room, by=safety)
    stranger = browsers.stranger()
    assert (await stranger.client.get(f"/b/{board.key}")).status_code == 200
    assert (await stranger.client.get(f"/b/{gone.key}")).status_code == 200
    await revoke_board(cast.room, version=board.version, replace=False, by=safety)
    await execute("UPDATE grid SET ended_at = {} WHERE id = {}", now(), cast.second_room)
    clock.forward(seconds=60)
    pages = {}
    for path in (f"/b/{board.key}", f"/b/{gone.key}", f"/b/{'x' * 24}", "/b/short", "/b/none/at/all", "/nowhere"):
        answer = await stranger.client.get(path)
        assert answer.status_code == 404, path
        assert "set-cookie" not in answer.headers, path
        pages[path] = answer.text
    assert len(set(pages.values())) == 1, [path for path, text in pages.items() if text != pages["/nowhere"]]


async def test_names_and_numbers_come_and_go_with_consent_within_a_minute(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    key = await key_of(cast, cast.room)
    stranger = browsers.stranger()
    assert "甄实验" not in (await stranger.client.get(f"/b/{key}")).text
    await set_own_consent({Field.NAME, Field.MOBILE}, by=await cast.actor(cast.keeper))
    clock.forward(seconds=30)
    shown = await stranger.get(f"/b/{key}")
    assert "甄实验" in shown.text and "138****0000" in shown.text
    assert not MOBILE.search(shown.text), "a robot that fetches pages finds no number"
    revealed = await stranger.client.post(
        f"/b/{key}/phones", data={"person": str(cast.keeper)}, headers={"Origin": stranger.origin}
    )
    assert "tel:13800000000" in revealed.text and revealed.headers["cache-control"] == "no-store"
    await record_consent(cast.keeper, set(), by=await cast.actor(cast.safety))
    clock.forward(seconds=30)
    assert "甄实验" not in (await stranger.client.get(f"/b/{key}")).text
    again = await stranger.client.post(
        f"/b/{key}/phones", data={"person": str(cast.keeper)}, headers={"Origin": stranger.origin}
    )
    assert again.status_code == 404


async def test_two_who_hold_one_post_are_told_apart_and_each_is_reached(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    """Without consent both read "负责人": which of the two, and the masked mobile of each."""
    second = await make_person("甄第二", org_id=cast.school, by=SYSTEM, phone="13912345678")
    await appoint(second, post_id=cast.keeper_post, by=SYSTEM, is_primary=False)
    key, stranger = await key_of(cast, cast.room), browsers.stranger()
    await stranger.get(f"/b/{key}")
    title = await fetch_value("SELECT title FROM post WHERE id = {}", cast.keeper_post)
    assert f"{title}（第 1 人，共 2 人） 138****0000" in stranger.text
    assert f"{title}（第 2 人，共 2 人） 139****5678" in stranger.text
    for n in range(2):
        more = await make_person(f"甄第{n}", org_id=cast.school, by=SYSTEM)
        await appoint(more, post_id=cast.keeper_post, by=SYSTEM, is_primary=False)
    clock.forward(seconds=30)
    await stranger.get(f"/b/{key}")
    assert f"{title}（第 2 人，共 4 人） 139****5678" in stranger.text and stranger.text.count("（另有 2 人）") == 1
    await set_own_consent({Field.NAME}, by=await cast.actor(cast.keeper))
    clock.forward(seconds=30)
    await stranger.get(f"/b/{key}")
    assert f"{title} 甄实验 138****0000" in stranger.text, "whoever has a name needs no number"
    assert f"{title}（第 1 人，共 3 人） 139****5678" in stranger.text


async def test_nobody_collects_numbers(cast: Cast, browsers: Browsers) -> None:
    key = await key_of(cast, cast.room)
    await set_own_consent({Field.MOBILE}, by=await cast.actor(cast.keeper))
    stranger = browsers.stranger()
    ask = {"data": {"person": str(cast.keeper)}, "headers": {"Origin": stranger.origin}}
    answers = [(await stranger.client.post(f"/b/{key}/phones", **ask)).status_code for _ in range(63)]
    assert answers == [200] * 60 + [429] * 3
    foreign = await stranger.client.post(
        f"/b/{key}/phones", data=ask["data"], headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403


async def test_a_pupil_stands_on_no_board(cast: Cast, browsers: Browsers, clock: MovingClock) -> None:
    key = await key_of(cast, cast.school_class)
    post = await make_post("安全委员", role="keeper", grid_id=cast.school_class, by=SYSTEM)
    await execute(
        "INSERT INTO consent (person_id, field, text_edition, given_at) VALUES ({}, 'name', 1, {})", cast.monitor, now()
    )
    await insert_tenure(cast.monitor, post, cast.school)
    page = (await browsers.stranger().client.get(f"/b/{key}")).text
    assert "甄小班" not in page and "班长" not in page
    assert "班主任" in page


async def insert_tenure(person: int, post: int, org: int) -> None:
    await execute(
        "INSERT INTO appointment (org_id, post_id, person_id, is_primary, kind, starts_at, entered_at, version) "
        "VALUES ({}, {}, {}, TRUE, 'holder', {}, {}, 1)", org, post, person, now() - timedelta(days=1), now(),
    )  # fmt: skip


async def test_the_page_is_right_within_a_minute_of_any_change(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    """Holder, leader, tree, counts, key of a child: each is there after at most 60 s, caches included."""
    key, stranger = await key_of(cast, cast.floor), browsers.stranger()
    first = await stranger.client.get(f"/b/{key}")
    allowed = int(re.search(r"max-age=(\d+)", first.headers["cache-control"])[1])

    async def soon() -> str:
        clock.forward(seconds=60 - allowed)
        return str((await stranger.client.get(f"/b/{key}")).text)

    assert "新器材室" not in await soon()
    room = await make_grid("新器材室", kind="room", parent_id=cast.floor, by=SYSTEM)
    assert "新器材室" in await soon()
    child = await key_of(cast, room)
    assert child in await soon()
    assert "现在没有人带班" in await soon()
    await set_duty_leader(cast.school, cast.leader, [today()], by=SYSTEM)
    assert "现在没有人带班" not in await soon()
    await clear_duty_leader(cast.school, [today()], by=SYSTEM)
    assert "现在没有人带班" in await soon()
    await set_own_consent({Field.NAME}, by=await cast.actor(cast.floor_chief))
    assert "甄层长" in await soon()
    await set_counts(cast.school, shows=False, version=0, by=await cast.actor(cast.safety))
    assert "已办结" not in await soon()


async def test_what_changes_by_itself_changes_without_an_event(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    """A holder who begins later is there when the instant has come, although nothing happens then."""
    key, stranger = await key_of(cast, cast.sibling_room), browsers.stranger()
    await set_own_consent({Field.NAME}, by=await cast.actor(cast.nobody))
    post = await make_post("负责人", role="keeper", grid_id=cast.room, by=SYSTEM)
    assert post
    mine = await make_post("代管", role="keeper", grid_id=cast.sibling_room, by=SYSTEM)
    begins = now() + timedelta(hours=5)
    await appoint(cast.nobody, post_id=mine, by=SYSTEM, starts_at=begins)
    assert "甄无岗" not in (await stranger.client.get(f"/b/{key}")).text
    clock.set(begins - timedelta(seconds=1))
    assert "甄无岗" not in (await stranger.client.get(f"/b/{key}")).text
    clock.set(begins)
    assert "甄无岗" in (await stranger.client.get(f"/b/{key}")).text


async def test_a_kept_page_asks_the_database_nothing_and_is_not_sent_twice(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    key, stranger = await key_of(cast, cast.floor), browsers.stranger()
    first = await stranger.client.get(f"/b/{key}")
    seen: list[str] = []
    watchers.append(seen.append)
    kept = await stranger.client.get(f"/b/{key}")
    same = await stranger.client.get(f"/b/{key}", headers={"If-None-Match": first.headers["etag"]})
    assert not seen and kept.text == first.text
    assert (
        same.status_code == 304 and not same.content and same.headers["cache-control"] == first.headers["cache-control"]
    )
    clock.forward(seconds=20)
    await stranger.client.get(f"/b/{key}")
    assert len(seen) == 1, "asked after, nothing new"
    await execute("UPDATE chain_head SET seq = seq + 1")
    clock.forward(seconds=20)
    seen.clear()
    again = await stranger.client.get(f"/b/{key}")
    watchers.remove(seen.append)
    assert len(seen) <= 14, seen
    assert again.headers["etag"] == first.headers["etag"], "the same words have the same mark"


async def test_whoever_is_signed_in_reads_what_everybody_reads_and_no_session_is_asked(
    cast: Cast, browsers: Browsers
) -> None:
    key, stranger = await key_of(cast, cast.floor), browsers.stranger()
    public = await stranger.client.get(f"/b/{key}")
    principal = await browsers.of(cast.principal)
    seen: list[str] = []
    watchers.append(seen.append)
    own = await principal.client.get(f"/b/{key}")
    watchers.remove(seen.append)
    assert own.text == public.text and not seen


async def test_a_board_of_sixty_people_is_small(cast: Cast, browsers: Browsers) -> None:
    actor = await cast.actor(cast.safety)
    for n in range(60):
        room = await make_grid(
            f"{n:03} 物理化学生物实验准备室(东)", kind="room", parent_id=cast.sibling_building, by=SYSTEM
        )
        post = await make_post("负责人", role="keeper", grid_id=room, by=SYSTEM)
        person = await make_person(f"甄老师{n}", org_id=cast.school, phone=f"138000{n:05}", by=SYSTEM)
        await appoint(person, post_id=post, by=SYSTEM)
        await execute(
            "INSERT INTO consent (person_id, field, text_edition, given_at) VALUES ({}, 'name', 1, {}), ({}, 'mobile', 1, {})",
            person, now(), person, now(),
        )  # fmt: skip
        await board_of(room, by=actor)
    key = await key_of(cast, cast.sibling_building)
    for address in (f"/b/{key}", f"/b/{key}?language=en"):
        answer = await browsers.stranger().client.get(address)
        assert answer.text.count("甄老师") == 60
        print(address[-3:], len(answer.text.encode()), "bytes")
        assert len(answer.text.encode()) <= 30_000
        assert not MOBILE.search(answer.text)


@pytest.mark.parametrize("who", ["keeper", "other_safety", "nobody"])
async def test_only_an_office_makes_boards(cast: Cast, who: str) -> None:
    from portal.core.refusals import NotFound

    with pytest.raises(NotFound):
        await board_of(cast.room, by=await cast.actor(getattr(cast, who)))
