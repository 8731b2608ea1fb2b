"""Who will be told what, when: one pure answer for the card's page (G12) and for the sweep that writes reminders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.core.clock import at_local, local
from portal.duty.rules import DayCalendar, add_workdays, triage_due
from portal.reminders.rules.card import Card, Circle
from portal.reminders.rules.people import people_for
from portal.reminders.rules.policy import (
    ASKS,
    ESCALATED_TO,
    FAILED_OFTEN,
    FAILED_OFTEN_TO,
    MOVED,
    POLICY,
    SOON_HOUR,
    SOON_PERCENT,
    From,
    Step,
    Who,
)

LONGEST_REST = 60  # days; beyond it the workday before is not looked for


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing told to some people at an instant; nobody in `people` means that it would reach nobody (a gap).

    `cycle` tells this round of the step from the next: another due date, another stay in the column.
    """

    at: datetime
    code: str
    people: tuple[int, ...]
    cycle: str = ""

    def key(self, card_id: int, person_id: int) -> str:
        """The reminder's unique key: running a sweep twice changes nothing (G11)."""
        return f"hazard:{card_id}:{self.code}:{self.cycle}:person:{person_id}"


def who_will_be_told(
    card: Card, circle: Circle, calendar: DayCalendar, *, until: datetime | None = None, policy: Sequence[Step] = POLICY
) -> list[Telling]:
    """Every step of the ladder for the card as it stands, past and future (up to `until`), in order of time.

    It holds as long as nobody moves the card; a closed card tells nobody anything.
    """
    tellings = []
    for step in policy:
        if card.status in step.columns and step.red in (None, card.is_red):
            counted = _moment(step, card, calendar)
            if counted is not None and (until is None or counted[0] <= until):
                at, since = counted
                people = people_for(step.to, card, circle, at=at)
                tellings.append(Telling(at, step.code, people, f"{since.timestamp():.0f}"))
    return sorted(tellings, key=lambda telling: telling.at)


def newest_due(tellings: Iterable[Telling], *, at: datetime) -> dict[int, Telling]:
    """For each person the newest step that is due: after an absence the older ones are not told any more (TR3)."""
    newest: dict[int, Telling] = {}
    for telling in sorted(tellings, key=lambda telling: telling.at):
        if telling.at <= at:
            newest |= dict.fromkeys(telling.people, telling)
    return newest


def told_by_move(
    card: Card, circle: Circle, *, came_from: str, went_to: str, at: datetime, by: int | None, event_id: int
) -> Telling | None:
    """What a move tells, to whoever acts next; None when it tells nobody. Whoever moved it is not told."""
    found = ESCALATED_TO if went_to == "escalated" else MOVED.get((came_from, went_to))
    if (came_from, went_to) == ("recheck", "rectifying") and card.failed_rechecks >= FAILED_OFTEN:
        found = FAILED_OFTEN_TO
    return told_at_once(found, card, circle, at=at, by=by, event_id=event_id) if found else None


def told_at_once(
    what: tuple[str, tuple[Who, ...]], card: Card, circle: Circle, *, at: datetime, by: int | None, event_id: int
) -> Telling | None:
    """One of the things told when they happen (`REPORTED_TO`, `LISTED_TO` …); None when nobody is to be told."""
    code, whos = what
    people = people_for(whos, card, circle, at=at, but=() if by is None else (by,))
    return Telling(at, code, people, f"e{event_id}") if people else None


def moot(status: str) -> tuple[str, ...]:
    """The reminders that ask for nothing any more once the card stands in this column (G2)."""
    return tuple(code for code, columns in ASKS.items() if status not in columns)


def _moment(step: Step, card: Card, calendar: DayCalendar) -> tuple[datetime, datetime] | None:
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
