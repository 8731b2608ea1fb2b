"""One more try for the stamp over a letter's whole file (F20)."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.refusals import Refused
from portal.letters.lasting.services.upkeep import ask_for_stamp
from portal.letters.routes.parts import letter_page
from portal.permissions.rules import Permission
from portal.web.again import AnyRequest, Typed
from portal.web.errors import sentence
from portal.web.respond import language_of, see


@post("/letters/{letter_id:int}/stamps", opt={"permission": Permission.LETTER_MAKE})
async def create_stamp(request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]) -> Response[Any]:
    """Another try for the stamp over the whole file, at once."""
    try:
        await ask_for_stamp(letter_id, by=actor)
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        typed = Typed({}, {"lasting": sentence(refusal, language_of(request))})
        return await letter_page(request, actor, letter_id, typed, status=refusal.status)
    return see(request, f"/letters/{letter_id}", flash="letter.stamp_asked")


STAMPS = [create_stamp]
