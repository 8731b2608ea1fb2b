"""The plan step by step, the watcher's check, a due time that is moved: services and pages on both databases."""

from datetime import timedelta

import pytest

from portal.audit.queries import history_of
from portal.core.clock import at_local, local, now
from portal.core.database import execute, fetch_value
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.hazards.queries.choices import helpers_of, steps_of
from portal.hazards.rules.plan import PlanStep
from portal.hazards.services import check_hazard, finish_step, move_due, plan_hazard, set_interim
from tests.cast import Cast
from tests.conftest import START, Browsers, MovingClock
from tests.hazards import stories
from tests.hazards.stories import card

LATER = START + timedelta(days=20)


async def planned(cast: Cast, hazard_id: int, *steps: PlanStep, by: int | None = None) -> None:
    version = (await card(hazard_id, cast)).version
    who = await cast.actor(by or cast.keeper)
    await plan_hazard(hazard_id, version=version, by=who, measure="换线", money="", contingency="", steps=steps)


async def test_a_step_that_stays_keeps_its_row_and_one_that_is_left_out_goes(cast: Cast) -> None:
    hazard = await stories.assigned(cast)
    await planned(cast, hazard, PlanStep("断电", START + timedelta(days=1)), PlanStep("换线", days_before=1))
    first, second = await steps_of(hazard)
    await planned(cast, hazard, PlanStep("断电挂牌", first.due_at, id=first.id), PlanStep("验收", days_before=0))
    found = await steps_of(hazard)
    assert [(step.title, step.id == first.id) for step in found] == [("断电挂牌", True), ("验收", False)]
    assert second.title not in {step.title for step in found}
    other = await stories.assigned(cast)
    await planned(cast, other, PlanStep("偷", id=first.id))
    assert (await steps_of(hazard))[0].title == "断电挂牌", "another card's step is not reached"


async def test_whoever_gets_a_step_helps_and_may_tick_it_off(cast: Cast) -> None:
    hazard = await stories.assigned(cast)
    with pytest.raises(NotFound):
        await finish_step(hazard, 1, by=await cast.actor(cast.sibling_keeper))
    await planned(cast, hazard, PlanStep("断电", person_id=cast.sibling_keeper))
    assert [helper.id for helper in await helpers_of(hazard, at=now())] == [cast.sibling_keeper]
    [step] = await steps_of(hazard)
    assert step.person == "甄图书"
    await finish_step(hazard, step.id, by=await cast.actor(cast.sibling_keeper))
    assert '"断电"' in str((await history_of("hazard", hazard))[0].texts).encode().decode("unicode_escape")
    with pytest.raises(Invalid) as invalid:
        await planned(cast, hazard, PlanStep("断电", person_id=cast.other_safety))
    assert invalid.value.fields == {"step_person": "hazard.need_step_person"}


async def test_the_watcher_looks_and_the_next_day_moves_on(cast: Cast, clock: MovingClock) -> None:
    hazard = await stories.escalated(cast, level="red")
    version = (await card(hazard, cast)).version
    keeper = await cast.actor(cast.keeper)
    with pytest.raises(Invalid) as invalid:
        await check_hazard(hazard, "", version=version, by=keeper, next_at=LATER)
    assert invalid.value.fields == {"check": "hazard.need_check", "next_check": "hazard.check_too_late"}
    planned_at = await check_hazard(hazard, "警戒线还在", version=version, by=keeper)
    assert planned_at == at_local(local(now()).date() + timedelta(days=1), local(planned_at).time())
    assert (await card(hazard, cast)).next_check_at == planned_at
    [line, *_] = await history_of("hazard", hazard)
    assert line.kind == "hazard.checked" and line.facts["next_check"]
    with pytest.raises(Conflict):
        await check_hazard(hazard, "再看一次", version=version, by=keeper)
    plain = await stories.assigned(cast)
    with pytest.raises(Refused, match="not_watched"):
        await check_hazard(plain, "好", version=(await card(plain, cast)).version, by=keeper)


async def test_an_interim_measure_may_have_a_watcher_of_its_own(cast: Cast) -> None:
    hazard = await stories.assigned(cast)
    version, chief = (await card(hazard, cast)).version, await cast.actor(cast.chief)
    with pytest.raises(Invalid):
        await set_interim(hazard, "锁门", version=version, by=chief, watcher_id=cast.other_safety)
    await set_interim(hazard, "锁门", version=version, by=chief, watcher_id=cast.sibling_keeper)
    found = await card(hazard, cast)
    assert found.watcher_id == cast.sibling_keeper and found.next_check_at is not None
    await check_hazard(hazard, "锁着", version=found.version, by=await cast.actor(cast.sibling_keeper))


