"""Checking a letter without an account: by its code, by its file. And what the office takes along (F16-F18, F24).

Public pages read no session, set no cookie and need no script. What is handed in is looked at and not kept.
"""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from portal.accounts.rules import network_of
from portal.core.actors import Actor
from portal.core.clock import today
from portal.core.files import store_of
from portal.core.refusals import Invalid, NotFound, Refused, TooMany
from portal.letters import labels as letter_labels
from portal.letters.sealing import SealingLate
from portal.letters.verification import labels
from portal.letters.verification.archiving import archive, begin_archive
from portal.letters.verification.checking import LARGEST, Checked, Gate, check_file
from portal.letters.verification.forms import is_code, parse_code, parse_year
from portal.letters.verification.lent import CODE, FILE, count_visit, refuse_flood
from portal.letters.verification.packing import take_pack
from portal.letters.verification.queries import code_beginning, letter_by_code
from portal.letters.verification.views import file_page, frame_of, letter_page
from portal.permissions.rules import Permission
from portal.rendering.environment import render
from portal.rendering.i18n import SOURCE, known, translator
from portal.web.csrf import ORIGIN_ONLY
from portal.web.errors import sentence
from portal.web.forms import Form, form_of
from portal.web.guards import PUBLIC
from portal.web.labels import REFUSALS
from portal.web.origin import host_of
from portal.web.respond import language_of, packed
from portal.web.state import settings_of

AnyRequest = Request[Any, Any, Any]
UPLOAD = LARGEST + 500_000  # the form around it
BUSY = ("sealing.busy", "sealing.interrupted")
STRANGERS = {"permission": PUBLIC, "form": ORIGIN_ONLY}
FRESH = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Vary": "Accept-Encoding",
}


@get("/v", opt={"permission": PUBLIC})
async def show_code_form(request: AnyRequest) -> Response[Any]:
    """Asks for the code on the paper, or for the file."""
    return _form_page(request, Form())


@post("/v", opt=STRANGERS, status_code=200)
async def find_code(request: AnyRequest) -> Response[Any]:
    """From a typed code to its page; who tries many that there are not is stopped."""
    form = await form_of(request)
    try:
        await refuse_flood(CODE, _network(request))
        if not form.get("code"):
            raise Invalid({"code": "letter.code_missing"})
        code = await code_beginning(parse_code(form.get("code")))
        if code is None:
            await count_visit(CODE, _network(request))
            raise Invalid({"code": "letter.code_unknown"})
    except Refused as refusal:
        return _form_page(request, form, refusal)
    return Response(None, status_code=303, headers={"Location": f"/v/{code}{_suffix(request)}", **FRESH})


