"""What kind of day a date is for duty: from the calendar, the school's periods, its own entries (D5)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.duty.rules.calendar import DayCalendar, DayKind

TERM = "term"
KEY = "key"
VACATION = "vacation"


@dataclass(frozen=True, slots=True)
class Period:
    """Some days of a school, both ends included: a term, a vacation, exam days, or a key period (R95)."""

    id: int
    kind: str
    name: str
    first_day: date
    last_day: date
    raise_by: int = 0

    def holds(self, day: date) -> bool:
        """True on its days."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class DutyDays:
    """Everything that says what kind of day a date is.

    `own` are the dates that the school entered by hand; `inherits` leads from a kind to the one whose slots it takes
    where it has none.
    """

    calendar: DayCalendar = field(default_factory=DayCalendar)
    periods: tuple[Period, ...] = ()
    inherits: Mapping[str, str | None] = field(default_factory=dict)
    own: Collection[date] = frozenset()

    def kind(self, day: date) -> str:
        """The code of its kind. Never an error, whatever the year.

        First what the school entered for this very date, then a statutory holiday, then exam days, then a vacation
        (a make-up day in a vacation is vacation), then make-up day, weekend or school day.
        """
        plain = self.calendar.kind(day)
        if day in self.own or plain is DayKind.HOLIDAY:
            return plain.value
        found = [one for one in self.periods if one.kind not in (TERM, KEY) and one.holds(day)]
        found.sort(key=lambda one: (self.is_vacation(one.kind), -one.id))
        return found[0].kind if found else plain.value

    def is_vacation(self, kind: str) -> bool:
        """True for the vacation and every kind that inherits from it."""
        return VACATION in self.line(kind)

    def line(self, kind: str) -> tuple[str, ...]:
        """The kind and what it inherits from, nearest first. A circle in the data ends it."""
        found: list[str] = []
        step: str | None = kind
        while step is not None and step not in found:
            found.append(step)
            step = self.inherits.get(step)
        return tuple(found)

    def raised(self, day: date) -> int:
        """How many more people each slot asks for on this date: that of the strictest key period."""
        return max((one.raise_by for one in self.periods if one.kind == KEY and one.holds(day)), default=0)

    def term_of(self, day: date) -> Period | None:
        """The term that the date lies in, or the next one."""
        terms = sorted((one for one in self.periods if one.kind == TERM), key=lambda one: one.first_day)
        return next((one for one in terms if one.last_day >= day), None)
