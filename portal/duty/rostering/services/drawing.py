"""Drawing a roster: what is known of the school is read, and the rule is asked."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.core.clock import now, start_of_day
from portal.duty.queries import Plan, Staff, plan_of, staff_of
from portal.duty.rostering.queries import ShiftOfRoster, shifts_in_force
from portal.duty.rostering.rules import (
    LENGTHS,
    Brief,
    Member,
    Proposal,
    Rota,
    Scale,
    Standing,
    Turn,
    minus,
    rotate,
    turns_of,
    weights_from,
)
from portal.duty.rules import LEADER, Duty, Line, needs_between

AROUND = timedelta(days=3)
"""How far before and after its dates other duties matter for the rest between them."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the rule made of a brief, and the shifts that stay because the brief keeps what stands."""

    proposal: Proposal
    kept: tuple[ShiftOfRoster, ...] = ()


async def draw(org_id: int, brief: Brief) -> Drawn:
    """What the rule proposes now. Four statements; the drawing itself does not hold up other requests."""
    at = now()
    start, end = max(at, start_of_day(brief.first_day)), start_of_day(brief.last_day + timedelta(days=1))
    plan = await plan_of(org_id, around=brief.first_day)
    staff = await staff_of(org_id, start)
    standing = await shifts_in_force(org_id, start - AROUND, end + AROUND)
    done = await shifts_in_force(org_id, start_of_day(school_year(brief.first_day)), start)
    return await asyncio.to_thread(_drawn, brief, plan, staff, standing, done, (at, start, end))


def school_year(day: date) -> date:
    """1 September: the balance of a school year begins there."""
    return date(day.year if day.month >= 9 else day.year - 1, 9, 1)


def _drawn(
    brief: Brief, plan: Plan, staff: Staff, standing: Sequence[ShiftOfRoster], done: Sequence[ShiftOfRoster],
    span: tuple[datetime, datetime, datetime],
) -> Drawn:  # fmt: skip
    """`span`: the instant of drafting, and between which a roster's shifts begin."""
    at, start, end = span
    scale, lines = Scale(plan.days, weights_from(staff.tenths)), set(brief.lines)
    mine = [one for one in standing if one.line in lines and at < one.starts_at and start <= one.starts_at < end]
    replaced = set[int]() if brief.keep else {one.id for one in mine}
    stays = [one for one in standing if one.id not in replaced]
    turns = _turns(brief, plan, stays, start, end)
    rotas = {line: _rota(brief, line, staff) for line in brief.lines}
    known = Standing(_duties(stays), staff.terms, carried(done, start, scale, brief.people))
    return Drawn(rotate(turns, rotas, known, scale), tuple(mine) if brief.keep else ())


def _turns(brief: Brief, plan: Plan, stays: Iterable[ShiftOfRoster], start: datetime, end: datetime) -> list[Turn]:
    """The turns of the lanes, beside whoever stays. Drawn a day further, so that a last night is whole."""
    lines = set(brief.lines)
    needs = needs_between(plan.slots, plan.days, brief.first_day, brief.last_day + timedelta(days=1))
    there = [(one.line, one.starts_at, one.ends_at) for one in stays if one.line in lines]
    wanted = {
        line: tuple(need._replace(starts_at=max(need.starts_at, start)) for need in rows if need.ends_at > start)
        for line, rows in needs.items() if line in lines
    }  # fmt: skip
    return turns_of(minus(wanted, there), LENGTHS[brief.lengths], end)


def _rota(brief: Brief, line: Line, staff: Staff) -> Rota:
    """The list of a lane, without those who are not of the staff; a leader only on days on which a post lets them."""
    rota = brief.rotas.get(line.role, Rota(()))
    teams = [[one for one in team if one.person_id in staff.people] for team in rota.teams]
    if line.role == LEADER:
        teams = [[_leading(one, brief, staff) for one in team] for team in teams]
    return Rota(tuple(tuple(team) for team in teams if team))


def _leading(member: Member, brief: Brief, staff: Staff) -> Member:
    days = [brief.first_day + timedelta(days=n) for n in range(-1, (brief.last_day - brief.first_day).days + 3)]
    colleague = staff.people[member.person_id]
    not_yet = [(day, day) for day in days if not colleague.may_lead(start_of_day(day))]
    return Member(member.person_id, member.weekdays, (*member.dates, *not_yet))


def _duties(stays: Iterable[ShiftOfRoster]) -> dict[int, list[Duty]]:
    found: dict[int, list[Duty]] = {}
    for one in stays:
        if one.doer_id is not None:
            found.setdefault(one.doer_id, []).append(Duty(one.starts_at, one.ends_at, one.line, one.id))
    return found


def carried(done: Iterable[ShiftOfRoster], until: datetime, scale: Scale, people: Iterable[int]) -> dict[int, int]:
    """What each of these people has done, in tenths of a minute; whoever has done nothing is not in it."""
    wanted, found = set(people), dict[int, int]()
    for one in done:
        if one.doer_id in wanted and one.doer_id is not None and one.starts_at < until:
            weight = scale.of(one.starts_at, min(one.ends_at, until))
            found[one.doer_id] = found.get(one.doer_id, 0) + weight
    return found
