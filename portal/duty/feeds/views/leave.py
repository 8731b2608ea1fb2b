"""The pages of leave from calendar files: what was handed in, what it says, what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.core.clock import local
from portal.duty.feeds import labels
from portal.duty.feeds.queries import FileLine, FileRow, LeaveRow
from portal.duty.feeds.queries.leave import Named
from portal.duty.feeds.rules import Leave, Left, State, Trouble, judged, named_in
from portal.duty.queries import OpenBook
from portal.duty.rules import Shift
from portal.duty.views.words import Words, clock_text
from portal.rendering.moments import day_text, moment_text
from portal.responsibilities.rules import Absence


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """An event in plain words, and why it is not entered, if it is not."""

    id: int
    line: int
    text: str
    why: str = ""
    note: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class LeaveGroup:
    """Events of one title: they mean one person."""

    name: str
    title: str
    person: str
    lines: tuple[LeaveLine, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A shift of somebody who is away then."""

    shift_id: int
    text: str


@dataclass(frozen=True, slots=True)
class EnteredLine:
    """Somebody's time away that a file has entered, with their shifts in it."""

    name: str
    text: str
    is_undone: bool
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class FileView:
    """The page of one file."""

    id: int
    name: str
    state: str
    state_text: str
    version: int
    people: tuple[tuple[str, str], ...] = ()
    groups: tuple[LeaveGroup, ...] = ()
    refused: tuple[LeaveLine, ...] = ()
    entered: tuple[EnteredLine, ...] = ()
    error: str = ""

    @property
    def hits(self) -> int:
        """How many shifts nobody does by this."""
        return sum(len(one.hits) for one in self.entered if not one.is_undone)


@dataclass(frozen=True, slots=True)
class LeaveListView:
    """The form for a file, and the files so far."""

    school: str
    people: tuple[tuple[str, str], ...]
    files: tuple[tuple[FileLine, str], ...]
    person: str = ""
    errors: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a file's page is made of."""

    file: FileRow
    rows: Sequence[LeaveRow]
    staff: Sequence[Named]
    away: Mapping[int, Sequence[Absence]]
    opened: OpenBook
    words: Words
    at: datetime
    today: datetime
    furthest: datetime


def leave_list_view(
    school: str, staff: Sequence[Named], files: Iterable[FileLine], words: Words, *, person: str = "",
    errors: Mapping[str, str] | None = None,
) -> LeaveListView:  # fmt: skip
    """The form and the list."""
    told = tuple((one, words.say(labels.STATES[State(one.state)])) for one in files)
    return LeaveListView(school, people_options(staff, words), told, person, errors)


def people_options(staff: Sequence[Named], words: Words) -> tuple[tuple[str, str], ...]:
    """The staff for a choice; of two of one name the post tells which."""
    return tuple(
        (str(one.id), words.say(labels.NAMED, name=one.name, title=one.title) if one.title else one.name)
        for one in staff
    )


def file_view(known: Known, *, chosen: Mapping[str, str] | None = None, error: str = "") -> FileView:
    """The page as the file is now. `chosen`: what was chosen in a form that was refused."""
    file, say = known.file, known.words.say
    head = (file.id, file.name, file.state, say(labels.STATES[State(file.state)]), file.version)
    if file.state != State.DRAFT:
        return FileView(*head, entered=tuple(_entered(known)), error=error)
    refused = tuple(_refused(row, known) for row in known.rows if row.trouble)
    groups = tuple(_groups(known, chosen or {}))
    return FileView(*head, people_options(known.staff, known.words), groups, refused, error=error)


