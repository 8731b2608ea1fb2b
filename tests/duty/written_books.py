"""A random book of duty in a real database, and the same book in memory: what every model of it is held against.

The book in memory never came out of the database: so a row that a query forgets, or reads twice, is a difference.
Everything that can be is in it: shifts of people and of posts, swaps, take-overs, corrections, leave, people who left,
somebody who steps in, holidays and make-up days; and beside it what must not count: drafts, what was cancelled or undone.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from portal.contact_boards.tables import Consent
from portal.core.clock import local, start_of_day
from portal.core.database import execute, insert
from portal.duty.queries import forget_plans
from portal.duty.rules import (
    LEADING,
    As,
    Book,
    DayEntry,
    DayKind,
    DutyDays,
    Fallback,
    Line,
    Period,
    Shift,
    Slot,
    StandIn,
    needs_between,
    stretches,
)
from portal.duty.rules.calendar import DayCalendar
from portal.duty.services import seed_duty_words
from portal.duty.tables import (
    CalendarDay,
    DutyArea,
    DutyFallback,
    DutyPeriod,
    DutyShift,
    DutySlot,
    DutyStandIn,
)
from portal.people.tables import Absence as AbsenceRow
from portal.people.tables import Appointment, Person, Post
from portal.responsibilities.rules import Absence, Tenure
from tests.cast import Cast
from tests.duty.random_books import School, random_school

FIRST, LAST = date(2026, 11, 16), date(2027, 1, 12)  # over New Year
MARGIN = timedelta(days=60)
OWN_DAY = date(2026, 12, 12)  # the school works by its own decision on a Saturday in a vacation
AREAS = ("甲区", "乙区", "丙区")
PEOPLE = 40
DRAFTS = 30
Row = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """The book as it was written, with the ids that the database gave, and what its parts are called."""

    org_id: int
    book: Book
    names: Mapping[int, str]
    lines: tuple[Line, ...]
    areas: Mapping[str, int]
    consenting: frozenset[int]

    def edges(self, start: datetime, end: datetime) -> list[datetime]:
        """Every instant between the two at which somebody else is on duty anywhere, or another number is needed."""
        found = {one.starts_at for line in self.lines for one in stretches(self.book, line, start, end)}
        return sorted(found - {start})


async def written_book(cast: Cast, seed: int) -> Written:
    """The random school of this seed as the duty of the cast's school."""
    dice = random.Random(seed)
    school = random_school(seed, first=FIRST, last=LAST)
    await seed_duty_words()
    people = await _people(cast.school, school.book.absences)
    areas = dict(zip(AREAS, await _areas(cast.school), strict=True))
    # In one of two schools the first two roles share an area.
    area_of = dict(enumerate((areas["甲区"], areas["甲区" if seed % 2 else "乙区"], areas["丙区"]), 1))
    days = await _days(cast.school, school)
    slots = await _slots(cast.school, school, area_of)
    shifts, shift_ids = await _shifts(cast.school, school, people, area_of, dice)
    tenures = await _posts(cast.school, shifts, people, dice)
    stand_ins = await _stand_ins(cast.school, school, shift_ids, people, dice)
    absences = await _absences(cast.school, school.book.absences, people)
    fallbacks = await _fallbacks(cast.school, school, people, area_of, dice)
    consents = await _consents(people, dice)
    forget_plans()
    by_line = {line: tuple(rows) for line, rows in groupby(sorted(shifts, key=_in_order), key=lambda one: one.line)}
    needs = needs_between(slots, days, FIRST - MARGIN, LAST + MARGIN)
    book = Book(by_line, stand_ins, tenures, absences, fallbacks, needs)
    names = {row_id: f"教师{number:03d}" for number, row_id in people.items()}
    return Written(cast.school, book, names, tuple(dict.fromkeys((LEADING, *book.lines))), areas, consents)


def _in_order(shift: Shift) -> tuple[int, str, datetime, int]:
    return shift.area_id or 0, shift.role, shift.starts_at, shift.id


async def _people(org_id: int, absences: Mapping[int, Sequence[Absence]]) -> dict[int, int]:
    """Whoever is gone for good has left; half of them by their own row, the others by leave without an end."""
    made = start_of_day(date(2026, 1, 1))
    rows: list[Row] = [
        {"org_id": org_id, "name": f"教师{number:03d}", "kind": "staff", "created_at": made,
         "left_at": _left_at(number, absences)}
        for number in range(1, PEOPLE + 1)
    ]  # fmt: skip
    return dict(enumerate(await insert(Person, *rows), 1))


