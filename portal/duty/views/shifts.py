"""The form that puts people on duty, and the page of one shift."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from portal.core.clock import local, start_of_day
from portal.duty import labels
from portal.duty.forms import Asked
from portal.duty.queries import SeenShift
from portal.duty.rules import LEADER, As, Line, stretches
from portal.duty.views.choice import MOST, Choice, found_by
from portal.duty.views.lanes import Hole, Laid
from portal.duty.views.today import Gap, gap_of
from portal.duty.views.words import MINUTE_FORMAT, Words, slot_href, span_text

AHEAD = timedelta(days=7)
MOST_HOLES = 12


@dataclass(frozen=True, slots=True)
class SlotLink:
    """A slot of the day in the lane, to pick with one press: when, what, how many of how many."""

    hours: str
    name: str
    have: int
    need: int
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class There:
    """Somebody who is in the lane at that time."""

    name: str
    hours: str
    shift_id: int | None


@dataclass(frozen=True, slots=True)
class WhenForm:
    """Where, as what and when, as fields of an address."""

    areas: tuple[tuple[str, str], ...]
    roles: tuple[tuple[str, str], ...]
    area: str
    role: str
    starts: str
    ends: str
    q: str


@dataclass(frozen=True, slots=True)
class NewPage:
    """The form for a new shift: first when, then whom."""

    org_id: int
    school: str
    other: str
    is_below: bool
    when: WhenForm
    is_asked: bool
    lane: str
    hours: str
    missing: int
    slots: tuple[SlotLink, ...]
    there: tuple[There, ...]
    choices: tuple[Choice, ...]
    more: int
    is_one: bool
    state: str
    holes: tuple[Gap, ...] = ()
    chosen: tuple[int, ...] = ()
    note: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    beaten: str = ""


@dataclass(frozen=True, slots=True)
class ShiftPage:
    """One shift: what it is, and what may be done about it."""

    id: int
    school: str
    other: str
    is_below: bool
    lane: str
    day: date
    when: str
    person: str
    standing: tuple[str, ...]
    note: str
    version: int
    state: str
    """ahead, running, over or cancelled."""
    may_edit: bool
    starts: str
    ends: str
    q: str
    person_id: int | None
    choices: tuple[Choice, ...]
    more: int
    links: tuple[tuple[str, str], ...]
    """What else may be done, by the rooms that are there: (text, address)."""
    reason: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    beaten: str = ""
    of_shift: object = None
    """Who stands or stood in for it, and its swaps: for `duty/swapping/_of_shift.html`."""


def when_form(asked: Asked, words: Words, q: str) -> WhenForm:
    """The fields with what was asked for."""
    plan = words.plan
    areas = [("", words.say(labels.WHOLE_SCHOOL))]
    areas += [(str(one.id), words.area(one.id)) for one in plan.areas.values() if not one.is_ended]
    roles = [(one.code, words.role(one.code)) for one in sorted(plan.roles.values(), key=lambda one: one.sort)]
    line = asked.line or Line(None, LEADER)
    return WhenForm(
        tuple(areas), tuple(roles), str(line.area_id or ""), line.role if asked.line else "",
        minute_text(asked.starts_at), minute_text(asked.ends_at), q,
    )  # fmt: skip


def minute_text(moment: datetime | None) -> str:
    """A moment as a field of a form takes it."""
    return f"{local(moment):{MINUTE_FORMAT}}" if moment else ""


def slot_links(laid: Laid, line: Line, chosen: datetime | None, day: date) -> tuple[SlotLink, ...]:
    """The slots of a lane on a day, those that are not over."""
    at = laid.reader.at
    start, end = start_of_day(day), start_of_day(day + timedelta(days=1))
    return tuple(
        SlotLink(
            span_text(one.starts_at, one.ends_at), laid.words.chosen(one.name, one.name_en), len(one.people),
            one.needed, slot_href(laid.reader.org, line, one.starts_at, one.ends_at), one.starts_at == chosen,
        )
        for one in stretches(laid.opened.book, line, start, end)
        if one.needed and one.ends_at > at
    )  # fmt: skip


def there_now(laid: Laid, line: Line, start: datetime, end: datetime) -> tuple[There, ...]:
    """Whoever is on duty in the lane at some time between two instants."""
    found = dict[tuple[int, int | None], list[datetime]]()
    for one in stretches(laid.opened.book, line, start, end):
        for who in one.people:
            if who.stands is not As.FALLBACK:
                span = found.setdefault((who.person_id, who.shift_id), [one.starts_at, one.ends_at])
                span[1] = one.ends_at
    return tuple(
        There(laid.opened.name(person), span_text(*span), shift_id) for (person, shift_id), span in found.items()
    )


def missing_over(laid: Laid, line: Line, start: datetime, end: datetime) -> int:
    """How many people are missing at the worst moment between two instants."""
    return max((one.missing for one in stretches(laid.opened.book, line, start, end)), default=0)


def shown(found: list[Choice], q: str) -> tuple[tuple[Choice, ...], int]:
    """Those that a search finds, as many as a page holds; and how many more there are."""
    some = found_by(found, q)
    return tuple(some[:MOST]), max(len(some) - MOST, 0)


def holes_ahead(holes: list[Hole], at: datetime) -> tuple[Gap, ...]:
    """The first gaps that may still be closed."""
    return tuple(gap_of(hole, at) for hole in holes if hole.ends_at > at)[:MOST_HOLES]


def state_of(row: SeenShift, at: datetime) -> str:
    """ahead, running, over or cancelled."""
    if row.cancelled_at is not None:
        return "cancelled"
    return "ahead" if row.starts_at > at else "running" if row.ends_at > at else "over"


def standing_in(laid: Laid, row: SeenShift) -> tuple[str, ...]:
    """Who really does the shift, where it is not the one who was put down."""
    found: list[str] = []
    for one in stretches(laid.opened.book, row.line, row.starts_at, row.ends_at):
        for who in one.people:
            if who.shift_id == row.id and who.person_id != row.person_id:
                kind = laid.words.say(labels.STANDS[who.stands]) if who.stands is not As.OWN else ""
                text = f"{laid.opened.name(who.person_id)} {kind} {span_text(one.starts_at, one.ends_at)}"
                found.append(" ".join(text.split()))
    return tuple(found)
