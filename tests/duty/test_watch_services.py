"""Taking over, signing off and the log on a real database: races, hostile people, clocks that jump, alarms."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from portal.accounts.tables import Account
from portal.app import register_rooms
from portal.audit.queries import history_of, verify_chain
from portal.core.actors import SYSTEM
from portal.core.clock import now, start_of_day, today
from portal.core.database import execute, fetch_column, fetch_value, insert, watchers
from portal.core.refusals import Conflict, NotFound, Refused
from portal.duty.rules import LEADING, Line
from portal.duty.services import NewShift, add_shift, adopt_proposal, seed_calendar, seed_duty_words
from portal.duty.swapping.services import TakeOver, take_over
from portal.duty.watching.provided import watch_lines
from portal.duty.watching.queries import log_between, missing_reports, untaken
from portal.duty.watching.rules import Kind
from portal.duty.watching.services import Lines, NewLine, correct_line, sign_off, take_duty, write_line
from portal.settings import Settings
from tasks.duty_watch import sweep_reports, sweep_untaken
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import MovingClock

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LEFT = Lines("三把，在抽屉", "无", "北门灯坏了")


class Post:
    """The gate: the keeper from 8:00 to 16:00, the librarian after; the vice head leads all day. It is 10:00."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.gate, self.dormitory = cast, 0, 0
        self.early = self.late = self.leading = 0

    @property
    def line(self) -> Line:
        return Line(self.gate, "guard")

    async def shift(self, person: int, starts: float, ends: float, line: Line | None = None) -> int:
        zero = start_of_day(today())
        new = NewShift(line or self.line, zero + starts * HOUR, zero + ends * HOUR, person)
        return await add_shift(self.cast.school, new, by=SYSTEM)


@pytest.fixture
async def post(database: str, cast: Cast, clock: MovingClock) -> Post:
    register_rooms()
    await seed_calendar()
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    made = Post(cast)
    area = "SELECT id FROM duty_area WHERE org_id = {} AND name = {}"
    made.gate = int(await fetch_value(area, cast.school, "校门"))
    made.dormitory = int(await fetch_value(area, cast.school, "宿舍"))
    clock.set(start_of_day(today()) + HOUR)
    made.early = await made.shift(cast.keeper, 8, 16)
    made.late = await made.shift(cast.sibling_keeper, 16, 24)
    made.leading = await made.shift(cast.vice_head, 2, 24, LEADING)
    clock.set(start_of_day(today()) + 10 * HOUR)
    await give_account(cast.school, cast.keeper, cast.sibling_keeper, cast.teacher)
    return made


async def give_account(org_id: int, *people: int) -> None:
    """Whoever has an account can confirm on the phone."""
    for person in people:
        await insert(Account, {"org_id": org_id, "person_id": person, "login": f"p{person}", "created_at": now()})


def hour(clock: MovingClock, at: float) -> datetime:
    clock.set(start_of_day(today()) + at * HOUR)
    return clock.at


async def code_of(call: Any) -> str:
    with pytest.raises(Refused) as found:
        await call
    return found.value.code


async def test_a_shift_is_taken_over_signed_and_both_are_told_in_the_chain(
    post: Post, cast: Cast, clock: MovingClock
) -> None:
    keeper, next_one = await cast.actor(cast.keeper), await cast.actor(cast.sibling_keeper)
    assert await take_duty(post.early, by=keeper)
    assert not await take_duty(post.early, by=keeper), "pressed twice, said once"
    hour(clock, 15.75)
    assert await sign_off(post.early, LEFT, by=keeper)
    assert not await sign_off(post.early, LEFT, by=keeper)
    assert await code_of(sign_off(post.early, LEFT._replace(note="别的"), by=keeper)) == "duty.signed_already"
    assert await take_duty(post.late, by=next_one), "half an hour before, and before the other has left"
    told = [line.kind for line in await history_of("duty", post.early)]
    assert told[:2] == ["duty.shift_signed", "duty.shift_taken"]
    details = (await history_of("duty", post.early))[0]
    assert "北门" not in details.details, "texts stand beside the event"
    assert json.loads(details.texts or "{}") == LEFT._asdict()
    assert await fetch_value("SELECT out_shift_id FROM duty_handover WHERE shift_id = {}", post.late) == post.early
    assert await verify_chain(cast.school) is None


