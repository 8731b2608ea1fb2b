"""The plan on a real database: dated rows, what is past, races, who may."""

import asyncio
from datetime import date, timedelta

import pytest

from portal.audit.queries import history_of, verify_chain
from portal.audit.rules import stamp
from portal.core.actors import SYSTEM
from portal.core.clock import now, start_of_day
from portal.core.database import execute, fetch_column, fetch_value, insert
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.duty.planning.queries import area_row, fallback_row, hanging_on, places_of, slot_row
from portal.duty.planning.rules import cover, held, state_of
from portal.duty.planning.services import (
    NewArea,
    NewFallback,
    NewPeriod,
    NewSlot,
    add_slot,
    change_area,
    change_period,
    change_slot,
    clear_day,
    copy_slots,
    end_area,
    end_fallback,
    end_period,
    end_slot,
    make_area,
    make_day_kind,
    make_fallback,
    make_period,
    make_role,
    remove_day_kind,
    remove_role,
    rename_role,
    set_day,
    standing,
)
from portal.duty.planning.services.fallbacks import leads_throughout
from portal.duty.queries import calendar_for, leader_at, plan_of
from portal.duty.rules import LEADING, DayKind, Line, Term, needs_between
from portal.duty.services import NewShift, add_shift, adopt_proposal, seed_calendar, seed_duty_words
from portal.duty.tables import DutyFeed
from portal.grids.services import make_grid
from portal.people.services import end_appointment
from tests.cast import Cast
from tests.conftest import MovingClock

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
TOMORROW = TODAY + DAY
HOUR = timedelta(hours=1)


@pytest.fixture
async def plan(cast: Cast) -> Cast:
    """The cast's school with the proposal."""
    await seed_duty_words()
    await seed_calendar()
    await adopt_proposal(cast.school, by=await cast.actor(cast.safety))
    return cast


async def area_of(cast: Cast, name: str) -> int:
    return int(await fetch_value("SELECT id FROM duty_area WHERE org_id = {} AND name = {}", cast.school, name))


async def slot_of(area_id: int, minute: int, kind: str = "school_day") -> int:
    return int(
        await fetch_value(
            "SELECT id FROM duty_slot WHERE area_id = {} AND day_kind = {} AND from_minute <= {} AND to_minute > {} "
            "ORDER BY id DESC LIMIT 1",
            area_id, kind, minute, minute,
        )
    )  # fmt: skip


def new(day: date, start: int = 0, end: int = 360, role: str = "guard", people: int = 1) -> NewSlot:
    return NewSlot(role, start, end, people, "夜间", "Night", day)


async def people_needed(cast: Cast, area_id: int, kind: str, day: date) -> list[tuple[int, int, str, int]]:
    found = await plan_of(cast.school)
    slots = held(found.slots, found.days, area_id, kind, day).slots
    return [(one.from_minute, one.to_minute, one.role, one.people) for one in slots]


async def test_the_proposal_ties_an_area_to_its_grid_where_one_fits(cast: Cast) -> None:
    await seed_duty_words()
    canteen = await make_grid("餐厅", kind="canteen", parent_id=cast.school, by=SYSTEM)
    for name in ("男生宿舍", "女生宿舍"):
        await make_grid(name, kind="dormitory", parent_id=cast.school, by=SYSTEM)
    gate = await make_grid("门卫及值班室", kind="outdoor", parent_id=cast.school, by=SYSTEM)
    by = await cast.actor(cast.safety)
    await adopt_proposal(cast.school, by=by)
    tied = await fetch_column("SELECT grid_id FROM duty_area WHERE grid_id IS NOT NULL ORDER BY sort")
    assert tied == [canteen, gate]
    with pytest.raises(Refused, match=r"duty\.has_areas"):
        await adopt_proposal(cast.school, by=by)


