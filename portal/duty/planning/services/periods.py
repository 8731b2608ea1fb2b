"""Periods: terms, vacations, exam days, key periods. What is past of them stays."""

from datetime import date
from typing import NamedTuple

from portal.audit.catalogue import DutyPeriodChanged, DutyPeriodEnded, DutyPeriodMade
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.database import compare_and_set, insert, unit_of_work
from portal.core.refusals import Invalid, Refused
from portal.duty.planning.queries import PeriodRow, period_row
from portal.duty.planning.rules import LONGEST_PERIOD, clashing_term, is_begun, period_kinds
from portal.duty.planning.services.common import ONE_DAY, open_plan
from portal.duty.queries import plan_of
from portal.duty.rules import KEY, TERM
from portal.duty.tables import DutyPeriod


class NewPeriod(NamedTuple):
    """Days of a school, both ends included; `raise_by` for a key period only."""

    kind: str
    name: str
    first_day: date
    last_day: date
    raise_by: int = 0


async def make_period(org_id: int, new: NewPeriod, *, by: Actor) -> int:
    """A new period; gives its id.

    Refused: days the wrong way round or more than 400; a kind that the school has not; a term that shares days with
    another one; a first day that is past, for what a day asked for stays as it was (a term asks for nothing, so it
    may have begun).
    """
    async with unit_of_work():
        await open_plan(org_id, by)
        await _check(org_id, new)
        if new.kind != TERM and new.first_day < today():
            raise Invalid({"first_day": "plan.period_from_today"})
        [period_id] = await insert(
            DutyPeriod, {"org_id": org_id, **new._asdict(), "entered_at": now(), "entered_by": by.person_id}
        )
        details = DutyPeriodMade(
            period_kind=new.kind, first_day=new.first_day.isoformat(), last_day=new.last_day.isoformat(),
            raise_by=new.raise_by,
        )  # fmt: skip
        await record_event(details, org_id=org_id, subject_id=period_id, by=by, texts={"name": new.name})
        return period_id


async def change_period(period_id: int, new: NewPeriod, *, version: int, by: Actor) -> bool:
    """Another name or other days for a period; False where nothing is different.

    Of one that has begun only the name and the last day change, and not to a past one. Refused as in `make_period`;
    one that is over.
    """
    async with unit_of_work():
        row = await period_row(period_id, by=by, edit=True)
        await open_plan(row.org_id, by)
        if new == NewPeriod(row.kind, row.name, row.first_day, row.last_day, row.raise_by):
            return False
        if row.kind != TERM:
            _check_begun(row, new)
        if new.kind != row.kind and TERM in (new.kind, row.kind):
            raise Invalid({"kind": "plan.term_stays"})
        await _check(row.org_id, new, but=period_id)
        await compare_and_set(DutyPeriod, period_id, version=version, **new._asdict())
        details = DutyPeriodChanged(
            period_kind=new.kind, first_day=new.first_day.isoformat(), last_day=new.last_day.isoformat(),
            raise_by=new.raise_by, was_first_day=row.first_day.isoformat(), was_last_day=row.last_day.isoformat(),
        )  # fmt: skip
        await record_event(details, org_id=row.org_id, subject_id=period_id, by=by, texts={"name": new.name})
        return True


def _check_begun(row: PeriodRow, new: NewPeriod) -> None:
    if row.last_day < today():
        raise Refused("plan.period_is_over")
    if is_begun(row.first_day, today()):
        if (row.kind, row.first_day, row.raise_by) != (new.kind, new.first_day, new.raise_by):
            raise Refused("plan.period_has_begun")
        if new.last_day < today():
            raise Invalid({"last_day": "plan.day_is_over"})
    elif new.first_day < today():
        raise Invalid({"first_day": "plan.period_from_today"})


async def end_period(period_id: int, *, version: int, by: Actor) -> None:
    """Ends a period with yesterday; one that has not begun, or a term, is taken away. Refused: one that is over."""
    async with unit_of_work():
        row = await period_row(period_id, by=by, edit=True)
        await open_plan(row.org_id, by)
        if row.kind != TERM and row.last_day < today():
            raise Refused("plan.period_is_over")
        last_day = today() - ONE_DAY
        if row.kind != TERM and row.first_day <= last_day:
            await compare_and_set(DutyPeriod, period_id, version=version, last_day=last_day)
            told = last_day.isoformat()
        else:
            await compare_and_set(DutyPeriod, period_id, version=version, ended_at=now())
            told = ""
        await record_event(
            DutyPeriodEnded(last_day=told), org_id=row.org_id, subject_id=period_id, by=by, texts={"name": row.name}
        )


async def _check(org_id: int, new: NewPeriod, but: int = 0) -> None:
    if new.last_day < new.first_day:
        raise Invalid({"last_day": "plan.wrong_way_round"})
    if (new.last_day - new.first_day).days >= LONGEST_PERIOD:
        raise Invalid({"last_day": "plan.period_too_long"})
    plan = await plan_of(org_id, around=new.first_day)
    if new.kind not in period_kinds(plan.kinds):
        raise Invalid({"kind": "plan.no_such_kind"})
    if (new.raise_by > 0) != (new.kind == KEY):
        raise Invalid({"raise_by": "plan.raise_for_key"})
    if clashing_term(plan.days.periods, new.kind, new.first_day, new.last_day, but):
        raise Invalid({"first_day": "plan.term_clashes"})
