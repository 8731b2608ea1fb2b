"""The tree changed by hand, on both databases: what it does, what it leaves in the trail, what it refuses."""

import asyncio
import json
from typing import Any

import pytest

from portal.audit.queries import history_of, verify_chain
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import fetch_column, fetch_value, insert
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.grids.queries import Wanted, family_of, find_grids, grid_row, kinds_of, like
from portal.grids.services import (
    change_duty_phone,
    change_grid,
    end_grid,
    link_place,
    make_grid,
    make_kind,
    make_organisation,
    move_grid,
    seed_kinds,
)
from portal.grids.tables import Grid
from portal.permissions.queries import grants_of
from tests.cast import Cast


async def path_of(grid_id: int) -> str:
    return str(await fetch_value("SELECT path FROM grid WHERE id = {}", grid_id))


async def kinds_told(grid_id: int) -> list[str]:
    return [line.kind for line in await history_of("grid", grid_id)]


async def test_a_moved_floor_takes_its_rooms_its_posts_and_their_rights_along(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    rights = await fetch_value("SELECT rights_version FROM organisation WHERE grid_id = {}", cast.school)
    await move_grid(cast.floor, to=cast.sibling_building, version=1, by=by)
    assert await path_of(cast.floor) == f"{await path_of(cast.sibling_building)}{cast.floor}/"
    assert await path_of(cast.room) == f"{await path_of(cast.floor)}{cast.room}/"
    room = await grid_row(cast.room)
    assert room is not None and room.depth == 4 and room.version == 1
    grants, _ = await grants_of(cast.floor_chief, cast.school, at=now())
    assert grants[0].path == await path_of(cast.floor)
    assert await fetch_value("SELECT rights_version FROM organisation WHERE grid_id = {}", cast.school) > rights
    told = (await history_of("grid", cast.floor))[0]
    assert told.kind == "grid.moved" and told.facts["to_parent"] == cast.sibling_building
    assert told.actor == "甄安全" and json.loads(told.texts or "") == {"parent_was": "博学楼", "parent_now": "文德楼"}
    assert await verify_chain(cast.school) is None


async def test_a_move_up_and_down_again_leaves_the_tree_as_it_was(cast: Cast) -> None:
    by, before = await cast.actor(cast.safety), await fetch_column("SELECT path FROM grid ORDER BY id")
    await move_grid(cast.floor, to=cast.school, version=1, by=by)
    await move_grid(cast.floor, to=cast.building, version=2, by=by)
    assert await fetch_column("SELECT path FROM grid ORDER BY id") == before


async def test_two_moves_at_once_never_make_a_circle(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    results = await asyncio.gather(
        move_grid(cast.building, to=cast.sibling_building, version=1, by=by),
        move_grid(cast.sibling_building, to=cast.building, version=1, by=by),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Refused"]
    paths = await fetch_column("SELECT path FROM grid")
    assert len(set(paths)) == len(paths) and all(path.startswith(f"/{cast.bureau}/") for path in paths)


async def test_whoever_comes_second_with_an_old_card_changes_nothing(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    assert await change_grid(cast.room, version=1, by=by, name="化学实验室(北)") == ("name",)
    with pytest.raises(Conflict):
        await change_grid(cast.room, version=1, by=by, name="化学实验室(南)")
    with pytest.raises(Conflict):
        await move_grid(cast.room, to=cast.building, version=1, by=by)
    assert await fetch_value("SELECT name FROM grid WHERE id = {}", cast.room) == "化学实验室(北)"
    assert await path_of(cast.room) == f"{await path_of(cast.floor)}{cast.room}/"


async def test_the_card_keeps_its_old_words_in_the_trail_and_silence_where_nothing_changed(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    assert await change_grid(cast.room, version=1, by=by, name="化学实验室(东)", area_m2=None) == ()
    changed = await change_grid(cast.room, version=1, by=by, area_m2=56.5, is_key_spot=True, duty_note="每天下班前断电")
    assert set(changed) == {"area_m2", "is_key_spot", "duty_note"}
    told = (await history_of("grid", cast.room))[0]
    assert set(told.facts["fields"]) == set(changed) and "56.5" not in told.details
    assert await kinds_told(cast.room) == ["grid.changed", "grid.made"]


@pytest.mark.parametrize("act", ["make", "change", "move", "end", "place", "phone", "kind"])
async def test_nobody_edits_outside_their_part_of_the_tree(cast: Cast, act: str) -> None:
    assert (await family_of(cast.room, by=await cast.actor(cast.safety))).grid.name == "化学实验室(东)"
    acts: dict[str, Any] = {
        "make": lambda by: make_grid("密室", kind="room", parent_id=cast.floor, by=by),
        "change": lambda by: change_grid(cast.room, version=1, by=by, name="x"),
        "move": lambda by: move_grid(cast.room, to=cast.building, version=1, by=by),
        "end": lambda by: end_grid(cast.room, version=1, by=by),
        "place": lambda by: link_place(cast.school_class, place_id=cast.room, version=1, by=by),
        "phone": lambda by: change_duty_phone(cast.school, "110", by=by),
        "kind": lambda by: make_kind(cast.school, "x", by=by),
    }
    before = await fetch_value("SELECT count(*) FROM event")
    for person in (cast.other_safety, cast.other_principal, cast.principal, cast.chief, cast.nobody):
        with pytest.raises(NotFound):
            await acts[act](await cast.actor(person))
    with pytest.raises(NotFound):
        await acts[act](Actor(person_id=None, account_id=None, org_id=None))
    assert await fetch_value("SELECT count(*) FROM event") == before


async def test_nothing_moves_into_another_school(cast: Cast) -> None:
    with pytest.raises(NotFound):
        await move_grid(cast.room, to=cast.other_building, version=1, by=await cast.actor(cast.safety))
    with pytest.raises(Refused, match=r"grid\.other_organisation"):
        await move_grid(cast.room, to=cast.other_building, version=1, by=await cast.actor(cast.bureau_officer))


async def test_a_grid_ends_only_when_it_is_empty_and_its_history_stays(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    with pytest.raises(Refused, match=r"grid\.has_children"):
        await end_grid(cast.floor, version=1, by=by)
    with pytest.raises(Refused, match=r"grid\.has_posts"):
        await end_grid(cast.room, version=1, by=by)
    made = await make_grid("储藏间", kind="room", parent_id=cast.floor, by=by)
    await end_grid(made, version=1, by=by)
    assert await kinds_told(made) == ["grid.ended", "grid.made"]
    with pytest.raises(Refused, match=r"grid\.ended"):
        await change_grid(made, version=2, by=by, name="x")
    with pytest.raises(Refused, match=r"grid\.ended"):
        await make_grid("x", kind="room", parent_id=made, by=by)
    assert made not in [row.id for row in (await family_of(cast.floor, by=by)).children]


async def test_a_class_and_its_room_know_each_other(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    await link_place(cast.school_class, place_id=cast.room, version=1, by=by)
    assert [row.id for row in (await family_of(cast.school_class, by=by)).parallels] == [cast.room]
    assert [row.id for row in (await family_of(cast.room, by=by)).parallels] == [cast.school_class]
    for wrong in (cast.school_class, cast.school):
        with pytest.raises(Refused, match=r"grid\.place_wrong"):
            await link_place(cast.school_class, place_id=wrong, version=2, by=by)
    with pytest.raises(NotFound):
        await link_place(cast.school_class, place_id=cast.other_room, version=2, by=by)
    await link_place(cast.school_class, place_id=None, version=2, by=by)
    assert (await family_of(cast.room, by=by)).parallels == []


async def test_kinds_are_seeded_once_and_a_school_adds_its_own(cast: Cast) -> None:
    await seed_kinds()
    await seed_kinds()
    codes = [kind.code for kind in await kinds_of(cast.school)]
    assert len(codes) == len(set(codes)) and {"school", "room", "class", "canteen_zone"} <= set(codes)
    assert await fetch_value("SELECT count(*) FROM grid_scheme") == 2
    by = await cast.actor(cast.safety)
    code = await make_kind(cast.school, "温室", name_en="Greenhouse", by=by)
    assert code in [kind.code for kind in await kinds_of(cast.school)]
    assert code not in [kind.code for kind in await kinds_of(cast.other_school)]
    with pytest.raises(Invalid):
        await make_kind(cast.school, "温室", by=by)
    made = await make_grid("植物温室", kind=code, parent_id=cast.school, by=by)
    assert (await family_of(made, by=by)).grid.kind_text("en") == "Greenhouse"


async def test_a_search_takes_signs_as_they_are_written(cast: Cast) -> None:
    root = await grid_row(cast.school)
    assert root is not None
    for name in ("50%_A", "50XXA", "a!b"):
        await make_grid(name, kind="room", parent_id=cast.floor, by=SYSTEM)
    for text, found in [("%_", ["50%_A"]), ("!", ["a!b"]), ("50 a", ["50%_A", "50XXA"]), ("' OR 1=1", [])]:
        rows, total = await find_grids(root.part, Wanted(text), at=now())
        assert [row.name for row in rows] == found and total == len(found), text
    assert like("a%") == "%a!%%"


async def test_only_vacant_shows_what_nobody_answers_for_and_never_a_heading(cast: Cast) -> None:
    root = await grid_row(cast.school)
    assert root is not None
    await make_grid("楼层网格", kind="grid_family", parent_id=cast.school, by=SYSTEM, is_heading=True)
    await make_grid("车库", kind="outdoor", parent_id=cast.school, by=SYSTEM)
    rows, _ = await find_grids(root.part, Wanted(only_vacant=True), at=now())
    assert [row.name for row in rows] == ["文德楼", "车库"]


async def test_a_bureau_is_made_by_the_system_alone(cast: Cast) -> None:
    with pytest.raises(NotFound):
        await make_organisation("假教育局", kind="bureau", by=await cast.actor(cast.bureau_officer))
    with pytest.raises(NotFound):
        await make_organisation("x", kind="school", bureau_id=cast.bureau, by=await cast.actor(cast.safety))


async def test_a_page_of_a_large_tree_stays_small(cast: Cast) -> None:
    at, path = now(), await path_of(cast.floor)
    rows = [
        {"org_id": cast.school, "parent_id": cast.floor, "path": f"{path}{100_000 + n}/", "depth": 4, "kind": "room",
         "name": f"室{n}", "created_at": at}
        for n in range(5_000)
    ]  # fmt: skip
    await insert(Grid, *rows)
    family = await family_of(cast.building, by=await cast.actor(cast.safety))
    assert [(row.name, row.children) for row in family.children] == [("一楼", 5_002)]