async def test_a_change_ends_the_row_and_begins_another(plan: Cast) -> None:
    by, gate = await plan.actor(plan.safety), await area_of(plan, "校门")
    slot_id = await slot_of(gate, 0)
    row = await slot_row(slot_id, by=by)
    new_id = await change_slot(slot_id, new(TOMORROW, 0, row.to_minute, people=3), version=row.version, by=by)
    assert new_id != slot_id
    old = await slot_row(slot_id, by=by)
    assert (old.first_day, old.last_day, old.people) == (TODAY, TODAY, row.people)
    assert (await people_needed(plan, gate, "school_day", TODAY))[0][3] == row.people
    assert (await people_needed(plan, gate, "school_day", TOMORROW))[0][3] == 3
    again = await slot_row(new_id, by=by)
    assert await change_slot(new_id, new(TOMORROW, 0, row.to_minute, people=4), version=again.version, by=by) == new_id
    assert (await people_needed(plan, gate, "school_day", TOMORROW))[0][3] == 4
    assert [event.kind for event in await history_of("duty_slot", slot_id)] == ["duty.slot_changed"]
    assert await verify_chain(plan.school) is None


async def test_today_changes_only_where_nobody_is_on_duty_today(plan: Cast) -> None:
    by, gate = await plan.actor(plan.safety), await area_of(plan, "校门")
    slot_id = await slot_of(gate, 0)
    with pytest.raises(Invalid) as past:
        await end_slot(slot_id, TODAY - DAY, version=1, by=by)
    assert past.value.fields == {"first_day": "plan.day_is_over"}
    guard = Line(gate, "guard")
    await add_shift(plan.school, NewShift(guard, now() + HOUR, now() + 2 * HOUR, plan.keeper), by=by)
    for change in (
        lambda: end_slot(slot_id, TODAY, version=1, by=by),
        lambda: change_slot(slot_id, new(TODAY, people=2), version=1, by=by),
        lambda: add_slot(plan.school, gate, "school_day", new(TODAY), by=by),
    ):
        with pytest.raises(Invalid) as manned:
            await change()
        assert manned.value.fields == {"first_day": "plan.from_tomorrow"}
    dormitory = await area_of(plan, "宿舍")
    assert await add_slot(plan.school, dormitory, "school_day", new(TODAY, 0, 60), by=by)


async def test_an_ended_slot_leaves_a_hole_from_its_date_on(plan: Cast) -> None:
    by, gate = await plan.actor(plan.safety), await area_of(plan, "校门")
    slot_id = await slot_of(gate, 0)
    row = await slot_row(slot_id, by=by)
    later = TODAY + 10 * DAY
    await end_slot(slot_id, later, version=row.version, by=by)
    found = await plan_of(plan.school)
    assert cover(held(found.slots, found.days, gate, "school_day", later - DAY).slots).is_whole
    holes = cover(held(found.slots, found.days, gate, "school_day", later).slots).holes
    assert [tuple(hole) for hole in holes] == [(0, row.to_minute)]
    with pytest.raises(Refused, match=r"plan\.slot_is_over"):
        await change_slot(slot_id, new(later), version=row.version + 1, by=by)
    with pytest.raises(Conflict):
        await change_slot(slot_id, new(TOMORROW, people=9), version=row.version, by=by)


async def test_slots_are_copied_to_a_kind_that_had_others(plan: Cast) -> None:
    by, gate = await plan.actor(plan.safety), await area_of(plan, "校门")
    assert await people_needed(plan, gate, "makeup", TOMORROW) == await people_needed(
        plan, gate, "school_day", TOMORROW
    )
    found = await plan_of(plan.school)
    nothing = state_of(standing(found.slots, gate, "makeup", TODAY))
    assert await copy_slots(plan.school, gate, "weekend", "makeup", TOMORROW, state=nothing, by=by) == 5
    assert await people_needed(plan, gate, "makeup", TOMORROW) == await people_needed(plan, gate, "weekend", TOMORROW)
    assert len(await people_needed(plan, gate, "makeup", TODAY)) == 9, "today it still inherits"
    with pytest.raises(Conflict):
        await copy_slots(plan.school, gate, "holiday", "makeup", TOMORROW, state=nothing, by=by)
    found = await plan_of(plan.school)
    state = state_of(standing(found.slots, gate, "makeup", TODAY))
    assert await copy_slots(plan.school, gate, "holiday", "makeup", TOMORROW, state=state, by=by) == 3
    assert len(await people_needed(plan, gate, "makeup", TOMORROW)) == 3
    for source, code in (("makeup", "plan.same_kind"), ("nothing", "plan.no_such_kind")):
        state = state_of(standing((await plan_of(plan.school)).slots, gate, "makeup", TODAY))
        with pytest.raises(Invalid) as refusal:
            await copy_slots(plan.school, gate, source, "makeup", TOMORROW, state=state, by=by)
        assert refusal.value.fields == {"from_kind": code}


