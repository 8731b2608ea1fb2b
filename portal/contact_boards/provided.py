"""What this room lends: lines of a grid's page."""

from portal.contact_boards.labels import BOARD_LINK, SCREENING_LINK
from portal.core.actors import Actor
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator


async def lines_of_grid(
    grid_id: int, path: str, org_id: int, *, by: Actor, language: str
) -> list[tuple[str, str, bool]]:
    """The way to the grid's public board; on a school's own page also the way to what waits to be screened."""
    say, found = translator(language), []
    if grid_id == org_id and scope(by, Permission.SCREENING_VIEW).holds(path, org_id):
        found.append((say(SCREENING_LINK), "/screening", False))
    if scope(by, Permission.CONTACT_BOARD_VIEW).holds(path, org_id):
        found.append((say(BOARD_LINK), f"/grids/{grid_id}/contact-board", False))
    return found
