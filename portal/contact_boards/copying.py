"""The nightly copy of all boards: plain files with relative links, for the day on which the portal is down (H9).

`public/` is what a web server may give to everybody: `public/b/KEY/index.html`, so that the codes on the plates lead
to the copy when that server takes the portal's address. `index.html` beside it lists every board and is for the office.
The whole copy is made aside and put in place by one rename of a link: nobody ever sees half of one.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from portal.contact_boards.queries.boards import BoardOfSchool, all_boards, open_board
from portal.contact_boards.queries.consents import portraits_shown
from portal.contact_boards.queries.page import SchoolFacts, board_facts, school_facts
from portal.contact_boards.rules import picture_name
from portal.contact_boards.views.board import board_page
from portal.core.clock import now
from portal.core.database import fetch_value
from portal.core.files import FileStore
from portal.rendering.assets import bundles
from portal.rendering.environment import render
from portal.rendering.i18n import LANGUAGES, SOURCE

NAME = "%Y%m%dT%H%M%S%fZ"
FILES = ("public.css", "icons/icon.svg")
NOWHERE = "<!doctype html><meta charset=utf-8><meta name=robots content=noindex><title>404</title>404\n"


@dataclass(frozen=True, slots=True)
class Folder:
    """Where things are in the copy, seen from a board's own folder."""

    up: str = "../../"
    can_send: bool = False

    def board(self, key: str, language: str) -> str:
        """The page of a board."""
        return f"{self.up}b/{key}/{page_name(language)}"

    def file(self, name: str) -> str:
        """A style sheet or picture."""
        return f"{self.up}static/{name}"

    def portraits(self, _: str) -> str:
        """One folder for the pictures of all boards."""
        return f"{self.up}portraits/"


def page_name(language: str) -> str:
    """index.html, en.html."""
    return "index.html" if language == SOURCE else f"{language}.html"


async def copy_boards(root: Path, store: FileStore) -> int:
    """Writes the copy below `root` and makes `root/current` lead to it; gives how many boards it holds."""
    boards = await all_boards()
    made = root / now().strftime(NAME)
    public = made / "public"
    _write_files(public)
    count = 0
    for org_id, some in groupby(boards, key=lambda board: board.org_id):
        count += await _write_school(public, await school_facts(org_id, at=now()), list(some), store)
    (made / "index.html").write_text(_index(boards), "utf-8")
    _put_in_place(root, made)
    return count


async def copy_if_withdrawn(root: Path, store: FileStore) -> int:
    """Copies anew when a consent, portrait or key was taken back since the last copy; gives how many boards, else 0.

    The copy speaks on the day on which nobody can ask the portal: it must not say what was withdrawn that morning.
    """
    link = root / "current"
    if not link.is_symlink():
        return 0
    since = datetime.strptime(link.readlink().name, NAME).replace(tzinfo=UTC)
    taken_back = await fetch_value(
        "SELECT (SELECT count(*) FROM consent WHERE withdrawn_at >= {}) + "
        "(SELECT count(*) FROM contact_board WHERE revoked_at >= {})",
        since, since,
    )  # fmt: skip
    there = {file.name for file in (link / "public" / "portraits").glob("*.jpg")}
    gone = there - {picture_name(digest) for digest in await portraits_shown()} if there else None
    return await copy_boards(root, store) if taken_back or gone else 0


async def _write_school(public: Path, school: SchoolFacts, boards: list[BoardOfSchool], store: FileStore) -> int:
    count = 0
    for one in boards:
        board = await open_board(one.key)
        if board is None:
            continue  # revoked while this was being written
        facts = await board_facts(board, school, at=now())
        folder = public / "b" / one.key
        folder.mkdir(parents=True, mode=0o755)
        for language in LANGUAGES:
            page = board_page(facts, Folder(), language)
            text = render("contact_boards/board.html", language, page=page, frame=page.frame)
            (folder / page_name(language)).write_text(text, "utf-8")
        await _write_faces(public / "portraits", page.faces, store)
        count += 1
    return count


async def _write_faces(folder: Path, faces: Mapping[str, str], store: FileStore) -> None:
    for name, digest in faces.items():
        body = None if (folder / name).exists() else await store.open(digest)
        if body is not None:
            (folder / name).write_bytes(body)


def _write_files(public: Path) -> None:
    """What the pages need, and pages that say nothing where a server would else list every key."""
    for folder in (public / "b", public / "portraits", public / "static" / "icons"):
        folder.mkdir(parents=True, mode=0o755)
    for name in FILES:
        (public / "static" / name).write_bytes(bundles()[name].body)
    for folder in (public, public / "b", public / "portraits", public / "static"):
        (folder / "index.html").write_text(NOWHERE)
    (public / "robots.txt").write_text("User-agent: *\nDisallow: /\n")


def _index(boards: list[BoardOfSchool]) -> str:
    schools = [
        (name, [(one.name, one.path.count("/"), f"public/b/{one.key}/index.html") for one in some])
        for (_, name), some in groupby(boards, key=lambda board: (board.org_id, board.org_name))
    ]
    return render("contact_boards/copy.html", SOURCE, schools=schools, at=now(), css="public/static/public.css")


def _put_in_place(root: Path, made: Path) -> None:
    """One rename; then the copies before the last one go."""
    link, fresh = root / "current", root / "current.new"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(made.name)
    before = link.resolve() if link.is_symlink() else None
    os.replace(fresh, link)  # noqa: PTH105 - Path.replace says the same, this says that it is one step
    for old in root.iterdir():
        if old.is_dir() and not old.is_symlink() and old not in (made, before):
            shutil.rmtree(old, ignore_errors=True)
