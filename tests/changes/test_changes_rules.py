"""The pure rules: what a plan comes to, what is wrong with it, how classes move up."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.changes.labels import GRADES
from portal.changes.rules import (
    Change,
    Giving,
    Named,
    Plan,
    Taking,
    Then,
    effective_of,
    faults_in,
    last_day_of,
    who_is_meant,
    work_out,
)
from portal.changes.rules.years import moves_up
from portal.core.refusals import Refused
from portal.responsibilities.rules import Absence, Tenure

DAY = date(2026, 11, 25)
SWITCH = datetime(2026, 11, 25, 16, tzinfo=UTC)  # 00:00 in Shanghai of the 26th
BEFORE = SWITCH - timedelta(days=30)


STAFF = (
    Named(1, "教师018", "T018", "化学实验室(东) 负责人"), Named(2, "教师018", "T118", "高一1班 班主任"),
    Named(3, "教师095", "", "一楼 楼层负责"), Named(4, "Li Wei", "T4", ""),
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "chosen", "meant", "code"),
    [
        ("", None, None, ""), ("", 3, 3, ""), ("   ", 3, 3, ""),
        ("教师095", None, 3, ""), ("095", None, 3, ""), ("li WEI", None, 4, ""), (" Li   Wei ", None, 4, ""),
        ("教师018", None, None, "changes.name_of_several"), ("教师018", 2, 2, ""),
        ("教师018", 3, None, "changes.name_of_several"), ("T118", None, 2, ""), ("t018", None, 1, ""),
        ("教师018 高一1班 班主任", 1, 2, ""), ("018 班主任", None, 2, ""), ("楼层", 1, 3, ""),
        ("教师", None, None, "changes.name_of_several"), ("没有", 1, None, "changes.name_of_nobody"),
        ("%", None, None, "changes.name_of_nobody"), ("(", None, 1, ""),
    ],
)  # fmt: skip
def test_a_typed_name_means_one_person_or_says_why_not(
    typed: str, chosen: int | None, meant: int | None, code: str
) -> None:
    assert who_is_meant(typed, chosen, STAFF) == (meant, code)


def tenure(
    number: int, person: int, kind: str = "holder", *, first: bool = True, ends: datetime | None = None
) -> Tenure:
    return Tenure(number, 1, person, kind, first, BEFORE, ends)


def test_the_new_holder_begins_where_the_old_one_ends() -> None:
    held = (tenure(1, 7),)
    plan = Plan(Change.LEAVING, 7, DAY, DAY, gives=(Giving(1, Then.HOLDER, 8),))
    worked = work_out(plan, held, {1: held})
    assert effective_of(DAY) == SWITCH and last_day_of(SWITCH) == DAY
    assert [(one.at, one.gives_to) for one in worked.ends] == [(SWITCH, 8)]
    assert [(one.person_id, one.starts_at, one.is_primary) for one in worked.starts] == [(8, SWITCH, True)]


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (Plan(Change.LEAVING, 7, DAY, DAY), "changes.post_forgotten"),
        (Plan(Change.LEAVING, 7, DAY, DAY, gives=(Giving(1, Then.KEEP),)), "changes.post_forgotten"),
        (Plan(Change.LEAVING, 7, DAY, DAY, gives=(Giving(9, Then.NOBODY),)), "changes.posts_changed"),
        (Plan(Change.LEAVING, 7, DAY, DAY, gives=(Giving(1, Then.HOLDER, 7),)), "changes.successor_missing"),
        (Plan(Change.LEAVING, 7, DAY, DAY, gives=(Giving(1, Then.ACTING, 8),)), "changes.acting_needs_end"),
        (Plan(Change.MOVING, 7, DAY, DAY, gives=(Giving(1, Then.KEEP),)), "changes.nothing_moves"),
        (Plan(Change.JOINING, 8, DAY, DAY), "changes.nothing_taken"),
        (Plan(Change.ACTING, 8, DAY, DAY, takes=(Taking(1, "acting"),)), "changes.acting_needs_end"),
        (Plan(Change.LEAVE, 7, DAY, DAY, last_day=DAY, gives=(Giving(1, Then.NOBODY),)), "changes.leave_needs_end"),
        (Plan(Change.JOINING, 8, DAY, DAY, takes=(Taking(1), Taking(1))), "changes.taken_twice"),
    ],
)
def test_what_a_plan_forgets_or_doubles_is_said(plan: Plan, code: str) -> None:
    held = (tenure(1, 7),) if plan.person_id == 7 else ()
    with pytest.raises(Refused, match=code.replace(".", r"\.")):
        work_out(plan, held, {1: (tenure(1, 7),)})


def test_a_gap_or_a_second_one_is_found_once_and_only_where_it_is_new() -> None:
    one, ended = tenure(1, 7), tenure(1, 7, ends=SWITCH)
    [gap] = faults_in({1: [one]}, {1: [ended]}, (), (), since=BEFORE)
    assert (gap.code, gap.at) == ("gap", SWITCH)
    [two] = faults_in({1: [one]}, {1: [one, tenure(2, 8)]}, (), (), since=BEFORE)
    assert two.code == "two"
    away = Absence(7, SWITCH, SWITCH + timedelta(days=3))
    assert [fault.code for fault in faults_in({1: [one]}, {1: [one]}, (), (away,), since=BEFORE)] == ["gap"]
    deputy = tenure(3, 9, "deputy", first=False)
    assert faults_in({1: [one, deputy]}, {1: [ended, deputy]}, (), (), since=BEFORE) == []
    assert faults_in({1: []}, {1: []}, (), (), since=BEFORE) == []


def test_classes_move_up_and_the_highest_leave() -> None:
    moves = moves_up(
        [(1, "高一1班"), (2, "高二3班"), (3, "高三5班"), (4, "美术班"), (5, "五年级2班"), (6, "六年级1班")], GRADES
    )
    assert [(one.then, one.becomes) for one in moves] == [
        ("up", "高二1班"), ("up", "高三3班"), ("leaves", ""), ("stays", ""), ("up", "六年级2班"), ("leaves", ""),
    ]  # fmt: skip
    [only] = moves_up([(1, "高一1班")], GRADES)
    assert only.then == "up"
