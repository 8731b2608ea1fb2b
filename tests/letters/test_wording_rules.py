"""What may stand in a wording of a school's own, and in a chain: pure rules (F2, R104)."""

import pytest

from portal.core.refusals import Refused
from portal.letters.document import filled, shipped_wordings, wording_from, wording_json
from portal.letters.rules import Reach
from portal.letters.rules.links import Link, circle_in, in_order, moved, ways_of, with_link, without
from portal.letters.rules.tree import Leaf, Need, tree_of
from portal.letters.wordings.texts import GIVEN, WordingWrong, changes, texts_of, wording_of_texts
from tests.letters.document_kit import KINDS, facts, wording

# -- texts


@pytest.mark.parametrize("kind", KINDS)
def test_a_wording_survives_its_own_form(kind: str) -> None:
    base = wording(kind)
    again = wording_of_texts(base, texts_of(base))
    assert not changes(base, again)
    assert wording_from(wording_json(again)) == again
    assert {one.kind for one in again.provisions} == {one.kind for one in base.provisions}


def test_the_clause_on_the_kind_of_signature_is_no_field() -> None:
    base = wording()
    assert not [field for field in texts_of(base) if "signing" in field]
    made = wording_of_texts(base, {"clause-signing-text": "有法律效力", "signing-own": "等同于第三方认证"})
    assert made.signing == base.signing and not changes(base, made)


def test_an_unknown_place_is_refused_with_its_name_and_what_there_is() -> None:
    with pytest.raises(WordingWrong) as wrong:
        wording_of_texts(wording(), {"opening": "为{学校}，{grid}和{wages}。", "title": "{school}{责任"})
    said = wrong.value.said
    assert said["opening"].code == "letter.variable_unknown"
    assert said["opening"].params["names"] == "学校、wages"
    assert "grid" in str(said["opening"].params["known"]).split("、")
    assert said["title"].code == "letter.brace_alone"


@pytest.mark.parametrize(
    ("texts", "field", "code"),
    [
        ({"title": " "}, "title", "letter.text_missing"),
        ({"title": "长" * 201}, "title", "letter.text_long"),
        ({"standing": "长" * 4_001}, "standing", "letter.text_long"),
        ({"default-hours": ""}, "default-hours", "letter.text_missing"),
        ({"default-hours": "{grid}"}, "default-hours", "letter.default_plain"),
        ({"open_period": "到{ends}。"}, "open_period", "letter.no_end_here"),
        ({"part-seal": ""}, "part-seal", "letter.text_missing"),
    ],
)
def test_what_would_stop_a_letter_is_refused_at_its_field(texts: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(WordingWrong) as wrong:
        wording_of_texts(wording(), texts)
    assert wrong.value.said[field].code == code


def test_a_table_keeps_its_cells() -> None:
    made = wording_of_texts(wording("yearly"), {"table-targets": "责任事故 | 0起 | 校内\n\n演练｜每月一次｜全校"})
    assert made.tables[0].rows == (("责任事故", "0起", "校内"), ("演练", "每月一次", "全校"))
    with pytest.raises(WordingWrong) as wrong:
        wording_of_texts(wording("yearly"), {"table-targets": "责任事故 | 0起"})
    assert wrong.value.said["table-targets"].params["count"] == 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_that_only_takes_cannot_be_published(kind: str) -> None:
    base = wording(kind)
    nothing = {field: "" for field in texts_of(base) if field.startswith("give-")}
    with pytest.raises(WordingWrong) as wrong:
        wording_of_texts(base, nothing)
    assert {one.code for one in wrong.value.said.values()} == {"letter.one_sided"}
    assert all(field.startswith("give-") for field in wrong.value.said)


def test_what_is_said_otherwise_is_told_line_by_line() -> None:
    base = wording()
    texts = texts_of(base)
    made = wording_of_texts(base, {"standing": texts["standing"] + "\n课间看护走廊。", "title": "{school}责任书"})
    found = {one.field: one for one in changes(base, made)}
    assert set(found) == {"standing", "title"}
    assert found["standing"].new == ("课间看护走廊。",) and not found["standing"].gone
    assert found["title"].gone == (base.title,)


def test_every_fact_that_is_said_to_be_there_is_there() -> None:
    """A place in the list becomes something in each letter, with an end or without."""
    base = wording()
    for name in GIVEN:
        if name == "ends":
            continue
        made = wording_of_texts(base, {"opening": f"看{{{name}}}。"})
        assert "{" not in filled(made, facts(ends_on=None)).opening


def test_guards_and_canteen_take_their_own_variant_and_others_none() -> None:
    guards, yearly = wording("guards"), wording("yearly")
    assert guards.variant_for("member", "安保人员 校门") == "gate"
    assert guards.variant_for("member", "炊事员 食堂") == "canteen"
    assert guards.variant_for("member", "校委会成员 领导小组") is None
    assert (yearly.variant_for("principal", "校长"), yearly.variant_for("vice_head", "副校长")) == ("school", "office")
    assert all(one.variant_for("keeper", "x") is None for one in shipped_wordings() if not one.variants)


# -- chains

LINKS = (
    Link(1, "bureau_officer", "principal", Reach.ABOVE),
    Link(2, "principal", "vice_head", Reach.SCHOOL),
    Link(2, "principal", "safety_officer", Reach.SCHOOL),
    Link(3, "vice_head", "chief", Reach.SCHOOL),
)


def test_a_chain_reads_from_the_first_giver_to_each_last_taker() -> None:
    assert ways_of(LINKS) == (
        ("bureau_officer", "principal", "vice_head", "chief"),
        ("bureau_officer", "principal", "safety_officer"),
    )


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (Link(4, "chief", "bureau_officer", Reach.ABOVE), "letter.chain_role"),
        (Link(4, "pupil", "keeper", Reach.ABOVE), "letter.chain_role"),
        (Link(4, "principal", "chief", Reach.SCHOOL), "letter.chain_twice"),
        (Link(4, "keeper", "keeper", Reach.ABOVE), "letter.chain_same"),
        (Link(1, "chief", "bureau_officer", Reach.SCHOOL), "letter.chain_role"),
    ],
)
def test_what_is_no_step_is_refused(new: Link, code: str) -> None:
    with pytest.raises(Refused, match=code):
        with_link(LINKS, new)


