"""Reminders in a real database: told when it happens, by the clock when nothing does, once, and to the right people."""

import json
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from portal.audit.queries import history_of, verify_chain
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import execute, fetch_column, fetch_value
from portal.core.refusals import NotFound
from portal.hazards.rules import Level, Status
from portal.people.services import appoint, end_appointment
from portal.reminders.queries import inbox_of, tellings_of
from portal.reminders.rules import Card
from portal.reminders.services import mark_all_read, mark_read, sweep_organisation, telling
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import MovingClock
from tests.reminders.stories import assigned, codes, leads, name, reported, step, swept, told


async def test_a_report_tells_the_nearest_holder_and_whoever_leads_but_not_the_reporter(cast: Cast) -> None:
    await leads(cast, cast.vice_head)
    mine = await reported(cast, by=cast.teacher)
    own = await reported(cast, by=cast.keeper)
    await drain()
    assert await told(mine) == [("reported", cast.keeper), ("reported", cast.vice_head)]
    assert await told(own) == [("reported", cast.floor_chief), ("reported", cast.vice_head)]


async def test_each_move_tells_whoever_acts_next(cast: Cast) -> None:
    hazard = await assigned(cast)
    await step(cast, hazard, Status.RECTIFYING, by=cast.keeper, version=2)
    await step(cast, hazard, Status.RECHECK, by=cast.keeper, version=3, measure="换了线")
    await drain()
    await step(cast, hazard, Status.RECTIFYING, by=cast.safety, version=4, reason="还松")
    await drain()
    await step(cast, hazard, Status.RECHECK, by=cast.keeper, version=5, measure="拧紧了")
    await step(cast, hazard, Status.CLOSED, by=cast.safety, version=6, conclusion="好了")
    await drain()
    assert (await told(hazard))[-4:] == [
        ("to_recheck", cast.floor_chief), ("sent_back", cast.keeper), ("closed", cast.teacher), ("closed", cast.keeper),
    ]  # fmt: skip
    assert cast.other_safety not in {person for _, person in await told(hazard)}


async def test_a_missed_move_is_not_told_once_the_card_has_moved_on(cast: Cast) -> None:
    hazard = await assigned(cast)
    await step(cast, hazard, Status.RECTIFYING, by=cast.keeper, version=2)
    await drain()
    assert ("assigned", cast.keeper) not in await told(hazard)


async def test_the_clock_tells_each_step_once_however_often_it_looks(cast: Cast, clock: MovingClock) -> None:
    await leads(cast, cast.vice_head)
    hazard = await assigned(cast, due_at=now() + timedelta(hours=8))  # 18:00 today
    await drain()
    before = len(await told(hazard))
    for _ in range(60 * 12):  # until 22:00, every minute
        clock.forward(minutes=1)
        await sweep_organisation(cast.school)
    assert (await told(hazard))[before:] == [
        ("due_soon", cast.keeper), ("overdue", cast.keeper), ("overdue", cast.floor_chief),
        ("overnight", cast.chief), ("overnight", cast.vice_head),
    ]  # fmt: skip
    climbed = [line for line in await history_of("hazard", hazard) if line.kind == "hazard.told_higher"]
    assert [line.facts["step"] for line in climbed] == ["overdue"]
    assert await verify_chain(cast.school) is None


