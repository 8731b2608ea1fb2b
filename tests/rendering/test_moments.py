from datetime import UTC, date, datetime

import pytest

from portal.core.clock import SHANGHAI
from portal.rendering.i18n import translator
from portal.rendering.moments import day_text, left_text, moment_text, phone_masked, time_tag, unbroken

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=SHANGHAI)
MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    ("moment", "chinese", "english"),
    [
        (datetime(2026, 11, 22, 16, 0, tzinfo=SHANGHAI), "今天 16:00", "today 16:00"),
        (datetime(2026, 11, 22, 0, 0, tzinfo=SHANGHAI), "今天 00:00", "today 00:00"),
        (datetime(2026, 11, 21, 16, 30, tzinfo=UTC), "今天 00:30", "today 00:30"),
        (datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI), "11月23日 周一 09:00", "Mon 23 Nov 09:00"),
        (datetime(2026, 1, 1, 0, 0, tzinfo=SHANGHAI), "1月1日 周四 00:00", "Thu 1 Jan 00:00"),
        (datetime(2027, 8, 31, 18, 0, tzinfo=SHANGHAI), "2027年8月31日 周二 18:00", "Tue 31 Aug 2027 18:00"),
    ],
)
def test_a_moment_is_said_as_people_say_it(moment, chinese, english):
    assert moment_text(moment, at=NOW, language="zh-Hans") == chinese
    assert moment_text(moment, at=NOW, language="en") == english


def test_a_moment_in_full_has_its_year_even_today():
    assert moment_text(NOW, at=NOW, language="zh-Hans", full=True) == "2026年11月22日 周日 14:05"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        moment_text(NOW.replace(tzinfo=None), at=NOW, language="zh-Hans")


@pytest.mark.parametrize(
    ("day", "chinese", "english"),
    [
        (date(2026, 11, 22), "今天", "today"),
        (date(2026, 11, 24), "11月24日 周二", "Tue 24 Nov"),
        (date(2025, 12, 31), "2025年12月31日 周三", "Wed 31 Dec 2025"),
    ],
)
def test_a_day_is_said_with_its_weekday(day, chinese, english):
    assert day_text(day, today=date(2026, 11, 22), language="zh-Hans") == chinese
    assert day_text(day, today=date(2026, 11, 22), language="en") == english


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [
        (3 * DAY + 5 * HOUR, "剩 3 天", "3 days left"),
        (3 * DAY, "剩 3 天", "3 days left"),
        (3 * DAY - 1, "剩 2天23小时", "2 d 23 h left"),
        (45 * HOUR + 59 * MINUTE, "剩 1天21小时", "1 d 21 h left"),
        (2 * DAY, "剩 2 天", "2 days left"),
        (DAY + HOUR - 1, "剩 1 天", "1 day left"),
        (DAY, "剩 1 天", "1 day left"),
        (DAY - 1, "剩 23小时59分", "23 h 59 min left"),
        (HOUR + 55 * MINUTE, "剩 1小时55分", "1 h 55 min left"),
        (2 * HOUR, "剩 2小时", "2 h left"),
        (HOUR - 1, "剩 59分", "59 min left"),
        (59, "马上到时", "due now"),
        (0, "马上到时", "due now"),
        (-1, "刚到时", "just over time"),
        (-5 * MINUTE, "超 5分", "5 min over"),
        (-HOUR, "超 1小时", "1 h over"),
        (-90 * MINUTE, "超 1小时30分", "1 h 30 min over"),
        (-DAY, "超 1 天", "1 day over"),
        (-45 * HOUR, "超 1 天", "1 day over"),
        (-2 * DAY - 1, "超 2 天", "2 days over"),
        (-3 * DAY - 23 * HOUR, "超 3 天", "3 days over"),
    ],
)
def test_what_is_left_is_said_in_days_or_hours(seconds, chinese, english):
    assert left_text(seconds, language="zh-Hans") == chinese
    assert left_text(seconds, language="en") == english


def test_what_is_left_stays_on_one_line_also_inside_a_sentence():
    assert unbroken("剩 8 天") == '<span class="nowrap">剩 8 天</span>'
    assert translator("zh-Hans")("{moment} 前，{left}", moment="<b>", left=unbroken("剩 8 天")) == (
        '&lt;b&gt; 前，<span class="nowrap">剩 8 天</span>'
    )


def test_a_time_tag_escapes_what_it_holds():
    assert time_tag("2026-11-22", "<b>") == '<time datetime="2026-11-22">&lt;b&gt;</time>'


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812341234", "138****1234"),
        ("138 1234 1234", "138****1234"),
        ("+86 138-1234-1234", "+86 138-1234-1234"),
        ("0000-8800110", "0000-8800110"),
        ("", ""),
    ],
)
def test_a_mobile_is_masked_and_a_landline_is_not(phone, shown):
    assert phone_masked(phone) == shown
