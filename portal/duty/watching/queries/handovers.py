"""Who took over a shift and who signed it off; and which posts nobody has taken (D11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.clock import local
from portal.core.database import fetch, fetch_column, in_list
from portal.core.refusals import NotFound
from portal.duty.queries import OpenBook, Plan, SeenShift, book_of, book_version, kept_plan, shift_seen, with_needs
from portal.duty.rules import Line, Shift, needs_between
from portal.duty.watching.rules import TELL_AFTER, hands_over, incoming, is_asked, is_taken
from portal.permissions.rules import Permission, scope

LONGEST = timedelta(hours=24)


class HandoverRow(NamedTuple):
    """Both ends of a shift, with the names of whoever took it and whoever signed.

    `owner_id` is whose shift it is, `has_account` whether they can confirm here; a shift of a post whose person cannot
    has a row (of id 0) though nobody has taken it.
    """

    id: int
    shift_id: int
    area_id: int | None
    role: str
    starts_at: datetime
    ends_at: datetime
    person_id: int
    name: str
    keys: str
    visitors: str
    note: str
    taken_at: datetime | None
    out_person_id: int | None
    out_name: str
    signed_at: datetime | None
    told_at: datetime | None
    owner_id: int | None
    has_account: bool

    @property
    def line(self) -> Line:
        """The lane of the shift."""
        return Line(self.area_id, self.role)


_ABLE = (
    "(d.person_id IS NULL OR EXISTS (SELECT 1 FROM account c WHERE c.person_id = d.person_id "
    "AND c.disabled_at IS NULL))"
)
"""Whose shift it is can confirm here; who holds a post is not asked."""


async def handovers_between(
    org_id: int, start: datetime, end: datetime, line: Line | None = None
) -> dict[int, HandoverRow]:
    """The handovers of a school's shifts between two instants, in all lanes or one, by shift. One statement."""
    one = "" if line is None else "AND d.role = {} AND COALESCE(d.area_id, 0) = {} "
    rows = await fetch(
        HandoverRow,
        "SELECT COALESCE(h.id, 0), d.id, d.area_id, d.role, d.starts_at, d.ends_at, COALESCE(h.person_id, 0), "
        "COALESCE(p.name, ''), COALESCE(h.keys, ''), COALESCE(h.visitors, ''), COALESCE(h.note, ''), h.taken_at, "
        "h.out_person_id, COALESCE(o.name, ''), h.signed_at, h.told_at, d.person_id, "
        f"CASE WHEN {_ABLE} THEN 1 ELSE 0 END FROM duty_shift d LEFT JOIN duty_handover h ON h.shift_id = d.id "
        "LEFT JOIN person p ON p.id = h.person_id LEFT JOIN person o ON o.id = h.out_person_id "
        "WHERE d.org_id = {} AND d.ends_at > {} AND d.starts_at < {} AND (h.id IS NOT NULL OR (NOT "
        f"{_ABLE} AND d.published_at IS NOT NULL AND d.cancelled_at IS NULL AND EXISTS (SELECT 1 FROM duty_role r "
        "WHERE r.code = d.role AND r.kind = 'security'))) "
        f"{one}ORDER BY d.ends_at, d.id",
        org_id, start, end, *(() if line is None else (line.role, line.area_id or 0)),
    )  # fmt: skip
    return {row.shift_id: row._replace(has_account=bool(row.has_account)) for row in rows}


@dataclass(frozen=True, slots=True)
class Watched:
    """A school's book over some time, knowing what each lane needs, with the plan that says which are asked."""

    plan: Plan
    opened: OpenBook

    @property
    def kinds(self) -> dict[str, str]:
        """The kind of each role."""
        return {code: role.kind for code, role in self.plan.roles.items()}

    @property
    def on_paper(self) -> frozenset[int]:
        """The areas whose posts are taken over on paper."""
        return frozenset(area.id for area in self.plan.areas.values() if not area.by_phone)

    def hands_over(self, line: Line) -> bool:
        """Whether shifts of a lane are taken over and signed off here."""
        return hands_over(line, self.kinds, self.on_paper)

    def is_asked(self, line: Line) -> bool:
        """Whether presence and rounds are asked of a lane."""
        return is_asked(line, self.kinds, self.on_paper)

    def shift(self, shift_id: int) -> Shift | None:
        """A shift of the book."""
        rows = self.opened.book.shifts.values()
        return next((one for shifts in rows for one in shifts if one.id == shift_id), None)


async def watched_between(org_id: int, start: datetime, end: datetime, *, plan: Plan | None = None) -> Watched:
    """The book between two instants. One statement; without its plan one to three more."""
    if plan is None:
        plan = (await kept_plan(org_id, await book_version(org_id))).plan
    needs = needs_between(plan.slots, plan.days, local(start).date(), local(end).date())
    return Watched(plan, with_needs(await book_of(org_id, start, end), needs))


