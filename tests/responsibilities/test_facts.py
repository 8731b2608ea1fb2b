"""Facts read from the database: few statements, the same answer as the rules give over the rows."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from portal.core import database as db
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import insert
from portal.people.services import appoint, make_post
from portal.people.tables import Absence
from portal.responsibilities.queries import answer_for, facts_of_category, facts_of_line, facts_of_org, names_for
from portal.responsibilities.rules import WHOLE, Duty, Ground, responsible_for
from portal.responsibilities.tables import Responsibility
from tests.cast import Cast


@pytest.fixture
def statements() -> Iterator[list[str]]:
    seen: list[str] = []
    db.watchers.append(seen.append)
    yield seen
    db.watchers.remove(seen.append)


async def path_of(grid_id: int) -> str:
    return str(await db.fetch_value("SELECT path FROM grid WHERE id = {}", grid_id))


async def rule(cast: Cast, grid: int, duty: str, post: int, mark: str = "main", **more: object) -> int:
    row = {
        "org_id": cast.school, "grid_id": grid, "duty": duty, "post_id": post, "mark": mark, "starts_at": now(),
        "entered_at": now(), **more,
    }  # fmt: skip
    [made] = await insert(Responsibility, row)
    return made


async def test_a_line_takes_three_statements_and_an_organisation_four(cast: Cast, statements: list[str]) -> None:
    path = await path_of(cast.room)
    statements.clear()
    await facts_of_line(path, at=now())
    assert len(statements) == 3
    statements.clear()
    facts = await facts_of_org(cast.school, at=now())
    assert len(statements) == 4
    assert cast.bureau in facts.places, "a school's line goes on to the bureau"
    assert cast.other_room not in facts.places


async def test_the_facts_of_a_category_are_those_of_its_line_in_one_statement(
    cast: Cast, statements: list[str]
) -> None:
    """For a move of a card, which may take ten: the same posts, holders, absences and rows of the matrix."""
    elsewhere = await db.fetch_value("SELECT id FROM post WHERE grid_id = {} ORDER BY id", cast.sibling_room)
    monitor = await db.fetch_value("SELECT id FROM post WHERE role = 'pupil'")
    at = now()
    rows: tuple[tuple[int, str, int, dict[str, Any]], ...] = (
        (cast.building, "fire", elsewhere, {}), (cast.school, "FIRE", cast.chief_post, {}),
        (cast.room, "fire-wiring", cast.floor_post, {"mark": "assist"}), (cast.floor, "", elsewhere, {"mark": "inform"}),
        (cast.school, "food", cast.chief_post, {}), (cast.room, "fire", cast.chief_post, {"is_proposal": True}),
        (cast.room, "fire", monitor, {"mark": "assist"}), (cast.bureau, "fire", cast.floor_post, {}),
        (cast.floor, "fire", cast.chief_post, {"ends_at": at - timedelta(days=1)}),
    )  # fmt: skip
    for grid, duty, post, more in rows:
        await rule(cast, grid, duty, post, **{"starts_at": at - timedelta(days=9), **more})
    away = {"org_id": cast.school, "kind": "leave", "starts_at": at, "entered_at": at}
    gone: tuple[tuple[int, dict[str, Any]], ...] = (
        (cast.keeper, {"ends_at": at + timedelta(days=3)}), (cast.sibling_keeper, {}),
        (cast.chief, {"undone_at": at}), (cast.teacher, {"ends_at": at}),
    )  # fmt: skip
    for person, more in gone:
        await insert(Absence, {**away, "person_id": person, **more})
    await appoint(cast.teacher, post_id=cast.keeper_post, by=SYSTEM, kind="deputy", is_primary=False)
    await db.execute("UPDATE person SET left_at = {} WHERE id = {}", at + timedelta(days=5), cast.floor_chief)
    code: tuple[str, list[Any]] = ("SELECT 'fire-wiring', 'fire', 'FIRE', 'floor', FALSE, 7", [])
    for grid in (cast.room, cast.sibling_room, cast.floor, cast.building, cast.school, cast.school_class, cast.bureau):
        path = await path_of(grid)
        wanted = await facts_of_line(path, codes=("fire-wiring", "fire", "FIRE"), at=at)
        statements.clear()
        found, facts = await facts_of_category(path, code, at=at)
        assert len(statements) == 1
        assert facts == wanted, grid
        assert found == ("fire-wiring", "fire", "FIRE", "floor", False, 7)
    none, facts = await facts_of_category(await path_of(cast.room), (f"{code[0]} WHERE 1 = 2", []), at=at)
    assert none is None and set(facts.rulings_on) == {cast.floor}, "only what holds for the whole place"


async def test_the_keeper_answers_for_the_room_and_the_line_says_the_same_as_the_whole(cast: Cast) -> None:
    whole = await facts_of_org(cast.school)
    for grid in (cast.room, cast.floor, cast.building, cast.office, cast.school):
        line = await facts_of_line(await path_of(grid), at=now())
        assert responsible_for(line, grid, at=now()) == responsible_for(whole, grid, at=now())
    held = responsible_for(whole, cast.room, at=now()).accountable
    assert held is not None
    assert held.person_id == cast.keeper


async def test_absence_acting_and_leaving_count_at_their_instants(cast: Cast) -> None:
    away = {
        "org_id": cast.school, "person_id": cast.keeper, "kind": "leave", "starts_at": now(), "entered_at": now(),
        "ends_at": now() + timedelta(days=3),
    }  # fmt: skip
    await insert(Absence, away)
    await insert(Absence, away | {"undone_at": now(), "person_id": cast.floor_chief})
    gap = await answer_for(cast.room, at=now())
    assert gap.is_gap
    assert gap.falls_to is not None
    assert gap.falls_to.person_id == cast.floor_chief, "an absence that was undone is none"
    await appoint(cast.teacher, post_id=cast.keeper_post, by=SYSTEM, kind="deputy", is_primary=False)
    covered = await answer_for(cast.room, at=now())
    assert covered.accountable is not None
    assert covered.accountable.person_id == cast.teacher
    back = await answer_for(cast.room, at=now() + timedelta(days=3))
    assert back.accountable is not None
    assert back.accountable.person_id == cast.keeper
    await db.execute("UPDATE person SET left_at = {} WHERE id = {}", now() + timedelta(days=5), cast.keeper)
    left = await answer_for(cast.room, at=now() + timedelta(days=5))
    assert left.accountable is not None
    assert left.accountable.person_id == cast.teacher


async def test_a_ruled_post_from_elsewhere_comes_along_and_a_proposal_does_not_count(cast: Cast) -> None:
    elsewhere = await db.fetch_value("SELECT id FROM post WHERE grid_id = {} ORDER BY id", cast.sibling_room)
    duty = Duty(("fire-wiring", "fire"), "floor", "FIRE")
    await rule(cast, cast.building, "fire", elsewhere, is_proposal=True)
    before = await answer_for(cast.room, duty, at=now())
    assert (before.post_id, before.ground) == (cast.floor_post, Ground.KEEPS)
    ruled = await rule(cast, cast.building, "fire", elsewhere)
    after = await answer_for(cast.room, duty, at=now())
    assert after.accountable is not None
    assert (after.accountable.person_id, after.ruling_id) == (cast.sibling_keeper, ruled)
    other = await answer_for(cast.room, WHOLE, at=now())
    assert other.post_id == cast.keeper_post


async def test_pupils_never_answer(cast: Cast) -> None:
    monitor = await db.fetch_value("SELECT id FROM post WHERE role = 'pupil'")
    await rule(cast, cast.school_class, "", monitor)
    found = await answer_for(cast.school_class, at=now())
    assert found.accountable is not None
    assert found.accountable.person_id == cast.teacher


async def test_names_are_asked_for_apart(cast: Cast, statements: list[str]) -> None:
    post = await make_post("联系领导", role="member", grid_id=cast.office, by=SYSTEM)
    statements.clear()
    names = await names_for(people=[cast.keeper, None], posts=[post], grids=[cast.room])
    assert len(statements) == 3
    assert names.people[cast.keeper] == "甄实验"
    assert names.posts[post].title == "联系领导"
    assert names.grids[cast.room] == "化学实验室(东)"
