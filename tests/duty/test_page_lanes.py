"""Lanes, weeks and choices as tables: books written by hand, what the pages say of them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.clock import start_of_day
from portal.core.refusals import Invalid
from portal.duty.forms import parse_asked, parse_change, parse_minute, parse_people
from portal.duty.queries import Colleague, OpenBook, Plan, Staff
from portal.duty.queries.plan import Area, Role
from portal.duty.rostering.rules.weights import Scale
from portal.duty.rules import LEADING, Book, Duty, DutyDays, Line, Need, Shift, Terms, conflicts
from portal.duty.views.choice import Staffing, found_by, when_text
from portal.duty.views.conflicts import Repairs
from portal.duty.views.lanes import Laid, Reader
from portal.duty.views.today import day_view
from portal.duty.views.week import lead_of, monday_of, week_days
from portal.duty.views.words import Words, hours_text, slot_href, span_text
from portal.responsibilities.rules import Absence, Tenure

MONDAY = date(2026, 11, 23)
START = start_of_day(MONDAY)
NOW = START + timedelta(hours=10)
GATE, MEALS = Line(1, "guard"), Line(2, "meals")
PLAN = Plan(
    slots=(), days=DutyDays(), kinds={},
    areas={1: Area(1, None, "校门", "Gate", 1), 2: Area(2, None, "食堂", "Canteen", 2)},
    roles={
        "leader": Role("leader", "带班领导", "Leader on duty", "leader", 0),
        "guard": Role("guard", "门卫保安", "Gate guard", "security", 1),
        "meals": Role("meals", "责任主任", "Director on duty", "teacher", 2),
    },
)  # fmt: skip
NAMES = {10: "教师010", 11: "教师011", 12: "教师012"}
WORDS, ENGLISH = Words(PLAN, "zh-Hans"), Words(PLAN, "en")


def hour(n: float) -> datetime:
    return START + timedelta(hours=n)


def shift(n: int, line: Line, start: float, end: float, person: int) -> Shift:
    return Shift(n, line.area_id, line.role, person, None, hour(start), hour(end))


def laid(book: Book, *, may_edit: bool = True, at: datetime = NOW, words: Words = WORDS, days: int = 1) -> Laid:
    opened = OpenBook(book, NAMES)
    return Laid.of(opened, words, Reader(at, may_edit), MONDAY, MONDAY + timedelta(days=days - 1))


def test_a_block_stands_on_its_quarters_and_says_its_minutes() -> None:
    book = Book({GATE: (shift(1, GATE, 0, 7 + 50 / 60, 10), shift(2, GATE, 7 + 50 / 60, 24, 11))})
    [lane] = laid(book).day(MONDAY)
    assert [(one.at, one.length, one.hours) for one in lane.blocks] == [(0, 31, "00:00–07:50"), (31, 65, "07:50–24:00")]
    assert [[cell.kind for cell in one.cells] for one in lane.blocks] == [[""], ["on"]]
    assert lane.blocks[0].cells[0].href == "/duty/shifts/1"


@pytest.mark.parametrize(("minutes", "length"), [(5, 1), (20, 1), (23, 2), (30, 2), (24 * 60, 96)])
def test_a_block_is_never_narrower_than_a_quarter(minutes: int, length: int) -> None:
    book = Book({GATE: (shift(1, GATE, 0, minutes / 60, 10),)})
    assert [one.length for one in laid(book).day(MONDAY)[0].blocks] == [length]


def test_the_last_minutes_of_a_day_stay_on_the_ruler() -> None:
    book = Book({GATE: (shift(1, GATE, 24 - 5 / 60, 24, 10),)})
    [block] = laid(book).day(MONDAY)[0].blocks
    assert (block.at, block.length) == (95, 1)


def test_an_area_is_one_lane_whatever_its_roles_and_what_overlaps_goes_one_row_down() -> None:
    cook = Line(2, "guard")
    book = Book({MEALS: (shift(1, MEALS, 6, 8, 10),), cook: (shift(3, cook, 7, 9, 12), shift(2, cook, 8, 10, 11))})
    [lane] = laid(book).day(MONDAY)
    assert lane.name == "食堂"
    assert [(one.at, one.length, one.row) for one in lane.blocks] == [(24, 8, 1), (28, 4, 2), (32, 4, 1), (36, 4, 1)]
    assert [[cell.text for cell in one.cells] for one in lane.blocks][2] == ["教师012、教师011"]


def test_a_gap_is_louder_than_a_fact_and_has_one_act() -> None:
    book = Book({GATE: (shift(1, GATE, 0, 12, 10),)}, needs={GATE: (Need(hour(0), hour(24), 2, "守门", "Gate"),)})
    day = day_view(laid(book), MONDAY)
    first, last = day.lanes[0].blocks
    assert [(cell.text, cell.kind) for cell in first.cells] == [("教师010", "on"), ("缺 1 人", "gap")]
    assert [(cell.text, cell.kind, cell.act) for cell in last.cells] == [("缺 2 人", "gap", "指派人")]
    # What has begun is filled from now on; the address says the school's own hours.
    assert [gap.href for gap in day.gaps] == [
        "/duty/shifts/new?area=1&role=guard&starts=2026-11-23T10%3A00&ends=2026-11-23T12%3A00",
        "/duty/shifts/new?area=1&role=guard&starts=2026-11-23T12%3A00&ends=2026-11-24T00%3A00",
    ]
    assert [(gap.hours, gap.missing, gap.is_empty) for gap in day.gaps] == [
        ("10:00–12:00", 1, False),
        ("12:00–24:00", 2, True),
    ]
    assert day.missing_now == 1
    [now] = day.posted
    assert [(one.name, one.until, one.is_late) for one in now.people] == [("教师010", hour(12), True)]


def test_whoever_may_not_change_the_book_sees_the_gap_without_an_act() -> None:
    book = Book(needs={GATE: (Need(hour(0), hour(24), 1),)})
    day = day_view(laid(book, may_edit=False), MONDAY)
    assert [gap.href for gap in day.gaps] == [""]
    assert [cell.act for block in day.lanes[0].blocks for cell in block.cells] == [""]


def test_a_gap_that_is_over_stays_on_the_picture_and_is_no_longer_asked_for() -> None:
    book = Book(needs={GATE: (Need(hour(0), hour(8), 1),)})
    day = day_view(laid(book), MONDAY)
    assert day.lanes[0].blocks[0].is_gap and not day.lanes[0].blocks[0].cells[0].href
    assert day.gaps == ()


def test_who_follows_is_named() -> None:
    book = Book(
        {GATE: (shift(1, GATE, 8, 12, 10), shift(2, GATE, 12, 20, 11))}, needs={GATE: (Need(hour(8), hour(20), 1),)}
    )
    [now] = day_view(laid(book), MONDAY).posted
    assert [(one.name, one.until, one.following) for one in now.people] == [("教师010", hour(12), "教师011")]


def test_a_week_says_how_much_is_missing_and_where_first() -> None:
    needs = {LEADING: (Need(hour(0), hour(168), 1),), GATE: (Need(hour(0), hour(168), 1),)}
    shifts = {LEADING: (shift(1, LEADING, 0, 168, 10),), GATE: (shift(2, GATE, 0, 38, 11), shift(3, GATE, 42, 168, 11))}
    page = laid(Book(shifts, needs=needs), days=7)
    assert lead_of(page, MONDAY) == "2 个岗，336 小时中缺 4 小时：周二 14:00 校门 门卫保安。"
    assert lead_of(page, MONDAY, 2) == "1 个岗，168 小时都有人。"
    days = week_days(page, MONDAY + timedelta(days=1))
    assert [day.has_gap for day in days] == [False, True, False, False, False, False, False]
    assert [day.short for day in days] == list("一二三四五六日")
    assert [lane.name for lane in days[0].lanes] == ["带班", "校门"]
    assert monday_of(date(2026, 11, 29)) == MONDAY


def test_names_follow_the_reader() -> None:
    assert [WORDS.line(GATE), WORDS.line(LEADING), WORDS.line(Line(None, "guard"))] == [
        "校门 门卫保安",
        "带班",
        "全校 门卫保安",
    ]
    assert ENGLISH.area(1) == "Gate" and ENGLISH.role("guard") == "Gate guard" and WORDS.role("gone") == "gone"


def test_times_in_words() -> None:
    assert span_text(hour(0), hour(24)) == "00:00–24:00"
    assert span_text(hour(22), hour(30)) == "22:00–06:00"
    assert when_text(hour(8), hour(24), WORDS) == "11月23日 周一 08:00–24:00"
    assert when_text(hour(22), hour(30), WORDS) == "11月23日 周一 22:00–11月24日 周二 06:00"
    assert when_text(hour(22), hour(48), WORDS) == "11月23日 周一 22:00–11月24日 周二 24:00"
    assert [hours_text(timedelta(minutes=n)) for n in (0, 1, 90, 240)] == ["0", "0.1", "1.5", "4"]
    assert slot_href("&org=7", LEADING, hour(0), hour(1)).startswith("/duty/shifts/new?area=&role=leader&")


def staffing(*people: Colleague, duties: dict[int, list[Duty]] | None = None, terms: Terms | None = None) -> Staffing:
    held = {one.id: (Tenure(1, 1, one.id, "holder", True, hour(-1000)),) for one in people}
    known = terms or Terms(held=held)
    return Staffing(Staff({one.id: one for one in people}, known), duties or {}, Scale(PLAN.days), WORDS)


LONG = ((hour(-1000), None),)
TEN, ELEVEN, TWELVE = (
    Colleague(10, "教师010", "门卫"),
    Colleague(11, "教师011", "校长", LONG),
    Colleague(12, "教师012", ""),
)


def test_beside_each_name_stands_what_speaks_against_it_and_the_free_ones_come_first() -> None:
    wanted = Duty(hour(20), hour(28), GATE, None)
    duties = {
        10: [Duty(hour(22), hour(26), MEALS, 1)],
        11: [Duty(hour(2), hour(8), GATE, 2)],
        12: [Duty(hour(28), hour(46), MEALS, 3)],
    }
    found = staffing(TEN, ELEVEN, TWELVE, duties=duties).choices(wanted)
    assert [one.person_id for one in found] == [11, 10, 12]
    assert [one.against for one in found] == [
        (), ("11月23日 周一 22:00–11月24日 周二 02:00 已经在食堂 责任主任",), ("连着值 26 小时，超过 24 小时",),
    ]  # fmt: skip
    assert (found[0].hours, found[0].does_it) == ("8", True)  # four hours by night count half as much again


def test_leave_leaving_and_no_post_are_said() -> None:
    terms = Terms(
        left={12: hour(9)}, absences={10: (Absence(10, hour(0), hour(48)),)},
        held={10: (Tenure(1, 1, 10, "holder", True, hour(-9)),)},
    )  # fmt: skip
    found = {
        one.person_id: one
        for one in staffing(TEN, ELEVEN, TWELVE, terms=terms).choices(Duty(hour(12), hour(13), GATE, None))
    }
    assert found[10].against == ("11月23日 周一 12:00–13:00 请假",)
    assert found[11].against == ("那时没有任职",)
    assert found[12].against[0].endswith("已经离开学校")
    assert not found[10].is_free


def test_for_the_leaders_lane_only_those_who_may_lead_are_offered() -> None:
    found = staffing(TEN, ELEVEN).choices(Duty(hour(12), hour(13), LEADING, None))
    assert [one.person_id for one in found] == [11]


def test_whoever_is_in_the_lane_already_is_said_to_be_there_and_is_not_the_freest() -> None:
    known = staffing(
        TEN, ELEVEN, duties={10: [Duty(hour(8), hour(20), GATE, 1)], 11: [Duty(hour(-24), hour(-20), GATE, 2)]}
    )
    wanted = Duty(hour(12), hour(14), GATE, None)
    assert [(one.person_id, one.is_there) for one in known.choices(wanted)] == [(11, False), (10, True)]
    free = known.freest(wanted, ())
    assert free is not None and free.person_id == 11
    assert known.freest(wanted, (11,)) is None
    assert [one.person_id for one in found_by(known.choices(wanted), "校长")] == [11]


def test_a_shift_and_the_leaders_day_of_the_same_hours_stand_in_order() -> None:
    duties = [
        Duty(hour(0), hour(24), LEADING, 2),
        Duty(hour(0), hour(24), GATE, None),
        Duty(hour(0), hour(24), GATE, 1),
    ]
    assert [one.shift_id for one in sorted(duties)] == [2, None, 1]


def repairs_of(*rows: Shift) -> list[list[tuple[str, dict[str, str]]]]:
    shifts: dict[Line, tuple[Shift, ...]] = {}
    for row in rows:
        shifts[row.line] = (*shifts.get(row.line, ()), row)
    book = Book(shifts)
    held = {n: (Tenure(1, 1, n, "holder", True, hour(-1000)),) for n in NAMES}
    terms = Terms(held=held)
    found = conflicts(book, [], terms, START, hour(72))
    opened = OpenBook(book, NAMES)
    people = Staff({one.id: one for one in (TEN, ELEVEN, TWELVE)}, terms)
    known = Staffing.of(people, opened, WORDS, START, hour(72))
    lines = Repairs(opened, known, {row.id: 3 for row in rows}, NOW).lines(found)
    return [[(one.text, dict(one.fields)) for one in line.repairs] for line in lines]


def test_two_places_at_once_are_repaired_by_giving_cutting_or_cancelling_one() -> None:
    [repairs] = repairs_of(shift(1, GATE, 30, 36, 10), shift(2, MEALS, 34, 38, 10), shift(3, MEALS, 54, 55, 11))
    assert [text for text, _ in repairs] == [
        "食堂 责任主任改由教师011", "校门 门卫保安到 10:00 为止", "撤下食堂 责任主任", "撤下校门 门卫保安",
    ]  # fmt: skip
    assert repairs[0][1] == {"version": "3", "back": "conflicts", "person": "11"}
    assert repairs[1][1]["ends"] == "2026-11-24T10:00"


def test_of_two_that_begin_together_the_longer_one_begins_later_and_what_lies_within_cannot_be_cut() -> None:
    [repairs] = repairs_of(shift(1, GATE, 30, 36, 10), shift(2, MEALS, 30, 32, 10))
    assert [text for text, _ in repairs if "从" in text or "到" in text] == ["校门 门卫保安从 08:00 开始"]
    [repairs] = repairs_of(shift(1, GATE, 30, 40, 10), shift(2, MEALS, 32, 34, 10))
    assert not [text for text, _ in repairs if "为止" in text or "开始" in text]


def test_what_has_begun_is_not_repaired_by_one_press() -> None:
    [repairs] = repairs_of(shift(1, GATE, 8, 20, 10), shift(2, MEALS, 9, 12, 10))
    assert repairs == []


@pytest.mark.parametrize(
    ("texts", "fields"),
    [
        ({}, {"role", "starts", "ends"}),
        ({"role": "guard", "area": "x", "starts": "2026-11-24T08:00", "ends": "2026-11-24T12:00"}, {"role"}),
        ({"role": "guard", "area": "٣", "starts": "2026-11-24T08:00", "ends": "2026-11-24T12:00"}, {"role"}),
        ({"role": "guard", "starts": "2026-11-24T08:00", "ends": "2026-11-24T08:00"}, {"ends"}),
        ({"role": "guard", "starts": "9999-12-31T08:00", "ends": "2026-11-24T08:00"}, {"starts"}),
        ({"role": "guard", "starts": "2026-11-24", "ends": "24:00"}, {"starts", "ends"}),
    ],
)
def test_a_time_that_makes_no_sense_names_its_fields(texts: dict[str, str], fields: set[str]) -> None:
    assert set(parse_asked(texts).errors) == fields


def test_a_time_is_shanghais() -> None:
    assert parse_minute("2026-11-24T08:00") == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert parse_minute("2026-11-24 08:00:59") == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert [parse_minute(text) for text in ("", "x", "2026-02-30T08:00", "2026-11-24T25:00", "0001-01-01T00:00")] == [
        None
    ] * 5


def test_people_are_each_once_and_not_without_end() -> None:
    assert parse_people(["7", "7", "x", "-1", "9" * 30, "8"]) == [7, 8]
    assert len(parse_people([str(n) for n in range(100)])) == 20


def test_a_change_says_only_what_was_filled_in() -> None:
    change = parse_change({"version": "3", "person": "", "ends": "2026-11-24T08:00"})
    assert (change.version, change.person_id, change.starts_at, change.ends_at) == (3, None, None, hour(32))
    with pytest.raises(Invalid) as refused:
        parse_change({"version": "x", "person": "x", "starts": "x"})
    assert set(refused.value.fields) == {"person", "starts"}
