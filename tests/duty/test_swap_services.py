"""Swaps, take-overs and corrections on a real database: what follows from each step, races, and who may not."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from portal.app import register_rooms
from portal.audit.queries import history_of, verify_chain
from portal.core.actors import SYSTEM
from portal.core.clock import at_local, now, today
from portal.core.database import execute, fetch_column, fetch_value
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.duty.queries import book_of, leader_at, leading_grants
from portal.duty.rules import LEADING, Line, on_duty_at
from portal.duty.services import (
    NewShift,
    add_shift,
    adopt_proposal,
    cancel_shift,
    change_shift,
    seed_duty_words,
    set_duty_leader,
)
from portal.duty.swapping.queries import swap_found, swap_seen, swaps_of_shift, swaps_seen
from portal.duty.swapping.rules import ENDED, State
from portal.duty.swapping.services import (
    Ask,
    Correction,
    TakeOver,
    accept_swap,
    approve_swap,
    ask_swap,
    correct_shift,
    decline_swap,
    expire_swaps,
    refuse_swap,
    take_over,
    undo_swap,
    untake_swap,
    withdraw_swap,
)
from portal.people.services import appoint, make_person, make_post
from tests.cast import Cast
from tests.conftest import MovingClock

HOUR = timedelta(hours=1)


class Gate:
    """The gate of the school, with a shift of the keeper in three days and one of the librarian in five."""

    def __init__(self, cast: Cast, line: Line) -> None:
        self.cast, self.line = cast, line
        self.mine = self.theirs = 0

    async def shift(self, person: int, days: int, hour: int = 18, hours: int = 4) -> int:
        starts = at_local(today() + timedelta(days=days), time(hour))
        new = NewShift(self.line, starts, starts + hours * HOUR, person)
        return await add_shift(self.cast.school, new, by=SYSTEM)

    async def on_duty(self, shift_id: int, hours: float = 1) -> int | None:
        starts = await fetch_value("SELECT starts_at FROM duty_shift WHERE id = {}", shift_id)
        at = starts + hours * HOUR
        book = (await book_of(self.cast.school, at, at + HOUR)).book
        return next((one.person_id for one in on_duty_at(book, self.line, at=at) if one.shift_id == shift_id), None)

    async def ask(self, *people: int, back: int | None = None, by: int | None = None) -> int:
        actor = await self.cast.actor(by or self.cast.keeper)
        return await ask_swap(self.mine, Ask(people, back, "孩子开家长会"), by=actor)

    async def agreed(self, *, back: int | None = None) -> int:
        """A swap that the librarian has accepted."""
        cast = self.cast
        swap = await self.ask(cast.sibling_keeper, back=back)
        await accept_swap(swap, version=1, by=await cast.actor(cast.sibling_keeper))
        return swap

    async def approved(self, *, back: int | None = None) -> int:
        swap = await self.agreed(back=back)
        await approve_swap(swap, version=2, by=await self.cast.actor(self.cast.vice_head))
        return swap


async def state_of(swap_id: int) -> State:
    found = await swap_found(swap_id)
    assert found is not None
    return found.swap.state


async def standing_in(swap_id: int) -> list[int]:
    return await fetch_column(
        "SELECT person_id FROM duty_stand_in WHERE swap_id = {} AND undone_at IS NULL ORDER BY id", swap_id
    )


@pytest.fixture
async def gate(cast: Cast) -> AsyncIterator[Gate]:
    register_rooms()  # leading gives rights
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    area = await fetch_value("SELECT min(id) FROM duty_area WHERE org_id = {}", cast.school)
    made = Gate(cast, Line(area, "guard"))
    made.mine = await made.shift(cast.keeper, 3)
    made.theirs = await made.shift(cast.sibling_keeper, 5)
    yield made
    assert await verify_chain(cast.school) is None


async def test_ask_accept_approve(gate: Gate, cast: Cast) -> None:
    before = await fetch_value("SELECT rights_version FROM organisation WHERE grid_id = {}", cast.school)
    swap = await gate.ask(cast.sibling_keeper)
    assert (await state_of(swap), await gate.on_duty(gate.mine)) == (State.ASKED, cast.keeper)
    await accept_swap(swap, version=1, by=await cast.actor(cast.sibling_keeper))
    assert (await state_of(swap), await gate.on_duty(gate.mine)) == (State.ACCEPTED, cast.keeper)
    await approve_swap(swap, version=2, by=await cast.actor(cast.vice_head))
    assert (await state_of(swap), await gate.on_duty(gate.mine)) == (State.APPROVED, cast.sibling_keeper)
    kinds = [line.kind for line in await history_of("duty_swap", swap)]
    assert kinds == ["duty.swap_approved", "duty.swap_accepted", "duty.swap_asked"]
    assert await fetch_value("SELECT sequence FROM duty_shift WHERE id = {}", gate.mine) == 1
    assert await fetch_value("SELECT rights_version FROM organisation WHERE grid_id = {}", cast.school) > before


async def test_an_exchange_turns_both_shifts_at_once(gate: Gate, cast: Cast) -> None:
    swap = await gate.ask(back=gate.theirs)  # whose it is, the service knows
    await accept_swap(swap, version=1, by=await cast.actor(cast.sibling_keeper))
    await approve_swap(swap, version=2, by=await cast.actor(cast.vice_head))
    assert await gate.on_duty(gate.mine) == cast.sibling_keeper
    assert await gate.on_duty(gate.theirs) == cast.keeper
    await undo_swap(swap, version=3, by=await cast.actor(cast.safety))
    assert await gate.on_duty(gate.mine) == cast.keeper
    assert await gate.on_duty(gate.theirs) == cast.sibling_keeper
    assert await standing_in(swap) == []


async def test_what_is_not_theirs_is_not_exchanged(gate: Gate, cast: Cast) -> None:
    for people in ((cast.teacher,), (cast.sibling_keeper, cast.teacher)):
        with pytest.raises(Refused, match=r"duty\.swap_not_theirs"):
            await gate.ask(*people, back=gate.theirs)
    with pytest.raises(Refused, match=r"duty\.swap_with_oneself"):
        await gate.ask(cast.keeper)
    with pytest.raises(Invalid):
        await gate.ask()
    with pytest.raises(Refused, match=r"duty\.person_missing"):
        await gate.ask(cast.monitor)


async def test_untake_and_another_takes_it(gate: Gate, cast: Cast) -> None:
    swap = await gate.ask(cast.sibling_keeper, cast.teacher)
    await accept_swap(swap, version=1, by=await cast.actor(cast.sibling_keeper))
    with pytest.raises(Refused, match=r"duty\.swap_not_now"):
        await accept_swap(swap, version=2, by=await cast.actor(cast.teacher))
    await untake_swap(swap, version=2, by=await cast.actor(cast.sibling_keeper))
    await accept_swap(swap, version=3, by=await cast.actor(cast.teacher))
    await approve_swap(swap, version=4, by=await cast.actor(cast.vice_head))
    assert (await standing_in(swap), await gate.on_duty(gate.mine)) == ([cast.teacher], cast.teacher)


async def test_declined_by_all_is_refused(gate: Gate, cast: Cast) -> None:
    swap = await gate.ask(cast.sibling_keeper, cast.teacher)
    await decline_swap(swap, version=1, by=await cast.actor(cast.teacher), reason="有课")
    assert await state_of(swap) is State.ASKED
    with pytest.raises(Refused, match=r"duty\.swap_not_yours"):
        await accept_swap(swap, version=2, by=await cast.actor(cast.teacher))
    await decline_swap(swap, version=2, by=await cast.actor(cast.sibling_keeper))
    assert await state_of(swap) is State.REFUSED
    assert await gate.ask(cast.chief), "the shift can be asked about again"


async def test_the_office_on_behalf_of_both(gate: Gate, cast: Cast) -> None:
    office = await cast.actor(cast.safety)
    swap = await gate.ask(cast.sibling_keeper, cast.teacher, by=cast.safety)
    with pytest.raises(Refused, match=r"duty\.swap_for_whom"):
        await accept_swap(swap, version=1, by=office)
    await accept_swap(swap, version=1, by=office, person_id=cast.teacher)
    with pytest.raises(Refused, match=r"duty\.swap_need_reason"):
        await refuse_swap(swap, version=2, by=office)
    await approve_swap(swap, version=2, by=office)
    assert await gate.on_duty(gate.mine) == cast.teacher


async def test_nobody_gives_their_own_shift_away_with_three_clicks(gate: Gate, cast: Cast) -> None:
    gate.mine = await gate.shift(cast.vice_head, 4)
    own = await cast.actor(cast.vice_head)
    swap = await gate.ask(cast.teacher, by=cast.vice_head)
    await accept_swap(swap, version=1, by=own, person_id=cast.teacher)
    with pytest.raises(Refused, match=r"duty\.swap_only_party"):
        await approve_swap(swap, version=2, by=own)
    await approve_swap(swap, version=2, by=await cast.actor(cast.principal))


async def test_what_speaks_against_it_wants_a_reason(gate: Gate, cast: Cast) -> None:
    swap = await gate.agreed()
    await gate.shift(cast.sibling_keeper, 3, hour=20)  # since then somebody put them elsewhere
    by = await cast.actor(cast.vice_head)
    with pytest.raises(Refused, match=r"duty\.swap_speaks_against"):
        await approve_swap(swap, version=2, by=by)
    assert await standing_in(swap) == []
    await approve_swap(swap, version=2, by=by, reason="另一班只是备勤")
    [event, *_] = await history_of("duty_swap", swap)
    assert event.facts["against"] == ["two_places"]


async def test_whoever_left_meanwhile_is_never_approved(gate: Gate, cast: Cast) -> None:
    swap = await gate.agreed()
    await execute("UPDATE person SET left_at = {} WHERE id = {}", now() + timedelta(days=1), cast.sibling_keeper)
    with pytest.raises(Refused, match=r"duty\.person_missing"):
        await approve_swap(swap, version=2, by=await cast.actor(cast.vice_head), reason="没有别人")


async def test_a_shift_is_in_one_open_swap_only(gate: Gate, cast: Cast) -> None:
    await gate.ask(cast.teacher)
    with pytest.raises(Conflict, match=r"duty\.swap_open_already"):
        await gate.ask(cast.chief)
    other = await cast.actor(cast.sibling_keeper)
    with pytest.raises(Conflict, match=r"duty\.swap_open_already"):
        await ask_swap(gate.theirs, Ask((), gate.mine), by=other)


async def _fifty(cast: Cast) -> list[int]:
    people = []
    for number in range(50):
        person = await make_person(f"教师{number:03}", org_id=cast.school, by=SYSTEM)
        post = await make_post("教师", role="member", grid_id=cast.office, by=SYSTEM)
        await appoint(person, post_id=post, by=SYSTEM)
        people.append(person)
    return people


async def test_fifty_take_the_same_shift_and_one_does(gate: Gate, cast: Cast) -> None:
    people = await _fifty(cast)
    swap = await gate.ask(*people)
    actors = [await cast.actor(person) for person in people]
    answers = await asyncio.gather(
        *(accept_swap(swap, version=1, by=actor) for actor in actors), return_exceptions=True
    )
    won = [person for person, answer in zip(people, answers, strict=True) if answer == 2]
    lost = [answer for answer in answers if isinstance(answer, Conflict)]
    assert (len(won), len(lost)) == (1, 49), answers
    found = await swap_found(swap)
    assert found is not None
    assert (found.row.to_person_id, found.swap.state) == (won[0], State.ACCEPTED)
    assert [line.kind for line in await history_of("duty_swap", swap)].count("duty.swap_accepted") == 1


async def test_approval_and_withdrawal_race_and_one_wins(gate: Gate, cast: Cast) -> None:
    swap = await gate.agreed()
    keeper, head = await cast.actor(cast.keeper), await cast.actor(cast.vice_head)
    acts: list[Coroutine[Any, Any, Any]] = [
        approve_swap(swap, version=2, by=head),
        withdraw_swap(swap, version=2, by=keeper),
        cancel_shift(gate.mine, version=1, by=await cast.actor(cast.safety)),
    ]
    answers: list[Any] = await asyncio.gather(*acts, return_exceptions=True)
    state, cancelled = await state_of(swap), answers[2] is None
    assert all(answer is None or isinstance(answer, (int, Conflict, Refused)) for answer in answers), answers
    if cancelled:
        assert state in (State.CANCELLED, State.WITHDRAWN)
        assert await standing_in(swap) == []
    else:
        assert (state, await standing_in(swap)) == (State.APPROVED, [cast.sibling_keeper])


async def test_a_swap_moves_with_its_shift(gate: Gate, cast: Cast) -> None:
    swap = await gate.approved()
    row = await swap_found(swap)
    assert row is not None
    later = row.row.starts_at + 2 * HOUR
    await change_shift(gate.mine, version=2, by=await cast.actor(cast.safety), starts_at=later, ends_at=later + HOUR)
    assert (await state_of(swap), await gate.on_duty(gate.mine, 0.5)) == (State.APPROVED, cast.sibling_keeper)
    assert (await history_of("duty_swap", swap))[0].kind == "duty.swap_kept"


async def test_an_open_swap_that_is_moved_has_a_new_end(gate: Gate, cast: Cast) -> None:
    swap = await gate.ask(cast.teacher)
    starts = now() + 5 * HOUR
    await change_shift(gate.mine, version=1, by=await cast.actor(cast.safety), starts_at=starts, ends_at=starts + HOUR)
    found = await swap_found(swap)
    assert found is not None
    assert (found.row.is_urgent, found.row.expires_at, found.swap.state) == (True, starts, State.ASKED)


@pytest.mark.parametrize("approved", [False, True])
async def test_a_swap_is_cancelled_loudly_with_its_shift(gate: Gate, cast: Cast, approved: bool) -> None:
    swap = await (gate.approved if approved else gate.agreed)(back=gate.theirs)
    await cancel_shift(gate.mine, version=1 + approved, by=await cast.actor(cast.safety))
    assert (await state_of(swap), await standing_in(swap)) == (State.CANCELLED, [])
    assert await gate.on_duty(gate.theirs) == cast.sibling_keeper, "the other shift goes back as well"
    [event, *_] = await history_of("duty_swap", swap)
    assert (event.kind, event.facts["why"], event.facts["was_approved"]) == (
        "duty.swap_cancelled",
        "cancelled",
        approved,
    )


async def test_a_shift_that_is_given_to_another_leaves_its_swap_behind(gate: Gate, cast: Cast) -> None:
    swap = await gate.approved()
    await change_shift(gate.mine, version=2, by=await cast.actor(cast.safety), person_id=cast.chief)
    assert await state_of(swap) is State.CANCELLED
    assert await gate.on_duty(gate.mine) == cast.chief


async def test_expiry_across_clock_steps(gate: Gate, cast: Cast, clock: MovingClock) -> None:
    swap = await gate.ask(cast.sibling_keeper)
    found = await swap_found(swap)
    assert found is not None
    clock.set(found.row.expires_at - timedelta(microseconds=1))
    assert await expire_swaps(now()) == 0
    clock.forward(hours=1)
    taker = await cast.actor(cast.sibling_keeper)
    with pytest.raises(Refused, match=r"duty\.swap_is_over"):
        await accept_swap(swap, version=1, by=taker)
    clock.forward(hours=-1)  # the machine's clock is set back before anything was written down: it stands open again
    assert await accept_swap(swap, version=1, by=taker) == 2
    assert await expire_swaps(now() + 2 * HOUR) == 0, "accepted, it stands open until the shift begins"
    clock.set(found.row.starts_at)
    with pytest.raises(Refused, match=r"duty\.swap_is_over"):
        await approve_swap(swap, version=2, by=await cast.actor(cast.vice_head))
    assert [await expire_swaps(now()), await expire_swaps(now())] == [1, 0]
    clock.forward(days=-1)
    assert (await state_of(swap), await expire_swaps(now())) == (State.EXPIRED, 0)
    with pytest.raises(Conflict):
        await approve_swap(swap, version=2, by=await cast.actor(cast.vice_head))
    assert await gate.ask(cast.teacher), "the clock is back, the shift is ahead: it can be asked about again"


async def test_what_is_overdue_and_not_written_down_does_not_keep_anybody_from_asking(
    gate: Gate, cast: Cast, clock: MovingClock
) -> None:
    swap = await gate.ask(cast.sibling_keeper)
    found = await swap_found(swap)
    assert found is not None
    clock.set(found.row.expires_at)
    again = await gate.ask(cast.teacher)
    assert (await state_of(swap), await state_of(again)) == (State.EXPIRED, State.ASKED)
    assert (await swap_found(again)).row.is_urgent  # type: ignore[union-attr]


async def test_undo_until_the_shift_begins_and_the_later_one_first(gate: Gate, cast: Cast, clock: MovingClock) -> None:
    swap, by = await gate.approved(), await cast.actor(cast.vice_head)
    again = await ask_swap(gate.mine, Ask((cast.teacher,)), by=await cast.actor(cast.sibling_keeper))
    with pytest.raises(NotFound):  # it is not the keeper's any more
        await gate.ask(cast.chief)
    await accept_swap(again, version=1, by=await cast.actor(cast.teacher))
    await approve_swap(again, version=2, by=by)
    assert await gate.on_duty(gate.mine) == cast.teacher
    with pytest.raises(Refused, match=r"duty\.swap_has_later"):
        await undo_swap(swap, version=3, by=by)
    await undo_swap(again, version=3, by=by)
    assert await gate.on_duty(gate.mine) == cast.sibling_keeper
    found = await swap_found(swap)
    assert found is not None
    clock.set(found.row.starts_at)
    with pytest.raises(Refused, match=r"duty\.swap_has_begun"):
        await undo_swap(swap, version=3, by=by)


# The leader's lane gives rights.


async def _leading(cast: Cast, person: int, days: int = 3) -> int:
    [shift] = await set_duty_leader(cast.school, person, [today() + timedelta(days=days)], by=SYSTEM)
    return shift


async def test_nobody_becomes_leader_by_a_swap_without_a_leading_post(gate: Gate, cast: Cast) -> None:
    gate.mine = await _leading(cast, cast.vice_head)
    with pytest.raises(Refused, match=r"duty\.swap_may_not_lead"):
        await gate.ask(cast.teacher, by=cast.vice_head)
    swap = await gate.ask(cast.leader, by=cast.vice_head)
    await accept_swap(swap, version=1, by=await cast.actor(cast.leader))
    starts = await fetch_value("SELECT starts_at FROM duty_shift WHERE id = {}", gate.mine)
    await execute("UPDATE appointment SET ends_at = {} WHERE person_id = {}", starts, cast.leader)
    with pytest.raises(Refused, match=r"duty\.swap_may_not_lead"):
        await approve_swap(swap, version=2, by=await cast.actor(cast.principal))


async def test_rights_follow_a_swap_at_the_same_instant(gate: Gate, cast: Cast, clock: MovingClock) -> None:
    gate.mine = await _leading(cast, cast.vice_head)
    swap = await gate.ask(cast.leader, by=cast.vice_head)
    await accept_swap(swap, version=1, by=await cast.actor(cast.leader))
    starts = await fetch_value("SELECT starts_at FROM duty_shift WHERE id = {}", gate.mine)
    await approve_swap(swap, version=2, by=await cast.actor(cast.principal))
    tick = timedelta(microseconds=1)
    assert (await leading_grants(cast.leader, cast.school, starts - tick))[0] == []
    assert [grant.role for grant in (await leading_grants(cast.leader, cast.school, starts))[0]] == ["duty_leader"]
    assert (await leading_grants(cast.vice_head, cast.school, starts))[0] == []


async def test_a_narrow_editor_approves_nobody_into_leading_but_others(gate: Gate, cast: Cast) -> None:
    await execute("UPDATE post SET scope_grid_id = {} WHERE role = 'vice_head'", cast.office)
    gate.mine = await _leading(cast, cast.leader)
    swap = await gate.ask(cast.vice_head, by=cast.leader)
    own = await cast.actor(cast.vice_head)
    await accept_swap(swap, version=1, by=own)
    with pytest.raises(Refused, match=r"duty\.not_yourself"):
        await approve_swap(swap, version=2, by=own)
    await approve_swap(swap, version=2, by=await cast.actor(cast.principal))


async def test_what_is_cut_out_of_a_swapped_day_leaves_the_rest_to_whoever_stands_in(gate: Gate, cast: Cast) -> None:
    gate.mine = await _leading(cast, cast.vice_head)
    swap = await gate.ask(cast.leader, by=cast.vice_head)
    await accept_swap(swap, version=1, by=await cast.actor(cast.leader))
    await approve_swap(swap, version=2, by=await cast.actor(cast.principal))
    noon = at_local(today() + timedelta(days=3), time(12))
    await add_shift(cast.school, NewShift(LEADING, noon, noon + HOUR, cast.safety), by=SYSTEM)
    found = [await leader_at(cast.school, at=noon + hours * HOUR) for hours in (-1, 0, 1)]
    assert [row and row.leader_id for row in found] == [cast.leader, cast.safety, cast.leader]
    assert await state_of(swap) is State.APPROVED


# Somebody else, now.


async def test_an_emergency_from_this_instant(gate: Gate, cast: Cast, clock: MovingClock) -> None:
    swap = await gate.ask(cast.teacher)
    starts = await fetch_value("SELECT starts_at FROM duty_shift WHERE id = {}", gate.mine)
    by = await cast.actor(cast.safety)
    with pytest.raises(Refused, match=r"duty\.takeover_too_early"):
        await take_over(gate.mine, TakeOver(cast.chief), by=by)
    clock.set(starts - HOUR)
    await take_over(gate.mine, TakeOver(cast.chief, "发烧"), by=by)
    assert await state_of(swap) is State.CANCELLED, "nobody is asked any more"
    assert await gate.on_duty(gate.mine, 0) == cast.chief
    clock.set(starts + HOUR)
    await take_over(gate.mine, TakeOver(cast.teacher, until=starts + 2 * HOUR), by=await cast.actor(cast.principal))
    assert [await gate.on_duty(gate.mine, hours) for hours in (0.9, 1, 1.9, 2, 3.9)] == [
        cast.chief, cast.teacher, cast.teacher, cast.chief, cast.chief,
    ]  # fmt: skip
    with pytest.raises(Invalid):
        await take_over(gate.mine, TakeOver(cast.teacher), by=by)
    with pytest.raises(Invalid):
        await take_over(gate.mine, TakeOver(cast.keeper, until=starts + 9 * HOUR), by=by)
    clock.set(starts + 4 * HOUR)
    with pytest.raises(Refused, match=r"duty\.takeover_is_over"):
        await take_over(gate.mine, TakeOver(cast.keeper), by=by)
    assert [line.kind for line in await history_of("duty", gate.mine)][:2] == ["duty.taken_over"] * 2


async def test_the_leader_on_duty_puts_somebody_in_but_never_another_leader(
    gate: Gate, cast: Cast, clock: MovingClock
) -> None:
    leading = await _leading(cast, cast.leader)
    starts = await fetch_value("SELECT starts_at FROM duty_shift WHERE id = {}", gate.mine)
    with pytest.raises(NotFound):
        await take_over(gate.mine, TakeOver(cast.teacher), by=await cast.actor(cast.leader))
    clock.set(starts)
    by = await cast.actor(cast.leader)
    await take_over(gate.mine, TakeOver(cast.teacher), by=by)
    assert await gate.on_duty(gate.mine) == cast.teacher
    with pytest.raises(Refused, match=r"duty\.takeover_leading"):
        await take_over(leading, TakeOver(cast.vice_head), by=by)
    with pytest.raises(Invalid) as refusal:
        await take_over(leading, TakeOver(cast.teacher), by=await cast.actor(cast.principal))
    assert refusal.value.fields == {"person": "duty.swap_may_not_lead"}
    await take_over(leading, TakeOver(cast.vice_head), by=await cast.actor(cast.principal))
    assert (await leading_grants(cast.vice_head, cast.school, now()))[0]
    assert (await leading_grants(cast.leader, cast.school, now()))[0] == []


async def test_a_narrow_editor_does_not_take_the_lead_over(gate: Gate, cast: Cast) -> None:
    await execute("UPDATE post SET scope_grid_id = {} WHERE role = 'vice_head'", cast.office)
    leading = await _leading(cast, cast.principal, 0)
    with pytest.raises(Refused, match=r"duty\.not_yourself"):
        await take_over(leading, TakeOver(cast.vice_head), by=await cast.actor(cast.vice_head))


async def test_whoever_is_away_is_not_put_in(gate: Gate, cast: Cast, clock: MovingClock) -> None:
    starts = await fetch_value("SELECT starts_at FROM duty_shift WHERE id = {}", gate.mine)
    clock.set(starts)
    await execute(
        "INSERT INTO absence (org_id, person_id, starts_at, ends_at, entered_at, version) "
        "VALUES ({}, {}, {}, {}, {}, 1)",
        cast.school, cast.teacher, starts - HOUR, starts + HOUR, starts,
    )  # fmt: skip
    with pytest.raises(Invalid) as refusal:
        await take_over(gate.mine, TakeOver(cast.teacher), by=await cast.actor(cast.safety))
    assert refusal.value.fields == {"person": "duty.takeover_away"}


# What was really so.


async def test_a_correction_says_who_it_really_was_and_gives_no_rights(
    gate: Gate, cast: Cast, clock: MovingClock
) -> None:
    leading = await _leading(cast, cast.vice_head)
    ends: datetime = await fetch_value("SELECT ends_at FROM duty_shift WHERE id = {}", leading)
    by = await cast.actor(cast.safety)
    clock.set(ends - timedelta(microseconds=1))
    with pytest.raises(Refused, match=r"duty\.correction_too_early"):
        await correct_shift(leading, Correction(cast.teacher, "提前换的"), by=by)
    clock.set(ends)
    with pytest.raises(Invalid):
        await correct_shift(leading, Correction(cast.teacher, ""), by=by)
    with pytest.raises(Invalid):
        await correct_shift(leading, Correction(cast.teacher, "晚了", ends, ends + HOUR), by=by)
    await correct_shift(leading, Correction(cast.teacher, "电话里换的", ends - 2 * HOUR, ends - HOUR), by=by)
    led = [await leader_at(cast.school, at=ends - hours * HOUR) for hours in (2.5, 1.5, 0.5)]
    assert [row and row.leader_id for row in led] == [cast.vice_head, cast.teacher, cast.vice_head]
    assert (await leading_grants(cast.teacher, cast.school, now()))[0] == []
    assert "duty_leader" not in (await cast.actor(cast.teacher)).roles
    row = await fetch_value("SELECT person_id FROM duty_shift WHERE id = {}", leading)
    assert row == cast.vice_head, "the book stays as it was"
    told = (await swaps_of_shift(leading)).stand_ins[0]
    assert (told.kind, told.name, told.reason, told.entered_by) == ("correction", "甄班主", "电话里换的", "甄安全")
    for who in (cast.teacher, cast.keeper, cast.other_safety, cast.other_principal):
        with pytest.raises(NotFound):
            await correct_shift(leading, Correction(cast.teacher, "我说了算"), by=await cast.actor(who))


async def test_the_leader_on_duty_corrects_nothing(gate: Gate, cast: Cast, clock: MovingClock) -> None:
    ended = await gate.shift(cast.keeper, 2)
    await _leading(cast, cast.leader)
    clock.set(await fetch_value("SELECT starts_at FROM duty_shift WHERE id = {}", gate.mine))
    with pytest.raises(NotFound):
        await correct_shift(ended, Correction(cast.teacher, "我看见的"), by=await cast.actor(cast.leader))


# Whoever it is not for.


async def test_strangers_find_nothing(gate: Gate, cast: Cast) -> None:
    swap = await gate.agreed()
    assert await swap_seen(swap, by=await cast.actor(cast.keeper)), "there is something to see"
    for who in (cast.other_safety, cast.other_principal, cast.bureau_officer, cast.teacher, cast.chief):
        by = await cast.actor(who)
        for act in (
            swap_seen(swap, by=by),
            approve_swap(swap, version=2, by=by),
            accept_swap(swap, version=2, by=by, person_id=cast.sibling_keeper),
            withdraw_swap(swap, version=2, by=by),
            ask_swap(gate.theirs, Ask((cast.keeper,)), by=by),
            take_over(gate.theirs, TakeOver(cast.keeper), by=by),
        ):
            with pytest.raises(NotFound):
                await act
        assert await swaps_seen(cast.school, by=by, whole=False) == []


async def test_neither_side_does_what_is_the_offices(gate: Gate, cast: Cast) -> None:
    swap = await gate.agreed()
    for who in (cast.keeper, cast.sibling_keeper):
        by = await cast.actor(who)
        for act in (approve_swap(swap, version=2, by=by), refuse_swap(swap, version=2, by=by, reason="不想")):
            with pytest.raises(Refused, match=r"duty\.swap_office_only"):
                await act
    with pytest.raises(Refused, match=r"duty\.swap_not_yours"):
        await untake_swap(swap, version=2, by=await cast.actor(cast.keeper))


async def _any_act(gate: Gate, cast: Cast, chance: Random) -> Coroutine[Any, Any, Any]:
    """Somebody does whatever comes to their mind, at the newest version or at an old one."""
    who = (cast.keeper, cast.sibling_keeper, cast.teacher, cast.safety, cast.vice_head)
    by = await cast.actor(chance.choice(who))
    swap = chance.choice(await fetch_column("SELECT id FROM duty_swap ORDER BY id DESC LIMIT 3") or [0])
    version = await fetch_value("SELECT version FROM duty_swap WHERE id = {}", swap) or 1
    shift, other = chance.sample([gate.mine, gate.theirs], 2)
    row = await fetch_value("SELECT version FROM duty_shift WHERE id = {}", shift)
    starts = await fetch_value("SELECT starts_at FROM duty_shift WHERE id = {}", shift) + HOUR
    reason, asked = chance.choice(["", "没有别人"]), Ask(tuple(chance.sample(who, 2)))
    known: dict[str, Any] = {"version": version - (chance.random() < 0.1), "by": by}
    acts: list[Callable[[], Coroutine[Any, Any, Any]]] = [
        lambda: ask_swap(shift, chance.choice([asked, Ask((), other)]), by=by),
        lambda: accept_swap(swap, **known, person_id=chance.choice([None, cast.teacher, cast.sibling_keeper])),
        lambda: accept_swap(swap, **known),
        lambda: approve_swap(swap, **known, reason=reason),
        lambda: approve_swap(swap, **known, reason="行"),
        lambda: untake_swap(swap, **known),
        lambda: decline_swap(swap, **known),
        lambda: withdraw_swap(swap, **known),
        lambda: refuse_swap(swap, **known, reason=reason),
        lambda: undo_swap(swap, **known),
        lambda: expire_swaps(now()),
        lambda: change_shift(shift, version=row, by=by, starts_at=starts, ends_at=starts + 4 * HOUR),
        lambda: change_shift(shift, version=row, by=by, person_id=asked.people[0]),
    ]
    return chance.choices(acts, weights=(2, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1))[0]()


@pytest.mark.parametrize("seed", range(6))
async def test_random_stories_never_put_two_in_by_one_swap(
    gate: Gate, cast: Cast, clock: MovingClock, seed: int
) -> None:
    """The clock of the story is stepped both ways."""
    chance, known, done = Random(seed), dict[int, State](), 0
    for _ in range(60):
        try:
            await (await _any_act(gate, cast, chance))
            done += 1
        except Refused:
            pass
        clock.forward(hours=chance.choice([0, 0, 0, 1, 3, -2]))
        for swap in await fetch_column("SELECT id FROM duty_swap ORDER BY id"):
            found = await swap_found(swap)
            assert found is not None
            state = found.swap.state
            assert known.get(swap, state) is state or known[swap] not in ENDED, "an ended swap acted again"
            known[swap] = state
            wanted = 0 if state is not State.APPROVED else 1 + (found.row.back_shift_id is not None)
            assert len(await standing_in(swap)) == wanted
    assert done > 5


async def test_everybody_who_does_such_shifts_and_is_free_is_asked_and_the_first_one_does_it(
    gate: Gate, cast: Cast
) -> None:
    await gate.shift(cast.teacher, 9)  # does such shifts, and is free
    await gate.shift(cast.leader, 9)
    await gate.shift(cast.leader, 3)  # is at the gate then anyway: not free
    keeper = await cast.actor(cast.keeper)
    swap = await ask_swap(gate.mine, Ask((), None, "", everyone=True), by=keeper)
    asked = set(await fetch_column("SELECT person_id FROM duty_swap_offer WHERE swap_id = {}", swap))
    assert {cast.teacher, cast.sibling_keeper} <= asked
    assert not asked & {cast.keeper, cast.leader, cast.principal}
    await accept_swap(swap, version=1, by=await cast.actor(cast.teacher))
    with pytest.raises((Conflict, Refused)):
        await accept_swap(swap, version=1, by=await cast.actor(cast.sibling_keeper))
    assert await state_of(swap) is State.ACCEPTED


async def test_where_nobody_fits_nobody_is_asked(gate: Gate, cast: Cast) -> None:
    await execute("UPDATE duty_shift SET cancelled_at = {} WHERE id = {}", now(), gate.theirs)
    with pytest.raises(Invalid) as refused:
        await ask_swap(gate.mine, Ask((), None, "", everyone=True), by=await cast.actor(cast.keeper))
    assert refused.value.fields == {"people": "duty.swap_nobody_fits"}
    assert await fetch_value("SELECT count(*) FROM duty_swap") == 0
