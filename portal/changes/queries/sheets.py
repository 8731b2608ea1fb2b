"""Handover sheets: whose they are, what the system lists on them, who is to countersign."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch, fetch_column, fetch_one, in_list
from portal.core.refusals import NotFound
from portal.grids.queries import ids_in
from portal.people.queries import HELD_AT
from portal.permissions.queries import scope_sql
from portal.permissions.rules import ABOVE, Permission, scope

PARTS = ("giver", "taker", "supervisor")
MOST_LISTED = 200


class SheetRow(NamedTuple):
    """A sheet with the names on it."""

    id: int
    org_id: int
    org_path: str
    school: str
    change_id: int
    change_kind: str
    announced_on: date
    handover_on: date
    post_id: int
    title: str
    grid_id: int
    grid: str
    path: str
    giver_id: int
    giver: str
    giver_left_at: datetime | None
    taker_id: int | None
    taker: str | None
    supervisor_id: int | None
    supervisor: str | None
    keys: str | None
    papers: str | None
    notes: str | None
    frozen: str | None
    due_at: datetime
    giver_confirmed_at: datetime | None
    taker_confirmed_at: datetime | None
    supervisor_confirmed_at: datetime | None
    file_digest: str | None
    void_at: datetime | None
    version: int

    @property
    def is_frozen(self) -> bool:
        """True from the first confirmation on."""
        return self.frozen is not None

    def text(self, name: str) -> str | None:
        """Keys, papers or notes."""
        return {"keys": self.keys, "papers": self.papers, "notes": self.notes}[name]

    def part(self, person_id: int | None) -> str:
        """What somebody is on the sheet by name, or nothing."""
        if person_id is None:
            return ""
        return "giver" if person_id == self.giver_id else "taker" if person_id == self.taker_id else ""

    def confirmed(self, part: str) -> datetime | None:
        """When one of the three confirmed."""
        return {
            "giver": self.giver_confirmed_at, "taker": self.taker_confirmed_at,
            "supervisor": self.supervisor_confirmed_at,
        }[part]  # fmt: skip

    def both_confirmed(self, at: datetime) -> bool:
        """True when the two have; whoever has left cannot any more, and nobody takes a vacant post."""
        gone = self.giver_left_at is not None and self.giver_left_at <= at
        given = self.giver_confirmed_at is not None or gone
        return given and (self.taker_id is None or self.taker_confirmed_at is not None)


SHEET = (
    "SELECT x.id, x.org_id, o.path, o.name, c.id, c.kind, c.announced_on, c.handover_on, p.id, p.title, g.id, g.name, "
    "g.path, x.giver_id, a.name, a.left_at, x.taker_id, b.name, x.supervisor_id, s.name, x.keys, x.papers, x.notes, "
    "x.frozen, x.due_at, x.giver_confirmed_at, x.taker_confirmed_at, x.supervisor_confirmed_at, x.file_digest, "
    "x.void_at, x.version FROM handover_sheet x JOIN grid o ON o.id = x.org_id "
    "JOIN personnel_change c ON c.id = x.change_id JOIN post p ON p.id = x.post_id JOIN grid g ON g.id = p.grid_id "
    "JOIN person a ON a.id = x.giver_id LEFT JOIN person b ON b.id = x.taker_id "
    "LEFT JOIN person s ON s.id = x.supervisor_id "
)


async def sheet_row(sheet_id: int) -> SheetRow:
    """A sheet by its id, whoever asks."""
    found = await fetch_one(SheetRow, SHEET + "WHERE x.id = {}", sheet_id)
    if found is None:
        raise NotFound()
    return found


async def sheet_seen(sheet_id: int, *, by: Actor, permission: Permission = Permission.HANDOVER_VIEW) -> SheetRow:
    """A sheet that the actor gives, takes, may countersign, or that lies in their scope; else it does not exist."""
    found = await sheet_row(sheet_id)
    if scope(by, permission).holds(found.org_path, found.org_id) or found.part(by.person_id):
        return found
    if by.person_id is not None and by.person_id in {one.person_id for one in await supervisors_of(found)}:
        return found
    raise NotFound()


async def sheets_on(change_id: int) -> list[SheetRow]:
    """The sheets of a change."""
    return await fetch(SheetRow, SHEET + "WHERE x.change_id = {} ORDER BY g.path, x.id", change_id)


async def open_sheets(*, by: Actor, at: datetime) -> list[SheetRow]:
    """Sheets that are not finished: the actor's own, those to countersign, those of organisations in their scope."""
    seen = scope(by, Permission.HANDOVER_VIEW)
    where, args = scope_sql(seen, path="o.path", org="x.org_id")
    stands = [grant.path for grant in by.grants if grant.role in ABOVE]
    for path in stands:
        where, args = f"{where} OR g.path LIKE {{}}", [*args, path + "%"]
    rows = await fetch(
        SheetRow,
        f"{SHEET}WHERE ({where} OR x.giver_id = {{}} OR x.taker_id = {{}}) AND x.void_at IS NULL "
        "AND x.supervisor_confirmed_at IS NULL ORDER BY x.due_at, x.id LIMIT 200",
        *args, by.person_id or 0, by.person_id or 0,
    )  # fmt: skip
    return [row for row in rows if seen.holds(row.org_path, row.org_id) or await sheet_part(row, by=by)]


