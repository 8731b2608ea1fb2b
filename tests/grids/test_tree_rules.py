"""What may be done to the tree, and what forms make of what is typed: no database."""

import pytest

from portal.core.refusals import Invalid, Refused
from portal.grids.forms import parse_card, parse_kind
from portal.grids.rules import (
    MOST_DEPTH,
    Place,
    check_child,
    check_end,
    check_move,
    parse_id,
    parse_version,
    rebased,
    seven_things,
)

SCHOOL = Place(2, 2, "/1/2/", 1, False)
BUILDING = Place(5, 2, "/1/2/5/", 2, False)
FLOOR = Place(7, 2, "/1/2/5/7/", 3, False)
OTHER_BUILDING = Place(55, 2, "/1/2/55/", 2, False)
ELSEWHERE = Place(9, 3, "/1/3/9/", 2, False)


@pytest.mark.parametrize(
    ("grid", "to", "deepest", "code"),
    [
        (FLOOR, OTHER_BUILDING, 4, None),
        (FLOOR, BUILDING, 4, None),
        (BUILDING, OTHER_BUILDING, 4, None),  # /5/ is no part of /55/
        (SCHOOL, BUILDING, 4, "grid.root_stays"),
        (BUILDING, BUILDING, 4, "grid.circle"),
        (BUILDING, FLOOR, 4, "grid.circle"),
        (FLOOR, ELSEWHERE, 4, "grid.other_organisation"),
        (FLOOR, OTHER_BUILDING._replace(is_ended=True), 4, "grid.parent_ended"),
        (BUILDING, OTHER_BUILDING, MOST_DEPTH - 1, None),
        (BUILDING, OTHER_BUILDING, MOST_DEPTH, "grid.too_deep"),
    ],
)
def test_where_a_grid_may_move(grid: Place, to: Place, deepest: int, code: str | None) -> None:
    if code is None:
        check_move(grid, to, deepest=deepest)
        return
    with pytest.raises(Refused) as refused:
        check_move(grid, to, deepest=deepest)
    assert refused.value.code == code


def test_a_tree_has_a_lowest_level() -> None:
    check_child(FLOOR._replace(depth=MOST_DEPTH - 1))
    with pytest.raises(Refused, match=r"grid\.too_deep"):
        check_child(FLOOR._replace(depth=MOST_DEPTH))


def test_a_grid_ends_when_nothing_hangs_on_it_any_more() -> None:
    check_end(FLOOR, blockers=[("grid.has_children", 0), ("grid.has_posts", 0)])
    with pytest.raises(Refused) as refused:
        check_end(FLOOR, blockers=[("grid.has_children", 0), ("grid.has_posts", 2)])
    assert refused.value.code == "grid.has_posts" and refused.value.params == {"count": 2}
    with pytest.raises(Refused, match=r"grid\.root_stays"):
        check_end(SCHOOL, blockers=[])


def test_paths_follow_the_move() -> None:
    assert rebased("/1/2/5/7/11/", was="/1/2/5/7/", becomes="/1/2/55/7/") == "/1/2/55/7/11/"


def test_a_place_in_the_tree_fixes_two_of_the_seven_things() -> None:
    nothing = seven_things(has_range=False, has_person=False, has_post=False, has_duty=False, has_assessment=False)
    assert [thing.key for thing in nothing if thing.is_set] == ["level", "cell"]
    assert len(nothing) == 7


GOOD = {"name": "化学实验室", "kind": "room"}


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"name": ""}, {"name": "grid.name_missing"}),
        ({"name": "字" * 121}, {"name": "grid.too_long"}),
        ({"kind": "spaceship"}, {"kind": "grid.kind_missing"}),
        ({"area_m2": "大"}, {"area_m2": "grid.area_wrong"}),
        ({"area_m2": "nan"}, {"area_m2": "grid.area_wrong"}),
        ({"area_m2": "-1"}, {"area_m2": "grid.area_wrong"}),
        ({"area_m2": "５６"}, {"area_m2": "grid.area_wrong"}),
        ({"sort": "-1"}, {"sort": "grid.sort_wrong"}),
        ({"duty_note": "字" * 2001}, {"duty_note": "grid.too_long"}),
    ],
)
def test_a_card_that_is_wrong_says_where(typed: dict[str, str], errors: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        parse_card({**GOOD, **typed}, kinds={"room"}, schemes={"general"})
    assert refused.value.fields == errors


def test_a_card_says_nothing_where_nothing_was_typed() -> None:
    card = parse_card({**GOOD, "area_m2": "1,056.5", "is_key_spot": "1", "scheme": "x"}, kinds={"room"}, schemes=set())
    assert (
        card.fields["area_m2"] == 1056.5 and card.fields["is_key_spot"] is True and card.fields["is_heading"] is False
    )
    assert card.fields["location"] is None and card.fields["sort"] == 0 and card.fields["scheme"] == "general"


@pytest.mark.parametrize("text", ["", "x", "-1", "１", "1e3", "9" * 20, " 1"])
def test_what_is_no_id_is_none(text: str) -> None:
    assert parse_id(text) is None and parse_version(text) == 0


def test_a_kind_needs_a_name() -> None:
    with pytest.raises(Invalid):
        parse_kind({"name": ""})
    assert parse_kind({"name": "温室", "is_place": "1"}).is_place
