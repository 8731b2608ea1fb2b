"""Making boards, taking their keys back, giving others: each grid has one open board at most (H11)."""

import secrets
from datetime import datetime
from typing import Any

from portal.audit.catalogue import BoardSettingChanged, ContactBoardRevoked, ContactBoardsMade
from portal.audit.services import record_event
from portal.contact_boards.queries.boards import PLACES, Board, board_grid, board_on, setting_of
from portal.contact_boards.rules import check_code_of
from portal.contact_boards.tables import BoardSetting, ContactBoard
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch_column, fetch_value, insert, unit_of_work
from portal.core.refusals import Conflict, NotFound, Refused
from portal.permissions.rules import Permission

KEY_BYTES = 18
"""144 bits: nobody guesses one (TA10)."""


async def board_of(grid_id: int, *, by: Actor) -> Board:
    """The grid's board, made if there is none. Outside the actor's scope the grid does not exist."""
    async with unit_of_work():
        grid = await board_grid(grid_id, by=by, permission=Permission.CONTACT_BOARD_EDIT)
        if await _make([grid.id], grid.org_id, by):
            await record_event(ContactBoardsMade(boards=1), org_id=grid.org_id, subject_id=grid.id, by=by)
        found = await board_on(grid.id)
    assert found is not None
    return found


async def make_boards(grid_id: int, *, by: Actor) -> int:
    """A board for the grid and every place below it that has none; gives how many were made."""
    async with unit_of_work():
        top = await board_grid(grid_id, by=by, permission=Permission.CONTACT_BOARD_EDIT)
        wanted = await fetch_column(
            f"SELECT g.id FROM grid g WHERE {PLACES} AND NOT EXISTS "
            "(SELECT 1 FROM contact_board b WHERE b.grid_id = g.id AND b.revoked_at IS NULL) ORDER BY g.path",
            top.org_id, top.path + "%",
        )  # fmt: skip
        made = await _make(wanted, top.org_id, by)
        if made:
            await record_event(ContactBoardsMade(boards=made), org_id=top.org_id, subject_id=top.id, by=by)
    return made


async def _make(grid_ids: list[int], org_id: int, by: Actor) -> int:
    """Rows for grids without a board. Two who press at once make one: the index lets only the first one in."""
    made, at = 0, now()
    for start in range(0, len(grid_ids), 500):
        part = grid_ids[start : start + 500]
        marks = ", ".join("({}, {}, {}, {}, {}, {}, 1)" for _ in part)
        args: list[Any] = [value for grid_id in part for value in _row(grid_id, org_id, by, at)]
        made += await execute(
            f"INSERT INTO contact_board (org_id, grid_id, key, check_code, made_at, made_by, version) VALUES {marks} "
            "ON CONFLICT (grid_id) WHERE revoked_at IS NULL DO NOTHING RETURNING id",
            *args,
        )
    return made


def _row(grid_id: int, org_id: int, by: Actor, at: datetime) -> tuple[Any, ...]:
    key, code = secrets.token_urlsafe(KEY_BYTES), check_code_of(secrets.randbits(64))
    return org_id, grid_id, key, code, at, by.person_id


async def revoke_board(grid_id: int, *, version: int, replace: bool, by: Actor) -> Board | None:
    """Takes the grid's key back for good; with `replace` makes another one, whose plate has to be put up."""
    async with unit_of_work():
        grid = await board_grid(grid_id, by=by, permission=Permission.CONTACT_BOARD_EDIT)
        found = await board_on(grid_id)
        if found is None:
            raise NotFound()
        await compare_and_set(ContactBoard, found.id, version=version, revoked_at=now(), revoked_by=by.person_id)
        if replace:
            await _make([grid.id], grid.org_id, by)
        details = ContactBoardRevoked(board_id=found.id, replaced=replace)
        await record_event(details, org_id=grid.org_id, subject_id=grid.id, by=by)
        return await board_on(grid_id)


async def set_counts(org_id: int, *, shows: bool, version: int, by: Actor) -> None:
    """Whether a school's boards tell how many hazards were received, are being mended, are done (H4)."""
    async with unit_of_work():
        grid = await board_grid(org_id, by=by, permission=Permission.CONTACT_BOARD_EDIT)
        if grid.id != grid.org_id:
            raise Refused("contact_board.whole_school")
        # The grid's row is the lock: of two who press at once, the second sees what the first has written.
        await execute("UPDATE grid SET version = version WHERE id = {}", org_id)
        known = await setting_of(org_id)
        if known.shows_counts == shows:
            return
        if known.version != version:
            raise Conflict()
        await _write_setting(org_id, shows, known.version, by)
        details = BoardSettingChanged(shows_counts=shows)
        await record_event(details, org_id=org_id, subject_id=org_id, by=by)


async def _write_setting(org_id: int, shows: bool, version: int, by: Actor) -> None:
    values = {"shows_counts": shows, "changed_at": now(), "changed_by": by.person_id}
    if version:
        row_id = await fetch_value("SELECT id FROM board_setting WHERE org_id = {}", org_id)
        await compare_and_set(BoardSetting, int(row_id), version=version, **values)
    else:
        await insert(BoardSetting, {"org_id": org_id, "version": 1, **values})
