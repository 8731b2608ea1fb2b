"""Steps of a plan, the watcher's check, and what an answer stops: rules over tables, no database."""

from dataclasses import replace
from datetime import datetime, timedelta

from portal.reminders.rules import Answer, OpenStep, Telling, who_will_be_told
from portal.reminders.rules.card import Circle
from tests.reminders.test_reminder_rules import CALENDAR, CIRCLE, FLOOR, KEEPER, SAFETY, VICE, at, card

DUE = f"{at(27, 18).timestamp():.0f}"


def told(circle: Circle, **values: object) -> list[Telling]:
    return who_will_be_told(card(**values), circle, CALENDAR)


def by_code(circle: Circle, **values: object) -> dict[str, tuple[datetime, tuple[int, ...]]]:
    return {one.code: (one.at, one.people) for one in told(circle, **values)}


def test_each_step_of_the_plan_speaks_and_climbs_to_the_nearest() -> None:
    found = by_code(replace(CIRCLE, steps=(OpenStep(3, "断电", at(25, 18)),)))
    assert found["step_soon"] == (at(24, 9), (KEEPER,))
    assert found["step_today"] == (at(25, 7, 30), (KEEPER,))
    assert found["step_overdue"] == (at(25, 18), (KEEPER, FLOOR))


def test_a_step_is_counted_back_from_the_end_and_moves_with_it() -> None:
    circle = replace(CIRCLE, steps=(OpenStep(3, "断电", None, days_before=1),))
    assert by_code(circle)["step_overdue"][0] == at(26, 18)
    assert by_code(circle, due_at=at(30, 18))["step_overdue"][0] == at(27, 18), "a weekend lies between"
    assert "step_overdue" not in by_code(circle, due_at=None)


def test_a_step_of_somebody_else_is_told_to_them() -> None:
    circle = replace(CIRCLE, helpers=(VICE,), steps=(OpenStep(3, "断电", at(25, 18), person_id=VICE),))
    found = by_code(circle)
    assert found["step_today"][1] == (VICE,) and found["step_overdue"][1] == (VICE, FLOOR)


def test_a_plan_that_is_written_late_is_not_reminded_of_the_past() -> None:
    found = by_code(replace(CIRCLE, steps=(OpenStep(3, "断电", at(24, 18)),)), last_event_at=at(24, 12))
    assert "step_soon" not in found and "step_today" not in found and "step_overdue" in found


def test_the_watcher_looks_weekly_and_daily_if_it_is_major() -> None:
    escalated = {"status": "escalated", "watcher_id": VICE}
    assert by_code(CIRCLE, **escalated)["check_due"] == (at(30, 9), (VICE,))
    assert by_code(CIRCLE, **escalated, level="red")["check_due"] == (at(24, 9), (VICE,))
    assert by_code(CIRCLE, **escalated, level="red")["check_missed"][0] == at(24, 13)
    missed = by_code(CIRCLE, **escalated)["check_missed"]
    assert missed[0] == at(30, 9) + timedelta(days=1) and missed[1] == (FLOOR, SAFETY)
    planned = by_code(CIRCLE, **escalated, next_check_at=at(26, 9))["check_due"]
    assert planned == (at(26, 9), (VICE,))


def test_a_check_comes_again_until_somebody_looks() -> None:
    red = card(status="escalated", watcher_id=VICE, level="red", next_check_at=at(24, 9))
    now = at(26, 12)
    checks = [one.at for one in who_will_be_told(red, CIRCLE, CALENDAR, until=now) if one.code == "check_due"]
    assert checks == [at(26, 9)], "the newest only"
    ahead = [one.at for one in who_will_be_told(red, CIRCLE, CALENDAR, after=now) if one.code == "check_due"]
    assert ahead == [at(27, 9)]


def test_only_a_card_with_a_watcher_and_a_reason_is_watched() -> None:
    assert "check_due" not in by_code(CIRCLE, watcher_id=VICE)
    assert "check_due" in by_code(CIRCLE, watcher_id=VICE, has_interim=True)
    assert "check_due" not in by_code(CIRCLE, has_interim=True)
    assert "check_due" not in by_code(CIRCLE, status="closed", watcher_id=VICE, has_interim=True)


def test_i_know_stops_what_only_reminds_and_nothing_that_climbs() -> None:
    circle = replace(CIRCLE, answers=(Answer(KEEPER, "due_soon", DUE, at(26, 10)),))
    found = by_code(circle)
    assert "due_today" not in found, "no gap either: nobody is left to be told"
    assert "due_soon" in found, "it was told before the answer"
    assert found["overdue"] == by_code(CIRCLE)["overdue"] and found["overdue_1"] == by_code(CIRCLE)["overdue_1"]


def test_i_know_holds_for_one_due_time_one_person_and_one_stay_in_the_column() -> None:
    answer = Answer(KEEPER, "due_soon", DUE, at(24, 10))
    circle = replace(CIRCLE, answers=(answer,))
    assert "due_today" in by_code(circle, due_at=at(30, 18)), "another due time is another round"
    assert "due_today" in by_code(circle, column_since=at(24, 11)), "the card has moved since"
    two = replace(circle, responsible=(KEEPER, VICE))
    assert by_code(two)["due_today"][1] == (VICE,)
    other = replace(CIRCLE, answers=(answer._replace(code="assigned", cycle="e9"),))
    assert "due_today" in by_code(other), "whoever knows of the card is still reminded of its date"


def test_later_is_silent_until_then_and_speaks_again() -> None:
    later = Answer(KEEPER, "assigned", "e9", at(24, 10), at(27, 9))
    found = by_code(replace(CIRCLE, answers=(later,)))
    assert "due_soon" not in found and "due_today" not in found
    assert found["again"] == (at(27, 9), (KEEPER,)) and found["overdue"][1] == (KEEPER, FLOOR)
    moved = by_code(replace(CIRCLE, answers=(later,)), column_since=at(25, 8))
    assert "again" not in moved and "due_soon" in moved
    assert "again" not in by_code(replace(CIRCLE, answers=(later,)), status="recheck")