async def test_a_late_signature_shows_its_time_and_after_a_day_there_is_none(
    post: Post, cast: Cast, clock: MovingClock
) -> None:
    keeper = await cast.actor(cast.keeper)
    hour(clock, 16 + 23)
    assert await sign_off(post.early, LEFT, by=keeper)
    assert "true" in (await history_of("duty", post.early))[0].details
    clock.forward(hours=9, minutes=1)
    other = await cast.actor(cast.sibling_keeper)
    assert await code_of(sign_off(post.late, LEFT, by=other)) == "duty.sign_too_late"


async def test_whoever_is_not_on_duty_is_refused_in_words_and_the_other_school_finds_nothing(
    post: Post, cast: Cast, clock: MovingClock
) -> None:
    teacher, stranger = await cast.actor(cast.teacher), await cast.actor(cast.other_safety)
    assert await code_of(take_duty(post.early, by=teacher)) == "duty.take_not_yours"
    assert await code_of(take_duty(post.early, by=await cast.actor(cast.principal))) == "duty.take_not_yours"
    assert await code_of(take_duty(post.late, by=await cast.actor(cast.sibling_keeper))) == "duty.take_too_early"
    for call in (take_duty(post.early, by=stranger), sign_off(post.early, LEFT, by=stranger),
                 take_duty(999_999, by=stranger)):  # fmt: skip
        with pytest.raises(NotFound):
            await call
    new = NewLine(post.line, Kind.ROUND, "a")
    with pytest.raises(NotFound):
        await write_line(cast.school, new, by=stranger)
    assert await code_of(write_line(cast.school, new, by=teacher)) == "duty.log_not_on_duty"
    assert await fetch_value("SELECT count(*) FROM duty_log") == 0
    assert await fetch_value("SELECT count(*) FROM duty_handover") == 0


async def test_teachers_are_not_asked(post: Post, cast: Cast, clock: MovingClock) -> None:
    hour(clock, 11)
    weekly = await post.shift(cast.teacher, 12, 14, Line(post.gate, "weekly"))
    hour(clock, 13)
    assert await code_of(take_duty(weekly, by=await cast.actor(cast.teacher))) == "duty.not_asked"
    assert weekly not in {one.shift_id for one in await untaken(cast.school, now())}


async def test_two_devices_confirm_and_sign_at_once(post: Post, cast: Cast, clock: MovingClock) -> None:
    keeper = await cast.actor(cast.keeper)
    took = await asyncio.gather(*(take_duty(post.early, by=keeper) for _ in range(8)))
    assert sorted(took) == [False] * 7 + [True]
    hour(clock, 15.75)
    texts = [LEFT._replace(note=f"第 {n} 台手机") for n in range(8)]
    signed = await asyncio.gather(*(sign_off(post.early, one, by=keeper) for one in texts), return_exceptions=True)
    assert sum(one is True for one in signed) == 1
    assert sum(isinstance(one, Conflict) for one in signed) == 7
    kinds = [line.kind for line in await history_of("duty", post.early)]
    assert kinds.count("duty.shift_taken") == kinds.count("duty.shift_signed") == 1


async def test_the_same_form_sent_eight_times_makes_one_line(post: Post, cast: Cast) -> None:
    keeper, new = await cast.actor(cast.keeper), NewLine(post.line, Kind.ROUND, "one-key")
    ids = await asyncio.gather(*(write_line(cast.school, new, by=keeper) for _ in range(8)))
    assert len(set(ids)) == 1
    assert await fetch_value("SELECT count(*) FROM duty_log") == 1
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'duty.log_written'") == 1