def test_a_circle_is_refused_and_the_one_of_the_whole_school_may_give_to_the_others() -> None:
    with pytest.raises(Refused, match="chain_circle"):
        with_link(LINKS[1:], Link(4, "chief", "principal", Reach.SCHOOL))
    made = with_link(LINKS, Link(4, "keeper", "keeper", Reach.SCHOOL))
    assert circle_in(made) == () and ways_of(made)[-1] == ("keeper", "keeper")


def test_steps_move_and_end_and_stay_without_holes() -> None:
    earlier = moved(LINKS, "chief", -1)
    assert [(one.taker, one.step) for one in earlier] == [
        ("principal", 1), ("vice_head", 2), ("safety_officer", 2), ("chief", 2),
    ]  # fmt: skip
    apart = moved(LINKS, "safety_officer", 1)
    assert [(one.taker, one.step) for one in apart] == [
        ("principal", 1), ("vice_head", 2), ("safety_officer", 3), ("chief", 4),
    ]  # fmt: skip
    assert moved(LINKS, "principal", -1) == LINKS == moved(LINKS, "nobody", 1)
    assert [one.step for one in without(LINKS, "principal")] == [1, 1, 2]
    with pytest.raises(Refused, match="chain_empty"):
        without(LINKS[:1], "principal")
    assert in_order(reversed(LINKS))[0].taker == "principal"


# -- the tree of a round


def test_the_tree_counts_below_each_post_and_puts_first_what_needs_somebody() -> None:
    leaves = [
        Leaf(1, 10, 20, Need.COMPLETE, True), Leaf(2, 10, 21, Need.WAITING), Leaf(3, 21, 30, Need.FAILED),
        Leaf(4, 20, 31, Need.COMPLETE, True), Leaf(5, 20, 32, Need.OVER),
    ]  # fmt: skip
    [root] = tree_of(leaves)
    assert (root.post, root.signed, root.whole, root.exceptions) == (10, 2, 4, 1)
    assert [(one.post, one.signed, one.whole) for one in root.branches] == [(21, 0, 1), (20, 1, 1)]
    assert [one.need for one in root.letters] == [Need.WAITING, Need.COMPLETE]


def test_a_tree_of_letters_that_go_in_a_circle_ends() -> None:
    found = tree_of(
        [Leaf(1, 10, 20, Need.WAITING), Leaf(2, 20, 10, Need.WAITING), Leaf(3, 30, 30, Need.COMPLETE, True)]
    )
    assert sorted(one.post for one in found) == [10, 30] and sum(one.whole for one in found) == 3
