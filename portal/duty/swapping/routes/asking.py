"""Asking colleagues to do a shift."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import NotFound, Refused
from portal.duty.queries import SeenShift, shift_seen
from portal.duty.swapping.forms import parse_ask
from portal.duty.swapping.queries import WEEKS_AHEAD, Around, around_shift, is_office, open_on_shift
from portal.duty.swapping.routes.reader import reader_of
from portal.duty.swapping.routes.swaps import ACT, VIEW
from portal.duty.swapping.rules import is_urgent
from portal.duty.swapping.services import ask_swap
from portal.duty.swapping.services.asking import whose_to_give
from portal.duty.swapping.views import ask_view
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import form_of
from portal.web.respond import page, see


async def _own_shift(shift_id: int, actor: Actor, *, wide: bool = False) -> tuple[SeenShift, Around]:
    """A shift that the actor may give away, and the weeks around it; any other one does not exist."""
    shift, at = await shift_seen(shift_id, by=actor), now()
    if shift.cancelled_at is not None:
        raise NotFound()
    last = max(shift.ends_at, at + WEEKS_AHEAD) if wide else shift.ends_at
    around = await around_shift(shift.org_id, min(shift.starts_at, at) if wide else shift.starts_at, last, at=at)
    if not is_office(actor, shift.path, shift.org_id):
        whose_to_give(shift, around, by=actor)
    return shift, around


@get("/duty/shifts/{shift_id:int}/swap", opt=VIEW)
async def show_ask(request: AnyRequest, shift_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Whom to ask, with what speaks against each; or which shift of theirs to do in return."""
    return await _ask_page(request, shift_id, actor, Typed())


async def _ask_page(
    request: AnyRequest, shift_id: int, actor: Actor, typed: Typed, status: int = 200, people: tuple[str, ...] = ()
) -> Response[Any]:
    shift, around = await _own_shift(shift_id, actor, wide=True)
    reader, _ = await reader_of(request, actor, shift.org_id)
    known = await open_on_shift(shift_id)
    view = ask_view(
        shift, around, reader, swap_id=known[0] if known else None, urgent=is_urgent(shift.starts_at, reader.at),
        typed=typed, people=people,
    )  # fmt: skip
    return await page(request, "duty/swapping/ask.html", fragment="duty/swapping/_ask.html", status=status, view=view)


@post("/duty/shifts/{shift_id:int}/swap", opt=ACT)
async def create_ask(request: AnyRequest, shift_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Asks."""
    shift, _ = await _own_shift(shift_id, actor)
    form = await form_of(request)
    try:
        swap_id = await ask_swap(shift_id, parse_ask(form.get, form.all("people")), by=actor)
    except Refused as refusal:
        place = "back" if form.get("way") == "exchange" else "people"
        typed, status = await typed_again(request, form, refusal, about=("duty", shift_id), place=place)
        return await _ask_page(request, shift_id, actor, typed, status, tuple(form.all("people")))
    urgent = is_urgent(shift.starts_at, now())
    return see(request, f"/duty/swaps/{swap_id}", flash="duty.swap_asked_urgent" if urgent else "duty.swap_asked")


ROUTES = [show_ask, create_ask]
