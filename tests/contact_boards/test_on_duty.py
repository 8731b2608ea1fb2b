"""Who is on duty now, on the public board of an area: by the rule, named with consent, never in the copy."""

from datetime import timedelta
from pathlib import Path

import pytest

from portal.contact_boards.copying import copy_boards
from portal.contact_boards.queries.boards import open_board
from portal.contact_boards.queries.page import BoardFacts, board_facts, school_facts
from portal.contact_boards.rules import Field
from portal.contact_boards.services import board_of, record_consent
from portal.contact_boards.views.board import board_page
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.files import FolderStore
from portal.duty.planning.services import NewArea, make_area
from portal.duty.rules import Line
from portal.duty.services import NewShift, add_shift, seed_calendar, seed_duty_words
from tests.cast import Cast
from tests.conftest import MovingClock

HOUR = timedelta(hours=1)


@pytest.fixture
async def guarded(cast: Cast) -> Cast:
    """The building is an area; its keeper of the library is the guard for the next two hours."""
    await seed_calendar()
    await seed_duty_words()
    area = await make_area(cast.school, NewArea("博学楼门厅", "Bo Xue hall", cast.building), by=SYSTEM)
    shift = NewShift(Line(area, "guard"), now(), now() + 2 * HOUR, cast.sibling_keeper)
    await add_shift(cast.school, shift, by=SYSTEM)
    return cast


async def shown(cast: Cast, grid: int) -> BoardFacts:
    board = await open_board((await board_of(grid, by=SYSTEM)).key)
    assert board is not None
    return await board_facts(board, await school_facts(cast.school, at=now()), at=now())


class Here:
    """Addresses that lead nowhere."""

    can_send = True

    def board(self, key: str, language: str) -> str:
        return f"/{key}/{language}"

    def file(self, name: str) -> str:
        return name

    def portraits(self, key: str) -> str:
        return key


async def test_the_board_of_the_area_and_of_what_lies_in_it_shows_who_is_there(
    guarded: Cast, clock: MovingClock
) -> None:
    for grid in (guarded.building, guarded.floor, guarded.room, guarded.school):
        facts = await shown(guarded, grid)
        assert [one.people for one in facts.watches] == [(guarded.sibling_keeper,)], grid
        assert facts.until <= now() + 2 * HOUR, "what is kept ends with the shift"
    assert not (await shown(guarded, guarded.sibling_room)).watches
    clock.forward(hours=2)
    assert not (await shown(guarded, guarded.building)).watches


async def test_a_name_stands_there_by_consent_only(guarded: Cast) -> None:
    async def line(language: str) -> tuple[str, str, int]:
        [found] = board_page(await shown(guarded, guarded.building), Here(), language).watches
        return found.text, found.names, found.count

    assert await line("zh-Hans") == ("博学楼门厅 门卫保安", "", 1)
    await record_consent(guarded.sibling_keeper, [Field.NAME], by=await guarded.actor(guarded.safety))
    text, names, _ = await line("en")
    assert text.startswith("Bo Xue hall") and names == "甄图书"


async def test_the_copy_names_nobody_as_being_there_now(guarded: Cast, tmp_path: Path) -> None:
    await record_consent(guarded.sibling_keeper, [Field.NAME], by=await guarded.actor(guarded.safety))
    board = await board_of(guarded.building, by=SYSTEM)
    await copy_boards(tmp_path / "boards", FolderStore(tmp_path / "files"))
    page = tmp_path / "boards" / "current" / "public" / "b" / board.key / "index.html"
    text = page.read_text("utf-8")
    assert "门卫保安" not in text and "甄图书" not in text and "打值班室问" in text
