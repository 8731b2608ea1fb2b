"""People, posts and appointments by hand, on both databases."""

import re
from datetime import timedelta
from typing import Any

import pytest

from portal.audit.queries import history_of, verify_chain
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now, start_of_day, today
from portal.core.database import fetch_value
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.people.queries import PeopleWanted, find_people, person_row, tenures_of
from portal.people.services import (
    appoint,
    change_person,
    change_post,
    end_appointment,
    end_post,
    make_person,
    make_post,
    make_primary,
    make_school,
    mark_left,
    register_leaving,
)
from portal.people.services.leaving import _leaving as leaving
from portal.responsibilities.queries import holders_answering
from tests.cast import Cast
from tests.conftest import MovingClock


async def held_by(person_id: int) -> int:
    return int(await fetch_value("SELECT id FROM appointment WHERE person_id = {} ORDER BY id", person_id))


async def names_on(grid_id: int) -> list[tuple[str | None, bool | None]]:
    return [(row.name, row.is_primary and bool(row.is_primary)) for row in await holders_answering([grid_id], at=now())]


async def test_one_post_has_one_primary_whoever_is_appointed(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    second = await appoint(cast.nobody, post_id=cast.keeper_post, by=by)
    assert await names_on(cast.room) == [("甄无岗", True), ("甄实验", False)]
    await make_primary(await held_by(cast.keeper), version=2, by=by)
    assert await names_on(cast.room) == [("甄实验", True), ("甄无岗", False)]
    with pytest.raises(Conflict):
        await make_primary(second, version=1, by=by)
    third = await appoint(cast.leader, post_id=cast.keeper_post, by=by, kind="deputy")
    with pytest.raises(Refused, match=r"people\.only_holders_first"):
        await make_primary(third, version=1, by=by)
    assert await names_on(cast.room) == [("甄实验", True), ("甄无岗", False), ("甄带班", False)]
    told = (await history_of("post", cast.keeper_post))[1]
    assert told.kind == "post.changed" and told.facts["fields"] == ["primary"]


async def test_an_appointment_ahead_takes_over_when_its_day_begins(cast: Cast, clock: MovingClock) -> None:
    by, begins = await cast.actor(cast.safety), start_of_day(today() + timedelta(days=1))
    await appoint(cast.nobody, post_id=cast.keeper_post, by=by, starts_at=begins)
    assert await names_on(cast.room) == [("甄实验", True)]
    clock.set(begins)
    assert (await names_on(cast.room))[0] == ("甄无岗", True)


async def test_who_it_was_keeps_its_answer(cast: Cast, clock: MovingClock) -> None:
    by, before = await cast.actor(cast.safety), now()
    clock.forward(hours=1)
    await end_appointment(await held_by(cast.keeper), version=1, by=by)
    assert [row.name for row in await holders_answering([cast.room], at=before)] == ["甄实验"]
    assert [row.name for row in await holders_answering([cast.room], at=now())] == [None]
    assert [one.ends_at for one in await tenures_of(cast.keeper) if one.grid_id == cast.room] == [now()]


async def test_nobody_is_appointed_or_ended_yesterday(cast: Cast) -> None:
    by, midnight = await cast.actor(cast.safety), start_of_day(today())
    yesterday = midnight - timedelta(seconds=1)
    with pytest.raises(Refused, match=r"people\.in_the_past"):
        await appoint(cast.nobody, post_id=cast.keeper_post, by=by, starts_at=yesterday)
    with pytest.raises(Refused, match=r"people\.in_the_past"):
        await end_appointment(await held_by(cast.keeper), version=1, by=by, ends_at=yesterday)
    await appoint(cast.nobody, post_id=cast.keeper_post, by=by, starts_at=midnight)
    await end_appointment(await held_by(cast.nobody), version=1, by=by, ends_at=midnight)
    with pytest.raises(Refused, match=r"people\.appointment_over"):
        await end_appointment(await held_by(cast.nobody), version=2, by=by)


async def test_somebody_is_appointed_to_a_post_once(cast: Cast) -> None:
    with pytest.raises(Refused, match=r"people\.already_holds"):
        await appoint(cast.keeper, post_id=cast.keeper_post, by=await cast.actor(cast.safety))


async def test_nobody_raises_themselves(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    post = await make_post("校长", role="principal", grid_id=cast.school, by=by)
    with pytest.raises(Refused, match=r"people\.own_rights"):
        await appoint(cast.safety, post_id=post, by=by)
    own = await make_post("保管员", role="keeper", grid_id=cast.room, by=by)
    await appoint(cast.safety, post_id=own, by=by)
    with pytest.raises(Refused, match=r"people\.own_rights"):
        await change_post(
            own, version=1, by=by, title="校长", role="principal", scope_grid_id=cast.room, is_accountable=True
        )
    with pytest.raises(Refused, match=r"people\.principal_by_bureau"):
        await appoint(cast.nobody, post_id=post, by=by)  # nor somebody they could steer
    await appoint(cast.nobody, post_id=post, by=await cast.actor(cast.bureau_officer))


async def test_no_post_reaches_further_than_its_maker(cast: Cast) -> None:
    division = await make_post("楼安全办", role="safety_officer", grid_id=cast.building, by=SYSTEM)
    await appoint(cast.nobody, post_id=division, by=SYSTEM)
    by = await cast.actor(cast.nobody)
    await make_post("保管员", role="keeper", grid_id=cast.room, by=by)
    for reach in (cast.school, cast.sibling_building, cast.other_school, 999_999):
        with pytest.raises(Refused, match=r"people\.beyond_reach"):
            await make_post("保管员", role="keeper", grid_id=cast.room, scope_grid_id=reach, by=by)
    with pytest.raises(NotFound):
        await make_post("保管员", role="keeper", grid_id=cast.sibling_room, by=by)
    wide = await make_post("全校", role="chief", grid_id=cast.room, scope_grid_id=cast.school, by=SYSTEM)
    with pytest.raises(Refused, match=r"people\.beyond_reach"):
        await appoint(cast.keeper, post_id=wide, by=by)


@pytest.mark.parametrize(
    "act", ["person", "change", "leave", "post", "repost", "unpost", "appoint", "primary", "end", "school"]
)
async def test_the_other_school_changes_nobody_here(cast: Cast, act: str) -> None:
    held = await held_by(cast.keeper)
    acts: dict[str, Any] = {
        "person": lambda by: make_person("x", org_id=cast.school, by=by),
        "change": lambda by: change_person(cast.keeper, version=1, by=by, name="x"),
        "leave": lambda by: mark_left(cast.keeper, version=1, by=by),
        "post": lambda by: make_post("x", role="keeper", grid_id=cast.room, by=by),
        "repost": lambda by: change_post(
            cast.keeper_post, version=1, by=by, title="x", role="keeper", scope_grid_id=cast.room, is_accountable=True
        ),
        "unpost": lambda by: end_post(cast.keeper_post, version=1, by=by),
        "appoint": lambda by: appoint(cast.nobody, post_id=cast.keeper_post, by=by),
        "primary": lambda by: make_primary(held, version=1, by=by),
        "end": lambda by: end_appointment(held, version=1, by=by),
        "school": lambda by: make_school(
            "x", bureau_id=cast.bureau, duty_phone="1", officer="x", officer_title="x", by=by
        ),
    }
    before = await fetch_value("SELECT count(*) FROM event")
    nobody = Actor(person_id=None, account_id=None, org_id=None)
    for by in (*[await cast.actor(one) for one in (cast.other_safety, cast.keeper, cast.principal)], nobody):
        with pytest.raises(NotFound):
            await acts[act](by)
    assert await fetch_value("SELECT count(*) FROM event") == before


async def test_people_of_another_school_hold_no_posts_here(cast: Cast) -> None:
    with pytest.raises(NotFound):
        await appoint(cast.other_safety, post_id=cast.keeper_post, by=await cast.actor(cast.bureau_officer))


async def test_whoever_leaves_leaves_every_post_and_the_rooms_to_the_right_follow(cast: Cast) -> None:
    followed: list[tuple[int, str]] = []

    async def follow(person_id: int, by: Actor) -> None:
        followed.append((person_id, by.name))

    register_leaving(follow)
    by = await cast.actor(cast.safety)
    assert await mark_left(cast.keeper, version=1, by=by) == 2
    leaving.remove(follow)
    assert followed == [(cast.keeper, "甄安全")]
    assert [row.name for row in await holders_answering([cast.room, cast.second_room], at=now())] == [None, None]
    assert (await history_of("person", cast.keeper))[0].kind == "person.left"
    for act in (
        appoint(cast.keeper, post_id=cast.keeper_post, by=by),
        change_person(cast.keeper, version=2, by=by, name="x"),
        mark_left(cast.keeper, version=2, by=by),
    ):
        with pytest.raises(Refused, match=r"people\.has_left"):
            await act
    with pytest.raises(Refused, match=r"people\.not_yourself"):
        await mark_left(cast.safety, version=1, by=by)


async def test_numbers_and_addresses_stand_in_no_event(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    changed = await change_person(
        cast.keeper, version=1, by=by, name="甄化学", phone="13911112222", email="z@example.com", staff_no="A7"
    )
    assert set(changed) == {"name", "phone", "email", "staff_no"}
    assert await change_person(cast.keeper, version=2, by=by, phone="13911112222") == ()
    line = (await history_of("person", cast.keeper))[0]
    assert set(line.facts["fields"]) == set(changed)
    details = re.sub("[0-9a-f]{64}", "", line.details)  # salted digests may hold any four digits
    assert len(details) < len(line.details)
    for secret in ("13911112222", "2222", "z@example.com"):
        assert secret not in details and secret not in (line.texts or "")
    row = await person_row(cast.keeper)
    assert row is not None and "13911112222" not in (row.phone_sealed or "")
    with pytest.raises(Invalid):
        await change_person(cast.nobody, version=1, by=by, staff_no="A7")
    assert await verify_chain(cast.school) is None


async def test_a_post_ends_with_everybody_on_it(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    await end_post(cast.keeper_post, version=1, by=by)
    assert await holders_answering([cast.room], at=now()) == []
    assert [line.kind for line in await history_of("post", cast.keeper_post)][:2] == ["post.ended", "appointment.ended"]
    with pytest.raises(Refused, match=r"people\.post_ended"):
        await appoint(cast.nobody, post_id=cast.keeper_post, by=by)


async def test_a_changed_role_must_suit_whoever_holds_the_post(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    with pytest.raises(Refused, match=r"people\.pupils_apart"):
        await change_post(
            cast.keeper_post,
            version=1,
            by=by,
            title="班长",
            role="pupil",
            scope_grid_id=cast.room,
            is_accountable=False,
        )
    changed = await change_post(
        cast.keeper_post, version=1, by=by, title="层长", role="chief", scope_grid_id=cast.floor, is_accountable=True
    )
    assert changed == ("title", "role", "reach")
    with pytest.raises(Conflict):
        await change_post(
            cast.keeper_post,
            version=1,
            by=by,
            title="楼长",
            role="chief",
            scope_grid_id=cast.floor,
            is_accountable=True,
        )
    assert (await cast.actor(cast.keeper)).grants[0].role == "chief"


async def test_a_bureau_makes_a_school_that_can_begin(cast: Cast) -> None:
    by = await cast.actor(cast.bureau_officer)
    made = await make_school(
        "明远小学", bureau_id=cast.bureau, duty_phone="0000-7", officer="甄新安", officer_title="安全员", by=by
    )
    officer = await cast.actor(made.person_id)
    assert officer.roles == {"safety_officer"} and officer.org_id == made.school_id
    await make_post("校长", role="principal", grid_id=made.school_id, by=officer)
    assert await verify_chain(made.school_id) is None
    with pytest.raises(Invalid):
        await make_school(
            "明远小学", bureau_id=cast.bureau, duty_phone="0000-7", officer="甄", officer_title="x", by=by
        )
    with pytest.raises(NotFound):
        await make_school("x", bureau_id=cast.bureau, duty_phone="1", officer="x", officer_title="x", by=officer)


async def test_pupils_are_known_to_their_own_school_only(cast: Cast) -> None:
    wanted = PeopleWanted(who="pupil", org_id=cast.school)
    own, _ = await find_people(wanted, by=await cast.actor(cast.safety), at=now())
    assert [one.name for one in own] == ["甄小班"]
    for other in (cast.bureau_officer, cast.other_safety):
        assert await find_people(wanted, by=await cast.actor(other), at=now()) == ([], 0)
    everybody, _ = await find_people(PeopleWanted(), by=await cast.actor(cast.bureau_officer), at=now())
    assert "甄小班" not in [one.name for one in everybody] and "甄实验" in [one.name for one in everybody]
