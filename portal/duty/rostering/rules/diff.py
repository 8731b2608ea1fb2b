"""What a roster changes in what is in force: who comes, who goes, who is moved (D6, D9).

Shifts that stay the same keep their rows, and with them their swaps and their place in the calendars outside. The same
person on the same day in the same lane, at other hours, is a shift that was moved: its swap goes with it. Everything
else goes and comes anew.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from portal.core.clock import local
from portal.core.ids import digest
from portal.duty.rules import Line


class Planned(NamedTuple):
    """A shift of either side, as far as the comparison needs it."""

    id: int
    line: Line
    person_id: int | None
    post_id: int | None
    starts_at: datetime
    ends_at: datetime
    version: int = 1

    @property
    def day(self) -> date:
        """The date on which it begins."""
        return local(self.starts_at).date()


class Pair(NamedTuple):
    """A shift in force, and the draft's that it corresponds to."""

    now: Planned
    then: Planned


@dataclass(frozen=True, slots=True)
class Diff:
    """What publication does. `given` tells the same as one that goes and one that comes: another person, same hours."""

    kept: tuple[Pair, ...] = ()
    moved: tuple[Pair, ...] = ()
    given: tuple[Pair, ...] = ()
    added: tuple[Planned, ...] = ()
    gone: tuple[Planned, ...] = ()
    too_late: tuple[Planned, ...] = ()
    """Shifts of the draft that have begun meanwhile: what has begun is not planned any more."""

    @property
    def cancelled(self) -> tuple[Planned, ...]:
        """Every shift in force that is cancelled."""
        return (*self.gone, *(pair.now for pair in self.given))

    @property
    def entered(self) -> tuple[Planned, ...]:
        """Every shift of the draft that comes into force as it stands."""
        return (*self.added, *(pair.then for pair in self.given))

    @property
    def changes(self) -> int:
        """How many shifts are not as they were."""
        return len(self.moved) + len(self.given) + len(self.added) + len(self.gone)

    @property
    def people(self) -> tuple[int, ...]:
        """Whose shifts are not as they were."""
        changed = (*self.cancelled, *self.entered, *(pair.now for pair in self.moved))
        return tuple(sorted({one.person_id for one in changed if one.person_id is not None}))

    @property
    def mark(self) -> str:
        """What it does to which rows, in a few signs: whoever saw it can tell whether it is still the same."""
        told = [f"-{one.id}.{one.version}" for one in self.cancelled] + [f"+{one.id}" for one in self.entered]
        told += [f"{pair.now.id}.{pair.now.version}>{pair.then.id}" for pair in self.moved]
        return digest(" ".join(sorted(told)))[:16]


def compare(in_force: Iterable[Planned], draft: Iterable[Planned], *, at: datetime) -> Diff:
    """The difference at an instant. Nothing that has begun by then is touched or entered."""
    standing = [one for one in in_force if one.starts_at > at]
    wanted, late = list[Planned](), list[Planned]()
    for one in draft:
        (wanted if one.starts_at > at else late).append(one)
    kept, standing, wanted = _match(standing, wanted, lambda one: (*_who(one), one.starts_at, one.ends_at))
    moved, standing, wanted = _match(standing, wanted, lambda one: (*_who(one), one.day))
    given, standing, wanted = _match(standing, wanted, lambda one: (one.line, one.starts_at, one.ends_at))
    return Diff(tuple(kept), tuple(moved), tuple(given), tuple(wanted), tuple(standing), tuple(late))


def _who(one: Planned) -> tuple[Line, int | None, int | None]:
    return one.line, one.person_id, one.post_id


def _match(
    standing: Sequence[Planned], wanted: Sequence[Planned], key: Callable[[Planned], object]
) -> tuple[list[Pair], list[Planned], list[Planned]]:
    """Pairs with the same key, in order of time; and what is left on both sides."""
    waiting: dict[object, list[Planned]] = {}
    for one in sorted(wanted, key=_in_order):
        waiting.setdefault(key(one), []).append(one)
    pairs, left = list[Pair](), list[Planned]()
    for one in sorted(standing, key=_in_order):
        found = waiting.get(key(one))
        if found:
            pairs.append(Pair(one, found.pop(0)))
        else:
            left.append(one)
    rest = sorted((one for some in waiting.values() for one in some), key=_in_order)
    return pairs, left, rest


def _in_order(one: Planned) -> tuple[datetime, int]:
    return one.starts_at, one.id


def after(in_force: Iterable[Planned], diff: Diff) -> Iterator[Planned]:
    """The shifts as they stand once the draft is published; what was moved keeps its id."""
    away = {one.id for one in diff.cancelled}
    moved = {pair.now.id: pair.then for pair in diff.moved}
    for one in in_force:
        if one.id in moved:
            yield moved[one.id]._replace(id=one.id)
        elif one.id not in away:
            yield one
    yield from diff.entered
