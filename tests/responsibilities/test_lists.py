"""A school's own lists: taken over, confirmed, worded anew edition by edition; and which post takes which."""

from datetime import timedelta

import pytest

from portal.core.clock import now
from portal.core.database import fetch_value
from portal.core.refusals import Conflict, NotFound, Refused
from portal.responsibilities.queries.lists import (
    copies_of,
    editions_of,
    items_in,
    list_row,
    lists_of,
    mappings_of,
    own_mapping,
)
from portal.responsibilities.rules.mapping import charge_of
from portal.responsibilities.services import (
    add_item,
    change_item,
    clear_mapping,
    confirm_list,
    copy_list,
    end_item,
    seed_duties,
    set_mapping,
)
from portal.responsibilities.services.lists import Wording
from portal.responsibilities.services.mappings import Takes
from tests.cast import Cast
from tests.conftest import MovingClock

WORDS = Wording("8", "每晚看一遍门窗", "SEC", "check", "daily", "building")


@pytest.fixture
async def building_list(cast: Cast) -> int:
    await seed_duties()
    return int(await fetch_value("SELECT id FROM duty_list WHERE name = '楼长（区域楼长）'"))


async def version(list_id: int) -> int:
    return int(await fetch_value("SELECT version FROM duty_list WHERE id = {}", list_id))


async def test_a_copy_keeps_codes_and_is_made_once(cast: Cast, building_list: int) -> None:
    by = await cast.actor(cast.safety)
    copy = await copy_list(building_list, org_id=cast.school, by=by)
    assert await copy_list(building_list, org_id=cast.school, by=by) == copy
    shared, own = await items_in(building_list, at=now()), await items_in(copy, at=now())
    assert [(one.code, one.text) for one in shared] == [(one.code, one.text) for one in own]
    names = [row.id for row in await lists_of(cast.school)]
    assert copy in names
    assert building_list not in names, "the school's own stands in its place"
    assert building_list in [row.id for row in await lists_of(cast.other_school)]
    assert await list_row(copy, cast.other_school) is None


async def test_confirming_a_shared_list_takes_it_over(cast: Cast, building_list: int) -> None:
    by = await cast.actor(cast.principal)
    shared = await list_row(building_list, cast.school)
    assert shared is not None
    assert shared.asks
    own_id = await confirm_list(building_list, org_id=cast.school, version=shared.version, by=by)
    own = await list_row(own_id, cast.school)
    assert own is not None
    assert not own.asks
    assert own.confirmed_by == "甄校长"
    still = await list_row(building_list, cast.other_school)
    assert still is not None
    assert still.asks, "what one school confirms, no other has"
    with pytest.raises(Conflict):
        await confirm_list(building_list, org_id=cast.school, version=shared.version, by=by)


async def test_a_change_of_wording_ends_the_row_and_begins_the_next_edition(
    cast: Cast, building_list: int, clock: MovingClock
) -> None:
    by = await cast.actor(cast.safety)
    copy = await copy_list(building_list, org_id=cast.school, by=by)
    first = (await items_in(copy, at=now()))[0]
    clock.forward(hours=1)
    words = Wording(first.number, "一栋楼的教育和管理由楼长负责", first.domain, first.kind, first.rhythm, first.level)
    assert await change_item(first.id, words, version=await version(copy), by=by)
    editions = await editions_of(copy, first.code)
    assert [(one.edition, one.ends_at) for one in editions] == [(2, None), (1, now())]
    assert editions[0].starts_at == now()
    before = await items_in(copy, at=now() - timedelta(minutes=1))
    assert before[0].text == first.text, "a letter still finds the words it was signed for"
    assert await change_item(editions[0].id, words, version=await version(copy), by=by) is None


async def test_changing_a_confirmed_list_asks_again(cast: Cast, building_list: int) -> None:
    by = await cast.actor(cast.safety)
    own = await confirm_list(building_list, org_id=cast.school, version=1, by=by)
    await add_item(own, WORDS, version=await version(own), by=by)
    row = await list_row(own, cast.school)
    assert row is not None
    assert row.asks


async def test_an_item_is_added_and_struck_off(cast: Cast, building_list: int, clock: MovingClock) -> None:
    by = await cast.actor(cast.safety)
    copy = await copy_list(building_list, org_id=cast.school, by=by)
    added = await add_item(copy, WORDS, version=await version(copy), by=by)
    with pytest.raises(Refused) as refusal:
        await add_item(copy, WORDS, version=await version(copy), by=by)
    assert refusal.value.code == "duty_list.number_taken"
    clock.forward(minutes=1)
    await end_item(added, version=await version(copy), by=by)
    assert added not in [one.id for one in await items_in(copy, at=now())]
    with pytest.raises(Conflict):
        await end_item(added, version=await version(copy), by=by)


async def test_who_came_second_is_told(cast: Cast, building_list: int) -> None:
    by = await cast.actor(cast.safety)
    copy = await copy_list(building_list, org_id=cast.school, by=by)
    old = await version(copy)
    await add_item(copy, WORDS, version=old, by=by)
    with pytest.raises(Conflict):
        await add_item(copy, Wording("9", "换一句", "SEC", "check", "daily", "building"), version=old, by=by)


async def test_shared_lists_and_those_of_others_are_nobodys_to_change(cast: Cast, building_list: int) -> None:
    by = await cast.actor(cast.safety)
    copy = await copy_list(building_list, org_id=cast.school, by=by)
    with pytest.raises(NotFound):
        await add_item(building_list, WORDS, version=1, by=by)
    for person in (cast.other_safety, cast.other_principal, cast.chief):
        stranger = await cast.actor(person)
        with pytest.raises(NotFound):
            await add_item(copy, WORDS, version=1, by=stranger)
        with pytest.raises(NotFound):
            await copy_list(building_list, org_id=cast.school, by=stranger)


async def test_the_schools_own_row_goes_before_the_proposal_until_it_is_cleared(cast: Cast, building_list: int) -> None:
    by = await cast.actor(cast.principal)
    takes = Takes("负责人", "room", "图书", building_list, "图书管理", "")

    async def charge() -> tuple[int | None, str]:
        rules = [row.rule for row in await mappings_of(cast.school)]
        found = charge_of(rules, title="负责人", kind="room", name="图书室", copies=await copies_of(cast.school))
        return found.list_id, found.line_of_work

    proposal = await charge()
    # A longer part of the name says more: the proposal's row for 图书室 goes before the school's for 图书.
    assert await set_mapping(cast.school, takes, version=0, by=by)
    assert await charge() == proposal
    own = Takes("负责人", "room", "图书室", building_list, "图书借阅", "")
    row_id = await set_mapping(cast.school, own, version=0, by=by)
    assert row_id
    assert await charge() == (building_list, "图书借阅")
    assert await set_mapping(cast.school, own, version=1, by=by) is None
    with pytest.raises(Conflict):
        await set_mapping(cast.school, own, version=0, by=by)
    await clear_mapping(row_id, version=1, by=by)
    assert await charge() == proposal
    assert await own_mapping(cast.school, "负责人", "room", "图书室") is None


async def test_a_mapping_is_the_schools_own_business(cast: Cast, building_list: int) -> None:
    takes = Takes("负责人", "room", "", building_list, "", "")
    for person in (cast.other_safety, cast.chief, cast.teacher):
        with pytest.raises(NotFound):
            await set_mapping(cast.school, takes, version=0, by=await cast.actor(person))
