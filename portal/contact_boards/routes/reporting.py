"""Reporting from a board by anybody: danger first, then a photo and a line; the answer by report key (B2–B5)."""

from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import UploadFile
from litestar.handlers.base import BaseRouteHandler
from litestar.params import FromPath

from portal.accounts.rules import network_of
from portal.contact_boards import labels
from portal.contact_boards.forms import MOST_PHOTOS, KeptPhoto, kept_photo, number, parse_news, photos_kept
from portal.contact_boards.queries.boards import OpenBoard
from portal.contact_boards.queries.reports import Followed, earlier_reports, followed
from portal.contact_boards.routes.public import (
    AnyRequest,
    board_behind,
    frame_for,
    network,
    public_page,
    wanted_language,
)
from portal.contact_boards.rules import Stage, alike, normal_report_key, stage_of
from portal.contact_boards.services import (
    count_visit,
    refuse_flood,
    report_key_for,
    report_publicly,
    say_not_fixed,
    second_report,
)
from portal.contact_boards.views.reporting import (
    FollowPage,
    ReportPage,
    not_fixed_of,
    qr_of,
    similar_lines,
    steps_of,
)
from portal.core.clock import now
from portal.core.files import store_of
from portal.core.ids import digest
from portal.core.refusals import Invalid, NotFound, Refused
from portal.hazards.photos import make_photo
from portal.hazards.services import NewPhoto
from portal.rendering.i18n import SOURCE, translator
from portal.web.csrf import FORM_KEY, new_form_key
from portal.web.errors import sentence
from portal.web.forms import Form, form_of
from portal.web.guards import PUBLIC
from portal.web.labels import REFUSALS
from portal.web.state import settings_of

UPLOAD = 50_000_000  # three photos of 15 MB and the form around them
STRANGERS = {"permission": PUBLIC, "form": FORM_KEY}


