"""Public reports: for their reporters by key, for the screening by scope, and earlier ones that are alike."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from portal.contact_boards.queries.boards import OpenBoard
from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one, fetch_value
from portal.core.refusals import NotFound
from portal.hazards.queries.cards import hazard_seen
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope

SIMILAR_FOR = timedelta(days=30)
DECIDED_SHOWN = 30


class Followed(NamedTuple):
    """A report as its reporter sees it; `status`, `outcome` and `closed_at` are the card's."""

    id: int
    org_id: int
    grid_id: int
    place: str
    title: str
    state: str
    created_at: datetime
    screen_due_at: datetime
    reason: str | None
    too_count: int
    reopened_at: datetime | None
    version: int
    hazard_id: int | None
    status: str | None
    outcome: str | None
    closed_at: datetime | None
    hazard_version: int | None
    merged_into: int | None
    photos: int

    @property
    def is_own(self) -> bool:
        """True unless the report was merged into a card that was there already."""
        return self.merged_into is None


_FOLLOWED = (
    "SELECT r.id, r.org_id, r.grid_id, g.name, r.title, r.state, r.created_at, r.screen_due_at, r.reason, r.too_count, "
    "r.reopened_at, r.version, r.hazard_id, h.status, h.outcome, h.closed_at, h.version, r.merged_into, "
    "(SELECT count(*) FROM public_photo f WHERE f.report_id = r.id) FROM public_report r "
    "JOIN grid g ON g.id = r.grid_id LEFT JOIN hazard h ON h.id = r.hazard_id "
)


async def followed(board: OpenBoard, key_digest: str) -> Followed | None:
    """The report behind a report key, if it was sent from a board of this school."""
    return await fetch_one(
        Followed, f"{_FOLLOWED}WHERE r.key_digest = {{}} AND r.org_id = {{}}", key_digest, board.org_id
    )


class Earlier(NamedTuple):
    """An earlier public report that strangers may read: accepted by the school, about nothing sensitive."""

    id: int
    title: str
    place: str
    state: str
    status: str
    too_count: int


async def earlier_reports(board: OpenBoard, *, at: datetime, most: int = 200) -> list[Earlier]:
    """What others have reported here or below, still open or closed not long ago (B4). Never a card of the staff's."""
    return await fetch(
        Earlier,
        "SELECT r.id, r.title, g.name, r.state, h.status, r.too_count FROM public_report r "
        "JOIN grid g ON g.id = r.grid_id JOIN hazard h ON h.id = r.hazard_id "
        "WHERE r.org_id = {} AND g.path LIKE {} AND r.state = 'accepted' AND h.is_restricted = FALSE "
        "AND h.source = 'public' AND (h.closed_at IS NULL OR h.closed_at > {}) ORDER BY r.id DESC LIMIT {}",
        board.org_id, board.path + "%", at - SIMILAR_FOR, most,
    )  # fmt: skip


class ToScreen(NamedTuple):
    """A report as the screening sees it. `hazard_id` of a waiting one: its reporter says that it is not fixed.

    With `plate_fault` it is about the plate of the board `board_id` and never about a card.
    """

    id: int
    org_id: int
    grid_id: int
    path: str
    place: str
    org_name: str
    title: str
    state: str
    created_at: datetime
    screen_due_at: datetime
    screened_at: datetime | None
    reason: str | None
    phone_sealed: str | None
    too_count: int
    hazard_id: int | None
    number: str | None
    status: str | None
    is_restricted: bool | None
    hazard_version: int | None
    merged_into: int | None
    version: int
    plate_fault: str | None
    board_id: int
    board_is_open: bool
    photos: int


_TO_SCREEN = (
    "SELECT r.id, r.org_id, r.grid_id, g.path, g.name, s.name, r.title, r.state, r.created_at, r.screen_due_at, "
    "r.screened_at, r.reason, r.phone_sealed, r.too_count, r.hazard_id, h.number, h.status, h.is_restricted, "
    "h.version, r.merged_into, r.version, r.plate_fault, r.board_id, "
    "CASE WHEN b.revoked_at IS NULL THEN TRUE ELSE FALSE END, "
    "(SELECT count(*) FROM public_photo f WHERE f.report_id = r.id) "
    "FROM public_report r JOIN grid g ON g.id = r.grid_id JOIN grid s ON s.id = r.org_id "
    "JOIN contact_board b ON b.id = r.board_id "
    "LEFT JOIN hazard h ON h.id = r.hazard_id "
)


