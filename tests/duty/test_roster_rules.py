"""The rotation: turns out of needs, who gets them and why, what a draft changes. No database in here."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.clock import local, start_of_day
from portal.duty.rostering.rules import (
    LENGTHS,
    Brief,
    Member,
    Planned,
    Proposal,
    Rota,
    Scale,
    Standing,
    Turn,
    Weights,
    after,
    brief_from_json,
    brief_to_json,
    clashes,
    compare,
    minus,
    one_team,
    rotate,
    spread,
    turns_of,
)
from portal.duty.rules import LEADING, DayCalendar, DayEntry, DayKind, Duty, DutyDays, Line, Need, Terms
from portal.responsibilities.rules import Absence, Tenure

GATE, YARD = Line(5, "guard"), Line(2, "yard")
MONDAY = date(2026, 11, 23)
HOUR = timedelta(hours=1)
HELD = Tenure(1, 1, 1, "holder", True, datetime(2020, 1, 1, tzinfo=UTC))


def at(day: int, hour: float) -> datetime:
    """So many days and hours after Monday 00:00 in Shanghai."""
    return start_of_day(MONDAY) + timedelta(days=day, hours=hour)


def needs(*hours: float, people: int = 1, days: int = 1) -> tuple[Need, ...]:
    """One need between each two of these hours, on each of so many days."""
    return tuple(Need(at(day, begin), at(day, end), people) for day in range(days) for begin, end in pairwise(hours))


def hours_of(turns: Sequence[Turn]) -> list[str]:
    return [f"{local(one.starts_at):%d %H:%M}-{local(one.ends_at):%d %H:%M}" for one in turns]


def terms(*people: int, away: dict[int, list[Absence]] | None = None) -> Terms:
    return Terms(absences=away or {}, held={person: [HELD] for person in people})


def everyday(length: float, count: int, line: Line = GATE) -> list[Turn]:
    """So many turns one after the other."""
    return [Turn(line, at(0, n * length), at(0, (n + 1) * length)) for n in range(count)]


def draw(turns: Sequence[Turn], people: Sequence[int], standing: Standing | None = None) -> Proposal:
    rotas = {turn.line: one_team(people) for turn in turns}
    return rotate(turns, rotas, standing or Standing(terms=terms(*people)), Scale(DutyDays()))


# -- turns


@pytest.mark.parametrize(
    ("wanted", "longest", "turns"),
    [
        # Adjacent hours are one turn.
        (needs(7.5, 8, 12), "8", ["23 07:30-23 12:00"]),
        # A break ends it.
        (needs(7, 8) + needs(9, 10), "8", ["23 07:00-23 08:00", "23 09:00-23 10:00"]),
        # Three turns of eight hours a day, through the night.
        (needs(0, 6.5, 14, 22, 24, days=2), "8",
         ["23 00:00-23 06:30", "23 06:30-23 14:00", "23 14:00-23 22:00", "23 22:00-24 06:30", "24 06:30-24 14:00",
          "24 14:00-25 00:00"]),
        # One long stretch is cut evenly.
        (needs(0, 24), "8", ["23 00:00-23 08:00", "23 08:00-23 16:00", "23 16:00-24 00:00"]),
        (needs(0, 8, 16, 24), "24", ["23 00:00-24 00:00"]),
    ],
)  # fmt: skip
def test_hours_become_turns(wanted: tuple[Need, ...], longest: str, turns: list[str]) -> None:
    assert hours_of(turns_of({GATE: wanted}, LENGTHS[longest], at(9, 0))) == turns


def test_a_leaders_turns_are_the_slots_and_the_evening_runs_into_the_night() -> None:
    wanted = needs(0, 7, 12.5, 18.5, 24, days=2)
    assert hours_of(turns_of({LEADING: wanted}, LENGTHS["8"], at(2, 0))) == [
        "23 00:00-23 07:00", "23 07:00-23 12:30", "23 12:30-23 18:30", "23 18:30-24 07:00",
        "24 07:00-24 12:30", "24 12:30-24 18:30", "24 18:30-25 00:00",
    ]  # fmt: skip


def test_a_last_night_is_drawn_to_its_end_and_what_begins_later_is_left_out() -> None:
    wanted = needs(0, 6, 14, 22, 24, days=2)
    assert hours_of(turns_of({GATE: wanted}, LENGTHS["8"], at(1, 0)))[-1] == "23 22:00-24 06:00"


def test_two_people_are_two_turns() -> None:
    found = turns_of({GATE: needs(8, 16, people=2)}, LENGTHS["8"], at(1, 0))
    assert [one.place for one in found] == [1, 2]


def test_who_is_there_already_needs_nobody_else() -> None:
    left = minus({GATE: needs(8, 16, people=2)}, [(GATE, at(0, 10), at(0, 12)), (YARD, at(0, 8), at(0, 16))])
    assert [(local(one.starts_at).hour, local(one.ends_at).hour, one.people) for one in left[GATE]] == [
        (8, 10, 2), (10, 12, 1), (12, 16, 2),
    ]  # fmt: skip


@given(st.lists(st.integers(1, 1439), min_size=1, max_size=9, unique=True), st.integers(1, 3), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_turns_fill_every_minute_once(cuts: list[int], people: int, days: int) -> None:
    hours = [0.0, *(cut / 60 for cut in sorted(cuts)), 24.0]
    found = turns_of({GATE: needs(*hours, people=people, days=days)}, LENGTHS["8"], at(days, 0))
    for place in range(1, people + 1):
        mine = [one for one in found if one.place == place]
        assert (mine[0].starts_at, mine[-1].ends_at) == (at(0, 0), at(days, 0))
        assert all(one.ends_at == other.starts_at for one, other in pairwise(mine))
        assert max(one.ends_at - one.starts_at for one in mine) <= LENGTHS["8"].longest


# -- weights


@pytest.mark.parametrize(
    ("day", "begin", "end", "weight"),
    [(0, 8, 10, 1200), (0, 21, 23, 600 + 900), (0, 5, 7, 900 + 600), (5, 8, 9, 900), (5, 22, 24, 1800), (6, 0, 1, 900)],
)
def test_an_hour_counts_by_its_kind(day: int, begin: float, end: float, weight: int) -> None:
    assert Scale(DutyDays()).of(at(day, begin), at(day, end)) == weight


def test_a_holiday_counts_three_times_also_at_night() -> None:
    calendar = DayCalendar({MONDAY: DayEntry(DayKind.HOLIDAY, "x")})
    scale = Scale(DutyDays(calendar), Weights())
    assert scale.of(at(0, 23), at(1, 1)) == 1800 + 900


# -- who


def test_everybody_takes_turns_in_the_order_of_the_list() -> None:
    found = draw([Turn(GATE, at(n, 8), at(n, 16)) for n in range(5)], [7, 5, 6])
    assert [one.person_id for one in found.given] == [7, 5, 6, 7, 5]
    assert not found.holes


def test_who_has_done_more_this_year_waits() -> None:
    standing = Standing(terms=terms(1, 2), carried={1: 5000, 2: 0})
    assert [one.person_id for one in draw([Turn(GATE, at(0, 8), at(0, 16))], [1, 2], standing).given] == [2]


def test_somebody_new_does_not_have_to_catch_up_with_a_year() -> None:
    standing = Standing(terms=terms(1, 2, 3), carried={1: 600_000, 2: 600_000})
    turns = [Turn(GATE, at(n, 8), at(n, 16)) for n in range(6)]
    assert sorted(one.person_id for one in draw(turns, [1, 2, 3], standing).given) == [1, 1, 2, 2, 3, 3]


def test_the_mean_is_that_of_their_own_list() -> None:
    standing = Standing(terms=terms(1, 2, 3, 4), carried={1: 600_000, 3: 1200})
    rotas = {GATE: one_team((1, 2)), YARD: one_team((3, 4))}
    turns = [Turn(YARD, at(0, 8), at(0, 9)), Turn(GATE, at(0, 8), at(0, 9))]
    assert rotate(turns, rotas, standing, Scale(DutyDays())).balances == {1: 600_600, 2: 600_000, 3: 1800, 4: 1200}


def test_whoever_is_away_is_left_out_and_comes_back_to_no_heap() -> None:
    away = {1: [Absence(1, at(0, 0), at(6, 0))]}
    turns = [Turn(GATE, at(n, 8), at(n, 16)) for n in range(12)]
    found = draw(turns, [1, 2, 3], Standing(terms=terms(1, 2, 3, away=away)))
    assert 1 not in [one.person_id for one in found.given[:6]]
    assert 1 <= [one.person_id for one in found.given[6:]].count(1) <= 3


def test_a_hole_is_declared_with_what_speaks_against_whom() -> None:
    rota = Rota(((Member(1, frozenset({0})), Member(2), Member(3)),))
    turn = Turn(GATE, at(0, 8), at(0, 16))
    standing = Standing({3: [Duty(at(0, 9), at(0, 10), YARD, 4)]},
                        terms(1, 2, 3, away={2: [Absence(2, at(0, 0))]}))  # fmt: skip
    found = rotate([turn], {GATE: rota}, standing, Scale(DutyDays()))
    assert found.holes[0].barred == (("away", 1), ("busy", 1), ("skipped", 1))


def test_skipped_dates_hold_for_nights_that_run_into_them() -> None:
    member = Member(1, dates=((MONDAY + timedelta(days=1), MONDAY + timedelta(days=1)),))
    assert member.skips(Turn(GATE, at(0, 22), at(1, 6)))
    assert not member.skips(Turn(GATE, at(0, 16), at(1, 0)))


def test_whole_teams_take_weeks() -> None:
    rota = Rota(((Member(1), Member(2)), (Member(3), Member(4))))
    turns = [Turn(GATE, at(n, 8), at(n, 16)) for n in range(21)]
    found = rotate(turns, {GATE: rota}, Standing(terms=terms(1, 2, 3, 4)), Scale(DutyDays()))
    weeks = [{one.person_id for one in found.given[n * 7 : n * 7 + 7]} for n in range(3)]
    assert weeks[0] == weeks[2] != weeks[1]
    assert weeks[0] | weeks[1] == {1, 2, 3, 4}
    assert {one.why.code for one in found.given} == {"team"}


def test_rest_comes_before_balance_and_gives_way_where_nobody_else_is_left() -> None:
    standing = Standing({1: [Duty(at(0, 0), at(0, 7), GATE, None)]}, terms(1, 2), {1: 0, 2: 6000})
    [first] = draw([Turn(GATE, at(0, 10), at(0, 14))], [1, 2], standing).given
    assert (first.person_id, first.why.passed) == (2, (("tired", 1),))
    [alone] = draw([Turn(GATE, at(0, 10), at(0, 14))], [1], standing).given
    assert (alone.person_id, alone.why.code) == (1, "tired")


def test_the_same_question_gives_the_same_answer() -> None:
    turns = everyday(8, 60) + [Turn(YARD, at(n, 6), at(n, 8)) for n in range(20)]
    turns.sort(key=lambda one: (one.starts_at, one.line.area_id or 0))
    assert draw(turns, list(range(1, 9))) == draw(turns, list(range(1, 9)))


LANES = [GATE, YARD, Line(None, "leader"), Line(4, "dormitory")]


@st.composite
def puzzles(pick: st.DrawFn) -> tuple[list[Turn], dict[Line, Rota], Standing]:
    """Turns of up to a day in some lanes over two weeks, a few people on overlapping lists, leave, other duties."""
    turns = []
    for _ in range(pick(st.integers(1, 40))):
        day, hour, length = pick(st.integers(0, 13)), pick(st.integers(0, 23)), pick(st.sampled_from([1, 2, 8, 12, 24]))
        turns.append(Turn(pick(st.sampled_from(LANES)), at(day, hour), at(day, hour + length), len(turns)))
    turns.sort(key=lambda one: (one.starts_at, one.line.area_id or 0, one.line.role, one.place))
    people = list(range(1, pick(st.integers(2, 7))))
    rotas = {}
    for line in LANES:
        theirs = pick(st.lists(st.sampled_from(people), max_size=6, unique=True)) if people else []
        teams = (theirs[::2], theirs[1::2]) if pick(st.booleans()) else (theirs,)
        rotas[line] = Rota(tuple(tuple(Member(one, frozenset(pick(st.sets(st.integers(0, 6), max_size=2))))
                                       for one in team) for team in teams if team))  # fmt: skip
    away = {one: [Absence(one, at(pick(st.integers(0, 13)), 0), at(14, 0))]
            for one in people if pick(st.integers(0, 3)) == 0}  # fmt: skip
    busy = {one: [Duty(at(3, 8), at(3, 16), YARD, 99)] for one in people if pick(st.booleans())}
    return turns, rotas, Standing(busy, terms(*people, away=away))


@given(puzzles())
@settings(max_examples=150, deadline=None)
def test_a_proposal_never_breaks_the_law_and_leaves_no_hole_undeclared(
    puzzle: tuple[list[Turn], dict[Line, Rota], Standing],
) -> None:
    turns, rotas, standing = puzzle
    found = rotate(turns, rotas, standing, Scale(DutyDays()))
    assert sorted([one.turn.place for one in found.given] + [one.turn.place for one in found.holes]) == [
        one.place for one in sorted(turns, key=lambda one: one.place)
    ]
    planned = [Planned(n, one.turn.line, one.person_id, None, one.turn.starts_at, one.turn.ends_at)
               for n, one in enumerate(found.given)]  # fmt: skip
    planned += [Planned(1000 + person, one.line, person, None, one.starts_at, one.ends_at)
                for person, duties in standing.duties.items() for one in duties]  # fmt: skip
    mine = [one for one in clashes(planned, standing.terms) if one.shift_id is None or one.shift_id < 1000]
    assert not mine
    for one in found.given:
        member = {it.person_id: it for it in rotas[one.turn.line].members}[one.person_id]
        assert not member.skips(one.turn)


@given(st.integers(4, 12), st.integers(1, 90), st.sampled_from([4.0, 6.0, 8.0]), st.data())
@settings(max_examples=60, deadline=None)
def test_plain_round_robin_is_fair_to_one_shift(people: int, count: int, length: float, data: st.DataObject) -> None:
    """Enough people for every rest: then nobody is more than the heaviest turn ahead of anybody."""
    known = {one: data.draw(st.integers(0, 3)) * 600 for one in range(1, people + 1)}
    turns = [Turn(GATE, at(n, 8), at(n, 8 + length)) for n in range(count)]
    found = draw(turns, list(known), Standing(terms=terms(*known), carried=known))
    heaviest = max(one.weight for one in found.given)
    assert spread(known, found.balances) <= max(heaviest, max(known.values()) - min(known.values()))
    if count >= 2 * people:
        assert spread(known, found.balances) <= heaviest


# -- what a draft changes


def planned(number: int, person: int, day: int, begin: float, end: float, line: Line = GATE) -> Planned:
    return Planned(number, line, person, None, at(day, begin), at(day, end))


def test_the_difference_keeps_moves_gives_adds_and_cancels() -> None:
    there = [planned(1, 1, 1, 8, 16), planned(2, 2, 2, 8, 16), planned(3, 3, 3, 8, 16), planned(4, 4, 4, 8, 16)]
    draft = [planned(11, 1, 1, 8, 16), planned(12, 2, 2, 9, 17), planned(13, 9, 3, 8, 16), planned(15, 5, 5, 8, 16)]
    diff = compare(there, draft, at=at(0, 0))
    assert [(pair.now.id, pair.then.id) for pair in diff.kept] == [(1, 11)]
    assert [(pair.now.id, pair.then.id) for pair in diff.moved] == [(2, 12)]
    assert [(pair.now.id, pair.then.id) for pair in diff.given] == [(3, 13)]
    assert ([one.id for one in diff.added], [one.id for one in diff.gone]) == ([15], [4])
    assert sorted(one.id for one in after(there, diff)) == [1, 2, 13, 15]
    assert {one.id: one.starts_at for one in after(there, diff)}[2] == at(2, 9)


def test_what_has_begun_is_neither_touched_nor_entered() -> None:
    diff = compare([planned(1, 1, 0, 8, 16)], [planned(11, 2, 0, 8, 16), planned(12, 2, 1, 8, 16)], at=at(0, 8))
    assert (diff.cancelled, [one.id for one in diff.too_late], [one.id for one in diff.added]) == ((), [11], [12])


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 4), st.integers(0, 20), st.integers(1, 9)), max_size=14),
       st.lists(st.tuples(st.integers(1, 3), st.integers(0, 4), st.integers(0, 20), st.integers(1, 9)), max_size=14))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_after_a_publication_the_book_says_what_the_draft_says(
    there: list[tuple[int, int, int, int]], draft: list[tuple[int, int, int, int]]
) -> None:
    instant = at(2, 0)
    one = [planned(n, person, day, hour, hour + length) for n, (person, day, hour, length) in enumerate(there, 1)]
    other = [planned(n, person, day, hour, hour + length) for n, (person, day, hour, length) in enumerate(draft, 100)]
    diff = compare(one, other, at=instant)

    def shape(found: Sequence[Planned]) -> list[tuple[object, ...]]:
        return sorted((it.person_id, it.starts_at, it.ends_at) for it in found if it.starts_at > instant)

    result = list(after(one, diff))
    assert shape(result) == shape(other)
    assert [it for it in result if it.starts_at <= instant] == [it for it in one if it.starts_at <= instant]
    assert len({it.id for it in result}) == len(result)


def test_a_brief_is_read_back_as_it_was() -> None:
    lists = {"guard": Rota(((Member(1, frozenset({2}), ((MONDAY, MONDAY),)), Member(2)), (Member(3),)))}
    brief = Brief("name", MONDAY, MONDAY + timedelta(days=9), (GATE, LEADING), lists, "12", True)
    assert brief_from_json(brief.name, brief.first_day, brief.last_day, brief_to_json(brief, holes=2)) == brief
