"""Drafts and their publication on a real database: ids stay, the past stays, swaps are told."""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

import pytest

from portal.audit.queries import history_of, verify_chain
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now, start_of_day
from portal.core.database import execute, fetch, fetch_value, insert
from portal.core.refusals import Conflict, NotFound, Refused
from portal.duty.planning.queries import area_row
from portal.duty.planning.services import end_area
from portal.duty.queries import leader_at, plan_of
from portal.duty.rostering.queries import roster_row
from portal.duty.rostering.rules import Brief, Member, Rota, one_team
from portal.duty.rostering.services import (
    confirm_roster,
    draft_roster,
    drop_roster,
    publish_roster,
    redraft_roster,
)
from portal.duty.rules import LEADING, Line
from portal.duty.services import adopt_proposal, seed_calendar, seed_duty_words
from portal.duty.services.listeners import listeners
from portal.duty.tables import DutyStandIn, DutySwap
from portal.people.tables import Absence
from tests.cast import Cast
from tests.conftest import MovingClock

TUESDAY = date(2026, 11, 24)
WEEK_LATER = date(2026, 11, 30)


class Row(NamedTuple):
    id: int
    area_id: int | None
    role: str
    person_id: int
    starts_at: object
    ends_at: object
    sequence: int
    version: int
    roster_id: int


async def in_force(role: str = "leader") -> list[Row]:
    return await fetch(
        Row,
        "SELECT id, area_id, role, person_id, starts_at, ends_at, sequence, version, roster_id FROM duty_shift "
        "WHERE role = {} AND published_at IS NOT NULL AND cancelled_at IS NULL ORDER BY starts_at, id",
        role,
    )


@pytest.fixture
async def school(cast: Cast) -> Cast:
    await seed_calendar()
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    return cast


@pytest.fixture
def told() -> Iterator[list[tuple[int, str]]]:
    """What listeners are told."""
    heard: list[tuple[int, str]] = []

    async def listen(shift_id: int, what: str, _: Actor) -> None:
        heard.append((shift_id, what))

    listeners.append(listen)
    yield heard
    listeners.remove(listen)


def leaders(cast: Cast, *people: int) -> Brief:
    """The leader's lane for a week."""
    theirs = people or (cast.principal, cast.vice_head, cast.safety, cast.leader)
    return Brief("leaders", TUESDAY, WEEK_LATER, (LEADING,), {"leader": one_team(theirs)})


async def version_of(roster_id: int) -> int:
    return int(await fetch_value("SELECT version FROM duty_roster WHERE id = {}", roster_id))


async def publish(roster_id: int, by: Actor = SYSTEM, **more: bool) -> None:
    await publish_roster(roster_id, version=await version_of(roster_id), by=by, **more)


async def test_a_draft_is_in_force_for_nobody(school: Cast) -> None:
    by = await school.actor(school.principal)
    before = await fetch_value("SELECT rights_version FROM organisation WHERE grid_id = {}", school.school)
    roster_id = await draft_roster(school.school, leaders(school), by=by)
    assert await in_force() == []
    assert await leader_at(school.school, at=start_of_day(TUESDAY) + timedelta(hours=12)) is None
    assert await fetch_value("SELECT rights_version FROM organisation WHERE grid_id = {}", school.school) == before
    [event] = await history_of("roster", roster_id)
    assert event.kind == "duty.roster_drafted"
    whys = await fetch_value("SELECT count(*) FROM duty_shift WHERE roster_id = {} AND why <> ''", roster_id)
    assert whys == await fetch_value("SELECT count(*) FROM duty_shift WHERE roster_id = {}", roster_id) >= 20


async def test_publication_puts_everything_in_force_at_once(school: Cast) -> None:
    by = await school.actor(school.principal)
    roster_id = await draft_roster(school.school, leaders(school), by=by)
    await publish(roster_id, by)
    rows = await in_force()
    assert {row.roster_id for row in rows} == {roster_id}
    for hour in range(7 * 24):
        assert await leader_at(school.school, at=start_of_day(TUESDAY) + timedelta(hours=hour)) is not None
    events = [one.kind for one in await history_of("roster", roster_id)]
    assert sorted(events) == ["duty.roster_drafted", "duty.roster_published"]
    assert await verify_chain(school.school) is None


