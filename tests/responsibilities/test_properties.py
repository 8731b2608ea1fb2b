"""What holds whatever happens: random trees, posts, appointments, absences, rulings, asked at every instant."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.responsibilities.rules import (
    WHOLE,
    Absence,
    Answer,
    Candidate,
    Duty,
    Facts,
    Held,
    Mark,
    Place,
    Post,
    Ruling,
    Tenure,
    candidates,
    holder_at,
    marks_for,
    next_change,
    responsible_for,
)

START = datetime(2026, 8, 31, 16, tzinfo=UTC)
TICK = timedelta(microseconds=1)
KINDS = ("school", "building", "floor", "room", "class", "canteen", "canteen_zone", "outdoor", "office")
DUTIES = (
    WHOLE,
    Duty(("fire-wiring", "fire"), "floor", "FIRE"),
    Duty(("bldg-desk", "bldg"), "room", "BLDG"),
    Duty(("food-expired", "food"), "canteen", "FOOD"),
    Duty(("epid-cluster", "food", "HLTH"), "", "HLTH"),
)
CODES = ("", "fire-wiring", "fire", "bldg-desk", "food", "FIRE", "HLTH")

instants = st.integers(0, 8).map(lambda n: START + timedelta(hours=12 * n))


@st.composite
def spans(draw: st.DrawFn) -> tuple[datetime, datetime | None]:
    """From an instant on, for a while or for good; never empty."""
    begins = draw(instants)
    hours = draw(st.one_of(st.none(), st.integers(1, 10)))
    return begins, begins + timedelta(hours=12 * hours) if hours else None


@dataclass
class Rows:
    """The rows as a database would hold them, in no order."""

    places: list[Place]
    posts: list[Post]
    tenures: list[Tenure]
    absences: list[Absence]
    rulings: list[Ruling]

    def facts(self, seed: int | None = None) -> Facts:
        """Facts of the rows; with a seed, appointments, absences and rulings come in another order."""
        tenures, absences, rulings = list(self.tenures), list(self.absences), list(self.rulings)
        if seed is not None:
            for rows in (tenures, absences, rulings):
                random.Random(seed).shuffle(rows)
        return Facts(
            places={place.id: place for place in self.places},
            posts_on={p.id: tuple(x for x in self.posts if x.grid_id == p.id) for p in self.places},
            tenures_of={p.id: tuple(x for x in tenures if x.post_id == p.id) for p in self.posts},
            absences_of={n: tuple(x for x in absences if x.person_id == n) for n in range(1, 7)},
            rulings_on={p.id: tuple(x for x in rulings if x.grid_id == p.id) for p in self.places},
        )


@st.composite
def worlds(draw: st.DrawFn) -> Rows:
    """A school of up to six grids, with posts, six people, and whatever may happen to them."""
    size = draw(st.integers(1, 6))
    places = [Place(1, None, "school")] + [
        Place(n, draw(st.integers(1, n - 1)), draw(st.sampled_from(KINDS[1:]))) for n in range(2, size + 1)
    ]
    posts = []
    for n in range(1, draw(st.integers(1, 6)) + 1):
        begins, ends = draw(spans())
        made, ended = draw(st.sampled_from(((None, None), (begins, None), (None, ends), (begins, ends))))
        posts.append(Post(n, draw(st.integers(1, size)), draw(st.sampled_from((True, True, False))), ended, made))
    tenures = []
    for n in range(1, draw(st.integers(0, 9)) + 1):
        kind = draw(st.sampled_from(("holder", "holder", "deputy", "acting")))
        primary = kind == "holder" and draw(st.booleans())
        post, person = draw(st.integers(1, len(posts))), draw(st.integers(1, 6))
        tenures.append(Tenure(n, post, person, kind, primary, *draw(spans())))
    absences = [Absence(draw(st.integers(1, 6)), *draw(spans())) for _ in range(draw(st.integers(0, 5)))]
    rulings = []
    for n in range(1, draw(st.integers(0, 8)) + 1):
        grid, post = draw(st.integers(1, size)), draw(st.integers(1, len(posts)))
        code, mark = draw(st.sampled_from(CODES)), draw(st.sampled_from((Mark.MAIN, *Mark)))
        rulings.append(Ruling(n, grid, code, post, mark, *draw(spans())))
    return Rows(places, posts, tenures, absences, rulings)


def boundaries(rows: Rows) -> list[datetime]:
    """Every instant that a row names."""
    dated: list[Tenure | Absence | Ruling] = [*rows.tenures, *rows.absences, *rows.rulings]
    found = {row.starts_at for row in dated} | {row.ends_at for row in dated if row.ends_at}
    found |= {one for post in rows.posts for one in (post.made_at, post.ended_at) if one}
    return sorted(found)


def moments(rows: Rows) -> list[datetime]:
    """Each boundary, one microsecond before it, somewhere after it, and before everything."""
    edges = boundaries(rows)
    return sorted({START - timedelta(days=1)} | {m for e in edges for m in (e - TICK, e, e + timedelta(hours=5))})


def everybody(rows: Rows, facts: Facts, at: datetime) -> list[tuple[Answer, list[Candidate]]]:
    """The answer and the candidates for every grid and duty."""
    return [
        (responsible_for(facts, place.id, duty, at=at), candidates(facts, place.id, duty, at=at))
        for place in rows.places
        for duty in DUTIES
    ]


def is_there(rows: Rows, held: Held, post_id: int, at: datetime) -> bool:
    """By the rows alone: appointed to a standing post at this instant and not away."""
    post = next(post for post in rows.posts if post.id == post_id)
    row = next(row for row in rows.tenures if row.appointment_id == held.appointment_id)
    is_away = any(
        one.person_id == held.person_id and one.starts_at <= at and (one.ends_at is None or at < one.ends_at)
        for one in rows.absences
    )
    stands = (post.made_at is None or post.made_at <= at) and (post.ended_at is None or at < post.ended_at)
    in_force = row.starts_at <= at and (row.ends_at is None or at < row.ends_at)
    return stands and in_force and not is_away and (row.post_id, row.person_id) == (post_id, held.person_id)


@settings(max_examples=30)
@given(worlds())
def test_at_every_instant_exactly_one_answers_or_the_gap_is_declared(rows: Rows) -> None:
    facts = rows.facts()
    for at in moments(rows):
        for answer, offered in everybody(rows, facts, at):
            posts = [one.post_id for one in offered]
            assert len(posts) == len(set(posts)), "a post is offered once"
            if answer.accountable is not None:
                assert answer.post_id is not None
                assert is_there(rows, answer.accountable, answer.post_id, at)
                assert answer.falls_to is None
            else:
                assert answer.is_gap
                there = [one for one in offered if one.held]
                assert (answer.falls_to is None) == (not there), "a gap falls to somebody if anybody is there"
                assert answer.falls_to is None or is_there(rows, answer.falls_to, answer.falls_to_post or 0, at)


@settings(max_examples=30)
@given(worlds())
def test_the_matrix_never_shows_two_accountable_ones(rows: Rows) -> None:
    facts = rows.facts()
    for at in moments(rows):
        for place in rows.places:
            for duty in DUTIES:
                cells = marks_for(facts, place.id, duty, at=at)
                main = [cell for cell in cells if cell.mark is Mark.MAIN]
                answer = responsible_for(facts, place.id, duty, at=at)
                assert [cell.post_id for cell in main] == ([answer.post_id] if answer.post_id else [])
                assert len({cell.post_id for cell in cells}) == len(cells), "a post has one mark for one duty"


@settings(max_examples=30)
@given(worlds(), st.integers())
def test_the_order_of_the_rows_does_not_matter(rows: Rows, seed: int) -> None:
    facts, other = rows.facts(), rows.facts(seed)
    for at in moments(rows):
        assert everybody(rows, facts, at) == everybody(rows, other, at)
        for place in rows.places:
            marks = [set(marks_for(each, place.id, DUTIES[1], at=at)) for each in (facts, other)]
            assert marks[0] == marks[1]


@settings(max_examples=30)
@given(worlds())
def test_between_two_changes_the_answer_stays(rows: Rows) -> None:
    """`next_change` names every boundary: whoever keeps an answer until then never shows a wrong one."""
    facts = rows.facts()
    at = START - timedelta(days=1)
    while True:
        after = next_change(facts, at=at)
        until = after if after is not None else at + timedelta(days=365)
        first = everybody(rows, facts, at)
        for share in (0.25, 0.75):
            assert everybody(rows, facts, at + (until - at) * share) == first
        assert everybody(rows, facts, until - TICK) == first
        if after is None:
            return
        assert after > at
        at = after


@settings(max_examples=30)
@given(worlds(), st.data())
def test_a_row_that_is_taken_away_routes_nothing(rows: Rows, data: st.DataObject) -> None:
    """E6: once a row of the matrix is gone, no answer and no mark names it, and nobody is there by it alone."""
    if not rows.rulings:
        return
    gone = data.draw(st.sampled_from(rows.rulings))
    at = data.draw(st.sampled_from(moments(rows)))
    left = replace(rows, rulings=[row for row in rows.rulings if row is not gone])
    ended = replace(rows, rulings=[replace(row, ends_at=at) if row is gone else row for row in rows.rulings])
    for place in rows.places:
        for duty in DUTIES:
            without = marks_for(left.facts(), place.id, duty, at=at)
            assert all(cell.ruling_id != gone.id for cell in without)
            if gone.starts_at < at:
                assert marks_for(ended.facts(), place.id, duty, at=at) == without, "ended is gone, from that instant on"


@settings(max_examples=40)
@given(worlds(), st.data())
def test_a_change_of_person_is_seen_from_its_instant_on_and_not_before(rows: Rows, data: st.DataObject) -> None:
    """One hands over to another at an instant: until then all is as it was; from then on the one who left holds
    nothing by that row, and the post is never without both."""
    if not rows.tenures:
        return
    row = data.draw(st.sampled_from(rows.tenures))
    at = data.draw(st.sampled_from([m for m in moments(rows) if m > row.starts_at]))
    if not row.is_in_force(at):
        return
    heir = replace(row, appointment_id=99, person_id=7, starts_at=at)
    after = replace(rows, tenures=[*(x for x in rows.tenures if x is not row), replace(row, ends_at=at), heir])
    before_facts, after_facts = rows.facts(), after.facts()
    for moment in moments(after):
        if moment < at:
            assert everybody(rows, before_facts, moment) == everybody(after, after_facts, moment)
            continue
        held = after_facts.holder(row.post_id, at=moment)
        assert held is None or held.appointment_id != row.appointment_id
        if heir.is_in_force(moment) and (post := after_facts.post(row.post_id)) and post.stands(moment):
            assert held is not None


@settings(max_examples=40)
@given(worlds())
def test_a_post_with_somebody_present_is_never_vacant(rows: Rows) -> None:
    facts = rows.facts()
    for at in moments(rows):
        for post in rows.posts:
            tenures = facts.tenures_of[post.id]
            absences = rows.absences
            away = {one.person_id for one in absences if one.covers(at)}
            present = [one for one in tenures if one.is_in_force(at) and one.person_id not in away]
            held = holder_at(tenures, absences, at=at)
            assert (held is None) == (not present)
            assert (facts.holder(post.id, at=at) is None) == (not present or not post.stands(at))
