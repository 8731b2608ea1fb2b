"""When each step of the ladder speaks for a card, and what tells this round of it from the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.core.clock import at_local, local
from portal.duty.rules import DayCalendar, add_workdays, triage_due
from portal.hazards.rules.plan import step_due
from portal.hazards.rules.watch import check_at, check_days
from portal.reminders.rules.card import Card, Circle
from portal.reminders.rules.hours import daylight, out_of_quiet
from portal.reminders.rules.policy import (
    AHEAD,
    OF_A_STEP,
    SOON_HOUR,
    SOON_PERCENT,
    From,
    Step,
)

LONGEST_REST = 60  # days; beyond it the workday before is not looked for


@dataclass(frozen=True, slots=True)
class Moment:
    """When a step speaks, its round, and of which step of the plan (and to whom in the first place)."""

    at: datetime
    cycle: str
    person_id: int | None = None
    title: str = ""


def moments(
    step: Step, card: Card, circle: Circle, calendar: DayCalendar, *, until: datetime | None, after: datetime | None
) -> Iterator[Moment]:
    """The moments at which a step of the ladder speaks: none, one, or one for each step of the plan."""
    if step.since in OF_A_STEP:
        yield from _of_plan(step, card, circle, calendar)
    elif step.since is From.CHECK:
        yield from _of_check(step, card, calendar, until, after)
    else:
        counted = _counted(step, card, calendar)
        if counted is not None:
            at, since = counted
            yield Moment(_civil(step, at, card, card.due_at, calendar), _round(since))


def _round(since: datetime) -> str:
    return f"{since.timestamp():.0f}"


def _civil(step: Step, at: datetime, card: Card, due: datetime | None, calendar: DayCalendar) -> datetime:
    """The moment as a phone may ring: a major hazard keeps its real hours (G4)."""
    if card.is_red:
        return at
    if step.since in AHEAD and due is not None:
        return daylight(at, begin=card.due_from or card.reported_at, due=due, calendar=calendar)
    return out_of_quiet(at)


def _counted(step: Step, card: Card, calendar: DayCalendar) -> tuple[datetime, datetime] | None:
    """When the step speaks, and the instant that it counts from; None when it does not come up for this card."""
    match step.since:
        case From.TRIAGE:
            since = card.due_at or triage_due(card.reported_at, calendar, red=card.is_red).at
        case From.COLUMN:
            since = card.column_since
        case From.QUIET:
            at = _later(step, card.last_event_at, calendar)
            # An overdue card climbs by the steps of its due date; silence adds nothing to that.
            return (at, card.last_event_at) if card.due_at is None or at < card.due_at else None
        case _:
            return _due_moment(step, card, calendar)
    return _later(step, since, calendar), since


def _due_moment(step: Step, card: Card, calendar: DayCalendar) -> tuple[datetime, datetime] | None:
    due, begin = card.due_at, card.due_from or card.reported_at
    if due is None:
        return None
    if step.since is From.DUE:
        return _later(step, due, calendar), due
    if step.since is From.DUE_DAY:
        at = at_local(local(due).date(), step.hour or time.min)
        return (at, due) if at > begin else None
    return min(_share(begin, due), _day_before(begin, due, calendar)), due


def _of_plan(step: Step, card: Card, circle: Circle, calendar: DayCalendar) -> Iterator[Moment]:
    for one in circle.steps:
        due = step_due(one.due_at, one.days_before, card.due_at, calendar)
        at = None if due is None else _step_moment(step, due, card, calendar)
        if due is not None and at is not None:
            cycle = f"{_round(due)}.{one.id}"
            yield Moment(_civil(step, at, card, due, calendar), cycle, one.person_id, one.title)


def _step_moment(step: Step, due: datetime, card: Card, calendar: DayCalendar) -> datetime | None:
    """None for what lies before the last thing that happened: the plan was written later than that."""
    if step.since is From.STEP:
        return _later(step, due, calendar)
    begin = max(card.due_from or card.reported_at, card.last_event_at)
    if step.since is From.STEP_DAY:
        at = at_local(local(due).date(), step.hour or time.min)
    else:
        at = _day_before(begin, due, calendar)
    return at if begin < at < due else None


def _of_check(
    step: Step, card: Card, calendar: DayCalendar, until: datetime | None, after: datetime | None
) -> Iterator[Moment]:
    """The check that is planned, and the next ones as long as nobody writes down that they have looked (R64)."""
    if not card.is_watched:
        return
    planned = check_at(card.next_check_at, card.column_since, card.level, calendar)
    if step.workdays or step.hours:
        yield Moment(_civil(step, _later(step, planned, calendar), card, None, calendar), _round(planned))
        return
    at = _nth(planned, timedelta(days=check_days(card.level)), until, after)
    yield Moment(at if card.is_red else out_of_quiet(at), _round(at))


def _nth(first: datetime, every: timedelta, until: datetime | None, after: datetime | None) -> datetime:
    """Of moments that come again and again the newest up to `until`, else the first later than `after`."""
    if until is not None:
        return first + max(0, (until - first) // every) * every
    return first if after is None or first > after else first + ((after - first) // every + 1) * every


def _later(step: Step, since: datetime, calendar: DayCalendar) -> datetime:
    return add_workdays(since, step.workdays, calendar) + timedelta(hours=step.hours)


def _share(begin: datetime, due: datetime) -> datetime:
    return begin + (due - begin) * SOON_PERCENT / 100


def _day_before(begin: datetime, due: datetime, calendar: DayCalendar) -> datetime:
    """09:00 of the workday before the day on which it is due; the due moment itself where none lies between."""
    day: date = local(due).date()
    for back in range(1, LONGEST_REST):
        if calendar.is_workday(day - timedelta(days=back)):
            at = at_local(day - timedelta(days=back), SOON_HOUR)
            return at if at > begin else due
    return due
