"""A school's plan of hours, kept per process: it changes rarely, and whatever changes it raises `rights_version`."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from portal.core.clock import today
from portal.core.database import fetch_one, fetch_value
from portal.core.refusals import NotFound
from portal.duty.queries.plan import Plan, plan_of

MOST = 300


class Org(NamedTuple):
    """A school or bureau: where it lies in the tree, and the phone that is answered there."""

    id: int
    path: str
    kind: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """An organisation and its plan."""

    org: Org
    plan: Plan


_kept: OrderedDict[tuple[int, int], tuple[int, KeptPlan]] = OrderedDict()


def forget_plans() -> None:
    """Forgets everything; for the beginning of an application."""
    _kept.clear()


async def book_version(org_id: int) -> int:
    """The version of a school's book of duty; an organisation that is not there is `NotFound`. One statement."""
    found = await fetch_value("SELECT rights_version FROM organisation WHERE grid_id = {}", org_id)
    if found is None:
        raise NotFound()
    return int(found)


def knows_plan(org_id: int, version: int) -> bool:
    """Whether `kept_plan` would ask nothing for this year."""
    known = _kept.get((org_id, today().year))
    return known is not None and known[0] == version


async def kept_plan(org_id: int, version: int, *, around: date | None = None, org: Org | None = None) -> KeptPlan:
    """The plan of an organisation as of this version of its book. No statement where it is known, else two; one for
    whoever brings the organisation along."""
    year = (around or today()).year
    known = _kept.get((org_id, year))
    if known is None or known[0] != version:
        org = org or await fetch_one(
            Org,
            "SELECT g.id, g.path, g.kind, g.name, COALESCE(o.duty_phone, '') FROM organisation o "
            "JOIN grid g ON g.id = o.grid_id WHERE o.grid_id = {}",
            org_id,
        )
        if org is None:
            raise NotFound()
        known = _kept[org_id, year] = (version, KeptPlan(org, await plan_of(org_id, around=around)))
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return known[1]
