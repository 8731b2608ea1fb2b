"""The pure rules: what strangers read, how keys look, when two lines are alike, what a stage is."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.contact_boards.rules import (
    CODE_SIGNS,
    NotFixed,
    Stage,
    alike,
    check_code_of,
    is_board_key,
    likeness,
    masked,
    normal_report_key,
    not_fixed_leads_to,
    public_person,
    report_key_of,
    stage_of,
    without_numbers,
)
from portal.contact_boards.rules.limits import LIMITS, is_over, slot_of

AT = datetime(2026, 11, 23, 2, 3, 4, tzinfo=UTC)
PERSON = {"title": "负责人", "name": "甄实验", "mobile": "13800001234", "portrait": "ab" * 32}


def test_without_consent_there_is_a_title_and_a_masked_mobile() -> None:
    shown = public_person(**PERSON)
    assert shown is not None
    assert (shown.called, shown.name, shown.phone, shown.number, shown.portrait) == (
        "负责人", "", "138****1234", "", "",
    )  # fmt: skip


def test_each_consent_shows_its_own_field_only() -> None:
    named = public_person(**PERSON, consents={"name"})
    reached = public_person(**PERSON, consents={"mobile"})
    pictured = public_person(**PERSON, consents={"photo"})
    assert named is not None and (named.called, named.number, named.portrait) == ("甄实验", "", "")
    assert pictured is not None and (pictured.called, pictured.portrait) == ("负责人", "ab" * 32)
    assert reached is not None and (reached.called, reached.number, reached.phone) == (
        "负责人", "13800001234", "138****1234",
    )  # fmt: skip


def test_a_pupil_is_never_shown_whatever_was_signed() -> None:
    assert public_person(**PERSON, is_pupil=True, consents={"name", "mobile", "photo"}) is None


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800001234", "138****1234"),
        ("+86 138-0000-1234", "138****1234"),
        ("138 0000 1234", "138****1234"),
        ("0000-8800110", ""),
        ("88001100", ""),
        ("", ""),
    ],
)
def test_a_number_is_masked_or_not_there(number: str, shown: str) -> None:
    assert masked(number) == shown


def test_codes_have_no_signs_that_look_alike() -> None:
    assert not set(CODE_SIGNS) & set("01ILOBSZ8")
    code = check_code_of(2**63 + 12345)
    assert len(code) == 9 and code[4] == "-" and set(code) <= {*CODE_SIGNS, "-"}


def test_a_report_key_is_read_as_people_write_it() -> None:
    key = report_key_of(2**200 + 7)
    assert len(key) == 29
    assert (
        normal_report_key(key.lower())
        == normal_report_key(key.replace("-", ""))
        == normal_report_key(f" {key} ")
        == key
    )
    assert normal_report_key("0000-" * 5 + "0000") == normal_report_key(key[:-1]) == ""


def test_only_what_can_be_a_key_is_looked_up() -> None:
    assert is_board_key("A" * 24) and is_board_key("a-_" * 8)
    assert not any(is_board_key(text) for text in ("", "a" * 19, "a" * 41, "a" * 24 + "'", "../" * 8, "é" * 24))


def test_like_lines_are_found_and_unlike_ones_not() -> None:
    assert likeness("通风橱的门关不上", "化学实验室通风橱门关不上了") > 0.4
    assert likeness("通风橱的门关不上", "楼梯扶手松了") < 0.2
    assert likeness("灯", "灯！") == 1 and likeness("灯", "门") == 0 and likeness("", "门") == 0

    class Line:
        def __init__(self, title: str) -> None:
            self.title = title

    found = alike("灯不亮了", [Line("楼梯滑"), Line("走廊灯不亮了"), Line("灯不亮")])
    assert [one.title for one in found] == ["灯不亮", "走廊灯不亮了"]


def test_numbers_are_not_passed_on_to_other_strangers() -> None:
    assert "139" not in without_numbers("找我 139 1234 5678 或 0000-8800110")
    assert without_numbers("三楼 302 教室") == "三楼 302 教室"


@pytest.mark.parametrize(
    ("state", "status", "stage"),
    [
        ("waiting", None, Stage.RECEIVED),
        ("waiting", "closed", Stage.RECEIVED),
        ("accepted", "reported", Stage.RECEIVED),
        ("accepted", "assigned", Stage.FIXING),
        ("merged", "recheck", Stage.FIXING),
        ("accepted", "escalated", Stage.FIXING),
        ("accepted", "closed", Stage.DONE),
        ("refused", None, Stage.REFUSED),
    ],
)
def test_stages(state: str, status: str | None, stage: Stage) -> None:
    assert stage_of(state, status) is stage


@pytest.mark.parametrize(
    ("changes", "leads_to"),
    [
        ({}, NotFixed.REOPENS),
        ({"reopened_at": AT}, NotFixed.SCREENED),
        ({"outcome": "not_hazard"}, NotFixed.SCREENED),
        ({"state": "merged", "is_own": False}, NotFixed.SCREENED),
        ({"closed_at": AT - timedelta(days=16)}, None),
        ({"status": "recheck", "closed_at": None}, None),
        ({"state": "waiting"}, None),
        ({"state": "refused"}, None),
    ],
)
def test_not_fixed_reopens_once_then_somebody_looks(changes: dict[str, object], leads_to: NotFixed | None) -> None:
    facts = {
        "state": "accepted", "status": "closed", "outcome": "rectified", "closed_at": AT, "reopened_at": None,
        "is_own": True, **changes,
    }  # fmt: skip
    assert not_fixed_leads_to(**facts, at=AT) is leads_to  # type: ignore[arg-type]


def test_a_class_of_parents_is_below_the_limit_and_a_scraper_above() -> None:
    assert not is_over("report", 60) and is_over("phone", 60) and not is_over("phone", 59)
    assert slot_of(AT) == AT.replace(minute=0, second=0)
    assert LIMITS["phone"].since(AT) == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