async def test_a_line_is_never_changed_only_corrected(post: Post, cast: Cast) -> None:
    keeper = await cast.actor(cast.keeper)
    line = await write_line(cast.school, NewLine(post.line, Kind.EVENT, "a", "北门有烟"), by=keeper)
    for change in ("UPDATE duty_log SET text = 'x'", "DELETE FROM duty_log"):
        with pytest.raises(Exception, match="append-only"):
            await execute(change)
    fixed = await correct_line(cast.school, line, "是水汽", key="b", by=keeper)
    again = await correct_line(cast.school, fixed, "查过了", key="c", by=await cast.actor(cast.vice_head))
    rows = await log_between(cast.school, now() - HOUR, now() + HOUR)
    assert [(row.text, row.corrects_id) for row in rows] == [("北门有烟", None), ("是水汽", line), ("查过了", line)]
    assert rows[-1].id == again and rows[-1].written_as in ("leader", "office")
    assert await code_of(correct_line(cast.school, line, "假的", key="d", by=await cast.actor(cast.teacher))) == (
        "duty.log_not_on_duty"
    )
    with pytest.raises(NotFound):
        await correct_line(cast.school, 999_999, "?", key="e", by=keeper)


async def test_who_writes_of_which_instant(post: Post, cast: Cast, clock: MovingClock) -> None:
    keeper, office = await cast.actor(cast.keeper), await cast.actor(cast.safety)

    async def code(who: Any, **change: Any) -> str:
        new = NewLine(**{"line": post.line, "kind": Kind.EVENT, "key": "", "text": "一件事", **change})
        return await code_of(write_line(cast.school, new, by=who))

    assert await code(keeper, happened_at=now() - 3 * HOUR) == "duty.log_not_on_duty", "at seven it was nobody"
    assert await code(keeper, happened_at=now() + MINUTE) == "duty.log_time"
    assert await code(office, happened_at=now() - 25 * HOUR) == "duty.log_time"
    assert await code(keeper, kind=Kind.CHECK, answered=True) == "duty.log_leader_only"
    assert await code(office, line=Line(999_999, "guard")) == "duty.log_lane_missing"
    assert await code(office, line=Line(post.gate, "nothing")) == "duty.log_lane_missing"
    assert await code(keeper, kind=Kind.ZERO, present=1, absent=0) == "duty.log_no_zero"
    hour(clock, 17)
    other = await cast.actor(cast.keeper)
    late = NewLine(post.line, Kind.EVENT, "", "交班以后想起来的", now() - 2 * HOUR)
    assert await write_line(cast.school, late, by=other), "of what was in one's own shift, afterwards"
    assert await code(other) == "duty.log_not_on_duty"
    check = NewLine(post.line, Kind.CHECK, "", answered=False)
    leader = await cast.actor(cast.vice_head)
    assert await write_line(cast.school, check, by=leader)
    assert (await log_between(cast.school, now(), now() + MINUTE))[-1].answered is False


async def test_nobody_confirmed_and_the_leader_is_told_once_whatever_the_clock_does(
    post: Post, cast: Cast, clock: MovingClock, settings: Settings
) -> None:
    async def told() -> list[int]:
        await sweep_untaken(settings, now())
        return await fetch_column("SELECT person_id FROM reminder WHERE kind = 'duty_untaken' ORDER BY id")

    hour(clock, 8 + 14.9 / 60)
    assert await told() == []
    hour(clock, 8.25)
    assert [one.person_id for one in await untaken(cast.school, now())] == [cast.keeper]
    assert await told() == [cast.vice_head], "whoever leads"
    assert await told() == [cast.vice_head]
    clock.forward(hours=1)
    assert await told() == [cast.vice_head]
    clock.forward(hours=-2)
    assert await told() == [cast.vice_head]
    clock.forward(hours=1.1)
    assert await told() == [cast.vice_head]
    assert len(await watch_lines(cast.school, now(), await cast.actor(cast.vice_head), "zh-Hans")) == 1
    await take_duty(post.early, by=await cast.actor(cast.keeper))
    assert await untaken(cast.school, now()) == []
    await drain()
    assert await fetch_value("SELECT count(*) FROM reminder WHERE kind = 'duty_untaken' AND read_at IS NULL") == 0
    clock.forward(hours=-1)
    assert not await take_duty(post.early, by=await cast.actor(cast.keeper)), "a clock that steps back repeats nothing"
    events = await fetch_value("SELECT count(*) FROM event WHERE kind = 'duty.untaken_told'")
    assert events == 1


