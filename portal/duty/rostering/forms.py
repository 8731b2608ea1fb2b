"""The form of a roster: text in, a brief or coded errors out.

A list is written as people write it: one name to a line, in the order of their turns. After a name may stand days on
which they are left out (a weekday, a date, two dates with ~). An empty line begins another team, and teams take turns
by the week.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.duty.forms import parse_day
from portal.duty.rostering.rules import LENGTHS, Brief, Member, Rota
from portal.duty.rules import Line

Errors = dict[str, tuple[str, dict[str, object]]]
MOST_NAME = 80
_BETWEEN = re.compile(r"[\s,，、;；:：]+")


@dataclass(frozen=True, slots=True)
class Words:
    """How people and weekdays may be written."""

    people: Mapping[str, int]
    weekdays: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Parsed:
    """The brief, or what is wrong, by field."""

    brief: Brief | None
    errors: Errors = field(default_factory=dict)


def parse_brief(texts: Mapping[str, str], lanes: Iterable[str], words: Words) -> Parsed:
    """The brief that a form asks for. `lanes` are the ticked ones, as `area:role`."""
    errors: Errors = {}
    first, last = parse_day(texts.get("first_day", "")), parse_day(texts.get("last_day", ""))
    for name, day in (("first_day", first), ("last_day", last)):
        if day is None:
            errors[name] = ("roster.day_missing", {})
    title = texts.get("name", "")[:MOST_NAME]
    if not title:
        errors["name"] = ("roster.name_missing", {})
    lines = tuple(line for line in map(_line, lanes) if line is not None)
    if not lines:
        errors["lanes"] = ("roster.no_lanes", {})
    rotas = {role: _rota(role, texts.get(f"list_{role}", ""), words, errors) for role in _roles(lines)}
    if errors or first is None or last is None:
        return Parsed(None, errors)
    lengths = texts.get("lengths", "")
    lengths = lengths if lengths in LENGTHS else "8"
    return Parsed(Brief(title, first, last, lines, rotas, lengths, texts.get("keep") == "1"))


def _roles(lines: Iterable[Line]) -> list[str]:
    return list(dict.fromkeys(line.role for line in lines))


def _line(text: str) -> Line | None:
    area, _, role = text.partition(":")
    if not role or not (area == "" or (area.isascii() and area.isdigit() and len(area) < 10)):
        return None
    return Line(int(area) if area else None, role)


def _rota(role: str, text: str, words: Words, errors: Errors) -> Rota:
    teams: list[list[Member]] = [[]]
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            teams.append([])
            continue
        member = _member(line, number, words, role, errors)
        if member is not None:
            teams[-1].append(member)
    return Rota(tuple(tuple(team) for team in teams if team))


def _member(line: str, number: int, words: Words, role: str, errors: Errors) -> Member | None:
    parts = [part for part in _BETWEEN.split(line) if part]
    for taken in range(len(parts), 0, -1):
        person = words.people.get(" ".join(parts[:taken]))
        if person is not None:
            return _with_days(person, parts[taken:], number, words, role, errors)
    errors.setdefault(f"list_{role}", ("roster.unknown_name", {"line": number, "text": line.strip()[:40]}))
    return None


def _with_days(
    person: int, days: Sequence[str], number: int, words: Words, role: str, errors: Errors
) -> Member:  # fmt: skip
    weekdays, dates = set[int](), list[tuple[date, date]]()
    for text in days:
        first, _, last = text.partition("~")
        begins, ends = parse_day(first), parse_day(last or first)
        if text in words.weekdays:
            weekdays.add(words.weekdays[text])
        elif begins and ends and begins <= ends:
            dates.append((begins, ends))
        else:
            errors.setdefault(f"list_{role}", ("roster.unknown_day", {"line": number, "text": text[:40]}))
    return Member(person, frozenset(weekdays), tuple(dates))


def list_text(rota: Rota, names: Mapping[int, str], weekdays: Sequence[str]) -> str:
    """A list as it is written; whoever is not of the staff any more is left out."""
    teams = []
    for team in rota.teams:
        teams.append("\n".join(_written(one, names, weekdays) for one in team if one.person_id in names))
    return "\n\n".join(team for team in teams if team)


def _written(one: Member, names: Mapping[int, str], weekdays: Sequence[str]) -> str:
    days = [weekdays[day] for day in sorted(one.weekdays)]
    days += [f"{first}" if first == last else f"{first}~{last}" for first, last in one.dates]
    return " ".join([names[one.person_id], *days])