def _groups(known: Known, chosen: Mapping[str, str]) -> Iterable[LeaveGroup]:
    by_title: dict[str, list[LeaveRow]] = {}
    for row in known.rows:
        if not row.trouble:
            by_title.setdefault("" if known.file.person_id else row.title, []).append(row)
    names = {one.id: one.name for one in known.staff}
    for title, rows in by_title.items():
        name = f"person-{rows[0].id}"
        meant = known.file.person_id or named_in(title, names)
        person = chosen.get(name, str(meant or ""))
        lines = tuple(_lines(rows, int(person) if person.isdigit() else None, known))
        yield LeaveGroup(name, title or known.words.say(labels.UNTITLED), person, lines)


def _lines(rows: Sequence[LeaveRow], person_id: int | None, known: Known) -> Iterable[LeaveLine]:
    """The events of one person; whether they can be entered is asked as entering will ask it."""
    leaves = [
        (person_id or 0, Leave(row.id, row.starts_at, row.ends_at)) for row in rows if row.starts_at and row.ends_at
    ]
    _, left = judged(leaves, known.away, today=known.today, furthest=known.furthest)
    for row in rows:
        begun = row.starts_at is not None and row.starts_at < known.today and left.get(row.id) is None
        yield LeaveLine(
            row.id, row.line, _span(row.starts_at, row.ends_at, row.is_all_day, known),
            _left(left.get(row.id), known), known.words.say(labels.FROM_TODAY) if begun else "", row.id not in left,
        )  # fmt: skip


def _left(left: Left | None, known: Known) -> str:
    return known.words.say(labels.LEFT[left]) if left else ""


def _refused(row: LeaveRow, known: Known) -> LeaveLine:
    return LeaveLine(
        row.id, row.line, row.title or known.words.say(labels.UNTITLED),
        known.words.say(labels.TROUBLES[Trouble(row.trouble)]),
    )  # fmt: skip


def _span(start: datetime | None, end: datetime | None, all_day: bool, known: Known) -> str:
    """11月25日 周三，一天; whole days say how many, and their last day is the last one away."""
    if start is None or end is None:
        return ""
    say, language = known.words.say, known.words.language
    first, last = local(start), local(end)
    if all_day:
        days = (last.date() - first.date()).days
        told = [day_text(day, today=local(known.at).date(), language=language)
                for day in (first.date(), last.date() - timedelta(days=1))]  # fmt: skip
        if days == 1:
            return say(labels.WHOLE_DAY, first=told[0])
        return say(labels.WHOLE_DAYS, first=told[0], last=told[1], count=days)
    return say(
        labels.FROM_TO, start=moment_text(start, at=known.at, language=language),
        end=clock_text(end) if first.date() == last.date() else moment_text(end, at=known.at, language=language),
    )  # fmt: skip


def _entered(known: Known) -> Iterable[EnteredLine]:
    names = {one.id: one.name for one in known.staff}
    for row in known.rows:
        if row.absence_id is None:
            continue
        whole = row.is_all_day and row.away_from is not None and local(row.away_from).hour == 0
        hits = () if row.undone_at else tuple(_hits(row, known))
        name = names.get(row.person_id or 0, known.opened.name(row.person_id))
        yield EnteredLine(name, _span(row.away_from, row.away_to, whole, known), row.undone_at is not None, hits)


def _hits(row: LeaveRow, known: Known) -> Iterable[Hit]:
    """The shifts that were this person's and lie in this time: somebody else has to do them."""
    assert row.away_from is not None and row.away_to is not None
    for rows in known.opened.book.shifts.values():
        for shift in rows:
            if (
                shift.starts_at < row.away_to
                and shift.ends_at > row.away_from
                and _whose(shift, known) == row.person_id
            ):
                span = _span(shift.starts_at, shift.ends_at, False, known)
                yield Hit(shift.id, f"{known.words.line(shift.line)} {span}")


def _whose(shift: Shift, known: Known) -> int | None:
    """Who is to do it: whoever stands in last for all of it, else its own person."""
    whole = [one for one in known.opened.book.stand_ins.get(shift.id, ()) if one.starts_at is None]
    return max(whole, key=lambda one: one.id).person_id if whole else shift.person_id
