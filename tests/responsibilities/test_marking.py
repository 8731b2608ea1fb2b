"""Marks given and ended, against a real database."""

import asyncio
from datetime import timedelta
from typing import NamedTuple

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import fetch, fetch_value
from portal.core.refusals import Conflict, NotFound, Refused
from portal.responsibilities.queries import facts_of_org
from portal.responsibilities.queries.matrix import rows_of
from portal.responsibilities.rules import Duty, Mark, marks_for, responsible_for
from portal.responsibilities.rules.marking import state_of
from portal.responsibilities.services import Marking, end_mark, fill_matrix, seed_duties, set_mark
from tests.cast import Cast
from tests.conftest import MovingClock

FIRE = Duty(("FIRE",))


@pytest.fixture(autouse=True)
async def library(cast: Cast) -> None:
    assert await seed_duties() == 76
    assert await seed_duties() == 76, "safe to repeat"


async def accountable(cast: Cast, grid: int) -> int | None:
    facts = await facts_of_org(cast.school, at=now())
    return responsible_for(facts, grid, FIRE, at=now()).post_id


async def test_the_library_is_there_once(cast: Cast) -> None:
    for table, number in (("domain", 20), ("duty_list", 76), ("duty_item", 401)):
        assert await fetch_value(f"SELECT count(*) FROM {table}") == number
    assert await fetch_value("SELECT count(DISTINCT code) FROM duty_item") == 401


async def test_a_mark_is_a_row_an_event_and_the_answer_from_that_instant(cast: Cast, clock: MovingClock) -> None:
    by = await cast.actor(cast.principal)
    assert await accountable(cast, cast.floor) == cast.floor_post
    clock.forward(hours=1)
    before = await fetch_value("SELECT count(*) FROM event")
    wants = Marking("FIRE", cast.chief_post, Mark.MAIN, "manages", "整栋楼一起管")
    assert await set_mark(cast.building, wants, by=by, seen="")
    assert await fetch_value("SELECT count(*) FROM event") == before + 1
    assert await accountable(cast, cast.floor) == cast.chief_post
    facts = await facts_of_org(cast.school)
    earlier = responsible_for(facts, cast.floor, FIRE, at=now() - timedelta(minutes=1))
    assert earlier.post_id == cast.floor_post, "what was, stays"


async def test_a_second_accountable_post_ends_the_first_at_the_same_instant(cast: Cast, clock: MovingClock) -> None:
    by = await cast.actor(cast.safety)
    await set_mark(cast.building, Marking("FIRE", cast.chief_post, Mark.MAIN), by=by)
    clock.forward(days=1)
    await set_mark(cast.building, Marking("FIRE", cast.floor_post, Mark.MAIN), by=by)

    class Row(NamedTuple):
        post_id: int
        starts: object
        ends: object

    rows = await fetch(Row, "SELECT post_id, starts_at, ends_at FROM responsibility ORDER BY id")
    assert [one.post_id for one in rows] == [cast.chief_post, cast.floor_post]
    assert rows[0].ends == rows[1].starts
    assert rows[1].ends is None
    facts = await facts_of_org(cast.school)
    for at in (now() - timedelta(microseconds=1), now()):
        assert sum(one.mark is Mark.MAIN for one in marks_for(facts, cast.building, FIRE, at=at)) == 1


async def test_the_same_again_changes_nothing(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    wants = Marking("FIRE", cast.chief_post, Mark.MAIN)
    assert await set_mark(cast.building, wants, by=by)
    events = await fetch_value("SELECT count(*) FROM event")
    assert await set_mark(cast.building, wants, by=by) is None
    assert await fetch_value("SELECT count(*) FROM event") == events


async def test_of_two_at_once_one_wins_and_the_other_is_told(cast: Cast) -> None:
    by = await cast.actor(cast.safety)

    async def give(post: int) -> str:
        try:
            await set_mark(cast.building, Marking("FIRE", post, Mark.MAIN), by=by, seen="")
        except Conflict:
            return "told"
        return "won"

    answers = await asyncio.gather(*(give(post) for post in (cast.chief_post, cast.floor_post, cast.keeper_post)))
    assert sorted(answers) == ["told", "told", "won"]
    assert await fetch_value("SELECT count(*) FROM responsibility WHERE ends_at IS NULL") == 1


async def test_ended_the_grid_above_or_its_keeper_answers_again(cast: Cast, clock: MovingClock) -> None:
    by = await cast.actor(cast.principal)
    await set_mark(cast.building, Marking("FIRE", cast.keeper_post, Mark.MAIN), by=by)
    clock.forward(hours=1)
    seen = state_of(await rows_of(cast.building, "FIRE", at=now()))
    assert await end_mark(cast.building, "FIRE", cast.keeper_post, by=by, seen=seen)
    assert await accountable(cast, cast.building) == cast.chief_post
    assert not await end_mark(cast.building, "FIRE", cast.keeper_post, by=by, seen="")


async def test_nothing_is_dated_back_and_no_stranger_is_named(cast: Cast) -> None:
    by = await cast.actor(cast.principal)
    other = await fetch_value("SELECT id FROM post WHERE org_id = {} ORDER BY id", cast.other_school)
    pupil = await fetch_value("SELECT id FROM post WHERE role = 'pupil' AND org_id = {}", cast.school)
    cases = [
        (Marking("FIRE", cast.chief_post, Mark.MAIN, starts_at=now() - timedelta(days=1)), "matrix.in_the_past"),
        (Marking("FIRE", other, Mark.MAIN), "matrix.post_unknown"),
        (Marking("FIRE", pupil, Mark.INFORM), "matrix.post_unknown"),
    ]
    for wants, code in cases:
        with pytest.raises(Refused) as refusal:
            await set_mark(cast.building, wants, by=by)
        assert refusal.value.code == code
    with pytest.raises(NotFound):
        await set_mark(cast.building, Marking("nothing-like-it", cast.chief_post, Mark.MAIN), by=by)


async def test_who_may_not_edit_finds_nothing_to_edit(cast: Cast) -> None:
    wants = Marking("FIRE", cast.chief_post, Mark.MAIN)
    assert await set_mark(cast.building, wants, by=SYSTEM), "there is something to change"
    for person in (cast.other_safety, cast.other_principal, cast.chief, cast.bureau_officer, cast.nobody):
        with pytest.raises(NotFound):
            await set_mark(cast.building, wants, by=await cast.actor(person))


async def test_a_template_fills_what_is_empty_and_overrules_nobody(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    await set_mark(cast.building, Marking("d44-1", cast.keeper_post, Mark.MAIN), by=by)
    rows = [Marking(f"d44-{number}", cast.chief_post, Mark.MAIN) for number in (1, 2, 3)]
    assert await fill_matrix(cast.building, rows, by=by) == 2
    assert await fill_matrix(cast.building, rows, by=by) == 0
    kept = await rows_of(cast.building, "d44-1", at=now())
    assert [row.post_id for row in kept] == [cast.keeper_post]
