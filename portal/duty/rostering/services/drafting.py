"""Making a draft: what the rule proposes for the dates, as shifts that are not in force."""

from datetime import timedelta
from typing import Any

from portal.audit.catalogue import DutyRosterDrafted, DutyRosterDropped
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now, start_of_day
from portal.core.database import compare_and_set, execute, insert, unit_of_work
from portal.core.refusals import NotFound, Refused
from portal.duty.rostering.queries import DRAFT, RosterRow, ShiftOfRoster, may_make, roster_row
from portal.duty.rostering.rules import (
    Brief,
    Given,
    brief_from_json,
    brief_to_json,
)
from portal.duty.rostering.services.drawing import Drawn, draw
from portal.duty.tables import DutyRoster, DutyShift
from portal.grids.queries import grid_row

LONGEST_ROSTER = 200
"""Days: a term and the vacation after it."""


async def draft_roster(org_id: int, brief: Brief, *, by: Actor) -> int:
    """Drafts a roster; gives its id. Nothing is in force by it.

    Refused: no lane, no people, dates that are over, the wrong way round, or more than 200. A school whose rosters the
    actor does not make is not there.
    """
    await _school(org_id, by)
    _check(brief)
    drawn = await draw(org_id, brief)
    async with unit_of_work():
        row = {
            "org_id": org_id, "name": brief.name, "first_day": brief.first_day, "last_day": brief.last_day,
            "rule": _rule(brief, drawn), "state": DRAFT, "made_at": now(), "made_by": by.person_id,
        }  # fmt: skip
        [roster_id] = await insert(DutyRoster, row)
        await _write(org_id, roster_id, brief, drawn, by)
        return roster_id


async def redraft_roster(roster_id: int, brief: Brief | None, *, version: int, by: Actor) -> None:
    """Draws a draft anew, by another brief or (None) by its own with what has changed since.

    Refused as in `draft_roster`; a roster that is published (`roster.not_a_draft`); another version (`Conflict`).
    """
    row = await draft_to_change(roster_id, by=by)
    wanted = brief or brief_from_json(row.name, row.first_day, row.last_day, row.rule)
    _check(wanted)
    drawn = await draw(row.org_id, wanted)
    async with unit_of_work():
        await draft_to_change(roster_id, by=by)
        await compare_and_set(
            DutyRoster, roster_id, version=version, name=wanted.name, first_day=wanted.first_day,
            last_day=wanted.last_day, rule=_rule(wanted, drawn), made_at=now(), made_by=by.person_id,
        )  # fmt: skip
        await clear_draft(roster_id)
        await _write(row.org_id, roster_id, wanted, drawn, by)


async def drop_roster(roster_id: int, *, version: int, by: Actor) -> None:
    """Puts a draft away. Refused as in `redraft_roster`."""
    async with unit_of_work():
        row = await draft_to_change(roster_id, by=by)
        await compare_and_set(DutyRoster, roster_id, version=version, state="dropped")
        await clear_draft(roster_id)
        await record_event(DutyRosterDropped(), org_id=row.org_id, subject_id=roster_id, by=by)


async def draft_to_change(roster_id: int, *, by: Actor) -> RosterRow:
    """A draft that the actor may change; any other roster of theirs is refused, and the rest do not exist."""
    row = await roster_row(roster_id, by=by)
    if not may_make(row.path, row.org_id, by=by):
        raise NotFound()
    if row.state != DRAFT:
        raise Refused("roster.not_a_draft")
    return row


async def clear_draft(roster_id: int) -> None:
    """Takes the shifts of a draft off the table: they were never in force, and nothing hangs on them."""
    await execute("DELETE FROM duty_shift WHERE roster_id = {} AND published_at IS NULL", roster_id)


async def _school(org_id: int, by: Actor) -> None:
    grid = await grid_row(org_id)
    if grid is None or grid.id != grid.org_id or not may_make(grid.path, grid.org_id, by=by):
        raise NotFound()


def _check(brief: Brief) -> None:
    if brief.last_day < brief.first_day:
        raise Refused("roster.wrong_way_round")
    if (brief.last_day - brief.first_day).days >= LONGEST_ROSTER:
        raise Refused("roster.too_long", most=LONGEST_ROSTER)
    if start_of_day(brief.last_day + timedelta(days=1)) <= now():
        raise Refused("roster.is_over")
    if not brief.lines:
        raise Refused("roster.no_lanes")
    if not any(rota.members for rota in brief.rotas.values()):
        raise Refused("roster.no_people")


def _rule(brief: Brief, drawn: Drawn) -> str:
    return brief_to_json(brief, holes=len(drawn.proposal.holes))


async def _write(org_id: int, roster_id: int, brief: Brief, drawn: Drawn, by: Actor) -> None:
    at = now()
    common = {"org_id": org_id, "roster_id": roster_id, "made_at": at, "made_by": by.person_id}
    rows = [{**common, **_new(one)} for one in drawn.proposal.given] + [{**common, **_copy(one)} for one in drawn.kept]
    await insert(DutyShift, *rows)
    details = DutyRosterDrafted(
        first_day=brief.first_day.isoformat(), last_day=brief.last_day.isoformat(), shifts=len(rows),
        holes=len(drawn.proposal.holes),
    )  # fmt: skip
    await record_event(details, org_id=org_id, subject_id=roster_id, by=by, texts={"name": brief.name})


def _new(one: Given) -> dict[str, Any]:
    turn = one.turn
    return {
        "area_id": turn.line.area_id, "role": turn.line.role, "person_id": one.person_id, "post_id": None,
        "starts_at": turn.starts_at, "ends_at": turn.ends_at, "why": why_to_text(one),
    }  # fmt: skip


def _copy(one: ShiftOfRoster) -> dict[str, Any]:
    return {
        "area_id": one.area_id, "role": one.role, "person_id": one.person_id, "post_id": one.post_id,
        "starts_at": one.starts_at, "ends_at": one.ends_at, "why": "",
    }  # fmt: skip


def why_to_text(one: Given) -> str:
    """Why this person, in a few signs: code, own, mean, and who was passed over: `least 1200 1300 away:1,rest:2`."""
    why = one.why
    return f"{why.code} {why.own} {why.mean} " + ",".join(f"{code}:{count}" for code, count in why.passed)
