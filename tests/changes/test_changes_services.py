"""Announcing, taking back and handing over, on both databases; rights move with the clock alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from portal.audit.queries import verify_chain
from portal.changes.queries.changes import change_seen
from portal.changes.queries.due import due_sheets, vacant_posts
from portal.changes.queries.sheets import sheet_seen, sheets_on, supervisors_of
from portal.changes.rules import Change, Giving, Plan, Taking, Then
from portal.changes.services import (
    confirm_sheet,
    end_early,
    enter_change,
    fill_sheet,
    report_change,
    settle_changes,
    undo_change,
)
from portal.changes.services.settling import LEFT_BEHIND
from portal.changes.services.years import apply_year, draft_year, undo_year
from portal.core.actors import SYSTEM
from portal.core.clock import now, start_of_day, today
from portal.core.database import execute, fetch_value
from portal.core.refusals import Conflict, NotFound, Refused
from portal.hazards.services import Report, report_hazard, seed_categories
from portal.people.services import appoint, make_person, make_post
from portal.permissions.queries import grants_of
from portal.permissions.rules import Role
from portal.responsibilities.queries import holders_of_posts
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock


async def held_by(person_id: int) -> list[int]:
    from portal.core.database import fetch_column

    return await fetch_column(
        "SELECT id FROM appointment WHERE person_id = {} AND ends_at IS NULL ORDER BY id", person_id
    )


async def gives_all(person_id: int, to: int | None) -> tuple[Giving, ...]:
    then = Then.HOLDER if to else Then.NOBODY
    return tuple(Giving(one, then, to) for one in await held_by(person_id))


async def leaving(person_id: int, to: int | None, *, days: int = 3) -> Plan:
    return Plan(
        Change.LEAVING, person_id, today(), today() + timedelta(days=days), gives=await gives_all(person_id, to)
    )


async def answers(post_id: int, at: datetime) -> int | None:
    held = (await holders_of_posts([post_id], at=at)).held(post_id)
    return held.person_id if held else None


async def version(table: str, row_id: int) -> int:
    return int(await fetch_value(f"SELECT version FROM {table} WHERE id = {{}}", row_id))


async def test_the_new_holder_answers_from_the_day_after_and_nothing_has_to_run(cast: Cast, clock: MovingClock) -> None:
    by = await cast.actor(cast.safety)
    plan = await leaving(cast.keeper, cast.nobody)
    await enter_change(plan, org_id=cast.school, by=by)
    switch = start_of_day(plan.handover_on + timedelta(days=1))
    last = switch - timedelta(microseconds=1)
    assert await answers(cast.keeper_post, last) == cast.keeper
    assert await answers(cast.keeper_post, switch) == cast.nobody
    for at, old, new in ((last, 2, 0), (switch, 0, 2)):
        clock.set(at)
        assert len((await grants_of(cast.keeper, cast.school, at=at))[0]) == old
        assert len((await grants_of(cast.nobody, cast.school, at=at))[0]) == new
    assert [await fetch_value(sql) for sql in LEFT_BEHIND] == [0, 0]


async def test_a_leavers_session_ends_at_that_instant_without_a_job(
    cast: Cast, clock: MovingClock, browsers: Browsers
) -> None:
    by = await cast.actor(cast.safety)
    plan = await leaving(cast.keeper, cast.nobody, days=0)
    await enter_change(plan, org_id=cast.school, by=by)
    clock.set(plan.effective_at - timedelta(seconds=1))
    old, new = await browsers.of(cast.keeper), await browsers.of(cast.nobody)
    board = f"/grids/{cast.room}/board"
    assert (await old.client.get(board)).status_code == 200
    assert (await new.client.get(board)).status_code == 403
    clock.set(plan.effective_at)
    assert (await old.client.get(board)).headers["location"].startswith("/sign-in")
    assert (await new.get(board)).status_code == 200
    assert await settle_changes() >= 1 and await settle_changes() == 0
    assert await fetch_value("SELECT disabled_at FROM account WHERE person_id = {}", cast.keeper) is not None


async def test_it_can_be_taken_back_until_it_takes_effect_and_not_after(cast: Cast, clock: MovingClock) -> None:
    by = await cast.actor(cast.safety)
    made = await enter_change(await leaving(cast.keeper, cast.nobody), org_id=cast.school, by=by)
    await undo_change(made, version=1, by=by)
    assert await fetch_value("SELECT left_at FROM person WHERE id = {}", cast.keeper) is None
    assert len(await held_by(cast.keeper)) == 2 and await held_by(cast.nobody) == []
    with pytest.raises(Refused, match=r"changes\.undone_already"):
        await undo_change(made, version=2, by=by)
    plan = await leaving(cast.keeper, None)
    made = await enter_change(plan, org_id=cast.school, by=by)
    clock.set(plan.effective_at)
    with pytest.raises(Refused, match=r"changes\.too_late"):
        await undo_change(made, version=1, by=by)
    assert await verify_chain(cast.school) is None


async def test_the_later_change_is_taken_back_first(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    first = await enter_change(await leaving(cast.keeper, cast.nobody), org_id=cast.school, by=by)
    plan = Plan(Change.ACTING, cast.leader, today(), today() + timedelta(days=9), last_day=today() + timedelta(days=20),
                takes=(Taking(cast.keeper_post, "acting"),))  # fmt: skip
    second = await enter_change(plan, org_id=cast.school, by=by)
    with pytest.raises(Refused, match=r"changes\.later_first"):
        await undo_change(first, version=1, by=by)
    await undo_change(second, version=1, by=by)
    with pytest.raises(Conflict):
        await undo_change(first, version=7, by=by)
    await undo_change(first, version=1, by=by)


async def test_nothing_is_dated_back_and_nothing_forgotten(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    plan = await leaving(cast.keeper, cast.nobody, days=-1)
    with pytest.raises(Refused, match=r"changes\.in_the_past"):
        await enter_change(plan, org_id=cast.school, by=by)
    half = Plan(Change.LEAVING, cast.keeper, today(), today(), gives=(await gives_all(cast.keeper, cast.nobody))[:1])
    with pytest.raises(Refused, match=r"changes\.post_forgotten"):
        await enter_change(half, org_id=cast.school, by=by)
    own = Plan(Change.LEAVING, cast.keeper, today(), today(), gives=await gives_all(cast.keeper, cast.keeper))
    with pytest.raises(Refused, match=r"changes\.successor_missing"):
        await enter_change(own, org_id=cast.school, by=by)
    other = Plan(Change.LEAVING, cast.keeper, today(), today(), gives=await gives_all(cast.keeper, cast.other_safety))
    with pytest.raises(NotFound):
        await enter_change(other, org_id=cast.school, by=by)


async def test_two_would_answer_is_refused(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    takes, until = (Taking(cast.keeper_post, "acting"),), today() + timedelta(days=9)
    first = Plan(Change.ACTING, cast.leader, today(), today() + timedelta(days=3), last_day=until, takes=takes)
    await enter_change(first, org_id=cast.school, by=by)
    second = Plan(Change.ACTING, cast.nobody, today(), today(), last_day=until, takes=takes)
    with pytest.raises(Refused, match=r"changes\.two"):
        await enter_change(second, org_id=cast.school, by=by)


async def test_on_leave_others_answer_and_it_is_over_by_itself(cast: Cast, clock: MovingClock) -> None:
    by = await cast.actor(cast.safety)
    one, two = await held_by(cast.keeper)
    plan = Plan(
        Change.LEAVE, cast.keeper, today(), today(), last_day=today() + timedelta(days=10),
        gives=(Giving(one, Then.ACTING, cast.leader), Giving(two, Then.NOBODY)),
    )  # fmt: skip
    await enter_change(plan, org_id=cast.school, by=by)
    second = await fetch_value("SELECT post_id FROM appointment WHERE id = {}", two)
    assert plan.back_at is not None
    during, after = plan.effective_at, plan.back_at
    assert await answers(cast.keeper_post, during) == cast.leader and await answers(second, during) is None
    assert await answers(cast.keeper_post, after) == cast.keeper and await answers(second, after) == cast.keeper
    clock.set(during)
    [vacant] = await vacant_posts(at=during)
    assert vacant.subject_id == second and vacant.people == (cast.floor_chief,)
    clock.set(after)
    assert await vacant_posts(at=after) == []


async def test_whoever_comes_back_early_answers_from_tomorrow(cast: Cast, clock: MovingClock) -> None:
    by = await cast.actor(cast.safety)
    one, two = await held_by(cast.keeper)
    plan = Plan(
        Change.LEAVE, cast.keeper, today(), today(), last_day=today() + timedelta(days=10),
        gives=(Giving(one, Then.ACTING, cast.leader), Giving(two, Then.NOBODY)),
    )  # fmt: skip
    made = await enter_change(plan, org_id=cast.school, by=by)
    with pytest.raises(Refused, match=r"changes\.not_running"):
        await end_early(made, version=1, by=by)
    clock.set(plan.effective_at + timedelta(days=2, hours=3))
    await end_early(made, version=1, by=by)
    tomorrow = start_of_day(today() + timedelta(days=1))
    assert await answers(cast.keeper_post, tomorrow - timedelta(seconds=1)) == cast.leader
    assert await answers(cast.keeper_post, tomorrow) == cast.keeper


async def test_a_deputy_may_become_the_holder(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    await appoint(cast.nobody, post_id=cast.keeper_post, by=by, kind="deputy")
    plan = await leaving(cast.keeper, cast.nobody)
    await enter_change(plan, org_id=cast.school, by=by)
    assert await answers(cast.keeper_post, plan.effective_at) == cast.nobody


async def test_somebody_new_joins_and_replaces(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    plan = Plan(Change.JOINING, None, today(), today(), name="甄新来", takes=(Taking(cast.keeper_post, "replace"),))
    made = await enter_change(plan, org_id=cast.school, by=by, key="k1")
    assert await enter_change(plan, org_id=cast.school, by=by, key="k1") == made
    person = (await change_seen(made, by=by)).person_id
    assert await answers(cast.keeper_post, plan.effective_at) == person
    [sheet] = await sheets_on(made)
    assert (sheet.giver_id, sheet.taker_id) == (cast.keeper, person)
    await undo_change(made, version=1, by=by)
    assert await fetch_value("SELECT left_at FROM person WHERE id = {}", person) is not None
    assert await answers(cast.keeper_post, plan.effective_at) == cast.keeper


# -- attacks


async def test_nobody_decides_about_themselves(cast: Cast) -> None:
    safety, principal = await cast.actor(cast.safety), await cast.actor(cast.principal)
    with pytest.raises(Refused, match=r"changes\.not_yourself"):
        await enter_change(await leaving(cast.safety, cast.leader), org_id=cast.school, by=safety)
    made = await enter_change(await leaving(cast.safety, cast.leader), org_id=cast.school, by=principal)
    with pytest.raises(Refused, match=r"changes\.not_yourself"):
        await undo_change(made, version=1, by=safety)
    post = await fetch_value("SELECT id FROM post WHERE org_id = {} AND role = 'safety_officer'", cast.school)
    with pytest.raises(Refused):
        await appoint(cast.safety, post_id=post, by=safety, starts_at=start_of_day(today() + timedelta(days=4)))


async def test_nobody_prolongs_their_own_rights(cast: Cast) -> None:
    """A planned move of the safety officer is not outlived by a second post that they give themselves."""
    safety, principal = await cast.actor(cast.safety), await cast.actor(cast.principal)
    gives = await gives_all(cast.safety, cast.leader)
    await enter_change(
        Plan(Change.MOVING, cast.safety, today(), today(), gives=gives), org_id=cast.school, by=principal
    )
    post = await make_post(
        "第二个", role=Role.SAFETY_OFFICER, grid_id=cast.office, scope_grid_id=cast.school, by=SYSTEM
    )
    with pytest.raises(Refused, match=r"people\.own_rights"):
        await appoint(cast.safety, post_id=post, by=safety)


async def test_who_is_principal_stays_the_bureaus(cast: Cast) -> None:
    safety, bureau = await cast.actor(cast.safety), await cast.actor(cast.bureau_officer)
    principal_post = await fetch_value("SELECT id FROM post WHERE org_id = {} AND role = 'principal'", cast.school)
    take = Plan(Change.JOINING, None, today(), today(), name="甄冒名", takes=(Taking(principal_post, "replace"),))
    acting = Plan(Change.ACTING, cast.leader, today(), today(), last_day=today() + timedelta(days=2),
                  takes=(Taking(principal_post, "acting"),))  # fmt: skip
    away = Plan(Change.LEAVE, cast.principal, today(), today(), last_day=today() + timedelta(days=2),
                gives=tuple(Giving(one, Then.NOBODY) for one in await held_by(cast.principal)))  # fmt: skip
    for plan in (take, acting, away, await leaving(cast.principal, cast.leader)):
        with pytest.raises(Refused, match=r"people\.principal_by_bureau"):
            await enter_change(plan, org_id=cast.school, by=safety)
    made = await enter_change(await leaving(cast.principal, cast.leader), org_id=cast.school, by=bureau)
    with pytest.raises(Refused, match=r"people\.principal_by_bureau"):
        await undo_change(made, version=1, by=safety)


async def test_another_school_is_not_there(cast: Cast) -> None:
    other = await cast.actor(cast.other_safety)
    with pytest.raises(NotFound):
        await enter_change(await leaving(cast.keeper, None), org_id=cast.school, by=other)
    with pytest.raises(NotFound):
        await enter_change(await leaving(cast.keeper, None), org_id=cast.other_school, by=other)
    made = await enter_change(await leaving(cast.keeper, None), org_id=cast.school, by=await cast.actor(cast.safety))
    with pytest.raises(NotFound):
        await undo_change(made, version=1, by=other)
    foreign = Plan(Change.JOINING, None, today(), today(), name="甲", takes=(Taking(cast.floor_post, "beside"),))
    with pytest.raises(NotFound):
        await enter_change(foreign, org_id=cast.other_school, by=other)


# -- cards


async def test_cards_named_to_a_leaver_go_with_the_post(cast: Cast, clock: MovingClock) -> None:
    await seed_categories()
    by = await cast.actor(cast.safety)
    here = await report_hazard(Report(grid_id=cast.room, title="一"), by=SYSTEM)
    there = await report_hazard(Report(grid_id=cast.sibling_room, title="二"), by=SYSTEM)
    for card in (here, there):
        await execute(
            "UPDATE hazard SET status = 'assigned', responsible_person_id = {} WHERE id = {}", cast.keeper, card
        )
    plan = await leaving(cast.keeper, cast.nobody, days=0)
    made = await enter_change(plan, org_id=cast.school, by=by)
    sibling = await fetch_value("SELECT id FROM post WHERE grid_id = {}", cast.sibling_room)
    post_of = "SELECT responsible_post_id FROM hazard WHERE id = {}"
    assert [await fetch_value(post_of, card) for card in (here, there)] == [cast.keeper_post, sibling]
    assert await fetch_value("SELECT responsible_person_id FROM hazard WHERE id = {}", here) == cast.keeper
    await undo_change(made, version=1, by=by)
    assert await fetch_value(post_of, here) is None
    await enter_change(await leaving(cast.keeper, cast.nobody, days=0), org_id=cast.school, by=by)
    clock.set(plan.effective_at)
    holders = await holders_of_posts([cast.keeper_post], at=now(), people={cast.keeper})
    assert holders.person(cast.keeper_post, cast.keeper) == cast.nobody  # before anything has run
    await settle_changes()
    assert await fetch_value("SELECT count(*) FROM hazard WHERE responsible_person_id = {}", cast.keeper) == 0


# -- sheets, report, school year


async def test_a_sheet_is_filled_by_both_confirmed_by_three_and_frozen(cast: Cast, clock: MovingClock) -> None:
    by = await cast.actor(cast.safety)
    card = await report_hazard(Report(grid_id=cast.room, title="插座松动"), by=SYSTEM)
    await execute("UPDATE hazard SET responsible_post_id = {} WHERE id = {}", cast.keeper_post, card)
    made = await enter_change(await leaving(cast.keeper, cast.nobody), org_id=cast.school, by=by)
    sheet = next(one for one in await sheets_on(made) if one.post_id == cast.keeper_post)
    keeper, taker = await cast.actor(cast.keeper), await cast.actor(cast.nobody)
    chief = await cast.actor(cast.floor_chief)
    assert [one.person_id for one in await supervisors_of(sheet)] == [cast.floor_chief]
    with pytest.raises(NotFound):
        await sheet_seen(sheet.id, by=await cast.actor(cast.sibling_keeper))
    assert await fill_sheet(sheet.id, version=1, by=keeper, keys="两把", papers="", notes="") == ("keys",)
    with pytest.raises(Refused, match=r"handover\.not_yours"):
        await fill_sheet(sheet.id, version=2, by=chief, keys="三把")
    with pytest.raises(Refused, match=r"handover\.both_first"):
        await confirm_sheet(sheet.id, version=2, by=chief)
    assert await confirm_sheet(sheet.id, version=2, by=keeper) == "giver"
    with pytest.raises(Refused, match=r"handover\.frozen"):
        await fill_sheet(sheet.id, version=3, by=taker, keys="一把")
    await execute("UPDATE hazard SET title = {} WHERE id = {}", "改过", card)
    assert await confirm_sheet(sheet.id, version=3, by=taker) == "taker"
    assert await confirm_sheet(sheet.id, version=4, by=chief) == "supervisor"
    done = await sheet_seen(sheet.id, by=chief)
    assert done.frozen is not None and "插座松动" in done.frozen and "改过" not in done.frozen
    assert done.supervisor_id == cast.floor_chief


async def test_unfinished_sheets_climb_on_working_days(cast: Cast, clock: MovingClock, settings: Any) -> None:
    from tasks.changes import sweep_changes

    by = await cast.actor(cast.safety)
    plan = await leaving(cast.keeper, cast.nobody, days=0)
    await enter_change(plan, org_id=cast.school, by=by)
    assert await due_sheets(at=now()) == []
    clock.set(plan.effective_at + timedelta(minutes=1))
    seen = []
    for days in (0, 7, 9, 21):  # calendar days; 5, 7 and 15 working days from a Tuesday
        clock.set(plan.effective_at + timedelta(days=days, minutes=1))
        await sweep_changes(settings, now())
        assert await sweep_changes(settings, now()) == 0
        told = "SELECT count(DISTINCT person_id) FROM reminder WHERE subject_kind = 'handover' AND kind LIKE {}"
        seen.append(await fetch_value(told, "handover%"))
    assert seen[0] == 1 and seen[1] > seen[0] and seen[3] > seen[2] >= seen[1]
    officer = "SELECT count(*) FROM reminder WHERE person_id = {} AND kind = 'handover_15'"
    assert await fetch_value(officer, cast.bureau_officer) > 0


async def test_the_bureau_is_told_on_a_day(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    made = await enter_change(await leaving(cast.keeper, None), org_id=cast.school, by=by)
    with pytest.raises(Refused, match=r"changes\.told_on_wrong"):
        await report_change(made, version=1, told_on=today() + timedelta(days=1), by=by)
    await report_change(made, version=1, told_on=today(), by=by)
    assert (await change_seen(made, by=by)).reported_at is not None


async def test_a_school_year_is_drafted_applied_and_taken_back(cast: Cast, clock: MovingClock) -> None:
    by = await cast.actor(cast.safety)
    from portal.grids.services import make_grid

    last = await make_grid("高三2班", kind="class", parent_id=cast.school, by=SYSTEM)
    teacher = await make_person("甄毕业", org_id=cast.school, by=SYSTEM)
    post = await make_post("班主任", role=Role.CLASS_TEACHER, grid_id=last, by=SYSTEM)
    await appoint(teacher, post_id=post, by=SYSTEM, starts_at=now() - timedelta(days=5))
    year = await draft_year("2027 学年", handover_on=today() + timedelta(days=2), org_id=cast.school, by=by)
    assert await fetch_value("SELECT count(*) FROM personnel_change") == 0
    with pytest.raises(Refused, match=r"school_year\.one_at_a_time"):
        await draft_year("又一批", handover_on=today(), org_id=cast.school, by=by)
    await apply_year(year, version=1, by=by)
    effective = start_of_day(today() + timedelta(days=3))
    assert await answers(post, effective) is None and await answers(post, now()) == teacher
    await undo_year(year, version=2, by=by)
    assert await answers(post, effective) == teacher
    year = await draft_year("2027 学年", handover_on=today() + timedelta(days=2), org_id=cast.school, by=by)
    await apply_year(year, version=1, by=by)
    clock.set(effective)
    with pytest.raises(Refused, match=r"school_year\.too_late"):
        await undo_year(year, version=2, by=by)
    await settle_changes()
    names = "SELECT name FROM grid WHERE id = {}"
    assert await fetch_value(names, cast.school_class) == "高二1班"
    assert await fetch_value("SELECT ended_at FROM grid WHERE id = {}", last) is not None
    assert await settle_changes() == 0