async def test_a_slot_of_what_the_school_has_not_is_refused(plan: Cast) -> None:
    by, gate = await plan.actor(plan.safety), await area_of(plan, "校门")
    cases = [
        (gate, "school_day", new(TOMORROW, role="nobody"), "role"),
        (gate, "school_day", new(TOMORROW, role="leader"), "role"),
        (gate, "no_such_day", new(TOMORROW), "kind"),
        (99_999, "school_day", new(TOMORROW), "role"),
        (None, "school_day", new(TOMORROW, role="leader", people=2), "people"),
    ]
    for area_id, kind, wish, field in cases:
        with pytest.raises(Invalid) as refusal:
            await add_slot(plan.school, area_id, kind, wish, by=by)
        assert set(refusal.value.fields) == {field}


async def test_an_area_takes_what_hangs_on_it_with_it(plan: Cast) -> None:
    by, gate = await plan.actor(plan.safety), await area_of(plan, "校门")
    guard = Line(gate, "guard")
    today = await add_shift(plan.school, NewShift(guard, now() + HOUR, now() + 2 * HOUR, plan.keeper), by=by)
    start = start_of_day(TOMORROW + DAY)
    later = await add_shift(plan.school, NewShift(guard, start, start + 8 * HOUR, plan.keeper), by=by)
    ahead = await make_fallback(plan.school, NewFallback(guard, plan.keeper, TODAY, TODAY + 30 * DAY), by=by)
    feed = {"org_id": plan.school, "kind": "area", "area_id": gate, "token_digest": "x", "made_at": now()}
    await insert(DutyFeed, feed)
    await add_slot(plan.school, gate, "exam_day", new(TOMORROW + DAY), by=by)
    hanging = await hanging_on(gate, start_of_day(TOMORROW))
    assert (hanging.shifts, hanging.fallbacks, hanging.feeds) == (1, 1, 1)
    row = await area_row(gate, by=by)
    assert await end_area(gate, version=row.version, by=by) == hanging
    with pytest.raises(NotFound):
        await area_row(gate, by=by)
    cancelled = await fetch_column("SELECT id FROM duty_shift WHERE cancelled_at IS NOT NULL")
    assert (cancelled, await fetch_value("SELECT count(*) FROM duty_shift WHERE id = {}", today)) == ([later], 1)
    assert next(event.kind for event in await history_of("duty", later)) == "duty.shift_cancelled"
    assert (await fallback_row(ahead, by=by)).ends_at == start_of_day(TOMORROW)
    assert await people_needed(plan, gate, "school_day", TODAY)
    for kind in ("school_day", "exam_day"):
        assert await people_needed(plan, gate, kind, TOMORROW + 5 * DAY) == []
    assert await fetch_value("SELECT count(*) FROM duty_feed WHERE ended_at IS NULL") == 0
    with pytest.raises(NotFound):
        await end_area(gate, version=row.version + 1, by=by)


async def test_an_area_is_named_and_tied_once(plan: Cast) -> None:
    by = await plan.actor(plan.safety)
    made = await make_area(plan.school, NewArea("实验楼", "Labs", plan.building), by=by)
    row = await area_row(made, by=by)
    assert not await change_area(made, NewArea("实验楼", "Labs", plan.building), version=row.version, by=by)
    assert await change_area(made, NewArea("实验区", "", None), version=row.version, by=by)
    with pytest.raises(Conflict):
        await change_area(made, NewArea("实验楼", "", None), version=row.version, by=by)
    gate = await area_of(plan, "校门")
    await change_area(made, NewArea("实验区", "", plan.building), version=row.version + 1, by=by)
    for wish, fields in (
        (NewArea("实验区"), {"name": "plan.name_taken"}),
        (NewArea("校门", "", plan.building), {"grid": "plan.grid_taken"}),
        (NewArea("校门", "", plan.other_building), {"grid": "plan.no_such_grid"}),
    ):
        with pytest.raises(Invalid) as refusal:
            await change_area(gate, wish, version=1, by=by)
        assert refusal.value.fields == fields
    assert "博学楼·一楼·配电室" in [way for _, way in await places_of(plan.school)]


