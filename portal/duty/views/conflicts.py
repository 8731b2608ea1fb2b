"""What speaks against the plan of the coming weeks, each with the one-press repairs that apply (D3)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.duty import labels
from portal.duty.queries import OpenBook
from portal.duty.rules import Clash, Conflict, Duty, Shift
from portal.duty.views.choice import Staffing, clash_text, when_text
from portal.duty.views.shifts import minute_text
from portal.duty.views.words import Words, clock_text

MOST = 40


@dataclass(frozen=True, slots=True)
class Repair:
    """One press: which form, with what in it."""

    text: str
    action: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """A conflict in words, with its repairs and where its shift is looked at."""

    title: str
    text: str
    shifts: tuple[tuple[str, str], ...]
    repairs: tuple[Repair, ...]


@dataclass(frozen=True, slots=True)
class ConflictsView:
    """The page."""

    org_id: int
    school: str
    other: str
    is_below: bool
    weeks: int
    count: int
    lines: tuple[ConflictLine, ...]


def planned_duties(opened: OpenBook) -> Iterator[tuple[int, Duty]]:
    """Every shift as it was meant: of whoever stands in for all of it, or was put down."""
    book = opened.book
    for rows in book.shifts.values():
        for shift in rows:
            whole = [one for one in book.stand_ins.get(shift.id, ()) if one.starts_at is None]
            person = max(whole, key=lambda one: one.id).person_id if whole else shift.person_id
            if person is not None:
                yield person, Duty(shift.starts_at, shift.ends_at, shift.line, shift.id)


@dataclass(frozen=True, slots=True)
class Repairs:
    """What makes the repairs: the book, the staff, today's versions of the shifts, and the instant."""

    opened: OpenBook
    staffing: Staffing
    versions: Mapping[int, int]
    at: datetime

    @property
    def words(self) -> Words:
        """The names of the plan."""
        return self.staffing.words

    def shifts(self) -> dict[int, Shift]:
        """Every shift that was read, by id."""
        return {one.id: one for rows in self.opened.book.shifts.values() for one in rows}

    def lines(self, found: Sequence[Conflict]) -> tuple[ConflictLine, ...]:
        """The first conflicts, each as a line."""
        known = self.shifts()
        return tuple(self._line(one, known) for one in found[:MOST])

    def _line(self, one: Conflict, known: Mapping[int, Shift]) -> ConflictLine:
        concerned = [
            known[found] for found in (one.shift_id, one.other_shift_id) if found is not None and found in known
        ]
        name = self.opened.name(one.person_id)
        duties = [Duty(shift.starts_at, shift.ends_at, shift.line, shift.id) for shift in concerned[:1]]
        return ConflictLine(
            self.words.say(labels.CONFLICTS[one.clash], name=name),
            "" if one.clash is Clash.TWO_PLACES else clash_text(one, duties, self.words),
            tuple(
                (f"{self.words.line(shift.line)} {when_text(shift.starts_at, shift.ends_at, self.words)}",
                 f"/duty/shifts/{shift.id}")
                for shift in concerned
            ),
            tuple(self._repairs(one, [shift for shift in concerned if self._may_change(shift)])),
        )  # fmt: skip

    def _may_change(self, shift: Shift) -> bool:
        """What has begun, and what somebody stands in for, is not changed by one press."""
        return shift.starts_at > self.at and not self.opened.book.stand_ins.get(shift.id) and shift.id in self.versions

    def _repairs(self, one: Conflict, shifts: Sequence[Shift]) -> Iterable[Repair]:
        for shift in shifts[:1]:
            free = self.staffing.freest(Duty(shift.starts_at, shift.ends_at, shift.line, shift.id), (one.person_id,))
            if free:
                form = labels.GIVE_LANE_TO if one.clash is Clash.TWO_PLACES else labels.GIVE_TO
                text = self.words.say(form, name=free.name, lane=self.words.line(shift.line))
                yield self._repair(shift, text, "changes", person=str(free.person_id))
        if one.clash is Clash.TWO_PLACES:
            yield from self._cuts(shifts)
            for shift in shifts:
                text = self.words.say(labels.CANCEL_ONE, lane=self.words.line(shift.line))
                yield self._repair(shift, text, "cancellations", reason=self.words.say(labels.TWICE))

    def _cuts(self, shifts: Sequence[Shift]) -> Iterable[Repair]:
        """The one that begins first ends where the other begins; or the one that ends last begins where that ends."""
        if len(shifts) != 2:
            return
        first, last = sorted(shifts, key=lambda shift: (shift.starts_at, shift.ends_at))
        if first.starts_at < last.starts_at and first.ends_at <= last.ends_at:
            text = self.words.say(labels.CUT_AT, lane=self.words.line(first.line), time=clock_text(last.starts_at))
            yield self._repair(first, text, "changes", ends=minute_text(last.starts_at))
        elif first.starts_at == last.starts_at and first.ends_at < last.ends_at:
            text = self.words.say(labels.BEGIN_AT, lane=self.words.line(last.line), time=clock_text(first.ends_at))
            yield self._repair(last, text, "changes", starts=minute_text(first.ends_at))

    def _repair(self, shift: Shift, text: str, noun: str, **fields: str) -> Repair:
        made = {"version": str(self.versions[shift.id]), "back": "conflicts", **fields}
        return Repair(text, f"/duty/shifts/{shift.id}/{noun}", made)
