"""Who is asked to confirm on the phone: areas that do so on paper, and people without an account (D11)."""

from datetime import timedelta

import pytest

from portal.accounts.tables import Account
from portal.app import register_rooms
from portal.core.actors import SYSTEM
from portal.core.clock import now, start_of_day, today
from portal.core.database import execute, fetch_column, fetch_value, insert, watchers
from portal.core.refusals import Refused
from portal.duty.planning.queries import area_row
from portal.duty.planning.services import NewArea, change_area
from portal.duty.queries import forget_plans
from portal.duty.rules import LEADING, Line
from portal.duty.services import NewShift, add_shift, adopt_proposal, seed_calendar, seed_duty_words
from portal.duty.swapping.services import TakeOver, take_over
from portal.duty.watching.provided import watch_lines
from portal.duty.watching.queries import log_between, schools_with_untaken, untaken
from portal.duty.watching.rules import Kind
from portal.duty.watching.services import take_duty
from portal.settings import Settings
from tasks.duty_watch import sweep_untaken
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock

HOUR = timedelta(hours=1)


class Gate:
    """The gate on two days: the keeper from 8 to 16, the librarian after. Nobody there has an account."""

    def __init__(self, cast: Cast, area: int) -> None:
        self.cast, self.area = cast, area

    @property
    def line(self) -> Line:
        return Line(self.area, "guard")

    async def shift(self, person: int, day: int, starts: float, ends: float, line: Line | None = None) -> int:
        zero = start_of_day(today() + timedelta(days=day))
        new = NewShift(line or self.line, zero + starts * HOUR, zero + ends * HOUR, person)
        return await add_shift(self.cast.school, new, by=SYSTEM)


@pytest.fixture
async def gate(database: str, cast: Cast, clock: MovingClock) -> Gate:
    register_rooms()
    await seed_calendar()
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    clock.set(start_of_day(today()) + HOUR)
    area = await fetch_value("SELECT id FROM duty_area WHERE org_id = {} AND name = {}", cast.school, "校门")
    made = Gate(cast, int(area))
    for day in (0, 1):
        await made.shift(cast.keeper, day, 8, 16)
        await made.shift(cast.sibling_keeper, day, 16, 24)
        await made.shift(cast.vice_head, day, 2, 24, LEADING)
    return made


async def told() -> list[int]:
    return await fetch_column("SELECT person_id FROM reminder WHERE kind = 'duty_untaken' ORDER BY id")


async def said(cast: Cast) -> list[str]:
    rows = await log_between(cast.school, now() - 48 * HOUR, now() + HOUR)
    return [row.text for row in rows if row.kind == Kind.NO_ACCOUNT]


async def test_of_whoever_has_no_account_nobody_is_told_and_the_log_says_it_once(
    gate: Gate, cast: Cast, clock: MovingClock, settings: Settings
) -> None:
    leader = await cast.actor(cast.vice_head)
    for hours in (8.5, 9, 17, 17.1, 32.5, 41):
        clock.set(start_of_day(today()) + hours % 24 * HOUR if hours < 24 else clock.at + (hours % 24 - 17.1) * HOUR)
        if hours == 32.5:
            clock.set(start_of_day(today() + timedelta(days=1)) + 8.5 * HOUR)
        assert await sweep_untaken(settings, now()) == 0
        assert await watch_lines(cast.school, now(), leader, "zh-Hans") == []
    assert await told() == []
    assert await said(cast) == ["甄实验", "甄图书"], "once each, whatever the number of shifts"
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'duty.log_written'") == 2
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'duty.untaken_told'") == 0


async def test_a_school_of_which_all_is_said_costs_the_clock_nothing_more(
    gate: Gate, cast: Cast, clock: MovingClock, settings: Settings
) -> None:
    clock.set(start_of_day(today()) + 9 * HOUR)
    assert await schools_with_untaken(now()) == [cast.school]
    await sweep_untaken(settings, now())
    assert await schools_with_untaken(now()) == []
    seen: list[str] = []
    watchers.append(seen.append)
    try:
        await sweep_untaken(settings, now())
    finally:
        watchers.remove(seen.append)
    assert len(seen) == 1


