"""Revoking a letter: a page of its own, since it is done once and for good."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.refusals import Invalid, NotFound, Refused
from portal.grids.rules import parse_version
from portal.letters import labels
from portal.letters.forms import parse_refusal
from portal.letters.queries.letters import letter_seen
from portal.letters.services.revoking import revoke_letter
from portal.letters.views.letter import RevocationView
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see


@get("/letters/{letter_id:int}/revocation", opt={"permission": Permission.LETTER_END_VIEW})
async def show_revocation(
    request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]
) -> Response[Any]:
    """What it means, and the form."""
    return await _page(request, actor, letter_id, Typed(), permission=Permission.LETTER_END_VIEW)


@post("/letters/{letter_id:int}/revocations", opt={"permission": Permission.LETTER_END})
async def create_revocation(
    request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]
) -> Response[Any]:
    """Ends a letter at once."""
    form = await form_of(request)
    await letter_seen(letter_id, by=actor, permission=Permission.LETTER_END)
    try:
        reason = parse_refusal(form.texts, missing="letter.why_revoked")
        await revoke_letter(letter_id, reason, version=parse_version(form.get("version")), by=actor)
    except NotFound:
        raise
    except (Invalid, Refused) as refusal:
        typed, status = await typed_again(request, form, refusal, about=("letter", letter_id), place="reason")
        return await _page(request, actor, letter_id, typed, permission=Permission.LETTER_END, status=status)
    return see(request, f"/letters/{letter_id}", flash="letter.revoked")


async def _page(
    request: AnyRequest, actor: Actor, letter_id: int, typed: Typed, *, permission: Permission, status: int = 200
) -> Response[Any]:
    found = await letter_seen(letter_id, by=actor, permission=permission)
    row, say = found.row, translator(language_of(request))
    place = say(labels.PLACE_POST, grid=row.grid, post=row.post)
    view = RevocationView(row.id, row.version, say(labels.TITLE, place=place, name=row.person), row.number, typed)
    return await page(request, "letters/revocation.html", fragment="letters/_revocation.html", status=status, view=view)


REVOKING = [show_revocation, create_revocation]
