"""The plan of a rectification: what is done, by when, by whom, step by step (B11, R60)."""

from datetime import datetime

from portal.audit.catalogue import HazardHelped, HazardNoted
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch, fetch_value, insert, unit_of_work
from portal.core.refusals import Invalid
from portal.hazards.queries.cards import HazardRow
from portal.hazards.queries.choices import person_may_help
from portal.hazards.rules.plan import MOST_STEPS, PlanStep, wrong_step
from portal.hazards.services.caring import card_of
from portal.hazards.tables import Hazard, HazardHelper, HazardStep


async def plan_hazard(
    hazard_id: int, *, version: int, by: Actor, measure: str, money: str, contingency: str,
    steps: tuple[PlanStep | tuple[str, datetime | None], ...] = (),
) -> None:  # fmt: skip
    """Fills in the five things of a plan (B11) and its steps, scheduled backwards from the due date (R60).

    Open steps that the form does not bring back are taken away; one that is done stays as it was done.
    """
    wanted = [PlanStep(*step) for step in steps]
    async with unit_of_work():
        hazard = await card_of(hazard_id, by)
        await compare_and_set(
            Hazard, hazard_id, version=version, plan_measure=measure or None, plan_money=money or None,
            plan_contingency=contingency or None, last_event_at=now(),
        )  # fmt: skip
        known = {step.id: step for step in await _open_steps(hazard_id)}
        await _check(wanted, known, hazard)
        await _write(wanted, known, hazard_id)
        await _let_help(wanted, hazard, by)
        texts = {
            "plan": measure, "money": money, "contingency": contingency,
            "steps": "\n".join(step.title for step in wanted),
        }  # fmt: skip
        details = HazardNoted(fields=tuple(name for name, text in texts.items() if text))
        await record_event(details, org_id=hazard.org_id, subject_id=hazard_id, by=by, texts=texts)


async def _open_steps(hazard_id: int) -> list[PlanStep]:
    return await fetch(
        PlanStep,
        "SELECT title, due_at, days_before, person_id, id FROM hazard_step WHERE hazard_id = {} AND done_at IS NULL",
        hazard_id,
    )


async def _check(wanted: list[PlanStep], known: dict[int | None, PlanStep], hazard: HazardRow) -> None:
    errors = {"step": "hazard.too_many_steps"} if len(wanted) > MOST_STEPS else {}
    at = now()
    for step in wanted:
        errors |= wrong_step(step, was=known.get(step.id), end=hazard.due_at, at=at)
        was = known[step.id].person_id if step.id in known else None
        if step.person_id and step.person_id != was and not await person_may_help(step.person_id, hazard.org_id, at=at):
            errors["step_person"] = "hazard.need_step_person"
    if errors:
        raise Invalid(errors)


async def _write(wanted: list[PlanStep], known: dict[int | None, PlanStep], hazard_id: int) -> None:
    """Kept steps keep their row, and with it what was already said about them; new ones get a row."""
    for gone in set(known) - {step.id for step in wanted}:
        await execute("DELETE FROM hazard_step WHERE id = {} AND done_at IS NULL", gone)
    first = 1 + int(
        await fetch_value("SELECT count(*) FROM hazard_step WHERE hazard_id = {} AND done_at IS NOT NULL", hazard_id)
    )
    for place, step in enumerate(wanted, first):
        row = {
            "title": step.title, "due_at": step.due_at, "days_before": step.days_before, "person_id": step.person_id,
            "sort": place,
        }  # fmt: skip
        if step.id in known:
            marks = ", ".join(f"{name} = {{}}" for name in row)
            await execute(f"UPDATE hazard_step SET {marks} WHERE id = {{}}", *row.values(), step.id)
        else:
            await insert(HazardStep, {"hazard_id": hazard_id, **row})


async def _let_help(wanted: list[PlanStep], hazard: HazardRow, by: Actor) -> None:
    """Whoever gets a step helps from now on: they see the card and may tick the step off (A14)."""
    people = {step.person_id for step in wanted if step.person_id} - {hazard.responsible_person_id}
    fresh = []
    for person in sorted(people):
        sql = "SELECT id FROM hazard_helper WHERE hazard_id = {} AND person_id = {} AND ended_at IS NULL"
        if await fetch_value(sql, hazard.id, person) is None:
            await insert(HazardHelper, {"hazard_id": hazard.id, "person_id": person, "added_at": now()})
            fresh.append(person)
    if fresh:
        details = HazardHelped(people=tuple(fresh), posts=())
        await record_event(details, org_id=hazard.org_id, subject_id=hazard.id, by=by)


async def finish_step(hazard_id: int, step_id: int, *, by: Actor) -> None:
    """Ticks a step of the plan off; twice changes nothing. It is progress: the card is not silent any more."""
    async with unit_of_work():
        hazard = await card_of(hazard_id, by)
        done = await execute(
            "UPDATE hazard_step SET done_at = {}, done_by = {} WHERE id = {} AND hazard_id = {} AND done_at "
            "IS NULL RETURNING id",
            now(), by.person_id, step_id, hazard_id,
        )  # fmt: skip
        if done:
            await execute("UPDATE hazard SET last_event_at = {} WHERE id = {}", now(), hazard_id)
            title = await fetch_value("SELECT title FROM hazard_step WHERE id = {}", step_id)
            details = HazardNoted(fields=("step",))
            await record_event(details, org_id=hazard.org_id, subject_id=hazard_id, by=by, texts={"step": str(title)})
