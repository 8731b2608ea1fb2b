"""Screens on the wall: which there are, another one, the end of one."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.refusals import Invalid, NotFound, Refused
from portal.duty.routes.parts import AnyRequest, room_of, wanted_org
from portal.duty.sheets.forms import parse_name
from portal.duty.sheets.queries import screen_seen, screens_of
from portal.duty.sheets.services import MadeScreen, end_screen, make_screen
from portal.duty.sheets.views.screens import ScreensView
from portal.permissions.rules import Permission, scope
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see
from portal.web.state import settings_of

SEE, EDIT = {"permission": Permission.DUTY_SCREEN_VIEW}, {"permission": Permission.DUTY_SCREEN_EDIT}


@get("/duty/screens", opt=SEE)
async def show_screens(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The screens of a school: where they hang, when they were last on. No address stands here."""
    return await _screens_page(request, actor, request.query_params.get("org", ""))


@post("/duty/screens", opt=EDIT, status_code=200)
async def create_screen(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Makes a screen. It is answered at once and not by a redirect: nothing keeps the address for a second page."""
    form = await form_of(request)
    org = form.get("org")
    try:
        made = await make_screen(wanted_org(actor, org), parse_name(form.get("name")), by=actor)
    except Invalid as refusal:
        error = sentence(Refused(refusal.fields["name"]), language_of(request))
        return await _screens_page(request, actor, org, typed=form.get("name"), error=error, status=422)
    except Refused as refusal:
        if refusal.code != "duty.screen_too_many":
            raise
        trouble = sentence(refusal, language_of(request))
        return await _screens_page(
            request, actor, org, typed=form.get("name"), trouble=trouble, status=refusal.status
        )  # fmt: skip
    return await _screens_page(request, actor, org, made=made)


@post("/duty/screens/{screen_id:int}/end", opt=EDIT)
async def create_screen_end(
    request: AnyRequest, screen_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Ends a screen."""
    screen = await screen_seen(screen_id, by=actor)
    try:
        await end_screen(screen_id, by=actor)
    except Refused as refusal:
        if refusal.code != "duty.screen_gone":
            raise
        trouble = sentence(refusal, language_of(request))
        return await _screens_page(request, actor, str(screen.org_id), trouble=trouble, status=refusal.status)
    other = f"?org={screen.org_id}" if screen.org_id != actor.org_id else ""
    return see(request, f"/duty/screens{other}", flash="duty.screen_ended")


async def _screens_page(
    request: AnyRequest, actor: Actor, org: str, *, made: MadeScreen | None = None, typed: str = "", error: str = "",
    trouble: str = "", status: int = 200,
) -> Response[Any]:  # fmt: skip
    room = await room_of(request, actor, wanted_org(actor, org))
    held = {one: scope(actor, one).holds(room.org.path, room.org.id)
            for one in (Permission.DUTY_SCREEN_VIEW, Permission.DUTY_SCREEN_EDIT)}  # fmt: skip
    if not held[Permission.DUTY_SCREEN_VIEW]:
        raise NotFound()
    view = ScreensView(
        room.org.id, room.org.name, room.reader.org, tuple(await screens_of(room.org.id)),
        held[Permission.DUTY_SCREEN_EDIT], typed, error, trouble, made.name if made else "",
        f"{settings_of(request).base_url}/screen/{made.token}" if made else "",
    )  # fmt: skip
    return await page(
        request, "duty/sheets/screens.html", fragment="duty/sheets/_screens.html", status=status, view=view
    )


ROUTES = [show_screens, create_screen, create_screen_end]
