"""Pages and acts of how letters last: the years, the archives, what is removed (F20, F24)."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import today
from portal.core.refusals import Conflict, Invalid, Refused
from portal.grids.rules import parse_version
from portal.letters.lasting.forms import parse_removal, parse_where, parse_years
from portal.letters.lasting.queries import (
    archives_of,
    levels_of,
    past_letters,
    period_of,
    removed_count,
    waiting_longest,
)
from portal.letters.lasting.services.retention import (
    archive_seen,
    confirm_archive,
    remove_letters,
    school_of,
    set_period,
)
from portal.letters.lasting.views import keeping_view
from portal.letters.signing_online import nothing_due
from portal.permissions.rules import Permission, has
from portal.web.again import AnyRequest, Typed
from portal.web.errors import sentence
from portal.web.forms import Form, form_of
from portal.web.respond import language_of, page, see
from portal.web.state import settings_of

CHANGE = {"permission": Permission.LETTER_END}
HOME = "/letters/keeping"


@get(HOME, opt={"permission": Permission.LETTER_END_VIEW})
async def show_keeping(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """How long the school's letters can be checked and are kept, and what may go."""
    return await _page(request, actor, Typed())


@post("/letters/keeping/periods", opt=CHANGE)
async def create_period(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """For how many years files are kept after a letter has ended."""
    form = await form_of(request)
    try:
        await set_period(parse_years(form.texts), version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _again(request, actor, form, refusal, "years")
    return see(request, HOME, flash="letter.years_set")


@post("/letters/archives/{archive_id:int}/confirmations", opt=CHANGE)
async def create_confirmation(
    request: AnyRequest, actor: NamedDependency[Actor], archive_id: FromPath[int]
) -> Response[Any]:
    """The office has an archive and says where it lies."""
    form = await form_of(request)
    await archive_seen(archive_id, by=actor)
    place = f"where-{archive_id}"
    try:
        where = parse_where(form.texts)
        await confirm_archive(archive_id, where, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        kept = Form({**form.texts, place: form.get("where")})
        return await _again(request, actor, kept, refusal, place)
    return see(request, HOME, flash="letter.archive_confirmed")


@post("/letters/keeping/removals", opt=CHANGE)
async def create_removal(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Removes what is over and lies in an archive: by decision, never by itself."""
    form = await form_of(request)
    school_of(actor, Permission.LETTER_END)
    try:
        year, count = parse_removal(form.texts)
        await remove_letters(year, count=count, by=actor)
    except Refused as refusal:
        return await _again(request, actor, form, refusal, "removal")
    return see(request, HOME, flash="letter.removed")


async def _again(request: AnyRequest, actor: Actor, form: Form, refusal: Refused, place: str) -> Response[Any]:
    """The page as it is now, with the refusal in its place."""
    if refusal.status != Refused.status and not isinstance(refusal, Conflict):
        raise refusal
    language = language_of(request)
    codes = list(refusal.fields.values()) if isinstance(refusal, Invalid) else [refusal.code]
    said = sentence(Refused(codes[0], **refusal.params), language)
    return await _page(request, actor, Typed(form.texts, {place: said}), status=refusal.status)


async def _page(request: AnyRequest, actor: Actor, typed: Typed, *, status: int = 200) -> Response[Any]:
    org_id, language = school_of(actor, Permission.LETTER_END_VIEW), language_of(request)
    period = await period_of(org_id)

    def why(code: str, params: dict[str, Any]) -> str:
        return sentence(Refused(code, **params), language)

    view = keeping_view(
        nothing_due(settings_of(request)), await levels_of(org_id), await waiting_longest(org_id), period,
        await archives_of(org_id), await past_letters(org_id, period.years, by=actor),
        removed=await removed_count(org_id), this_year=today().year, may_change=has(actor, Permission.LETTER_END),
        language=language, why=why, typed=typed,
    )  # fmt: skip
    return await page(
        request, "letters/lasting/keeping.html", fragment="letters/lasting/_keeping.html", status=status, view=view
    )


ROUTES = [show_keeping, create_period, create_confirmation, create_removal]
