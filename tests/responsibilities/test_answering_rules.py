"""Who answers for what, in plain cases: a building, a floor, a room, and the days of a small story."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.responsibilities.rules import (
    Absence,
    Answer,
    Duty,
    Facts,
    Ground,
    Mark,
    Place,
    Post,
    Ruling,
    Standing,
    Tenure,
    candidates,
    claimants_at,
    holder_at,
    marks_for,
    next_change,
    responsible_for,
)

DAY = datetime(2026, 3, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SCHOOL, BUILDING, FLOOR, ROOM, OFFICE = 1, 2, 3, 4, 5
HEAD_POST, BUILDING_POST, FLOOR_POST, ROOM_POST, OFFICE_POST = 10, 20, 30, 40, 50
HEAD, CHIEF, FLOORMAN, KEEPER, FIRE, OTHER = 100, 200, 300, 400, 500, 600

WIRING = Duty(("fire-wiring", "fire"), "floor", "FIRE")
DESK = Duty(("bldg-desk", "bldg"), "room", "BLDG")


def day(number: float) -> datetime:
    """The start of the day with this number of the story; day 1 is the first."""
    return DAY + timedelta(days=number - 1)


def tenure(
    number: int, post: int, person: int, first: float = 1, last: float | None = None, kind: str = "holder",
    *, primary: bool = True,
) -> Tenure:  # fmt: skip
    end = day(last) if last is not None else None
    return Tenure(number, post, person, kind, primary and kind == "holder", day(first), end)


def away(person: int, first: float, last: float | None = None) -> Absence:
    return Absence(person, day(first), day(last) if last is not None else None)


def ruling(
    number: int, grid: int, duty: str, post: int, mark: Mark = Mark.MAIN, first: float = 1, last: float | None = None
) -> Ruling:
    return Ruling(number, grid, duty, post, mark, day(first), day(last) if last is not None else None)


HOUSE = Facts(
    places={
        SCHOOL: Place(SCHOOL, None, "school"),
        BUILDING: Place(BUILDING, SCHOOL, "building"),
        FLOOR: Place(FLOOR, BUILDING, "floor"),
        ROOM: Place(ROOM, FLOOR, "room"),
        OFFICE: Place(OFFICE, SCHOOL, "office"),
    },
    posts_on={
        SCHOOL: (Post(HEAD_POST, SCHOOL, is_accountable=True),),
        BUILDING: (Post(BUILDING_POST, BUILDING, is_accountable=True),),
        FLOOR: (Post(FLOOR_POST, FLOOR, is_accountable=True),),
        ROOM: (Post(ROOM_POST, ROOM, is_accountable=True),),
        OFFICE: (Post(OFFICE_POST, OFFICE, is_accountable=True),),
    },
    tenures_of={
        HEAD_POST: (tenure(1, HEAD_POST, HEAD),),
        BUILDING_POST: (tenure(2, BUILDING_POST, CHIEF),),
        FLOOR_POST: (tenure(3, FLOOR_POST, FLOORMAN),),
        ROOM_POST: (tenure(4, ROOM_POST, KEEPER),),
        OFFICE_POST: (tenure(5, OFFICE_POST, FIRE),),
    },
)


def with_tenures(post: int, *tenures: Tenure) -> Facts:
    return replace(HOUSE, tenures_of={**HOUSE.tenures_of, post: tenures})


def with_rulings(*rulings: Ruling, facts: Facts = HOUSE) -> Facts:
    found: dict[int, tuple[Ruling, ...]] = {}
    for one in rulings:
        found[one.grid_id] = (*found.get(one.grid_id, ()), one)
    return replace(facts, rulings_on=found)


def who(answer: Answer) -> int | None:
    return answer.accountable.person_id if answer.accountable else None


P = ROOM_POST
HOLDING = [
    ("the holder answers", [tenure(1, P, KEEPER)], [], 3, KEEPER),
    ("nobody before the first instant", [tenure(1, P, KEEPER, 5)], [], 4.999, None),
    ("the first instant belongs to the holder", [tenure(1, P, KEEPER, 5)], [], 5, KEEPER),
    ("the last instant does not", [tenure(1, P, KEEPER, 1, 5)], [], 5, None),
    ("the new holder follows without a gap", [tenure(1, P, KEEPER, 1, 5), tenure(2, P, OTHER, 5)], [], 5, OTHER),
    ("whoever acts goes first", [tenure(1, P, KEEPER), tenure(2, P, OTHER, 2, 4, "acting")], [], 3, OTHER),
    ("acting ends by itself", [tenure(1, P, KEEPER), tenure(2, P, OTHER, 2, 4, "acting")], [], 4, KEEPER),
    ("the deputy waits", [tenure(1, P, KEEPER), tenure(2, P, OTHER, kind="deputy")], [], 3, KEEPER),
    ("the deputy steps in", [tenure(1, P, KEEPER), tenure(2, P, OTHER, kind="deputy")], [away(KEEPER, 2, 4)], 3, OTHER),
    ("and steps back", [tenure(1, P, KEEPER), tenure(2, P, OTHER, kind="deputy")], [away(KEEPER, 2, 4)], 4, KEEPER),
    ("an absence without a deputy is a gap", [tenure(1, P, KEEPER)], [away(KEEPER, 2)], 9, None),
    (
        "who acts may be away too",
        [tenure(1, P, KEEPER), tenure(2, P, OTHER, kind="acting")],
        [away(OTHER, 2)],
        3,
        KEEPER,
    ),
    ("of two primaries the later", [tenure(1, P, KEEPER), tenure(2, P, OTHER, 2)], [], 3, OTHER),
    ("the primary before another", [tenure(1, P, KEEPER), tenure(2, P, OTHER, 2, primary=False)], [], 3, KEEPER),
    ("who began together: entered first", [tenure(2, P, OTHER), tenure(1, P, KEEPER)], [], 3, KEEPER),
]


@pytest.mark.parametrize(("case", "tenures", "absences", "at", "person"), HOLDING, ids=[one[0] for one in HOLDING])
def test_who_holds_a_post(
    case: str, tenures: list[Tenure], absences: list[Absence], at: float, person: int | None
) -> None:
    held = holder_at(tenures, absences, at=day(at))
    assert (held.person_id if held else None) == person


def test_the_answer_says_as_what_somebody_holds_the_post() -> None:
    rows = [tenure(1, P, KEEPER), tenure(2, P, OTHER, kind="deputy"), tenure(3, P, HEAD, 4, 6, "acting")]
    absences = [away(KEEPER, 2, 5)]
    found = [holder_at(rows, absences, at=day(n)) for n in (1, 2, 4, 6)]
    assert [one.standing for one in found if one] == [
        Standing.HOLDER, Standing.DEPUTY, Standing.ACTING, Standing.HOLDER,
    ]  # fmt: skip


def test_two_who_claim_one_post_are_told_apart_from_the_one_who_answers() -> None:
    rows = [tenure(1, P, KEEPER), tenure(2, P, OTHER, 2)]
    assert len(claimants_at(rows, [], at=day(3))) == 2
    assert len(claimants_at(rows, [away(KEEPER, 3)], at=day(3))) == 1
    assert len(claimants_at([*rows, tenure(3, P, HEAD, kind="acting")], [], at=day(3))) == 1


ROOM_VACANT = with_tenures(ROOM_POST)
NO_ROOM_POST = replace(HOUSE, posts_on={**HOUSE.posts_on, ROOM: ()})
FIRE_RULED = with_rulings(ruling(1, SCHOOL, "fire", OFFICE_POST))
BOTH_RULED = with_rulings(ruling(1, SCHOOL, "fire", OFFICE_POST), ruling(2, BUILDING, "fire", BUILDING_POST))
EXACT = with_rulings(ruling(1, ROOM, "fire", ROOM_POST), ruling(2, SCHOOL, "fire-wiring", OFFICE_POST))
WHOLE_RULED = with_rulings(ruling(1, ROOM, "", OFFICE_POST))
HEIR = with_rulings(ruling(1, ROOM, "", OFFICE_POST, first=1, last=5), ruling(2, ROOM, "", HEAD_POST, first=5))
ANSWERS: list[tuple[str, Facts, int, Duty, int | None, Ground | None]] = [
    ("what stands in a room: the room", HOUSE, ROOM, DESK, KEEPER, Ground.KEEPS),
    ("wiring in a room: its floor", HOUSE, ROOM, WIRING, FLOORMAN, Ground.KEEPS),
    ("wiring found on the floor: the floor", HOUSE, FLOOR, WIRING, FLOORMAN, Ground.KEEPS),
    ("wiring in the open: nobody's floor, so the place itself", HOUSE, SCHOOL, WIRING, HEAD, Ground.KEEPS),
    ("a room as a whole: its keeper", HOUSE, ROOM, Duty(), KEEPER, Ground.KEEPS),
    ("a room without a post: the floor above", NO_ROOM_POST, ROOM, Duty(), FLOORMAN, Ground.INHERITED),
    ("a vacant post is a gap", ROOM_VACANT, ROOM, Duty(), None, Ground.KEEPS),
    ("ruled for the whole school", FIRE_RULED, ROOM, WIRING, FIRE, Ground.RULED),
    ("ruled nearer goes before", BOTH_RULED, ROOM, WIRING, CHIEF, Ground.RULED),
    ("the exact before the wider, also from higher up", EXACT, ROOM, WIRING, FIRE, Ground.RULED),
    ("another duty is not touched", FIRE_RULED, ROOM, DESK, KEEPER, Ground.KEEPS),
    ("ruled for the grid as a whole", WHOLE_RULED, ROOM, Duty(), FIRE, Ground.RULED),
    ("and only below that grid", WHOLE_RULED, FLOOR, Duty(), FLOORMAN, Ground.KEEPS),
]


@pytest.mark.parametrize(("case", "facts", "grid", "duty", "person", "ground"), ANSWERS, ids=[c[0] for c in ANSWERS])
def test_who_answers(case: str, facts: Facts, grid: int, duty: Duty, person: int | None, ground: Ground | None) -> None:
    found = responsible_for(facts, grid, duty, at=day(3))
    assert (who(found), found.ground) == (person, ground)


def test_a_gap_falls_to_the_next_above_until_somebody_is_named() -> None:
    rows = with_tenures(ROOM_POST, tenure(4, ROOM_POST, KEEPER, 1, 5), tenure(9, ROOM_POST, OTHER, 8))
    found = responsible_for(rows, ROOM, at=day(6))
    assert found.is_gap
    assert found.post_id == ROOM_POST
    assert found.falls_to is not None
    assert (found.falls_to.person_id, found.falls_to_post) == (FLOORMAN, FLOOR_POST)
    assert who(responsible_for(rows, ROOM, at=day(8))) == OTHER


def test_where_there_is_no_post_at_all_nothing_is_made_up() -> None:
    empty = Facts(places=HOUSE.places)
    assert responsible_for(empty, ROOM, at=day(3)) == Answer(None, None, None, None)
    assert responsible_for(empty, 999, at=day(3)).is_gap


def test_a_row_begins_and_ends_at_its_instant() -> None:
    assert who(responsible_for(HEIR, ROOM, at=day(5) - TICK)) == FIRE
    assert who(responsible_for(HEIR, ROOM, at=day(5))) == HEAD


def test_a_removed_row_routes_nothing() -> None:
    ended = with_rulings(
        ruling(1, SCHOOL, "fire", OFFICE_POST, last=3), ruling(2, SCHOOL, "fire", HEAD_POST, Mark.ASSIST, 1, 3)
    )
    assert who(responsible_for(ended, ROOM, WIRING, at=day(2))) == FIRE
    assert who(responsible_for(ended, ROOM, WIRING, at=day(3))) == FLOORMAN
    assert [cell.post_id for cell in marks_for(ended, ROOM, WIRING, at=day(3))] == [FLOOR_POST]


def test_a_post_that_is_no_more_rules_no_more() -> None:
    gone = replace(FIRE_RULED, posts_on={**HOUSE.posts_on, OFFICE: (Post(OFFICE_POST, OFFICE, True, day(4)),)})
    assert who(responsible_for(gone, ROOM, WIRING, at=day(3))) == FIRE
    assert who(responsible_for(gone, ROOM, WIRING, at=day(4))) == FLOORMAN


def test_a_post_that_is_not_there_yet_is_no_gap() -> None:
    later = replace(ROOM_VACANT, posts_on={**HOUSE.posts_on, ROOM: (Post(ROOM_POST, ROOM, True, made_at=day(4)),)})
    assert who(responsible_for(later, ROOM, at=day(3))) == FLOORMAN
    assert responsible_for(later, ROOM, at=day(4)).is_gap


def test_both_are_offered_where_the_sources_disagree() -> None:
    """R20: the room's content lies with the room, the kind of hazard with an office: the form offers both."""
    offered = candidates(with_rulings(ruling(1, SCHOOL, "FIRE", OFFICE_POST)), ROOM, WIRING, at=day(3))
    grounds = [(one.post_id, one.ground) for one in offered]
    assert grounds[0] == (FLOOR_POST, Ground.KEEPS)
    assert (ROOM_POST, Ground.NEARER) in grounds
    assert grounds[-1] == (OFFICE_POST, Ground.OFFICE)
    assert len({post for post, _ in grounds}) == len(grounds)


