"""Who leads, and the calendar of days, on a real database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.audit.queries import history_of, verify_chain
from portal.core.actors import SYSTEM
from portal.core.clock import now, start_of_day, today
from portal.core.database import execute, fetch_value, insert
from portal.core.refusals import NotFound, Refused
from portal.duty.queries import (
    calendar_for,
    duty_leader_rows,
    leader_candidates,
    leading_grants,
)
from portal.duty.queries import (
    leader_at as leader_row_at,
)
from portal.duty.rules import LEADING, DayKind, next_change_at
from portal.duty.services import (
    NewShift,
    add_shift,
    adopt_proposal,
    clear_duty_leader,
    seed_calendar,
    set_duty_leader,
)
from portal.duty.tables import CalendarDay, DutyShift
from portal.people.services import end_appointment, make_school
from tests.cast import Cast
from tests.conftest import MovingClock

TODAY = date(2026, 11, 23)
TOMORROW = date(2026, 11, 24)
INSTANT = timedelta(microseconds=1)


async def leader_at(org_id: int, day: date, hour: int = 12) -> str | None:
    found = await leader_row_at(org_id, at=start_of_day(day) + timedelta(hours=hour))
    return found.name if found else None


async def test_a_day_leads_from_midnight_to_midnight(cast: Cast) -> None:
    by = await cast.actor(cast.principal)
    await set_duty_leader(cast.school, cast.vice_head, [TOMORROW], by=by)
    start, end = start_of_day(TOMORROW), start_of_day(TOMORROW + timedelta(days=1))
    found = [await leader_row_at(cast.school, at=at) for at in (start - INSTANT, start, end - INSTANT, end)]
    assert [row and row.name for row in found] == [None, "甄副校", "甄副校", None]


async def test_an_entry_for_today_does_not_rewrite_the_morning(cast: Cast, clock: MovingClock) -> None:
    by = await cast.actor(cast.principal)
    clock.set(start_of_day(TODAY))
    await set_duty_leader(cast.school, cast.principal, [TODAY], by=by)
    clock.forward(hours=14, minutes=5)
    await set_duty_leader(cast.school, cast.vice_head, [TODAY], by=by)
    assert await leader_at(cast.school, TODAY, 10) == "甄校长"
    assert await leader_at(cast.school, TODAY, 15) == "甄副校"
    rows = await duty_leader_rows(cast.school, now())
    assert next_change_at(rows, start_of_day(TODAY)) == now()


async def test_the_entry_made_last_wins_and_leaves_its_event(cast: Cast) -> None:
    by = await cast.actor(cast.principal)
    [first] = await set_duty_leader(cast.school, cast.principal, [TOMORROW], by=by)
    [second] = await set_duty_leader(cast.school, cast.vice_head, [TOMORROW], by=by, note="换班")
    assert await leader_at(cast.school, TOMORROW) == "甄副校"
    [event] = await history_of("duty", second)
    assert (event.kind, event.facts["person_id"]) == ("duty.leader_set", cast.vice_head)
    assert [event.kind for event in await history_of("duty", first)] == ["duty.shift_cancelled", "duty.leader_set"]
    assert await verify_chain(cast.school) is None


async def test_entering_the_same_twice_changes_nothing(cast: Cast) -> None:
    by = await cast.actor(cast.principal)
    days = [TOMORROW, TOMORROW + timedelta(days=1), TOMORROW]
    assert len(await set_duty_leader(cast.school, cast.vice_head, days, by=by)) == 2
    assert await set_duty_leader(cast.school, cast.vice_head, days, by=by) == []
    assert await clear_duty_leader(cast.school, [TOMORROW + timedelta(days=5)], by=by) == []


async def test_taking_the_leader_away_leaves_a_gap(cast: Cast) -> None:
    by = await cast.actor(cast.principal)
    await set_duty_leader(cast.school, cast.vice_head, [TOMORROW], by=by)
    [row] = await clear_duty_leader(cast.school, [TOMORROW], by=by)
    assert await leader_at(cast.school, TOMORROW) is None
    kinds = [event.kind for event in await history_of("duty", row)]
    assert kinds == ["duty.leader_cleared", "duty.shift_cancelled", "duty.leader_set"]


async def test_a_day_that_is_over_is_refused(cast: Cast, clock: MovingClock) -> None:
    by = await cast.actor(cast.principal)
    with pytest.raises(Refused, match=r"duty\.day_is_over"):
        await set_duty_leader(cast.school, cast.vice_head, [TOMORROW, TODAY - timedelta(days=1)], by=by)
    clock.set(start_of_day(TOMORROW) - INSTANT)
    assert await set_duty_leader(cast.school, cast.vice_head, [TODAY], by=by)
    clock.set(start_of_day(TOMORROW))
    with pytest.raises(Refused, match=r"duty\.day_is_over"):
        await set_duty_leader(cast.school, cast.vice_head, [TODAY], by=by)
    assert await leader_at(cast.school, TOMORROW) is None


async def test_a_person_without_a_post_of_leadership_is_refused(cast: Cast) -> None:
    by = await cast.actor(cast.principal)
    for person_id in (cast.teacher, cast.other_safety, 9999):
        with pytest.raises(Refused, match=r"duty\.may_not_lead"):
            await set_duty_leader(cast.school, person_id, [TOMORROW], by=by)
    assert await fetch_value("SELECT count(*) FROM duty_shift") == 0


async def test_a_post_that_ends_before_the_day_does_not_lead_it(cast: Cast) -> None:
    by = await cast.actor(cast.principal)
    held = await fetch_value("SELECT id FROM appointment WHERE person_id = {}", cast.vice_head)
    await end_appointment(held, version=1, by=await cast.actor(cast.safety), ends_at=start_of_day(TOMORROW))
    candidates = [one.person_id for one in await leader_candidates(cast.school, at=now())]
    assert candidates == [cast.principal, cast.vice_head, cast.safety, cast.leader]
    assert await set_duty_leader(cast.school, cast.vice_head, [TODAY], by=by)
    with pytest.raises(Refused, match=r"duty\.may_not_lead"):
        await set_duty_leader(cast.school, cast.vice_head, [TODAY, TOMORROW], by=by)


async def test_more_than_two_months_at_once_are_refused(cast: Cast) -> None:
    by = await cast.actor(cast.principal)
    with pytest.raises(Refused, match=r"duty\.too_many_days"):
        await set_duty_leader(cast.school, cast.vice_head, [TOMORROW + timedelta(days=n) for n in range(63)], by=by)


async def test_the_officer_of_the_other_school_finds_nothing_to_change(cast: Cast) -> None:
    by = await cast.actor(cast.principal)
    await set_duty_leader(cast.school, cast.vice_head, [TOMORROW], by=by)
    stranger = await cast.actor(cast.other_safety)
    assert await set_duty_leader(cast.other_school, cast.other_safety, [TOMORROW], by=stranger)
    for act in (
        set_duty_leader(cast.school, cast.vice_head, [TOMORROW], by=stranger),
        clear_duty_leader(cast.school, [TOMORROW], by=stranger),
        set_duty_leader(9999, cast.vice_head, [TOMORROW], by=stranger),
        set_duty_leader(cast.school, cast.vice_head, [TOMORROW], by=await cast.actor(cast.teacher)),
    ):
        with pytest.raises(NotFound):
            await act
    assert await leader_at(cast.school, TOMORROW) == "甄副校"


async def _narrow(cast: Cast) -> None:
    """The vice head's post reaches the office alone."""
    await execute("UPDATE post SET scope_grid_id = {} WHERE role = 'vice_head'", cast.office)


