"""Who answers for some posts, and for work given to one person in a post, at an instant: one statement for a page."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch, in_list
from portal.grids.queries import VACANT, Answers, HolderRow, vacant_args
from portal.people.queries import HELD_AT
from portal.responsibilities.rules import Absence, Held, Tenure, changes_of, holder_at, person_answering


class _Row(NamedTuple):
    """A person with one appointment to one of the posts and one absence, either of them perhaps not there."""

    person_id: int
    name: str
    kind: str
    left_at: datetime | None
    appointment_id: int | None
    post_id: int | None
    appointed_as: str | None
    is_primary: bool | None
    starts_at: datetime | None
    ends_at: datetime | None
    post_ended_at: datetime | None
    absence_id: int | None
    away_from: datetime | None
    away_to: datetime | None


_SQL = (
    "SELECT s.id, s.name, s.kind, s.left_at, a.id, a.post_id, a.kind, a.is_primary, a.starts_at, a.ends_at, "
    "p.ended_at, b.id, b.starts_at, b.ends_at FROM person s "
    "LEFT JOIN appointment a ON a.person_id = s.id AND a.post_id IN {posts} LEFT JOIN post p ON p.id = a.post_id "
    "LEFT JOIN absence b ON b.person_id = s.id AND b.undone_at IS NULL AND (b.ends_at IS NULL OR b.ends_at > {{}}) "
    "WHERE s.id IN (SELECT x.person_id FROM appointment x WHERE x.post_id IN {posts} "
    "AND (x.ends_at IS NULL OR x.ends_at > {{}}) UNION SELECT y.id FROM person y WHERE y.id IN {people}) "
    "ORDER BY a.id, b.id"
)


@dataclass(frozen=True, slots=True)
class Holders:
    """The dated rows about some posts, and the names of whoever they name. Every answer is the rules' own."""

    at: datetime
    names: dict[int, str] = field(default_factory=dict)
    tenures: dict[int, dict[int, Tenure]] = field(default_factory=dict)
    absences: dict[int, dict[int, Absence]] = field(default_factory=dict)
    left: dict[int, datetime] = field(default_factory=dict)

    def held(self, post_id: int | None) -> Held | None:
        """Who answers for a post; None is a vacant one."""
        rows = self._tenures(post_id)
        return holder_at(rows, self._absences(row.person_id for row in rows), at=self.at)

    def person(self, post_id: int | None, named: int | None) -> int | None:
        """Who answers for a piece of work that was given to a post, or in it to one person by name."""
        if named is not None and (left := self.left.get(named)) is not None and left <= self.at:
            named = None
        rows = self._tenures(post_id)
        away = self._absences((*(row.person_id for row in rows), *((named,) if named else ())))
        return person_answering(named, rows, away, at=self.at)

    def is_away(self, person_id: int) -> bool:
        """Whether somebody who was read is away now."""
        return any(row.covers(self.at) for row in self._absences((person_id,)))

    def standing(self, post_id: int | None, person_id: int | None) -> str:
        """`deputy` or `acting` where the person answers as such; "" for a holder."""
        held = self.held(post_id)
        is_theirs = held is not None and held.person_id == person_id
        return str(held.standing) if held is not None and is_theirs and held.standing != "holder" else ""

    def name(self, person_id: int | None) -> str:
        """A name that was read with the rows."""
        return self.names.get(person_id or 0, "")

    def next_change(self) -> datetime | None:
        """The next instant at which any of these answers may differ."""
        tenures = [row for rows in self.tenures.values() for row in rows.values()]
        absences = [row for rows in self.absences.values() for row in rows.values()]
        instants = changes_of(tenures, absences) | set(self.left.values())
        return min((one for one in instants if one > self.at), default=None)

    def _tenures(self, post_id: int | None) -> list[Tenure]:
        return list(self.tenures.get(post_id or 0, {}).values())

    def _absences(self, people: Iterable[int]) -> list[Absence]:
        return [row for person in set(people) for row in self.absences.get(person, {}).values()]


async def holders_of_posts(
    posts: Collection[int | None], *, at: datetime, people: Collection[int | None] = ()
) -> Holders:
    """Everything about some posts, and about some people who are named themselves. One statement, none for nothing."""
    marks, ids = in_list(sorted({one for one in posts if one is not None}))
    named, named_ids = in_list(sorted({one for one in people if one is not None}))
    found = Holders(at)
    if not ids and not named_ids:
        return found
    sql = _SQL.replace("{posts}", marks).replace("{people}", named).replace("{{}}", "{}")
    for row in await fetch(_Row, sql, *ids, at, *ids, at, *named_ids):
        _file(found, row)
    return found


