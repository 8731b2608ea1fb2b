"""Coverage as pure rules: what counts, and that spans say at every instant what the rows say."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings

from portal.coverage.rules import Fraction, Why, look_alikes, spans, uncovered
from portal.responsibilities.rules import Facts, Place, Post, Tenure
from tests.responsibilities.test_properties import START, Rows, boundaries, worlds

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def small(*tenures: Tenure) -> Facts:
    return Facts(
        places={1: Place(1, None, "school"), 2: Place(2, 1, "room"), 3: Place(3, 1, "room")},
        posts_on={1: (Post(10, 1, True),), 2: (Post(20, 2, True),)},
        tenures_of={10: (Tenure(1, 10, 5, "holder", True, AT),), 20: tenures},
    )


def test_a_grid_that_is_only_answered_for_from_above_is_a_gap() -> None:
    gaps = uncovered(small(), [1, 2, 3], at=AT)
    assert [(gap.grid_id, gap.why, gap.post_id) for gap in gaps] == [(2, Why.VACANT, 20), (3, Why.NO_POST, None)]


def test_a_span_begins_at_the_instant_at_which_somebody_takes_over() -> None:
    facts = small(Tenure(2, 20, 6, "holder", True, AT + timedelta(days=1), AT + timedelta(days=3)))
    found = spans(facts, [1, 2, 3], at=AT)
    assert [(one.fraction.have, one.starts_at, one.ends_at) for one in found] == [
        (1, AT, AT + timedelta(days=1)),
        (2, AT + timedelta(days=1), AT + timedelta(days=3)),
        (1, AT + timedelta(days=3), None),
    ]


def test_names_that_look_alike_differ_in_one_chinese_sign_and_digits_do_not_count() -> None:
    names = {1: "李小明", 2: "李晓明", 3: "教师001", 4: "教师002", 5: "李小明", 6: "王大", 7: "王"}
    assert set(look_alikes(names)) == {(1, 2), (1, 5), (2, 5)}


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_spans_have_no_holes_and_say_at_each_instant_what_the_rows_say(rows: Rows) -> None:
    facts, grids = rows.facts(), [place.id for place in rows.places]
    begin = START - timedelta(days=1)
    found = spans(facts, grids, at=begin)
    assert found[0].starts_at == begin
    assert found[-1].ends_at is None
    for one, following in pairwise(found):
        assert one.ends_at == following.starts_at
        assert one.starts_at < following.starts_at
        assert one.gaps != following.gaps, "neighbours that agree are one"
    edges = [edge for edge in boundaries(rows) if edge > begin]
    for at in sorted({begin, *edges, *(edge - TICK for edge in edges), *(edge + timedelta(hours=5) for edge in edges)}):
        if at < begin:
            continue
        span = next(one for one in found if one.starts_at <= at and (one.ends_at is None or at < one.ends_at))
        gaps = uncovered(facts, grids, at=at)
        assert span.gaps == tuple(gaps)
        assert span.fraction == Fraction(len(grids) - len(gaps), len(grids))
