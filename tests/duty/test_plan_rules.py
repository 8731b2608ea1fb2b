"""What slots cover, what holds on a kind of day, why a date is what it is: cases read off by hand, and random ones."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.core.refusals import Invalid
from portal.duty.planning.forms import clock_of, parse_clock, parse_fallback, parse_period, parse_slot
from portal.duty.planning.rules import (
    Because,
    Cover,
    Overlap,
    Stretch,
    clashing_term,
    cover,
    held,
    period_kinds,
    reason,
    school_year,
    state_of,
    turning_days,
)
from portal.duty.rules import DayCalendar, DayEntry, DayKind, DutyDays, Line, Period, Slot, slots_of_day
from portal.duty.rules.places import PlaceAt, only_place
from portal.duty.services.proposal import proposed_slots

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)
INHERITS = {"makeup": "school_day", "exam_day": "school_day", "winter_vacation": "vacation", "own1": "exam_day"}


def slot(
    n: int, start: int, end: int, *, role: str = "guard", kind: str = "school_day", people: int = 1,
    first: date = MONDAY, last: date | None = None, area: int | None = 3,
) -> Slot:  # fmt: skip
    return Slot(n, area, kind, role, start, end, people, f"slot {n}", "", first, last)


@pytest.mark.parametrize(
    ("slots", "holes", "overlaps"),
    [
        ([], [(0, 1440)], []),
        ([(0, 1440)], [], []),
        ([(0, 600), (600, 1440)], [], []),
        ([(600, 1440), (0, 600)], [], []),
        ([(0, 599), (600, 1440)], [(599, 600)], []),
        ([(1, 1439)], [(0, 1), (1439, 1440)], []),
        ([(0, 601), (600, 1440)], [], [(600, 601)]),
        ([(0, 1440), (300, 400), (350, 450)], [], [(300, 350), (350, 400), (400, 450)]),
    ],
)
def test_holes_and_overlaps_are_named_to_the_minute(
    slots: list[tuple[int, int]], holes: list[tuple[int, int]], overlaps: list[tuple[int, int]]
) -> None:
    found = cover(slot(n, start, end) for n, (start, end) in enumerate(slots))
    assert [tuple(one) for one in found.holes] == holes
    assert [(one.from_minute, one.to_minute) for one in found.overlaps] == overlaps
    assert found.is_whole == (not holes)


def test_another_role_at_the_same_time_is_no_overlap_and_people_add_up() -> None:
    both = [slot(1, 0, 1440), slot(2, 480, 720, role="weekly")]
    assert cover(both) == Cover()
    twice = [slot(1, 0, 1440, people=2), slot(2, 480, 720, people=3)]
    assert cover(twice).overlaps == (Overlap(480, 720, "guard", 5),)


minutes = some.integers(0, 1440)
spans = some.tuples(minutes, minutes).filter(lambda one: one[0] != one[1]).map(lambda one: (min(one), max(one)))


@given(some.lists(some.tuples(spans, some.sampled_from(["guard", "weekly"])), max_size=8))
def test_every_minute_is_covered_or_in_a_hole(wanted: list[tuple[tuple[int, int], str]]) -> None:
    slots = [slot(n, *span, role=role) for n, (span, role) in enumerate(wanted)]
    found = cover(slots)
    for minute in range(1440):
        here = [one for one in slots if one.from_minute <= minute < one.to_minute]
        assert any(a <= minute < b for a, b in found.holes) == (not here)
        for role in ("guard", "weekly"):
            mine = sum(one.people for one in here if one.role == role)
            told = [o.people for o in found.overlaps if o.role == role and o.from_minute <= minute < o.to_minute]
            assert told == ([mine] if sum(one.role == role for one in here) > 1 else [])
    joined = [edge for hole in found.holes for edge in hole]
    assert joined == sorted(set(joined)), "holes that touch are one"


def test_the_proposal_covers_every_area_on_every_kind_of_day_once() -> None:
    rows = proposed_slots()
    for area in {row.area for row in rows}:
        for kind in ("school_day", "weekend", "holiday", "vacation"):
            mine = [
                slot(n, row.from_minute, row.to_minute)
                for n, row in enumerate(rows)
                if (row.area, row.day_kind) == (area, kind)
            ]
            assert cover(mine) == Cover(), (area, kind)
    assert len({row.area for row in rows}) == 7


def test_a_kind_without_slots_of_its_own_takes_those_it_inherits() -> None:
    days = DutyDays(inherits=INHERITS)
    slots = [slot(1, 0, 1440), slot(2, 0, 1440, kind="makeup", first=MONDAY + DAY)]
    assert held(slots, days, 3, "makeup", MONDAY).kind == "school_day"
    assert held(slots, days, 3, "makeup", MONDAY + DAY).slots == (slots[1],)
    assert held(slots, days, 3, "own1", MONDAY).kind == "school_day"
    assert held(slots, days, 3, "vacation", MONDAY) == ((), "")
    assert held(slots, days, 4, "school_day", MONDAY) == ((), "")


kinds = some.sampled_from(["school_day", "weekend", "holiday", "makeup", "vacation", "winter_vacation"])
dates = some.integers(0, 20).map(lambda n: MONDAY + n * DAY)


@some.composite
def random_slots(draw: some.DrawFn) -> list[Slot]:
    found = []
    for n in range(draw(some.integers(0, 10))):
        first, last = draw(dates), draw(some.none() | dates)
        area, kind = draw(some.sampled_from([None, 3, 4])), draw(kinds)
        found.append(slot(n, *draw(spans), kind=kind, first=first, last=last, area=area))
    return found


@some.composite
def random_days(draw: some.DrawFn) -> DutyDays:
    entry = some.builds(DayEntry, some.sampled_from(DayKind), some.just("a name"))
    own = draw(some.dictionaries(dates, entry, max_size=4))
    national = draw(some.dictionaries(dates, entry, max_size=4))
    periods = []
    for n in range(draw(some.integers(0, 4))):
        kind = draw(some.sampled_from(["winter_vacation", "exam_day", "term", "key", "own1"]))
        first = draw(dates)
        periods.append(Period(n, kind, f"period {n}", first, first + draw(some.integers(0, 9)) * DAY))
    return DutyDays(DayCalendar(national | own), tuple(periods), INHERITS, frozenset(own))


@given(random_slots(), random_days(), dates)
def test_what_is_shown_of_a_kind_is_what_holds_on_such_a_date(slots: list[Slot], days: DutyDays, day: date) -> None:
    kind = days.kind(day)
    shown = [one for area in (None, 3, 4) for one in held(slots, days, area, kind, day).slots]
    assert sorted(one.id for one in shown) == sorted(one.id for one in slots_of_day(slots, days, day))


@given(random_slots(), dates)
def test_between_turning_days_the_same_slots_hold(slots: list[Slot], day: date) -> None:
    turns = turning_days(slots, day)
    assert turns == sorted(turns)
    for n in range(1, 25):
        here, before = day + n * DAY, day + (n - 1) * DAY
        same = {one.id for one in slots if one.is_in_force(here)} == {
            one.id for one in slots if one.is_in_force(before)
        }
        assert same or here in turns


@given(random_days(), dates)
def test_the_reason_names_the_kind_that_the_rule_finds(days: DutyDays, day: date) -> None:
    found = reason(days, day)
    assert found.kind == days.kind(day)
    if found.because is Because.OWN:
        assert day in days.own
    if found.because is Because.PERIOD:
        named = [one for one in days.periods if one.name == found.name]
        assert any(one.holds(day) and one.kind == found.kind for one in named)


def test_why_a_date_is_what_it_is() -> None:
    calendar = DayCalendar({
        MONDAY: DayEntry(DayKind.HOLIDAY, "运动会"), MONDAY + DAY: DayEntry(DayKind.HOLIDAY, "National Day"),
        MONDAY + 5 * DAY: DayEntry(DayKind.MAKEUP, "National Day"),
    })  # fmt: skip
    exams = Period(1, "exam_day", "期末考试", MONDAY + 2 * DAY, MONDAY + 2 * DAY)
    days = DutyDays(calendar, (exams,), INHERITS, frozenset({MONDAY}))
    told = [reason(days, MONDAY + n * DAY)[1:] for n in (0, 1, 2, 3, 5, 6)]
    assert told == [
        (Because.OWN, "运动会"), (Because.HOLIDAY, "National Day"), (Because.PERIOD, "期末考试"),
        (Because.WEEKDAY, ""), (Because.MAKEUP, "National Day"), (Because.WEEKDAY, ""),
    ]  # fmt: skip


def test_a_school_year_runs_from_september_to_august() -> None:
    assert school_year(date(2026, 9, 1)) == (date(2026, 9, 1), date(2027, 8, 31))
    assert school_year(date(2027, 8, 31)) == (date(2026, 9, 1), date(2027, 8, 31))
    assert school_year(date(2028, 2, 29)) == (date(2027, 9, 1), date(2028, 8, 31))


def test_two_terms_share_no_day_and_other_periods_may() -> None:
    autumn = Period(1, "term", "秋", date(2026, 9, 1), date(2027, 1, 22))
    assert clashing_term([autumn], "term", date(2027, 1, 22), date(2027, 6, 30)) == autumn
    assert clashing_term([autumn], "term", date(2027, 1, 23), date(2027, 6, 30)) is None
    assert clashing_term([autumn], "term", date(2026, 9, 1), date(2027, 1, 22), but=1) is None
    assert clashing_term([autumn], "key", date(2026, 9, 1), date(2027, 1, 22)) is None
    assert period_kinds(["school_day", "exam_day", "own1"]) == ["term", "key", "exam_day", "own1"]


def test_the_state_of_slots_tells_any_difference() -> None:
    one, other = slot(1, 0, 600), slot(2, 600, 1440)
    assert state_of([one, other]) == state_of([other, one])
    assert len({state_of(x) for x in ([], [one], [other], [one, other], [slot(1, 0, 600, last=MONDAY)])}) == 5


@pytest.mark.parametrize(
    ("text", "minute"),
    [("8:00", 480), ("08:00", 480), ("0830", 510), ("24:00", 1440), ("00:00", 0), ("０８：３０", 510), (" 8:05 ", 485),
     ("24:01", None), ("8:60", None), ("25:00", None), ("", None), ("8", None), ("٠٨:٠٠", None), ("-1:00", None),
     ("8:00:00", None)],
)  # fmt: skip
def test_hours_are_read_as_people_write_them(text: str, minute: int | None) -> None:
    assert parse_clock(text) == minute
    if minute is not None:
        assert parse_clock(clock_of(minute)) == minute


def _wrong(parse: object, **texts: str) -> set[str]:
    with pytest.raises(Invalid) as refusal:
        parse(texts)  # type: ignore[operator]
    return set(refusal.value.fields)


def test_each_senseless_field_is_named() -> None:
    assert _wrong(parse_slot) == {"starts", "ends", "people", "name", "role", "first_day"}
    fine = {"starts": "22:00", "ends": "6:00", "people": "1", "name": "夜", "role": "guard", "first_day": "2026-11-24"}
    assert _wrong(parse_slot, **fine) == {"ends"}
    assert _wrong(parse_slot, **{**fine, "ends": "24:00", "people": "51"}) == {"people"}
    assert parse_slot({**fine, "ends": "24:00"})[:3] == ("guard", 1320, 1440)
    assert _wrong(parse_period) == {"kind", "name", "first_day", "last_day"}
    days = {"name": "期末", "first_day": "2027-01-18", "last_day": "2027-01-20"}
    assert _wrong(parse_period, kind="key", **days) == {"raise_by"}
    assert parse_period({"kind": "exam_day", "raise_by": "3", **days}).raise_by == 0
    assert _wrong(parse_fallback) == {"lane", "person", "first_day", "last_day"}
    days = {"person": "7", "first_day": "2026-11-24", "last_day": "2026-11-25"}
    assert parse_fallback({"lane": ":leader", **days}).line == Line(None, "leader")
    assert parse_fallback({"lane": "5:guard", **days}).line == Line(5, "guard")
    assert _wrong(parse_fallback, lane="x:guard", **days) == {"lane"}


def test_an_area_is_a_grid_only_where_one_fits() -> None:
    school = PlaceAt(1, None, "school", "学校")
    canteen, zone = PlaceAt(2, 1, "canteen", "餐厅"), PlaceAt(3, 2, "canteen_zone", "餐厅外发电机房")
    boys, girls = PlaceAt(4, 1, "building", "男生宿舍楼"), PlaceAt(5, 1, "building", "女生宿舍楼")
    floor = PlaceAt(6, 4, "floor", "宿舍一楼")
    grids = [school, canteen, zone, boys, girls, floor]
    assert only_place("canteen", ["食堂", "餐厅"], grids) == canteen
    assert only_place("dormitory", ["宿舍"], grids) is None
    assert only_place("dormitory", ["宿舍"], [school, boys, floor]) == boys
    assert only_place("", ["餐厅"], [school, canteen, zone]) == canteen
    assert only_place("canteen", ["餐厅"], [*grids, PlaceAt(9, 1, "canteen", "教工餐厅")]) is None
    assert only_place("gate", ["门卫"], grids) is None


def test_a_hole_at_the_end_of_the_day_is_named_until_24() -> None:
    assert cover([slot(1, 0, 1380)]).holes == (Stretch(1380, 1440),)