def _left_at(number: int, absences: Mapping[int, Sequence[Absence]]) -> datetime | None:
    if number % 2:
        return None
    return next((row.starts_at for row in absences.get(number, ()) if row.ends_at is None), None)


async def _areas(org_id: int) -> list[int]:
    made = start_of_day(date(2026, 1, 1))
    return await insert(
        DutyArea,
        *({"org_id": org_id, "name": name, "sort": n, "made_at": made} for n, name in enumerate(AREAS)),
    )


async def _days(org_id: int, school: School) -> DutyDays:
    """The calendar, a day of the school's own, the periods: one of them asks for more people in December."""
    entries = {day: one for day, one in school.days.calendar.days.items() if FIRST - MARGIN <= day <= LAST + MARGIN}
    entries |= {date(2027, 1, n): DayEntry(DayKind.HOLIDAY, "元旦") for n in (1, 2, 3)}
    entries[date(2026, 12, 27)] = DayEntry(DayKind.MAKEUP)  # a Sunday
    at = start_of_day(date(2026, 1, 1))
    row = {"source": "hand", "entered_at": at}
    rows = [row | {"org_id": None, "key": f"national:{day}", "day": day, "kind": one.kind.value, "name": one.name}
            for day, one in entries.items()]  # fmt: skip
    own = {"org_id": org_id, "key": f"{org_id}:{OWN_DAY}", "day": OWN_DAY, "kind": "school_day", "name": ""}
    await insert(CalendarDay, *rows, row | own)
    off = Period(0, "winter_vacation", "off", OWN_DAY - timedelta(days=1), OWN_DAY + timedelta(days=1))
    key = Period(0, "key", "key", date(2026, 12, 14), date(2026, 12, 20), 1)
    periods = (*school.days.periods, off, key)
    ids = await insert(
        DutyPeriod,
        *({"org_id": org_id, "kind": one.kind, "name": one.name, "first_day": one.first_day,
           "last_day": one.last_day, "raise_by": one.raise_by, "entered_at": at} for one in periods),
    )  # fmt: skip
    calendar = DayCalendar({**entries, OWN_DAY: DayEntry(DayKind.SCHOOL_DAY)})
    kept = tuple(replace(one, id=row_id) for one, row_id in zip(periods, ids, strict=True))
    return replace(school.days, calendar=calendar, periods=kept, own=frozenset({OWN_DAY}))


async def _slots(org_id: int, school: School, area_of: Mapping[int, int]) -> list[Slot]:
    first = date(2026, 1, 1)
    slots = [replace(one, area_id=area_of[one.area_id or 0], first_day=first) for one in school.slots]
    ids = await insert(
        DutySlot,
        *({"org_id": org_id, "area_id": one.area_id, "day_kind": one.day_kind, "from_minute": one.from_minute,
           "to_minute": one.to_minute, "name": "", "role": one.role, "people": one.people, "first_day": first,
           "entered_at": start_of_day(first)} for one in slots),
    )  # fmt: skip
    return [replace(one, id=row_id) for one, row_id in zip(slots, ids, strict=True)]


async def _shifts(
    org_id: int, school: School, people: Mapping[int, int], area_of: Mapping[int, int], dice: random.Random
) -> tuple[list[Shift], dict[int, tuple[int, Shift]]]:
    """The shifts, and by their number in the random book: their id, and the shift itself."""
    found: list[tuple[int, Shift]] = []
    for line, rows in school.book.shifts.items():
        back = _to_midnight(rows[0]) if line == LEADING else timedelta()
        area = area_of[line.area_id] if line.area_id else None
        found += [
            (one.id, replace(one, area_id=area, person_id=people[one.person_id or 0],
                             starts_at=one.starts_at - back, ends_at=one.ends_at - back))
            for one in rows
        ]  # fmt: skip
    beside = [one for _, one in found if one.line != LEADING and dice.random() < 0.2]  # two over the same hours
    found += [(-n, replace(one, person_id=people[dice.randint(1, PEOPLE)])) for n, one in enumerate(beside, 1)]
    at = start_of_day(date(2026, 11, 1))
    rows_: list[Row] = [_row(org_id, one, at) | {"published_at": at} for _, one in found]
    ids = await insert(DutyShift, *rows_)
    for column, other in (("published_at", None), ("cancelled_at", at)):  # drafts, and what was cancelled
        none = [_row(org_id, one, at) | {"published_at": at, "cancelled_at": None, column: other}
                for _, one in dice.sample(found, DRAFTS)]  # fmt: skip
        await insert(DutyShift, *none)
    shifts = [replace(one, id=row_id) for (_, one), row_id in zip(found, ids, strict=True)]
    return shifts, {number: (one.id, one) for (number, _), one in zip(found, shifts, strict=True)}


