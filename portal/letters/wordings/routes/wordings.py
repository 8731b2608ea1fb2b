"""The pages of wordings: which hold, what one says, the next edition, samples, back to the shared one."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import Conflict, Refused
from portal.grids.queries import grid_row
from portal.letters.document import wording_from
from portal.letters.services.drafting import wording_of
from portal.letters.wordings import labels
from portal.letters.wordings.queries import EditionRow, WordingRow, editions_of, home_of, wording_seen, wordings_now
from portal.letters.wordings.samples import sample_pdf
from portal.letters.wordings.services import go_back, publish
from portal.letters.wordings.texts import WordingWrong, changes, wording_of_texts
from portal.letters.wordings.views import HERE, Words, edition_view, form_view, wordings_view
from portal.permissions.rules import Permission, scope
from portal.web.again import AnyRequest, Typed, beaten, typed_again
from portal.web.errors import sentence
from portal.web.forms import Form, form_of
from portal.web.respond import language_of, page, paper, see
from portal.web.state import settings_of

VIEW, EDIT = {"permission": Permission.LETTER_WORDING_VIEW}, {"permission": Permission.LETTER_WORDING_EDIT}
ONE = HERE + "/{template_id:int}"


@get(HERE, opt=VIEW)
async def show_wordings(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Of each kind of letter the edition that holds."""
    home = home_of(actor)
    grid, words = await grid_row(home), Words(language_of(request), now())
    view = wordings_view(await wordings_now(home), words, school=grid.name if grid is not None else "")
    return await page(request, "letters/wordings/list.html", fragment="letters/wordings/_list.html", view=view)


@get(ONE, opt=VIEW)
async def show_wording(request: AnyRequest, actor: NamedDependency[Actor], template_id: FromPath[int]) -> Response[Any]:
    """One edition, and what it changed."""
    return await _edition(request, actor, template_id)


@get(ONE + "/edit", opt=VIEW)
async def edit_wording(request: AnyRequest, actor: NamedDependency[Actor], template_id: FromPath[int]) -> Response[Any]:
    """The form of the next edition."""
    return await _form(request, actor, await wording_seen(template_id, org_id=home_of(actor)), Typed())


@get(ONE + "/sample.pdf", opt=VIEW)
async def get_sample(request: AnyRequest, actor: NamedDependency[Actor], template_id: FromPath[int]) -> Response[Any]:
    """This edition as a letter of nobody."""
    row = await wording_seen(template_id, org_id=home_of(actor))
    body = await sample_pdf(
        wording_from(row.body), settings_of(request).base_url, variant=request.query_params.get("variant", "")
    )
    return _sample(request, row, body)


@post(ONE + "/previews", opt=EDIT, status_code=200)
async def create_preview(
    request: AnyRequest, actor: NamedDependency[Actor], template_id: FromPath[int]
) -> Response[Any]:
    """What stands in the form, on paper. Nothing is kept."""
    row = await wording_seen(template_id, org_id=home_of(actor, Permission.LETTER_WORDING_EDIT))
    form = await form_of(request)
    try:
        wording = wording_of_texts(wording_from(row.body), form.texts)
        body = await sample_pdf(wording, settings_of(request).base_url, variant=form.get("variant"))
    except Refused as refusal:
        return await _again(request, actor, row, form, refusal)
    return _sample(request, row, body)


@post(ONE + "/editions", opt=EDIT)
async def create_edition(
    request: AnyRequest, actor: NamedDependency[Actor], template_id: FromPath[int]
) -> Response[Any]:
    """Publishes the next edition."""
    row = await wording_seen(template_id, org_id=home_of(actor, Permission.LETTER_WORDING_EDIT))
    form = await form_of(request)
    try:
        made = await publish(template_id, wording_of_texts(wording_from(row.body), form.texts), by=actor)
    except Refused as refusal:
        return await _again(request, actor, row, form, refusal)
    return see(request, f"{HERE}/{made}", flash="letter.wording_published")