def test_what_belongs_to_an_office_goes_to_whoever_has_the_line_of_work() -> None:
    epidemic = Duty(("epid-cluster", "food", "HLTH"), "", "HLTH")
    assert who(responsible_for(with_rulings(ruling(1, SCHOOL, "HLTH", OFFICE_POST)), ROOM, epidemic, at=day(3))) == FIRE


def test_of_two_posts_on_a_grid_the_one_with_a_person_answers() -> None:
    second = 41
    facts = replace(
        HOUSE,
        posts_on={**HOUSE.posts_on, ROOM: (Post(ROOM_POST, ROOM, True), Post(second, ROOM, True))},
        tenures_of={second: (tenure(8, second, OTHER),)},
    )
    assert who(responsible_for(facts, ROOM, at=day(3))) == OTHER


MARKS = with_rulings(
    ruling(1, SCHOOL, "fire", OFFICE_POST, Mark.SUPERVISE),
    ruling(2, SCHOOL, "", HEAD_POST, Mark.INFORM),
    ruling(3, BUILDING, "fire-wiring", BUILDING_POST, Mark.ASSIST),
    ruling(4, FLOOR, "fire", OFFICE_POST, Mark.ASSIST),
)


def test_marks_come_from_above_unless_a_nearer_row_says_otherwise() -> None:
    room = {cell.post_id: (cell.mark, cell.grid_id) for cell in marks_for(MARKS, ROOM, WIRING, at=day(3))}
    assert room == {
        FLOOR_POST: (Mark.MAIN, FLOOR),
        BUILDING_POST: (Mark.ASSIST, BUILDING),
        OFFICE_POST: (Mark.ASSIST, FLOOR),
        HEAD_POST: (Mark.INFORM, SCHOOL),
    }
    building = {cell.post_id: cell.mark for cell in marks_for(MARKS, BUILDING, WIRING, at=day(3))}
    assert building[OFFICE_POST] is Mark.SUPERVISE


def test_the_accountable_one_comes_first_and_has_one_mark_only() -> None:
    facts = with_rulings(ruling(1, SCHOOL, "fire", FLOOR_POST, Mark.INFORM))
    cells = marks_for(facts, ROOM, WIRING, at=day(3))
    assert [(cell.post_id, cell.mark) for cell in cells] == [(FLOOR_POST, Mark.MAIN)]


def test_the_next_change_counts_absences_posts_and_rows() -> None:
    facts = replace(
        with_rulings(ruling(1, SCHOOL, "fire", OFFICE_POST, first=7, last=9), facts=HOUSE),
        absences_of={KEEPER: (away(KEEPER, 3, 5),)},
        posts_on={**HOUSE.posts_on, OFFICE: (Post(OFFICE_POST, OFFICE, True, day(11)),)},
    )
    seen, at = [], day(1)
    while (at_next := next_change(facts, at=at)) is not None:
        seen.append(at_next)
        at = at_next
    assert seen == [day(3), day(5), day(7), day(9), day(11)]
