"""Entering a change: checked as a whole, written as a whole; nothing has to run when it takes effect (E8, R112)."""

import json
from datetime import date
from typing import NamedTuple

from portal.audit.catalogue import ChangeEntered
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.audit.submissions import claim_submission, remember_submission
from portal.changes.queries.facts import Facts, facts_for
from portal.changes.rules import Change, End, Fault, Plan, Start, Worked, empties_in, faults_in, work_out
from portal.changes.services.rows import ChangeRows
from portal.changes.services.sheets import make_sheets
from portal.changes.tables import PersonnelChange
from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.database import fetch, fetch_value, in_list, insert, unit_of_work
from portal.core.refusals import NotFound, Refused
from portal.grids.queries import grid_row
from portal.grids.services import bump_rights
from portal.hazards.services.following import cards_will_follow
from portal.people.queries import PersonRow, person_seen
from portal.people.rules import FURTHEST
from portal.people.services import appoint, check_principal, end_appointment, make_person, record_absence, set_leaving
from portal.permissions.rules import Permission, scope
from portal.responsibilities.rules import Absence, Tenure, holder_at

MAKE = Permission.CHANGE_MAKE


class Checked(NamedTuple):
    """A plan that may be written: its rows, the empty times that it announces, the person (None: somebody new)."""

    org_id: int
    person: PersonRow | None
    facts: Facts
    worked: Worked
    gaps: tuple[Fault, ...]
    answers: dict[int, int]
    """Who answers for each post from the instant on, by the one rule; a vacant post is not in it."""


async def check_plan(plan: Plan, *, org_id: int, by: Actor, kinds: tuple[str, ...] = ("staff",)) -> Checked:
    """What a plan comes to, or the refusal. The preview shows it, and entering begins with it."""
    person = await _person(plan, org_id, kinds, by=by)
    await _check_successors(plan, org_id)
    _check_days(plan)
    facts = await facts_for(plan, at=now())
    worked = work_out(plan, facts.held, facts.posts)
    await _check_posts(facts, org_id, by=by)
    return Checked(org_id, person, facts, worked, _gaps(plan, facts, worked), _answers(plan, facts, worked))


class _Role(NamedTuple):
    role: str
    org_id: int


async def _check_posts(facts: Facts, org_id: int, *, by: Actor) -> None:
    """Every post is one of this organisation; and who is principal, also for a time, is the bureau's (E8)."""
    marks, ids = in_list(facts.posts)
    for post in await fetch(_Role, f"SELECT DISTINCT role, org_id FROM post WHERE id IN {marks}", *ids):
        if post.org_id != org_id:
            raise NotFound()
        await check_principal(org_id, post.role, by=by)


async def _check_successors(plan: Plan, org_id: int) -> None:
    """Whoever is to follow works here. Asked before anything is worked out: the preview names them (TA1)."""
    named = {one.person_id for one in plan.gives if one.person_id is not None}
    marks, ids = in_list(sorted(named))
    sql = f"SELECT count(*) FROM person WHERE id IN {marks} AND org_id = {{}} AND kind = 'staff'"
    if named and await fetch_value(sql, *ids, org_id) != len(named):
        raise NotFound()


async def _person(plan: Plan, org_id: int, kinds: tuple[str, ...], *, by: Actor) -> PersonRow | None:
    root = await grid_row(org_id)
    if root is None or root.id != root.org_id or not scope(by, MAKE).holds(root.path, root.id):
        raise NotFound()
    if plan.person_id is None:
        if plan.kind is not Change.JOINING or not plan.name:
            raise Refused("changes.person_missing")
        return None
    person = await person_seen(plan.person_id, by=by, permission=MAKE)
    if person.org_id != org_id or person.kind not in kinds:
        raise NotFound()
    if person.id == by.person_id:
        raise Refused("changes.not_yourself")
    if person.left_at is not None:
        raise Refused("people.has_left", name=person.name)
    return person


def _check_days(plan: Plan) -> None:
    """No back-dating: what was on record stays true. The earliest handover is today, to answer from tomorrow."""
    if plan.handover_on < today():
        raise Refused("changes.in_the_past")
    if plan.announced_on > plan.handover_on:
        raise Refused("changes.announced_late")
    for day in (plan.handover_on, plan.last_day or plan.handover_on):
        if day > date.fromordinal(today().toordinal() + FURTHEST.days):
            raise Refused("people.too_far_ahead")


def _after(plan: Plan, facts: Facts, worked: Worked) -> tuple[dict[int, list[Tenure]], list[Absence]]:
    after, away = facts.after(worked)
    if worked.away is not None:
        away.append(Absence(plan.person_id or 0, *worked.away))
    return after, away


def _answers(plan: Plan, facts: Facts, worked: Worked) -> dict[int, int]:
    after, away = _after(plan, facts, worked)
    held = {post_id: holder_at(rows, away, at=plan.effective_at) for post_id, rows in after.items()}
    return {post_id: one.person_id for post_id, one in held.items() if one is not None}


