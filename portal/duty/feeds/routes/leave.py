"""Leave from a calendar file: hand in, look, enter, take back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now, start_of_day, today
from portal.core.refusals import Conflict, Invalid, Refused
from portal.duty.feeds.forms import parse_chosen, parse_number, read_upload
from portal.duty.feeds.queries import (
    FileRow,
    LeaveRow,
    absences_of_school,
    file_seen,
    files_of,
    leave_rows,
    school_of_leave,
    staff_names,
)
from portal.duty.feeds.rules import MOST_BYTES
from portal.duty.feeds.services import drop_leave, enter_leave, stage_leave, undo_leave
from portal.duty.feeds.views import file_view, leave_list_view
from portal.duty.feeds.views.leave import Known
from portal.duty.queries import OpenBook, book_of, book_version, kept_plan
from portal.duty.rules import Book
from portal.duty.views.words import Words
from portal.people.rules import FURTHEST
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.web.again import AnyRequest, beaten
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.labels import REFUSALS
from portal.web.respond import language_of, page, see

LOOK = Permission.CHANGE_MAKE_VIEW
VIEW, MAKE = {"permission": LOOK}, {"permission": Permission.CHANGE_MAKE}


@get("/duty/leave", opt=VIEW)
async def show_leave(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form for a file, and the files so far."""
    return await _list_page(request, actor)


@post("/duty/leave", opt=MAKE, request_max_body_size=MOST_BYTES + 200_000)
async def create_leave(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Reads a file and shows what it would do."""
    org = await school_of_leave(actor.org_id, by=actor, permission=Permission.CHANGE_MAKE)
    form = await form_of(request)
    try:
        name, found = await read_upload(form.files.get("file", []))
        file_id = await stage_leave(org.id, name, found, person_id=parse_number(form.get("person")), by=actor)
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        errors = _errors(request, refusal)
        return await _list_page(request, actor, person=form.get("person"), errors=errors, status=422)
    return see(request, f"/duty/leave/{file_id}")


@get("/duty/leave/{leave_id:int}", opt=VIEW)
async def show_leave_file(request: AnyRequest, leave_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """One file: what it says, or what came of it."""
    return await _file_page(request, actor, leave_id)


@post("/duty/leave/{leave_id:int}/entries", opt=MAKE)
async def create_leave_entries(
    request: AnyRequest, leave_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Enters what is ticked."""
    await file_seen(leave_id, by=actor, permission=Permission.CHANGE_MAKE)
    form = await form_of(request)
    chosen = parse_chosen(form.get, form.all("row"))
    try:
        done = await enter_leave(leave_id, chosen, version=parse_number(form.get("version")) or 0, by=actor)
    except Refused as refusal:
        return await _refused(request, actor, leave_id, refusal, form.texts)
    return see(request, f"/duty/leave/{leave_id}", flash="duty.leave_entered", entered=len(done.absences))


@post("/duty/leave/{leave_id:int}/undo", opt=MAKE)
async def create_leave_undo(
    request: AnyRequest, leave_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Takes back what the file has entered."""
    await file_seen(leave_id, by=actor, permission=Permission.CHANGE_MAKE)
    form = await form_of(request)
    try:
        await undo_leave(leave_id, version=parse_number(form.get("version")) or 0, by=actor)
    except Refused as refusal:
        return await _refused(request, actor, leave_id, refusal)
    return see(request, f"/duty/leave/{leave_id}", flash="duty.leave_undone")


@post("/duty/leave/{leave_id:int}/removal", opt=MAKE)
async def create_leave_removal(
    request: AnyRequest, leave_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Throws away a file of which nothing was entered."""
    await file_seen(leave_id, by=actor, permission=Permission.CHANGE_MAKE)
    form = await form_of(request)
    try:
        await drop_leave(leave_id, version=parse_number(form.get("version")) or 0, by=actor)
    except Refused as refusal:
        return await _refused(request, actor, leave_id, refusal)
    return see(request, "/duty/leave", flash="duty.leave_dropped")


def _errors(request: AnyRequest, refusal: Refused) -> dict[str, str]:
    language = language_of(request)
    if isinstance(refusal, Invalid):
        return {name: translator(language)(REFUSALS[code]) for name, code in refusal.fields.items()}
    return {"file": sentence(refusal, language)}


async def _refused(
    request: AnyRequest, actor: Actor, leave_id: int, refusal: Refused, chosen: Mapping[str, str] | None = None
) -> Response[Any]:
    """The page as it is now, with what was refused (422), or who was first (409)."""
    if isinstance(refusal, Conflict):
        error = await beaten("duty_leave", leave_id, language_of(request))
    elif refusal.status == Refused.status:
        error = " ".join(_errors(request, refusal).values())
    else:
        raise refusal
    return await _file_page(request, actor, leave_id, chosen=chosen, error=error, status=refusal.status)


async def _list_page(
    request: AnyRequest, actor: Actor, *, person: str = "", errors: dict[str, str] | None = None, status: int = 200
) -> Response[Any]:
    org = await school_of_leave(actor.org_id, by=actor, permission=LOOK)
    kept = await kept_plan(org.id, await book_version(org.id))
    words, staff = Words(kept.plan, language_of(request)), await staff_names(org.id, at=now())
    view = leave_list_view(org.name, staff, await files_of(org.id), words, person=person, errors=errors)
    return await page(request, "duty/feeds/leave.html", fragment="duty/feeds/_leave.html", status=status, view=view)


async def _file_page(
    request: AnyRequest, actor: Actor, leave_id: int, *, chosen: Mapping[str, str] | None = None, error: str = "",
    status: int = 200,
) -> Response[Any]:  # fmt: skip
    file = await file_seen(leave_id, by=actor, permission=LOOK)
    rows, at, day = await leave_rows(leave_id), now(), start_of_day(today())
    kept = await kept_plan(file.org_id, await book_version(file.org_id))
    known = Known(
        file, rows, await staff_names(file.org_id, at=at), await absences_of_school(file.org_id, since=day),
        await _book(file, rows, at), Words(kept.plan, language_of(request)), at, day, at + FURTHEST,
    )  # fmt: skip
    view = file_view(known, chosen=chosen, error=error)
    return await page(request, "duty/feeds/file.html", fragment="duty/feeds/_file.html", status=status, view=view)


async def _book(file: FileRow, rows: list[LeaveRow], at: datetime) -> OpenBook:
    """The book over the times that were entered; nothing else needs it."""
    starts = [row.away_from for row in rows if row.away_from]
    ends = [row.away_to for row in rows if row.away_to]
    if not starts or not ends:
        return OpenBook(Book())
    return await book_of(file.org_id, max(at, min(starts)), max(ends))


ROUTES = [
    show_leave, create_leave, show_leave_file, create_leave_entries, create_leave_undo, create_leave_removal,
]  # fmt: skip