async def test_nobody_gains_the_whole_school_by_putting_themselves_down(cast: Cast) -> None:
    await _narrow(cast)
    by = await cast.actor(cast.vice_head)
    for days in ([TODAY], [TOMORROW]):
        with pytest.raises(Refused, match=r"duty\.not_yourself"):
            await set_duty_leader(cast.school, cast.vice_head, days, by=by)
    assert await fetch_value("SELECT count(*) FROM duty_shift") == 0
    assert await set_duty_leader(cast.school, cast.leader, [TODAY], by=by), "somebody else they may"
    assert await set_duty_leader(cast.school, cast.vice_head, [TODAY], by=await cast.actor(cast.principal))
    [grant] = (await leading_grants(cast.vice_head, cast.school, now()))[0]
    leading = replace(by, grants=(*by.grants, grant))
    with pytest.raises(Refused, match=r"duty\.not_yourself"):
        await set_duty_leader(cast.school, cast.vice_head, [TOMORROW], by=leading)


async def test_who_holds_the_whole_school_already_may_put_themselves_down(cast: Cast) -> None:
    for person_id in (cast.principal, cast.vice_head, cast.safety):
        assert await set_duty_leader(cast.school, person_id, [TOMORROW], by=await cast.actor(person_id))
    school = await make_school(
        "云岭小学",
        bureau_id=cast.bureau,
        duty_phone="0000-0000000",
        officer="甄一人",
        officer_title="安全主任",
        by=SYSTEM,
    )
    alone = await cast.actor(school.person_id)
    assert await set_duty_leader(school.school_id, school.person_id, [TODAY, TOMORROW], by=alone)