def _to_midnight(shift: Shift) -> timedelta:
    """So that leaders change at midnight, where the last millisecond of a day and the first of the next one differ."""
    return shift.starts_at - start_of_day(local(shift.starts_at).date())


def _row(org_id: int, one: Shift, at: datetime) -> Row:
    return {
        "org_id": org_id, "area_id": one.area_id, "role": one.role, "person_id": one.person_id,
        "starts_at": one.starts_at, "ends_at": one.ends_at, "made_at": at,
    }  # fmt: skip


async def _posts(
    org_id: int, shifts: list[Shift], people: Mapping[int, int], dice: random.Random
) -> dict[int, tuple[Tenure, ...]]:
    """Three posts whose holders change; every twelfth shift belongs to one of them instead of to a person."""
    at = start_of_day(date(2026, 1, 1))
    row = {"org_id": org_id, "grid_id": org_id, "scope_grid_id": org_id, "role": "member", "created_at": at}
    posts = await insert(Post, *(row | {"title": f"岗位{n}"} for n in range(3)))
    tenures: list[Row] = []
    for post in posts:
        middle = start_of_day(FIRST + timedelta(days=dice.randint(10, 40)))
        who = [people[one] for one in dice.sample(range(1, PEOPLE + 1), 3)]
        for person, kind, primary, start, end in (
            (who[0], "holder", True, at, middle), (who[1], "holder", True, middle, None), (who[2], "deputy", False, at, None),
        ):  # fmt: skip
            tenures.append({"post_id": post, "person_id": person, "kind": kind, "is_primary": primary,
                            "starts_at": start, "ends_at": end})  # fmt: skip
    ids = await insert(Appointment, *(one | {"org_id": org_id, "entered_at": at} for one in tenures))
    for n in range(0, len(shifts), 12):
        shifts[n] = replace(shifts[n], person_id=None, post_id=dice.choice(posts))
        sql = "UPDATE duty_shift SET person_id = NULL, post_id = {} WHERE id = {}"
        await execute(sql, shifts[n].post_id, shifts[n].id)
    known = [Tenure(appointment_id=row_id, **one) for one, row_id in zip(tenures, ids, strict=True)]
    return {post: tuple(one for one in known if one.post_id == post) for post in posts}


async def _stand_ins(
    org_id: int, school: School, shift_ids: Mapping[int, tuple[int, Shift]], people: Mapping[int, int],
    dice: random.Random,
) -> dict[int, tuple[StandIn, ...]]:  # fmt: skip
    """Swaps and take-overs as the random book has them; some corrected later, some undone."""
    at = start_of_day(date(2026, 11, 2))
    found: list[StandIn] = []
    for number, rows in school.book.stand_ins.items():
        shift_id, shift = shift_ids[number]
        for one in rows:
            middle = shift.starts_at + (shift.ends_at - shift.starts_at) / 2 if one.starts_at else None
            found.append(replace(one, shift_id=shift_id, person_id=people[one.person_id], starts_at=middle))
        if dice.random() < 0.3:  # what was really so, told afterwards
            found.append(StandIn(0, shift_id, people[dice.randint(1, PEOPLE)], As.CORRECTION))
    for kind in (As.SWAP, As.CORRECTION):  # the random book may have none in these weeks
        for shift_id, _ in dice.sample(list(shift_ids.values()), 8):
            found.append(StandIn(0, shift_id, people[dice.randint(1, PEOPLE)], kind))
    for shift_id, shift in dice.sample(list(shift_ids.values()), 9):  # emergencies, from the middle to the end
        middle = shift.starts_at + (shift.ends_at - shift.starts_at) / 2
        found.append(StandIn(0, shift_id, people[dice.randint(1, PEOPLE)], As.TAKEOVER, middle))
    rows_ = [{"org_id": org_id, "shift_id": one.shift_id, "person_id": one.person_id, "kind": one.kind.value,
              "starts_at": one.starts_at, "ends_at": one.ends_at, "entered_at": at} for one in found]  # fmt: skip
    ids = await insert(DutyStandIn, *rows_)
    undone = [row | {"undone_at": at, "person_id": people[dice.randint(1, PEOPLE)]} for row in rows_[::3]]
    await insert(DutyStandIn, *undone)
    kept: dict[int, tuple[StandIn, ...]] = {}
    for one, row_id in zip(found, ids, strict=True):
        kept[one.shift_id] = (*kept.get(one.shift_id, ()), replace(one, id=row_id))
    return kept