async def test_fifty_who_change_the_same_slot_are_one(plan: Cast) -> None:
    by, gate = await plan.actor(plan.safety), await area_of(plan, "校门")
    slot_id = await slot_of(gate, 0)

    async def change(people: int) -> bool:
        try:
            await change_slot(slot_id, new(TOMORROW, people=people), version=1, by=by)
        except (Conflict, Refused):
            return False
        return True

    assert sum(await asyncio.gather(*(change(n) for n in range(2, 52)))) == 1
    rows = await fetch_value("SELECT count(*) FROM duty_slot WHERE area_id = {} AND name = '夜间'", gate)
    assert rows == 1


async def test_words_of_ones_own_stay_once_they_are_used(plan: Cast) -> None:
    by, gate = await plan.actor(plan.safety), await area_of(plan, "校门")
    role = await make_role(plan.school, "护学岗", "", "security", by=by)
    code = str(await fetch_value("SELECT code FROM duty_role WHERE id = {}", role))
    with pytest.raises(Invalid):
        await make_role(plan.school, "护学岗", "", "security", by=by)
    with pytest.raises(Invalid):
        await make_role(plan.school, "校警", "", "leader", by=by)
    await add_slot(plan.school, gate, "school_day", new(TOMORROW, 420, 480, role=code), by=by)
    with pytest.raises(Refused, match=r"plan\.word_is_used"):
        await remove_role(role, was="护学岗", by=by)
    await rename_role(role, "护学", "Crossing", was="护学岗", by=by)
    with pytest.raises(Conflict):
        await rename_role(role, "护学员", "", was="护学岗", by=by)
    with pytest.raises(NotFound):
        await remove_role(
            int(await fetch_value("SELECT id FROM duty_role WHERE code = 'guard'")), was="门卫保安", by=by
        )
    kind = await make_day_kind(plan.school, "运动会", "Sports day", "school_day", by=by)
    code = str(await fetch_value("SELECT code FROM duty_day_kind WHERE id = {}", kind))
    await make_period(plan.school, NewPeriod(code, "秋季运动会", TOMORROW, TOMORROW), by=by)
    found = await plan_of(plan.school)
    assert (found.days.kind(TOMORROW), found.days.line(code)) == (code, (code, "school_day"))
    with pytest.raises(Refused, match=r"plan\.word_is_used"):
        await remove_day_kind(kind, was="运动会", by=by)
    spare = await make_day_kind(plan.school, "军训", "", "school_day", by=by)
    with pytest.raises(Conflict):
        await remove_day_kind(spare, was="军训周", by=by)
    await remove_day_kind(spare, was="军训", by=by)
    again = await make_day_kind(plan.school, "军训", "", "school_day", by=by)
    assert again


async def test_periods_say_what_days_are_and_leave_the_past(plan: Cast, clock: MovingClock) -> None:
    by = await plan.actor(plan.safety)
    term = NewPeriod("term", "秋季学期", date(2026, 9, 1), date(2027, 1, 22))
    await make_period(plan.school, term, by=by)
    exams = NewPeriod("exam_day", "期末考试", TODAY + 3 * DAY, TODAY + 4 * DAY)
    period = await make_period(plan.school, exams, by=by)
    await make_period(plan.school, NewPeriod("key", "两会", TODAY, TODAY + 9 * DAY, 2), by=by)
    days = (await plan_of(plan.school)).days
    assert [days.kind(TODAY + n * DAY) for n in (2, 3, 4)] == ["school_day", "exam_day", "exam_day"]
    assert (days.raised(TODAY), days.raised(TODAY + 10 * DAY)) == (2, 0)
    refused = [
        (term, "first_day", "plan.term_clashes"),
        (NewPeriod("exam_day", "月考", TODAY - DAY, TODAY), "first_day", "plan.period_from_today"),
        (NewPeriod("exam_day", "月考", TOMORROW, TODAY), "last_day", "plan.wrong_way_round"),
        (NewPeriod("exam_day", "月考", TODAY, TODAY + 400 * DAY), "last_day", "plan.period_too_long"),
        (NewPeriod("weekend", "周末", TODAY, TODAY), "kind", "plan.no_such_kind"),
        (NewPeriod("key", "重点", TODAY, TODAY), "raise_by", "plan.raise_for_key"),
    ]
    for wish, field, code in refused:
        with pytest.raises(Invalid) as refusal:
            await make_period(plan.school, wish, by=by)
        assert refusal.value.fields == {field: code}
    clock.forward(days=3)
    with pytest.raises(Refused, match=r"plan\.period_has_begun"):
        await change_period(period, exams._replace(first_day=TODAY + 2 * DAY), version=1, by=by)
    assert await change_period(period, exams._replace(last_day=TODAY + 6 * DAY), version=1, by=by)
    with pytest.raises(Conflict):
        await end_period(period, version=1, by=by)
    clock.forward(days=1)
    await end_period(period, version=2, by=by)
    days = (await plan_of(plan.school)).days
    assert [days.kind(TODAY + n * DAY) for n in (3, 4)] == ["exam_day", "school_day"]
    with pytest.raises(Refused, match=r"plan\.period_is_over"):
        await end_period(period, version=3, by=by)


