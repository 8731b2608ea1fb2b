"""Whoever may be put on duty in a school, with what is known of them: posts, leave, and what an hour counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch
from portal.duty.rules import LEADING_ROLES, Terms
from portal.responsibilities.rules import Absence, Tenure


class _Row(NamedTuple):
    what: str
    id: int
    person_id: int
    post_id: int
    text: str
    more: str
    sort: int
    starts_at: datetime | None
    ends_at: datetime | None


class Colleague(NamedTuple):
    """Somebody of the staff; `title` is a post of theirs, `leads` from when until when they hold one that may lead."""

    id: int
    name: str
    title: str
    leads: tuple[tuple[datetime, datetime | None], ...] = ()

    def may_lead(self, at: datetime) -> bool:
        """Whether a post of theirs lets them lead at this instant."""
        return any(start <= at and (end is None or at < end) for start, end in self.leads)


@dataclass(frozen=True, slots=True)
class Staff:
    """The staff of a school as the choice of people needs it."""

    people: Mapping[int, Colleague] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    tenths: Mapping[str, int] = field(default_factory=dict)


_SQL = (
    "SELECT 'person', p.id, p.id, 0, p.name, '', 0, p.created_at, p.left_at FROM person p WHERE p.org_id = {} "
    "AND p.kind = 'staff' AND (p.left_at IS NULL OR p.left_at > {}) "
    "UNION ALL SELECT 'tenure', a.id, a.person_id, a.post_id, s.title, s.role, s.sort, a.starts_at, a.ends_at "
    "FROM appointment a JOIN post s ON s.id = a.post_id WHERE s.org_id = {} AND s.ended_at IS NULL "
    "AND s.role <> 'pupil' AND (a.ends_at IS NULL OR a.ends_at > {}) "
    "UNION ALL SELECT 'absence', b.id, b.person_id, 0, '', '', 0, b.starts_at, b.ends_at FROM absence b "
    "WHERE b.org_id = {} AND b.undone_at IS NULL AND (b.ends_at IS NULL OR b.ends_at > {}) "
    "UNION ALL SELECT 'weight', w.id, 0, 0, w.kind, '', w.tenths, NULL, NULL FROM duty_weight w "
    "WHERE w.org_id IS NULL OR w.org_id = (SELECT bureau_id FROM organisation WHERE grid_id = {})"
)


async def staff_of(org_id: int, since: datetime) -> Staff:
    """Everybody of the staff who has not left before `since`. One statement."""
    rows = await fetch(_Row, _SQL, org_id, since, org_id, since, org_id, since, org_id)
    titles: dict[int, str] = {}
    leads: dict[int, list[tuple[datetime, datetime | None]]] = {}
    held: dict[int, list[Tenure]] = {}
    absences: dict[int, list[Absence]] = {}
    for row in sorted(rows, key=lambda row: (row.sort, row.id)):
        if row.what == "tenure":
            assert row.starts_at is not None
            who, span = row.person_id, (row.starts_at, row.ends_at)
            held.setdefault(who, []).append(Tenure(row.id, row.post_id, who, "holder", True, *span))
            titles.setdefault(who, row.text)
            if row.more in LEADING_ROLES:
                leads.setdefault(who, []).append(span)
        elif row.what == "absence":
            assert row.starts_at is not None
            absences.setdefault(row.person_id, []).append(Absence(row.person_id, row.starts_at, row.ends_at))
    people = [row for row in rows if row.what == "person"]
    left = {row.id: row.ends_at for row in people if row.ends_at is not None}
    return Staff(
        {row.id: Colleague(row.id, row.text, titles.get(row.id, ""), tuple(leads.get(row.id, ()))) for row in people},
        Terms(left, absences, held),
        {row.text: row.sort for row in sorted(rows, key=lambda row: row.id) if row.what == "weight"},
    )
