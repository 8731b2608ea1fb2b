"""The table of the issue, row by row, and what no way of moving can reach."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.refusals import Invalid, Refused
from portal.hazards.rules import (
    COLUMNS,
    MOVES,
    Facts,
    Given,
    Level,
    Sight,
    Standing,
    Status,
    check_move,
    legal_moves,
    level_of,
    may_see,
    needs_of,
    why_not,
)

S = Status
NOBODY, ABOVE, RESPONSIBLE, HELPER = Standing(), Standing(above=True), Standing(responsible=True), Standing(helper=True)
HEAD = Standing(above=True, head=True)
RECEIVER = Standing(receiver=True)
FULL = Given(
    category="fire-door", level=Level.YELLOW, responsible=True, due=True, interim="fenced off", outcome="not_hazard",
    reason="because", measure="mended", photos=1, conclusion="good", watcher=7, receivers=(1,),
)  # fmt: skip


@pytest.mark.parametrize(
    ("came_from", "to", "who", "may"),
    [
        (S.REPORTED, S.ASSIGNED, ABOVE, True),
        (S.REPORTED, S.ASSIGNED, RESPONSIBLE, False),
        (S.REPORTED, S.CLOSED, ABOVE, True),
        (S.REPORTED, S.CLOSED, NOBODY, False),
        (S.ASSIGNED, S.RECTIFYING, RESPONSIBLE, True),
        (S.ASSIGNED, S.RECTIFYING, HELPER, True),
        (S.ASSIGNED, S.RECTIFYING, ABOVE, True),
        (S.ASSIGNED, S.RECTIFYING, NOBODY, False),
        (S.RECTIFYING, S.RECHECK, RESPONSIBLE, True),
        (S.RECTIFYING, S.RECHECK, HELPER, True),
        (S.RECTIFYING, S.RECHECK, ABOVE, False),
        (S.RECHECK, S.CLOSED, ABOVE, True),
        (S.RECHECK, S.CLOSED, Standing(above=True, rectified=True), False),
        (S.RECHECK, S.CLOSED, RESPONSIBLE, False),
        (S.RECHECK, S.RECTIFYING, ABOVE, True),
        (S.RECHECK, S.RECTIFYING, Standing(above=True, rectified=True), False),
        (S.REPORTED, S.ESCALATED, ABOVE, True),
        (S.ASSIGNED, S.ESCALATED, RESPONSIBLE, True),
        (S.ASSIGNED, S.ESCALATED, HELPER, False),
        (S.ESCALATED, S.ASSIGNED, RECEIVER, True),
        (S.ESCALATED, S.ASSIGNED, ABOVE, True),
        (S.ESCALATED, S.ASSIGNED, RESPONSIBLE, False),
        (S.CLOSED, S.RECTIFYING, ABOVE, True),
        (S.CLOSED, S.RECTIFYING, HEAD, True),
        (S.CLOSED, S.RECTIFYING, RESPONSIBLE, False),
        (S.REPORTED, S.RECHECK, HEAD, False),
        (S.CLOSED, S.ASSIGNED, HEAD, False),
    ],
)
def test_who_may_move_what(came_from: Status, to: Status, who: Standing, may: bool) -> None:
    assert (why_not(Facts(came_from), to, who=who) is None) is may


@pytest.mark.parametrize(
    ("facts", "who", "code"),
    [
        (Facts(S.RECHECK, Level.RED), ABOVE, "hazard.needs_head"),
        (Facts(S.RECHECK, Level.RED), HEAD, None),
        (Facts(S.RECHECK, Level.RED, is_listed=True), HEAD, "hazard.needs_supervisor"),
        (Facts(S.RECHECK, Level.RED, is_listed=True), Standing(supervises=True), None),
        (Facts(S.RECHECK, Level.ORANGE, is_listed=True), ABOVE, "hazard.needs_supervisor"),
        (Facts(S.RECHECK, Level.RED), Standing(above=True, head=True, rectified=True), "hazard.own_work"),
        (Facts(S.RECHECK, is_listed=True), Standing(supervises=True, rectified=True), "hazard.own_work"),
    ],
)
def test_major_and_listed_hazards_are_closed_by_those_who_answer_for_them(
    facts: Facts, who: Standing, code: str | None
) -> None:
    assert why_not(facts, S.CLOSED, who=who) == code


@pytest.mark.parametrize(
    ("facts", "to", "given_now", "missing"),
    [
        (Facts(S.REPORTED), S.ASSIGNED, Given(), {"category", "level", "responsible"}),
        (Facts(S.REPORTED), S.ASSIGNED, Given(category="x", level=Level.YELLOW, responsible=True), set()),
        (Facts(S.REPORTED), S.ASSIGNED, Given(category="x", level=Level.RED, responsible=True), {"interim_measure"}),
        (
            Facts(S.REPORTED, has_interim=True),
            S.ASSIGNED,
            Given(category="x", level=Level.RED, responsible=True),
            set(),
        ),
        (Facts(S.REPORTED), S.CLOSED, Given(), {"outcome", "reason"}),
        (Facts(S.REPORTED), S.CLOSED, Given(outcome="duplicate"), {"duplicate_of"}),
        (Facts(S.REPORTED), S.CLOSED, Given(outcome="duplicate", duplicate_of=3), set()),
        (Facts(S.RECTIFYING, Level.BLUE), S.RECHECK, Given(measure="done"), set()),
        (Facts(S.RECTIFYING, Level.ORANGE), S.RECHECK, Given(measure="done"), {"photos"}),
        (Facts(S.RECTIFYING, Level.RED), S.RECHECK, Given(measure="done", photos=1), set()),
        (Facts(S.RECHECK, Level.BLUE), S.CLOSED, Given(), {"conclusion"}),
        (Facts(S.RECHECK, Level.BLUE), S.RECTIFYING, Given(), {"reason"}),
        (Facts(S.ASSIGNED), S.ESCALATED, Given(), {"reason", "interim_measure", "watcher", "receivers"}),
        (Facts(S.ESCALATED), S.ASSIGNED, Given(reason="x"), {"outcome"}),
        (Facts(S.CLOSED), S.RECTIFYING, Given(), {"reason"}),
    ],
)
def test_what_a_move_needs(facts: Facts, to: Status, given_now: Given, missing: set[str]) -> None:
    everybody = Standing(above=True, head=True, responsible=True, receiver=True)
    try:
        check_move(facts, to, who=everybody, given=given_now)
        found = set()
    except Invalid as refusal:
        found = set(refusal.fields)
    assert found == missing


standings = st.builds(Standing, **{name: st.booleans() for name in Standing.__slots__})
facts_of = st.builds(
    Facts, status=st.sampled_from(COLUMNS), level=st.sampled_from([None, *Level]), is_listed=st.booleans(),
    has_interim=st.booleans(), after_photos=st.integers(0, 2),
)  # fmt: skip


@given(facts_of, standings, st.lists(st.sampled_from(COLUMNS), max_size=8))
def test_no_way_of_moving_reaches_closed_but_by_the_rule(facts: Facts, who: Standing, ways: list[Status]) -> None:
    """Whatever a button, a key, a drag or a job asks for, the card goes only along the arrows (A1)."""
    for to in ways:
        try:
            check_move(facts, to, who=who, given=FULL)
        except Refused:
            continue
        assert to in MOVES[facts.status]
        if (facts.status, to) == (S.RECHECK, S.CLOSED):
            assert not who.rectified
            assert who.head or facts.level is not Level.RED or facts.is_listed
        facts = Facts(to, facts.level or FULL.level, facts.is_listed, True, facts.after_photos)


@given(facts_of, standings)
def test_what_is_offered_is_exactly_what_is_accepted(facts: Facts, who: Standing) -> None:
    offered = {option.to for option in legal_moves(facts, who=who)}
    for to in COLUMNS:
        try:
            check_move(facts, to, who=who, given=FULL)
            accepted = True
        except Invalid:
            accepted = True
        except Refused:
            accepted = False
        assert accepted is (to in offered)


def test_a_level_comes_from_two_taps_and_never_falls_when_either_rises() -> None:
    rank = {level: place for place, level in enumerate(reversed(Level))}
    for likely, bad in itertools.product((1, 2, 3), (1, 2, 3)):
        here = rank[level_of(likely, bad)]
        assert likely == 3 or here <= rank[level_of(likely + 1, bad)]
        assert bad == 3 or here <= rank[level_of(likely, bad + 1)]
    with pytest.raises(ValueError, match="no level"):
        level_of(0, 1)


@pytest.mark.parametrize(
    ("restricted", "sight", "sees"),
    [
        (False, Sight(), False),
        (False, Sight(in_scope=True), True),
        (False, Sight(received=True), True),
        (False, Sight(involved=True), True),
        (True, Sight(in_scope=True), False),
        (True, Sight(in_scope=True, named=True), True),
        (True, Sight(named=True), False),
        (True, Sight(received=True), False),
        (True, Sight(involved=True), True),
    ],
)
def test_who_sees_a_card(restricted: bool, sight: Sight, sees: bool) -> None:
    assert may_see(restricted=restricted, sight=sight) is sees


def test_starting_to_rectify_needs_one_press() -> None:
    assert needs_of(Facts(S.ASSIGNED), S.RECTIFYING) == ()
