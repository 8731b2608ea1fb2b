"""What stands on a hazard's page between its moves: the plan step by step, the watch, the due time that was moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.core.actors import Actor
from portal.core.clock import local
from portal.duty.rules import DayCalendar
from portal.hazards.queries.cards import HazardRow
from portal.hazards.queries.choices import Choice, Named, StepRow
from portal.hazards.rules.dues import DueFacts, may_move_due, policy_limit
from portal.hazards.rules.plan import MOST_STEPS, step_due
from portal.hazards.rules.standing import standing_of, watches
from portal.hazards.rules.watch import check_at, is_watched, next_check

ROWS = 3


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the plan as it stands."""

    id: int
    title: str
    due_at: datetime | None
    is_done: bool
    is_late: bool
    who: str


@dataclass(frozen=True, slots=True)
class StepFields:
    """One row of the plan's form; what was typed stands before what is stored."""

    place: int
    id: str
    title: str
    due: str
    days: str
    person: str


@dataclass(frozen=True, slots=True)
class CareView:
    """`limit` is the date beyond which only a head moves the due time of a major hazard."""

    steps: tuple[StepView, ...]
    rows: tuple[StepFields, ...]
    step_people: tuple[tuple[str, str], ...]
    may_move_due: bool
    due_moves: int
    limit: datetime | None
    is_watched: bool
    is_mine_to_watch: bool
    may_check: bool
    next_check: datetime | None
    is_check_late: bool
    latest_check: str

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.is_done for step in self.steps)


def care_view(
    hazard: HazardRow, *, by: Actor, at: datetime, calendar: DayCalendar, steps: Sequence[StepRow],
    holders: Sequence[Choice], helpers: Sequence[Named], typed: Mapping[str, str],
) -> CareView:  # fmt: skip
    """Every decision comes from the pure rules."""
    who = standing_of(by, hazard)
    watched = is_watched(hazard.status, hazard.watcher_id, has_interim=bool(hazard.interim_measure))
    planned = check_at(hazard.next_check_at, hazard.column_since, hazard.level, calendar) if watched else None
    facts = DueFacts(hazard.due_at, hazard.level, is_open=hazard.closed_at is None)
    limit = policy_limit(hazard.level, hazard.due_from, calendar)
    return CareView(
        steps=tuple(_step(row, hazard, calendar, at) for row in steps), rows=_rows(steps, typed),
        step_people=_people(holders, helpers, steps), may_move_due=may_move_due(facts, who=who),
        due_moves=hazard.due_moves, limit=limit if hazard.level == "red" and not who.head else None,
        is_watched=watched, is_mine_to_watch=watched and watches(by, hazard),
        may_check=watched and (watches(by, hazard) or who.above or who.responsible or who.receiver),
        next_check=planned, is_check_late=planned is not None and planned <= at,
        latest_check=local(next_check(hazard.level, at, calendar)).date().isoformat() if watched else "",
    )  # fmt: skip


def _step(row: StepRow, hazard: HazardRow, calendar: DayCalendar, at: datetime) -> StepView:
    due = step_due(row.due_at, row.days_before, hazard.due_at, calendar)
    done = row.done_at is not None
    return StepView(row.id, row.title, due, done, due is not None and due <= at and not done, row.person or "")


def _rows(steps: Sequence[StepRow], typed: Mapping[str, str]) -> tuple[StepFields, ...]:
    """The open steps to change, and empty rows for new ones."""
    still = [row for row in steps if row.done_at is None]
    count = min(MOST_STEPS, max(ROWS, len(still) + 1))
    return tuple(
        _fields(place, still[place - 1] if place <= len(still) else None, typed) for place in range(1, count + 1)
    )


def _fields(place: int, row: StepRow | None, typed: Mapping[str, str]) -> StepFields:
    stored = ("", "", "", "", "")
    if row is not None:
        due = local(row.due_at).date().isoformat() if row.due_at else ""
        days = "" if row.days_before is None else str(row.days_before)
        stored = (str(row.id), row.title, due, days, str(row.person_id or ""))
    names = ("id", "title", "due", "days", "who")
    return StepFields(
        place, *(typed.get(f"step{place}_{name}", text) for name, text in zip(names, stored, strict=True))
    )


def _people(
    holders: Sequence[Choice], helpers: Sequence[Named], steps: Sequence[StepRow]
) -> tuple[tuple[str, str], ...]:
    """Who may get a step: whoever helps already, and the holders of the place and above."""
    found = {row.person_id: row.person for row in steps if row.person_id and row.person}
    found |= {helper.id: helper.name for helper in helpers}
    found |= {row.person_id: f"{row.person} {row.title}" for row in holders if row.person_id and row.person}
    return tuple((str(person), text or "") for person, text in found.items())
