"""A new school year as one reviewed batch (I6): drafted, changed, applied as a whole, taken back until its instant."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import structlog

from portal.audit.catalogue import SchoolYearApplied, SchoolYearDrafted, SchoolYearUndone
from portal.audit.services import record_event
from portal.changes.labels import CLASS_TEACHER, GRADES
from portal.changes.queries.facts import tenures_of_person
from portal.changes.queries.years import TermRow, YearRow, classes_of, terms_of, year_seen, years_due
from portal.changes.rules import Change, Giving, Plan, Then, effective_of
from portal.changes.rules.years import ClassMove, TermMove, YearPlan, moves_up
from portal.changes.services.entering import enter_change
from portal.changes.services.undoing import undo_change
from portal.changes.tables import SchoolYear
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now, today
from portal.core.database import compare_and_set, fetch_value, insert, unit_of_work
from portal.core.refusals import NotFound, Refused
from portal.grids.queries import grid_row
from portal.grids.services import blockers_of, bump_rights, change_grid, end_grid, make_grid
from portal.people.services import end_post, make_post, restore_appointment
from portal.permissions.rules import Permission, Role, scope

MAKE = Permission.CHANGE_MAKE
YEAR = timedelta(days=365)
SOON = timedelta(days=60)
log = structlog.get_logger(__name__)


async def draft_year(name: str, *, handover_on: date, org_id: int, by: Actor) -> int:
    """A proposal: classes one grade up, the highest leave with their appointments; nothing else is written."""
    async with unit_of_work():
        root = await grid_row(org_id)
        if root is None or root.id != root.org_id or not scope(by, MAKE).holds(root.path, root.id):
            raise NotFound()
        await bump_rights(org_id)
        if handover_on < today():
            raise Refused("changes.in_the_past")
        waiting = "SELECT count(*) FROM school_year WHERE org_id = {} AND state IN ('drafted', 'applied')"
        if await fetch_value(waiting, org_id):
            raise Refused("school_year.one_at_a_time")
        plan = await _proposal(org_id, effective_of(handover_on), besides=by.person_id)
        row = {
            "org_id": org_id, "name": name, "handover_on": handover_on, "plan": _kept(plan), "created_at": now(),
            "created_by": by.person_id,
        }  # fmt: skip
        [year_id] = await insert(SchoolYear, row)
        details = SchoolYearDrafted(school_year_id=year_id, classes=len(plan.classes), appointments=len(plan.terms))
        await record_event(details, org_id=org_id, subject_id=org_id, by=by)
    return year_id


def _kept(plan: YearPlan) -> str:
    return json.dumps(plan.as_data(), ensure_ascii=False)


async def _proposal(org_id: int, at: datetime, *, besides: int | None) -> YearPlan:
    """`besides` is whoever drafts: what becomes of their own appointments is for somebody else to say."""
    classes = moves_up(((one.id, one.name) for one in await classes_of(org_id)), GRADES)
    leaving = {one.grid_id for one in classes if one.then == "leaves"}
    terms = [one for one in await terms_of(org_id, at=now(), until=at + SOON) if one.person_id != besides]
    return YearPlan(classes, tuple(TermMove(one.id, "end" if one.grid_id in leaving else "renew") for one in terms))


async def review_year(
    year_id: int, *, version: int, by: Actor, classes: Iterable[ClassMove], terms: Iterable[TermMove],
    fresh: Iterable[str],
) -> None:  # fmt: skip
    """Keeps what the reviewer chose; still nothing else is written."""
    async with unit_of_work():
        year = await _drafted(year_id, by=by)
        wanted = {one.grid_id: one for one in classes}
        chosen = tuple(wanted.get(one.grid_id, one) for one in year.told.classes)
        told = {one.appointment_id: one for one in terms}
        ends = tuple(told.get(one.appointment_id, one) for one in year.told.terms)
        plan = _kept(YearPlan(chosen, ends, tuple(dict.fromkeys(name for name in fresh if name))))
        await compare_and_set(SchoolYear, year_id, version=version, plan=plan)
        details = SchoolYearDrafted(school_year_id=year_id, classes=len(chosen), appointments=len(ends))
        await record_event(details, org_id=year.org_id, subject_id=year.org_id, by=by)


async def _drafted(year_id: int, *, by: Actor) -> YearRow:
    year = await year_seen(year_id, by=by, permission=MAKE)
    await bump_rights(year.org_id)
    if year.state != "drafted":
        raise Refused("school_year.not_drafted")
    return year


async def apply_year(year_id: int, *, version: int, by: Actor) -> None:
    """Writes the batch as a whole: appointments as dated rows; names of classes change at the instant itself."""
    async with unit_of_work():
        year = await _drafted(year_id, by=by)
        if year.handover_on < today():
            raise Refused("changes.in_the_past")
        terms = {one.id: one for one in await terms_of(year.org_id, at=now(), until=year.effective_at + SOON)}
        then = {one.appointment_id: one.then for one in year.told.terms}
        ending = [term for number, term in terms.items() if then.get(number) == "end"]
        renewed = [term for number, term in terms.items() if then.get(number) == "renew"]
        rows = {
            "renewed": [await _renew(one, by=by) for one in renewed if one.ends_at is not None],
            "changes": [await _end_terms(person, ending, year, by=by) for person in _people(ending)],
        }
        told = year.told
        plan = _kept(YearPlan(told.classes, told.terms, told.fresh, rows))
        values = {"state": "applied", "is_dry": False, "applied_at": now(), "plan": plan}
        await compare_and_set(SchoolYear, year_id, version=version, **values)
        details = SchoolYearApplied(school_year_id=year_id, classes=len(told.classes), appointments=len(told.terms))
        await record_event(details, org_id=year.org_id, subject_id=year.org_id, by=by)


def _people(terms: Iterable[TermRow]) -> list[int]:
    return sorted({one.person_id for one in terms})


async def _end_terms(person_id: int, ending: list[TermRow], year: YearRow, *, by: Actor) -> int:
    """One change per person: what ends with the year is given to nobody, everything else is kept."""
    mine = {one.id for one in ending if one.person_id == person_id}
    held = await tenures_of_person(person_id, at=year.effective_at)
    gives = tuple(Giving(one.appointment_id, Then.NOBODY if one.appointment_id in mine else Then.KEEP) for one in held)
    plan = Plan(Change.MOVING, person_id, today(), year.handover_on, gives=gives, note=year.name)
    return await enter_change(plan, org_id=year.org_id, by=by, school_year_id=year.id)


async def _renew(term: TermRow, *, by: Actor) -> dict[str, object]:
    """An appointment with an end goes on for a year; one's own only by the word of somebody else."""
    assert term.ends_at is not None
    if term.person_id == by.person_id:
        raise Refused("people.own_rights")
    await restore_appointment(term.id, version=term.version, ends_at=term.ends_at + YEAR, by=by, permission=MAKE)
    return {"id": term.id, "was": term.ends_at.isoformat(), "version": term.version + 1}


