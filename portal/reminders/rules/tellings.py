"""Who will be told what, when: one pure answer for the card's page (G12) and for the sweep that writes reminders."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.duty.rules import DayCalendar
from portal.reminders.rules.card import Answer, Card, Circle
from portal.reminders.rules.moments import Moment, moments
from portal.reminders.rules.people import people_for, sees
from portal.reminders.rules.policy import (
    AGAIN,
    ASKS,
    CALM,
    ESCALATED_TO,
    FAILED_OFTEN,
    FAILED_OFTEN_TO,
    MOVED,
    POLICY,
    Step,
    Who,
)


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing told to some people at an instant; nobody in `people` means that it would reach nobody (a gap).

    `cycle` tells this round of the step from the next: another due date, another stay in the column.
    """

    at: datetime
    code: str
    people: tuple[int, ...]
    cycle: str = ""
    title: str = ""
    """The step of the plan that it is about, for the card's page; a message never holds it (G10)."""

    def key(self, card_id: int, person_id: int) -> str:
        """The reminder's unique key: running a sweep twice changes nothing (G11)."""
        return f"hazard:{card_id}:{self.code}:{self.cycle}:person:{person_id}"


def cycle_of(key: str) -> str:
    """The round that a reminder's key speaks of."""
    return key.split(":")[3]


def who_will_be_told(
    card: Card, circle: Circle, calendar: DayCalendar, *, until: datetime | None = None, after: datetime | None = None,
    policy: Sequence[Step] = POLICY,
) -> list[Telling]:  # fmt: skip
    """Every step of the ladder for the card as it stands, past and future (up to `until`), in order of time.

    It holds as long as nobody moves the card; a closed card tells nobody anything. What comes again and again (the
    watcher's check) stands in it once: the newest up to `until`, or the first later than `after`.
    """
    tellings = [*_put_off(card, circle)]
    for step in policy:
        if card.status in step.columns and step.red in (None, card.is_red):
            for moment in moments(step, card, circle, calendar, until=until, after=after):
                telling = _telling(step, moment, card, circle)
                if telling is not None:
                    tellings.append(telling)
    return sorted((one for one in tellings if until is None or one.at <= until), key=lambda telling: telling.at)


def _telling(step: Step, moment: Moment, card: Card, circle: Circle) -> Telling | None:
    """One step's telling; None when everybody whom it would remind has answered already."""
    own = moment.person_id if Who.STEP in step.to and moment.person_id not in circle.away else None
    words = tuple(Who.RESPONSIBLE if who is Who.STEP else who for who in step.to if who is not Who.STEP or own is None)
    people = people_for(words, card, circle, at=moment.at, first=() if own is None else (own,))
    awake = tuple(person for person in people if not _hushed(person, step, moment, circle, since=card.column_since))
    if people and not awake:
        return None
    return Telling(moment.at, step.code, awake, moment.cycle, moment.title)


def _hushed(person: int, step: Step, moment: Moment, circle: Circle, *, since: datetime) -> bool:
    """Whether this person has said "I know" to this round, or "later" than this moment (G2). Never upward."""
    return step.calm and any(
        answer.person_id == person and since <= answer.answered_at <= moment.at and _covers(answer, moment)
        for answer in circle.answers
    )


def _covers(answer: Answer, moment: Moment) -> bool:
    if answer.snoozed_until is not None and moment.at < answer.snoozed_until:
        return True
    return answer.code in CALM and answer.cycle == moment.cycle


def _put_off(card: Card, circle: Circle) -> Iterator[Telling]:
    """What was put off speaks again, if the card still stands where it stood."""
    for answer in circle.answers:
        asks = card.status in ASKS.get(answer.code, frozenset())
        if answer.snoozed_until is not None and asks and answer.answered_at >= card.column_since:
            cycle = f"{answer.code}-{answer.snoozed_until.timestamp():.0f}"
            if sees(answer.person_id, card, circle, at=answer.snoozed_until):
                yield Telling(answer.snoozed_until, AGAIN, (answer.person_id,), cycle)


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
