"""The pages of letters: the lists, one letter, its file."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.files import store_of
from portal.core.refusals import NotFound, Refused
from portal.letters import labels
from portal.letters.origin import origin_of
from portal.letters.page_pictures import MEDIA_TYPE, page_picture
from portal.letters.queries.letters import Whole, file_now, last_read, letter_seen, letters_looked_after, letters_of
from portal.letters.queries.pages import failed_count, rounds_named, texts_of
from portal.letters.routes.parts import letter_page, why_in
from portal.letters.services.keys import key_of
from portal.letters.services.signing import is_to_sign, note_reading
from portal.letters.views.lists import LineBuilder, own_lists, school_lists, waits_for
from portal.letters.views.paper import changes_of
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.web.again import AnyRequest
from portal.web.origin import agent_of, host_of, is_ahead
from portal.web.respond import language_of, page, paper, see
from portal.web.state import settings_of

VIEW = {"permission": Permission.LETTER_VIEW}


@get("/letters", opt=VIEW)
async def show_letters(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The reader's own letters; with `show=school` every one that they look after, filtered by `state` and `kind`."""
    language = language_of(request)
    build = LineBuilder(actor, now(), language, why_in(language))
    held = scope(actor, Permission.LETTER_VIEW)
    if request.query_params.get("show") == "school" and (held.paths or held.orgs):
        return await _school(request, actor, build)
    return await _own(request, actor, build, looks_after=bool(held.paths or held.orgs))


async def _own(request: AnyRequest, actor: Actor, build: LineBuilder, *, looks_after: bool) -> Response[Any]:
    letters = await letters_of(actor.person_id or 0)
    changes = await _changes([one for one in letters if waits_for(one, actor.person_id, build.at)])
    failed = await failed_count(by=actor) if looks_after else 0
    has_key = await key_of(actor.person_id or 0) is not None
    view = own_lists(letters, build, changes=changes, looks_after=looks_after, failed=failed, has_key=has_key)
    return await page(request, "letters/letters.html", fragment="letters/_letters.html", view=view)


async def _changes(letters: list[Whole]) -> dict[int, int]:
    """How many paragraphs each says otherwise than the one before it."""
    before = await texts_of(one.row.follows_id for one in letters if one.row.follows_id)
    return {one.row.id: changes_of(one.row.text, before.get(one.row.follows_id or 0)) for one in letters}


async def _school(request: AnyRequest, actor: Actor, build: LineBuilder) -> Response[Any]:
    asked = request.query_params
    letters = await letters_looked_after(by=actor)
    rounds = await rounds_named(one.row.round_id for one in letters if one.row.round_id)
    state, kind = (asked.get(name, "") for name in ("state", "kind"))
    view = school_lists(
        letters, build, rounds, state=state if state in labels.GROUPS else "", kind=kind if kind in labels.KINDS else ""
    )
    at_office = bool(scope(actor, Permission.LETTER_AT_OFFICE_VIEW).orgs)
    return await page(
        request, "letters/school.html", fragment="letters/_school.html", view=view, at_office=at_office
    )  # fmt: skip


@get("/letters/{letter_id:int}", opt=VIEW)
async def show_letter(request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]) -> Response[Any]:
    """A letter: what it says, who signs it, how it stands."""
    return await letter_page(request, actor, letter_id)


@get("/letters/{letter_id:int}/file", opt=VIEW)
async def get_letter_file(
    request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]
) -> Response[Any]:
    """The very bytes that are signed. That somebody who is to sign had them open is evidence, and noted (F5, TP2)."""
    found, file = await letter_seen(letter_id, by=actor), await file_now(letter_id)
    if file is None:
        return see(request, f"/letters/{letter_id}")
    body = await store_of(settings_of(request)).open(file.digest)
    if body is None:
        raise Refused("letter.file_missing")
    if is_to_sign(found, actor) and not is_ahead(request):
        network, device = origin_of(host_of(request), agent_of(request))
        await note_reading(letter_id, file.digest, network=network, device=device, by=actor)
    name = translator(language_of(request))(labels.FILE, number=found.row.number)
    return paper(body, name, plain=f"letter-{letter_id}")


@get("/letters/{letter_id:int}/pages/{number:int}", opt=VIEW)
async def get_letter_page(
    request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int], number: FromPath[int]
) -> Response[Any]:
    """A page of those bytes as a picture. Whoever is to sign and has the last one before them has read them all."""
    found, file = await letter_seen(letter_id, by=actor), await file_now(letter_id)
    count = len(found.row.page_digits)
    if file is None or not 1 <= number <= count:
        raise NotFound()
    settings = settings_of(request)
    picture = await page_picture(file.digest, number, folder=settings.pictures, store=store_of(settings))
    if number == count and is_to_sign(found, actor) and not is_ahead(request):
        await _note_once(request, letter_id, file.digest, actor)
    headers = {"ETag": f'"{file.digest[:32]}-{number}"', "Cache-Control": "private, no-cache"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)
    return Response(picture, media_type=MEDIA_TYPE, headers=headers)


async def _note_once(request: AnyRequest, letter_id: int, file_digest: str, actor: Actor) -> None:
    """A page that is looked at again shows the same pictures again: the first time is what counts."""
    if await last_read(letter_id, actor.person_id or 0) != file_digest:
        network, device = origin_of(host_of(request), agent_of(request))
        await note_reading(letter_id, file_digest, network=network, device=device, by=actor)


PAGES = [show_letters, show_letter, get_letter_file, get_letter_page]
