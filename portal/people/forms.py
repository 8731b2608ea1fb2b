"""Forms of the people room: text in, typed commands or coded errors out. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from portal.core.refusals import Invalid
from portal.grids.rules import parse_id
from portal.people.rules import HELD_AS

PHONE = re.compile(r"\+?[\d \-()]{3,20}")
YEARS = range(1900, 2200)  # the ends of the calendar have no day before or after them
EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,180}\.[^\s@.]{2,24}")


@dataclass(frozen=True, slots=True)
class PersonCommand:
    """What is known of a person."""

    name: str
    kind: str
    staff_no: str | None
    phone: str | None
    email: str | None


def parse_person(texts: Mapping[str, str]) -> PersonCommand:
    """The person, or `Invalid` with a code for each field."""
    errors: dict[str, str] = {}
    name = _name(texts.get("name", ""), errors)
    kind = texts.get("kind", "staff")
    if kind not in ("staff", "pupil"):
        errors["kind"] = "people.kind_missing"
    number = texts.get("staff_no", "") or None
    if number and len(number) > 40:
        errors["staff_no"] = "people.too_long"
    phone, email = _phone(texts.get("phone", ""), "phone", errors), texts.get("email", "") or None
    if email and not EMAIL.fullmatch(email):
        errors["email"] = "people.email_wrong"
    if errors:
        raise Invalid(errors)
    return PersonCommand(name, kind, number, phone, email)


def _name(text: str, errors: dict[str, str], field: str = "name", missing: str = "people.name_missing") -> str:
    if not text:
        errors[field] = missing
    elif len(text) > 60:
        errors[field] = "people.too_long"
    return text


def _phone(text: str, field: str, errors: dict[str, str]) -> str | None:
    if text and not PHONE.fullmatch(text):
        errors[field] = "people.phone_wrong"
    return text or None


@dataclass(frozen=True, slots=True)
class PostCommand:
    """What a post is: its title, what it does, how far it reaches, whether it answers for its grid, its work
    besides safety (R47)."""

    title: str
    role: str
    reach: int
    is_accountable: bool
    line_of_work: str


def parse_post(texts: Mapping[str, str], *, roles: Collection[str]) -> PostCommand:
    """The post, or `Invalid`."""
    errors: dict[str, str] = {}
    title, role, reach = texts.get("title", ""), texts.get("role", ""), parse_id(texts.get("reach", ""))
    if not title:
        errors["title"] = "people.title_missing"
    elif len(title) > 80:
        errors["title"] = "people.too_long"
    if role not in roles:
        errors["role"] = "people.role_missing"
    if reach is None:
        errors["reach"] = "people.reach_missing"
    line = texts.get("line_of_work", "")
    if len(line) > 200:
        errors["line_of_work"] = "people.too_long"
    if reach is None or errors:
        raise Invalid(errors)
    return PostCommand(title, role, reach, texts.get("is_accountable", "") == "1", line)


@dataclass(frozen=True, slots=True)
class AppointCommand:
    """Who takes a post, as what, from which day and to which (inclusive). Days None: from now, without an end."""

    person_id: int | None
    new_name: str
    held_as: str
    is_primary: bool
    first_day: date | None
    last_day: date | None


def parse_appointment(texts: Mapping[str, str]) -> AppointCommand:
    """The appointment, or `Invalid`. Either somebody who is known, or the name of somebody new."""
    errors: dict[str, str] = {}
    person_id, new_name = parse_id(texts.get("person", "")), texts.get("new_name", "")
    if person_id is None and not new_name:
        errors["person"] = "people.person_missing"
    if person_id is not None and new_name:
        errors["person"] = "people.person_both"
    if len(new_name) > 60:
        errors["new_name"] = "people.too_long"
    first = parse_day(texts.get("first_day", ""), "first_day", errors)
    last = parse_day(texts.get("last_day", ""), "last_day", errors)
    held_as = texts.get("held_as", "")
    if errors:
        raise Invalid(errors)
    held_as = held_as if held_as in HELD_AS else "holder"
    return AppointCommand(
        person_id, new_name, held_as, texts.get("is_primary", "") == "1" and held_as == "holder", first, last
    )


def parse_day(text: str, field: str, errors: dict[str, str]) -> date | None:
    """A day as browsers send it; nothing for an empty field; an error for anything else."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        errors[field] = "people.date_wrong"
        return None
    return day


@dataclass(frozen=True, slots=True)
class SchoolCommand:
    """A new school and its first safety officer."""

    name: str
    duty_phone: str
    officer: str
    officer_title: str
    officer_phone: str | None


def parse_school(texts: Mapping[str, str], *, default_title: str) -> SchoolCommand:
    """The school, or `Invalid`."""
    errors: dict[str, str] = {}
    name = _name(texts.get("name", ""), errors, missing="school.name_missing")
    officer = _name(texts.get("officer", ""), errors, "officer")
    phone = _phone(texts.get("duty_phone", ""), "duty_phone", errors)
    if not phone:
        errors["duty_phone"] = "school.phone_missing"
    own = _phone(texts.get("officer_phone", ""), "officer_phone", errors)
    title = texts.get("officer_title", "") or default_title
    if len(title) > 80:
        errors["officer_title"] = "people.too_long"
    if phone is None or errors:
        raise Invalid(errors)
    return SchoolCommand(name, phone, officer, title, own)
