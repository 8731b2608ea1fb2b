"""Spans: the number over time as rows, right at midnight without any job, its history kept, told plainly when stale."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import execute, fetch, fetch_value
from portal.coverage.queries.spans import SpanRow, school_now, schools_now
from portal.coverage.services import count_stale, write_spans
from portal.grids.services import make_grid
from portal.people.services import appoint, end_appointment, make_person, make_post
from portal.permissions.rules import Permission
from portal.responsibilities.rules import Mark
from portal.responsibilities.services.marking import Marking, set_mark
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.coverage.conftest import counted


async def rows(org_id: int) -> list[SpanRow]:
    return await fetch(
        SpanRow,
        "SELECT id, starts_at, ends_at, have, whole, gaps, rights_version FROM coverage_span WHERE org_id = {} "
        "ORDER BY starts_at, id",
        org_id,
    )


async def numbers(org_id: int) -> list[tuple[int, int]]:
    found = await rows(org_id)
    for one, following in pairwise(found):
        assert one.ends_at == following.starts_at, "no holes, no overlaps"
    assert not found or found[-1].ends_at is None
    return [(one.have, one.whole) for one in found]


async def told(cast: Cast, org_id: int) -> tuple[int | None, bool]:
    by = await cast.actor(cast.bureau_officer)
    return next((one.have, bool(one.is_fresh)) for one in await schools_now(by=by, at=now()) if one.id == org_id)


async def a_post(cast: Cast) -> int:
    return await make_post("负责人", role="keeper", grid_id=cast.sibling_building, by=SYSTEM)


async def test_writing_twice_changes_nothing_and_history_is_kept(cast: Cast, clock: MovingClock) -> None:
    assert await write_spans(cast.school)
    first = await rows(cast.school)
    assert not await write_spans(cast.school)
    assert await write_spans(cast.school, anew=True)
    assert [one.id for one in await rows(cast.school)][1:] == []
    [(have, whole)] = await numbers(cast.school)
    clock.forward(days=3)
    post = await a_post(cast)
    appointment = await appoint(cast.nobody, post_id=post, by=SYSTEM)
    assert await write_spans(cast.school)
    clock.forward(days=2)
    await end_appointment(appointment, version=1, by=SYSTEM)
    assert await write_spans(cast.school)
    assert await numbers(cast.school) == [(have, whole), (have + 1, whole), (have, whole)]
    assert (await rows(cast.school))[0].starts_at == first[0].starts_at


async def test_the_bureau_is_right_at_midnight_without_any_job(
    browsers: Browsers, cast: Cast, clock: MovingClock
) -> None:
    post = await a_post(cast)
    midnight = now().replace(hour=16, minute=0) + timedelta(days=1)  # 00:00 in Shanghai
    await appoint(cast.nobody, post_id=post, by=SYSTEM, starts_at=midnight, ends_at=midnight + timedelta(days=2))
    await count_stale()
    have, fresh = await told(cast, cast.school)
    assert fresh
    assert have is not None
    clock.set(midnight - timedelta(microseconds=1))
    assert await told(cast, cast.school) == (have, True)
    clock.set(midnight)
    assert await told(cast, cast.school) == (have + 1, True)
    browser = await browsers.of(cast.bureau_officer)
    with counted() as statements:
        await browser.get("/coverage")
    assert f"{have + 1} / " in browser.text
    assert "正在重算" not in browser.text
    assert len(statements) <= 6, statements
    clock.set(midnight + timedelta(days=2))
    assert await told(cast, cast.school) == (have, True)
    assert not await count_stale(), "nothing had to be written"


async def test_a_change_that_is_not_counted_yet_is_said_plainly(browsers: Browsers, cast: Cast) -> None:
    browser = await browsers.of(cast.bureau_officer)
    await browser.get("/coverage")
    assert "还没算" in browser.text
    await count_stale()
    await browser.get("/coverage")
    assert "正在重算" not in browser.text
    post = await a_post(cast)
    await appoint(cast.nobody, post_id=post, by=SYSTEM)
    await browser.get("/coverage")
    assert "1 所刚有变动，正在重算" in browser.text
    await drain()  # the worker, right after the event
    assert (await told(cast, cast.school))[1]
    await browser.get("/coverage")
    assert "正在重算" not in browser.text


async def test_the_bureau_sees_its_schools_only_and_each_number_leads_to_its_rows(
    browsers: Browsers, cast: Cast
) -> None:
    await count_stale()
    browser = await browsers.of(cast.bureau_officer)
    await browser.get("/coverage")
    here = f"/coverage/{cast.school}"
    number = next(text for href, text in browser.links if href == here and "/" in text)
    await browser.get(here)
    assert number.split(" / ")[0] in browser.text
    assert not [
        one for one in await schools_now(by=await cast.actor(cast.other_principal), at=now()) if one.id == cast.school
    ]


async def test_a_row_of_the_matrix_for_a_whole_grid_counts_and_is_followed(cast: Cast) -> None:
    await count_stale()
    before = (await numbers(cast.school))[-1]
    wants = Marking("", cast.keeper_post, Mark.MAIN)
    await set_mark(cast.sibling_building, wants, by=await cast.actor(cast.safety))
    assert not (await told(cast, cast.school))[1]
    await drain()
    assert (await numbers(cast.school))[-1] == (before[0] + 1, before[1])


async def test_a_school_follows_the_bureau_whose_post_its_matrix_names(cast: Cast, monkeypatch: Any) -> None:
    from portal.coverage.services import spans as module

    post = await fetch_value("SELECT id FROM post WHERE org_id = {}", cast.bureau)
    await set_mark(cast.sibling_building, Marking("", post, Mark.MAIN), by=await cast.actor(cast.safety))
    await drain()
    with_post = (await numbers(cast.school))[-1]
    held = await fetch_value("SELECT id FROM appointment WHERE post_id = {}", post)
    await end_appointment(held, version=1, by=SYSTEM)
    await drain()
    assert (await numbers(cast.school))[-1] == (with_post[0] - 1, with_post[1]), "the bureau's post is vacant"

    async def fails(org_id: int) -> bool:
        return False

    monkeypatch.setattr(module, "_one", fails)
    await appoint(cast.bureau_officer, post_id=post, by=SYSTEM)
    await drain()
    assert await school_now(cast.school, at=now()) is None, "what is not written yet is never shown as if it were"
    monkeypatch.undo()
    assert await count_stale() >= 1
    assert (await numbers(cast.school))[-1] == with_post, "the clock finds what the event has missed"


async def test_a_leave_in_the_bureau_that_ends_early_is_followed(cast: Cast, clock: MovingClock) -> None:
    from portal.changes.rules import Change, Giving, Plan, Then
    from portal.changes.services import end_early, enter_change
    from portal.core.clock import today

    post = await fetch_value("SELECT id FROM post WHERE org_id = {}", cast.bureau)
    await set_mark(cast.sibling_building, Marking("", post, Mark.MAIN), by=await cast.actor(cast.safety))
    gives = (Giving(await fetch_value("SELECT id FROM appointment WHERE post_id = {}", post), Then.NOBODY, None),)
    day = today()
    plan = Plan(Change.LEAVE, cast.bureau_officer, day, day, last_day=day + timedelta(days=20), gives=gives)
    change = await enter_change(plan, org_id=cast.bureau, by=SYSTEM)
    clock.set(plan.effective_at + timedelta(minutes=1))
    await drain()
    away = await school_now(cast.school, at=now())
    await end_early(change, version=1, by=SYSTEM)
    await drain()
    tomorrow = await school_now(cast.school, at=now() + timedelta(days=1))
    assert away is not None and tomorrow is not None
    assert tomorrow.have == away.have + 1


async def test_a_grid_that_is_made_belongs_to_the_whole(cast: Cast, clock: MovingClock) -> None:
    await count_stale()
    before = (await numbers(cast.school))[-1]
    clock.forward(hours=1)
    await make_grid("新库房", kind="room", parent_id=cast.floor, by=SYSTEM)
    await drain()
    assert await numbers(cast.school) == [before, (before[0], before[1] + 1)]


async def test_a_span_tells_its_first_gaps_and_nothing_when_it_is_stale(cast: Cast) -> None:
    await write_spans(cast.school)
    found = await school_now(cast.school, at=now())
    assert found is not None
    assert "文德楼" in [one.place for one in found.first]
    await make_person("甄新人", org_id=cast.school, by=SYSTEM)
    await a_post(cast)
    assert await school_now(cast.school, at=now()) is None


async def test_a_school_that_fails_does_not_keep_the_others(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from portal.coverage.services import spans as module

    real = module.read_facts

    async def broken(school, *, at):
        if school.org_id == cast.school:
            raise RuntimeError("broken")
        return await real(school, at=at)

    monkeypatch.setattr(module, "read_facts", broken)
    monkeypatch.setattr(module.log, "error", lambda *_, **__: None)
    assert await count_stale() == 1
    assert await rows(cast.other_school)
    assert not await rows(cast.school)


async def test_many_writers_leave_one_line_of_spans(cast: Cast) -> None:
    import asyncio

    await asyncio.gather(*(write_spans(cast.school) for _ in range(8)))
    assert len(await numbers(cast.school)) == 1
    assert await fetch_value("SELECT count(*) FROM coverage_span WHERE org_id = {}", cast.school) == 1
    await execute("UPDATE coverage_span SET rights_version = 0")
    await asyncio.gather(*(count_stale() for _ in range(4)))
    assert len(await numbers(cast.school)) == 1


def test_views_and_acts_are_permissions_apart() -> None:
    assert Permission.COVERAGE_VIEW != Permission.COVERAGE_CONFIRM