async def test_a_day_by_hand_moves_duty_and_due_times(plan: Cast) -> None:
    by, day = await plan.actor(plan.safety), TODAY + 2 * DAY
    assert await set_day(plan.school, day, DayKind.HOLIDAY, "台风停课", was="", by=by)
    assert (await plan_of(plan.school)).days.kind(day) == "holiday"
    assert not (await calendar_for(plan.school)).is_workday(day)
    assert (await calendar_for(plan.other_school)).is_workday(day)
    with pytest.raises(Conflict):
        await set_day(plan.school, day, DayKind.WEEKEND, "又改", was="", by=by)
    assert await set_day(plan.school, day, DayKind.MAKEUP, "补课", was="holiday", by=by)
    assert not await set_day(plan.school, day, DayKind.MAKEUP, "补课", was="makeup", by=by)
    assert await clear_day(plan.school, day, was="makeup", by=by)
    assert not await clear_day(plan.school, day, was="", by=by)
    assert (await calendar_for(plan.school)).is_workday(day)
    with pytest.raises(Invalid):
        await set_day(plan.school, TODAY - DAY, DayKind.HOLIDAY, "昨天", was="", by=by)
    kinds = await fetch_column("SELECT kind FROM event WHERE subject_kind = 'calendar_day' ORDER BY id")
    assert kinds == ["duty.day_set", "duty.day_set", "duty.day_cleared"]


async def test_a_fallback_fills_the_leaders_gap_until_its_end(plan: Cast, clock: MovingClock) -> None:
    by = await plan.actor(plan.safety)
    wish = NewFallback(LEADING, plan.vice_head, TODAY, TODAY + 2 * DAY)
    fallback = await make_fallback(plan.school, wish, by=by)
    found = await leader_at(plan.school, at=now())
    assert found is not None
    assert found.leader_id == plan.vice_head
    assert await leader_at(plan.school, at=start_of_day(TODAY + 3 * DAY)) is None
    row = await fallback_row(fallback, by=by)
    clock.forward(hours=5)
    with pytest.raises(Conflict):
        await end_fallback(fallback, until="earlier", by=by)
    await end_fallback(fallback, until=stamp(row.ends_at), by=by)
    assert await leader_at(plan.school, at=now()) is None
    past = await leader_at(plan.school, at=now() - HOUR)
    assert past is not None, "what it has filled stays"
    with pytest.raises(Conflict):
        await end_fallback(fallback, until=stamp(row.ends_at), by=by)


async def test_whoever_may_not_lead_is_no_leaders_fallback(plan: Cast) -> None:
    by = await plan.actor(plan.safety)
    for person in (plan.teacher, plan.other_principal, 99_999):
        with pytest.raises(Invalid) as refusal:
            await make_fallback(plan.school, NewFallback(LEADING, person, TODAY, TOMORROW), by=by)
        assert set(refusal.value.fields) == {"person"}
    held_post = await fetch_value("SELECT id FROM appointment WHERE person_id = {}", plan.vice_head)
    await end_appointment(held_post, version=1, by=by, ends_at=start_of_day(TOMORROW))
    assert await make_fallback(plan.school, NewFallback(LEADING, plan.vice_head, TODAY, TODAY), by=by)
    with pytest.raises(Invalid):
        await make_fallback(plan.school, NewFallback(LEADING, plan.vice_head, TODAY, TOMORROW), by=by)
    await execute("UPDATE post SET scope_grid_id = {} WHERE role = 'safety_officer'", plan.office)
    narrow = await plan.actor(plan.safety)
    with pytest.raises(Refused, match=r"duty\.not_yourself"):
        await make_fallback(plan.school, NewFallback(LEADING, plan.safety, TODAY, TOMORROW), by=narrow)
    assert await make_fallback(plan.school, NewFallback(Line(None, "guard"), plan.teacher, TODAY, TOMORROW), by=by)


