"""What the pages of this room read first: a school at this instant, as far as the reader may see it."""

from datetime import datetime
from typing import Any

from litestar import Request

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import NotFound
from portal.coverage.queries.access import parts_seen
from portal.coverage.queries.reading import School, read_facts, read_school
from portal.coverage.views.page import Reader
from portal.permissions.rules import Permission, scope
from portal.web.respond import language_of

AnyRequest = Request[Any, Any, Any]


def is_bureau(actor: Actor, org_id: int | None) -> bool:
    """True for a bureau officer who asks for their own bureau: they see its schools."""
    return org_id is None and "bureau_officer" in actor.roles


async def school_of(org_id: int | None, actor: Actor, at: datetime) -> School:
    """The school that is asked for, wholly in the reader's scope, or their own as far as they hold it."""
    wanted = org_id if org_id is not None else actor.org_id
    school = await read_school(wanted, at=at) if wanted is not None else None
    if school is None:
        raise NotFound()
    held = scope(actor, Permission.COVERAGE_VIEW).holds(school.path, school.org_id)
    if not held and (org_id is not None or not parts_seen(school, actor)):
        raise NotFound()
    return school


async def reader_of(request: AnyRequest, org_id: int | None, actor: Actor) -> Reader:
    """A school at this instant with everything that its pages say. Four statements."""
    at = now()
    school = await school_of(org_id, actor, at)
    return Reader(school, await read_facts(school, at=at), actor, at=at, language=language_of(request))
