"""What the routes of rosters share: permissions, whose rosters they are."""

from typing import Any

from litestar import Request

from portal.core.actors import Actor
from portal.core.refusals import NotFound
from portal.duty.queries import duty_organisation
from portal.duty.rostering.queries import (
    may_make,
    shifts_of_draft,
)
from portal.grids.queries import GridRow
from portal.grids.rules import parse_id
from portal.permissions.rules import Permission

AnyRequest = Request[Any, Any, Any]
SEE, FORM = {"permission": Permission.DUTY_VIEW}, {"permission": Permission.ROSTER_MAKE_VIEW}
MAKE, CONFIRM = {"permission": Permission.ROSTER_MAKE}, {"permission": Permission.ROSTER_CONFIRM}


async def school_seen(wanted: str, actor: Actor) -> GridRow:
    """The school that is asked for, or the person's own; one they may not see does not exist."""
    return await duty_organisation(parse_id(wanted) if wanted else actor.org_id, by=actor)


async def maker_school(wanted: str, actor: Actor) -> GridRow:
    """The same, for whoever makes its rosters; for anybody else it does not exist."""
    org = await school_seen(wanted, actor)
    if not may_make(org.path, org.id, by=actor):
        raise NotFound()
    return org


async def draft_size(roster_id: int) -> int:
    """How many shifts a draft has. One statement."""
    return len(await shifts_of_draft(roster_id))
