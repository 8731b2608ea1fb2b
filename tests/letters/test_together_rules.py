"""Who signs in the place of another; which of many letters are read first (F5, F14). Pure."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.letters.forms import MOST_TOGETHER as MOST
from portal.letters.forms import parse_choices
from portal.letters.rules import Part, Party, check_refusal, check_signature, may_sign_instead, places_of
from portal.letters.rules.together import MANY, Choice, Sorted, Waiting, Why, sorted_out

T0 = datetime(2026, 11, 22, tzinfo=UTC)
TAKER, WITNESS, GIVER, ACTING = 101, 102, 103, 900


def party(part: Part, person: int, **more: Any) -> Party:
    turn = {Part.TAKER: 1, Part.WITNESS: 2, Part.GIVER: 3}[part]
    return Party(turn, part, turn, person, f"party_{turn}", **more)


def three(*, signed: int = 2, **giver: Any) -> tuple[Party, ...]:
    """A letter in which the giver signs last."""
    moments: list[dict[str, Any]] = [{"signed_at": T0} if n < signed else {} for n in range(3)]
    return (
        party(Part.TAKER, TAKER, **moments[0]), party(Part.WITNESS, WITNESS, **moments[1]),
        party(Part.GIVER, GIVER, **(moments[2] | giver)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parties", "wanted"),
    [
        (three(), None),  # the holder is there
        (three(stand_in=ACTING), ACTING),
        (three(stand_in=TAKER), None),  # whoever takes the letter gives it to nobody, least of all to themselves
        (three(stand_in=WITNESS), None),
        (three(stand_in=GIVER), None),
        ((party(Part.TAKER, TAKER, stand_in=ACTING), party(Part.GIVER, GIVER)), None),  # a duty is taken on in person
        ((party(Part.TAKER, TAKER), party(Part.WITNESS, WITNESS, stand_in=ACTING)), ACTING),
        (
            (party(Part.TAKER, TAKER), party(Part.WITNESS, WITNESS, signed_at=T0, signed_by=ACTING),
             party(Part.GIVER, GIVER, stand_in=ACTING)),
            None,
        ),  # nobody signs twice in one letter
    ],
)  # fmt: skip
def test_who_may_sign_in_the_place_of_another(parties: tuple[Party, ...], wanted: int | None) -> None:
    place = next((one for one in parties if one.stand_in), parties[-1])
    assert may_sign_instead(place, parties) == wanted


def sign(parties: tuple[Party, ...], person: int) -> Party:
    return check_signature(parties, person_id=person, read="a", now_is="a", seen="a")


def test_the_stand_in_signs_in_turn_and_the_holder_still_may() -> None:
    assert sign(three(stand_in=ACTING), ACTING).part is Part.GIVER
    assert sign(three(stand_in=ACTING), GIVER).part is Part.GIVER
    with pytest.raises(Refused, match="not_your_turn"):
        sign(three(signed=1, stand_in=ACTING), ACTING)
    with pytest.raises(NotFound):
        sign(three(), ACTING)
    with pytest.raises(NotFound):
        sign((party(Part.TAKER, TAKER, stand_in=ACTING), party(Part.GIVER, GIVER)), ACTING)


def test_what_somebody_else_has_signed_is_a_conflict_and_says_so() -> None:
    for person, signed_by, code in (
        (ACTING, None, "place_signed"), (GIVER, ACTING, "place_signed"), (ACTING, ACTING, "signed_already"),
        (GIVER, None, "signed_already"),
    ):  # fmt: skip
        with pytest.raises(Conflict, match=code):
            sign(three(signed=3, stand_in=ACTING, signed_by=signed_by), person)


def test_a_stand_in_refuses_nothing_in_the_name_of_another() -> None:
    with pytest.raises(NotFound):
        check_refusal(three(stand_in=ACTING), person_id=ACTING)


people = st.integers(1, 6)
place_made = st.builds(
    Party, st.integers(1, 99), st.sampled_from(Part), st.integers(1, 3), people, st.just("f"), st.none(), st.none(),
    st.none() | people,
)  # fmt: skip
signed_made = place_made.flatmap(
    lambda one: st.builds(replace, st.just(one), signed_at=st.just(T0), signed_by=st.none() | people)
)
parties_made = st.lists(place_made | signed_made, max_size=4, unique_by=lambda one: one.id).map(tuple)


@given(parties_made, people)
def test_a_stand_in_is_never_inside_and_never_takes(parties: tuple[Party, ...], person: int) -> None:
    inside = {one.person_id for one in parties}
    for place in parties:
        found = may_sign_instead(place, parties)
        assert found is None or (found == place.stand_in and found not in inside and place.part is not Part.TAKER)
    try:
        place = sign(parties, person)
    except Refused:
        return
    assert place in places_of(parties, person) and place.signed_at is None
    assert place.person_id == person or (place.stand_in == person and place.part is not Part.TAKER)


# -- which are read first


def waiting(number: int, **more: Any) -> Waiting:
    facts: dict[str, Any] = {"sort": "post", "post": "keeper", "wording": "w", "duties": "d", "changes": 0}
    return Waiting(number, **(facts | more))


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, ()),
        ({"is_late": True}, (Why.LATE,)),
        ({"is_reopened": True}, (Why.REOPENED,)),
        ({"is_instead": True}, (Why.INSTEAD,)),
        ({"is_strange": True}, (Why.STRANGE,)),
        ({"wording": "other"}, (Why.DIFFERS,)),
        ({"duties": "other"}, (Why.DUTIES,)),
        ({"duties": "other", "post": "chief"}, ()),  # another post has other duties
        ({"changes": 2}, (Why.CHANGED,)),
        ({"changes": None}, ()),  # first, but it says what the others say
        ({"changes": None, "duties": "other", "post": "chief"}, (Why.FIRST,)),
        ({"sort": "fire", "wording": "fire", "changes": None}, (Why.FIRST,)),
        ({"is_late": True, "changes": 3, "wording": "other"}, (Why.LATE, Why.DIFFERS, Why.CHANGED)),
    ],
)
def test_why_a_letter_is_read_first(more: dict[str, Any], wanted: tuple[Why, ...]) -> None:
    found = dict(sorted_out([waiting(1, **more), *(waiting(n) for n in (2, 3, 4))]).exceptions)
    assert found.get(1, ()) == wanted and not found.keys() - {1}


def test_where_no_text_has_more_than_half_all_are_read() -> None:
    found = sorted_out([waiting(1), waiting(2, wording="other")])
    assert [why for _, why in found.exceptions] == [(Why.DIFFERS,), (Why.DIFFERS,)]
    assert sorted_out([waiting(1), waiting(2, duties="e", post="chief")]) == Sorted((), (), (1, 2))
    assert sorted_out([waiting(1), waiting(2, duties="e")]) == Sorted((), (), (1, 2)), "rooms of two kinds"
    first = [waiting(n, changes=None) for n in range(MANY)]
    assert sorted_out(first).alike == (tuple(range(MANY)),)
    assert [why for _, why in sorted_out(first[1:]).exceptions] == [(Why.FIRST,)] * (MANY - 1)
    alone = [waiting(1, changes=None), *(waiting(n, changes=None, is_strange=True) for n in (2, 3))]
    assert dict(sorted_out(alone).exceptions)[1] == (Why.FIRST,), "nothing is left to compare it with"


letters_made = st.lists(
    st.builds(
        Waiting, st.integers(1, 40), st.sampled_from("ab"), st.sampled_from("pq"), st.sampled_from("wvu"),
        st.sampled_from("de"), st.none() | st.integers(0, 2), *([st.booleans()] * 4),
    ),
    max_size=12, unique_by=lambda one: one.id,
)  # fmt: skip


@given(letters_made, st.randoms())
def test_every_letter_once_and_nothing_that_reads_otherwise_among_the_alike(letters: list[Waiting], luck: Any) -> None:
    found, known = sorted_out(letters), {one.id: one for one in letters}
    ids = [*(one for one, _ in found.exceptions), *(one for group in found.alike for one in group), *found.unchanged]
    assert sorted(ids) == sorted(known)
    assert all(why for _, why in found.exceptions)
    for group in found.alike:
        assert len({(known[one].sort, known[one].wording, known[one].duties) for one in group}) == 1 < len(group)
    calm = [known[one] for one in ids if one not in dict(found.exceptions)]
    assert not any(one.changes or one.is_late or one.is_reopened or one.is_instead or one.is_strange for one in calm)
    assert all(known[one].changes is not None for one in found.unchanged)
    mixed = luck.sample(letters, len(letters))
    assert dict(sorted_out(mixed).exceptions) == dict(found.exceptions)


# -- the form


def test_ticks_name_a_letter_and_the_bytes_that_were_shown() -> None:
    assert parse_choices(["7:abc", "8:def", "7:abd"]) == (Choice(7, "abd"), Choice(8, "def"))
    for ticks in ([], ["x:1"], ["-1:a"], ["1" * 10 + ":a"], ["٣:a"], ["1:" + "a" * 65]):
        with pytest.raises(Invalid) as refused:
            parse_choices(ticks)
        assert refused.value.fields == {"letters": "letter.none_ticked"}
    with pytest.raises(Invalid) as refused:
        parse_choices([f"{n}:a" for n in range(MOST + 1)])
    assert refused.value.fields == {"letters": "letter.too_many_ticked"}