async def sheets_waiting_for(*, by: Actor, at: datetime, most: int = 20) -> list[tuple[SheetRow, str]]:
    """The sheets that wait for the actor, with their part. One statement; a second where one is to be countersigned."""
    parts = [grant.path for grant in by.grants if grant.role in ABOVE]
    above = " OR ".join("g.path LIKE {}" for _ in parts) or "1 = 0"
    taken = "(x.taker_id IS NULL OR x.taker_confirmed_at IS NOT NULL)"
    both = f"(x.giver_confirmed_at IS NOT NULL OR a.left_at <= {{}}) AND {taken}"
    me = by.person_id or 0
    rows = await fetch(
        SheetRow,
        f"{SHEET}WHERE x.void_at IS NULL AND x.supervisor_confirmed_at IS NULL "
        "AND ((x.giver_id = {} AND x.giver_confirmed_at IS NULL) OR (x.taker_id = {} AND x.taker_confirmed_at IS NULL) "
        f"OR ({both} AND ({above}))) ORDER BY x.due_at, x.id LIMIT {{}}",
        me, me, at, *(path + "%" for path in parts), most,
    )  # fmt: skip
    theirs = await _supervised([row for row in rows if not row.part(me) and row.both_confirmed(at)], me, at)
    own = [(row, row.part(me)) for row in rows if row.part(me) and row.confirmed(row.part(me)) is None]
    return [*own, *((row, "supervisor") for row in theirs)]


async def _supervised(sheets: list[SheetRow], person_id: int, at: datetime) -> list[SheetRow]:
    """Those of some sheets that somebody countersigns: the rule of `supervisors_of`, with the rows of all at once."""
    if not sheets:
        return []
    marks, ids = in_list(sorted({grid for sheet in sheets for grid in (*ids_in(sheet.path), sheet.org_id)}))
    rows = await fetch(
        Supervisor, SUPERVISORS + f"AND g.id IN {marks} ORDER BY g.depth DESC, a.is_primary DESC, a.id",
        at, at, at, at, 0, 0, at, at, *ids,
    )  # fmt: skip
    found = []
    for sheet in sheets:
        above = [grid for grid in ids_in(sheet.path) if grid != sheet.grid_id]
        mine = [
            one
            for one in rows
            if one.person_id not in (sheet.giver_id, sheet.taker_id) and one.grid_id in (*above, sheet.org_id)
        ]
        if person_id in {one.person_id for one in nearest(mine, above)}:
            found.append(sheet)
    return found


class Supervisor(NamedTuple):
    """Somebody who may countersign."""

    person_id: int
    name: str
    grid_id: int
    role: str
    depth: int
    post_id: int


SUPERVISORS = (
    "SELECT s.id, s.name, g.id, p.role, g.depth, p.id FROM appointment a JOIN post p ON p.id = a.post_id "
    "JOIN grid g ON g.id = p.scope_grid_id JOIN person s ON s.id = a.person_id "
    f"WHERE {HELD_AT} AND s.kind = 'staff' AND (s.left_at IS NULL OR s.left_at > {{}}) "
    "AND (p.ended_at IS NULL OR p.ended_at > {}) AND p.is_accountable AND s.id <> {} AND s.id <> {} "
    # Whoever is away is passed over, so that the next above may countersign instead and nothing waits.
    "AND NOT EXISTS (SELECT 1 FROM absence b WHERE b.person_id = s.id AND b.undone_at IS NULL AND b.starts_at <= {} "
    "AND (b.ends_at IS NULL OR b.ends_at > {})) "
)


