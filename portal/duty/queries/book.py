"""The book of duty as the rules read it: one statement for who is on duty, whatever the number of areas and shifts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from portal.core.database import fetch
from portal.duty.rules import As, Book, Fallback, Line, Need, Shift, StandIn
from portal.responsibilities.rules import Absence, Tenure


class _Row(NamedTuple):
    """One row of any kind; `what` says which of the columns mean something."""

    what: str
    id: int
    org_id: int
    area_id: int | None
    word: str
    person_id: int | None
    post_id: int | None
    shift_id: int | None
    starts_at: datetime
    ends_at: datetime | None
    note: str | None
    flag: int


@dataclass(frozen=True, slots=True)
class OpenBook:
    """A book as it was read, with the names and sealed phones of whoever it names, and what was noted with shifts."""

    book: Book
    names: Mapping[int, str] = field(default_factory=dict)
    phones: Mapping[int, str | None] = field(default_factory=dict)
    notes: Mapping[int, str] = field(default_factory=dict)

    def name(self, person_id: int | None) -> str:
        """A name that was read with the book; "" for nobody."""
        return self.names.get(person_id or 0, "")


_IN_FORCE = (
    "d.org_id {whose} AND d.published_at IS NOT NULL AND d.cancelled_at IS NULL AND d.ends_at > {} AND d.starts_at < {}"
)
_LEADER_ONLY = " AND d.role = 'leader' AND d.area_id IS NULL"
_PARTS = (
    "SELECT 'shift', d.id, d.org_id, d.area_id, d.role, d.person_id, d.post_id, d.id, d.starts_at, d.ends_at, d.note, "
    "0 FROM duty_shift d WHERE {shifts}",
    "SELECT 'stand', t.id, t.org_id, NULL, t.kind, t.person_id, NULL, t.shift_id, t.starts_at, t.ends_at, t.reason, "
    "0 FROM duty_stand_in t WHERE t.undone_at IS NULL AND t.shift_id IN (SELECT d.id FROM duty_shift d WHERE {shifts})",
    "SELECT 'fallback', f.id, f.org_id, f.area_id, f.role, f.person_id, NULL, NULL, f.starts_at, f.ends_at, '', 0 "
    "FROM duty_fallback f WHERE f.org_id {whose} AND f.ended_at IS NULL AND f.ends_at > {} AND f.starts_at < {}",
    "SELECT 'tenure', a.id, a.org_id, NULL, a.kind, a.person_id, a.post_id, NULL, a.starts_at, a.ends_at, '', "
    "CASE WHEN a.is_primary THEN 1 ELSE 0 END FROM appointment a "
    "WHERE a.post_id IN (SELECT d.post_id FROM duty_shift d WHERE {shifts})",
    "SELECT 'absence', b.id, b.org_id, NULL, '', b.person_id, NULL, NULL, b.starts_at, b.ends_at, '', 0 "
    "FROM absence b WHERE b.org_id {whose} AND b.undone_at IS NULL AND (b.ends_at IS NULL OR b.ends_at > {}) "
    "AND b.starts_at < {}",
    "SELECT 'person', p.id, p.org_id, NULL, p.name, p.id, NULL, NULL, p.created_at, p.left_at, p.phone_sealed, 0 "
    "FROM person p WHERE p.id IN (SELECT d.person_id FROM duty_shift d WHERE {shifts} "
    "UNION SELECT t.person_id FROM duty_stand_in t JOIN duty_shift d ON d.id = t.shift_id WHERE {shifts} "
    "UNION SELECT a.person_id FROM appointment a WHERE a.post_id IN "
    "(SELECT d.post_id FROM duty_shift d WHERE {shifts}) "
    "UNION SELECT f.person_id FROM duty_fallback f WHERE f.org_id {whose} AND f.ends_at > {} AND f.starts_at < {})",
)


async def books_of(
    whose: str, org_id: int, start: datetime, end: datetime, *, leaders_only: bool = False
) -> dict[int, OpenBook]:
    """The books of some organisations between two instants, by organisation. One statement.

    `whose` is SQL of this package's own that follows `org_id`: "= {}", or a list of a bureau's schools. What each lane
    needs is not in it: `plan_of` tells, and `with_needs` puts it in.
    """
    shifts = _IN_FORCE + (_LEADER_ONLY if leaders_only else "")
    sql = " UNION ALL ".join(_PARTS).replace("{shifts}", shifts)
    args: list[Any] = [org_id, start, end] * sql.count("{whose}")
    rows = await fetch(_Row, sql.replace("{whose}", whose), *args)
    by_org: dict[int, list[_Row]] = {}
    for row in rows:
        by_org.setdefault(row.org_id, []).append(row)
    return {one: _open(found) for one, found in by_org.items()}


async def book_of(org_id: int, start: datetime, end: datetime) -> OpenBook:
    """The book of one organisation between two instants, without needs. One statement."""
    return (await books_of("= {}", org_id, start, end)).get(org_id, OpenBook(Book()))


def with_needs(opened: OpenBook, needs: Mapping[Line, Sequence[Need]]) -> OpenBook:
    """The same book, knowing what each lane needs."""
    book = opened.book
    known = Book(book.shifts, book.stand_ins, book.tenures, book.absences, book.fallbacks, needs)
    return OpenBook(known, opened.names, opened.phones, opened.notes)


def _open(rows: Iterable[_Row]) -> OpenBook:
    shifts: dict[Line, list[Shift]] = {}
    stand_ins: dict[int, list[StandIn]] = {}
    tenures: dict[int, list[Tenure]] = {}
    absences: dict[int, list[Absence]] = {}
    fallbacks, names, phones, notes = list[Fallback](), dict[int, str](), dict[int, str | None](), dict[int, str]()
    for row in sorted(rows, key=lambda row: (row.starts_at is None, row.starts_at or row.id, row.id)):
        who = row.person_id or 0
        if row.what == "shift":
            assert row.ends_at is not None
            shift = Shift(row.id, row.area_id, row.word, row.person_id, row.post_id, row.starts_at, row.ends_at)
            shifts.setdefault(shift.line, []).append(shift)
            notes[row.id] = row.note or ""
        elif row.what == "stand":
            stand_in = StandIn(row.id, row.shift_id or 0, who, As(row.word), row.starts_at, row.ends_at)
            stand_ins.setdefault(stand_in.shift_id, []).append(stand_in)
        elif row.what == "fallback":
            assert row.ends_at is not None
            fallbacks.append(Fallback(row.id, row.area_id, row.word, who, row.starts_at, row.ends_at))
        elif row.what == "tenure":
            tenure = Tenure(row.id, row.post_id or 0, who, row.word, bool(row.flag), row.starts_at, row.ends_at)
            tenures.setdefault(tenure.post_id, []).append(tenure)
        elif row.what == "person":
            names[row.id], phones[row.id] = row.word, row.note
            if row.ends_at is not None:  # whoever has left is away for good
                absences.setdefault(row.id, []).append(Absence(row.id, row.ends_at, None))
        else:
            absences.setdefault(who, []).append(Absence(who, row.starts_at, row.ends_at))
    return OpenBook(Book(shifts, stand_ins, tenures, absences, tuple(fallbacks)), names, phones, notes)