async def test_a_due_time_is_moved_with_a_reason_and_both_times_stand_in_the_history(cast: Cast) -> None:
    hazard = await stories.assigned(cast)
    before = await card(hazard, cast)
    await planned(cast, hazard, PlanStep("换线", before.due_at))
    version = (await card(hazard, cast)).version
    sooner = START + timedelta(days=2)
    await move_due(hazard, sooner, "等不起", version=version, by=await cast.actor(cast.safety))
    after = await card(hazard, cast)
    assert after.due_at == sooner and after.due_moves == 1 and "等不起" in (after.due_trace or "")
    assert [step.due_at for step in await steps_of(hazard)] == [sooner], "no step ends after the end"
    [line, *_] = await history_of("hazard", hazard)
    assert line.kind == "hazard.due_moved" and set(line.facts) >= {"was", "now"} and "等不起" not in line.details
    with pytest.raises(Conflict):
        await move_due(hazard, LATER, "再等", version=version, by=await cast.actor(cast.safety))
    assert await fetch_value("SELECT count(*) FROM outbox WHERE kind = 'hazard.due_moved'") == 1


async def test_a_major_one_goes_beyond_the_policy_by_a_head_only(cast: Cast) -> None:
    hazard = await stories.assigned(cast, level="red")
    version = (await card(hazard, cast)).version
    for person, code in ((cast.safety, "due_needs_head"), (cast.keeper, "own_due")):
        with pytest.raises(Refused, match=code):
            await move_due(hazard, LATER, "等配件", version=version, by=await cast.actor(person))
    with pytest.raises(NotFound):
        await move_due(hazard, LATER, "等配件", version=version, by=await cast.actor(cast.other_safety))
    await move_due(hazard, LATER, "等配件", version=version, by=await cast.actor(cast.vice_head))
    assert (await card(hazard, cast)).due_at == LATER


@pytest.mark.parametrize("htmx", [False, True])
async def test_the_card_has_the_forms_and_tells_what_was_done(cast: Cast, browsers: Browsers, htmx: bool) -> None:
    hazard = await stories.assigned(cast)
    me = await browsers.of(cast.safety, htmx=htmx)
    page = f"/hazards/{hazard}"
    await me.get(page)
    await me.submit(me.form(f"{page}/dues"), new_due="2026-12-18", due_reason="等配件")
    assert "改期 1 次" in me.text and "把期限从" in me.text and "等配件" in me.text
    refused = await me.submit(me.form(f"{page}/dues"), new_due="2026-11-01", due_reason="看错了")
    assert refused.status_code == 422 and "期限要在现在以后" in me.text and "看错了" in refused.text
    fields = {"step1_title": "断电", "step1_days": "3", "step2_title": "换线", "step2_due": "2026-12-17"}
    await me.submit(me.form(f"{page}/plan"), plan_measure="换线", **fields)
    assert "0 / 2" in me.text and "断电" in me.text
    assert me.form(f"{page}/plan").fields["step1_days"] == ["3"], "what is stored stands in the form"
    [step, _] = await steps_of(hazard)
    await me.submit(me.form(f"{page}/steps/{step.id}"))
    assert "1 / 2" in me.text and "做完的一步" in me.text
    wrong = await me.submit(me.form(f"{page}/plan"), step1_due="2027-01-08")
    assert wrong.status_code == 422 and "每一步都要在整改期限以前" in me.text and "2027-01-08" in wrong.text


async def test_the_watcher_finds_the_check_on_the_card(cast: Cast, browsers: Browsers, clock: MovingClock) -> None:
    hazard = await stories.escalated(cast)
    clock.forward(days=8)
    me = await browsers.of(cast.keeper)
    await me.get(f"/hazards/{hazard}")
    assert "该去看了" in me.text
    await me.submit(me.form(f"/hazards/{hazard}/checks"), check="警戒线还在")
    assert "警戒线还在" in me.text and "该去看了" not in me.text and "看过了，下次去看" in me.text


async def test_people_told_higher_stand_in_one_line_by_name(cast: Cast, browsers: Browsers, clock: MovingClock) -> None:
    from portal.reminders.services import sweep_organisation

    hazard = await stories.assigned(cast)
    due = (await card(hazard, cast)).due_at
    assert due is not None
    clock.set(due + timedelta(days=6))
    await sweep_organisation(cast.school)
    lines = [line for line in await history_of("hazard", hazard) if line.kind == "hazard.told_higher"]
    assert len(lines) == 1 and len(lines[0].facts["people"]) >= 4
    me = await browsers.of(cast.safety)
    await me.get(f"/hazards/{hazard}")
    assert me.text.count("没有按时办，已告诉") == 1 and "甄层长" in me.text and "甄局安" in me.text
    await execute("UPDATE person SET language = 'en' WHERE id = {}", cast.safety)
    assert (await me.get(f"/hazards/{hazard}")).status_code == 200