@post(ONE + "/ends", opt=EDIT)
async def create_end(request: AnyRequest, actor: NamedDependency[Actor], template_id: FromPath[int]) -> Response[Any]:
    """Back to the shared wording."""
    try:
        shared = await go_back(template_id, by=actor)
    except Refused as refusal:
        if refusal.status not in (409, 422):
            raise
        return await _edition(request, actor, template_id, refusal)
    return see(request, f"{HERE}/{shared}", flash="letter.wording_back")


async def _edition(
    request: AnyRequest, actor: Actor, template_id: int, refusal: Refused | None = None
) -> Response[Any]:
    home, words = home_of(actor), Words(language_of(request), now())
    row = await wording_seen(template_id, org_id=home)
    rows, wording = await editions_of(home, row.kind), wording_from(row.body)
    now_id = next((one.id for one in rows if one.ended_at is None and one.is_own), 0)
    now_id = now_id or next((one.id for one in rows if one.ended_at is None), 0)
    before = _before(rows, row)
    old = wording_from((await wording_seen(before.id, org_id=home)).body) if before is not None else None
    first = await _first(refusal, now_id, words.language) if refusal is not None else ("", "")
    view = edition_view(
        row, wording, before, changes(old, wording) if old is not None else (), rows, words, now_id=now_id,
        may_edit=home in scope(actor, Permission.LETTER_WORDING_EDIT).orgs, error=first[0], beaten=first[1],
    )  # fmt: skip
    return await page(
        request, "letters/wordings/edition.html", fragment="letters/wordings/_edition.html",
        status=refusal.status if refusal is not None else 200, view=view,
    )  # fmt: skip


async def _first(refusal: Refused, subject: int, language: str) -> tuple[str, str]:
    if isinstance(refusal, Conflict):
        return "", await beaten("letter_wording", subject, language)
    return sentence(refusal, language), ""


def _before(rows: list[EditionRow], row: WordingRow) -> EditionRow | None:
    """The edition before: of one's own the last own one, or the shared one that it was made of."""
    earlier = [one for one in rows if one.edition < row.edition and one.made_at <= row.made_at and one.id != row.id]
    same = [one for one in earlier if one.org_id == row.org_id]
    shared = [one for one in earlier if one.org_id is None]
    return max(same or shared, key=lambda one: one.edition, default=None)


async def _form(
    request: AnyRequest, actor: Actor, row: WordingRow, typed: Typed, *, status: int = 200
) -> Response[Any]:
    view = form_view(row, wording_from(row.body), Words(language_of(request), now()), typed)
    return await page(
        request, "letters/wordings/form.html", fragment="letters/wordings/_form.html", status=status, view=view
    )


async def _again(request: AnyRequest, actor: Actor, row: WordingRow, form: Form, refusal: Refused) -> Response[Any]:
    """The form with what was typed. Where somebody was first, it leads on from what they published."""
    if isinstance(refusal, WordingWrong):
        said = {field: sentence(one, language_of(request)) for field, one in refusal.said.items()}
        return await _form(request, actor, row, Typed(form.texts, said), status=refusal.status)
    if isinstance(refusal, Conflict):
        home = home_of(actor)
        row = await wording_seen(await wording_of(home, row.kind) or row.id, org_id=home)
    typed, status = await typed_again(request, form, refusal, about=("letter_wording", row.id), place="title")
    return await _form(request, actor, row, typed, status=status)


def _sample(request: AnyRequest, row: WordingRow, body: bytes) -> Response[Any]:
    words = Words(language_of(request), now())
    name = words.say(labels.SAMPLE_FILE, kind=words.say(row.title))
    return paper(body, name, plain=f"sample-{row.kind}")


WORDINGS = [
    show_wordings, show_wording, edit_wording, get_sample, create_preview, create_edition, create_end,
]  # fmt: skip