async def _absences(
    org_id: int, known: Mapping[int, Sequence[Absence]], people: Mapping[int, int]
) -> dict[int, tuple[Absence, ...]]:
    at = start_of_day(date(2026, 11, 2))
    rows = [
        {"org_id": org_id, "person_id": people[number], "starts_at": one.starts_at, "ends_at": one.ends_at,
         "entered_at": at}
        for number, absences in known.items() for one in absences
        if one.ends_at is not None or one.starts_at != _left_at(number, known)
    ]  # fmt: skip
    await insert(AbsenceRow, *rows)
    undone = {"starts_at": start_of_day(FIRST), "ends_at": start_of_day(LAST), "undone_at": at}
    await insert(AbsenceRow, *({**rows[0], **undone, "person_id": people[number]} for number in range(1, PEOPLE, 5)))
    return {
        people[number]: tuple(replace(one, person_id=people[number]) for one in absences)
        for number, absences in known.items()
    }


async def _fallbacks(
    org_id: int, school: School, people: Mapping[int, int], area_of: Mapping[int, int], dice: random.Random
) -> tuple[Fallback, ...]:
    """Somebody steps in for most roles, in one area or anywhere; somebody for the leader; one of each was ended."""
    found = [Fallback(0, None, "leader", people[dice.randint(1, PEOPLE)],
                      start_of_day(FIRST + timedelta(days=12)), start_of_day(FIRST + timedelta(days=30)))]  # fmt: skip
    for line in school.book.shifts:
        if line != LEADING:
            start = start_of_day(FIRST + timedelta(days=dice.randint(8, 25)))
            area = dice.choice((None, area_of[line.area_id or 0]))
            end = start + timedelta(hours=dice.randint(100, 400))
            found.append(Fallback(0, area, line.role, people[dice.randint(1, PEOPLE)], start, end))
    at = start_of_day(date(2026, 11, 2))
    rows = [{"org_id": org_id, "area_id": one.area_id, "role": one.role, "person_id": one.person_id,
             "starts_at": one.starts_at, "ends_at": one.ends_at, "entered_at": at} for one in found]  # fmt: skip
    ids = await insert(DutyFallback, *rows)
    await insert(DutyFallback, *(row | {"ended_at": at, "person_id": people[7]} for row in rows))
    return tuple(replace(one, id=row_id) for one, row_id in zip(found, ids, strict=True))


async def _consents(people: Mapping[int, int], dice: random.Random) -> frozenset[int]:
    """Half of them have agreed that strangers read their name."""
    agreed = dice.sample(sorted(people.values()), PEOPLE // 2)
    at = start_of_day(date(2026, 11, 2))
    await insert(Consent, *({"person_id": one, "field": "name", "given_at": at} for one in agreed))
    return frozenset(agreed)


def instants(written: Written, dice: random.Random, start: datetime, end: datetime, count: int) -> Iterator[datetime]:
    """Some changes and midnights, each with the last millisecond before it, and instants in between, in order."""
    millisecond = timedelta(milliseconds=1)
    edges = written.edges(start, end)
    nights = [one for one in edges if one == start_of_day(local(one).date())]
    chosen = {*dice.sample(edges, min(count, len(edges))), *dice.sample(nights, min(count, len(nights)))}
    chosen |= {start_of_day(local(one).date()) for one in dice.sample(edges, 2)}
    between = {start + timedelta(seconds=dice.randrange(int((end - start).total_seconds()))) for _ in range(count)}
    yield from sorted({*chosen, *(one - millisecond for one in chosen), *between})
