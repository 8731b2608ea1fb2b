"""The nightly copy: readable without the portal, never half, nothing in it that the board does not show."""

import re
from pathlib import Path

from portal.contact_boards.copying import copy_boards
from portal.contact_boards.services import board_of, make_boards, revoke_board
from portal.core.actors import SYSTEM
from portal.core.clock import today
from portal.core.files import FolderStore
from portal.duty.services import set_duty_leader
from portal.settings import Settings
from tasks.schedule import SCHEDULE, run_due
from tests.cast import Cast
from tests.conftest import MovingClock

LINK = re.compile(r'(?:href|src|action)="([^"]*)"')


async def test_every_link_of_the_copy_leads_to_a_file_of_the_copy(cast: Cast, tmp_path: Path) -> None:
    await set_duty_leader(cast.school, cast.leader, [today()], by=SYSTEM)
    made = await make_boards(cast.school, by=SYSTEM)
    assert await copy_boards(tmp_path / "boards", FolderStore(tmp_path / "files")) == made
    top = tmp_path / "boards" / "current"
    followed = 0
    for page in [top / "index.html", *(top / "public").rglob("*.html")]:
        for link in LINK.findall(page.read_text("utf-8")):
            if link.startswith(("tel:", "#")):
                continue
            assert not link.startswith(("/", "http")), f"{page}: {link}"
            assert (page.parent / link).is_file(), f"{page}: {link}"
            followed += 1
    assert followed > 50
    board = await board_of(cast.floor, by=SYSTEM)
    text = (top / "public" / "b" / board.key / "index.html").read_text("utf-8")
    assert "楼层负责" in text and "tel:0000-8800110" in text and board.check_code in text
    assert "<form" not in text and "这是副本" in text


async def test_nobody_lists_the_keys_from_outside(cast: Cast, tmp_path: Path) -> None:
    board = await board_of(cast.room, by=SYSTEM)
    await copy_boards(tmp_path / "boards", FolderStore(tmp_path / "files"))
    public = tmp_path / "boards" / "current" / "public"
    for folder in ("", "b", "static"):
        assert board.key not in (public / folder / "index.html").read_text("utf-8")


async def test_the_night_replaces_the_copy_in_one_step_and_forgets_revoked_boards(
    cast: Cast, settings: Settings, clock: MovingClock
) -> None:
    board = await board_of(cast.room, by=SYSTEM)
    await board_of(cast.floor, by=SYSTEM)
    ticks = tuple(tick for tick in SCHEDULE if tick.name == "boards")
    root = settings.data / "boards"
    page = root / "current" / "public" / "b" / board.key / "index.html"
    assert await run_due(settings, ticks=ticks) == ["boards"]
    assert page.is_file()
    await revoke_board(cast.room, version=board.version, replace=True, by=await cast.actor(cast.safety))
    for _ in range(4):
        clock.forward(days=1)
        assert await run_due(settings, ticks=ticks) == ["boards"]
    assert not page.exists()
    assert len([one for one in root.iterdir() if not one.is_symlink()]) <= 2, "old copies go"
