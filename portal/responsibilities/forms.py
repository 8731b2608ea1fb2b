"""What addresses and forms of this room ask for: text in, typed commands or coded errors out. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from portal.core.clock import at_local, local, start_of_day
from portal.core.refusals import Invalid, NotFound
from portal.grids.rules import parse_id
from portal.responsibilities.rules import Mark
from portal.responsibilities.rules.marking import BASES
from portal.responsibilities.services.lists import Wording
from portal.responsibilities.services.mappings import Takes
from portal.responsibilities.services.marking import Marking

VIEWS = ("posts", "people")
ROWS = ("all", "gaps", "whole", "items", "groups", "domains")
KINDS = ("lead", "organise", "check", "do", "respond", "record", "report", "train")
RHYTHMS = ("none", "event", "daily", "weekly", "monthly", "quarterly", "termly", "yearly")
LEVELS = ("bureau", "school", "office", "building", "floor", "room", "class", "post")
YEARS = range(2000, 2200)
WHOLE_CODE = "all"
"""How an address writes the duty "" (the grid as a whole)."""
_CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")


@dataclass(frozen=True, slots=True)
class Filter:
    """The whole state of the matrix. A word of the address that means nothing is left out."""

    grid: int | None = None
    view: str = "posts"
    rows: str = "all"
    domain: str = ""
    person: int | None = None
    at: date | None = None

    @property
    def query(self) -> str:
        """The address's part that keeps this state: "?grid=7&view=people", "" for the plain matrix."""
        plain = Filter()
        asked = {
            name: value for name in self.__slots__ if (value := getattr(self, name)) != getattr(plain, name)
        }  # fmt: skip
        return f"?{urlencode(asked)}" if asked else ""

    def but(self, **changes: Any) -> str:
        """The address of the same state but for these changes."""
        return "/matrix" + replace(self, **changes).query

    def instant(self, *, at: datetime) -> datetime:
        """The instant that is looked at: this one today, noon of any other day."""
        return at if self.at is None or self.at == local(at).date() else at_local(self.at, time(12))


def filter_of(asked: Mapping[str, str]) -> Filter:
    """The state that an address asks for."""

    def one_of(name: str, known: tuple[str, ...]) -> str:
        return asked.get(name, "") if asked.get(name, "") in known else known[0]

    domain = asked.get("domain", "")
    return Filter(
        grid=parse_id(asked.get("grid", "")), view=one_of("view", VIEWS), rows=one_of("rows", ROWS),
        domain=domain if _CODE.fullmatch(domain) else "", person=parse_id(asked.get("person", "")),
        at=_day(asked.get("at", "")),
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def code_of(text: str) -> str:
    """The duty that an address names; "" is the grid as a whole. What no code can look like is not there."""
    if not _CODE.fullmatch(text):
        raise NotFound()
    return "" if text == WHOLE_CODE else text


def parse_marking(texts: Mapping[str, str], duty: str, *, at: datetime) -> Marking:
    """The mark, or `Invalid`. Without a day it begins now; a day begins at its first instant."""
    errors: dict[str, str] = {}
    post_id, mark = parse_id(texts.get("post", "")), texts.get("mark", "")
    if post_id is None:
        errors["post"] = "matrix.post_missing"
    if mark not in set(Mark):
        errors["mark"] = "matrix.mark_missing"
    basis, reason = texts.get("basis", ""), texts.get("reason", "")
    if basis and basis not in BASES:
        errors["basis"] = "matrix.basis_unknown"
    if len(reason) > 500:
        errors["reason"] = "matrix.too_long"
    starts_at = parse_start(texts, errors, at=at)
    if errors or post_id is None:
        raise Invalid(errors)
    return Marking(duty, post_id, Mark(mark), basis or None, reason or None, starts_at)


def parse_start(texts: Mapping[str, str], errors: dict[str, str], *, at: datetime) -> datetime | None:
    """When a mark begins or ends; None is now, also for today."""
    text = texts.get("from_day", "")
    if not text:
        return None
    day = _day(text)
    if day is None:
        errors["from_day"] = "matrix.date_wrong"
        return None
    today = local(at).date()
    if day < today:
        errors["from_day"] = "matrix.in_the_past"
    return start_of_day(day) if day > today else None


def parse_item(texts: Mapping[str, str], *, domains: Collection[str]) -> Wording:
    """A duty of a list, or `Invalid`."""
    errors: dict[str, str] = {}
    number, text = texts.get("number", ""), texts.get("text", "")
    if not number or len(number) > 10:
        errors["number"] = "duty_list.number_missing"
    if not text:
        errors["text"] = "duty_list.text_missing"
    elif len(text) > 500:
        errors["text"] = "matrix.too_long"
    wanted = {"domain": domains, "kind": KINDS, "rhythm": RHYTHMS, "level": LEVELS}
    errors |= {name: "duty_list.choose" for name, known in wanted.items() if texts.get(name, "") not in known}
    if errors:
        raise Invalid(errors)
    return Wording(number, text, texts["domain"], texts["kind"], texts["rhythm"], texts["level"])


def parse_list(texts: Mapping[str, str]) -> str:
    """The name of a new list, or `Invalid`."""
    name = texts.get("name", "")
    if not name or len(name) > 80:
        raise Invalid({"name": "duty_list.name_missing"})
    return name


def parse_takes(texts: Mapping[str, str], *, domains: Collection[str]) -> Takes:
    """What posts of a title take, or `Invalid`."""
    errors: dict[str, str] = {}
    title, line, domain = texts.get("title", ""), texts.get("line_of_work", ""), texts.get("domain", "")
    name = texts.get("grid_name", "")
    if not title or len(title) > 80:
        errors["title"] = "duty_list.title_missing"
    if len(line) > 200:
        errors["line_of_work"] = "matrix.too_long"
    if len(name) > 60:
        errors["grid_name"] = "matrix.too_long"
    if domain and domain not in domains:
        errors["domain"] = "duty_list.choose"
    if errors:
        raise Invalid(errors)
    return Takes(title, texts.get("kind", "")[:30], name, parse_id(texts.get("list", "")), line, domain)
