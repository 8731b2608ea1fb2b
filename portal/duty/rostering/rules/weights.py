"""How much duty counts when it is shared out (D7): each minute by its hour and its day, in tenths of a minute."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from portal.core.clock import at_local, local
from portal.duty.rules import DayKind, DutyDays

MORNING, EVENING = time(6), time(22)
"""Night is what lies between 22:00 and 06:00."""
MINUTE = timedelta(minutes=1)


class Weights(NamedTuple):
    """What an hour counts, in tenths of an hour by day: at night, on a weekend or in a vacation, on a holiday."""

    day: int = 10
    night: int = 15
    weekend: int = 15
    holiday: int = 30


def weights_from(tenths: Mapping[str, int]) -> Weights:
    """The weights that a table names; what it does not name is ours."""
    return Weights()._replace(**{kind: value for kind, value in tenths.items() if kind in Weights._fields})


class Scale:
    """Weighs stretches of time. An hour that is two things at once counts as the heavier one."""

    def __init__(self, days: DutyDays, weights: Weights | None = None) -> None:
        self.days, self.weights = days, weights or Weights()
        self._known: dict[date, tuple[tuple[datetime, datetime, int], ...]] = {}

    def of(self, start: datetime, end: datetime) -> int:
        """The weight of `[start, end)`, in tenths of a minute: an hour by day is 600."""
        day, last, total = local(start).date(), local(end).date(), 0
        while day <= last:
            for begins, ends, tenths in self._parts(day):
                over = min(ends, end) - max(begins, start)
                if over > timedelta():
                    total += over // MINUTE * tenths
            day += timedelta(days=1)
        return total

    def _parts(self, day: date) -> tuple[tuple[datetime, datetime, int], ...]:
        """Night, day, night of a date, each with what a minute counts."""
        if day not in self._known:
            base = self._base(day)
            night = max(base, self.weights.night)
            edges = [at_local(day, hour) for hour in (time(), MORNING, EVENING)]
            edges.append(at_local(day + timedelta(days=1), time()))
            self._known[day] = tuple(zip(edges, edges[1:], (night, base, night), strict=False))
        return self._known[day]

    def _base(self, day: date) -> int:
        plain = self.days.calendar.kind(day)
        if plain is DayKind.HOLIDAY:
            return self.weights.holiday
        rests = plain is DayKind.WEEKEND or self.days.is_vacation(self.days.kind(day))
        return self.weights.weekend if rests else self.weights.day
