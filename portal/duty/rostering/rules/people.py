"""Somebody while a roster is being made: what they have already, and whether one turn more may be theirs."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from portal.duty.rostering.rules.turns import Turn
from portal.duty.rules import Duty, Terms
from portal.duty.rules.conflicts import LONGEST, REST, unfit, without_rest

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Bar(StrEnum):
    """Why a turn is not theirs. `tired` is a wish, the others are law: who has no 11 hours before and after comes
    last."""

    SKIPPED = "skipped"
    AWAY = "away"
    BUSY = "busy"
    REST = "rest"
    TIRED = "tired"


class Worker:
    """A person, their duties in order of time, and how much they have done, in tenths of a minute."""

    def __init__(self, person_id: int, duties: Sequence[Duty], terms: Terms, balance: int) -> None:
        self.person_id, self.terms, self.balance = person_id, terms, balance
        self.duties = sorted(duties, key=_start)
        self.last = LONG_AGO
        self.given = 0

    def bar(self, turn: Turn) -> Bar | None:
        """What speaks against the turn by the law of conflicts, or the wish for rest; None: nothing."""
        duty = Duty(turn.starts_at, turn.ends_at, turn.line, None)
        if unfit(self.person_id, duty, self.terms):
            return Bar.AWAY
        near = self._near(duty)
        if not near:
            return None
        if any(one.starts_at < duty.ends_at and duty.starts_at < one.ends_at for one in near):
            return Bar.BUSY
        before = set(without_rest(self.person_id, near))
        if any(one not in before for one in without_rest(self.person_id, sorted((*near, duty), key=_start))):
            return Bar.REST
        return Bar.TIRED

    def _near(self, duty: Duty) -> list[Duty]:
        """The duties that hang together with this one: those less than eleven hours away, and less away from those."""
        at = bisect_left(self.duties, duty.starts_at, key=_start)
        found: list[Duty] = []
        reached = duty.starts_at
        for n in range(at - 1, -1, -1):
            one = self.duties[n]
            if reached - one.starts_at > LONGEST + REST:
                break  # no duty is so long that an earlier one could reach this far
            if reached - one.ends_at < REST:
                found.append(one)
                reached = min(reached, one.starts_at)
        found.reverse()
        reached = duty.ends_at
        for one in self.duties[at:]:
            if one.starts_at - reached >= REST:
                break
            found.append(one)
            reached = max(reached, one.ends_at)
        return found

    def take(self, turn: Turn, weight: int) -> None:
        """Gives them the turn."""
        insort(self.duties, Duty(turn.starts_at, turn.ends_at, turn.line, None), key=_start)
        self.balance += weight
        self.given += weight
        self.last = max(self.last, turn.ends_at)

    def hand_back(self, turn: Turn, weight: int) -> None:
        """Takes it from them again."""
        self.duties.remove(Duty(turn.starts_at, turn.ends_at, turn.line, None))
        self.balance -= weight
        self.given -= weight


def _start(duty: Duty) -> datetime:
    return duty.starts_at
