"""Who takes turns in a lane: teams in their order, and when each of them is left out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from portal.duty.rostering.rules.turns import Turn


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on a list, and the weekdays (0 is Monday) and dates that they are left out of."""

    person_id: int
    weekdays: frozenset[int] = frozenset()
    dates: tuple[tuple[date, date], ...] = ()

    def skips(self, turn: Turn) -> bool:
        """True where the turn touches a day that they are left out of."""
        if not self.weekdays and not self.dates:
            return False
        return any(
            day.weekday() in self.weekdays or any(first <= day <= last for first, last in self.dates)
            for day in _days_of(turn)
        )


def _days_of(turn: Turn) -> Iterator[date]:
    first, last = turn.day, Turn(turn.line, turn.ends_at - timedelta(microseconds=1), turn.ends_at).day
    return (first + timedelta(days=step) for step in range((last - first).days + 1))


class Rota(NamedTuple):
    """The list of a lane. One team: everybody takes turns. Several: a whole team has a week, and the next the next."""

    teams: tuple[tuple[Member, ...], ...]

    @property
    def members(self) -> tuple[Member, ...]:
        """Everybody on it, in order, each once."""
        return tuple({one.person_id: one for team in self.teams for one in team}.values())

    @property
    def is_weekly(self) -> bool:
        """Whether teams take turns by the week."""
        return len(self.teams) > 1

    def team_of(self, day: date) -> Sequence[Member]:
        """The team whose week it is. Weeks are counted from a fixed Monday, so that the next roster goes on."""
        monday = day - timedelta(days=day.weekday())
        return self.teams[monday.toordinal() // 7 % len(self.teams)] if self.teams else ()


def one_team(people: Iterable[int]) -> Rota:
    """Everybody in turn, nobody left out."""
    return Rota((tuple(Member(person) for person in people),))
