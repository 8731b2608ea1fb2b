"""The tree and the page of coverage say the same of every grid: nobody sees two numbers that disagree."""

import random
from datetime import timedelta

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import fetch_column, fetch_value, insert
from portal.coverage.queries import read_facts, read_school
from portal.coverage.rules import uncovered
from portal.grids.queries import Wanted, find_grids, grid_row, organisations_seen
from portal.people.services import appoint, make_person, make_post
from portal.people.tables import Absence
from portal.responsibilities.queries import answers_of_grids
from portal.responsibilities.rules import Mark
from portal.responsibilities.services.marking import Marking, set_mark
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.coverage.conftest import RealSchool


async def by_rule(org_id: int) -> set[int]:
    school = await read_school(org_id, at=now())
    assert school is not None
    return {gap.grid_id for gap in uncovered(await read_facts(school, at=now()), school.counted(), at=now())}


async def by_sql(org_id: int) -> set[int]:
    """By the list, by the number and by the lines of the tree, which must agree among themselves."""
    root = await grid_row(org_id)
    assert root is not None
    cards, total = await find_grids(root.part, Wanted(only_vacant=True), at=now(), most=1000)
    number = next(one.vacant for one in await organisations_seen(SYSTEM, at=now()) if one.id == org_id)
    grids = await fetch_column("SELECT id FROM grid WHERE org_id = {} AND ended_at IS NULL", org_id)
    found = {card.id for card in cards}
    assert (total, found) == (number, set((await answers_of_grids(grids, at=now())).vacant))
    return found


async def away(org_id: int, person_id: int, *, days: int = 5, begins: int = 0) -> None:
    starts = now() + timedelta(days=begins)
    row = {"org_id": org_id, "person_id": person_id, "kind": "leave", "starts_at": starts, "entered_at": now()}
    await insert(Absence, row | {"ends_at": starts + timedelta(days=days)})


async def test_the_tree_says_what_coverage_says_of_the_real_school(real_school: RealSchool) -> None:
    assert len(await by_rule(real_school.org)) == 7
    assert await by_sql(real_school.org) == await by_rule(real_school.org)


async def test_away_acting_ruled_and_liaison_count_alike(cast: Cast, clock: MovingClock) -> None:
    async def vacant() -> set[int]:
        found = await by_rule(cast.school)
        assert await by_sql(cast.school) == found
        return found

    before = await vacant()
    await away(cast.school, cast.keeper)
    assert await vacant() == before | {cast.room, cast.second_room}
    await appoint(cast.teacher, post_id=cast.keeper_post, by=SYSTEM, kind="deputy", is_primary=False)
    assert await vacant() == before | {cast.second_room}
    post = await make_post("挂点领导", role="liaison", grid_id=cast.sibling_building, by=SYSTEM)
    await appoint(cast.nobody, post_id=post, by=SYSTEM)
    assert await vacant() == before | {cast.second_room}, "a liaison answers for nothing"
    by = await cast.actor(cast.safety)
    await set_mark(cast.sibling_building, Marking("", cast.chief_post, Mark.MAIN), by=by)
    assert await vacant() == {cast.second_room} | before - {cast.sibling_building}
    await away(cast.school, cast.chief, days=2, begins=1)
    await set_mark(cast.floor, Marking("", cast.chief_post, Mark.MAIN), by=by)
    clock.forward(days=1, hours=1)
    assert {cast.sibling_building, cast.floor, cast.building} <= await vacant(), "ruled to somebody who is away"
    clock.forward(days=5)
    assert await vacant() == before - {cast.sibling_building}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_random_rows_count_alike(cast: Cast, clock: MovingClock, seed: int) -> None:
    chance = random.Random(seed)
    grids = await fetch_column("SELECT id FROM grid WHERE org_id = {} ORDER BY id", cast.school)
    people = [await make_person(f"甄{n}", org_id=cast.school, by=SYSTEM) for n in range(6)]
    posts = [
        await make_post(
            "员", role=chance.choice(("keeper", "chief", "member")), grid_id=chance.choice(grids), by=SYSTEM
        )
        for _ in range(12)
    ]
    safety = await cast.actor(cast.safety)
    for post in posts:
        for person in chance.sample(people, chance.randint(0, 2)):
            starts = now() + timedelta(days=chance.randint(0, 3))
            ends = starts + timedelta(days=chance.randint(1, 4)) if chance.random() < 0.5 else None
            await appoint(person, post_id=post, by=SYSTEM, starts_at=starts, ends_at=ends)
    for person in people[:4]:
        await away(cast.school, person, days=chance.randint(1, 3), begins=chance.randint(0, 3))
    for grid in chance.sample(grids, 5):
        await set_mark(grid, Marking("", chance.choice(posts), Mark.MAIN), by=safety)
    for _ in range(6):
        assert await by_sql(cast.school) == await by_rule(cast.school)
        clock.forward(days=1)


async def test_the_page_of_a_grid_whose_keeper_is_away_says_so(browsers: Browsers, cast: Cast) -> None:
    await away(cast.school, cast.keeper)
    browser = await browsers.of(cast.safety)
    await browser.get(f"/grids/{cast.room}")
    assert "负责的人不在，也没有代理和 B 角" in browser.text
    await browser.get("/grids?vacant=1")
    assert "化学实验室(东)" in browser.text
    number = await fetch_value("SELECT count(*) FROM absence")
    assert number == 1
