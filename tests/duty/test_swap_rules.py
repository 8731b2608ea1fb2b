"""What may be done with a swap, by whom, until when: the whole table, and random stories."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.refusals import Refused
from portal.duty.rules import LEADING, Book, Clash, Duty, Line, Shift, StandIn, Terms
from portal.duty.rules.book import As
from portal.duty.swapping.rules import (
    ENDED,
    OF_THE_OFFICE,
    OPEN,
    Act,
    Mover,
    State,
    Swap,
    acts_of,
    check_act,
    expiry,
    is_urgent,
    no_fit,
    offers,
    on_behalf_of,
    speaks_against,
    standing,
    state_after,
    whose,
)
from portal.duty.swapping.rules.swaps import MOVES
from portal.responsibilities.rules import Absence, Tenure

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
BEGINS = AT + timedelta(days=3)
HOUR = timedelta(hours=1)
GIVER, TAKER, THIRD, OFFICE, STRANGER = 1, 2, 3, 9, 77


def a_swap(state: State = State.ASKED, **more: object) -> Swap:
    taken = TAKER if state in (State.ACCEPTED, State.APPROVED) else None
    made = Swap(
        state, GIVER, frozenset({TAKER, THIRD}), BEGINS, expiry(state, BEGINS, urgent=False), to_person=taken,
        asked_by=GIVER, accepted_by=taken,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def legal(state: State, person: int, *, office: bool = False, at: datetime = AT) -> set[Act]:
    return set(acts_of(a_swap(state), Mover(person, office), at))


@pytest.mark.parametrize(
    ("state", "giver", "taker", "third", "office"),
    [
        (State.ASKED, {Act.WITHDRAW}, {Act.ACCEPT, Act.DECLINE}, {Act.ACCEPT, Act.DECLINE},
         {Act.ACCEPT, Act.DECLINE, Act.WITHDRAW, Act.REFUSE}),
        (State.ACCEPTED, {Act.WITHDRAW}, {Act.UNTAKE}, set(), {Act.UNTAKE, Act.WITHDRAW, Act.APPROVE, Act.REFUSE}),
        (State.APPROVED, set(), set(), set(), {Act.UNDO}),
        *((state, set(), set(), set(), set()) for state in sorted(ENDED)),
    ],
)  # fmt: skip
def test_who_may_do_what(state: State, giver: set[Act], taker: set[Act], third: set[Act], office: set[Act]) -> None:
    assert legal(state, GIVER) == giver
    assert legal(state, TAKER) == taker
    assert legal(state, THIRD) == third
    assert legal(state, OFFICE, office=True) == office
    assert legal(state, STRANGER) == set()


@pytest.mark.parametrize("state", sorted(ENDED))
@pytest.mark.parametrize("act", list(Act))
def test_an_ended_swap_never_acts_again(state: State, act: Act) -> None:
    with pytest.raises(Refused, match=r"duty\.swap_is_over"):
        check_act(a_swap(state), act, Mover(OFFICE, True), AT)


def test_nobody_answers_for_somebody_else_but_the_office() -> None:
    swap = a_swap()
    check_act(swap, Act.ACCEPT, Mover(TAKER), AT, person_id=TAKER)
    check_act(swap, Act.ACCEPT, Mover(OFFICE, True), AT, person_id=THIRD)
    with pytest.raises(Refused, match=r"duty\.swap_not_yours"):
        check_act(swap, Act.ACCEPT, Mover(TAKER), AT, person_id=THIRD)
    with pytest.raises(Refused, match=r"duty\.swap_not_yours"):
        check_act(swap, Act.ACCEPT, Mover(OFFICE, True), AT, person_id=STRANGER)
    assert on_behalf_of(swap, Act.ACCEPT, Mover(OFFICE, True)) == {TAKER, THIRD}
    assert on_behalf_of(swap, Act.ACCEPT, Mover(TAKER, True)) == {TAKER}


@pytest.mark.parametrize(
    ("approver", "asked_by", "accepted_by", "may"),
    [
        (OFFICE, GIVER, TAKER, True),
        (OFFICE, OFFICE, OFFICE, True),  # both said so on the phone
        (GIVER, GIVER, TAKER, True),  # the colleague has agreed in person
        (GIVER, GIVER, GIVER, False),  # three clicks of one's own
        (TAKER, GIVER, TAKER, True),
        (TAKER, TAKER, TAKER, False),
        (GIVER, GIVER, OFFICE, False),
    ],
)
def test_two_people_stand_behind_each_swap(approver: int, asked_by: int, accepted_by: int, may: bool) -> None:
    swap = a_swap(State.ACCEPTED, asked_by=asked_by, accepted_by=accepted_by)
    assert (Act.APPROVE in acts_of(swap, Mover(approver, True), AT)) is may
    if not may:
        with pytest.raises(Refused, match=r"duty\.swap_only_party"):
            check_act(swap, Act.APPROVE, Mover(approver, True), AT)


@pytest.mark.parametrize(
    ("ahead", "urgent"),
    [(timedelta(days=1), False), (timedelta(days=1) - timedelta(microseconds=1), True), (HOUR, True)],
)
def test_less_than_a_day_ahead_is_urgent(ahead: timedelta, urgent: bool) -> None:
    assert is_urgent(AT + ahead, AT) is urgent


def test_a_swap_expires_at_its_instant_whether_anything_wrote_it_down_or_not() -> None:
    asked, accepted = a_swap(State.ASKED), a_swap(State.ACCEPTED)
    tick = timedelta(microseconds=1)
    assert asked.expires_at == BEGINS - 2 * HOUR
    assert (standing(asked, asked.expires_at - tick), standing(asked, asked.expires_at)) == (State.ASKED, State.EXPIRED)
    assert (standing(accepted, BEGINS - tick), standing(accepted, BEGINS)) == (State.ACCEPTED, State.EXPIRED)
    assert expiry(State.ASKED, BEGINS, urgent=True) == BEGINS
    assert legal(State.ASKED, TAKER, at=asked.expires_at) == set()
    # A clock that is set back finds the swap where it was; one that was written down as expired stays so.
    assert legal(State.ASKED, TAKER, at=asked.expires_at - tick) == {Act.ACCEPT, Act.DECLINE}
    assert standing(a_swap(State.EXPIRED), AT - timedelta(days=2)) is State.EXPIRED


def test_an_approved_swap_is_undone_until_its_first_shift_begins() -> None:
    swap, office = a_swap(State.APPROVED), Mover(OFFICE, True)
    check_act(swap, Act.UNDO, office, BEGINS - timedelta(microseconds=1))
    with pytest.raises(Refused, match=r"duty\.swap_has_begun"):
        check_act(swap, Act.UNDO, office, BEGINS)
    assert standing(swap, BEGINS + timedelta(days=9)) is State.APPROVED


def test_the_last_one_who_declines_ends_it() -> None:
    assert state_after(a_swap(), Act.DECLINE, TAKER) is State.ASKED
    assert state_after(a_swap(offered=frozenset({TAKER})), Act.DECLINE, TAKER) is State.REFUSED


people = st.sampled_from(
    [(GIVER, False), (TAKER, False), (THIRD, False), (OFFICE, True), (GIVER, True), (STRANGER, False)]
)
steps = st.lists(st.tuples(st.sampled_from(list(Act)), people, st.integers(min_value=-90, max_value=200)), max_size=30)


@given(steps)
def test_no_sequence_of_acts_leads_to_two_stand_ins_or_out_of_an_end(
    story: list[tuple[Act, tuple[int, bool], int]],
) -> None:
    """The clock of the story is stepped forwards and back."""
    swap, at, in_force, was_approved = a_swap(), AT, 0, 0
    for act, (person, office), minutes in story:
        at += timedelta(minutes=minutes * 10)
        before, mover = swap.state, Mover(person, office)
        by_itself = act in (Act.EXPIRE, Act.CANCEL)
        if by_itself:
            due = act is Act.CANCEL or at >= swap.expires_at
            if (swap.state, act) not in MOVES or not due:
                continue
        else:
            try:
                check_act(swap, act, mover, at)
            except Refused:
                assert act not in acts_of(swap, mover, at)
                continue
            assert before not in ENDED, "an ended swap acted"
            assert before not in OPEN or at < swap.expires_at
            assert act not in OF_THE_OFFICE or office
        after = state_after(swap, act, person)
        assert (before, act) in MOVES
        in_force += (after is State.APPROVED) - (before is State.APPROVED and after is not State.APPROVED)
        was_approved += after is State.APPROVED
        assert 0 <= in_force <= 1
        offered = swap.offered - {person} if act is Act.DECLINE else swap.offered
        taken = next(iter(on_behalf_of(swap, act, mover)), None) if act is Act.ACCEPT else None
        swap = replace(
            swap, state=after, offered=offered, expires_at=expiry(after, BEGINS, urgent=False),
            to_person=taken if act is Act.ACCEPT else swap.to_person if after is not State.ASKED else None,
            accepted_by=person if act is Act.ACCEPT else swap.accepted_by,
        )  # fmt: skip
    assert was_approved <= 1


# Whose a shift is, and who could do it instead.

GATE = Line(5, "guard")


class Somebody:
    def __init__(self, number: int, name: str = "", leads: bool = False) -> None:
        self.id, self.name, self.leads = number, name or f"某{number}", leads

    def may_lead(self, at: datetime) -> bool:
        return self.leads


class People:
    def __init__(self, *people: Somebody, terms: Terms | None = None) -> None:
        self.people = {one.id: one for one in people}
        held = {one.id: [Tenure(one.id, one.id, one.id, "holder", True, AT - timedelta(days=90))] for one in people}
        self.terms = terms or Terms(held=held)


def a_shift(number: int = 1, person: int | None = GIVER, post: int | None = None) -> Shift:
    return Shift(number, 5, "guard", person, post, BEGINS, BEGINS + 8 * HOUR)


def test_whose_a_shift_is() -> None:
    shift = a_shift()
    assert whose(Book(), shift) == GIVER
    swapped = StandIn(1, 1, TAKER, As.SWAP)
    again = StandIn(2, 1, THIRD, As.SWAP)
    part = StandIn(3, 1, OFFICE, As.TAKEOVER, BEGINS + HOUR, BEGINS + 2 * HOUR)
    assert whose(Book(stand_ins={1: [swapped]}), shift) == TAKER
    assert whose(Book(stand_ins={1: [again, swapped, part]}), shift) == THIRD
    away = Book(absences={GIVER: [Absence(GIVER, AT, None)]})
    assert whose(away, shift) == GIVER, "whoever is away most of all needs somebody"
    held = Book(tenures={4: [Tenure(1, 4, TAKER, "holder", True, AT)]})
    assert whose(held, a_shift(person=None, post=4)) == TAKER
    assert whose(Book(), a_shift(person=None, post=4)) is None


def test_those_who_are_free_know_it_and_are_rested_come_first() -> None:
    gets = Duty(BEGINS, BEGINS + 8 * HOUR, GATE, 1)
    before = BEGINS - 20 * HOUR
    duties = {
        2: [Duty(before, before + 2 * HOUR, GATE, 11)],
        3: [Duty(before, before + 4 * HOUR, GATE, 12)],
        4: [Duty(BEGINS, BEGINS + HOUR, Line(6, "yard"), 13)],
        5: [Duty(BEGINS - 20 * HOUR, BEGINS - HOUR, GATE, 14)],
    }
    found = offers(gets, duties, People(*(Somebody(number) for number in (1, 2, 3, 4, 5, 6))), but=(1,))
    assert [one.person.id for one in found] == [2, 3, 6, 5, 4]
    assert [one.is_free for one in found] == [True, True, True, True, False]
    assert {clash.clash for clash in found[3].against} == {Clash.NO_REST}
    assert {clash.clash for clash in found[4].against} == {Clash.TWO_PLACES}
    assert [one.rest for one in found[:3]] == [18 * HOUR, 16 * HOUR, None]


def test_in_an_exchange_the_shift_that_is_given_back_does_not_count() -> None:
    gets = Duty(BEGINS, BEGINS + 8 * HOUR, GATE, 1)
    own = Duty(BEGINS + 2 * HOUR, BEGINS + 10 * HOUR, GATE, 2)
    terms = People(Somebody(TAKER)).terms
    assert [one.clash for one in speaks_against(TAKER, gets, [own], terms)] == [Clash.TWO_PLACES]
    assert speaks_against(TAKER, gets, [own], terms, gives=2) == ()


def test_nobody_leads_without_a_leading_post_and_nobody_who_is_gone_does_anything() -> None:
    staff = People(Somebody(1), Somebody(2, leads=True), terms=Terms(left={2: BEGINS + HOUR}))
    leading = Duty(BEGINS, BEGINS + HOUR, LEADING, 1)
    assert no_fit(1, leading, staff) == "duty.swap_may_not_lead"
    assert no_fit(2, leading, staff) is None
    assert no_fit(1, leading._replace(line=GATE), staff) is None
    assert no_fit(2, leading._replace(starts_at=BEGINS + HOUR), staff) == "duty.person_missing"
    assert no_fit(99, leading, staff) == "duty.person_missing"
