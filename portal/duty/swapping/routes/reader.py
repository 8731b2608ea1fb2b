"""Who reads the pages of this part of the room."""

from portal.core.actors import Actor
from portal.core.clock import now
from portal.duty.queries import book_version, kept_plan
from portal.duty.swapping.queries import is_office
from portal.duty.swapping.views import Reader
from portal.web.again import AnyRequest
from portal.web.respond import language_of


async def reader_of(request: AnyRequest, actor: Actor, org_id: int) -> tuple[Reader, str]:
    """Whoever reads, and the school's name. One statement where the plan of hours is known."""
    kept = await kept_plan(org_id, await book_version(org_id))
    office = is_office(actor, kept.org.path, org_id)
    return Reader.of(kept.plan, language_of(request), now(), actor.person_id, is_office=office), kept.org.name
