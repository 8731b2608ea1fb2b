"""What a screen on the wall shows: every lane with who is there and who comes next, until the next change."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from portal.core.clock import local, start_of_day
from portal.duty import labels as duty_labels
from portal.duty.rules import LEADING, As, Line, Stretch, stretches
from portal.duty.sheets import labels
from portal.duty.sheets.views.month import DAY
from portal.duty.views.lanes import Laid
from portal.duty.views.words import clock_text


class WallLane(NamedTuple):
    """A lane at an instant. `next_at` is "" where nothing changes today or tomorrow."""

    name: str
    slot: str
    people: str
    missing: int
    is_leading: bool
    next_at: str
    next_people: str
    next_missing: int


class Wall(NamedTuple):
    """All lanes, true over `[since, until)`."""

    kind: str
    lanes: tuple[WallLane, ...]
    since: datetime
    until: datetime

    @property
    def missing(self) -> int:
        """How many people are missing."""
        return sum(lane.missing for lane in self.lanes)


def wall_of(laid: Laid, at: datetime) -> Wall:
    """Who is on duty at an instant: no phones, for a wall is read by whoever stands before it."""
    until, lanes = start_of_day(local(at).date() + DAY), []
    for line in laid.found:
        rows = stretches(laid.opened.book, line, at, laid.end)
        until = min(until, rows[0].ends_at)
        if rows[0].people or rows[0].needed or line == LEADING:
            lanes.append(_lane(laid, line, rows))
    return Wall(laid.words.kind_of(local(at).date()), tuple(lanes), at, until)


def _lane(laid: Laid, line: Line, rows: Sequence[Stretch]) -> WallLane:
    now = rows[0]
    then = next((one for one in rows[1:] if one.people != now.people or one.missing != now.missing), None)
    is_followed = then is not None and bool(then.people or then.missing)
    return WallLane(
        laid.words.line(line), laid.words.chosen(now.name, now.name_en), _names(laid, now), now.missing,
        line == LEADING, clock_text(then.starts_at) if then and is_followed else "",
        _names(laid, then) if then else "", then.missing if then else 0,
    )  # fmt: skip


def _names(laid: Laid, one: Stretch) -> str:
    say, opened = laid.words.say, laid.opened
    return say(duty_labels.AND).join(
        say(labels.STEPS_IN, name=opened.name(who.person_id)) if who.stands is As.FALLBACK
        else opened.name(who.person_id)
        for who in one.people
    )  # fmt: skip
