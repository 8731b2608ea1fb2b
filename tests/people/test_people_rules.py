"""Who may hold what from when, and what forms make of what is typed: no database."""

from datetime import date, datetime, timedelta

import pytest

from portal.core.actors import Actor, Grant
from portal.core.clock import SHANGHAI
from portal.core.refusals import Invalid, Refused
from portal.people.forms import parse_appointment, parse_person, parse_post, parse_school
from portal.people.rules import check_holder, check_instant, check_own, check_role, gives_more, roles_of

AT = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
MIDNIGHT = datetime(2026, 11, 23, 0, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (AT, None),
        (MIDNIGHT, None),
        (MIDNIGHT - timedelta(microseconds=1), "people.in_the_past"),
        (AT + timedelta(days=365), None),
        (AT + timedelta(days=2000), "people.too_far_ahead"),
    ],
)
def test_nobody_writes_into_yesterday(moment: datetime, code: str | None) -> None:
    if code is None:
        check_instant(moment, at=AT)
        return
    with pytest.raises(Refused) as refused:
        check_instant(moment, at=AT)
    assert refused.value.code == code


def actor(*roles: str) -> Actor:
    return Actor(7, 7, 2, grants=tuple(Grant(role, 2, "/1/2/", 2, 1) for role in roles))


@pytest.mark.parametrize(
    ("roles", "role", "more"),
    [
        (("safety_officer",), "keeper", False),
        (("safety_officer",), "safety_officer", False),
        (("safety_officer",), "principal", True),
        (("safety_officer",), "vice_head", True),  # a vice head strikes off major hazards
        (("principal",), "vice_head", False),
        (("safety_officer",), "bureau_officer", True),
        (("safety_officer", "principal"), "principal", False),
        (("keeper",), "chief", True),  # a chief sees what has nobody below
        (("member",), "keeper", True),
        ((), "member", True),
    ],
)
def test_which_role_gives_more_than_one_has(roles: tuple[str, ...], role: str, more: bool) -> None:
    assert gives_more(actor(*roles), role) is more


def test_nobody_gives_themselves_more_but_may_give_it_to_others() -> None:
    check_own(actor("safety_officer"), 8, "principal")
    check_own(actor("safety_officer"), 7, "keeper")
    with pytest.raises(Refused, match=r"people\.own_rights"):
        check_own(actor("safety_officer"), 7, "principal")


def test_schools_have_no_bureau_officers_and_nobody_holds_the_lead_as_a_post() -> None:
    for org_kind, role in [
        ("school", "bureau_officer"),
        ("bureau", "principal"),
        ("school", "duty_leader"),
        ("school", "x"),
    ]:
        with pytest.raises(Refused, match=r"people\.no_such_role"):
            check_role(role, org_kind=org_kind)
    assert "principal" in roles_of("school") and "bureau_officer" in roles_of("bureau")


def test_pupils_stand_apart() -> None:
    check_holder("pupil", person_kind="pupil")
    check_holder("keeper", person_kind="staff")
    for role, kind in [("pupil", "staff"), ("keeper", "pupil"), ("member", "pupil")]:
        with pytest.raises(Refused, match=r"people\.pupils_apart"):
            check_holder(role, person_kind=kind)


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"name": ""}, {"name": "people.name_missing"}),
        ({"name": "字" * 61}, {"name": "people.too_long"}),
        ({"kind": "robot"}, {"kind": "people.kind_missing"}),
        ({"phone": "call me"}, {"phone": "people.phone_wrong"}),
        ({"phone": "1" * 21}, {"phone": "people.phone_wrong"}),
        ({"email": "nobody"}, {"email": "people.email_wrong"}),
        ({"email": "a@b c.de"}, {"email": "people.email_wrong"}),
    ],
)
def test_a_person_who_is_written_wrong_says_where(typed: dict[str, str], errors: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        parse_person({"name": "甄", "kind": "staff", **typed})
    assert refused.value.fields == errors


def test_a_landline_is_a_phone() -> None:
    assert parse_person({"name": "甄", "phone": "0000-8800110"}).phone == "0000-8800110"


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({}, {"person": "people.person_missing"}),
        ({"person": "3", "new_name": "甄新"}, {"person": "people.person_both"}),
        ({"person": "3", "first_day": "morgen"}, {"first_day": "people.date_wrong"}),
        ({"person": "3", "last_day": "2026-13-01"}, {"last_day": "people.date_wrong"}),
    ],
)
def test_an_appointment_names_one_person(typed: dict[str, str], errors: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        parse_appointment(typed)
    assert refused.value.fields == errors


def test_a_deputy_is_never_the_first() -> None:
    wants = parse_appointment({"person": "3", "held_as": "deputy", "is_primary": "1", "first_day": "2026-12-01"})
    assert not wants.is_primary and wants.first_day == date(2026, 12, 1) and wants.person_id == 3


def test_a_post_and_a_school_say_what_is_missing() -> None:
    with pytest.raises(Invalid) as refused:
        parse_post({"role": "duty_leader"}, roles=roles_of("school"))
    assert set(refused.value.fields) == {"title", "role", "reach"}
    with pytest.raises(Invalid) as refused:
        parse_school({"duty_phone": ""}, default_title="安全员")
    assert refused.value.fields == {
        "name": "school.name_missing", "officer": "people.name_missing", "duty_phone": "school.phone_missing",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01"])
def test_a_day_at_the_end_of_the_calendar_is_no_day_of_an_appointment(text: str) -> None:
    with pytest.raises(Invalid) as invalid:
        parse_appointment({"person": "5", "last_day": text})
    assert invalid.value.fields == {"last_day": "people.date_wrong"}
