"""The law of letters: who gives and signs, where a letter stands at an instant (R104, R112, F3, F4, F12, F19, TP2)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.refusals import Conflict, NotFound, Refused
from portal.letters.rules import (
    Edge,
    End,
    EndKind,
    LetterFacts,
    Part,
    Party,
    Reach,
    State,
    Station,
    check_refusal,
    check_signature,
    edge_for,
    is_in_force,
    next_change,
    number_text,
    school_year_end,
    seats_for,
    state_of,
    turn_of,
)

DAY = timedelta(days=1)
T0 = datetime(2026, 11, 23, 16, tzinfo=UTC)  # 24 November, 00:00 in Shanghai
MS = timedelta(microseconds=1)


def party(number: int, *, turn: int | None = None, signed: bool = False, refused: bool = False) -> Party:
    part = (Part.TAKER, Part.WITNESS, Part.GIVER)[min(number, 3) - 1]
    moment = T0 - DAY
    return Party(
        number, part, turn or number, 100 + number, f"party_{number}", moment if signed else None,
        moment if refused else None,
    )  # fmt: skip


def letter(
    *, signed: int = 2, sealed: bool = True, made: bool = True, ends: tuple[End, ...] = (), **more: bool
) -> LetterFacts:
    parties = tuple(party(n, signed=n <= signed) for n in (1, 2))
    return LetterFacts(
        T0, T0 + 200 * DAY, T0 - 3 * DAY if made else None, T0 - DAY if sealed else None,
        T0 - DAY if more.get("void") else None, parties, ends,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "at", "wanted"),
    [
        (letter(made=False, signed=0, sealed=False), T0, State.MAKING),
        (letter(signed=0, sealed=False), T0, State.WAITING),
        (letter(signed=1, sealed=False), T0 + 50 * DAY, State.WAITING),  # late signing moves nothing, hides nothing
        (letter(sealed=False), T0, State.SEALING),
        (letter(), T0 - MS, State.PENDING),
        (letter(), T0, State.IN_FORCE),
        (letter(), T0 + 200 * DAY - MS, State.IN_FORCE),
        (letter(), T0 + 200 * DAY, State.ENDED),
        (letter(ends=(End(EndKind.LEFT, T0 + 5 * DAY),)), T0 + 5 * DAY - MS, State.IN_FORCE),
        (letter(ends=(End(EndKind.LEFT, T0 + 5 * DAY),)), T0 + 5 * DAY, State.LEFT),
        (
            letter(ends=(End(EndKind.SUPERSEDED, T0 + DAY), End(EndKind.LEFT, T0 + 5 * DAY))),
            T0 + 9 * DAY,
            State.SUPERSEDED,
        ),
        (letter(ends=(End(EndKind.REVOKED, T0 + DAY),)), T0 + 500 * DAY, State.REVOKED),
        (letter(signed=0, sealed=False, ends=(End(EndKind.LEFT, T0 + DAY),)), T0 + DAY, State.LEFT),
        (letter(void=True), T0, State.VOID),
    ],
)
def test_where_a_letter_stands(facts: LetterFacts, at: datetime, wanted: State) -> None:
    assert state_of(facts, at=at) is wanted


def test_a_refusal_stands_before_who_still_has_to_sign() -> None:
    facts = LetterFacts(T0, None, T0 - DAY, None, None, (party(1, signed=True), party(2, refused=True)))
    assert state_of(facts, at=T0) is State.REFUSED


moments = st.integers(0, 400).map(lambda hours: T0 + timedelta(hours=hours))
facts_made = st.builds(
    LetterFacts,
    starts_at=moments,
    ends_at=st.none() | moments,
    made_at=st.none() | moments,
    sealed_at=st.none() | moments,
    voided_at=st.none() | moments,
    parties=st.lists(
        st.builds(Party, st.integers(1, 9), st.sampled_from(Part), st.integers(1, 3), st.integers(1, 5), st.just("f"),
                  st.none() | moments, st.none() | moments), max_size=4).map(tuple),
    ends=st.lists(st.builds(End, st.sampled_from(EndKind), moments), max_size=3).map(tuple),
)  # fmt: skip


@given(facts_made, moments)
def test_in_force_is_complete_and_begun_and_not_ended(facts: LetterFacts, at: datetime) -> None:
    begun = facts.starts_at <= at and (facts.ends_at is None or at < facts.ends_at)
    ended = any(end.ends_at <= at for end in facts.ends) or (facts.voided_at is not None and facts.voided_at <= at)
    refused = any(one.refused_at for one in facts.parties)
    whole = facts.made_at is not None and facts.is_complete and not refused
    assert is_in_force(facts, at=at) == (begun and not ended and whole)


@given(facts_made, moments)
def test_nothing_changes_before_the_next_instant(facts: LetterFacts, at: datetime) -> None:
    if facts.voided_at is not None and facts.voided_at > at:
        return  # an act, not the passing of time
    following = next_change(facts, at=at)
    until = following - MS if following else at + 1_000 * DAY
    assert state_of(facts, at=until) is state_of(facts, at=at)


# -- signing

OPEN = (party(1), party(2), party(3))


def sign(
    parties: tuple[Party, ...], person: int, *, read: str | None = "a", now_is: str | None = "a", seen: str = "a"
) -> Party:
    return check_signature(parties, person_id=person, read=read, now_is=now_is, seen=seen)


def test_each_signs_in_their_turn() -> None:
    assert sign(OPEN, 101).id == 1
    assert [one.id for one in turn_of(OPEN)] == [1]
    after = (party(1, signed=True), party(2), party(3))
    assert sign(after, 102).id == 2
    both = (party(1, turn=1), party(2, turn=1), party(3))
    assert {one.id for one in turn_of(both)} == {1, 2}
    assert turn_of((party(1, signed=True),)) == ()


@pytest.mark.parametrize(
    ("parties", "person", "how", "kind", "code"),
    [
        (OPEN, 999, {}, NotFound, "core.not_found"),
        (OPEN, 102, {}, Refused, "letter.not_your_turn"),
        (OPEN, 101, {"now_is": None}, Refused, "letter.not_made_yet"),
        (OPEN, 101, {"seen": "b"}, Conflict, "letter.changed_since"),
        (OPEN, 101, {"now_is": "b", "seen": "b"}, Refused, "letter.read_first"),
        (OPEN, 101, {"read": None}, Refused, "letter.read_first"),
        ((party(1, signed=True), party(2)), 101, {}, Conflict, "letter.signed_already"),
        ((party(1, signed=True), party(2, refused=True)), 102, {}, Conflict, "letter.refused_by_somebody"),
    ],
)
def test_what_is_no_signature(
    parties: tuple[Party, ...], person: int, how: dict[str, str], kind: type[Refused], code: str
) -> None:
    with pytest.raises(kind) as refused:
        sign(parties, person, **how)
    assert refused.value.code == code


def test_one_may_refuse_before_ones_turn_but_not_after_signing() -> None:
    assert check_refusal(OPEN, person_id=103).id == 3
    with pytest.raises(Conflict, match="signed_already"):
        check_refusal((party(1, signed=True), party(2)), person_id=101)
    with pytest.raises(NotFound):
        check_refusal(OPEN, person_id=5)


# -- the chain

KEEPER = Station(1, "keeper", 0, 11)
FLOOR = Station(2, "chief", 1, 12)
BUILDING = Station(3, "chief", 2, 13)
VICE = Station(4, "vice_head", 3, 14, is_on_school=True)
HEAD = Station(5, "principal", 3, 15, is_on_school=True)
LINE = (KEEPER, FLOOR, BUILDING, VICE, HEAD)
BY_CHIEF = Edge("post", 3, "chief", "keeper", Reach.ABOVE)
BY_HEAD = Edge("post", 3, "principal", "keeper", Reach.SCHOOL)


def told(taker: Station, line: tuple[Station, ...], edge: Edge | None) -> list[tuple[str, int]]:
    return [(str(seat.part), seat.person_id) for seat in seats_for(taker, line, edge)]


def test_the_edge_of_a_role_says_who_gives() -> None:
    assert told(KEEPER, LINE, BY_CHIEF) == [("taker", 11), ("giver", 12)]
    assert told(KEEPER, LINE, BY_HEAD) == [("taker", 11), ("witness", 12), ("giver", 15)]
    assert told(FLOOR, LINE[1:], Edge("post", 2, "vice_head", "chief", Reach.SCHOOL))[-1] == ("giver", 14)


def test_a_vacant_giver_is_passed_over_and_nobody_gives_to_themselves() -> None:
    empty = (KEEPER, Station(2, "chief", 1, None), BUILDING, VICE, HEAD)
    assert told(KEEPER, empty, BY_CHIEF) == [("taker", 11), ("giver", 13)]
    own = (KEEPER, Station(2, "chief", 1, 11), BUILDING, VICE, HEAD)
    assert told(KEEPER, own, BY_CHIEF) == [("taker", 11), ("giver", 13)]
    assert told(HEAD, (HEAD,), None) == []
    assert told(KEEPER, LINE, None) == [("taker", 11), ("giver", 12)]


def test_the_schools_own_edge_goes_before_the_shared_one() -> None:
    own = Edge("post", 9, "principal", "keeper", Reach.SCHOOL, is_own=True)
    assert edge_for([BY_CHIEF, own], kind="post", role="keeper") is own
    assert edge_for([BY_CHIEF], kind="fire", role="keeper") is None


stations = st.builds(
    Station, st.integers(1, 40), st.sampled_from(("keeper", "chief", "vice_head", "principal", "member")),
    st.integers(0, 4), st.none() | st.integers(1, 6), st.booleans(), st.booleans(),
)  # fmt: skip


@given(st.integers(1, 6), st.lists(stations, max_size=8), st.sampled_from([None, BY_CHIEF, BY_HEAD]))
def test_nobody_signs_twice_and_the_taker_is_first(person: int, line: list[Station], edge: Edge | None) -> None:
    taker = Station(99, "keeper", 0, person)
    seats = seats_for(taker, sorted(line, key=lambda one: one.distance), edge)
    people = [seat.person_id for seat in seats]
    assert len(set(people)) == len(people)
    if seats:
        assert people[0] == person and seats[-1].part is Part.GIVER and len(seats) in (2, 3)
        assert [seat.turn for seat in seats] == list(range(1, len(seats) + 1))
    else:
        others = [one for one in line if one.person_id not in (None, person)]
        assert not any(one.role == "principal" or (one.is_accountable and one.distance > 0) for one in others)


@pytest.mark.parametrize(
    ("day", "end"),
    [("2026-09-01", "2027-09-01"), ("2026-11-24", "2027-09-01"), ("2027-06-30", "2027-09-01"),
     ("2027-07-01", "2028-09-01"), ("2027-08-31", "2028-09-01")],
)  # fmt: skip
def test_a_letter_without_an_end_holds_to_the_end_of_the_school_year(day: str, end: str) -> None:
    starts, ends = (datetime.fromisoformat(f"{one}T00:00:00+08:00") for one in (day, end))
    assert school_year_end(starts) == ends


def test_a_number_is_of_its_year() -> None:
    assert number_text(2026, 42) == "安责〔2026〕0042号"
    assert number_text(2026, 12345) == "安责〔2026〕12345号"
