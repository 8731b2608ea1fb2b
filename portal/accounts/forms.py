"""The forms of the accounts room: text in, typed commands or coded errors out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from portal.accounts.queries import Wanted
from portal.accounts.rules import AccountState, normal_login, typed_code
from portal.core.refusals import Invalid

PHONE = re.compile(r"\+?[0-9][0-9 ()\-]{5,18}[0-9]")
EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]{1,180}\.[^@\s,;<>.]{2,30}")

Act = Literal["invite", "invite_all", "reset", "disable", "enable"]
_ACTS: dict[str, Act] = {act: act for act in get_args(Act)}


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that somebody chose; `login` only where one is chosen with it, `old` only where it is asked."""

    password: str
    login: str = ""
    old: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a person; empty texts take a number or an address away."""

    phone: str
    email: str
    version: int


@dataclass(frozen=True, slots=True)
class ManageCommand:
    """What is to be done to whose accounts. `wanted` is the list that "everybody in it" means."""

    act: Act
    person_ids: tuple[int, ...]
    wanted: Wanted


def is_id(text: str) -> bool:
    """Whether a text can be the number of a row."""
    return text.isascii() and text.isdigit() and 0 < len(text) < 10


def parse_sign_in(texts: Mapping[str, str]) -> tuple[str, str]:
    """Login in its normal form, and password."""
    login, password = normal_login(texts.get("login", "")), texts.get("password", "")
    faults = {} if login else {"login": "account.login_missing"}
    if not password:
        faults["password"] = "account.password_missing"  # noqa: S105 - a code
    if faults:
        raise Invalid(faults)
    return login, password[:1000]


def parse_new_password(texts: Mapping[str, str], *, asks_old: bool = False) -> NewPassword:
    """The new password, written twice alike. Whether it is a good one is the service's question."""
    old, password, again = texts.get("old", ""), texts.get("password", ""), texts.get("again", "")
    faults = {"old": "account.password_missing"} if asks_old and not old else {}
    if not password:
        faults["password"] = "account.password_missing"  # noqa: S105 - a code
    elif password != again:
        faults["again"] = "account.again_differs"
    if faults:
        raise Invalid(faults)
    return NewPassword(password, normal_login(texts.get("login", "")), old[:1000])


def parse_code(texts: Mapping[str, str]) -> str:
    """A code as it stands on a slip; somebody who pasted the whole link means its end."""
    text = texts.get("code", "").rstrip("/").rpartition("/")[2]
    code = typed_code(text)
    if not code:
        raise Invalid({"code": "account.code_missing"})
    return code


def parse_contact(texts: Mapping[str, str]) -> Contact:
    """Phone and mail, both optional."""
    phone, email, version = texts.get("phone", ""), texts.get("email", ""), texts.get("version", "")
    faults = {}
    if phone and not PHONE.fullmatch(phone):
        faults["phone"] = "account.phone_wrong"
    if email and not EMAIL.fullmatch(email):
        faults["email"] = "account.email_wrong"
    if faults:
        raise Invalid(faults)
    return Contact(phone, email, int(version) if is_id(version) else 0)


def parse_wanted(texts: Mapping[str, str]) -> Wanted:
    """Which list is looked at; what makes no sense is left out, because it comes from an address."""
    org, state = texts.get("org", ""), texts.get("state", "")
    known = AccountState(state) if state in set(AccountState) else None
    return Wanted(int(org) if is_id(org) else None, known, texts.get("q", "").strip()[:60])


def parse_manage(texts: Mapping[str, str], people: Sequence[str]) -> ManageCommand:
    """The button that was pressed, and who was ticked."""
    act = _ACTS.get(texts.get("act", ""))
    if act is None:
        raise Invalid({"act": "account.act_missing"})
    ids = tuple(dict.fromkeys(int(text) for text in people if is_id(text)))
    if not ids and act != "invite_all":
        raise Invalid({"act": "account.nobody_ticked"})
    return ManageCommand(act, ids, parse_wanted(texts))
