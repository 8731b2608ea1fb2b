"""Whom a card tells what, when: no database, tables of cases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.core.clock import SHANGHAI
from portal.duty.rules import DayCalendar, LeaderRow
from portal.reminders.labels import REMINDERS, STEPS
from portal.reminders.rules import POLICY, Card, Circle, Holder, newest_due, newest_window, who_will_be_told
from portal.reminders.rules.hours import is_quiet
from portal.reminders.rules.mails import WINDOWS
from portal.reminders.rules.policy import DISPUTED_TO, MOVED, RULED_TO, URGED_TO, WATCHED_TO
from portal.reminders.rules.tellings import told_by_move
from portal.reminders.views import ELSEWHERE

MONDAY = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
KEEPER, CHIEF, FLOOR, SAFETY, HEAD, VICE, BUREAU, LEADER, REPORTER, NAMED = range(1, 11)
PATH = "/1/2/3/4/5/"
CALENDAR = DayCalendar({}, frozenset({2026}))


KNOWN = Card(
    id=7, org_id=2, number="2026-0042", grid_id=5, path=PATH, status="assigned", level="yellow", is_restricted=False,
    is_listed=False, reported_at=MONDAY, reported_by=REPORTER, due_from=MONDAY,
    due_at=datetime(2026, 11, 27, 18, tzinfo=SHANGHAI), column_since=MONDAY, last_event_at=MONDAY,
    responsible_post_id=1, responsible_person_id=None, supervisor_id=None, watcher_id=None, rectifiers=",", version=1,
)  # fmt: skip


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def holder(person: int, role: str, path: str, kind: str = "", **more: bool) -> Holder:
    return Holder(person, person, role, path, kind, more.get("accountable", True), more.get("primary", True))


ABOVE = (
    holder(KEEPER, "keeper", "/1/2/3/4/5/", "room"), holder(FLOOR, "chief", "/1/2/3/4/", "floor"),
    holder(CHIEF, "chief", "/1/2/3/", "building"), holder(SAFETY, "safety_officer", "/1/2/", "school"),
    holder(HEAD, "principal", "/1/2/", "school"), holder(VICE, "vice_head", "/1/2/", "school"),
    holder(BUREAU, "bureau_officer", "/1/", "bureau"),
)  # fmt: skip
LEADS = LeaderRow(1, 2, LEADER, None, MONDAY - timedelta(days=9), MONDAY + timedelta(days=30), leader_id=LEADER)
CIRCLE = Circle(above=ABOVE, responsible=(KEEPER,), leaders=(LEADS,))


def card(**values: Any) -> Card:
    return KNOWN._replace(**values)


def ladder(**values: Any) -> list[tuple[str, datetime, tuple[int, ...]]]:
    return [(t.code, t.at, t.people) for t in who_will_be_told(card(**values), CIRCLE, CALENDAR)]


def test_the_ladder_of_an_ordinary_card_that_nobody_touches() -> None:
    found = {code: (when, people) for code, when, people in ladder()}
    assert found["due_soon"] == (at(26, 9), (KEEPER,))  # the workday before; 75 % would be 22:00 that day
    assert found["due_today"] == (at(27, 7, 30), (KEEPER,))
    assert found["overdue"] == (at(27, 18), (KEEPER, FLOOR))
    assert found["overnight"] == (at(27, 20), (CHIEF, LEADER))
    assert found["overdue_1"] == (at(30, 18), (HEAD, VICE, SAFETY))  # Friday and one workday
    assert found["overdue_3"] == (datetime(2026, 12, 2, 18, tzinfo=SHANGHAI), (BUREAU,))
    assert found["quiet"] == (at(26, 10), (KEEPER, FLOOR))
    assert "quiet_5" not in found  # by then the steps of the due date have taken over
    assert [when for _, when, _ in ladder()] == sorted(when for _, when, _ in ladder())


def test_a_red_card_climbs_by_hours() -> None:
    found = {code: (when, people) for code, when, people in ladder(level="red", due_at=at(25, 18))}
    assert found["overdue_4h"] == (at(25, 22), (HEAD, VICE, SAFETY))
    assert found["overdue_24h"] == (at(26, 18), (BUREAU,))
    assert "overdue_1" not in found


def test_a_low_card_found_in_the_morning_does_not_stay_overnight() -> None:
    found = {code: (when, people) for code, when, people in ladder(level="blue", due_at=at(23, 20))}
    assert found["due_soon"] == (at(23, 17, 30), (KEEPER,))
    assert "due_today" not in found  # 07:30 had passed when it was given
    assert found["overnight"] == (at(23, 20), (CHIEF, LEADER))
    assert found["overdue"] == (at(23, 20), (KEEPER, FLOOR))


def test_a_report_that_nobody_looks_at_climbs() -> None:
    found = {c: (w, p) for c, w, p in ladder(status="reported", level=None, due_at=at(24, 18))}
    assert found["untriaged"] == (at(24, 18), (FLOOR, LEADER))
    assert found["untriaged_1"] == (at(25, 18), (HEAD, VICE, SAFETY))
    assert found["untriaged_3"][1] == (BUREAU,)
    assert set(found) == {"untriaged", "untriaged_1", "untriaged_3"}


def test_cards_that_wait_elsewhere_climb_too() -> None:
    assert {c: p for c, _, p in ladder(status="recheck")} == {
        "unchecked": (FLOOR,),
        "unchecked_3": (HEAD, VICE, SAFETY),
    }
    assert {c for c, _, _ in ladder(status="escalated")} == {"unanswered", "unanswered_5"}
    assert ladder(status="closed") == []


def test_whoever_rectified_is_never_asked_to_recheck() -> None:
    found = {c: p for c, _, p in ladder(status="recheck", rectifiers=f",{FLOOR},")}
    assert found["unchecked"] == (CHIEF,)
    red = {c: p for c, _, p in ladder(status="recheck", level="red", rectifiers=f",{HEAD},")}
    assert red["unchecked"] == (VICE,)
    listed = {c: p for c, _, p in ladder(status="recheck", is_listed=True, supervisor_id=VICE)}
    assert listed["unchecked"] == (VICE,)


def test_the_work_of_a_vacant_post_is_told_to_the_next_above() -> None:
    empty = Circle(above=ABOVE[1:], responsible=(), leaders=())
    found = {t.code: t.people for t in who_will_be_told(card(), empty, CALENDAR)}
    assert found["due_soon"] == (FLOOR,)
    assert found["overnight"] == (CHIEF,)


def test_a_sensitive_card_is_told_to_named_people_and_those_involved_only() -> None:
    circle = Circle(
        above=(*ABOVE, holder(NAMED, "keeper", "/1/2/", "school")), responsible=(KEEPER,), named=frozenset({NAMED, 99})
    )
    found = {t.code: t.people for t in who_will_be_told(card(is_restricted=True), circle, CALENDAR)}
    assert found["overdue"] == (KEEPER,)  # the floor's chief may not see it
    assert found["overdue_1"] == (
        NAMED,
    )  # nobody of the step may: whoever is named is told; 99 has no part in this place
    assert {p for people in found.values() for p in people} == {KEEPER, NAMED}
    assert found == {t.code: t.people for t in who_will_be_told(card(is_restricted=True), circle, CALENDAR)}
    plain = {p for t in who_will_be_told(card(), circle, CALENDAR) for p in t.people}
    assert HEAD in plain and FLOOR in plain, "there would be somebody to tell"


def test_only_the_newest_step_of_a_long_absence_is_told() -> None:
    found = newest_due(who_will_be_told(card(), CIRCLE, CALENDAR), at=at(30, 19))
    assert {person: telling.code for person, telling in found.items()} == {
        KEEPER: "overdue", FLOOR: "overdue", CHIEF: "overnight", LEADER: "overnight", HEAD: "overdue_1",
        VICE: "overdue_1", SAFETY: "overdue_1",
    }  # fmt: skip


def test_another_due_date_is_another_round() -> None:
    one = who_will_be_told(card(), CIRCLE, CALENDAR)
    two = who_will_be_told(card(due_at=at(30, 18)), CIRCLE, CALENDAR)
    keys = [{t.key(7, KEEPER) for t in ladder if t.code == "overdue"} for ladder in (one, two)]
    assert keys[0].isdisjoint(keys[1])
    assert all(len(t.key(10**9, 10**9)) <= 160 for t in one)


@pytest.mark.parametrize(
    ("came_from", "went_to", "code", "people"),
    [
        ("reported", "assigned", "assigned", (KEEPER,)),
        ("rectifying", "recheck", "to_recheck", (FLOOR,)),
        ("recheck", "rectifying", "sent_back", (KEEPER,)),
        ("recheck", "closed", "closed", (REPORTER, KEEPER)),
        ("assigned", "rectifying", None, ()),
    ],
)
def test_a_move_tells_whoever_acts_next(
    came_from: str, went_to: str, code: str | None, people: tuple[int, ...]
) -> None:
    found = told_by_move(
        card(status=went_to), CIRCLE, came_from=came_from, went_to=went_to, at=MONDAY, by=SAFETY, event_id=1
    )
    assert (found.code, found.people) == (code, people) if found else code is None


def test_nobody_is_told_what_they_did_themselves() -> None:
    found = told_by_move(card(), CIRCLE, came_from="reported", went_to="assigned", at=MONDAY, by=KEEPER, event_id=1)
    assert found is None


def test_a_third_failed_recheck_reaches_the_heads() -> None:
    """B15: twice it is between those who work on it; then the heads hear of it."""
    told = [
        told_by_move(
            card(status="rectifying", failed_rechecks=count), CIRCLE, came_from="recheck", went_to="rectifying",
            at=MONDAY, by=None, event_id=1,
        )
        for count in (1, 2, 3)
    ]  # fmt: skip
    assert [telling.code for telling in told if telling] == ["sent_back", "sent_back", "sent_back_often"]
    assert told[2] is not None and HEAD in told[2].people and told[1] is not None and HEAD not in told[1].people


def test_every_step_and_move_has_its_words() -> None:
    told = {step.code for step in POLICY} | {code for code, _ in MOVED.values()}
    told |= {"reported", "escalated", "listed", "due_moved", "inherited", "vacant", "sent_back_often", "again"}
    told |= {code for code, _ in (WATCHED_TO, URGED_TO, DISPUTED_TO, RULED_TO)}
    assert told == set(REMINDERS) - set(ELSEWHERE) == set(STEPS)  # the rest is about no card


def test_mail_goes_three_times_a_day_and_never_at_night() -> None:
    assert len(WINDOWS) == 3
    assert newest_window(at(23, 7, 34)) == at(22, 20, 5) and newest_window(at(23, 7, 35)) == at(23, 7, 35)
    assert newest_window(at(23, 23)) == at(23, 20, 5)
    assert [is_quiet(at(23, hour)) for hour in (6, 7, 20, 21, 0)] == [True, False, False, True, True]
    assert newest_window(datetime(2026, 11, 23, 4, tzinfo=UTC)) == at(23, 12)