async def test_whoever_is_put_in_afterwards_has_to_confirm_again(
    post: Post, cast: Cast, clock: MovingClock, settings: Settings
) -> None:
    hour(clock, 7.75)
    await take_duty(post.early, by=await cast.actor(cast.keeper))
    clock.forward(minutes=5)
    await take_over(post.early, TakeOver(cast.teacher, "病了"), by=await cast.actor(cast.safety))
    hour(clock, 8.5)
    assert [one.person_id for one in await untaken(cast.school, now())] == [cast.teacher]
    assert await sweep_untaken(settings, now()) == 1
    assert await take_duty(post.early, by=await cast.actor(cast.teacher))
    assert await untaken(cast.school, now()) == []


async def test_without_a_leader_the_safety_office_is_told(
    post: Post, cast: Cast, clock: MovingClock, settings: Settings
) -> None:
    await execute("UPDATE duty_shift SET cancelled_at = {} WHERE id = {}", now(), post.leading)
    hour(clock, 8.5)
    await sweep_untaken(settings, now())
    assert cast.safety in await fetch_column("SELECT person_id FROM reminder WHERE kind = 'duty_untaken'")


async def test_a_missing_report_after_lights_out_is_told_once_and_settled(
    post: Post, cast: Cast, clock: MovingClock, settings: Settings
) -> None:
    hour(clock, 12)
    day = today()
    await post.shift(cast.teacher, 22, 23, Line(post.dormitory, "sleep"))
    await post.shift(cast.chief, 23, 30, Line(post.dormitory, "dormitory"))

    async def told() -> list[int]:
        await sweep_reports(settings, now())
        return await fetch_column("SELECT person_id FROM reminder WHERE kind = 'zero_missing' ORDER BY id")

    hour(clock, 23 + 29 / 60)
    assert await told() == []
    clock.forward(minutes=1)
    assert [one.area_id for one in await missing_reports(cast.school, now())] == [post.dormitory]
    assert await told() == [cast.vice_head]
    clock.forward(hours=1)  # another one leads by now, or nobody
    assert await told() == [cast.vice_head]
    clock.forward(hours=-1)
    assert await told() == [cast.vice_head]
    clock.set(start_of_day(day) + 24.5 * HOUR)
    chief = await cast.actor(cast.chief)
    zero = NewLine(Line(post.dormitory, "dormitory"), Kind.ZERO, "z", "", None, 412, 0)
    line = await write_line(cast.school, zero, by=chief)
    assert await missing_reports(cast.school, now()) == []
    await drain()
    assert await fetch_value("SELECT count(*) FROM reminder WHERE kind = 'zero_missing' AND read_at IS NULL") == 0
    facts = (await history_of("duty_log", line))[0]
    assert facts.kind == "duty.zero_reported" and facts.facts["present"] == 412
    clock.forward(hours=1)
    assert await told() == [cast.vice_head], "it is there: nobody is told again"


async def test_a_report_in_time_tells_nobody_also_of_whoever_had_the_slot(
    post: Post, cast: Cast, clock: MovingClock, settings: Settings
) -> None:
    hour(clock, 12)
    await post.shift(cast.teacher, 22, 23, Line(post.dormitory, "sleep"))
    hour(clock, 23 + 10 / 60)
    lane, at = Line(post.dormitory, "sleep"), start_of_day(today()) + 22.9 * HOUR
    await write_line(
        cast.school, NewLine(lane, Kind.ZERO, "z", "两人住院", at, 410, 2), by=await cast.actor(cast.teacher)
    )
    hour(clock, 23.6)
    assert await sweep_reports(settings, now()) == 0


async def test_a_quiet_minute_costs_the_clock_two_statements(post: Post, cast: Cast, settings: Settings) -> None:
    await take_duty(post.early, by=await cast.actor(cast.keeper))
    seen: list[str] = []
    watchers.append(seen.append)
    try:
        await sweep_untaken(settings, now())
        await sweep_reports(settings, now())
    finally:
        watchers.remove(seen.append)
    assert len(seen) == 2, seen
