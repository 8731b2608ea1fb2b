"""What a roster is drafted from, as it is kept with it: lanes, lists of people, lengths of turns."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.duty.rostering.rules.lists import Member, Rota
from portal.duty.rules import Line


@dataclass(frozen=True, slots=True)
class Brief:
    """A roster's dates, its lanes, and for each role who takes turns. `keep`: what stands already stays as it is."""

    name: str
    first_day: date
    last_day: date
    lines: tuple[Line, ...]
    rotas: Mapping[str, Rota] = field(default_factory=dict)
    lengths: str = "8"
    keep: bool = False

    @property
    def people(self) -> set[int]:
        """Everybody on any of the lists."""
        return {one.person_id for rota in self.rotas.values() for one in rota.members}


def brief_to_json(brief: Brief, **more: int) -> str:
    """What is kept beside name and dates, and figures about what came out."""
    lists = {role: [[_member(one) for one in team] for team in rota.teams] for role, rota in brief.rotas.items()}
    rest = {"lengths": brief.lengths, "keep": brief.keep, "lines": brief.lines, "lists": lists}
    return json.dumps({**rest, **more}, separators=(",", ":"))


def _member(one: Member) -> list[Any]:
    return [one.person_id, sorted(one.weekdays), [(first.isoformat(), last.isoformat()) for first, last in one.dates]]


def brief_from_json(name: str, first_day: date, last_day: date, stored: str) -> Brief:
    """The brief read back."""
    rule = json.loads(stored or "{}")
    rotas = {role: Rota(tuple(_team(team) for team in teams)) for role, teams in rule.get("lists", {}).items()}
    lines = tuple(Line(area, role) for area, role in rule.get("lines", ()))
    return Brief(name, first_day, last_day, lines, rotas, rule.get("lengths", "8"), bool(rule.get("keep")))


def _team(stored: Iterable[Any]) -> tuple[Member, ...]:
    return tuple(
        Member(
            person,
            frozenset(weekdays),
            tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in dates),
        )
        for person, weekdays, dates in stored
    )