def test_posts_after_each_other_let_somebody_lead_throughout() -> None:
    start = start_of_day(TODAY)
    first, second = Term(start - DAY, start + DAY), Term(start + DAY, None)
    assert leads_throughout([second, first], start, start + 9 * DAY)
    assert not leads_throughout([first], start, start + 9 * DAY)
    assert not leads_throughout([first, second._replace(starts_at=start + 2 * DAY)], start, start + 9 * DAY)
    assert not leads_throughout([], start, start + DAY)


async def test_nobody_changes_the_plan_of_another_school(plan: Cast) -> None:
    gate = await area_of(plan, "校门")
    slot_id = await slot_of(gate, 0)
    for who in (plan.other_safety, plan.teacher, plan.bureau_officer):
        by = await plan.actor(who)
        for change in (
            lambda by=by: make_area(plan.school, NewArea("x"), by=by),
            lambda by=by: make_area(plan.building, NewArea("x"), by=by),
            lambda by=by: end_area(gate, version=1, by=by),
            lambda by=by: end_slot(slot_id, TOMORROW, version=1, by=by),
            lambda by=by: set_day(plan.school, TOMORROW, DayKind.HOLIDAY, "x", was="", by=by),
            lambda by=by: make_period(plan.school, NewPeriod("term", "x", TODAY, TODAY), by=by),
            lambda by=by: make_fallback(plan.school, NewFallback(LEADING, plan.principal, TODAY, TODAY), by=by),
            lambda by=by: make_role(plan.school, "x", "", "teacher", by=by),
        ):
            with pytest.raises(NotFound):
                await change()


async def test_every_change_raises_the_version_of_the_book(plan: Cast) -> None:
    by, gate = await plan.actor(plan.safety), await area_of(plan, "校门")
    changes = [
        lambda: make_area(plan.school, NewArea("天桥"), by=by),
        lambda: add_slot(plan.school, gate, "school_day", new(TOMORROW), by=by),
        lambda: make_period(plan.school, NewPeriod("exam_day", "月考", TOMORROW, TOMORROW), by=by),
        lambda: set_day(plan.school, TOMORROW, DayKind.HOLIDAY, "停课", was="", by=by),
        lambda: make_fallback(plan.school, NewFallback(LEADING, plan.principal, TODAY, TODAY), by=by),
        lambda: make_role(plan.school, "护学岗", "", "teacher", by=by),
    ]
    for change in changes:
        before = await fetch_value("SELECT rights_version FROM organisation WHERE grid_id = {}", plan.school)
        await change()
        after = await fetch_value("SELECT rights_version FROM organisation WHERE grid_id = {}", plan.school)
        assert after > before


async def test_a_slot_asks_for_a_report_by_itself_whatever_it_is_called(plan: Cast) -> None:
    by, dormitory = await plan.actor(plan.safety), await area_of(plan, "宿舍")
    found = await plan_of(plan.school)
    asked = [slot for slot in found.slots if slot.asks_report]
    assert len(asked) == 3 and all("零报告" in slot.name and slot.area_id == dormitory for slot in asked)
    slot = next(one for one in asked if one.day_kind == "school_day")
    plain = NewSlot(slot.role, slot.from_minute, slot.to_minute, slot.people, slot.name, slot.name_en, TOMORROW)
    later = await change_slot(slot.id, plain, version=1, by=by)
    [event] = [one for one in await history_of("duty_slot", slot.id) if one.kind == "duty.slot_changed"]
    assert event.facts["asks_report"] is False
    await copy_slots(plan.school, dormitory, "weekend", "exam_day", TOMORROW, state=state_of(()), by=by)
    await add_slot(plan.school, dormitory, "holiday", new(TOMORROW)._replace(asks_report=True), by=by)
    found = await plan_of(plan.school)
    assert sorted(one.day_kind for one in found.slots if one.asks_report and one.is_in_force(TOMORROW)) == [
        "exam_day", "holiday", "holiday", "weekend",
    ]  # fmt: skip
    needs = needs_between(found.slots, found.days, TODAY, TOMORROW)
    assert [one.starts_at.date() for rows in needs.values() for one in rows if one.asks_report] == [TODAY]
    assert later != slot.id
