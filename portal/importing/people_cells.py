"""The cells about people: who is responsible, under which title, with which phone and staff number. Pure."""

from collections.abc import Sequence
from typing import Any, Protocol

from portal.importing import cells
from portal.importing.roles import meaning_of
from portal.importing.rows import MAX_PERSON_NAME, MAX_TITLE, HolderRow, Severity
from portal.importing.words import words


class Reader(Protocol):
    """The part of `RowReader` that is needed here."""

    def cell(self, column: str) -> str:
        """What stands in this column."""

    def say(self, code: str, severity: Severity, column: str, value: str, **params: Any) -> None:
        """Notes an oddity."""


def read_holders(reader: Reader, kind: str) -> tuple[tuple[str, ...], tuple[HolderRow, ...]]:
    """The titles of the row (also when nobody bears them) and those who bear them; the first of each is
    primary."""
    parts = cells.split_people(reader.cell("responsible"))
    titles = _titles(reader, len(parts))
    phones = _parallel(reader, "phone", len(parts))
    numbers = _parallel(reader, "staff_no", len(parts))
    holders: list[HolderRow] = []
    for part, title, phone, number in zip(parts, titles, phones, numbers, strict=False):
        holder = _holder(reader, part, title, kind)
        if holder is None or _is_there(reader, holders, holder):
            continue
        holders.append(_with_details(reader, holder, phone, number))
    return tuple(dict.fromkeys(titles)), tuple(holders)


def _titles(reader: Reader, people: int) -> list[str]:
    """One title per person: one for all, or as many as there are people."""
    written = cells.one_line(reader.cell("role"))
    if not written:
        return [words().default_title] * people
    parts = cells.split_parallel(reader.cell("role"))
    if len(parts) == 1 or not people:
        titles = parts * max(people, 1)
    elif len(parts) == people:
        titles = parts
    elif not set(written) & set(";\uff1b"):
        titles = [written] * people  # one title that holds a comma, such as "secretary, principal"
    else:
        reader.say("roles_mismatch", "error", "role", written, people=people, titles=len(parts))
        return []
    for title in titles:
        if len(title) > MAX_TITLE:
            reader.say("too_long", "error", "role", title, limit=MAX_TITLE, length=len(title))
    return [title or words().default_title for title in titles]


def _parallel(reader: Reader, column: str, people: int) -> Sequence[str]:
    """As many cells as people; an empty cell means none of them."""
    parts = cells.split_parallel(reader.cell(column))
    if not parts or not people:
        return [""] * people
    if len(parts) != people:
        reader.say("details_mismatch", "error", column, reader.cell(column), people=people, parts=len(parts))
        return [""] * people
    return parts


def _holder(reader: Reader, part: str, title: str, kind: str) -> HolderRow | None:
    meaning = meaning_of(title, kind)
    post = cells.post_without_person(part)
    if not meaning.is_known and len(title) <= MAX_TITLE:
        reader.say("title_unknown", "note", "role", title)
    if post is not None:
        return HolderRow("", cells.one_line(post), meaning.role, meaning.reach, by_post=True)
    name = cells.person_name(part)
    if len(name) > MAX_PERSON_NAME:
        reader.say("too_long", "error", "responsible", name, limit=MAX_PERSON_NAME, length=len(name))
        return None
    if cells.bracket_of(name):
        reader.say("person_bracket", "ask", "responsible", name)
    return HolderRow(name, title, meaning.role, meaning.reach)


def _is_there(reader: Reader, holders: list[HolderRow], holder: HolderRow) -> bool:
    """The same person twice in one cell under one title is one holder."""
    if not any((holder.name, holder.title) == (other.name, other.title) for other in holders):
        return False
    reader.say("person_twice", "note", "responsible", holder.name or holder.title)
    return True


def _with_details(reader: Reader, holder: HolderRow, phone: str, number: str) -> HolderRow:
    if holder.by_post or not (phone or number):
        return holder
    if holder.pupil:
        # pupils have no rights and are never called by the portal: what it need not know it does not keep
        reader.say("pupil_details", "note", "phone" if phone else "staff_no", holder.name)
        return holder
    digits = cells.phone_number(phone) if phone else ""
    if digits is None:
        reader.say("phone_bad", "error", "phone", phone, length=sum(mark.isdigit() for mark in phone))
    return holder._replace(phone=digits or "", staff_no=cells.one_line(number))