async def not_flooding(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Asked before megabytes of photos are read."""
    await refuse_flood("report", network_of(connection.client.host if connection.client else ""))


@get("/b/{key:str}/report", opt={"permission": PUBLIC})
async def show_public_report(request: AnyRequest, key: FromPath[str]) -> Response[Any]:
    """The form, with a key of its own."""
    board = await board_behind(key)
    return _form_page(request, board, Form(texts={"form_key": new_form_key(key)}))


@post(
    "/b/{key:str}/reports", opt=STRANGERS, request_max_body_size=UPLOAD, guards=[not_flooding], status_code=200
)  # fmt: skip
async def create_public_report(request: AnyRequest, key: FromPath[str]) -> Response[Any]:
    """Takes a report, a "me too", or asks first whether it is one of those that others have sent."""
    board, form = await board_behind(key), await form_of(request)
    if form.get("too"):
        await second_report(board, number(form.get("too")), network=network(request), form_key=form.get("form_key"))
        return see_public(request, f"/b/{key}/noted")
    kept = photos_kept(form)
    try:
        kept = await _photos(request, form, kept)
        news = parse_news(form, tuple(one.photo for one in kept), network(request))
        similar = [] if form.get("sure") else alike(news.title, await earlier_reports(board, at=now()))
        if similar:
            return _form_page(request, board, form, kept=kept, similar=similar_lines(similar, wanted_language(request)))
        report_key = await report_publicly(board, news)
    except Refused as refusal:
        return _form_page(request, board, form, refusal, kept=kept)
    return see_public(request, f"/b/{key}/reports/{report_key}", new=form.get("form_key"))


async def _photos(request: AnyRequest, form: Form, kept: list[KeptPhoto]) -> list[KeptPhoto]:
    """The photos carried on and those sent now, through the one darkroom; one at a time per address."""
    files = form.files.get("photos", [])
    if len(files) + len(kept) > MOST_PHOTOS:
        raise Invalid({"photos": "contact_board.too_many_photos"})
    made = [await _develop(request, file) for file in files]
    return [*kept, *(kept_photo(photo, form.get("form_key")) for photo in made)]


async def _develop(request: AnyRequest, file: UploadFile) -> NewPhoto:
    await count_visit("photo", network(request))  # before it is worked on: most of the cost of a flood is here
    owner = -int(digest(network(request))[:12], 16)  # below zero: no person's id
    photo = await make_photo(await file.read(), owner=owner)
    store = store_of(settings_of(request))
    full = await store.put(photo.full, media_type="image/jpeg")
    thumb = await store.put(photo.thumb, media_type="image/jpeg")
    return NewPhoto(full.digest, thumb.digest, photo.width, photo.height)


def _form_page(
    request: AnyRequest, board: OpenBoard, form: Form, refusal: Refused | None = None,
    *, kept: list[KeptPhoto] | None = None, similar: Any = (),
) -> Response[Any]:  # fmt: skip
    language = wanted_language(request)
    say, errors, trouble = translator(language), {}, ""
    if isinstance(refusal, Invalid):
        errors = {name: say(REFUSALS[code]) for name, code in refusal.fields.items()}
    elif refusal is not None and refusal.code.startswith("photo."):
        errors = {"photos": sentence(refusal, language)}
    elif refusal is not None:
        trouble = sentence(refusal, language)
    page = ReportPage(
        frame=frame_for(request, board, labels.REPORT, "/report"), key=board.key,
        action=address_in(f"/b/{board.key}/reports", language), place=board.name, duty_phone=board.duty_phone,
        form_key=form.get("form_key"), title=form.get("title")[:200], phone=form.get("phone")[:40],
        kept=tuple(one.text for one in kept or ()), similar=similar, errors=errors, trouble=trouble,
    )  # fmt: skip
    status = refusal.status if refusal else 422 if similar else 200
    return public_page(request, "contact_boards/report.html", status=status, page=page, frame=page.frame)


@get("/b/{key:str}/noted", opt={"permission": PUBLIC})
async def show_noted(request: AnyRequest, key: FromPath[str]) -> Response[Any]:
    """Thanks for "me too"."""
    board = await board_behind(key)
    frame = frame_for(request, board, labels.NOTED, "/noted")
    return public_page(
        request, "contact_boards/noted.html", frame=frame, duty_phone=board.duty_phone, about_plate=False
    )


@get("/b/{key:str}/reports", opt={"permission": PUBLIC})
async def find_report(request: AnyRequest, key: FromPath[str]) -> Response[Any]:
    """Asks for a key that was copied by hand, and leads to its page."""
    board, typed = await board_behind(key), request.query_params.get("report_key", "")[:60]
    report_key = normal_report_key(typed)
    if report_key:
        return see_public(request, f"/b/{key}/reports/{report_key}")
    error = translator(wanted_language(request))(labels.NO_KEY) if typed else ""
    frame = frame_for(request, board, labels.FIND, "/reports")
    return public_page(
        request,
        "contact_boards/find.html",
        status=422 if typed else 200,
        key=key,
        frame=frame,
        error=error,
        typed=typed,
    )


@get("/b/{key:str}/reports/{report_key:str}", opt={"permission": PUBLIC})
async def show_report_of_stranger(request: AnyRequest, key: FromPath[str], report_key: FromPath[str]) -> Response[Any]:
    """How a report goes on. The key itself is shown only to whoever has just sent it: their form's key proves it."""
    board = await board_behind(key)
    return _follow_page(request, board, await _report(request, board, report_key), report_key)


@post("/b/{key:str}/reports/{report_key:str}/again", opt=STRANGERS, status_code=200)
async def create_not_fixed(request: AnyRequest, key: FromPath[str], report_key: FromPath[str]) -> Response[Any]:
    """It is not fixed (B16)."""
    board, form = await board_behind(key), await form_of(request)
    report = await _report(request, board, report_key)
    try:
        await say_not_fixed(board, report_key, form.get("text")[:500], network=network(request))
    except Refused as refusal:
        return _follow_page(request, board, report, report_key, form=form, refusal=refusal)
    return see_public(request, f"/b/{key}/reports/{report_key}")


async def _report(request: AnyRequest, board: OpenBoard, report_key: str) -> Followed:
    """The report behind a key. Whoever tries many keys that there are not is stopped."""
    await refuse_flood("look", network(request))
    known = normal_report_key(report_key) == report_key
    found = await followed(board, digest(report_key)) if known else None
    if found is None:
        await count_visit("look", network(request))
        raise NotFound()
    return found


def _follow_page(
    request: AnyRequest, board: OpenBoard, report: Followed, report_key: str, *, form: Form | None = None,
    refusal: Refused | None = None,
) -> Response[Any]:  # fmt: skip
    language, path = wanted_language(request), f"/reports/{report_key}"
    form_key = request.query_params.get("new", "")
    is_new = bool(form_key) and report_key_for(form_key) == report_key
    link = f"{settings_of(request).base_url}/b/{board.key}{path}"
    qr_size, qr_path = qr_of(link) if is_new else (0, "")
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    error = translator(language)(REFUSALS[fields["text"]]) if fields else sentence(refusal, language) if refusal else ""
    page = FollowPage(
        frame=frame_for(request, board, labels.FOLLOW, path), key=board.key,
        action=address_in(f"/b/{board.key}{path}/again", language), place=report.place, title=report.title,
        sent_at=report.created_at, answer_by=report.screen_due_at, waits=report.state == "waiting",
        steps=steps_of(report, language), refused=stage_of(report.state, report.status) is Stage.REFUSED,
        reason=report.reason or "", too_count=report.too_count, photos=report.photos,
        not_fixed=not_fixed_of(report, at=now()),
        again=report.state == "waiting" and report.hazard_id is not None, form_key=new_form_key(board.key),
        secret=report_key if is_new else "", link=link, qr_size=qr_size, qr_path=qr_path, duty_phone=board.duty_phone,
        error=error, text=form.get("text") if form else "",
    )  # fmt: skip
    status = refusal.status if refusal else 200
    return public_page(request, "contact_boards/follow.html", status=status, page=page, frame=page.frame)


def address_in(path: str, language: str) -> str:
    """An address below a board that keeps the language."""
    return path if language == SOURCE else f"{path}?language={language}"


def see_public(request: AnyRequest, path: str, *, new: str = "") -> Response[None]:
    """Off to look, in the same language."""
    language = wanted_language(request)
    query = [f"new={quote(new, safe='')}"] if new else []
    query += [f"language={language}"] if language != SOURCE else []
    location = path + ("?" + "&".join(query) if query else "")
    return Response(None, status_code=303, headers={"Location": location, "Cache-Control": "no-store"})


ROUTES = [
    show_public_report, create_public_report, show_noted, find_report, show_report_of_stranger, create_not_fixed,
]  # fmt: skip
