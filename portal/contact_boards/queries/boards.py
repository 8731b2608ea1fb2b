"""Boards by key and by grid, and what a school shows on them."""

from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one, in_list
from portal.core.refusals import NotFound
from portal.grids.queries import GridRow, grid_seen
from portal.permissions.rules import Permission


class Board(NamedTuple):
    """A grid's open board: its key in the address, its check code on the plate."""

    id: int
    org_id: int
    grid_id: int
    key: str
    check_code: str
    made_at: datetime
    version: int


BOARD = "b.id, b.org_id, b.grid_id, b.key, b.check_code, b.made_at, b.version"


class OpenBoard(NamedTuple):
    """A board as a stranger opens it: its grid, and a number that grows with whatever happens in its school, or in the
    bureau above: the matrix may name somebody of there."""

    id: int
    org_id: int
    grid_id: int
    key: str
    check_code: str
    made_at: datetime
    version: int
    path: str
    name: str
    kind: str
    duty_note: str | None
    org_name: str
    duty_phone: str
    seq: int


async def open_board(key: str) -> OpenBoard | None:
    """The board behind a key; None for one that never was, was revoked, or whose grid has been ended. One statement."""
    return await fetch_one(
        OpenBoard,
        f"SELECT {BOARD}, g.path, g.name, g.kind, g.duty_note, s.name, coalesce(o.duty_phone, ''), h.seq + "
        "coalesce((SELECT u.seq FROM chain_head u WHERE u.org_id = o.bureau_id), 0) "
        "FROM contact_board b JOIN grid g ON g.id = b.grid_id JOIN grid s ON s.id = b.org_id "
        "JOIN organisation o ON o.grid_id = b.org_id JOIN chain_head h ON h.org_id = b.org_id "
        "WHERE b.key = {} AND b.revoked_at IS NULL AND g.ended_at IS NULL",
        key,
    )


async def board_on(grid_id: int) -> Board | None:
    """The open board of a grid."""
    return await fetch_one(
        Board, f"SELECT {BOARD} FROM contact_board b WHERE b.grid_id = {{}} AND b.revoked_at IS NULL", grid_id
    )


async def boards_on(grid_ids: list[int]) -> dict[int, Board]:
    """The open boards of some grids, by grid."""
    marks, ids = in_list(grid_ids)
    sql = f"SELECT {BOARD} FROM contact_board b WHERE b.grid_id IN {marks} AND b.revoked_at IS NULL"
    return {board.grid_id: board for board in await fetch(Board, sql, *ids)}


class Below(NamedTuple):
    """How many places there are from a grid down, and how many of them have a board."""

    grids: int
    boards: int


PLACES = (
    "g.org_id = {} AND g.path LIKE {} AND g.ended_at IS NULL AND g.is_heading = FALSE AND g.kind NOT IN "
    "('leading_group')"
)
"""Grids that may have a board of their own, from one down; takes organisation and path."""


async def below(grid: GridRow) -> Below:
    """The boards from a grid down. One statement."""
    found = await fetch_one(
        Below,
        "SELECT count(*), count(b.id) FROM grid g LEFT JOIN contact_board b ON b.grid_id = g.id AND b.revoked_at IS "
        f"NULL WHERE {PLACES}",
        grid.org_id, grid.path + "%",
    )  # fmt: skip
    return found or Below(0, 0)


async def board_grid(grid_id: int, *, by: Actor, permission: Permission) -> GridRow:
    """A grid whose board the actor may look at or change; anything else, and an ended one, does not exist."""
    grid = await grid_seen(grid_id, by=by, permission=permission)
    if grid.ended_at is not None:
        raise NotFound()
    return grid


class Setting(NamedTuple):
    """What a school shows; `version` 0 where nobody has decided yet."""

    shows_counts: bool
    version: int


async def setting_of(org_id: int) -> Setting:
    """What a school shows on its boards."""
    found = await fetch_one(Setting, "SELECT shows_counts, version FROM board_setting WHERE org_id = {}", org_id)
    return found or Setting(True, 0)


class BoardOfSchool(NamedTuple):
    """A board in the list of all."""

    key: str
    org_id: int
    org_name: str
    path: str
    name: str


async def all_boards() -> list[BoardOfSchool]:
    """Every open board, school by school, in the order of the tree: for the nightly copy."""
    return await fetch(
        BoardOfSchool,
        "SELECT b.key, b.org_id, s.name, g.path, g.name FROM contact_board b JOIN grid g ON g.id = b.grid_id "
        "JOIN grid s ON s.id = b.org_id WHERE b.revoked_at IS NULL AND g.ended_at IS NULL ORDER BY b.org_id, g.path",
    )
