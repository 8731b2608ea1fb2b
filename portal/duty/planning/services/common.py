"""What every change of a plan begins with."""

from datetime import date, datetime, timedelta

from portal.core.actors import Actor
from portal.core.clock import start_of_day, today
from portal.core.database import fetch_value
from portal.core.refusals import Invalid, NotFound
from portal.duty.planning.queries import is_manned
from portal.duty.rules import Line
from portal.grids.queries import grid_row
from portal.grids.services import bump_rights
from portal.permissions.rules import Permission, scope

ONE_DAY = timedelta(days=1)


async def open_plan(org_id: int, by: Actor) -> str:
    """The path of a school whose plan this person may change; any other one does not exist.

    The version of its book rises with it, and whoever changes the same book waits here.
    """
    grid = await grid_row(org_id)
    if grid is None or grid.id != grid.org_id or not scope(by, Permission.DUTY_PLAN_EDIT).holds(grid.path, grid.id):
        raise NotFound()
    await bump_rights(org_id)
    return grid.path


async def check_first_day(org_id: int, day: date, *lines: Line) -> None:
    """Refuses a date from which the hours of these lanes must not change any more.

    From tomorrow on everything may. Today's hours are partly over and people came for them: they change only while
    nobody is on duty there today. What is past stays as it was.
    """
    if day < today():
        raise Invalid({"first_day": "plan.day_is_over"})
    start, end = start_of_day(day), start_of_day(day + ONE_DAY)
    if day == today() and any([await is_manned(org_id, line, start, end) for line in set(lines)]):
        raise Invalid({"first_day": "plan.from_tomorrow"})


async def check_lane(org_id: int, line: Line) -> None:
    """Refuses a lane that the school does not have; the leader leads the whole school."""
    area = line.area_id or 0
    found = await fetch_value(
        "SELECT r.kind FROM duty_role r WHERE r.code = {} AND (r.org_id IS NULL OR r.org_id = {}) AND ({} = 0 OR "
        "EXISTS (SELECT 1 FROM duty_area a WHERE a.id = {} AND a.org_id = {} AND a.ended_at IS NULL))",
        line.role, org_id, area, area, org_id,
    )  # fmt: skip
    if found is None:
        raise Invalid({"role": "duty.no_such_lane"})
    if found == "leader" and line.area_id is not None:
        raise Invalid({"role": "plan.leads_everywhere"})


async def check_day_kind(org_id: int, code: str, field: str = "kind") -> None:
    """Refuses a kind of day that the school does not have."""
    found = await fetch_value(
        "SELECT count(*) FROM duty_day_kind WHERE code = {} AND (org_id IS NULL OR org_id = {})", code, org_id
    )
    if not found:
        raise Invalid({field: "plan.no_such_kind"})


def end_of(day: date) -> datetime:
    """The instant at which a date is over."""
    return start_of_day(day + ONE_DAY)
