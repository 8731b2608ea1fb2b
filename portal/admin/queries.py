"""Reading the trail of a whole organisation."""

import json
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from portal.admin.labels import PREFIXES
from portal.audit.outbox import outbox_state
from portal.core.actors import Actor
from portal.core.clock import now, start_of_day
from portal.core.database import fetch, fetch_value, in_list
from portal.core.refusals import NotFound
from portal.grids.queries import GridRow, grid_row
from portal.hazards.queries.lists import visible
from portal.permissions.rules import Permission, scope
from portal.reminders.queries import mail_state, worker_seen

PAGE = 50


class EventRow(NamedTuple):
    """One event. `subject` is the name of what it is about; a pupil has none, a card says its number only."""

    id: int
    seq: int
    kind: str
    at: datetime
    via: str
    actor_id: int | None
    actor: str | None
    subject_kind: str
    subject_id: int | None
    subject: str | None
    details: str

    @property
    def facts(self) -> dict[str, Any]:
        """The details as they were hashed."""
        found: dict[str, Any] = json.loads(self.details)
        return found


class Wanted(NamedTuple):
    """What the history is narrowed to; `before` is the id below which it goes on.

    Signing in and out is left out, because it would drown the rest, unless it is asked for.
    """

    kind: str = ""
    person_id: int | None = None
    day: date | None = None
    before: int | None = None
    sign_ins: bool = False


async def history_place(org_id: int | None, *, by: Actor) -> GridRow:
    """The organisation whose history the actor may read; anything else does not exist."""
    grid = await grid_row(org_id) if org_id is not None else None
    if grid is None or grid.id != grid.org_id or not scope(by, Permission.AUDIT_VIEW).holds(grid.path, grid.org_id):
        raise NotFound()
    return grid


async def events_of(org_id: int, wanted: Wanted, *, by: Actor, most: int = PAGE) -> list[EventRow]:
    """Events of an organisation, newest first; one more than `most` says that there are older ones. One statement.

    What was done to a sensitive card is left out for whoever may not see it: not even a number tells of it (B20).
    """
    where, args = _matching(org_id, wanted)
    seen, seen_args = visible(by, now())
    return await fetch(
        EventRow,
        "SELECT e.id, e.seq, e.kind, e.at, e.via, e.actor_id, w.name, e.subject_kind, e.subject_id, "
        "coalesce(h.number, g.name, o.title, CASE WHEN s.kind <> 'pupil' THEN s.name END, c.login), e.details "
        "FROM event e LEFT JOIN person w ON w.id = e.actor_id "
        "LEFT JOIN hazard h ON e.subject_kind = 'hazard' AND h.id = e.subject_id "
        "LEFT JOIN grid g ON e.subject_kind = 'grid' AND g.id = e.subject_id "
        "LEFT JOIN post o ON e.subject_kind = 'post' AND o.id = e.subject_id "
        "LEFT JOIN person s ON e.subject_kind = 'person' AND s.id = e.subject_id "
        "LEFT JOIN account c ON e.subject_kind = 'account' AND c.id = e.subject_id "
        f"WHERE {where} AND (h.id IS NULL OR {seen}) ORDER BY e.seq DESC LIMIT {{}}",
        *args, *seen_args, most + 1,
    )  # fmt: skip


def _matching(org_id: int, wanted: Wanted) -> tuple[str, list[Any]]:
    parts, args = ["e.org_id = {}"], [org_id]
    if wanted.kind in PREFIXES:
        kinds = PREFIXES[wanted.kind]
        parts.append("(" + " OR ".join("e.kind LIKE {}" for _ in kinds) + ")")
        args += [f"{kind}%" for kind in kinds]  # type: ignore[misc]
    if not wanted.sign_ins and wanted.kind != "account":
        parts.append("e.kind NOT LIKE {}")
        args.append("session.%")  # type: ignore[arg-type]
    if wanted.person_id is not None:
        parts.append("e.actor_id = {}")
        args.append(wanted.person_id)
    if wanted.day is not None:
        parts.append("e.at >= {} AND e.at < {}")
        args += [start_of_day(wanted.day), start_of_day(wanted.day + timedelta(days=1))]  # type: ignore[list-item]
    if wanted.before is not None:
        parts.append("e.seq < {}")
        args.append(wanted.before)
    return " AND ".join(parts), args


class Known(NamedTuple):
    """A person of the organisation, for names in sentences and for the filter."""

    id: int
    name: str
    kind: str


async def doers_of(org_id: int) -> list[Known]:
    """The staff of an organisation who have an account, by name: whoever can have done something."""
    return await fetch(
        Known,
        "SELECT p.id, p.name, p.kind FROM person p WHERE p.org_id = {} AND p.kind = 'staff' "
        "AND EXISTS (SELECT 1 FROM account c WHERE c.person_id = p.id) ORDER BY p.name, p.id",
        org_id,
    )


async def people_called(ids: set[int]) -> dict[int, Known]:
    """The people of whom sentences speak."""
    if not ids:
        return {}
    marks, args = in_list(sorted(ids))
    rows = await fetch(Known, f"SELECT id, name, kind FROM person WHERE id IN {marks}", *args)
    return {row.id: row for row in rows}


async def length_of(org_id: int) -> int:
    """How many events the chain of an organisation has."""
    return int(await fetch_value("SELECT seq FROM chain_head WHERE org_id = {}", org_id) or 0)


async def schools_of(by: Actor) -> list[Known]:
    """The other organisations whose history the actor may read (a bureau's schools), by name."""
    paths = scope(by, Permission.AUDIT_VIEW).paths
    if not paths:
        return []
    condition = " OR ".join("g.path LIKE {}" for _ in paths)
    return await fetch(
        Known,
        "SELECT g.id, g.name, o.kind FROM organisation o JOIN grid g ON g.id = o.grid_id "
        f"WHERE g.ended_at IS NULL AND ({condition}) ORDER BY o.kind, g.name, g.id",
        *[path + "%" for path in paths],
    )


SILENT_AFTER = timedelta(seconds=60)


class Works(NamedTuple):
    """How the worker does: silent for a minute, entries given up, mails given up (TR16, TR17)."""

    is_silent: bool
    failed: int
    failed_mail: int


async def works_now() -> Works:
    """What administrators must know of the machinery. Three statements."""
    seen, state, mail = await worker_seen(), await outbox_state(), await mail_state()
    return Works(seen is None or now() - seen.at > SILENT_AFTER, state.failed, mail.failed)
