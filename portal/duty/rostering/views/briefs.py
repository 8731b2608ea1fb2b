"""The form of a roster, and the list of rosters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from portal.duty.queries import Plan
from portal.duty.rostering import labels
from portal.duty.rostering.forms import list_text
from portal.duty.rostering.queries import RosterRow, name_keys
from portal.duty.rostering.rules import Brief
from portal.duty.rostering.views.texts import Say, lane_text, role_text
from portal.duty.rules import KEY, Line
from portal.rendering.labels import WEEKDAYS
from portal.web.again import Typed

USUAL = timedelta(days=27)


@dataclass(frozen=True, slots=True)
class LaneChoice:
    """A lane to tick."""

    value: str
    text: str
    checked: bool


@dataclass(frozen=True, slots=True)
class RoleList:
    """The list of a role, as it is written."""

    field: str
    label: str
    text: str
    lines: int


@dataclass(frozen=True, slots=True)
class BriefView:
    """The form of a new roster, or of a draft that is drawn anew."""

    org_id: int
    school: str
    action: str
    roster_id: int
    version: int
    values: Mapping[str, str]
    lanes: tuple[LaneChoice, ...]
    lists: tuple[RoleList, ...]
    lengths: tuple[tuple[str, str, str], ...]
    periods: tuple[tuple[str, str], ...] = ()
    typed: Typed = field(default_factory=Typed)


def brief_texts(brief: Brief, names: Mapping[int, str], say: Say) -> tuple[dict[str, str], set[str]]:
    """A brief as the texts of its form, and the lanes that are ticked."""
    keys, weekdays = name_keys(names), [say(day) for day in WEEKDAYS]
    texts = {f"list_{role}": list_text(rota, keys, weekdays) for role, rota in brief.rotas.items()}
    texts |= {
        "name": brief.name, "first_day": brief.first_day.isoformat(), "last_day": brief.last_day.isoformat(),
        "lengths": brief.lengths, "keep": "1" if brief.keep else "",
    }  # fmt: skip
    return texts, {lane_value(line) for line in brief.lines}


def lane_value(line: Line) -> str:
    """A lane as its box is called."""
    return f"{line.area_id or ''}:{line.role}"


def brief_view(
    plan: Plan, lines: Iterable[Line], texts: Mapping[str, str], ticked: Iterable[str], *, org: tuple[int, str],
    roster: tuple[int, int] = (0, 0), periods: Sequence[tuple[str, str]] = (), typed: Typed, language: str, say: Say,
) -> BriefView:  # fmt: skip
    """The form. `org`: id and name of the school; `roster`: id and version of the draft, where there is one."""
    order, chosen = plan.in_order(lines), set(ticked)
    lanes = tuple(
        LaneChoice(lane_value(line), lane_text(plan, line, language, say), lane_value(line) in chosen) for line in order
    )
    roles = dict.fromkeys(sorted((line.role for line in order), key=lambda role: _sort(plan, role)))
    lists = tuple(_role_list(plan, role, texts.get(f"list_{role}", ""), language) for role in roles)
    lengths = tuple((code, say(text), "") for code, text in labels.LENGTHS.items())
    action = f"/duty/rosters/{roster[0]}/redrafts" if roster[0] else "/duty/rosters"
    return BriefView(*org, action, *roster, texts, lanes, lists, lengths, tuple(periods), typed)


def _sort(plan: Plan, role: str) -> int:
    found = plan.roles.get(role)
    return found.sort if found else 99


def _role_list(plan: Plan, role: str, text: str, language: str) -> RoleList:
    return RoleList(f"list_{role}", role_text(plan, role, language), text, min(14, max(3, text.count("\n") + 2)))


def default_days(plan: Plan, today: date) -> tuple[date, date]:
    """From tomorrow, to the end of the term where that is near, else four weeks."""
    first = today + timedelta(days=1)
    return first, first + USUAL


def period_links(plan: Plan, org_id: int, today: date) -> list[tuple[str, str]]:
    """The terms and vacations that are not over, as links that fill in their dates."""
    found = sorted((one for one in plan.days.periods if one.kind != KEY and one.last_day > today),
                   key=lambda one: one.first_day)  # fmt: skip
    tomorrow = today + timedelta(days=1)
    return [
        (
            one.name,
            f"/duty/rosters/new?org={org_id}&period={one.id}&first={max(one.first_day, tomorrow)}&last={one.last_day}",
        )
        for one in found
    ]


@dataclass(frozen=True, slots=True)
class RosterCard:
    """One roster of the list."""

    id: int
    name: str
    state: str
    is_draft: bool
    first_day: date
    last_day: date
    waits: bool
    """Whether it waits for the reader to say that they have read it."""


@dataclass(frozen=True, slots=True)
class RostersView:
    """The rosters of a school."""

    org_id: int
    school: str
    is_other: bool
    may_make: bool
    rosters: tuple[RosterCard, ...]


def roster_cards(rows: Iterable[RosterRow], say: Say) -> tuple[RosterCard, ...]:
    """The list, as it is shown."""
    return tuple(
        RosterCard(
            row.id,
            row.name,
            say(labels.STATES[row.state]),
            row.state == "draft",
            row.first_day,
            row.last_day,
            bool(row.waits),
        )
        for row in rows
    )