@pytest.mark.parametrize("where", ["who_will_be_told", "_climb"])
async def test_a_card_that_fails_is_logged_and_the_others_are_told(
    cast: Cast, clock: MovingClock, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    bad, good = [await assigned(cast, due_at=now() + timedelta(hours=8)) for _ in range(2)]
    await drain()
    before = len(await told(bad)), len(await told(good))
    real = getattr(telling, where)

    def broken(found: Card, *given: object, **more: object) -> object:
        if found.id == bad:
            raise ValueError("no such ladder")
        return real(found, *given, **more)

    clock.forward(hours=9)
    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(telling, where, broken)
        assert await sweep_organisation(cast.school) > 0
    assert len(await told(bad)) == before[0]
    assert len(await told(good)) > before[1]
    [line] = [line for line in logs if line["event"] == "reminders.card_failed"]
    assert (line["log_level"], line["card"]) == ("error", bad)
    assert set(line) == {"log_level", "event", "card", "exc_info"}
    assert await sweep_organisation(cast.school) > 0, "the next sweep tries again"
    assert len(await told(bad)) > before[0]


async def test_a_card_that_fails_in_the_middle_leaves_nothing_behind(
    cast: Cast, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = [await assigned(cast, due_at=now() + timedelta(hours=8)) for _ in range(2)]
    await drain()
    before = await told(bad)
    real = telling.record_event

    async def broken(details: object, *, subject_id: int, **more: Any) -> None:
        if subject_id == bad:
            raise ValueError("no such event")
        await real(details, subject_id=subject_id, **more)  # type: ignore[arg-type]

    clock.forward(hours=9)
    with monkeypatch.context() as patch:
        patch.setattr(telling, "record_event", broken)
        await sweep_organisation(cast.school)
    assert await told(bad) == before
    assert ("overdue", cast.floor_chief) in await told(good)
    await sweep_organisation(cast.school)
    assert await told(bad) == await told(good)
    assert await verify_chain(cast.school) is None


async def test_progress_stops_the_ladder(cast: Cast, clock: MovingClock) -> None:
    hazard = await assigned(cast, due_at=now() + timedelta(hours=8))
    await drain()
    await step(cast, hazard, Status.RECTIFYING, by=cast.keeper, version=2)
    await step(cast, hazard, Status.RECHECK, by=cast.keeper, version=3, measure="修好了")
    await drain()
    before = await told(hazard)
    clock.forward(hours=11)
    assert await sweep_organisation(cast.school) == 0
    assert await told(hazard) == before


async def test_after_three_days_off_each_person_is_told_of_a_card_once(cast: Cast, clock: MovingClock) -> None:
    await leads(cast, cast.vice_head)
    hazards = [await assigned(cast, due_at=now() + timedelta(hours=8)) for _ in range(3)]
    fresh = await reported(cast, by=cast.teacher)
    before = await fetch_value("SELECT count(*) FROM reminder")
    clock.forward(hours=72)
    await swept(cast)
    for hazard in (*hazards, fresh):
        rows = await fetch_column(
            "SELECT person_id FROM reminder WHERE subject_id = {} AND made_at = {}", hazard, clock.at
        )
        assert rows and len(rows) == len(set(rows)), await told(hazard)
    assert cast.principal in {person for _, person in await told(hazards[0])}, "it has climbed meanwhile"
    after = await fetch_value("SELECT count(*) FROM reminder")
    assert after > before
    await swept(cast)
    clock.forward(minutes=1)
    await swept(cast)
    assert await fetch_value("SELECT count(*) FROM reminder") == after


async def test_a_sensitive_card_reaches_named_people_and_shows_its_number_only(cast: Cast, clock: MovingClock) -> None:
    await leads(cast, cast.vice_head)
    hazard = await assigned(cast, sensitive=True, due_at=now() + timedelta(hours=8))
    await drain()
    earlier = len(await told(hazard))
    clock.forward(days=12)
    await swept(cast)
    people = {person for _, person in (await told(hazard))[earlier:]}
    assert people == {cast.keeper, cast.safety}, "the responsible and the named; not the heads, the leader, the bureau"
    [row] = [r for r in await inbox_of(by=await cast.actor(cast.safety)) if r.hazard_id == hazard and r.title is None]
    assert row.number and row.is_restricted
    assert "漏电" not in str(await fetch_column("SELECT params FROM reminder"))


async def test_a_sensitive_report_reaches_the_named_when_nobody_near_may_see_it(cast: Cast) -> None:
    _, secret = await codes()
    await name(cast, cast.vice_head)
    hazard = await reported(cast, by=cast.teacher, category=secret)
    await drain()
    assert await told(hazard) == [("reported", cast.vice_head)]


async def test_whoever_takes_a_post_learns_of_its_cards_and_a_vacancy_is_told_above(cast: Cast) -> None:
    hazard = await assigned(cast)
    await drain()
    held = await fetch_value("SELECT id FROM appointment WHERE post_id = {}", cast.keeper_post)
    await end_appointment(held, version=1, by=SYSTEM)
    await drain()
    assert (await told(hazard))[-1] == ("vacant", cast.floor_chief)
    await appoint(cast.nobody, post_id=cast.keeper_post, by=SYSTEM)
    await drain()
    assert (await told(hazard))[-1] == ("inherited", cast.nobody)


async def test_the_page_of_a_card_and_the_sweep_never_differ(cast: Cast, clock: MovingClock) -> None:
    await leads(cast, cast.vice_head)
    hazard = await assigned(cast, level=Level.ORANGE)
    await drain()
    by = await cast.actor(cast.safety)
    coming = [one for one in await tellings_of(hazard, by=by) if one.is_future]
    assert {one.code for one in coming} >= {"due_soon", "due_today", "overdue", "overdue_1", "overdue_3", "overnight"}
    for at in sorted({one.at for one in coming}):
        clock.set(at)
        await sweep_organisation(cast.school)
        assert {(one.code, one.person_id) for one in coming if one.at == at} <= set(await told(hazard))
    past = [one for one in await tellings_of(hazard, by=by) if not one.is_future]
    assert {(one.code, one.person_id) for one in coming} <= {(one.code, one.person_id) for one in past}
    assert past[-1].state == "unread"


async def test_an_officer_of_another_school_sees_no_tellings(cast: Cast) -> None:
    hazard = await assigned(cast)
    await drain()
    assert await tellings_of(hazard, by=await cast.actor(cast.safety)), "there is something to see"
    with pytest.raises(NotFound):
        await tellings_of(hazard, by=await cast.actor(cast.other_safety))


async def test_reading_is_ones_own(cast: Cast) -> None:
    await reported(cast, by=cast.teacher)
    await reported(cast, by=cast.teacher)
    await drain()
    me, other = await cast.actor(cast.keeper), await cast.actor(cast.other_safety)
    first, second = await inbox_of(by=me)
    with pytest.raises(NotFound):
        await mark_read(first.id, by=other)
    await mark_read(first.id, by=me)
    await mark_read(first.id, by=me)
    assert [row.id for row in await inbox_of(by=me)] == [second.id, first.id]
    assert await mark_all_read(upto=second.id - 1, by=me) == 0
    assert await mark_all_read(upto=second.id, by=me) == 1


async def test_a_card_that_one_may_not_see_any_more_loses_its_title_in_the_inbox(cast: Cast) -> None:
    await reported(cast, by=cast.teacher)
    await drain()
    assert (await inbox_of(by=await cast.actor(cast.keeper)))[0].title
    await execute("UPDATE appointment SET ends_at = {} WHERE person_id = {}", now(), cast.keeper)
    assert (await inbox_of(by=await cast.actor(cast.keeper)))[0].title is None


async def test_reminders_hold_ids_and_codes_only(cast: Cast) -> None:
    await assigned(cast, level=Level.RED)
    await drain()
    found = {
        json.dumps(json.loads(params), sort_keys=True) for params in await fetch_column("SELECT params FROM reminder")
    }
    assert found <= {"{}", '{"red": true}', '{"moot": true}'}


async def test_what_somebody_has_done_or_a_newer_line_says_is_not_unread_any_more(
    cast: Cast, clock: MovingClock
) -> None:
    await leads(cast, cast.vice_head)
    hazard = await assigned(cast, due_at=now() + timedelta(hours=8))
    await drain()  # the leader was asked to look at the report; the safety officer has done it
    by = await cast.actor(cast.safety)
    states = {(one.code, one.person_id): one.state for one in await tellings_of(hazard, by=by) if not one.is_future}
    assert states["reported", cast.vice_head] == "moot" and states["assigned", cast.keeper] == "unread"
    clock.forward(hours=7)
    await swept(cast)
    unread = [row.kind for row in await inbox_of(by=await cast.actor(cast.keeper)) if row.is_unread]
    assert unread == ["due_soon"], "one unread line per card"
    await step(cast, hazard, Status.RECTIFYING, by=cast.keeper, version=2)
    await step(cast, hazard, Status.RECHECK, by=cast.keeper, version=3, measure="修好了")
    await drain()
    assert not [row for row in await inbox_of(by=await cast.actor(cast.keeper)) if row.is_unread]


async def test_an_escalated_card_reaches_its_receivers_and_its_watcher_and_comes_back(
    cast: Cast, clock: MovingClock
) -> None:
    hazard = await assigned(cast)
    await drain()
    await step(
        cast, hazard, Status.ESCALATED, by=cast.keeper, version=2, reason="要换整条线路", watcher_id=cast.floor_chief,
        receivers=(cast.bureau,),
    )  # fmt: skip
    await drain()
    told_now = (await told(hazard))[-2:]
    assert set(told_now) == {("escalated", cast.bureau_officer), ("escalated", cast.floor_chief)}
    clock.forward(days=3, hours=1)
    await swept(cast)
    assert ("unanswered", cast.bureau_officer) in await told(hazard)
    await step(cast, hazard, Status.ASSIGNED, by=cast.bureau_officer, version=3, outcome="solved", reason="已拨款")
    await drain()
    assert (await told(hazard))[-1] == ("given_back", cast.keeper)


async def test_a_listed_card_is_told_to_its_supervisor(cast: Cast) -> None:
    from portal.hazards.services import list_hazard

    hazard = await assigned(cast, level=Level.RED)
    await drain()
    await list_hazard(
        hazard, version=2, supervisor_id=cast.vice_head, condition="换完线路", by=await cast.actor(cast.principal)
    )
    await drain()
    assert ("listed", cast.vice_head) in await told(hazard)
