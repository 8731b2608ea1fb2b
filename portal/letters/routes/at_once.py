"""A letter that takes effect at once: the principal's reason, on the page of the letter that would begin later (F3)."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.refusals import Forbidden, NotFound, Refused
from portal.grids.rules import parse_version
from portal.letters.queries.letters import letter_seen
from portal.letters.routes.parts import letter_page
from portal.letters.services.at_once import take_effect_now
from portal.permissions.rules import Permission
from portal.web.again import AnyRequest, typed_again
from portal.web.forms import form_of
from portal.web.respond import see


@post("/letters/{letter_id:int}/at-once", opt={"permission": Permission.LETTER_AT_ONCE})
async def create_at_once(request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]) -> Response[Any]:
    """Another letter in the place of this one, from this very instant on."""
    form = await form_of(request)
    await letter_seen(letter_id, by=actor, permission=Permission.LETTER_AT_ONCE)
    try:
        made = await take_effect_now(
            letter_id, form.get("at_once"), version=parse_version(form.get("version")), by=actor
        )
    except (NotFound, Forbidden):
        raise
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("letter", letter_id), place="at_once")
        return await letter_page(request, actor, letter_id, typed, status=status)
    return see(request, f"/letters/{made}", flash="letter.at_once")


AT_ONCE = [create_at_once]