async def test_what_stays_the_same_keeps_its_row(school: Cast) -> None:
    await publish(await draft_roster(school.school, leaders(school), by=SYSTEM))
    before = await in_force()
    again = await draft_roster(school.school, replace(leaders(school), keep=True), by=SYSTEM)
    diff = await publish_roster(again, version=1, by=SYSTEM)
    assert (len(diff.kept), diff.changes) == (len(before), 0)
    after = await in_force()
    assert [row[:8] for row in after] == [row[:8] for row in before]
    assert {row.roster_id for row in after} == {again}
    assert not await fetch_value("SELECT count(*) FROM duty_shift WHERE published_at IS NULL")


async def test_other_hours_move_the_row_and_what_hangs_on_it_goes_along(
    school: Cast, told: list[tuple[int, str]]
) -> None:
    await publish(await draft_roster(school.school, leaders(school), by=SYSTEM))
    row = (await in_force())[3]
    await insert(DutyStandIn, _stand_in(school, row.id))
    again = await draft_roster(school.school, replace(leaders(school), keep=True), by=SYSTEM)
    later = row.ends_at - timedelta(hours=1)  # type: ignore[operator]
    await execute(
        "UPDATE duty_shift SET ends_at = {} WHERE roster_id = {} AND starts_at = {} AND published_at IS NULL",
        later, again, row.starts_at,
    )  # fmt: skip
    diff = await publish_roster(again, version=1, by=SYSTEM, without_leader=True)
    assert [pair.now.id for pair in diff.moved] == [row.id]
    [moved] = [one for one in await in_force() if one.id == row.id]
    assert (moved.ends_at, moved.sequence, moved.version) == (later, row.sequence + 1, row.version + 1)
    assert told == [(row.id, "moved")]


async def test_an_open_swap_on_what_goes_is_told_in_the_same_unit(school: Cast, told: list[tuple[int, str]]) -> None:
    await publish(await draft_roster(school.school, leaders(school), by=SYSTEM))
    mine = [row for row in await in_force() if row.person_id == school.leader]
    await insert(DutySwap, _swap(school, mine[0].id))
    others = leaders(school, school.principal, school.vice_head, school.safety)
    await publish(await draft_roster(school.school, others, by=SYSTEM))
    assert told == [(mine[0].id, "cancelled")]
    gone = await fetch_value("SELECT sequence FROM duty_shift WHERE id = {} AND cancelled_at IS NOT NULL", mine[0].id)
    assert gone == 1


def _stand_in(school: Cast, shift_id: int) -> dict[str, object]:
    return {
        "org_id": school.school, "shift_id": shift_id, "person_id": school.safety, "kind": "swap", "entered_at": now(),
    }  # fmt: skip


def _swap(school: Cast, shift_id: int) -> dict[str, object]:
    return {
        "org_id": school.school, "shift_id": shift_id, "from_person_id": school.leader,
        "to_person_id": school.safety, "asked_at": now(), "expires_at": now() + timedelta(days=2),
    }  # fmt: skip


async def test_what_has_begun_stays_as_it_is(school: Cast, clock: MovingClock) -> None:
    await publish(await draft_roster(school.school, leaders(school), by=SYSTEM))
    before = await in_force()
    clock.set(start_of_day(date(2026, 11, 26)) + timedelta(hours=12))
    brief = replace(leaders(school, school.vice_head, school.safety, school.principal), first_day=TUESDAY)
    await publish(await draft_roster(school.school, brief, by=SYSTEM))
    after = await in_force()
    begun = [row for row in before if row.starts_at <= now()]  # type: ignore[operator]
    assert [row[:8] for row in after if row.starts_at <= now()] == [row[:8] for row in begun]  # type: ignore[operator]
    ahead = [row for row in after if row.starts_at > now()]  # type: ignore[operator]
    assert ahead
    assert school.leader not in {row.person_id for row in ahead}


async def test_a_draft_that_lay_about_leaves_out_what_has_begun(school: Cast, clock: MovingClock) -> None:
    roster_id = await draft_roster(school.school, leaders(school), by=SYSTEM)
    clock.set(start_of_day(date(2026, 11, 25)) + timedelta(hours=12))
    with pytest.raises(Refused, match=r"roster\.no_leader"):
        await publish_roster(roster_id, version=1, by=SYSTEM)
    diff = await publish_roster(roster_id, version=1, by=SYSTEM, without_leader=True)
    assert len(diff.too_late) == 5
    assert min(row.starts_at for row in await in_force()) > now()  # type: ignore[type-var]


