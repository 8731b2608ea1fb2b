"""A class signs on paper: the list to print, and how far it is (R109)."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import Invalid, Refused
from portal.grids.rules import parse_version
from portal.letters.at_office import labels
from portal.letters.at_office.forms import parse_class, parse_count
from portal.letters.at_office.queries import class_of, paper_of
from portal.letters.at_office.routes.parts import HARD, shown_again
from portal.letters.at_office.services.classes import class_letter, note_class
from portal.letters.at_office.views import class_view
from portal.letters.document.paper import sheet_of
from portal.letters.document.text import from_json
from portal.letters.queries.letters import letter_seen
from portal.letters.services.drafting import CLASS_LETTER
from portal.permissions.rules import Permission
from portal.rendering.i18n import SOURCE, translator
from portal.rendering.pdf import pdf_of
from portal.web.again import AnyRequest, Typed
from portal.web.forms import form_of
from portal.web.respond import language_of, page, paper, see

VIEW, NOTE = {"permission": Permission.LETTER_CLASS_VIEW}, {"permission": Permission.LETTER_CLASS}
USUAL = 45  # pupils, where nobody has said how many
SPARE = 2  # empty rows for whoever comes during the year


@get("/letters/{letter_id:int}/class", opt=VIEW)
async def show_class(request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]) -> Response[Any]:
    """How many have signed, whose numbers are missing."""
    return await _page(request, actor, letter_id, Typed())


@get("/letters/{letter_id:int}/class/list.pdf", opt=VIEW)
async def get_class_list(request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]) -> Response[Any]:
    """The letter and a table to sign, a row for each number: names are written by hand, and on paper only."""
    found = await letter_seen(letter_id, by=actor, permission=Permission.LETTER_CLASS_VIEW)
    if found.row.kind != CLASS_LETTER or found.row.text is None:
        return see(request, f"/letters/{letter_id}")
    room = await class_of(letter_id)
    known = room.pupils if room else USUAL
    pupils = parse_count(request.query_params.get("pupils", "")) or known
    sheet = sheet_of(from_json(found.row.text))
    body = await pdf_of("pdf/class_list.html", SOURCE, sheet=sheet, pupils=pupils, spare=SPARE)
    name = translator(language_of(request))(labels.LIST_NAME, number=found.row.number)
    return paper(body, name, plain=f"class-{letter_id}")


@post("/letters/{letter_id:int}/class", opt=NOTE)
async def create_class_note(
    request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]
) -> Response[Any]:
    """Notes how far the class is, or closes its list."""
    form = await form_of(request)
    await letter_seen(letter_id, by=actor, permission=Permission.LETTER_CLASS)
    try:
        await class_letter(letter_id, by=actor, permission=Permission.LETTER_CLASS)
        note = parse_class(form.texts)
        await note_class(letter_id, note, version=parse_version(form.get("version")), by=actor)
    except HARD:
        raise
    except (Invalid, Refused) as refusal:
        typed, status, headers = await shown_again(request, form, refusal, letter_id, place="pupils")
        return await _page(request, actor, letter_id, typed, status=status, headers=headers)
    flash = "letter.class_done" if note.is_done else "letter.class_noted"
    return see(request, f"/letters/{letter_id}/class", flash=flash)


async def _page(
    request: AnyRequest, actor: Actor, letter_id: int, typed: Typed, *, status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response[Any]:  # fmt: skip
    found = await letter_seen(letter_id, by=actor, permission=Permission.LETTER_CLASS_VIEW)
    if found.row.kind != CLASS_LETTER:
        return see(request, f"/letters/{letter_id}")
    view = class_view(
        found, await class_of(letter_id), await paper_of(letter_id), at=now(), language=language_of(request),
        typed=typed,
    )  # fmt: skip
    return await page(
        request, "letters/at_office/class.html", fragment="letters/at_office/_class.html", status=status,
        headers=headers, view=view,
    )  # fmt: skip


CLASSES = [show_class, get_class_list, create_class_note]