@get("/v/{code:str}", opt={"permission": PUBLIC})
async def show_letter(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """What a letter is at this instant. Whatever opens nothing is the same missing page, and costs the same."""
    await refuse_flood(CODE, _network(request))
    letter = await letter_by_code(code if is_code(code) else "")
    if letter is None:
        await count_visit(CODE, _network(request))
        raise NotFound()
    language = _language(request)
    page = letter_page(letter, language=language, base_url=settings_of(request).base_url)
    frame = frame_of(labels.CHECK, language, f"/v/{code}", letter.row.school)
    return _public_page(request, "letters/verification/letter.html", page=page, frame=frame, code=code)


@post("/v/files", opt=STRANGERS, request_max_body_size=UPLOAD, status_code=200)
async def check_upload(request: AnyRequest) -> Response[Any]:
    """What a file is. Answered at once, not by a redirect: nothing of it is kept for a second page."""
    form = Form()
    try:
        await count_visit(FILE, _network(request))  # before megabytes are read
        form = await form_of(request)
        checked = await _checked(request, form)
    except Refused as refusal:
        return _form_page(request, form, refusal)
    language = _language(request)
    page = file_page(checked, language=language, base_url=settings_of(request).base_url)
    org_name = page.letter.school if page.letter else ""
    frame = frame_of(labels.RESULT, language, "/v", org_name)
    return _public_page(request, "letters/verification/file.html", page=page, frame=frame)


async def _checked(request: AnyRequest, form: Form) -> Checked:
    """The file waits on the disk until its turn comes, so that few of them are in memory at once."""
    files = form.files.get("file", [])
    if not files:
        raise Invalid({"file": "letter.file_missing_here"})
    code = form.get("letter")
    async with _gate(request).place():
        pdf = await files[0].read(LARGEST + 1)
        await files[0].close()
        if len(pdf) > LARGEST:
            raise Invalid({"file": "letter.file_too_big"})
        try:
            return await check_file(pdf, code=code if is_code(code) else "", settings=settings_of(request))
        except SealingLate as late:
            if late.code not in BUSY:
                raise
            raise TooMany("letter.checks_full", seconds=30) from late


def _gate(request: AnyRequest) -> Gate:
    """Of this application in this process."""
    found: Gate = request.app.state.setdefault("letter_checks", Gate())
    return found


@get("/letters/{letter_id:int}/evidence.zip", opt={"permission": Permission.LETTER_VIEW})
async def get_pack(request: AnyRequest, letter_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[bytes]:
    """The letter with all that proves it, to be checked without us (TP4)."""
    settings = settings_of(request)
    number, body = await take_pack(letter_id, base_url=settings.base_url, store=store_of(settings), by=actor)
    name = translator(language_of(request))(labels.PACK_NAME, number=number)
    return Response(body, media_type="application/zip", headers=_attached(name, "evidence"))


@get("/letters/archive", opt={"permission": Permission.LETTER_MAKE_VIEW})
async def get_archive(request: AnyRequest, actor: NamedDependency[Actor]) -> Stream:
    """Every complete letter of a year, as it is written: however many there are, one is in memory (F24)."""
    year = parse_year(request.query_params.get("year", ""), this=today().year)
    archive_id = await begin_archive(year, by=actor)
    say = translator(language_of(request))
    tables = {"kind": letter_labels.KINDS, "state": labels.STATES, "column": labels.COLUMNS}

    def words(kind: str, code: str) -> str:
        return say(tables[kind].get(code, code)) if kind in tables else say(labels.MISSING_FILE)

    pieces = archive(year, store=store_of(settings_of(request)), words=words, by=actor, archive_id=archive_id)
    name = say(labels.ARCHIVE_NAME, year=year)
    return Stream(pieces, media_type="application/zip", headers=_attached(name, f"letters-{year}"))


def _attached(name: str, plain: str) -> dict[str, str]:
    told = quote(name, safe="")
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}.zip\"; filename*=UTF-8''{told}.zip",
        "Cache-Control": "private, no-store",
    }


def _form_page(request: AnyRequest, form: Form, refusal: Refused | None = None) -> Response[Any]:
    """The form with what was typed. A file is chosen anew: a browser gives none back."""
    language = _language(request)
    say, errors, trouble = translator(language), {}, ""
    if isinstance(refusal, Invalid):
        errors = {name: say(REFUSALS[code]) for name, code in refusal.fields.items()}
    elif refusal is not None:
        trouble = sentence(refusal, language)
    frame = frame_of(labels.CHECK, language, "/v", "")
    answer = _public_page(
        request, "letters/verification/form.html", status=refusal.status if refusal else 200, frame=frame,
        typed=form.get("code")[:200], errors=errors, trouble=trouble, code="",
    )  # fmt: skip
    if refusal is not None and "seconds" in refusal.params:
        answer.headers["Retry-After"] = str(refusal.params["seconds"])
    return answer


def _public_page(request: AnyRequest, template: str, *, status: int = 200, **context: Any) -> Response[bytes]:
    """A page for strangers: no session, no cookie, kept nowhere."""
    answer = packed(request, render(template, _language(request), **context).encode(), status=status)
    answer.headers.update(FRESH)
    return answer


def _language(request: AnyRequest) -> str:
    """The language that the address says."""
    return known(request.query_params.get("language"))


def _suffix(request: AnyRequest) -> str:
    language = _language(request)
    return "" if language == SOURCE else f"?language={language}"


def _network(request: AnyRequest) -> str:
    """What counts as one place on the net."""
    return network_of(host_of(request))


ROUTES = [show_code_form, find_code, show_letter, check_upload, get_pack, get_archive]