async def test_leading_gives_rights_from_the_first_instant_to_the_last(cast: Cast) -> None:
    by = await cast.actor(cast.principal)
    before = await fetch_value("SELECT rights_version FROM organisation WHERE grid_id = {}", cast.school)
    await set_duty_leader(cast.school, cast.vice_head, [TOMORROW], by=by)
    after = await fetch_value("SELECT rights_version FROM organisation WHERE grid_id = {}", cast.school)
    assert after > before
    start, end = start_of_day(TOMORROW), start_of_day(TOMORROW + timedelta(days=1))
    assert await leading_grants(cast.vice_head, cast.school, start - INSTANT) == ([], start)
    [grant], change = await leading_grants(cast.vice_head, cast.school, start)
    assert (grant.role, grant.path, change) == ("duty_leader", f"/{cast.bureau}/{cast.school}/", end)
    assert (await leading_grants(cast.principal, cast.school, start))[0] == []
    assert await leading_grants(cast.vice_head, cast.school, end) == ([], end + timedelta(days=14))


async def test_a_row_that_names_a_post_is_led_by_its_holder(cast: Cast) -> None:
    post_id = await fetch_value("SELECT post_id FROM appointment WHERE person_id = {}", cast.vice_head)
    row = {
        "org_id": cast.school, "role": "leader", "post_id": post_id, "starts_at": start_of_day(TODAY),
        "ends_at": start_of_day(TOMORROW), "made_at": now(), "published_at": now(),
    }  # fmt: skip
    await insert(DutyShift, row)
    found = await leader_row_at(cast.school, at=now())
    assert found is not None
    assert (found.name, found.leader_id) == ("甄副校", cast.vice_head)
    assert (await leading_grants(cast.vice_head, cast.school, now()))[0]


async def test_the_seed_is_run_at_each_start_and_changes_nothing_the_second_time(cast: Cast) -> None:
    assert await seed_calendar() > 100
    count = await fetch_value("SELECT count(*) FROM calendar_day")
    assert await seed_calendar() == 0
    assert await fetch_value("SELECT count(*) FROM calendar_day") == count


async def test_the_seed_corrects_its_own_days_and_leaves_what_a_hand_entered(cast: Cast) -> None:
    await seed_calendar()
    await execute("UPDATE calendar_day SET kind = 'makeup' WHERE key = 'national:2026-10-01'")
    await execute("UPDATE calendar_day SET source = 'hand' WHERE key = 'national:2026-10-02'")
    await insert(CalendarDay, own_day(None, date(2026, 12, 25), "holiday"))
    assert await seed_calendar() == 1
    calendar = await calendar_for(None)
    assert calendar.kind(date(2026, 10, 1)) is DayKind.HOLIDAY
    assert calendar.kind(date(2026, 12, 25)) is DayKind.HOLIDAY


def own_day(org_id: int | None, day: date, kind: str) -> dict[str, object]:
    return {
        "org_id": org_id, "key": f"{org_id or 'national'}:{day}", "day": day, "kind": kind, "name": "校运会",
        "source": "hand", "entered_at": now(),
    }  # fmt: skip


async def test_a_schools_own_days_lie_over_the_national_ones(cast: Cast) -> None:
    await seed_calendar()
    await insert(CalendarDay, own_day(cast.school, date(2026, 10, 10), "holiday"))
    await insert(CalendarDay, own_day(cast.school, date(2027, 1, 1), "holiday"))
    mine, theirs = await calendar_for(cast.school), await calendar_for(cast.other_school)
    assert mine.kind(date(2026, 10, 10)) is DayKind.HOLIDAY
    assert mine.name(date(2026, 10, 10)) == "校运会"
    assert theirs.kind(date(2026, 10, 10)) is DayKind.MAKEUP
    assert mine.kind(date(2026, 2, 17)) is DayKind.HOLIDAY
    # A school's own New Year's Day does not publish the year.
    assert mine.unpublished_years(today(), date(2027, 3, 1)) == (2027,)


async def test_without_any_rows_the_calendar_is_plain_weeks(cast: Cast) -> None:
    calendar = await calendar_for(cast.school)
    assert calendar.kind(date(2026, 10, 1)) is DayKind.SCHOOL_DAY
    assert calendar.unpublished_years(TODAY, TOMORROW) == (2026,)


async def test_a_place_that_is_no_organisation_has_no_book(cast: Cast) -> None:
    by = await cast.actor(cast.principal)
    shift = NewShift(LEADING, now() + timedelta(days=1), now() + timedelta(days=1, hours=2), cast.vice_head)
    for grid in (cast.building, cast.room, 999_999):
        with pytest.raises(NotFound):
            await set_duty_leader(grid, cast.vice_head, [TOMORROW], by=by)
        with pytest.raises(NotFound):
            await add_shift(grid, shift, by=by)
        with pytest.raises(NotFound):
            await adopt_proposal(grid, by=by)
    assert await fetch_value("SELECT count(*) FROM duty_shift") == 0
