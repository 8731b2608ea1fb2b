"""The text of a letter: filled from facts or refused by name, two-sided, the same digest ever, changes clause by clause."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from portal.core.refusals import Refused
from portal.letters.document import (
    Clause,
    Duty,
    Provision,
    check_two_sided,
    differences,
    digest_of,
    filled,
    from_json,
    shipped_wordings,
    summary,
    to_json,
    variables_of,
    wording_from,
    wording_json,
)
from portal.letters.document.labels import PROVISIONS, REFUSALS, VARIABLES
from tests.letters.document_kit import KINDS, a_letter, facts, wording


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_whole_and_leaves_no_place_open(kind):
    text = a_letter(kind)
    body = to_json(text)
    assert set(re.findall(r"\{\w+\}", body)) <= {"{digest}"}
    assert text.kind == kind
    assert [one.key for one in text.clauses] == [
        "scope", "period", "duties", "means", "assessment", "handover", "signing", "signatures"
    ]  # fmt: skip
    assert all(one.kind in PROVISIONS for one in text.provisions)
    assert from_json(body) == text
    assert to_json(from_json(body)) == body


def test_the_digest_is_of_the_text_and_of_nothing_else():
    one = a_letter()
    assert digest_of(one) == digest_of(from_json(to_json(one)))
    assert digest_of(one) == digest_of(a_letter())
    turned = dict(reversed(list(json.loads(to_json(one)).items())))
    assert digest_of(from_json(json.dumps(turned))) == digest_of(one)
    assert digest_of(replace(one, ends_on=date(2027, 9, 1))) != digest_of(one)
    assert json.loads(to_json(one))["number"] == one.number


@pytest.mark.parametrize("broken", ["[]", "{}", '{"format": 2}', '{"format": 1}', '{"format": 1, "kind": 3}', "no"])
def test_what_is_no_text_is_none(broken):
    with pytest.raises(ValueError):
        from_json(broken)


@pytest.mark.parametrize(
    "name", ["number", "school", "year", "grid", "grid_code", "role", "starts_on", "giver", "taker", "code", "address"]
)
@pytest.mark.parametrize("value", [None, "", "gone"])
def test_a_missing_fact_is_told_by_its_name(name, value):
    given = facts()
    if value == "gone":
        del given[name]
    else:
        given[name] = value
    with pytest.raises(Refused) as refused:
        filled(wording(), given)
    told = refused.value.params["place"]
    assert refused.value.params["name"] == VARIABLES[told]
    assert refused.value.code == "letter.variable_missing"
    assert told in (name, "starts" if name == "starts_on" else name)
    assert told in VARIABLES


def test_a_school_of_its_own_may_ask_for_more():
    own = replace(wording(), clauses=(*wording().clauses, Clause("more", "补充", "宿舍由{dormitory}管。")))
    assert "dormitory" in variables_of(own)
    with pytest.raises(Refused) as refused:
        filled(own, facts())
    assert refused.value.params == {"name": "dormitory", "place": "dormitory"}
    assert filled(own, facts(dormitory="生活老师")).clauses[-1].text == "宿舍由生活老师管。"
    assert wording_from(wording_json(own)) == own


def test_every_variable_of_the_shipped_wordings_has_a_name():
    for one in shipped_wordings():
        assert set(variables_of(one)) <= VARIABLES.keys(), one.kind


def test_what_stands_in_a_fact_is_never_filled_again():
    text = filled(wording(), facts(boundary="{school} {digest} {0.__class__} <b>"))
    assert "{school} {digest} {0.__class__} <b>" in text.clauses[0].text


@pytest.mark.parametrize("kind", ["authority", "time", "training"])
@pytest.mark.parametrize("how", ["gone", "blank"])
def test_a_letter_that_only_takes_is_refused(kind, how):
    for one in shipped_wordings():
        check_two_sided(one)
    rest = tuple(one for one in wording().provisions if one.kind != kind)
    left = replace(wording(), provisions=rest if how == "gone" else (*rest, Provision(kind, "  ")))
    for ask in (lambda: check_two_sided(left), lambda: filled(left, facts())):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.code == "letter.one_sided"
        assert refused.value.params == {"missing": PROVISIONS[kind], "kinds": [kind]}


def test_without_the_clause_on_what_is_given_it_is_refused():
    left = replace(wording(), clauses=tuple(one for one in wording().clauses if one.key != "means"))
    with pytest.raises(Refused, match="one_sided"):
        check_two_sided(left)


def test_pupils_are_given_care_and_are_not_judged():
    text = a_letter("class")
    assert {one.kind for one in text.provisions} >= {"notice", "protection", "privacy"}
    assert "不作处罚" in next(one.text for one in text.clauses if one.key == "assessment")
    assert "乙方" not in to_json(text)
    assert not any("责任" in one for one in text.standing)
    assert [one.name for one in text.fields] == ["party_1", "party_2", "party_3"]  # no seal: it is not signed here


def test_guards_and_cooks_have_lines_of_their_own():
    gate, canteen = a_letter("guards"), a_letter("guards", variant="canteen")
    assert "登记" in gate.standing[0]
    assert "索要票证" in canteen.standing[0]
    assert max(len(line) for line in (*gate.standing, *canteen.standing)) < 36
    with pytest.raises(Refused, match="variant_unknown"):
        a_letter("guards", variant="dentist")


def test_dates_are_in_words_and_without_an_end_it_holds_until_the_post_changes():
    period = a_letter().clauses[1].text
    assert "自2026年11月24日零时生效，至2027年8月31日终了" in period
    assert "不倒签" in period
    assert "至岗位变动为止" in a_letter(ends_on=None).clauses[1].text


@pytest.mark.parametrize(
    ("kind", "says"),
    [("own", "不等同于依法设立的电子认证机构"), ("licensed", "证书颁发机构：某认证机构"), ("paper", "纸质原件存于")],
)
def test_the_clause_on_signing_says_what_the_signature_proves(kind, says):
    clause = next(one for one in a_letter(signature_kind=kind, issuer="某认证机构").clauses if one.key == "signing")
    assert says in clause.text
    assert "{digest}" in clause.text
    assert ("不等同" in clause.text) is (kind == "own")


def test_the_parties_are_not_the_signers_the_signers_are_in_their_order():
    fields = [
        {"name": "party_1", "part": "taker", "post": "室管员", "person": "教师022"},
        {"name": "party_2", "part": "giver", "post": "楼层长", "person": "教师019"},
        {"name": "party_3", "part": "giver", "post": "校长", "person": "教师001"},
    ]
    text = a_letter(fields=fields)
    assert [(one.name, one.label) for one in text.fields] == [
        ("party_1", "乙方"), ("party_2", "甲方"), ("party_3", "甲方"), ("seal", "学校印章")
    ]  # fmt: skip


def test_changes_are_told_clause_by_clause():
    old = a_letter()
    assert differences(old, a_letter(number="安责〔2027〕1号", code="0" * 32, address="https://x/")) == []
    new = a_letter(
        duties=0, ends_on=date(2028, 8, 31), hours="2小时", taker={"unit": "", "post": "室管员", "name": "教师033"}
    )
    new = replace(new, duties=(*old.duties[1:4], Duty("查看灭火器压力", "每月")))
    changes = {one.key: one for one in differences(old, new)}
    assert changes.keys() == {"parties", "period", "duties", "means"}
    assert changes["duties"].gone == ("每天上课前查看教室门窗桌椅插座和照明，发现问题停用报修（每天）。",)
    assert changes["duties"].new == ("查看灭火器压力（每月）。",)
    assert changes["means"].title == "甲方保障"
    assert "2小时" in changes["means"].new[0]
    tables = differences(a_letter("fire"), replace(a_letter("fire"), tables=()))
    assert [one.key for one in tables] == ["tables:equipment"]
    assert tables[0].new == ()


def test_the_summary_has_two_halves():
    found = summary(a_letter())
    assert len(found.duties) == 8 + 3
    assert found.provided[0].startswith("权限：")
    assert found.duties[0].endswith("（每天）。")


def test_a_broken_wording_is_told():
    half = json.dumps(json.loads(wording_json(wording())) | {"signing": {}})
    for body in (half, "", "[]", "{}", '{"kind": 3}', "[" * 3000):
        with pytest.raises(Refused) as refused:
            wording_from(body)
        assert refused.value.code == "letter.wording_broken"
        assert refused.value.code in REFUSALS
