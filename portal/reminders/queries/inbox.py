"""A person's inbox: what they were told, unread first."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch, fetch_value
from portal.hazards.queries.cards import ties
from portal.hazards.rules import may_see
from portal.hazards.rules.standing import sight_of
from portal.permissions.rules import Permission, scope

MOST = 100


class InboxRow(NamedTuple):
    """A reminder with its card as it stands now (None where the reminder is not about a card)."""

    id: int
    kind: str
    params: str
    made_at: datetime
    read_at: datetime | None
    mailed_at: datetime | None
    answered_at: datetime | None
    snoozed_until: datetime | None
    hazard_id: int | None
    number: str | None
    title: str | None
    status: str | None
    level: str | None
    due_at: datetime | None
    place: str | None
    path: str | None
    org_id: int | None
    is_restricted: bool | None
    responsible_person_id: int | None
    responsible_post_id: int | None
    rectifiers: str | None
    supervisor_id: int | None
    watcher_id: int | None
    reported_by: int | None
    helps: int
    received: int
    named: int
    marked: int

    @property
    def is_unread(self) -> bool:
        """True until its person has marked it as read."""
        return self.read_at is None


async def inbox_of(*, by: Actor, most: int = MOST) -> list[InboxRow]:
    """The person's own reminders, unread first, newest first. One statement.

    A title is left out (None) of a sensitive card, and of one that the person may not see any more (B20, TA1).
    """
    counts, args = ties(by, now())
    rows = await fetch(
        InboxRow,
        "SELECT r.id, r.kind, r.params, r.made_at, r.read_at, m.sent_at, r.answered_at, r.snoozed_until, h.id, "
        "h.number, h.title, h.status, h.level, h.due_at, g.name, g.path, h.org_id, h.is_restricted, "
        "h.responsible_person_id, h.responsible_post_id, h.rectifiers, "
        f"h.supervisor_id, h.watcher_id, h.reported_by, {counts} FROM reminder r "
        "LEFT JOIN hazard h ON r.subject_kind = 'hazard' AND h.id = r.subject_id LEFT JOIN grid g ON g.id = h.grid_id "
        "LEFT JOIN mail m ON m.id = r.mail_id WHERE r.person_id = {} "
        "ORDER BY CASE WHEN r.read_at IS NULL THEN 0 ELSE 1 END, r.id DESC LIMIT {}",
        *args, by.person_id, most,
    )  # fmt: skip
    return [row if _shows_title(row, by) else row._replace(title=None, place=None) for row in rows]


def _shows_title(row: InboxRow, by: Actor) -> bool:
    return not row.is_restricted and may_open(row, by)


def may_open(row: InboxRow, by: Actor) -> bool:
    """Whether the card behind the reminder is still this person's to see."""
    if row.hazard_id is None or row.path is None or row.org_id is None:
        return False
    in_scope = scope(by, Permission.HAZARD_VIEW).holds(row.path, row.org_id)
    sight: Any = row  # the columns of the join are those that the rule asks for
    return may_see(restricted=bool(row.is_restricted), sight=sight_of(by, sight, in_scope=in_scope))


async def unread_count(person_id: int) -> int:
    """How many reminders the person has not read."""
    return int(await fetch_value("SELECT count(*) FROM reminder WHERE person_id = {} AND read_at IS NULL", person_id))


class WorkerSeen(NamedTuple):
    """When the worker last wrote its heartbeat, and what it said of itself."""

    at: datetime
    info: str

    @property
    def facts(self) -> dict[str, Any]:
        """`redis`: ok | away | none; `done`: entries since its start."""
        found: dict[str, Any] = json.loads(self.info)
        return found


async def worker_seen() -> WorkerSeen | None:
    """The worker's last heartbeat: for the banner "reminders are not going out" (G11)."""
    rows = await fetch(WorkerSeen, "SELECT at, info FROM worker_beat WHERE name = 'worker'")
    return rows[0] if rows else None
