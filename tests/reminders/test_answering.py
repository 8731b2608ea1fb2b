"""Answering reminders in a real database and on the pages; steps of plans and checks told by the clock."""

from datetime import timedelta

import pytest

from portal.audit.queries import history_of, verify_chain
from portal.core.clock import at_local, local, now
from portal.core.database import fetch_column, fetch_value
from portal.core.refusals import Invalid, NotFound, Refused
from portal.hazards.queries.cards import hazard_row
from portal.hazards.rules import Level, Status
from portal.hazards.rules.plan import PlanStep
from portal.hazards.services import check_hazard, move_due, plan_hazard
from portal.reminders.queries import tellings_of
from portal.reminders.services import acknowledge, snooze, sweep_organisation
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.reminders.stories import assigned, step, swept, told


async def newest(cast: Cast, person: int) -> int:
    return int(await fetch_value("SELECT max(id) FROM reminder WHERE person_id = {}", person))


async def kinds_since(hazard: int, count: int) -> list[str]:
    return [kind for kind, _ in (await told(hazard))[count:]]


async def ready(cast: Cast, clock: MovingClock, **more: object) -> int:
    """A card due in four days whose "due soon" has just been told to the keeper."""
    hazard = await assigned(cast, due_at=now() + timedelta(days=3, hours=8), **more)  # type: ignore[arg-type]
    await drain()
    clock.set(at_local(local(now()).date() + timedelta(days=2), local(now()).time()))
    await sweep_organisation(cast.school)
    assert (await told(hazard))[-1] == ("due_soon", cast.keeper)
    return hazard


async def test_i_know_stops_due_today_but_never_what_climbs(cast: Cast, clock: MovingClock) -> None:
    hazard = await ready(cast, clock)
    version = await fetch_value("SELECT version FROM hazard WHERE id = {}", hazard)
    keeper = await cast.actor(cast.keeper)
    mine = await newest(cast, cast.keeper)
    assert await acknowledge(mine, by=keeper) == hazard
    await acknowledge(mine, by=keeper)
    events = [line.facts for line in await history_of("hazard", hazard) if line.kind == "hazard.acknowledged"]
    assert events == [{"step": "due_soon"}], "twice is once"
    assert await fetch_value("SELECT version FROM hazard WHERE id = {}", hazard) == version, "no progress"
    count = len(await told(hazard))
    for _ in range(24 * 4):
        clock.forward(hours=1)
        await sweep_organisation(cast.school)
    kinds = await kinds_since(hazard, count)
    assert "due_today" not in kinds
    assert {"overdue", "overnight", "overdue_1"} <= set(kinds)
    assert await verify_chain(cast.school) is None


async def test_later_is_told_again_and_stands_where_the_head_looks(cast: Cast, clock: MovingClock) -> None:
    hazard = await ready(cast, clock)
    keeper, mine = await cast.actor(cast.keeper), await newest(cast, cast.keeper)
    for days, reason in ((0, "等配件"), (4, "等配件"), (1, ""), (None, "等配件")):
        with pytest.raises(Invalid):
            await snooze(mine, days=days, reason=reason, by=keeper)
    await snooze(mine, days=1, reason="等配件", by=keeper)
    tellings = await tellings_of(hazard, by=await cast.actor(cast.principal))
    assert [one.state for one in tellings if one.id == mine] == ["later"]
    assert next((one.code, one.person_id) for one in tellings if one.is_future) == ("again", cast.keeper)
    line = (await history_of("hazard", hazard))[0]
    assert line.kind == "hazard.snoozed" and "等配件" not in line.details and line.texts
    count = len(await told(hazard))
    for _ in range(48):
        clock.forward(minutes=30)
        await sweep_organisation(cast.school)
    kinds = [kind for kind in await kinds_since(hazard, count) if kind != "quiet"]
    assert kinds == ["again"], "due today was silent, and it is told again once"
    with pytest.raises(Refused, match="not_to_put_off"):
        await snooze(
            int(await fetch_value("SELECT id FROM reminder WHERE kind = 'again'")), days=1, reason="再等", by=keeper
        )


async def test_a_major_one_is_put_off_by_one_working_day_at_most(cast: Cast, clock: MovingClock) -> None:
    await assigned(cast, level=Level.RED)
    await drain()
    mine, keeper = await newest(cast, cast.keeper), await cast.actor(cast.keeper)
    with pytest.raises(Invalid) as invalid:
        await snooze(mine, days=2, reason="等配件", by=keeper)
    assert invalid.value.fields == {"days": "reminder.need_days"}
    await snooze(mine, days=1, reason="等配件", by=keeper)


async def test_nobody_answers_for_another_and_nothing_that_is_over(cast: Cast, clock: MovingClock) -> None:
    hazard = await assigned(cast)
    await drain()
    mine = await newest(cast, cast.keeper)
    for person in (cast.safety, cast.other_safety):
        with pytest.raises(NotFound):
            await acknowledge(mine, by=await cast.actor(person))
    await step(cast, hazard, Status.RECTIFYING, by=cast.keeper, version=2)
    await step(cast, hazard, Status.RECHECK, by=cast.keeper, version=3, measure="换了")
    await step(cast, hazard, Status.CLOSED, by=cast.floor_chief, version=4, conclusion="好")
    with pytest.raises(Refused, match="closed"):
        await acknowledge(mine, by=await cast.actor(cast.keeper))