async def undo_year(year_id: int, *, version: int, by: Actor) -> None:
    """Takes the whole batch back, until its instant."""
    async with unit_of_work():
        year = await year_seen(year_id, by=by, permission=MAKE)
        await bump_rights(year.org_id)
        if year.state not in ("drafted", "applied"):
            raise Refused("school_year.not_drafted")
        if year.state == "applied" and year.effective_at <= now():
            raise Refused("school_year.too_late")
        for change_id in reversed(year.told.rows.get("changes", [])):
            undone = await fetch_value("SELECT undone_at FROM personnel_change WHERE id = {}", change_id)
            if undone is None:
                fresh = await fetch_value("SELECT version FROM personnel_change WHERE id = {}", change_id)
                await undo_change(change_id, version=fresh, by=by)
        for row in year.told.rows.get("renewed", []):
            was = datetime.fromisoformat(row["was"])
            await restore_appointment(row["id"], version=row["version"], ends_at=was, by=by, permission=MAKE)
        await compare_and_set(SchoolYear, year_id, version=version, state="undone", undone_at=now())
        await record_event(SchoolYearUndone(school_year_id=year_id), org_id=year.org_id, subject_id=year.org_id, by=by)


async def settle_years() -> int:
    """Names of classes at the instant: a name gives nobody rights, so it may wait for the clock. Twice is once.

    A batch that cannot be written is tried again, and keeps no other school waiting.
    """
    return sum([await _settled(year) for year in await years_due(at=now())])


async def _settled(year: YearRow) -> bool:
    try:
        async with unit_of_work():
            await _settle(year)
            await compare_and_set(SchoolYear, year.id, version=year.version, state="done")
    except Exception as error:
        log.error("school_year.not_settled", year=year.id, exc_info=error)
        return False
    return True


async def _settle(year: YearRow) -> None:
    rows = {one.id: one for one in await classes_of(year.org_id)}
    parent = next(iter(rows.values())).parent_id if rows else year.org_id
    for move in year.told.classes:
        row = rows.get(move.grid_id)
        if row is None or row.name != move.was:
            continue  # somebody has ended or renamed it meanwhile, and knew why
        if move.then == "up" and move.becomes:
            await change_grid(row.id, version=row.version, by=SYSTEM, name=move.becomes)
        elif move.then == "leaves":
            await _end_class(row.id)
    for name in year.told.fresh:
        grid = await make_grid(name, kind="class", parent_id=parent, by=SYSTEM)
        await make_post(CLASS_TEACHER, role=Role.CLASS_TEACHER, grid_id=grid, by=SYSTEM)


async def _end_class(grid_id: int) -> None:
    """A class that leaves is ended with its posts, unless something open still hangs on it: then it stays and shows."""
    hanging = [code for code, count in await blockers_of(grid_id) if count and code != "grid.has_posts"]
    if hanging:
        return
    posts = "SELECT id FROM post WHERE grid_id = {} AND ended_at IS NULL ORDER BY id LIMIT 1"
    while (post_id := await fetch_value(posts, grid_id)) is not None:
        version = await fetch_value("SELECT version FROM post WHERE id = {}", post_id)
        await end_post(post_id, version=version, by=SYSTEM)
    version = await fetch_value("SELECT version FROM grid WHERE id = {}", grid_id)
    await end_grid(grid_id, version=version, by=SYSTEM)