async def reports_to_screen(*, by: Actor) -> list[ToScreen]:
    """What waits, the most urgent first, then what was decided last; inside the actor's scope. One statement, and one
    more for each that has become a sensitive card: it is shown to whoever may see the card (B20)."""
    where, args = scope_sql(scope(by, Permission.SCREENING_VIEW), path="g.path", org="r.org_id")
    rows = await fetch(
        ToScreen,
        f"{_TO_SCREEN}WHERE {where} ORDER BY CASE WHEN r.state = 'waiting' THEN 0 ELSE 1 END, "
        "CASE WHEN r.state = 'waiting' THEN r.screen_due_at END, r.screened_at DESC LIMIT {}",
        *args, 100 + DECIDED_SHOWN,
    )  # fmt: skip
    rows = [row for row in rows if await _may_read(row, by)]
    waiting = [row for row in rows if row.state == "waiting"]
    return waiting + [row for row in rows if row.state != "waiting"][:DECIDED_SHOWN]


async def report_to_screen(
    report_id: int, *, by: Actor, permission: Permission = Permission.SCREENING_VIEW
) -> ToScreen:
    """One report inside the actor's scope; anything else does not exist."""
    found = await fetch_one(ToScreen, f"{_TO_SCREEN}WHERE r.id = {{}}", report_id)
    if found is None or not scope(by, permission).holds(found.path, found.org_id) or not await _may_read(found, by):
        raise NotFound()
    return found


async def _may_read(row: ToScreen, by: Actor) -> bool:
    """What a report says is as sensitive as the card that it became."""
    return not row.is_restricted or row.hazard_id is None or await hazard_seen(row.hazard_id, by=by) is not None


class Photo(NamedTuple):
    """A photo of a report."""

    id: int
    digest: str
    thumb_digest: str
    width: int
    height: int


async def photos_of_report(report_id: int) -> list[Photo]:
    """The photos of a report, oldest first."""
    return await fetch(
        Photo,
        "SELECT id, digest, thumb_digest, width, height FROM public_photo WHERE report_id = {} ORDER BY id",
        report_id,
    )


async def last_not_fixed(report_id: int) -> str:
    """What the reporter wrote when they last said that it is not fixed."""
    found: Any = await fetch_one(
        _Body,
        "SELECT t.body FROM event e JOIN event_text t ON t.event_id = e.id WHERE e.subject_kind = 'public_report' "
        "AND e.subject_id = {} AND e.kind = 'public_report.not_fixed' AND t.field = 'text' ORDER BY e.id DESC LIMIT 1",
        report_id,
    )
    return found.body if found else ""


class _Body(NamedTuple):
    body: str


class Overdue(NamedTuple):
    """A report that waits past its hour."""

    id: int
    org_id: int
    screen_due_at: datetime


async def overdue_reports(*, at: datetime) -> list[Overdue]:
    """Every report that nobody has screened in time."""
    return await fetch(
        Overdue,
        "SELECT id, org_id, screen_due_at FROM public_report WHERE state = 'waiting' AND screen_due_at <= {} "
        "ORDER BY id",
        at,
    )


def to_screen_sql(*, by: Actor) -> tuple[str, list[Any]]:
    """A query for when each report that waits in the actor's scope is due, with what fills it."""
    where, args = scope_sql(scope(by, Permission.SCREENING_VIEW), path="g.path", org="r.org_id")
    sql = (
        "SELECT r.id AS report_id, r.screen_due_at FROM public_report r JOIN grid g ON g.id = r.grid_id "
        f"WHERE r.state = 'waiting' AND {where}"
    )
    return sql, list(args)


async def waiting_count(org_id: int) -> int:
    """How many reports wait in a school."""
    return int(await fetch_value("SELECT count(*) FROM public_report WHERE org_id = {} AND state = 'waiting'", org_id))
