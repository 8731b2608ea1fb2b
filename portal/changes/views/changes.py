"""The list of announced changes, one of them, and its report form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from portal.changes import labels
from portal.changes.queries.changes import ChangedPost, ChangeLine
from portal.changes.queries.sheets import SheetRow
from portal.changes.rules import Change, last_day_of
from portal.core.clock import local
from portal.rendering.i18n import Translate, translator
from portal.web.again import Typed


def state_of(change: ChangeLine, at: datetime) -> str:
    """Ahead, in force, over or undone."""
    if change.undone_at is not None:
        return "undone"
    if at < change.effective_at:
        return "ahead"
    return "over" if change.back_at is not None and change.back_at <= at else "in_force"


@dataclass(frozen=True, slots=True)
class ChangeCard:
    """A line of the list. `seconds` counts down to the instant until which it can be taken back."""

    href: str
    title: str
    school: str
    state: str
    state_words: str
    effective_at: datetime
    seconds: float
    is_reported: bool


@dataclass(frozen=True, slots=True)
class SheetCard:
    """A handover sheet in a list: which post, from whom to whom, who has confirmed."""

    href: str
    title: str
    people: str
    waits_for: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class ChangesView:
    """The page of all changes."""

    ahead: tuple[ChangeCard, ...]
    past: tuple[ChangeCard, ...]
    sheets: tuple[SheetCard, ...]
    many_schools: bool
    may_make: bool
    more: tuple[str, str]


def change_card(change: ChangeLine, language: str, *, at: datetime) -> ChangeCard:
    """One change of the list."""
    say, state = translator(language), state_of(change, at)
    return ChangeCard(
        f"/changes/{change.id}", say(labels.TITLES[change.kind], name=change.name), change.school, state,
        say(labels.STATES[state]), change.effective_at, (change.effective_at - at).total_seconds(),
        change.reported_at is not None,
    )  # fmt: skip


def sheet_card(sheet: SheetRow, language: str, *, at: datetime) -> SheetCard:
    """One sheet of a list."""
    say = translator(language)
    people = say(labels.FROM_TO, giver=sheet.giver, taker=sheet.taker or say(labels.NOBODY))
    waits = [part for part in ("giver", "taker") if part_waits(sheet, part, at)] or ["supervisor"]
    done = sheet.supervisor_confirmed_at is not None
    words = say(labels.COMMA).join(say(labels.PARTS[part]) for part in waits)
    title = say(labels.PLACE_POST, grid=sheet.grid, post=sheet.title)
    return SheetCard(f"/handovers/{sheet.id}", title, people, "" if done else say(labels.WAITS, who=words), done)


def part_waits(sheet: SheetRow, part: str, at: datetime) -> bool:
    """Whether a confirmation of one of the two is still to come."""
    if part == "giver":
        gone = sheet.giver_left_at is not None and sheet.giver_left_at <= at
        return sheet.giver_confirmed_at is None and not gone
    return sheet.taker_id is not None and sheet.taker_confirmed_at is None


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post in a change: who before, who after, until when."""

    title: str
    href: str
    before: str
    after: str
    until: date | None
    is_vacant: bool


@dataclass(frozen=True, slots=True)
class ChangeView:
    """The page of a change, and the report form made of it."""

    id: int
    version: int
    title: str
    kind: str
    person: str
    person_href: str
    school: str
    state: str
    state_words: str
    announced_on: date
    handover_on: date
    effective_at: datetime
    last_day: date | None
    seconds: float
    note: str
    entered_by: str
    entered_at: datetime
    reported_on: datetime | None
    posts: tuple[PostRow, ...]
    sheets: tuple[SheetCard, ...]
    may_make: bool
    may_end: bool
    """A leave or an acting time that is running and could end with today."""
    typed: Typed


def change_view(
    change: ChangeLine, changed: Iterable[ChangedPost], holders: Mapping[int, str], sheets: Iterable[SheetRow],
    language: str, *, at: datetime, may_make: bool, typed: Typed,
) -> ChangeView:  # fmt: skip
    """A change in words. `holders`: who was first on each post until then."""
    say, state = translator(language), state_of(change, at)
    last = last_day_of(change.back_at) if change.back_at else None
    return ChangeView(
        id=change.id, version=change.version, title=say(labels.TITLES[change.kind], name=change.name),
        kind=say(labels.KINDS[change.kind][0]), person=change.name, person_href=f"/people/{change.person_id}",
        school=change.school, state=state, state_words=say(labels.STATES[state]), announced_on=change.announced_on,
        handover_on=change.handover_on, effective_at=change.effective_at, last_day=last,
        seconds=(change.effective_at - at).total_seconds(), note=change.note or "",
        entered_by=change.entered_name or "", entered_at=change.entered_at, reported_on=change.reported_at,
        posts=tuple(_posts(changed, change, holders, say)),
        sheets=tuple(sheet_card(one, language, at=at) for one in sheets), may_make=may_make, typed=typed,
        may_end=may_make and state == "in_force" and change.back_at is not None and last != local(at).date(),
    )  # fmt: skip


def _posts(
    changed: Iterable[ChangedPost], change: ChangeLine, holders: Mapping[int, str], say: Translate
) -> list[PostRow]:
    rows: dict[int, list[ChangedPost]] = {}
    for one in changed:
        rows.setdefault(one.post_id, []).append(one)
    found, vacant = [], change.vacant
    for post_id, ones in rows.items():
        starts = [one for one in ones if one.what == "appointment_made"]
        before = [one.person for one in ones if one.what == "appointment_ended"]
        after = [f"{one.person} {say(labels.HELD_AS[one.kind])}" for one in starts]
        until = next((last_day_of(one.ends_at) for one in starts if one.ends_at), None)
        if change.kind == Change.LEAVE:
            before = [change.name]
        elif not before and post_id in holders:
            before = [holders[post_id]]  # they keep the post: somebody acts for them, or comes beside them
            after = after if any(one.kind == "acting" for one in starts) else [*before, *after]
        title = say(labels.PLACE_POST, grid=ones[0].grid, post=ones[0].title)
        comma = say(labels.COMMA)
        found.append(
            PostRow(title, f"/grids/{ones[0].grid_id}", comma.join(before), comma.join(after), until, post_id in vacant)
        )
    return found