async def shift_to_watch(shift_id: int, *, by: Actor, permission: Permission) -> SeenShift:
    """A shift in force of a book in which the actor may do this; any other one does not exist. One statement."""
    row = await shift_seen(shift_id, by=by)
    if row.cancelled_at is not None or not scope(by, permission).holds(row.path, row.org_id):
        raise NotFound()
    return row


class Untaken(NamedTuple):
    """A post that should have been taken over by now: whose it is, since when; `can_confirm`: they have an account."""

    shift_id: int
    line: Line
    person_id: int
    name: str
    starts_at: datetime
    ends_at: datetime
    told_at: datetime | None
    can_confirm: bool = True

    @property
    def key(self) -> str:
        """Under which the log says once that this person cannot confirm here."""
        return no_account_key(self.line, self.person_id)


def no_account_key(line: Line, person_id: int) -> str:
    """See `_SAID`, which builds the same."""
    return f"noacc:{line.area_id or 0}:{line.role[:12]}:{person_id}"


_SAID = (
    f"NOT {_ABLE} AND NOT EXISTS (SELECT 1 FROM duty_stand_in t WHERE t.shift_id = d.id "
    "AND t.undone_at IS NULL) AND EXISTS (SELECT 1 FROM duty_log l WHERE l.org_id = d.org_id AND l.key = "
    "'noacc:' || CAST(COALESCE(d.area_id, 0) AS VARCHAR) || ':' || SUBSTR(d.role, 1, 12) || ':' || "
    "CAST(d.person_id AS VARCHAR))"
)
"""Whoever is on duty cannot confirm, and the log has said so: nothing to do for the clock."""

_LATE = (
    "FROM duty_shift d JOIN duty_role r ON r.code = d.role AND (r.org_id IS NULL OR r.org_id = d.org_id) "
    "LEFT JOIN duty_handover h ON h.shift_id = d.id LEFT JOIN duty_area a ON a.id = d.area_id "
    "WHERE (a.id IS NULL OR a.by_phone) AND d.published_at IS NOT NULL AND d.cancelled_at IS NULL "
    "AND d.starts_at > {} AND d.starts_at <= {} AND d.ends_at > {} AND r.kind = 'security' "
    "AND (h.taken_at IS NULL OR EXISTS (SELECT 1 FROM duty_stand_in t WHERE t.shift_id = d.id "
    "AND t.entered_at >= h.taken_at))"
)
"""Shifts of posts that run for a while and that nobody confirmed, or whose person was replaced afterwards."""


def _late_args(at: datetime) -> tuple[datetime, datetime, datetime]:
    return at - LONGEST - TELL_AFTER, at - TELL_AFTER, at


async def schools_with_untaken(at: datetime) -> list[int]:
    """Schools in which a post may not have been taken over, and nobody was told yet. One statement."""
    sql = f"SELECT DISTINCT d.org_id {_LATE} AND h.told_at IS NULL AND NOT ({_SAID}) ORDER BY d.org_id"
    return [int(one) for one in await fetch_column(sql, *_late_args(at))]


class _Late(NamedTuple):
    shift_id: int
    person_id: int | None
    taken_at: datetime | None
    told_at: datetime | None


async def untaken(org_id: int, at: datetime) -> list[Untaken]:
    """Posts that began 15 minutes ago or more and that whoever is on duty has not taken over, the earliest first.

    A post that nobody does is a gap and told as one. Whoever has no account cannot confirm: `can_confirm`. One
    statement where all is well, else three to six.
    """
    late = await fetch(
        _Late, f"SELECT d.id, h.person_id, h.taken_at, h.told_at {_LATE} AND d.org_id = {{}}", *_late_args(at), org_id
    )
    if not late:
        return []
    watched = await watched_between(org_id, at - LONGEST, at + timedelta(minutes=1))
    book, found = watched.opened.book, list[Untaken]()
    for row in {one.shift_id: one for one in late}.values():  # a role may have a row of the school's own
        shift = watched.shift(row.shift_id)
        if shift is None or not watched.hands_over(shift.line):
            continue
        who = incoming(book, shift, at=at)
        if who is not None and not is_taken(book, shift, person_id=row.person_id, taken_at=row.taken_at):
            name = watched.opened.name(who)
            found.append(Untaken(shift.id, shift.line, who, name, shift.starts_at, shift.ends_at, row.told_at))
    able = await with_account([one.person_id for one in found])
    known = [one._replace(can_confirm=one.person_id in able) for one in found]
    return sorted(known, key=lambda one: (one.starts_at, one.shift_id))


async def with_account(people: Iterable[int]) -> frozenset[int]:
    """Those who can sign in. One statement; none for nobody."""
    wanted = sorted(set(people))
    if not wanted:
        return frozenset()
    marks, values = in_list(wanted)
    sql = f"SELECT person_id FROM account WHERE disabled_at IS NULL AND person_id IN {marks}"
    return frozenset(await fetch_column(sql, *values))