def _file(found: Holders, row: _Row) -> None:
    """Takes one row in; an appointment stands in as many as there are absences. Pupils answer for nothing (R44)."""
    if row.kind != "staff":
        return
    found.names[row.person_id] = row.name
    if row.left_at is not None:
        found.left[row.person_id] = row.left_at
    if row.appointment_id is not None and row.post_id is not None and row.starts_at is not None:
        ends = min((one for one in (row.ends_at, row.left_at, row.post_ended_at) if one is not None), default=None)
        found.tenures.setdefault(row.post_id, {})[row.appointment_id] = Tenure(
            row.appointment_id, row.post_id, row.person_id, row.appointed_as or "holder", bool(row.is_primary),
            row.starts_at, ends,
        )  # fmt: skip
    if row.absence_id is not None and row.away_from is not None:
        absence = Absence(row.person_id, row.away_from, row.away_to)
        found.absences.setdefault(row.person_id, {})[row.absence_id] = absence


class _Held(NamedTuple):
    """A grid with one of its posts and holders, as pages show them, with what the rule needs besides."""

    is_vacant: bool
    grid_id: int
    post_id: int
    title: str
    role: str
    is_accountable: bool
    person_id: int | None
    name: str | None
    person_kind: str | None
    is_primary: bool | None
    phone_sealed: str | None
    appointment_id: int | None
    appointment_version: int | None
    held_as: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    absence_id: int | None

    def tenure(self) -> Tenure | None:
        """The appointment, unless the post is vacant or the person is away."""
        if self.appointment_id is None or self.person_id is None or self.starts_at is None or self.absence_id:
            return None
        return Tenure(
            self.appointment_id, self.post_id, self.person_id, self.held_as or "holder", bool(self.is_primary),
            self.starts_at, self.ends_at,
        )  # fmt: skip


async def answers_of_grids(grid_ids: list[int], *, at: datetime) -> Answers:
    """Posts and holders of some grids at an instant, and which grids nobody answers for; of each post whoever answers
    for it stands first. One statement.

    `is_primary` is told of whoever answers, which is the deputy or the acting one while the holder is away.
    """
    marks, ids = in_list(grid_ids)
    rows = await fetch(
        _Held,
        f"SELECT {VACANT}, g.id, p.id, p.title, p.role, p.is_accountable, s.id, s.name, s.kind, a.is_primary, "
        "s.phone_sealed, a.id, a.version, a.kind, a.starts_at, a.ends_at, b.id FROM grid g "
        "LEFT JOIN post p ON p.grid_id = g.id AND (p.ended_at IS NULL OR p.ended_at > {}) "
        f"LEFT JOIN appointment a ON a.post_id = p.id AND {HELD_AT} LEFT JOIN person s ON s.id = a.person_id "
        "LEFT JOIN absence b ON b.person_id = s.id AND b.undone_at IS NULL AND b.starts_at <= {} "
        "AND (b.ends_at IS NULL OR b.ends_at > {}) "
        f"WHERE g.id IN {marks} "
        "ORDER BY p.is_accountable DESC, p.sort, p.id, a.is_primary DESC, a.starts_at DESC, a.id",
        *vacant_args(at), at, at, at, at, at, *ids,
    )  # fmt: skip
    vacant = frozenset(row.grid_id for row in rows if row.is_vacant)
    return Answers(_first_who_answers([row for row in rows if row.post_id], at), vacant)


async def holders_answering(grid_ids: list[int], *, at: datetime) -> list[HolderRow]:
    """The posts and holders alone."""
    return (await answers_of_grids(grid_ids, at=at)).rows


def _first_who_answers(rows: list[_Held], at: datetime) -> list[HolderRow]:
    places: dict[int, int] = {}
    once: dict[tuple[int, int | None], _Held] = {}  # two absences at once are one person away
    tenures: dict[int, list[Tenure]] = {}
    for row in rows:
        places.setdefault(row.post_id, len(places))
        once.setdefault((row.post_id, row.appointment_id), row)
        if (tenure := row.tenure()) is not None:
            tenures.setdefault(row.post_id, []).append(tenure)
    held = {post_id: holder_at(found, (), at=at) for post_id, found in tenures.items()}
    marked = [
        HolderRow(*row[1:14])._replace(
            is_primary=(one := held.get(row.post_id)) is not None and one.appointment_id == row.appointment_id
        )
        for row in once.values()
    ]
    return sorted(marked, key=lambda row: (places[row.post_id], not row.is_primary))