async def test_steps_of_a_plan_are_told_and_climb(cast: Cast, clock: MovingClock) -> None:
    hazard = await assigned(cast, due_at=now() + timedelta(days=11, hours=8))  # a Friday, 18:00
    keeper = await cast.actor(cast.keeper)
    steps = (PlanStep("断电", days_before=6), PlanStep("换线", days_before=0, person_id=cast.teacher))
    await plan_hazard(hazard, version=2, by=keeper, measure="换", money="", contingency="", steps=steps)
    await drain()
    ahead = [one for one in await tellings_of(hazard, by=keeper) if one.is_future and one.about]
    assert {(one.code, one.about) for one in ahead} == {
        (code, title) for code in ("step_soon", "step_today", "step_overdue") for title in ("断电", "换线")
    }
    count = len(await told(hazard))
    for _ in range(24 * 4):
        clock.forward(hours=1)
        await swept(cast)
    found = [(kind, person) for kind, person in (await told(hazard))[count:] if kind.startswith("step")]
    assert found[:2] == [("step_soon", cast.keeper), ("step_today", cast.keeper)]
    assert found[2:] == [("step_overdue", cast.keeper), ("step_overdue", cast.floor_chief)]
    before = len(await told(hazard))
    await swept(cast)
    assert len(await told(hazard)) == before, "running a sweep twice changes nothing"


async def test_the_watcher_is_reminded_until_they_look(cast: Cast, clock: MovingClock) -> None:
    hazard = await assigned(cast, level=Level.RED)
    fields = {"reason": "换线路", "watcher_id": cast.vice_head, "receivers": (cast.bureau,)}
    await step(cast, hazard, Status.ESCALATED, by=cast.safety, version=2, **fields)
    await drain()
    for _ in range(24 * 2):
        clock.forward(hours=1)
        await swept(cast)
    checks = [line for line in await told(hazard) if line[0].startswith("check")]
    assert checks.count(("check_due", cast.vice_head)) == 2, "each day anew"
    assert ("check_missed", cast.safety) in checks
    watcher = await cast.actor(cast.vice_head)
    row = await hazard_row(hazard, by=watcher)
    assert row is not None
    await check_hazard(hazard, "警戒线还在", version=row.version, by=watcher)
    await drain()
    sql = "SELECT count(*) FROM reminder WHERE read_at IS NULL AND kind IN ('check_due', 'check_missed')"
    assert await fetch_value(sql) == 0, "nobody need read any more what asked for it"
    count = len(await told(hazard))
    clock.forward(hours=6)
    await swept(cast)
    assert [kind for kind in await kinds_since(hazard, count) if kind.startswith("check")] == []


@pytest.mark.parametrize("htmx", [False, True])
async def test_one_answers_from_the_inbox_and_from_the_card(
    cast: Cast, browsers: Browsers, clock: MovingClock, htmx: bool
) -> None:
    hazard = await assigned(cast)
    await assigned(cast)
    await drain()
    me = await browsers.of(cast.keeper, htmx=htmx)
    await me.get("/inbox")
    forms = [form for form in me.forms if form.action == "/inbox/snoozes"]
    refused = await me.submit(forms[0], days="2", reason="")
    assert refused.status_code == 422 and "写一句为什么现在办不了" in me.text
    again = next(
        form for form in me.forms if form.action == "/inbox/snoozes" and form.fields["id"] == forms[0].fields["id"]
    )
    assert again.fields["days"] == ["2"], "what was chosen stays"
    long = await me.submit(again, reason="配" * 501)
    assert long.status_code == 422 and "写在 500 个字以内" in me.text and "配" * 501 in long.text
    await me.submit(again, reason="等配件")
    assert "再提醒" in me.text
    await me.get(f"/hazards/{hazard}")
    await me.submit(me.form("/inbox/acknowledgements"))
    assert "说了知道了" in me.text and "收到提醒，说知道了" in me.text
    assert "/inbox/acknowledgements" not in {form.action for form in me.forms}
    head = await browsers.of(cast.principal)
    await head.get(f"/hazards/{hazard + 1}")
    assert "要求" in head.text and "等配件" in head.text
    assert (
        await me.post("/inbox/acknowledgements", {"id": "x", "_csrf_token": me.forms[-1].fields["_csrf_token"][-1]})
    ).status_code == 404


async def test_a_moved_due_time_takes_back_what_spoke_of_the_old_one(cast: Cast, clock: MovingClock) -> None:
    hazard = await ready(cast, clock)
    version = await fetch_value("SELECT version FROM hazard WHERE id = {}", hazard)
    later = now() + timedelta(days=9)
    await move_due(hazard, later, "等配件", version=version, by=await cast.actor(cast.safety))
    await drain()
    assert (await told(hazard))[-1] == ("due_moved", cast.keeper)
    sql = "SELECT kind FROM reminder WHERE person_id = {} AND read_at IS NULL AND subject_id = {}"
    assert await fetch_column(sql, cast.keeper, hazard) == ["due_moved"]
    await sweep_organisation(cast.school)
    ahead = [one for one in await tellings_of(hazard, by=await cast.actor(cast.safety)) if one.code == "due_soon"]
    assert [one.is_future for one in ahead] == [False, True], "the ladder begins anew for the new time"
