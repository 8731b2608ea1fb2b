"""The rotation (D6, D7): turns, lists, rest and balance in; who does what and why out, and what nobody may do.

Turn by turn, in order of time: of those on the lane's list who may, the one who has done least, counted over the school
year; of equals the one who has waited longest, and of those the one who stands first on the list. Whoever has no eleven
hours before and after comes last; whoever is away, busy, skipped or would break the rest does not come at all. At the
end turns go over from who has most to who has least, as long as that evens it out. The same question gives the same
answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple

from portal.core.clock import at_local
from portal.duty.rostering.rules.lists import Member, Rota
from portal.duty.rostering.rules.people import Bar, Worker
from portal.duty.rostering.rules.turns import Turn
from portal.duty.rostering.rules.weights import Scale
from portal.duty.rules import Duty, Line, Terms

LEAST, TEAM, ONLY, TIRED, EVENED = "least", "team", "only", "tired", "evened"


class Why(NamedTuple):
    """Why this person: the code, how much they and everybody on the list had done on average (tenths of a minute), and
    how many who had done less were passed over, by what speaks against it."""

    code: str
    own: int
    mean: int
    passed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """A turn and who does it. `weight` is what it counts."""

    turn: Turn
    person_id: int
    weight: int
    why: Why


@dataclass(frozen=True, slots=True)
class Hole:
    """A turn that nobody on the list may do, and what speaks against how many."""

    turn: Turn
    barred: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What came out: turns given, holes, and of each person what it comes to with what was carried over."""

    given: tuple[Given, ...]
    holes: tuple[Hole, ...]
    balances: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the people: duties that stay, terms and absences, what each has done this school year."""

    duties: Mapping[int, Sequence[Duty]] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    carried: Mapping[int, int] = field(default_factory=dict)


def rotate(turns: Sequence[Turn], rotas: Mapping[Line, Rota], standing: Standing, scale: Scale) -> Proposal:
    """Gives every turn to somebody, or says that nobody may."""
    drawing = _Drawing(turns, rotas, standing, scale)
    for turn in turns:
        drawing.give(turn)
    drawing.even_out()
    return drawing.proposal()


class _Drawing:
    """A proposal while it is made."""

    def __init__(self, turns: Sequence[Turn], rotas: Mapping[Line, Rota], standing: Standing, scale: Scale) -> None:
        self.turns, self.rotas, self.standing, self.scale = turns, rotas, standing, scale
        self.weights = {turn: scale.of(turn.starts_at, turn.ends_at) for turn in turns}
        self.lists = {line: {one.person_id: one for one in rota.members} for line, rota in rotas.items()}
        self.workers = {person: self._worker(person) for line in self.lists for person in self.lists[line]}
        self.daily = self._daily()
        self.reached: date | None = None
        self.given: dict[Turn, tuple[int, Why]] = {}
        self.holes: dict[Turn, Hole] = {}

    def _worker(self, person: int) -> Worker:
        """Whoever comes new begins with the mean of their lists, or they would have to catch up with a whole year."""
        known = self.standing.carried
        if person not in known:
            peers = {one for members in self.lists.values() if person in members for one in members if one in known}
            balance = sum(known[one] for one in peers) // len(peers) if peers else 0
        else:
            balance = known[person]
        return Worker(person, self.standing.duties.get(person, ()), self.standing.terms, balance)

    def _daily(self) -> dict[int, int]:
        """What a day of absence counts for each who has one: what a day brings everybody on the lists on average."""
        days = max(1, len({turn.day for turn in self.turns}))
        by_line: dict[Line, int] = {}
        for turn in self.turns:
            by_line[turn.line] = by_line.get(turn.line, 0) + self.weights[turn]
        found: dict[int, int] = {}
        for line, members in self.lists.items():
            for person in members:
                if self.standing.terms.absences.get(person):
                    found[person] = found.get(person, 0) + by_line.get(line, 0) // len(members) // days
        return found

    def give(self, turn: Turn) -> None:
        """Gives one turn, or declares the hole."""
        self._count_absences(turn.day)
        rota = self.rotas.get(turn.line)
        members = tuple(self.lists.get(turn.line, {}).values())
        barred: dict[str, int] = {}
        if rota is not None and rota.is_weekly and self._from(turn, rota.team_of(turn.day), TEAM, {}):
            return
        if not self._from(turn, members, LEAST, barred):
            self.holes[turn] = Hole(turn, tuple(sorted(barred.items())))

    def _from(self, turn: Turn, members: Sequence[Member], code: str, barred: dict[str, int]) -> bool:
        """Gives the turn to the first of these who may; the wish for rest gives way where nobody else is left."""
        tired: list[Worker] = []
        for member in sorted(members, key=self._rank):
            worker = self.workers[member.person_id]
            bar = Bar.SKIPPED if member.skips(turn) else worker.bar(turn)
            if bar is None:
                self._give(turn, worker, members, code, barred)
                return True
            barred[bar.value] = barred.get(bar.value, 0) + 1
            if bar is Bar.TIRED:
                tired.append(worker)
        if tired:
            self._give(turn, tired[0], members, TIRED, {key: n for key, n in barred.items() if key != Bar.TIRED})
        return bool(tired)

    def _rank(self, member: Member) -> tuple[int, datetime]:
        worker = self.workers[member.person_id]
        return worker.balance, worker.last

    def _give(
        self, turn: Turn, worker: Worker, members: Sequence[Member], code: str, barred: Mapping[str, int]
    ) -> None:
        others = [self.workers[one.person_id].balance for one in members]
        passed = tuple(sorted(barred.items()))
        said = ONLY if code == LEAST and sum(barred.values()) == len(members) - 1 else code
        self.given[turn] = worker.person_id, Why(said, worker.balance, sum(others) // len(others), passed)
        worker.take(turn, self.weights[turn])

    def _count_absences(self, day: date) -> None:
        """Whoever is away on a day has done their share of it: nobody comes back to a heap of turns."""
        if day == self.reached:
            return
        self.reached, noon = day, at_local(day, time(12))
        for person, share in self.daily.items():
            if any(row.covers(noon) for row in self.standing.terms.absences.get(person, ())):
                self.workers[person].balance += share

    # -- evening out

    def even_out(self) -> None:
        """Hands turns over from whoever has most to whoever has least, among those who are on the same lists."""
        pools: dict[frozenset[Line], list[int]] = {}
        for person in self.workers:
            lines = frozenset(line for line, members in self.lists.items() if person in members)
            pools.setdefault(lines, []).append(person)
        theirs: dict[int, list[Turn]] = {}
        for turn, (person, _) in self.given.items():
            if not self.rotas[turn.line].is_weekly:
                theirs.setdefault(person, []).append(turn)
        for people in pools.values():
            for _ in range(8 * len(people)):
                if len(people) < 2 or not self._hand_over(people, theirs):
                    break

    def _hand_over(self, people: Sequence[int], theirs: dict[int, list[Turn]]) -> bool:
        """One turn from the one with most, to whom it evens out best; False where none does."""
        ranked = sorted(people, key=lambda person: self.workers[person].balance)
        most = self.workers[ranked[-1]]
        for person in ranked[:8]:
            least = self.workers[person]
            between = most.balance - least.balance
            turns = [turn for turn in theirs.get(most.person_id, ()) if 0 < self.weights[turn] < between]
            turns.sort(key=lambda turn: (abs(2 * self.weights[turn] - between), turn.starts_at, turn.line.role))
            for turn in turns[:200]:
                if self.lists[turn.line][person].skips(turn) or least.bar(turn) is not None:
                    continue
                self._pass_on(turn, most, least)
                theirs[most.person_id].remove(turn)
                theirs.setdefault(person, []).append(turn)
                return True
        return False

    def _pass_on(self, turn: Turn, most: Worker, least: Worker) -> None:
        members = self.lists[turn.line]
        mean = sum(self.workers[person].balance for person in members) // len(members)
        self.given[turn] = least.person_id, Why(EVENED, least.balance, mean)
        most.hand_back(turn, self.weights[turn])
        least.take(turn, self.weights[turn])

    def proposal(self) -> Proposal:
        """What has come out."""
        given = [Given(turn, person, self.weights[turn], why) for turn, (person, why) in self.given.items()]
        balances = {person: worker.balance for person, worker in self.workers.items()}
        return Proposal(tuple(given), tuple(self.holes.values()), balances)


def spread(people: Iterable[int], balances: Mapping[int, int]) -> int:
    """How far apart the one with most and the one with least are."""
    found = [balances[person] for person in people]
    return max(found) - min(found) if found else 0