async def test_an_hour_without_a_leader_is_refused_unless_it_is_said(school: Cast) -> None:
    only = leaders(school, school.vice_head)  # the rest of one person does not cover a week
    roster_id = await draft_roster(school.school, only, by=SYSTEM)
    with pytest.raises(Refused, match=r"roster\.no_leader") as refusal:
        await publish_roster(roster_id, version=1, by=SYSTEM)
    assert refusal.value.params["hours"] > 24
    assert await in_force() == []
    await publish_roster(roster_id, version=1, by=SYSTEM, without_leader=True)
    assert len(await in_force()) > 5


async def test_leave_entered_after_the_draft_is_seen_at_publication(school: Cast) -> None:
    roster_id = await draft_roster(school.school, leaders(school), by=SYSTEM)
    start = start_of_day(TUESDAY)
    await insert(Absence, {
        "org_id": school.school, "person_id": school.safety, "kind": "leave", "starts_at": start,
        "ends_at": start + timedelta(days=9), "entered_at": now(), "entered_by": None,
    })  # fmt: skip
    with pytest.raises(Refused, match=r"roster\.no_leader"):
        await publish_roster(roster_id, version=1, by=SYSTEM)
    await redraft_roster(roster_id, None, version=1, by=SYSTEM)
    await publish_roster(roster_id, version=2, by=SYSTEM)
    assert school.safety not in {row.person_id for row in await in_force()}


async def test_nobody_gains_rights_by_publishing_themselves(school: Cast) -> None:
    await execute("UPDATE post SET scope_grid_id = {} WHERE role = 'vice_head'", school.office)
    by = await school.actor(school.vice_head)
    roster_id = await draft_roster(school.school, leaders(school), by=by)
    with pytest.raises(Refused, match=r"duty\.not_yourself"):
        await publish_roster(roster_id, version=1, by=by)


async def test_whoever_may_not_lead_is_no_leader_by_any_list(school: Cast) -> None:
    roster_id = await draft_roster(school.school, leaders(school, school.teacher, school.vice_head), by=SYSTEM)
    found = await fetch_value("SELECT count(*) FROM duty_shift WHERE person_id = {}", school.teacher)
    assert found == 0
    await execute("UPDATE duty_shift SET person_id = {} WHERE id = (SELECT min(id) FROM duty_shift)", school.teacher)
    with pytest.raises(Refused, match=r"duty\.may_not_lead"):
        await publish_roster(roster_id, version=1, by=SYSTEM, without_leader=True)


async def test_of_two_publications_one_wins(school: Cast) -> None:
    roster_id = await draft_roster(school.school, leaders(school), by=SYSTEM)
    by = [await school.actor(person) for person in (school.principal, school.safety)]
    done = await asyncio.gather(*(publish_roster(roster_id, version=1, by=one) for one in by), return_exceptions=True)
    refused = [one for one in done if isinstance(one, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], Conflict) or str(refused[0]) == "roster.not_a_draft"
    assert len({(row.starts_at, row.person_id) for row in await in_force()}) == len(await in_force())


async def test_a_stale_version_is_a_conflict(school: Cast) -> None:
    roster_id = await draft_roster(school.school, leaders(school), by=SYSTEM)
    await redraft_roster(roster_id, None, version=1, by=SYSTEM)
    for stale in (publish_roster(roster_id, version=1, by=SYSTEM), drop_roster(roster_id, version=1, by=SYSTEM)):
        with pytest.raises(Conflict):
            await stale


async def test_a_dropped_draft_is_gone(school: Cast) -> None:
    roster_id = await draft_roster(school.school, leaders(school), by=SYSTEM)
    await drop_roster(roster_id, version=1, by=SYSTEM)
    assert not await fetch_value("SELECT count(*) FROM duty_shift")
    with pytest.raises(NotFound):
        await roster_row(roster_id, by=SYSTEM)


async def test_another_school_and_teachers_do_not_know_of_a_draft(school: Cast) -> None:
    roster_id = await draft_roster(school.school, leaders(school), by=SYSTEM)
    assert (await roster_row(roster_id, by=await school.actor(school.principal))).id == roster_id
    for person in (school.other_safety, school.other_principal, school.teacher):
        by = await school.actor(person)
        for refused in (roster_row(roster_id, by=by), publish_roster(roster_id, version=1, by=by)):
            with pytest.raises(NotFound):
                await refused
    with pytest.raises(NotFound):
        await draft_roster(school.school, leaders(school), by=await school.actor(school.other_principal))


