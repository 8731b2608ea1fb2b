"""Pages of the staff about public boards: their keys, and what they show."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.contact_boards.forms import number
from portal.contact_boards.queries.boards import below, board_grid, board_on, setting_of
from portal.contact_boards.queries.consents import Somebody, people_for_strangers
from portal.contact_boards.services import board_of, make_boards, revoke_board, set_counts
from portal.contact_boards.views.office import board_office
from portal.core.actors import Actor
from portal.core.clock import now
from portal.grids.queries import crumbs, holders_of
from portal.permissions.rules import Permission
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see
from portal.web.state import settings_of

AnyRequest = Request[Any, Any, Any]
P = Permission


@get("/grids/{grid_id:int}/contact-board", opt={"permission": P.CONTACT_BOARD_VIEW})
async def show_board_office(
    request: AnyRequest, grid_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """The grid's public board: its address, its check code, and what strangers read of the people on it."""
    grid = await board_grid(grid_id, by=actor, permission=P.CONTACT_BOARD_VIEW)
    view = board_office(
        grid, await crumbs(grid.path), await board_on(grid_id), await below(grid), await setting_of(grid.org_id),
        await _shown(grid_id), by=actor, base_url=settings_of(request).base_url, language=language_of(request),
    )  # fmt: skip
    return await page(request, "contact_boards/office.html", fragment="contact_boards/_office.html", view=view)


async def _shown(grid_id: int) -> list[tuple[str, Somebody]]:
    """The holders of the grid's posts, pupils left out."""
    rows = [row for row in await holders_of([grid_id], at=now()) if row.person_id and row.role != "pupil"]
    people = await people_for_strangers(row.person_id for row in rows)
    found = [(row.title, people[row.person_id]) for row in rows if row.person_id in people]
    return [(title, one) for title, one in found if one.kind != "pupil"]


@post("/grids/{grid_id:int}/contact-board", opt={"permission": P.CONTACT_BOARD_EDIT})
async def create_board(request: AnyRequest, grid_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Makes the grid's board, or one for every place from here down (`all`)."""
    here = f"/grids/{grid_id}/contact-board"
    if (await form_of(request)).get("all"):
        count = await make_boards(grid_id, by=actor)
        return see(request, here, flash="contact_board.made_many", count=count)
    await board_of(grid_id, by=actor)
    return see(request, here, flash="contact_board.made")


@post("/grids/{grid_id:int}/contact-board/revocations", opt={"permission": P.CONTACT_BOARD_EDIT})
async def create_revocation(
    request: AnyRequest, grid_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Takes the key back; with `replace` gives another."""
    form = await form_of(request)
    replace = form.get("replace") == "1"
    await revoke_board(grid_id, version=number(form.get("version")), replace=replace, by=actor)
    flash = "contact_board.replaced" if replace else "contact_board.revoked"
    return see(request, f"/grids/{grid_id}/contact-board", flash=flash)


@post("/grids/{grid_id:int}/contact-board/counts", opt={"permission": P.CONTACT_BOARD_EDIT})
async def save_counts(request: AnyRequest, grid_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Whether the school's boards tell how many hazards there are (H4)."""
    form = await form_of(request)
    shows = form.get("shows") == "1"
    await set_counts(grid_id, shows=shows, version=number(form.get("version")), by=actor)
    flash = "contact_board.counts_on" if shows else "contact_board.counts_off"
    return see(request, f"/grids/{grid_id}/contact-board", flash=flash)


ROUTES = [show_board_office, create_board, create_revocation, save_counts]
