"""What is not finished: sheets without their confirmations, posts that a change has left vacant."""

from datetime import datetime
from typing import NamedTuple

from portal.changes.queries.changes import CHANGE, ChangeLine
from portal.changes.queries.facts import absences_of, tenures_on
from portal.changes.queries.sheets import SHEET, SheetRow, supervisors_of
from portal.core.database import fetch, fetch_column, in_list
from portal.grids.queries import ids_in
from portal.permissions.rules import Role
from portal.responsibilities.queries import answering_for_offices, holders_of_posts
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
    """Those whose confirmation is still to come; the one above once it is their turn, or while those two are away."""
    wanted = [] if sheet.giver_confirmed_at or (sheet.giver_left_at and sheet.giver_left_at <= at) else [sheet.giver_id]
    wanted += [sheet.taker_id] if sheet.taker_id and sheet.taker_confirmed_at is None else []
    away = {one.person_id for one in await absences_of(wanted, at=at) if one.covers(at)} if wanted else set()
    present = tuple(person for person in wanted if person not in away)
    return present or await _to_countersign(sheet, at)


async def _to_countersign(sheet: SheetRow, at: datetime) -> tuple[int, ...]:
    """Of those who may countersign whoever answers for the post that lets them; the safety office where nobody may."""
    above = await supervisors_of(sheet, at=at)
    holders = await holders_of_posts([one.post_id for one in above], at=at)
    held = {one.post_id: holders.held(one.post_id) for one in above}
    found = [
        one.person_id for one in above if (who := held[one.post_id]) is not None and who.person_id == one.person_id
    ]
    office = () if above else await answering_for_offices(sheet.org_id, (Role.SAFETY_OFFICER,), at=at)
    return (*(found or (one.person_id for one in above)), *office)


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
