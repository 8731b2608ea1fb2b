"""Everything that a roster's page is made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.core.clock import local, start_of_day
from portal.duty.queries import Plan, Staff
from portal.duty.rostering import labels
from portal.duty.rostering.queries import RosterRow, ShiftOfRoster
from portal.duty.rostering.rules import Brief, Diff, Planned, Scale, after, brief_from_json, compare, weights_from
from portal.duty.rostering.views.texts import Say
from portal.rendering.moments import day_text


@dataclass(frozen=True, slots=True)
class Known:
    """What was read. `in_force` reaches from the beginning of the school year to the roster's end, `own` are the
    shifts of the roster itself."""

    row: RosterRow
    plan: Plan
    staff: Staff
    in_force: Sequence[ShiftOfRoster]
    own: Sequence[ShiftOfRoster]
    receipts: Mapping[int, datetime]
    names: Mapping[int, str]
    me: int | None
    may_make: bool
    at: datetime
    language: str
    say: Say

    @property
    def brief(self) -> Brief:
        """What it was drafted from."""
        return brief_from_json(self.row.name, self.row.first_day, self.row.last_day, self.row.rule)

    @property
    def scale(self) -> Scale:
        """How hours are weighed."""
        return Scale(self.plan.days, weights_from(self.staff.tenths))

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Between these its shifts begin."""
        return start_of_day(self.row.first_day), start_of_day(self.row.last_day + timedelta(days=1))

    def name(self, person_id: int | None) -> str:
        """Somebody by name."""
        return self.names.get(person_id or 0, "") or self.say(labels.NOBODY)

    def day(self, day: date) -> str:
        """A date in words."""
        return day_text(day, today=local(self.at).date(), language=self.language)

    def difference(self) -> Diff:
        """What the draft changes, as of now."""
        lines, (start, end) = set(self.brief.lines), self.span
        mine = [one.planned for one in self.in_force if one.line in lines and start <= one.starts_at < end]
        return compare(mine, [one.planned for one in self.own], at=self.at)

    def outcome(self, diff: Diff) -> list[Planned]:
        """Everything in force once the draft is, of whoever will really do it."""
        doers = {one.id: one.doer_id for one in self.in_force}
        return [
            one._replace(person_id=doers.get(one.id, one.person_id), post_id=None if doers.get(one.id) else one.post_id)
            for one in after((row.planned for row in self.in_force), diff)
        ]


def of_lines(known: Known, found: Iterable[Planned]) -> Iterator[Planned]:
    """Those in the lanes of the roster."""
    lines = set(known.brief.lines)
    return (one for one in found if one.line in lines)
