"""The plan of a school's hours: areas, roles, slots, kinds of day, periods. It changes rarely; one statement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from portal.core.clock import today
from portal.core.database import fetch
from portal.duty.rules import DayCalendar, DayEntry, DayKind, DutyDays, Line, Period, Slot, published_years


class _Row(NamedTuple):
    """One row of any kind; `what` says which of the columns mean something."""

    what: str
    id: int
    org_id: int | None
    area_id: int | None
    word: str
    number: int
    to_minute: int
    people: int
    name: str
    name_en: str
    first_day: date | None
    last_day: date | None
    more: str | None
    flag: int


class Area(NamedTuple):
    """Where somebody has to be on duty; `grid_id` where it is a grid. `by_phone`: posts are taken over on the phone."""

    id: int
    grid_id: int | None
    name: str
    name_en: str
    sort: int
    is_ended: bool = False
    by_phone: bool = True


class Role(NamedTuple):
    """As what: its code, its names, and whether it is a leader's, a teacher's, security's or a keeper's."""

    code: str
    name: str
    name_en: str
    kind: str
    sort: int


class KindOfDay(NamedTuple):
    """A kind of day and its names."""

    code: str
    name: str
    name_en: str
    inherits: str | None
    sort: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything about a school's hours that does not name people."""

    slots: tuple[Slot, ...]
    days: DutyDays
    areas: Mapping[int, Area]
    roles: Mapping[str, Role]
    kinds: Mapping[str, KindOfDay]

    def in_order(self, lines: Iterable[Line]) -> list[Line]:
        """Lanes as they are shown: the whole school first, then areas and roles as they are sorted."""
        return sorted(set(lines), key=self._place)

    def _place(self, line: Line) -> tuple[int, int, int, str]:
        area = self.areas.get(line.area_id or 0)
        role = self.roles.get(line.role)
        return area.sort if area else -1, area.id if area else 0, role.sort if role else 0, line.role


_SQL = (
    "SELECT 'slot', s.id, s.org_id, s.area_id, s.role, s.from_minute, s.to_minute, s.people, s.name, s.name_en, "
    "s.first_day, s.last_day, s.day_kind, CASE WHEN s.asks_report THEN 1 ELSE 0 END FROM duty_slot s "
    "WHERE s.org_id = {} "
    "UNION ALL SELECT 'period', p.id, p.org_id, NULL, p.kind, p.raise_by, 0, 0, p.name, '', p.first_day, p.last_day, "
    "'', 0 FROM duty_period p WHERE p.org_id = {} AND p.ended_at IS NULL "
    "UNION ALL SELECT 'kind', k.id, k.org_id, NULL, k.code, k.sort, 0, 0, k.name, k.name_en, NULL, NULL, k.inherits, 0 "
    "FROM duty_day_kind k WHERE k.org_id IS NULL OR k.org_id = {} "
    "UNION ALL SELECT 'day', c.id, c.org_id, NULL, c.kind, 0, 0, 0, c.name, '', c.day, c.day, '', 0 "
    "FROM calendar_day c WHERE (c.org_id IS NULL OR c.org_id = {}) AND c.day >= {} AND c.day < {} "
    "UNION ALL SELECT 'area', a.id, a.org_id, a.grid_id, '', a.sort, CASE WHEN a.by_phone THEN 1 ELSE 0 END, 0, "
    "a.name, a.name_en, NULL, NULL, '', CASE WHEN a.ended_at IS NULL THEN 0 ELSE 1 END FROM duty_area a "
    "WHERE a.org_id = {} "
    "UNION ALL SELECT 'role', r.id, r.org_id, NULL, r.code, r.sort, 0, 0, r.name, r.name_en, NULL, NULL, r.kind, 0 "
    "FROM duty_role r WHERE r.org_id IS NULL OR r.org_id = {}"
)


async def plan_of(org_id: int, *, around: date | None = None) -> Plan:
    """A school's plan of hours, with the calendar from the year before `around` (today) to two years after.

    One statement. The slots are all that ever were: a day in the past is read with those that held then.
    """
    year = (around or today()).year
    rows = await fetch(
        _Row, _SQL, org_id, org_id, org_id, org_id, date(year - 1, 1, 1), date(year + 3, 1, 1), org_id, org_id
    )
    # What the school has of its own lies over what all share.
    rows.sort(key=lambda row: (row.org_id is not None, row.number, row.id))
    days = DutyDays(
        _calendar(rows), tuple(_period(row) for row in rows if row.what == "period"),
        {row.word: row.more or None for row in rows if row.what == "kind"},
        frozenset(row.first_day for row in rows if row.what == "day" and row.org_id is not None and row.first_day),
    )  # fmt: skip
    return Plan(
        slots=tuple(_slot(row) for row in rows if row.what == "slot"), days=days,
        areas={
            row.id: Area(row.id, row.area_id, row.name, row.name_en, row.number, bool(row.flag),
                         bool(row.to_minute))
            for row in rows if row.what == "area"
        },
        roles={
            row.word: Role(row.word, row.name, row.name_en, row.more or "", row.number)
            for row in rows if row.what == "role"
        },
        kinds={
            row.word: KindOfDay(row.word, row.name, row.name_en, row.more or None, row.number)
            for row in rows if row.what == "kind"
        },
    )  # fmt: skip


def _calendar(rows: Iterable[_Row]) -> DayCalendar:
    found = [row for row in rows if row.what == "day" and row.first_day is not None]
    days = {row.first_day: DayEntry(DayKind(row.word), row.name) for row in found if row.first_day}
    return DayCalendar(days, published_years(row.first_day for row in found if row.org_id is None and row.first_day))


def _period(row: _Row) -> Period:
    assert row.first_day is not None and row.last_day is not None
    return Period(row.id, row.word, row.name, row.first_day, row.last_day, row.number)


def _slot(row: _Row) -> Slot:
    assert row.first_day is not None
    return Slot(
        row.id, row.area_id, row.more or "", row.word, row.number, row.to_minute, row.people, row.name, row.name_en,
        row.first_day, row.last_day, bool(row.flag),
    )  # fmt: skip
