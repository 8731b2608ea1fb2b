"""The demonstration's plan of hours: what was proposed, the term and its vacation, and words of the school's own."""

from datetime import date, timedelta
from typing import Any

from portal.core.actors import SYSTEM
from portal.core.clock import today
from portal.core.database import fetch_value
from portal.duty.planning.services import NewPeriod, make_day_kind, make_period, make_role
from portal.duty.queries import plan_of
from portal.duty.rules import KEY, TERM, DayKind
from portal.duty.services import adopt_proposal

KEY_FROM, KEY_TO = timedelta(days=18), timedelta(days=22)
OWN_DAY_FROM = timedelta(days=15)
DAY = timedelta(days=1)


async def make_plan(plan: dict[str, Any], school_id: int) -> None:
    """Areas and slots as proposed, a term, a vacation, a key period, a role and a kind of day of the school's own."""
    await adopt_proposal(school_id, by=SYSTEM)
    for one in _periods(plan, today()):
        await make_period(school_id, one, by=SYSTEM)
    await make_role(school_id, plan["own_role"], plan["own_role_en"], "teacher", by=SYSTEM)
    await _own_day(plan, school_id)


def _periods(plan: dict[str, Any], here: date) -> list[NewPeriod]:
    """The term of this date, the vacation after it, and a key period in a while. Of a vacation that has begun the days
    that are past stay as they were."""
    year = here.year if here.month >= 9 else here.year - 1
    names = {"year": year, "next": year + 1}
    if here.month >= 9 or here.month < 2:
        term = (plan["autumn"], date(year, 9, 1), date(year + 1, 1, 22))
        vacation = ("winter_vacation", date(year + 1, 1, 23), date(year + 1, 2, 21))
    else:
        term = (plan["spring"], date(year + 1, 2, 22), date(year + 1, 7, 10))
        vacation = ("summer_vacation", date(year + 1, 7, 11), date(year + 1, 8, 31))
    found = [
        NewPeriod(TERM, term[0].format(**names), term[1], term[2]),
        NewPeriod(vacation[0], plan[vacation[0]], max(vacation[1], here), vacation[2]),
        NewPeriod(KEY, plan["key"], here + KEY_FROM, here + KEY_TO, 1),
    ]
    return [one for one in found if one.first_day <= one.last_day]


async def _own_day(plan: dict[str, Any], school_id: int) -> None:
    """The first school day in two weeks is a sports day: it asks for what a school day asks for."""
    kind_id = await make_day_kind(school_id, plan["own_day"], plan["own_day_en"], DayKind.SCHOOL_DAY, by=SYSTEM)
    code = str(await fetch_value("SELECT code FROM duty_day_kind WHERE id = {}", kind_id))
    days = (await plan_of(school_id)).days
    ahead = (today() + OWN_DAY_FROM + DAY * step for step in range(200))
    day = next((one for one in ahead if days.kind(one) == DayKind.SCHOOL_DAY), None)
    if day is not None:
        await make_period(school_id, NewPeriod(code, plan["own_day"], day, day), by=SYSTEM)
