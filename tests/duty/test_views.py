"""Sentences and lists of the duty room."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.clock import SHANGHAI, start_of_day
from portal.core.refusals import Invalid
from portal.duty import labels
from portal.duty.forms import LeaderCommand, parse_leader
from portal.duty.rules import (
    DUE_POLICY,
    DayCalendar,
    DayEntry,
    DayKind,
    LeaderRow,
    due_by_hand,
    due_for,
    triage_due,
)
from portal.duty.rules.national import known_days
from portal.duty.views import days_ahead, kind_text, now_and_next
from portal.duty.why import why_this_date
from portal.rendering.i18n import translator

NATIONAL = DayCalendar(
    days={row.day: DayEntry(row.kind, row.name) for row in known_days(2020, 2030)},
    published=frozenset(range(2020, 2027)),
)
TODAY = date(2026, 11, 23)
NOW = start_of_day(TODAY) + timedelta(hours=10)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("level", "start", "sentence"),
    [
        (
            "yellow",
            "2026-11-16T16:30",
            "一般隐患限 7 个工作日，从 11月16日 周一 16:30 起算，中间 2 天周末不算。",
        ),
        (
            "orange",
            "2026-11-16T16:30",
            "较大隐患限 4 个工作日，从 11月16日 周一 16:30 起算，中间没有周末和节假日。",
        ),
        ("blue", "2026-11-23T09:00", "低隐患当天改完，不过夜，从 今天 09:00 起算。"),
        (
            "blue",
            "2026-11-20T18:30",
            "低隐患当天改完，不过夜，从 11月20日 周五 18:30 起算，18:00 以后发现的算到下一个工作日，"
            "中间 2 天周末不算。",
        ),
        (
            "yellow",
            "2026-09-30T09:00",
            "一般隐患限 7 个工作日，从 9月30日 周三 09:00 起算，中间 1 天周末不算，国庆节放假 7 天不算，"
            "10月10日 周六 调休上班，照算。",
        ),
        (
            "red",
            "2026-12-30T09:00",
            "重大隐患限 2 个工作日，从 12月30日 周三 09:00 起算，中间没有周末和节假日，"
            "2027 年的放假安排还没公布，先按平常的周末算。",
        ),
    ],
)
def test_why_this_date(level: str, start: str, sentence: str) -> None:
    trace = due_for(level, shanghai(start), NATIONAL).trace
    assert why_this_date(trace, at=NOW, language="zh-Hans") == sentence


def test_why_a_report_must_be_checked_by_then() -> None:
    major = triage_due(NOW, NATIONAL, red=True).trace
    assert why_this_date(major, at=NOW, language="zh-Hans") == "报为重大的，2 小时内核实，从 今天 10:00 起算。"
    plain = triage_due(NOW, NATIONAL, red=False).trace
    assert why_this_date(plain, at=NOW, language="zh-Hans").startswith("收到后 1 个工作日内核实，")


def test_a_date_set_by_hand_says_the_reason_given() -> None:
    trace = due_by_hand(NOW, "配件{周五}到").trace
    assert why_this_date(trace, at=NOW, language="zh-Hans") == "人工定的日子：配件{周五}到。"
    assert why_this_date((), at=NOW, language="zh-Hans") == ""


def test_every_clause_and_kind_has_words() -> None:
    codes = {
        part.code
        for level in DUE_POLICY
        for n in range(400)
        for part in due_for(level, NOW + timedelta(days=n, hours=n % 24), NATIONAL).trace
    }
    assert codes <= set(labels.TRACE)
    assert set(DayKind) == set(labels.DAY_KINDS)
    assert {row.name for row in known_days(2004, 2030)} <= set(labels.HOLIDAYS)


def test_a_day_says_what_kind_it_is() -> None:
    translate = translator("zh-Hans")
    own = DayCalendar({TODAY: DayEntry(DayKind.HOLIDAY, "校运会")})
    days = [date(2026, 10, 1), date(2026, 10, 10), date(2026, 10, 11), date(2026, 10, 12)]
    said = [kind_text(NATIONAL, day, translate) for day in days]
    assert said == ["国庆节", "调休上课", "休息日", "上课日"]
    assert kind_text(own, TODAY, translate) == "校运会"


def row(id: int, name: str, starts_at: datetime, ends_at: datetime) -> LeaderRow:
    return LeaderRow(id, 1, id, None, starts_at, ends_at, "", id, name)


def test_the_list_shows_todays_rest_and_names_gaps() -> None:
    rows = [row(1, "甄副校", start_of_day(TODAY), start_of_day(TODAY) + timedelta(hours=20))]
    days = days_ahead(rows, NATIONAL, at=NOW, language="zh-Hans")
    assert len(days) == 14
    assert days[0].text == "今天"
    assert [(s.hours, s.name) for s in days[0].stretches] == [("10:00–20:00", "甄副校"), ("20:00–24:00", "")]
    assert days[0].is_gap
    assert [(s.hours, s.name) for s in days[1].stretches] == [("", "")]


def test_now_and_next_skip_over_a_gap() -> None:
    tomorrow = start_of_day(TODAY + timedelta(days=1))
    rows = [row(1, "甄副校", tomorrow, tomorrow + timedelta(days=1))]
    leading, following = now_and_next(rows, NOW, NOW + timedelta(days=14))
    assert leading is None
    assert following is not None
    assert (following.name, following.starts_at) == ("甄副校", tomorrow)
    assert now_and_next([], NOW, NOW + timedelta(days=14)) == (None, None)


def test_a_form_becomes_a_command() -> None:
    assert parse_leader({"day": "2026-11-25", "person": "7"}) == LeaderCommand(date(2026, 11, 25), 7)
    assert parse_leader({"day": "2026-11-25", "person": "none"}) == LeaderCommand(date(2026, 11, 25), None)


@pytest.mark.parametrize(
    ("texts", "fields"),
    [
        ({}, {"day", "person"}),
        ({"day": "2026-02-30", "person": "7"}, {"day"}),
        ({"day": "9999-12-31", "person": "7"}, {"day"}),
        ({"day": "0001-01-01", "person": "7"}, {"day"}),
        ({"day": "2026-11-25", "person": ""}, {"person"}),
        ({"day": "2026-11-25", "person": "-1"}, {"person"}),
        ({"day": "2026-11-25", "person": "٣"}, {"person"}),
        ({"day": "2026-11-25", "person": "9" * 30}, {"person"}),
    ],
)
def test_a_form_with_errors_names_its_fields(texts: dict[str, str], fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        parse_leader(texts)
    assert set(refused.value.fields) == fields
    assert set(refused.value.fields.values()) <= set(labels.REFUSALS)
