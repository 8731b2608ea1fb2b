"""Steps counted back, who moves a due time how far, when a danger is looked at: tables, no database."""

from datetime import datetime

import pytest

from portal.core.clock import SHANGHAI
from portal.core.refusals import Invalid, Refused
from portal.duty.rules import DayCalendar
from portal.hazards.rules import Standing
from portal.hazards.rules.dues import DueFacts, check_due, may_move_due, policy_limit
from portal.hazards.rules.plan import PlanStep, step_due, wrong_step
from portal.hazards.rules.watch import check_at, is_watched, next_check

CALENDAR = DayCalendar({}, frozenset({2026}))


def at(day: int, hour: int = 18) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=SHANGHAI)


NOW, END = at(23, 10), at(27)
FACTS = DueFacts(END, "red", is_open=True, limit=at(27))
ABOVE, HEAD, OWN = Standing(above=True), Standing(above=True, head=True), Standing(above=True, responsible=True)


@pytest.mark.parametrize(("days", "due"), [(0, at(27)), (1, at(26)), (4, at(23)), (5, at(20)), (6, at(19))])
def test_a_step_is_counted_back_over_working_days(days: int, due: datetime) -> None:
    assert step_due(None, days, END, CALENDAR) == due


def test_a_step_may_have_a_day_of_its_own_or_none() -> None:
    assert step_due(at(25), None, END, CALENDAR) == at(25)
    assert step_due(None, None, END, CALENDAR) is None and step_due(None, 2, None, CALENDAR) is None


@pytest.mark.parametrize(
    ("step", "end", "wrong"),
    [
        (PlanStep("断电", at(25)), END, {}),
        (PlanStep("断电", at(30)), END, {"step_due": "hazard.step_after_end"}),
        (PlanStep("断电", at(20)), END, {"step_due": "hazard.step_is_past"}),
        (PlanStep("断电", None, 61), END, {"step_days": "hazard.bad_step_days"}),
        (PlanStep("断电", None, 2), None, {"step_days": "hazard.step_needs_end"}),
        (PlanStep("断电"), None, {}),
    ],
)
def test_what_is_wrong_with_a_step(step: PlanStep, end: datetime | None, wrong: dict[str, str]) -> None:
    assert wrong_step(step, was=None, end=end, at=NOW) == wrong


def test_an_old_step_may_stand_in_the_past() -> None:
    assert wrong_step(PlanStep("断电", at(20)), was=PlanStep("断电", at(20)), end=END, at=NOW) == {}


@pytest.mark.parametrize(
    ("who", "new", "code"),
    [
        (ABOVE, at(26), None),
        (ABOVE, at(30), "hazard.due_needs_head"),
        (HEAD, at(30), None),
        (Standing(responsible=True), at(26), "hazard.due_not_above"),
        (OWN, at(26), None),  # sooner is everybody's who stands above
        (OWN, at(30), "hazard.own_due"),
        (Standing(above=True, head=True, responsible=True), at(30), None),
    ],
)
def test_who_moves_a_due_time_how_far(who: Standing, new: datetime, code: str | None) -> None:
    if code is None:
        check_due(FACTS, new, "等配件", who=who, at=NOW)
    else:
        with pytest.raises(Refused) as refused:
            check_due(FACTS, new, "等配件", who=who, at=NOW)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("new", "reason", "fields"),
    [
        (None, "", {"new_due": "hazard.need_new_due", "due_reason": "hazard.need_reason"}),
        (at(20), "x", {"new_due": "hazard.due_is_past"}),
        (END, "x", {"new_due": "hazard.same_due"}),
    ],
)
def test_what_a_new_due_time_needs(new: datetime | None, reason: str, fields: dict[str, str]) -> None:
    with pytest.raises(Invalid) as invalid:
        check_due(FACTS, new, reason, who=HEAD, at=NOW)
    assert invalid.value.fields == fields


def test_a_card_without_a_due_time_has_none_to_move() -> None:
    for facts in (DueFacts(None, "red", is_open=True), DueFacts(END, "red", is_open=False)):
        assert not may_move_due(facts, who=HEAD)
        with pytest.raises(Refused, match="no_due_to_move"):
            check_due(facts, at(30), "x", who=HEAD, at=NOW)
    assert policy_limit("red", NOW, CALENDAR) == at(25) and policy_limit(None, NOW, CALENDAR) is None


def test_a_danger_is_looked_at_daily_if_major_else_weekly_on_a_working_day() -> None:
    assert next_check("red", at(27, 10), CALENDAR) == at(28, 9), "a Saturday too"
    assert next_check("yellow", at(23, 10), CALENDAR) == at(30, 9)
    assert next_check(None, at(21, 10), CALENDAR) == at(30, 9), "a Saturday later is a Monday"
    assert check_at(at(26, 9), NOW, "yellow", CALENDAR) == at(26, 9)
    assert check_at(at(20, 9), NOW, "yellow", CALENDAR) == at(30, 9), "planned before it came here"
    assert is_watched("escalated", 5, has_interim=False) and is_watched("rectifying", 5, has_interim=True)
    assert not is_watched("rectifying", 5, has_interim=False) and not is_watched("closed", 5, has_interim=True)
    assert not is_watched("escalated", None, has_interim=True)
