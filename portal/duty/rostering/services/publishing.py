"""Publishing a draft: one unit of work in which the book becomes what the draft says, as far as it is still to come."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from portal.audit.catalogue import DutyRosterPublished
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import local, now, start_of_day
from portal.core.database import compare_and_set, execute, fetch, in_list, unit_of_work
from portal.core.refusals import Conflict, Refused
from portal.duty.queries import book_of, staff_of, with_needs
from portal.duty.rostering.queries import PUBLISHED, RosterRow, on_hold, shifts_in_force, shifts_of_draft
from portal.duty.rostering.rules import Diff, Pair, Planned, brief_from_json, compare
from portal.duty.rostering.services.drafting import clear_draft, draft_to_change
from portal.duty.rules import LEADING, Need, Stretch, gains_by_leading, stretches
from portal.duty.services.listeners import tell_listeners
from portal.duty.tables import DutyRoster
from portal.grids.services import bump_rights

AT_ONCE = 500
"""How many ids one statement names."""


async def publish_roster(
    roster_id: int, *, version: int, by: Actor, without_leader: bool = False, seen: str = ""
) -> Diff:  # fmt: skip
    """Puts a draft in force; says what that changed.

    Shifts that stay the same keep their rows; the same person on the same day in the same lane is moved, and a swap
    goes along; the rest is cancelled and entered. What has begun is not touched. Refused: a roster that is no draft;
    shifts of an area that has ended meanwhile, or of a role that is gone; a lane of leaders with an hour that nobody
    leads, unless `without_leader`; oneself as leader where that would give more rights than one has, or somebody who
    may not lead; another version, or a book in which it would change something else than what was `seen` (`Conflict`).
    """
    async with unit_of_work():
        row = await draft_to_change(roster_id, by=by)
        await bump_rights(row.org_id)  # also: whoever changes the same book waits here
        at = now()
        await compare_and_set(
            DutyRoster, roster_id, version=version, state=PUBLISHED, published_at=at, published_by=by.person_id
        )
        diff = await difference(row, at)
        if seen and seen != diff.mark:
            raise Conflict("roster.book_changed")
        await _check_lanes(row, diff)
        await _check_leaders(row, diff, by, at)
        await _apply(row, diff, at, by)
        leaderless = await _leaderless(row, at)
        if leaderless and not without_leader:
            first = local(leaderless[0].starts_at)
            raise Refused("roster.no_leader", hours=-(-_minutes(leaderless) // 60), first=f"{first:%Y-%m-%d %H:%M}")
        details = DutyRosterPublished(
            first_day=row.first_day.isoformat(), last_day=row.last_day.isoformat(), kept=len(diff.kept),
            moved=len(diff.moved), entered=len(diff.entered), cancelled=len(diff.cancelled),
            leaderless=_minutes(leaderless), people=diff.people,
        )  # fmt: skip
        await record_event(details, org_id=row.org_id, subject_id=roster_id, by=by, texts={"name": row.name})
        return diff


async def difference(row: RosterRow, at: datetime) -> Diff:
    """What a draft changes in what is in force at this instant. Two statements."""
    return compare_with(row, await shifts_in_force_of(row), [one.planned for one in await shifts_of_draft(row.id)], at)


async def shifts_in_force_of(row: RosterRow) -> list[Planned]:
    """Everything in force over a roster's dates, in all lanes. One statement."""
    start, end = span_of(row)
    return [one.planned for one in await shifts_in_force(row.org_id, start, end)]


def compare_with(row: RosterRow, in_force: Iterable[Planned], draft: Iterable[Planned], at: datetime) -> Diff:
    """The difference in the roster's lanes, among what begins within its dates."""
    lines = set(brief_from_json(row.name, row.first_day, row.last_day, row.rule).lines)
    start, end = span_of(row)
    mine = [one for one in in_force if one.line in lines and start <= one.starts_at < end]
    return compare(mine, draft, at=at)


def span_of(row: RosterRow) -> tuple[datetime, datetime]:
    """The instants between which a roster's shifts begin."""
    return start_of_day(row.first_day), start_of_day(row.last_day + timedelta(days=1))


class _Gone(NamedTuple):
    area_id: int | None
    role: str
    name: str
    ended_at: datetime | None


_GONE = (
    "SELECT a.id, '', a.name, a.ended_at FROM duty_area a WHERE a.org_id = {} AND a.ended_at IS NOT NULL "
    "UNION ALL SELECT NULL, d.role, d.role, NULL FROM duty_shift d WHERE d.roster_id = {} AND NOT EXISTS "
    "(SELECT 1 FROM duty_role r WHERE r.code = d.role AND (r.org_id IS NULL OR r.org_id = d.org_id)) GROUP BY d.role"
)


