"""Feeds against the book that they show, read back by a strict reader; the writer; whoever hands in nonsense."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.core.clock import SHANGHAI, at_local, start_of_day
from portal.duty.feeds.queries import OpenFeed
from portal.duty.feeds.rules import (
    Event,
    Head,
    calendar_text,
    entries_of_person,
    entries_together,
    file_token,
    is_unused,
    parts_of_book,
)
from portal.duty.feeds.rules.writing import escaped, folded
from portal.duty.feeds.views import calendar_body
from portal.duty.queries import Plan
from portal.duty.queries.plan import Area
from portal.duty.queries.plan import Role as PlanRole
from portal.duty.rules import (
    LEADING,
    As,
    Book,
    DayCalendar,
    DayEntry,
    DayKind,
    DutyDays,
    Line,
    Shift,
    StandIn,
    on_duty_at,
    stretches,
)
from portal.duty.views.words import Words
from portal.responsibilities.rules import Absence
from tests.duty.random_books import random_school
from tests.duty.strict_ics import Part, ReadEvent, read_strictly

INSTANT = timedelta(microseconds=1)
MADE = datetime(2026, 1, 1, tzinfo=UTC)
PLACES = {1: "校门", 2: "教学楼，一层; 东\\侧", 3: "宿舍"}
ROLES = {"guard": "门卫", "weekly": "值周教师", "dormitory": "生活老师"}


def words(language: str = "zh-Hans") -> Words:
    plan = Plan(
        (), DutyDays(DayCalendar({date(2027, 2, 20): DayEntry(DayKind.MAKEUP)}), (), {}, frozenset()),
        {number: Area(number, None, name, f"Area {number}", number) for number, name in PLACES.items()},
        {code: PlanRole(code, name, code.title(), "teacher", 1) for code, name in ROLES.items()}, {},
    )  # fmt: skip
    return Words(plan, language)


def feed(kind: str, person: int | None = None, area: int | None = None, version: int = 7) -> OpenFeed:
    return OpenFeed(1, 10, kind, person, area, "zh-Hans", MADE, None, version, "/10/", "school", "明德中学", "")


def read_back(book: Book, one: OpenFeed, start: datetime, end: datetime) -> tuple[Part, list[ReadEvent]]:
    parts = parts_of_book(book, start - timedelta(hours=24), end)
    return read_strictly(calendar_body(one, parts, words(), start=start, today=start))


def person_of_book(book: Book, person: int, start: datetime, end: datetime) -> list[tuple[datetime, datetime, str]]:
    """Somebody's duty as the stretches say it, joined where the same shift goes on: by other means than the feed's."""
    found: list[tuple[datetime, datetime, str, object]] = []
    for line in book.lines:
        last = None
        for stretch in stretches(book, line, start - timedelta(hours=24), end):
            mine = [one for one in stretch.people if one.person_id == person]
            if mine and last and last[3] == (line, mine[0].shift_id) and last[1] == stretch.starts_at:
                last = found[-1] = (last[0], stretch.ends_at, last[2], last[3])
            elif mine:
                last = (stretch.starts_at, stretch.ends_at, words().line(line), (line, mine[0].shift_id))
                found.append(last)
            else:
                last = None
    return sorted((begin, stop, name) for begin, stop, name, _ in found if stop > start)


WINDOWS = [
    pytest.param(date(2026, 12, 20), date(2027, 1, 20), id="new year"),
    pytest.param(date(2028, 2, 20), date(2028, 3, 10), id="leap day"),
    pytest.param(date(2027, 2, 1), date(2027, 3, 5), id="spring festival"),
]


@pytest.mark.parametrize(("first", "last"), WINDOWS)
def test_a_feed_read_back_is_the_book(first: date, last: date) -> None:
    """Random books: for everybody and every lane the file says exactly what `stretches` and `on_duty_at` say."""
    start, end, events = start_of_day(first), start_of_day(last), 0
    for seed in range(6):
        book = random_school(seed, first=first - timedelta(days=3), last=last + timedelta(days=3)).book
        for person in range(1, 41):
            _, found = read_back(book, feed("person", person), start, end)
            told = sorted((one.starts_at, one.ends_at, one.summary.removesuffix("（兜底）")) for one in found)
            assert told == person_of_book(book, person, start, end), (seed, person)
            events += len(told)
        everything = entries_together(parts_of_book(book, start, end))
        for line in book.lines:
            entries = [one for one in everything if one.line == line]
            for stretch in stretches(book, line, start, end):
                for at in (stretch.starts_at, stretch.ends_at - INSTANT):
                    there = sum(one.people for one in entries if one.starts_at <= at < one.ends_at)
                    assert there == len(on_duty_at(book, line, at=at)), (seed, line, at)
    assert events > 200


def test_an_area_and_the_school_hold_their_lanes() -> None:
    start, end = start_of_day(date(2026, 12, 20)), start_of_day(date(2027, 1, 20))
    for seed in range(4):
        book = random_school(seed, first=date(2026, 12, 15), last=date(2027, 1, 25)).book
        _, school = read_back(book, feed("school"), start, end)
        _, gate = read_back(book, feed("area", area=1), start, end)
        assert {one.starts_at for one in gate} < {one.starts_at for one in school}
        assert {one.place for one in gate} == {"校门, 明德中学"}
        parts = parts_of_book(book, start - timedelta(days=1), end)
        assert len(gate) == len([one for one in entries_together(parts, 1) if one.ends_at > start])


def night(person: int, day: date, number: int, line: Line = LEADING) -> Shift:
    return Shift(
        number, line.area_id, line.role, person, None, at_local(day, time(18)),
        at_local(day + timedelta(days=1), time(7, 30)),
    )  # fmt: skip


def wall(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def test_a_night_over_new_year_and_one_over_the_leap_day() -> None:
    book = Book(
        {LEADING: (night(5, date(2027, 12, 31), 1), night(5, date(2028, 2, 28), 2), night(5, date(2028, 2, 29), 3))}
    )
    _, found = read_back(book, feed("person", 5), start_of_day(date(2027, 12, 1)), start_of_day(date(2028, 4, 1)))
    assert [(wall(one.starts_at), wall(one.ends_at)) for one in found] == [
        ("2027-12-31 18:00", "2028-01-01 07:30"),
        ("2028-02-28 18:00", "2028-02-29 07:30"),
        ("2028-02-29 18:00", "2028-03-01 07:30"),
    ]


def test_a_swap_and_leave_in_the_middle_of_a_shift() -> None:
    shift, day = night(5, date(2027, 2, 20), 1), date(2027, 2, 20)  # a Saturday on which school is made up for
    at = [at_local(day, time(20)), at_local(day, time(22)), at_local(day + timedelta(days=1), time(1))]
    book = Book(
        {LEADING: (shift,)}, {1: (StandIn(1, 1, 6, As.TAKEOVER, at[0], at[1]),)},
        absences={5: (Absence(5, at[2], at[2] + timedelta(hours=3)),)},
    )  # fmt: skip
    window = (start_of_day(date(2027, 2, 1)), start_of_day(date(2027, 3, 1)))
    _, mine = read_back(book, feed("person", 5), *window)
    assert [(wall(one.starts_at)[-5:], wall(one.ends_at)[-5:]) for one in mine] == [
        ("18:00", "20:00"), ("22:00", "01:00"), ("04:00", "07:30"),
    ]  # fmt: skip
    _, other = read_back(book, feed("person", 6), *window)
    assert [(wall(one.starts_at)[-5:], wall(one.ends_at)[-5:]) for one in other] == [("20:00", "22:00")]
    assert not {one.uid for one in mine} & {one.uid for one in other}


def test_an_event_stays_the_same_one_wherever_its_shift_is_moved() -> None:
    window = (start_of_day(date(2027, 2, 1)), start_of_day(date(2027, 3, 1)))
    before = read_back(Book({LEADING: (night(5, date(2027, 2, 10), 3),)}), feed("person", 5), *window)[1]
    moved = Book({LEADING: (night(5, date(2027, 2, 9), 1), night(5, date(2027, 2, 12), 3))})
    after = read_back(moved, feed("person", 5, version=8), *window)[1]
    assert [one.uid for one in before] == [one.uid for one in after if wall(one.starts_at) == "2027-02-12 18:00"]
    assert max(one.sequence for one in before) < min(one.sequence for one in after)


def test_the_zone_of_the_file_is_that_of_shanghai() -> None:
    """What the file says of the zone holds from the last summer time on; no feed reaches back before it."""
    calendar, _ = read_back(Book({LEADING: (night(5, date(2027, 2, 10), 3),)}), feed("person", 5),
                            start_of_day(date(2027, 2, 1)), start_of_day(date(2027, 3, 1)))  # fmt: skip
    [zone] = calendar.inside("VTIMEZONE")
    [standard] = zone.parts
    assert standard.value("DTSTART") == "19910915T020000"
    shanghai = ZoneInfo("Asia/Shanghai")
    last = datetime(1991, 9, 14, 17, tzinfo=UTC)  # 02:00 of summer, which becomes 01:00
    assert (last - INSTANT).astimezone(shanghai).utcoffset() == timedelta(hours=9)
    day = last
    while day.year < 2040:
        assert day.astimezone(shanghai).utcoffset() == timedelta(hours=8)
        day += timedelta(days=7)
    assert calendar.value("REFRESH-INTERVAL") == "PT1H" == calendar.value("X-PUBLISHED-TTL")
    assert calendar.parameters("REFRESH-INTERVAL") == {"VALUE": "DURATION"}
    [event] = calendar.inside("VEVENT")
    assert event.value("TRANSP") == "TRANSPARENT"


HOSTILE = [
    "甄\r\nBEGIN:VEVENT\r\nUID:x", "a;b,c\\d\ne", 'q"uote', "\x00\x07bell\x7f", "𠮷" * 60, "é" * 200, "值" * 100,
    "END:VCALENDAR", "\u2028\u2029", "=?utf-8?", "ATTACH:file:///etc/passwd", ":" * 90, " leading", "trailing ", "",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_one_text(text: str) -> None:
    """Whatever stands in a name (TW1), the file has the same lines and the text comes back."""
    head = Head(text, "zh-Hans", MADE, 1)
    one = Event("u@anwang", MADE, MADE + timedelta(hours=1), text, text, text)
    calendar, [event] = read_strictly(calendar_text(head, [one]))
    meant = "".join(
        sign for sign in text.replace("\r\n", "\n") if sign == "\n" or (ord(sign) >= 32 and ord(sign) != 127)
    )
    assert (event.summary, event.place, calendar.text("NAME")) == (meant, meant, meant)
    assert [part.name for part in calendar.parts] == ["VTIMEZONE", "VEVENT"]


def test_every_length_folds_and_unfolds() -> None:
    dice = random.Random(4)
    for length in range(1, 260):
        line = "X:" + "".join(dice.choice("aé值𠮷") for _ in range(length))
        data = folded(line)
        assert all(len(part) <= 75 for part in data[:-2].split(b"\r\n"))
        assert data.replace(b"\r\n ", b"") == line.encode() + b"\r\n"


def test_names_of_files_that_can_be_a_feed() -> None:
    assert file_token("a" * 43 + ".ics") == "a" * 43
    for name in ("", ".ics", "a" * 42 + ".ics", "a" * 44 + ".ics", "a" * 43, "a" * 43 + ".ICS", "a/" * 21 + "a.ics",
                 "é" * 43 + ".ics", "a" * 43 + ".ics\n"):  # fmt: skip
        assert file_token(name) is None, name


def test_an_address_that_nobody_reads_goes_out_after_a_year() -> None:
    at = MADE + timedelta(days=365)
    assert is_unused(MADE, None, at=at) and not is_unused(MADE, None, at=at - INSTANT)
    assert not is_unused(MADE, MADE + timedelta(days=300), at=at + timedelta(days=200))
    assert escaped("a,b") == "a\\,b"


def test_nobody_in_particular_is_on_duty_in_the_feed_of_somebody_else() -> None:
    book = random_school(1, first=date(2026, 12, 15), last=date(2027, 1, 25)).book
    parts = parts_of_book(book, start_of_day(date(2026, 12, 20)), start_of_day(date(2027, 1, 20)))
    assert parts and entries_of_person(parts, 999) == []