async def test_a_receipt_is_given_once_and_only_by_those_who_are_in_it(school: Cast) -> None:
    roster_id = await draft_roster(school.school, leaders(school), by=SYSTEM)
    leader, teacher = await school.actor(school.leader), await school.actor(school.teacher)
    with pytest.raises(NotFound):
        await confirm_roster(roster_id, by=leader)
    await publish(roster_id)
    assert [await confirm_roster(roster_id, by=leader) for _ in range(2)] == [True, False]
    with pytest.raises(Refused, match=r"roster\.not_in_it"):
        await confirm_roster(roster_id, by=teacher)
    assert await fetch_value("SELECT count(*) FROM duty_receipt") == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"last_day": date(2026, 11, 1)}, "roster.wrong_way_round"),
        ({"last_day": date(2027, 11, 1)}, "roster.too_long"),
        ({"first_day": date(2026, 11, 1), "last_day": date(2026, 11, 22)}, "roster.is_over"),
        ({"lines": ()}, "roster.no_lanes"),
        ({"rotas": {"leader": Rota(())}}, "roster.no_people"),
    ],
)
async def test_a_senseless_brief_is_refused(school: Cast, wrong: dict[str, object], code: str) -> None:
    with pytest.raises(Refused, match=re.escape(code)):
        await draft_roster(school.school, replace(leaders(school), **wrong), by=SYSTEM)  # type: ignore[arg-type]


async def test_every_lane_of_the_school_can_be_drafted_and_holes_are_told(school: Cast) -> None:
    plan = await plan_of(school.school)
    lines = tuple(plan.in_order([LEADING, *(slot.line for slot in plan.slots)]))
    staff = (school.principal, school.vice_head, school.safety, school.leader, school.chief, school.keeper)
    rotas = {line.role: one_team(staff) for line in lines}
    rotas["guard"] = Rota(((Member(school.keeper), Member(school.chief)), (Member(school.sibling_keeper),)))
    brief = Brief("all", TUESDAY, WEEK_LATER, lines, rotas)
    roster_id = await draft_roster(school.school, brief, by=SYSTEM)
    [event] = await history_of("roster", roster_id)
    details = json.loads(event.details)
    assert details["holes"] > 0
    assert details["shifts"] > 100
    await publish(roster_id, without_leader=True)
    assert {Line(row.area_id, row.role) for row in await in_force("guard")} <= set(lines)


async def test_a_draft_with_an_area_that_has_ended_is_refused_whole_and_drawn_anew_it_is_published(
    school: Cast,
) -> None:
    by = await school.actor(school.safety)
    gate = int(await fetch_value("SELECT id FROM duty_area WHERE name = '校门' AND org_id = {}", school.school))
    people = {"leader": leaders(school).rotas["leader"], "guard": one_team((school.keeper, school.sibling_keeper))}
    brief = replace(leaders(school), lines=(LEADING, Line(gate, "guard")), rotas=people)
    roster_id = await draft_roster(school.school, brief, by=by)
    drafted = await fetch_value("SELECT count(*) FROM duty_shift WHERE roster_id = {}", roster_id)
    row = await area_row(gate, by=by)
    await end_area(gate, version=row.version, by=by)
    with pytest.raises(Refused) as refused:
        await publish(roster_id, by)
    assert refused.value.code == "roster.lane_ended"
    assert refused.value.params == {"name": "校门", "first": TUESDAY.isoformat()}
    assert (await roster_row(roster_id, by=by)).state == "draft"
    assert await fetch_value("SELECT count(*) FROM duty_shift WHERE roster_id = {}", roster_id) == drafted
    assert await in_force() == await in_force("guard") == []
    await redraft_roster(roster_id, None, version=await version_of(roster_id), by=by)
    await publish(roster_id, by)
    assert await in_force() and not await in_force("guard")


async def test_a_role_that_is_gone_is_named(school: Cast) -> None:
    roster_id = await draft_roster(school.school, leaders(school), by=SYSTEM)
    one = "SELECT min(id) FROM duty_shift WHERE roster_id = {}"
    await execute(f"UPDATE duty_shift SET role = 'own99' WHERE id = ({one})", roster_id)
    with pytest.raises(Refused, match=r"roster\.lane_ended"):
        await publish(roster_id)
