"""Looking through a real book, what the coverage page says of it, and who is told of what and when."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import pytest

from portal.app import register_rooms
from portal.core.actors import SYSTEM
from portal.core.clock import at_local, local, now, start_of_day, today
from portal.core.database import execute, fetch, fetch_column, fetch_value, insert
from portal.duty.gaps import services
from portal.duty.gaps.queries import books_to_look_through, holes_of
from portal.duty.gaps.services import look_through, look_through_stale
from portal.duty.queries import book_of, plan_of, with_needs
from portal.duty.rostering.rules import Brief, one_team
from portal.duty.rostering.services import draft_roster, publish_roster
from portal.duty.rules import LEADING, Line, needs_between, on_duty_at
from portal.duty.services import (
    NewShift,
    add_shift,
    adopt_proposal,
    cancel_shift,
    change_shift,
    clear_duty_leader,
    seed_calendar,
    seed_duty_words,
    set_duty_leader,
)
from portal.duty.tables import DutyFallback, DutyPeriod, DutySlot
from portal.people.tables import Absence
from portal.settings import Settings
from tasks.duty_gaps import sweep_gaps
from tasks.duty_reminders import tell_before, tell_of_tomorrow, tell_of_week
from tasks.outbox import drain
from tasks.schedule import daily
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.coverage.conftest import counted

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TERM_ENDS = date(2026, 12, 4)


class Told(NamedTuple):
    kind: str
    person_id: int
    params: str
    read_at: datetime | None


async def told(kind: str = "%", *, unread: bool = False) -> list[tuple[str, int]]:
    rows = await fetch(
        Told, "SELECT kind, person_id, params, read_at FROM reminder WHERE kind LIKE {} ORDER BY id", kind
    )
    return [(row.kind, row.person_id) for row in rows if not unread or row.read_at is None]


@pytest.fixture(autouse=True)
def rooms() -> Iterator[None]:
    register_rooms()
    yield
    register_rooms()


class School:
    """A school whose gate and whose leadership need one person at every minute, until a term ends."""

    def __init__(self, cast: Cast, gate: Line) -> None:
        self.cast, self.gate = cast, gate

    async def shift(self, person: int, start: datetime, hours: float = 12, line: Line | None = None) -> int:
        new = NewShift(line or self.gate, start, start + hours * HOUR, person)
        return await add_shift(self.cast.school, new, by=SYSTEM)

    async def full(self, first: datetime, last: datetime, *, but: tuple[datetime, ...] = ()) -> None:
        """Both lanes have somebody from `first` to `last`, 12 hours each, except for shifts that begin at `but`."""
        at = first
        while at < last:
            hours = min(12, (last - at) / HOUR)
            await self.shift(self.cast.principal, at, hours, LEADING)
            if at not in but:
                await self.shift(self.cast.keeper, at, hours)
            at += 12 * HOUR
        await execute("DELETE FROM outbox")


@pytest.fixture
async def school(cast: Cast) -> School:
    await seed_calendar()
    await seed_duty_words()
    area = await fetch_value(
        "INSERT INTO duty_area (org_id, name, name_en, sort, made_at, version) VALUES ({}, '校门', 'Gate', 1, {}, 1) "
        "RETURNING id",
        cast.school, now(),
    )  # fmt: skip
    await insert(DutySlot, *(
        {"org_id": cast.school, "area_id": area, "day_kind": kind, "from_minute": 0, "to_minute": 1440, "name": "全天",
         "role": "guard", "people": 1, "first_day": today() - DAY, "entered_at": now()}
        for kind in ("school_day", "weekend", "holiday", "vacation")
    ))  # fmt: skip
    await insert(DutyPeriod, {"org_id": cast.school, "kind": "term", "name": "学期", "first_day": date(2026, 9, 1),
                              "last_day": TERM_ENDS, "entered_at": now()})  # fmt: skip
    await execute("UPDATE organisation SET rights_version = rights_version + 1")
    return School(cast, Line(area, "guard"))


async def looked() -> dict[str, Any]:
    class Row(NamedTuple):
        version: int
        until: datetime
        gaps: int
        first: datetime | None

    [row] = await fetch(
        Row,
        "SELECT rights_version, until, gaps, first_gap_at FROM duty_looked_through WHERE org_id = "
        "(SELECT org_id FROM duty_slot LIMIT 1)",
    )
    return row._asdict()


async def test_an_empty_book_is_one_hole_a_lane_to_the_end_of_the_term(school: School, cast: Cast) -> None:
    assert await look_through(cast.school)
    end = start_of_day(TERM_ENDS + DAY)
    assert [(one.line, one.starts_at, one.ends_at, one.missing) for one in await holes_of(cast.school)] == [
        (LEADING, now(), end, 1), (school.gate, now(), end, 1),
    ]  # fmt: skip
    assert await looked() | {"version": 0} == {"version": 0, "until": end, "gaps": 2, "first": now()}


async def test_holes_are_found_to_the_minute_and_filled_ones_are_said(school: School, cast: Cast) -> None:
    begin = at_local(today(), time(8))
    open_from = at_local(date(2026, 11, 27), time(8))
    await school.full(begin + 12 * HOUR, start_of_day(TERM_ENDS + DAY), but=(open_from + 12 * HOUR,))
    await school.shift(cast.principal, now(), 10, LEADING)
    await school.shift(cast.keeper, now(), 9.5)
    await look_through(cast.school)
    gap = open_from + 12 * HOUR
    assert [one[1:5] for one in await holes_of(cast.school)] == [
        (begin + 11.5 * HOUR, begin + 12 * HOUR, 1, 0), (gap, gap + 12 * HOUR, 1, 0),
    ]  # fmt: skip
    await insert(DutyFallback, {
        "org_id": cast.school, "area_id": school.gate.area_id, "role": "guard", "person_id": cast.sibling_keeper,
        "starts_at": gap, "ends_at": gap + 2 * HOUR, "entered_at": now(),
    })  # fmt: skip
    await execute("UPDATE organisation SET rights_version = rights_version + 1 WHERE grid_id = {}", cast.school)
    assert await look_through(cast.school)
    assert [one[1:5] for one in await holes_of(cast.school, after=gap)] == [
        (gap, gap + 2 * HOUR, 0, 1), (gap + 2 * HOUR, gap + 12 * HOUR, 1, 0),
    ]  # fmt: skip


async def test_leave_of_whoever_is_on_duty_makes_a_hole(school: School, cast: Cast) -> None:
    await school.full(now(), start_of_day(TERM_ENDS + DAY))
    await look_through(cast.school)
    assert await holes_of(cast.school) == []
    leave = now() + 30 * HOUR
    await insert(Absence, {"org_id": cast.school, "person_id": cast.keeper, "kind": "leave", "starts_at": leave,
                           "ends_at": leave + HOUR, "entered_at": now()})  # fmt: skip
    await execute("UPDATE organisation SET rights_version = rights_version + 1 WHERE grid_id = {}", cast.school)
    await look_through(cast.school)
    assert [one[1:3] for one in await holes_of(cast.school)] == [(leave, leave + HOUR)]


async def test_a_book_that_has_not_moved_is_looked_at_once_a_day(
    school: School, cast: Cast, clock: MovingClock
) -> None:
    assert cast.school in await books_to_look_through(now())
    assert await look_through(cast.school)
    assert not await look_through(cast.school)
    assert cast.school not in await books_to_look_through(now())
    clock.forward(hours=13, minutes=59)
    assert not await look_through(cast.school)
    clock.forward(minutes=1)
    assert cast.school in await books_to_look_through(now())
    before = [one.found_at for one in await holes_of(cast.school)]
    assert await look_through(cast.school)
    assert [one.found_at for one in await holes_of(cast.school)] == before, "what has begun is no new hole"
    assert [one.starts_at for one in await holes_of(cast.school)] == before
    await school.shift(cast.keeper, now() + HOUR)
    assert await look_through(cast.school)


async def test_when_nothing_has_moved_the_clock_asks_one_statement(school: School, cast: Cast) -> None:
    assert await look_through_stale() == 3
    with counted() as statements:
        assert await look_through_stale() == 0
    assert len(statements) == 1, statements


async def test_a_time_that_is_up_leaves_the_rest_for_the_next_tick(school: School) -> None:
    assert await look_through_stale(seconds=-1) == 0
    assert await look_through_stale() == 3


async def test_killed_in_the_middle_nothing_is_half(
    school: School, cast: Cast, monkeypatch: pytest.MonkeyPatch, clock: MovingClock
) -> None:
    await look_through(cast.school)
    before, seen = await holes_of(cast.school), await looked()
    await school.shift(cast.keeper, now() + HOUR)

    async def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(services, "insert", dies)
        with pytest.raises(KeyboardInterrupt):
            await look_through(cast.school)
    assert (await holes_of(cast.school), await looked()) == (before, seen)
    assert await look_through(cast.school)
    assert len(await holes_of(cast.school)) == 3


async def test_a_book_that_moves_meanwhile_is_looked_at_again(
    school: School, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[int] = []
    real = services._ahead

    async def ahead(*args: Any) -> Any:
        found = await real(*args)
        if not moved:
            moved.append(await school.shift(cast.keeper, now() + HOUR))
        return found

    monkeypatch.setattr(services, "_ahead", ahead)
    assert await look_through(cast.school)
    assert sorted(one.line.role for one in await holes_of(cast.school)) == ["guard", "guard", "leader"]


async def test_one_that_fails_holds_up_nobody(
    school: School, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = services.look_through

    async def look(org_id: int) -> bool:
        if org_id == cast.school:
            raise RuntimeError
        return await real(org_id)

    monkeypatch.setattr(services, "look_through", look)
    assert await look_through_stale() == 2
    caplog.clear()


async def test_a_school_that_keeps_no_book_has_no_holes(cast: Cast) -> None:
    assert await look_through(cast.school)
    assert await holes_of(cast.school) == []


async def test_what_is_found_is_what_the_one_rule_says_at_each_instant(cast: Cast) -> None:
    await seed_calendar()
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    people = (cast.principal, cast.vice_head, cast.safety, cast.leader)
    first = today() + DAY
    brief = Brief("x", first, first + 6 * DAY, (LEADING,), {"leader": one_team(people)})
    await publish_roster(await draft_roster(cast.school, brief, by=SYSTEM), version=1, by=SYSTEM)
    await look_through(cast.school)
    holes = await holes_of(cast.school)
    plan, start = await plan_of(cast.school), now()
    needs = needs_between(plan.slots, plan.days, today(), today() + 3 * DAY)
    book = with_needs(await book_of(cast.school, start, start + 2 * DAY), needs).book
    for step in range(0, 48 * 60, 41):
        at = start + timedelta(minutes=step)
        for line in book.lines:
            need = next((one.people for one in needs[line] if one.starts_at <= at < one.ends_at), 0)
            missing = max(0, need - len(on_duty_at(book, line, at=at)))
            if local(at).date() < first:
                missing = 0  # no roster yet
            here = [one.missing for one in holes if one.line == line and one.starts_at <= at < one.ends_at]
            assert here == ([missing] if missing else []), (line, at)


async def test_the_coverage_page_shows_each_hole_with_its_time_and_the_action(
    school: School, cast: Cast, browsers: Browsers
) -> None:
    gap = at_local(date(2026, 11, 27), time(18))
    await school.full(now(), gap)
    await school.full(gap + 2 * HOUR, start_of_day(TERM_ENDS + DAY))
    await school.shift(cast.principal, gap, 2, LEADING)
    browser = await browsers.of(cast.safety)
    await browser.get("/coverage")
    assert "没有人值班的时段" in browser.text
    assert "还没有查过" in browser.text
    await look_through(cast.school)
    with counted() as statements:
        await browser.get("/coverage")
    assert len(statements) <= 6, statements
    assert "没有人值班的时段" in browser.text
    assert "11月27日 周五 18:00–20:00 校门 门卫" in browser.text
    assert "缺 1 人" in browser.text
    assert "还没有值班区域" not in browser.text
    href = (
        f"/duty/shifts/new?area={school.gate.area_id}&role=guard&starts=2026-11-27T18%3A00&ends=2026-11-27T20%3A00"
        f"&org={cast.school}"
    )
    assert href in [link.replace("&amp;", "&") for link, _ in browser.links]
    await browser.get(href)
    assert "甄图书" in browser.text
    await school.shift(cast.sibling_keeper, gap, 2)
    await look_through(cast.school)
    browser = await browsers.of(cast.safety)
    await browser.get("/coverage")
    assert "到学期末，每个时段都有人值班" in browser.text


async def test_a_school_without_slots_has_no_plan_of_hours(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.principal)
    await browser.get("/coverage")
    assert "没有值班区域和时段" in browser.text
    assert f"/duty/plan?org={cast.school}" in [href for href, _ in browser.links]
    assert "没有人值班的时段" not in browser.text
    assert "到学期末" not in browser.text, "nobody says that all is well"


async def test_a_long_hole_is_closed_day_by_day_and_speaks_english(
    school: School, cast: Cast, browsers: Browsers
) -> None:
    await look_through(cast.school)
    browser = await browsers.of(cast.safety)
    await browser.get("/coverage")
    links = [href.replace("&amp;", "&") for href, _ in browser.links if "/duty/shifts/new" in href]
    assert links[0].startswith("/duty/shifts/new?area=&role=leader&starts=2026-11-23T10%3A00&ends=2026-11-24T10%3A00")
    assert len(links) == 2


async def test_the_office_is_told_daily_until_it_is_closed(
    school: School, cast: Cast, settings: Settings, clock: MovingClock
) -> None:
    start = now()
    gap = at_local(date(2026, 11, 27), time(18))
    await school.full(start, gap)
    await school.full(gap + 2 * HOUR, start_of_day(TERM_ENDS + DAY))
    await school.shift(cast.principal, gap, 2, LEADING)
    await execute("DELETE FROM reminder")
    for _ in range(2):
        await sweep_gaps(settings, start)
    assert await told() == [("duty_gaps", cast.safety)]
    clock.set(at_local(today() + DAY, time(7, 29)))
    await sweep_gaps(settings, now())
    assert len(await told()) == 1
    clock.forward(minutes=1)
    await sweep_gaps(settings, now())
    assert await told() == [("duty_gaps", cast.safety)] * 2
    assert len(await told(unread=True)) == 1, "yesterday's need not be read any more"
    clock.forward(hours=1)
    await school.shift(cast.sibling_keeper, gap, 2)
    await sweep_gaps(settings, now())
    assert await told(unread=True) == []
    clock.forward(days=1)
    await sweep_gaps(settings, now())
    assert len(await told()) == 2


async def test_whoever_is_away_is_not_told_whoever_answers_for_them_is(
    school: School, cast: Cast, settings: Settings
) -> None:
    await insert(Absence, {"org_id": cast.school, "person_id": cast.safety, "kind": "leave", "starts_at": now() - HOUR,
                           "ends_at": None, "entered_at": now()})  # fmt: skip
    await sweep_gaps(settings, now())
    assert await told("duty_gaps") == [("duty_gaps", cast.vice_head)]


async def test_the_principal_is_told_once_of_what_begins_within_a_day(
    school: School, cast: Cast, settings: Settings, clock: MovingClock
) -> None:
    gap = at_local(date(2026, 11, 27), time(18))
    await school.full(now(), gap)
    await school.full(gap + 2 * HOUR, start_of_day(TERM_ENDS + DAY))
    await school.shift(cast.principal, gap, 2, LEADING)
    clock.set(gap - 24 * HOUR)
    await sweep_gaps(settings, now())
    assert await told("duty_gap_soon") == []
    clock.forward(minutes=1)
    for _ in range(2):
        await sweep_gaps(settings, now())
    assert await told("duty_gap_soon") == [("duty_gap_soon", cast.principal)]
    clock.forward(hours=20)
    await sweep_gaps(settings, now())
    assert len(await told("duty_gap_soon")) == 1
    ill = now() + 2 * HOUR
    await insert(Absence, {"org_id": cast.school, "person_id": cast.keeper, "kind": "leave", "starts_at": ill,
                           "ends_at": ill + HOUR, "entered_at": now()})  # fmt: skip
    await execute("UPDATE organisation SET rights_version = rights_version + 1 WHERE grid_id = {}", cast.school)
    await sweep_gaps(settings, now())
    assert len(await told("duty_gap_soon")) == 2, "a new one that nobody knew of when they were told"


async def test_a_hole_that_somebody_fills_does_not_press(school: School, cast: Cast, settings: Settings) -> None:
    end = start_of_day(TERM_ENDS + DAY)
    at = now()
    while at < end:
        await school.shift(cast.principal, at, line=LEADING)
        at += 12 * HOUR
    await insert(DutyFallback, {
        "org_id": cast.school, "area_id": None, "role": "guard", "person_id": cast.sibling_keeper,
        "starts_at": now() - HOUR, "ends_at": end, "entered_at": now(),
    })  # fmt: skip
    await execute("UPDATE organisation SET rights_version = rights_version + 1 WHERE grid_id = {}", cast.school)
    await sweep_gaps(settings, now())
    assert await told("duty_gap%") == [("duty_gaps", cast.safety)]


async def test_a_school_without_a_book_is_told_nothing(cast: Cast, settings: Settings) -> None:
    await sweep_gaps(settings, now())
    assert await told() == []


async def test_the_evening_before_tells_each_person_once(
    school: School, cast: Cast, settings: Settings, clock: MovingClock
) -> None:
    day = today() + DAY
    await school.shift(cast.keeper, at_local(day, time(8)), 2)
    await school.shift(cast.keeper, at_local(day, time(14)), 2)
    await school.shift(cast.sibling_keeper, at_local(day, time(10)), 2)
    away = await school.shift(cast.teacher, at_local(day, time(12)), 2)
    await school.shift(cast.principal, at_local(today(), time(20)), 12, LEADING)
    await insert(Absence, {"org_id": cast.school, "person_id": cast.teacher, "kind": "leave", "starts_at": now(),
                           "ends_at": None, "entered_at": now()})  # fmt: skip
    assert away
    await execute("DELETE FROM reminder")
    clock.set(at_local(today(), time(18, 0, 30)))
    slot = daily(time(18))(now())
    for _ in range(2):
        await tell_of_tomorrow(settings, slot)
    assert await told() == [("duty_tomorrow", cast.keeper), ("duty_tomorrow", cast.sibling_keeper)]
    params = await fetch_column("SELECT params FROM reminder ORDER BY id")
    assert '"shifts": 2' in params[0]
    clock.set(start_of_day(day))
    await execute("DELETE FROM reminder")
    assert await tell_of_tomorrow(settings, slot) == 0, "too late: the hour before tells"


async def test_an_hour_before_whoever_comes_is_told_and_a_shift_that_goes_takes_it_back(
    school: School, cast: Cast, settings: Settings, clock: MovingClock
) -> None:
    start = at_local(today() + DAY, time(8))
    mine = await school.shift(cast.keeper, start, 4)
    await school.shift(cast.keeper, start + 4 * HOUR, 4)
    theirs = await school.shift(cast.sibling_keeper, start + 8 * HOUR, 4)
    await drain()
    await execute("DELETE FROM reminder")
    clock.set(start - HOUR - timedelta(minutes=1))
    await tell_before(settings, now())
    assert await told() == []
    clock.forward(minutes=1)
    for _ in range(2):
        await tell_before(settings, now())
    assert await told() == [("duty_hour", cast.keeper)]
    await change_shift(mine, version=1, by=SYSTEM, starts_at=start + HOUR / 2)
    await drain()
    assert await told("duty_hour", unread=True) == []
    await tell_before(settings, now())
    assert len(await told("duty_hour")) == 1, "it does not begin within the hour"
    clock.forward(minutes=30)
    await tell_before(settings, now())
    assert await told("duty_hour") == [("duty_hour", cast.keeper)] * 2
    await cancel_shift(mine, version=2, by=SYSTEM)
    await drain()
    assert await told("duty_hour", unread=True) == []
    clock.set(start + 3 * HOUR)
    await tell_before(settings, now())
    assert len(await told("duty_hour")) == 3, "the second shift stands by itself now"
    clock.set(start + 7 * HOUR)
    await tell_before(settings, now())
    assert (await told("duty_hour"))[-1] == ("duty_hour", cast.sibling_keeper)
    await change_shift(theirs, version=1, by=SYSTEM, person_id=cast.teacher)
    await drain()
    await tell_before(settings, now())
    hour = await told("duty_hour", unread=True)
    assert ("duty_hour", cast.teacher) in hour
    assert ("duty_hour", cast.sibling_keeper) not in hour


async def test_changes_of_my_future_shifts_are_one_line_that_counts(school: School, cast: Cast) -> None:
    start = at_local(today() + 3 * DAY, time(8))
    by = await cast.actor(cast.safety)
    await drain()
    await execute("DELETE FROM reminder")
    new = NewShift(school.gate, start, start + 4 * HOUR, cast.keeper)
    mine = await add_shift(cast.school, new, by=by)
    await add_shift(cast.school, NewShift(school.gate, start + DAY, start + DAY + HOUR, cast.safety), by=by)
    await drain()
    assert await told("duty_mine") == [("duty_mine", cast.keeper)], "whoever did it knows"
    await change_shift(mine, version=1, by=by, starts_at=start + HOUR)
    await drain()
    assert await told("duty_mine", unread=True) == [("duty_mine", cast.keeper)]
    [params] = await fetch_column("SELECT params FROM reminder WHERE read_at IS NULL")
    assert '"count": 2' in params
    await change_shift(mine, version=2, by=by, person_id=cast.sibling_keeper)
    await drain()
    assert sorted(await told("duty_mine", unread=True)) == sorted(
        [("duty_mine", cast.keeper), ("duty_mine", cast.sibling_keeper)]
    )
    await cancel_shift(mine, version=3, by=by)
    await drain()
    assert (await told("duty_mine"))[-1] == ("duty_mine", cast.sibling_keeper)


async def test_what_was_entered_and_taken_away_before_anybody_looked_tells_only_the_last(
    school: School, cast: Cast
) -> None:
    start = at_local(today() + 3 * DAY, time(8))
    await drain()
    await execute("DELETE FROM reminder")
    mine = await school.shift(cast.keeper, start, 4)
    await cancel_shift(mine, version=1, by=SYSTEM)
    await drain()
    assert len(await told("duty_mine")) == 1


async def test_a_publication_tells_each_person_once(cast: Cast) -> None:
    await seed_calendar()
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    await drain()
    await execute("DELETE FROM reminder")
    by, first = await cast.actor(cast.principal), today() + DAY

    async def publish(*people: int) -> None:
        brief = Brief("x", first, first + 6 * DAY, (LEADING,), {"leader": one_team(people)})
        await publish_roster(await draft_roster(cast.school, brief, by=by), version=1, by=by)
        await drain()

    await publish(cast.vice_head, cast.safety)
    assert sorted(await told()) == sorted([("duty_published", cast.vice_head), ("duty_published", cast.safety)])
    [params] = await fetch_column("SELECT params FROM reminder WHERE person_id = {}", cast.safety)
    assert '"first_on": "2026-11-2' in params
    await execute("DELETE FROM reminder")
    await publish(cast.vice_head, cast.leader)
    assert sorted(await told()) == sorted(
        [("duty_published", cast.vice_head), ("duty_published", cast.leader), ("duty_mine", cast.safety)]
    )


async def test_the_week_begins_with_a_word_to_leaders_and_office(
    school: School, cast: Cast, settings: Settings, clock: MovingClock
) -> None:
    monday = today() + 7 * DAY
    await school.full(at_local(monday - DAY, time(20)), start_of_day(TERM_ENDS + DAY))
    await school.shift(cast.leader, at_local(monday, time(20)), 12, LEADING)
    await execute("DELETE FROM reminder")
    clock.set(at_local(monday, time(7)))
    await look_through(cast.school)
    for _ in range(2):
        await tell_of_week(settings, now())
    people = sorted([cast.safety, cast.vice_head, cast.principal, cast.leader])
    assert sorted(await told()) == [("duty_week_led", one) for one in people]
    clock.forward(days=1)
    assert await tell_of_week(settings, now()) == 0


async def test_each_reminder_is_a_whole_sentence_in_the_inbox(
    school: School, cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    await school.shift(cast.safety, at_local(today() + DAY, time(8)), 2)
    await drain()
    await sweep_gaps(settings, now())
    clock.set(at_local(today(), time(18)))
    await tell_of_tomorrow(settings, daily(time(18))(now()))
    clock.set(at_local(today() + DAY, time(7)))
    await tell_before(settings, now())
    await look_through(cast.school)
    browser = await browsers.of(cast.safety)
    await browser.get("/inbox")
    for words in ("处没有人值班，最近的在 今天 00:00", "今天 08:00 起你有 1 班", "今天 08:00 轮到你值班",
                  "你以后的班变了 1 处，最近的是 今天 08:00"):  # fmt: skip
        assert words in browser.text, browser.text
    assert {"/coverage", "/duty/week"} <= {href for href, _ in browser.links}


async def test_the_lane_of_the_leader_tells_who_gets_it_and_who_loses_it(school: School, cast: Cast) -> None:
    day, by = today() + 3 * DAY, await cast.actor(cast.safety)
    await set_duty_leader(cast.school, cast.leader, [day], by=SYSTEM)
    await drain()
    assert await told("duty_mine", unread=True) == [("duty_mine", cast.leader)]
    await execute("DELETE FROM reminder")
    await set_duty_leader(cast.school, cast.leader, [day], by=by)
    await drain()
    assert await told("duty_mine") == [], "nothing has changed"
    await set_duty_leader(cast.school, cast.principal, [day], by=by)
    for _ in range(2):
        await drain()
    assert sorted(await told("duty_mine")) == sorted([("duty_mine", cast.leader), ("duty_mine", cast.principal)])
    await execute("DELETE FROM reminder")
    await clear_duty_leader(cast.school, [day], by=await cast.actor(cast.principal))
    await drain()
    assert await told("duty_mine") == [], "whoever did it knows"


async def test_a_leader_whose_day_is_cut_from_now_on_is_told_once(
    school: School, cast: Cast, clock: MovingClock
) -> None:
    day = today() + DAY
    await set_duty_leader(cast.school, cast.leader, [day], by=SYSTEM)
    await drain()
    await execute("DELETE FROM reminder")
    clock.set(at_local(day, time(10)))
    await set_duty_leader(cast.school, cast.principal, [day], by=SYSTEM)
    await drain()
    assert sorted(await told("duty_mine")) == sorted([("duty_mine", cast.leader), ("duty_mine", cast.principal)])
    for params in await fetch_column("SELECT params FROM reminder WHERE kind = 'duty_mine'"):
        assert '"count": 1' in params
    await execute("DELETE FROM reminder")
    await set_duty_leader(cast.school, cast.leader, [day], by=SYSTEM)
    clock.set(start_of_day(day + DAY))
    await drain()
    assert await told("duty_mine") == [], "what is over tells nobody"
