"""When the steps of a rectification plan are due: scheduled backwards from the end date (R60)."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from portal.core.clock import at_local, local
from portal.duty.rules import DayCalendar

LONGEST_REST = 60  # days; a calendar of endless rest days ends the counting instead of hanging the page
MOST_DAYS = 60
MOST_STEPS = 12


class PlanStep(NamedTuple):
    """A step as a form gives it: a date of its own, or so many working days before the end; one of the two or none."""

    title: str
    due_at: datetime | None = None
    days_before: int | None = None
    person_id: int | None = None
    id: int | None = None


def step_due(
    own: datetime | None, days_before: int | None, end: datetime | None, calendar: DayCalendar
) -> datetime | None:
    """When a step is due. One that is counted back moves along when the end date moves; without an end it has none."""
    if days_before is None:
        return own
    return workdays_before(end, days_before, calendar) if end else None


def workdays_before(end: datetime, days: int, calendar: DayCalendar) -> datetime:
    """The same hour so many working days earlier; 0 is the end itself."""
    here = local(end)
    day: date = here.date()
    resting = 0
    while days and resting < LONGEST_REST:
        day -= timedelta(days=1)
        works = calendar.is_workday(day)
        days -= works
        resting = 0 if works else resting + 1
    return at_local(day, here.time())


def wrong_step(step: PlanStep, *, was: PlanStep | None, end: datetime | None, at: datetime) -> dict[str, str]:
    """What is wrong with one step: a date after the end date, or a new one that is past already."""
    if step.days_before is not None and not 0 <= step.days_before <= MOST_DAYS:
        return {"step_days": "hazard.bad_step_days"}
    if step.days_before is not None and end is None:
        return {"step_days": "hazard.step_needs_end"}
    if step.due_at is None or (was is not None and was.due_at == step.due_at):
        return {}
    if end is not None and local(step.due_at).date() > local(end).date():
        return {"step_due": "hazard.step_after_end"}
    return {"step_due": "hazard.step_is_past"} if step.due_at <= at else {}
