"""What is not finished: sheets without their confirmations, posts that a change has left vacant."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from portal.changes.queries.changes import CHANGE, ChangeLine
from portal.changes.queries.facts import absences_of, tenures_on
from portal.changes.queries.sheets import SHEET, SheetRow, supervisors_of
from portal.core.database import fetch, fetch_column, in_list
from portal.grids.queries import ids_in
from portal.people.queries import HELD_AT
from portal.permissions.rules import Role
from portal.responsibilities.queries import holders_of_posts
from portal.responsibilities.rules import holder_at


class DueSheet(NamedTuple):
    """A sheet whose day has come, and who is to finish it."""

    subject_id: int
    org_id: int
    due_at: datetime
    people: tuple[int, ...]
    subject_kind: str = "handover"


class Vacant(NamedTuple):
    """A post that a change left vacant, and who stands next above."""

    subject_id: int
    org_id: int
    due_at: datetime
    people: tuple[int, ...]
    subject_kind: str = "vacant_post"


async def due_sheets(*, at: datetime) -> list[DueSheet]:
    """Sheets that are not countersigned although the post has changed hands."""
    rows = await fetch(
        SheetRow,
        f"{SHEET}WHERE x.void_at IS NULL AND x.supervisor_confirmed_at IS NULL AND x.due_at <= {{}} ORDER BY x.id",
        at,
    )
    return [DueSheet(row.id, row.org_id, row.due_at, await _to_finish(row, at)) for row in rows]


async def _to_finish(sheet: SheetRow, at: datetime) -> tuple[int, ...]:
    """Those whose confirmation is still to come; the one above once it is their turn."""
    wanted = [] if sheet.giver_confirmed_at or (sheet.giver_left_at and sheet.giver_left_at <= at) else [sheet.giver_id]
    wanted += [sheet.taker_id] if sheet.taker_id and sheet.taker_confirmed_at is None else []
    return tuple(wanted) or tuple(one.person_id for one in await supervisors_of(sheet, at=at))


class _Place(NamedTuple):
    id: int
    path: str


async def vacant_posts(*, at: datetime) -> list[Vacant]:
    """Posts that a change said nobody would hold, and that nobody holds now."""
    changes = await fetch(
        ChangeLine,
        f"{CHANGE}WHERE c.undone_at IS NULL AND c.effective_at <= {{}} AND c.plan NOT LIKE '%\"vacant\": []%' "
        "ORDER BY c.id DESC LIMIT 500",
        at,
    )
    since: dict[int, ChangeLine] = {}
    for change in changes:
        for post_id in change.vacant:
            since.setdefault(post_id, change)
    tenures = await tenures_on(since, at=at)
    away = await absences_of({one.person_id for rows in tenures.values() for one in rows}, at=at)
    empty = [post for post, rows in tenures.items() if holder_at(rows, away, at=at) is None]
    marks, ids = in_list(empty)
    places = await fetch(
        _Place,
        "SELECT p.id, g.path FROM post p JOIN grid g ON g.id = p.grid_id "
        f"WHERE p.id IN {marks} AND p.ended_at IS NULL AND g.ended_at IS NULL ORDER BY p.id",
        *ids,
    )
    found = []
    for place in places:
        change = since[place.id]
        people = await _next_above(place, at)
        found.append(Vacant(place.id, change.org_id, change.effective_at, people))
    return found


async def _next_above(place: _Place, at: datetime) -> tuple[int, ...]:
    """Whoever holds the nearest place above that has somebody."""
    marks, ids = in_list(ids_in(place.path))
    posts = await fetch_column(
        f"SELECT p.id FROM post p JOIN grid g ON g.id = p.scope_grid_id WHERE g.id IN {marks} AND p.id <> {{}} "
        "AND p.is_accountable AND p.ended_at IS NULL AND p.role <> 'pupil' ORDER BY g.depth DESC, p.sort, p.id",
        *ids, place.id,
    )  # fmt: skip
    holders = await holders_of_posts(posts, at=at)
    return next(((held.person_id,) for post_id in posts if (held := holders.held(post_id)) is not None), ())


async def heads_of(org_id: int, roles: Iterable[Role], *, bureau: bool, at: datetime) -> list[int]:
    """Whoever holds these posts of an organisation, and the officers of the bureau above it."""
    marks, wanted = in_list([str(role) for role in roles])
    above = "(p.role = 'bureau_officer' AND p.org_id = (SELECT bureau_id FROM organisation WHERE grid_id = {}))"
    return await fetch_column(
        "SELECT DISTINCT a.person_id FROM appointment a JOIN post p ON p.id = a.post_id "
        f"WHERE p.ended_at IS NULL AND {HELD_AT} AND ((p.org_id = {{}} AND p.role IN {marks}) OR {above})",
        at, at, org_id, *wanted, org_id if bureau else -1,
    )  # fmt: skip