async def test_an_account_is_enough_to_be_asked_again_and_a_closed_one_is_none(
    gate: Gate, cast: Cast, clock: MovingClock, settings: Settings
) -> None:
    clock.set(start_of_day(today()) + 9 * HOUR)
    await sweep_untaken(settings, now())
    row = {"org_id": cast.school, "person_id": cast.keeper, "login": "k", "created_at": now(), "disabled_at": now()}
    await insert(Account, row)
    await sweep_untaken(settings, now())
    assert await told() == []
    await execute("UPDATE account SET disabled_at = NULL WHERE person_id = {}", cast.keeper)
    assert await sweep_untaken(settings, now()) == 1
    assert await told() == [cast.vice_head]


async def test_whoever_is_put_in_and_has_an_account_is_asked(
    gate: Gate, cast: Cast, clock: MovingClock, settings: Settings
) -> None:
    clock.set(start_of_day(today()) + 9 * HOUR)
    await sweep_untaken(settings, now())
    shift = await fetch_value("SELECT min(id) FROM duty_shift WHERE person_id = {}", cast.keeper)
    await insert(Account, {"org_id": cast.school, "person_id": cast.teacher, "login": "t", "created_at": now()})
    await take_over(shift, TakeOver(cast.teacher, "病了"), by=await cast.actor(cast.safety))
    assert [(one.person_id, one.can_confirm) for one in await untaken(cast.school, now())] == [(cast.teacher, True)]
    assert await sweep_untaken(settings, now()) == 1


async def test_an_area_that_does_it_on_paper_is_not_asked(
    gate: Gate, cast: Cast, clock: MovingClock, settings: Settings, browsers: Browsers
) -> None:
    office = await browsers.of(cast.safety)
    await office.get(f"/duty/plan/areas/{gate.area}")
    form = office.form(f"/duty/plan/areas/{gate.area}/changes")
    assert form.fields["by_phone"] == ["yes"], "yes is where one begins"
    await office.submit(form, by_phone="no")
    assert office.form(f"/duty/plan/areas/{gate.area}/changes").fields["by_phone"] == ["no"]
    clock.set(start_of_day(today()) + 9 * HOUR)
    keeper = await browsers.of(cast.keeper)  # now with an account
    assert await sweep_untaken(settings, now()) == 0
    assert (await told(), await said(cast)) == ([], [])
    await keeper.get("/duty/handovers")
    assert "校门" not in keeper.text
    await keeper.get("/duty/log")
    assert "没有巡查" not in keeper.text and "下一次" not in keeper.text
    shift = await fetch_value("SELECT min(id) FROM duty_shift WHERE person_id = {}", cast.keeper)
    with pytest.raises(Refused) as refused:
        await take_duty(shift, by=await cast.actor(cast.keeper))
    assert refused.value.code == "duty.not_asked"
    by = await cast.actor(cast.safety)
    row = await area_row(gate.area, by=by)
    assert await change_area(gate.area, NewArea(row.name, row.name_en, row.grid_id), version=row.version, by=by)
    assert await sweep_untaken(settings, now()) == 1, "asked again as soon as the plan says so"


async def test_the_pages_say_why_nobody_confirms(
    gate: Gate, cast: Cast, clock: MovingClock, settings: Settings, browsers: Browsers
) -> None:
    clock.set(start_of_day(today()) + 9 * HOUR)
    await sweep_untaken(settings, now())
    forget_plans()
    leader = await browsers.of(cast.vice_head)
    await leader.get("/duty/handovers")
    assert "没有账号，不在手机上接班" in leader.text and "到点没有人接班" not in leader.text
    await leader.get("/duty/log")
    assert "甄实验没有账号，手机上没有人能确认接班，以后不再提醒" in leader.text
    assert "到点自动记" in leader.text
