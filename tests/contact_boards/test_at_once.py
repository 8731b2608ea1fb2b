"""Two at the same instant: one board, one decision, one report (TR5, TR6)."""

import asyncio

from portal.contact_boards.queries.boards import below, open_board
from portal.contact_boards.services import (
    Acceptance,
    PublicNews,
    accept_report,
    board_of,
    make_boards,
    refuse_report,
    report_publicly,
    revoke_board,
)
from portal.core.actors import SYSTEM
from portal.core.database import fetch_value
from portal.core.refusals import Busy, Conflict
from portal.grids.queries import grid_row
from tests.cast import Cast

RACE = 6


async def test_a_grid_has_one_open_board_however_many_press(cast: Cast) -> None:
    safety = await cast.actor(cast.safety)
    boards = await asyncio.gather(*[board_of(cast.room, by=safety) for _ in range(RACE)])
    assert len({board.key for board in boards}) == 1
    await asyncio.gather(*[make_boards(cast.building, by=safety) for _ in range(3)])
    top = await grid_row(cast.building)
    assert top is not None and await below(top) == (4, 4)
    assert await fetch_value("SELECT count(*) FROM contact_board") == 4


async def test_a_key_that_was_replaced_never_comes_back(cast: Cast) -> None:
    safety = await cast.actor(cast.safety)
    first = await board_of(cast.room, by=safety)
    second = await revoke_board(cast.room, version=first.version, replace=True, by=safety)
    assert second is not None and second.key != first.key and second.check_code != first.check_code
    assert await open_board(first.key) is None and await open_board(second.key) is not None


async def test_of_two_who_screen_one_decides(cast: Cast) -> None:
    board = await open_board((await board_of(cast.room, by=SYSTEM)).key)
    assert board is not None
    await report_publicly(board, PublicNews(title="门关不上", form_key="form", network="street"))
    report, safety, head = 1, await cast.actor(cast.safety), await cast.actor(cast.principal)
    results = await asyncio.gather(
        accept_report(report, Acceptance(title="门关不上", version=1), by=safety),
        refuse_report(report, "看过，没有坏", version=1, by=head),
        return_exceptions=True,
    )
    lost = [one for one in results if isinstance(one, Conflict)]
    assert len(lost) == 1, results
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'public_report.screened'") == 1
    state = await fetch_value("SELECT state FROM public_report")
    assert await fetch_value("SELECT count(*) FROM hazard") == (1 if state == "accepted" else 0)


async def test_one_form_sent_many_times_at_once_is_one_report(cast: Cast) -> None:
    board = await open_board((await board_of(cast.room, by=SYSTEM)).key)
    assert board is not None
    news = PublicNews(title="门关不上", form_key="form", network="street")
    keys = await asyncio.gather(*[report_publicly(board, news) for _ in range(RACE)], return_exceptions=True)
    assert len({key for key in keys if not isinstance(key, Busy)}) == 1, keys
    assert await fetch_value("SELECT count(*) FROM public_report") == 1