async def supervisors_of(sheet: SheetRow, *, at: datetime | None = None) -> list[Supervisor]:
    """Whoever holds the nearest place above the post's; where nobody does, the safety office (E9). One statement."""
    moment = at or now()
    above = [grid for grid in ids_in(sheet.path) if grid != sheet.grid_id]
    marks, ids = in_list([*above, sheet.org_id])
    rows = await fetch(
        Supervisor, SUPERVISORS + f"AND g.id IN {marks} ORDER BY g.depth DESC, a.is_primary DESC, a.id",
        moment, moment, moment, moment, sheet.giver_id, sheet.taker_id or 0, moment, moment, *ids,
    )  # fmt: skip
    return nearest(rows, above)


def nearest(rows: Iterable[Supervisor], above: list[int]) -> list[Supervisor]:
    """Of those who stand above, the ones nearest; the safety office is asked only where nobody holds a place."""
    found = list(rows)
    holders = [one for one in found if one.grid_id in above and one.role != "safety_officer"]
    chosen = holders or [one for one in found if one.role == "safety_officer"] or found
    if not chosen:
        return []
    deepest = max(one.depth for one in chosen)
    unique = {one.person_id: one for one in reversed(chosen) if one.depth == deepest}
    return list(reversed(unique.values()))


async def sheet_part(sheet: SheetRow, *, by: Actor) -> str:
    """What the actor is on the sheet: giver, taker, supervisor, or nothing."""
    own = sheet.part(by.person_id)
    if own:
        return own
    if by.person_id is not None and by.person_id in {one.person_id for one in await supervisors_of(sheet)}:
        return "supervisor"
    return ""


class OpenCard(NamedTuple):
    """An open hazard that goes over with the post."""

    id: int
    number: str
    title: str
    place: str
    status: str
    level: str | None
    due_at: datetime | None
    is_restricted: bool


async def cards_with(sheet: SheetRow) -> list[OpenCard]:
    """Open hazards of the post or named to its giver; of a sensitive one only its number is told (B20)."""
    rows = await fetch(
        OpenCard,
        "SELECT h.id, h.number, h.title, g.name, h.status, h.level, h.due_at, h.is_restricted FROM hazard h "
        "JOIN grid g ON g.id = h.grid_id WHERE h.closed_at IS NULL AND h.org_id = {} AND (h.responsible_post_id = {} "
        "OR (h.responsible_person_id = {} AND g.path LIKE {})) ORDER BY h.due_at, h.id LIMIT {}",
        sheet.org_id, sheet.post_id, sheet.giver_id, sheet.path + "%", MOST_LISTED,
    )  # fmt: skip
    return [row._replace(title="", place="") if row.is_restricted else row for row in rows]


async def sensitive_on(sheet: SheetRow) -> set[int]:
    """Cards of a frozen list that are sensitive by now: what was confirmed stays, what is shown follows the card."""
    ids = [int(one["id"]) for one in json.loads(sheet.frozen)["hazards"]] if sheet.frozen else []
    marks, wanted = in_list(ids)
    sql = f"SELECT id FROM hazard WHERE is_restricted = TRUE AND id IN {marks}"
    return set(await fetch_column(sql, *wanted)) if ids else set()


async def sheet_content(sheet: SheetRow) -> dict[str, Any]:
    """What the system lists, as it is frozen with the first confirmation."""
    return {
        "post": sheet.title, "grid": sheet.grid, "giver": sheet.giver, "taker": sheet.taker or "",
        "announced_on": sheet.announced_on.isoformat(), "handover_on": sheet.handover_on.isoformat(),
        "hazards": [
            {
                "id": card.id, "number": card.number, "title": card.title, "place": card.place, "status": card.status,
                "level": card.level or "", "due_at": card.due_at.isoformat() if card.due_at else "",
            }
            for card in await cards_with(sheet)
        ],
    }  # fmt: skip