def _gaps(plan: Plan, facts: Facts, worked: Worked) -> tuple[Fault, ...]:
    after, away = _after(plan, facts, worked)
    faults = faults_in(facts.posts, after, facts.absences, away, since=now())
    for fault in faults:
        if fault.code == "two":
            raise Refused("changes.two", post_id=fault.post_id)
        if fault.post_id not in worked.declared:
            raise Refused("changes.gap", post_id=fault.post_id)
    # Also what was empty before and stays so at some time: the preview says it, and the change remembers it.
    touched = {post_id: tenures for post_id, tenures in after.items() if post_id in worked.posts}
    return tuple(empties_in(touched, away, since=plan.effective_at))


async def enter_change(plan: Plan, *, org_id: int, by: Actor, key: str = "", school_year_id: int | None = None) -> int:
    """Announces a change: every row that makes it true from its instant on, in one transaction; gives its id.

    Sent twice with the same key it is one change (TR6). The organisation's row is the lock (`bump_rights`).
    """
    async with unit_of_work():
        if key:
            earlier = await claim_submission(key, person_id=by.person_id)
            if earlier:
                return int(earlier)
        await bump_rights(org_id)
        kinds = ("staff", "pupil") if school_year_id else ("staff",)
        checked = await check_plan(plan, org_id=org_id, by=by, kinds=kinds)
        person_id = checked.person.id if checked.person else await _new_person(plan, org_id, by=by)
        change_id = await _row(plan, checked, person_id, school_year_id, by=by)
        rows = ChangeRows(change_id)
        if checked.person is None:
            await rows.add("person_made", person_id, version=1)
        await _write(plan, checked, person_id, rows, by=by)
        await make_sheets(change_id, org_id, plan, checked.worked, person_id)
        await _record(plan, checked, change_id, person_id, by=by)
        if key:
            await remember_submission(key, str(change_id), person_id=by.person_id)
    return change_id


async def _new_person(plan: Plan, org_id: int, *, by: Actor) -> int:
    return await make_person(plan.name, org_id=org_id, by=by, staff_no=plan.staff_no or None, permission=MAKE)


async def _row(plan: Plan, checked: Checked, person_id: int, school_year_id: int | None, *, by: Actor) -> int:
    posts, people = checked.worked.posts, checked.worked.people(person_id)
    row = {
        "org_id": checked.org_id, "kind": str(plan.kind), "person_id": person_id, "announced_on": plan.announced_on,
        "handover_on": plan.handover_on, "effective_at": plan.effective_at, "back_at": plan.back_at,
        "plan": json.dumps({"posts": sorted(posts), "people": sorted(people), "vacant": _vacant(checked)}),
        "note": plan.note or None, "school_year_id": school_year_id, "entered_at": now(), "entered_by": by.person_id,
    }  # fmt: skip
    [change_id] = await insert(PersonnelChange, row)
    return change_id


def _vacant(checked: Checked) -> list[int]:
    """The posts that the plan itself says nobody will hold at some time."""
    return sorted({fault.post_id for fault in checked.gaps})


async def _write(plan: Plan, checked: Checked, person_id: int, rows: ChangeRows, *, by: Actor) -> None:
    """Ends before beginnings: whoever was deputy and becomes the holder must have let go."""
    for end in checked.worked.ends:
        await _end(end, checked.facts, rows, by=by)
    for start in checked.worked.starts:
        await _start(start, person_id, rows, by=by)
    if checked.worked.away is not None:
        begins, back = checked.worked.away
        absence = await record_absence(person_id, starts_at=begins, ends_at=back, by=by, permission=MAKE)
        await rows.add("absence_made", absence, version=1)
    if plan.kind is Change.LEAVING:
        assert checked.person is not None
        version = await set_leaving(
            person_id, version=checked.person.version, at=plan.effective_at, by=by, permission=MAKE
        )
        await rows.add("person_leaves", person_id, version=version)
        for hazard_id in await cards_will_follow(person_id, by=by):
            await rows.add("hazard_follows", hazard_id, version=0)


async def _end(one: End, facts: Facts, rows: ChangeRows, *, by: Actor) -> None:
    version = await fetch_value("SELECT version FROM appointment WHERE id = {}", one.appointment_id)
    was = next(
        tenure.ends_at for tenure in (*facts.held, *facts.posts[one.post_id])
        if tenure.appointment_id == one.appointment_id
    )  # fmt: skip
    fresh = await end_appointment(one.appointment_id, version=version, by=by, ends_at=one.at, permission=MAKE)
    await rows.add("appointment_ended", one.appointment_id, version=fresh, ends_at=stamp(was) if was else None)


async def _start(one: Start, person_id: int, rows: ChangeRows, *, by: Actor) -> None:
    made = await appoint(
        one.person_id or person_id, post_id=one.post_id, by=by, starts_at=one.starts_at, is_primary=one.is_primary,
        kind=one.kind, ends_at=one.ends_at, permission=MAKE,
    )  # fmt: skip
    await rows.add("appointment_made", made, version=1)


async def _record(plan: Plan, checked: Checked, change_id: int, person_id: int, *, by: Actor) -> None:
    details = ChangeEntered(
        change_id=change_id, change_kind=str(plan.kind), effective_at=stamp(plan.effective_at),
        posts=tuple(sorted(checked.worked.posts)),
    )  # fmt: skip
    await record_event(details, org_id=checked.org_id, subject_id=person_id, by=by, texts={"note": plan.note})