async def _check_lanes(row: RosterRow, diff: Diff) -> None:
    """An area may have ended, a role been taken away, since the draft was drawn: nobody comes to a place that is no
    more. An area's last day is a day of duty like others. One statement."""
    gone = await fetch(_Gone, _GONE, row.org_id, row.id)
    ends = {one.area_id: start_of_day(local(one.ended_at).date() + timedelta(days=1)) for one in gone if one.ended_at}
    names = {one.area_id: one.name for one in gone if one.ended_at}
    roles = {one.role for one in gone if not one.ended_at}
    for one in sorted((*diff.entered, *(pair.then for pair in diff.moved)), key=lambda one: one.starts_at):
        area, end = one.line.area_id, ends.get(one.line.area_id)
        if one.line.role in roles or (end is not None and one.starts_at >= end):
            name = one.line.role if one.line.role in roles else names[area]
            raise Refused("roster.lane_ended", name=name, first=f"{local(one.starts_at):%Y-%m-%d}")


async def _check_leaders(row: RosterRow, diff: Diff, by: Actor, at: datetime) -> None:
    """Leading gives rights: nobody gets them here whom `add_shift` would refuse."""
    leading = [one for one in (*diff.entered, *(pair.then for pair in diff.moved)) if one.line == LEADING]
    if not leading:
        return
    if gains_by_leading(by, row.path) and any(one.person_id == by.person_id for one in leading):
        raise Refused("duty.not_yourself")
    staff = await staff_of(row.org_id, at)
    for one in leading:
        colleague = staff.people.get(one.person_id or 0)
        if colleague is None or not colleague.may_lead(one.starts_at):
            raise Refused("duty.may_not_lead", day=stamp(one.starts_at)[:10])


async def _apply(row: RosterRow, diff: Diff, at: datetime, by: Actor) -> None:
    hanging = await on_hold(one.id for one in (*diff.cancelled, *(pair.now for pair in diff.moved)))
    for pair in diff.moved:
        await _move(pair)
    await _update(
        "cancelled_at = {}, sequence = sequence + 1, version = version + 1", [at], [one.id for one in diff.cancelled]
    )
    await _update("roster_id = {}", [row.id], [pair.now.id for pair in (*diff.kept, *diff.moved)])
    await _update("published_at = {}, made_by = {}", [at, by.person_id], [one.id for one in diff.entered])
    await clear_draft(row.id)  # what is left of it says what stands anyway, or has begun
    # Only where something hangs on a shift is there anybody to tell one by one; the event tells the rest.
    for one in diff.cancelled:
        if one.id in hanging:
            await tell_listeners(one.id, "cancelled", by)
    for pair in diff.moved:
        if pair.now.id in hanging:
            await tell_listeners(pair.now.id, "moved", by)


async def _move(pair: Pair) -> None:
    """The row stays, with other hours. The lock of the book is held, so no version is asked for."""
    await execute(
        "UPDATE duty_shift SET starts_at = {}, ends_at = {}, why = (SELECT w.why FROM duty_shift w WHERE w.id = {}), "
        "sequence = sequence + 1, version = version + 1 WHERE id = {}",
        pair.then.starts_at, pair.then.ends_at, pair.then.id, pair.now.id,
    )  # fmt: skip


async def _update(values: str, args: Sequence[Any], ids: Sequence[int]) -> None:
    for first in range(0, len(ids), AT_ONCE):
        marks, some = in_list(ids[first : first + AT_ONCE])
        await execute(f"UPDATE duty_shift SET {values} WHERE id IN {marks}", *args, *some)


async def _leaderless(row: RosterRow, at: datetime) -> list[Stretch]:
    """When nobody leads between now and the roster's end; nothing where the roster does not hold that lane."""
    brief = brief_from_json(row.name, row.first_day, row.last_day, row.rule)
    start, end = span_of(row)
    start = max(start, at)
    if LEADING not in brief.lines or start >= end:
        return []
    book = with_needs(await book_of(row.org_id, start, end), {LEADING: (Need(start, end, 1),)}).book
    return [one for one in stretches(book, LEADING, start, end) if one.missing]


def _minutes(found: Iterable[Stretch]) -> int:
    return int(sum((one.ends_at - one.starts_at).total_seconds() for one in found) // 60)
