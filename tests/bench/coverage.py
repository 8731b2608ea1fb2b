"""The coverage pages: one real school (185 grids, 129 people), and a bureau of 200 schools with 40,000 grids."""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import execute, fetch_value, insert, is_postgres, watchers
from portal.coverage.services import count_stale
from portal.grids.services import make_organisation
from portal.grids.tables import Grid, Organisation
from portal.hazards.services import seed_categories
from portal.importing.queries import batch_row
from portal.importing.services import apply_import, stage_import
from portal.people.tables import Appointment, Person, Post
from portal.responsibilities.services.seeding import seed_duties
from portal.settings import load_settings
from tests.bench.measures import Row
from tests.bench.world import World
from tests.conftest import Browsers
from tests.importing.files import REAL_SCHOOL

SCHOOLS, GRIDS, PEOPLE = 200, 200, 130
MOST = 6
ANSWERS = ("same_path_other_holders", "same_path_same_holders", "two_heads")


@dataclass
class Cost:
    """What a page takes: statements, and milliseconds in the middle of several requests."""

    statements: int
    milliseconds: float
    size: int


async def coverage(world: World, *, schools: int = SCHOOLS, times: int = 21) -> list[Row]:
    """Both pages, whole signed-in requests without a network; the number of every school is written first."""
    await seed_duties()
    await seed_categories()
    real = await _real_school(world)
    await _many_schools(world, schools)
    began = time.perf_counter()
    written = await count_stale()
    seconds = time.perf_counter() - began
    print(f"  {written} schools counted in {seconds:.1f} s, {seconds / max(written, 1) * 1000:.0f} ms each", flush=True)
    settings = load_settings({"ANWANG_DATA": str(Path(world.folder)), "ANWANG_BASE_URL": "http://testserver"})
    browsers = Browsers(settings)
    bureau = await browsers.of(world.cast.bureau_officer)
    rows = []
    kind = "PostgreSQL" if is_postgres() else "SQLite"
    grids = await fetch_value("SELECT count(*) FROM grid")
    for name, address in (
        (f"coverage of one school (185 grids, 129 people), {kind}", f"/coverage/{real}"),
        (f"coverage of a bureau ({schools + 3} schools, {grids} grids), {kind}", "/coverage"),
        (f"responsibility map of one school, {kind}", f"/map/{real}"),
    ):
        cost = await _cost(lambda address=address: bureau.client.get(address), times)  # type: ignore[misc]
        figure = f"{cost.statements} statements, {cost.milliseconds:.1f} ms, {cost.size // 1024} KB"
        rows.append(Row(name, f"≤ {MOST} statements", "", figure, cost.statements <= MOST))
    await browsers.close()
    return rows


async def _cost(ask: Callable[[], Awaitable[Any]], times: int) -> Cost:
    await ask()
    seen: list[str] = []
    watchers.append(seen.append)
    answer = await ask()
    watchers.remove(seen.append)
    assert answer.status_code == 200, answer.text
    took = []
    for _ in range(times):
        began = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - began) * 1000)
    return Cost(len(seen), statistics.median(took), len(answer.content))


async def _real_school(world: World) -> int:
    org = await make_organisation("真实中学", kind="school", bureau_id=world.cast.bureau, by=SYSTEM)
    batch = await stage_import(REAL_SCHOOL.read_bytes(), "a.csv", school_id=org, by=SYSTEM)
    await apply_import(batch, version=(await batch_row(batch, by=SYSTEM)).version, by=SYSTEM, answers=ANSWERS)
    return org


async def _many_schools(world: World, count: int) -> None:
    """Schools as rows, without events: a school, ten buildings, rooms below them, one post each, nine of ten held."""
    at, root = now(), await fetch_value("SELECT path FROM grid WHERE id = {}", world.cast.bureau)
    begins = {"created_at": at - timedelta(days=9)}
    for number in range(count):
        [org] = await insert(
            Grid, {"kind": "school", "name": f"第{number}学校", "depth": 1, "parent_id": world.cast.bureau, **begins}
        )
        path = f"{root}{org}/"
        await execute("UPDATE grid SET path = {}, org_id = {} WHERE id = {}", path, org, org)
        await insert(Organisation, {"grid_id": org, "kind": "school", "bureau_id": world.cast.bureau, **begins})
        buildings = await _grids(org, org, path, 2, [f"{n}号楼" for n in range(10)])
        grids = [org, *buildings]
        for n, building in enumerate(buildings):
            rooms = (GRIDS - 11) // 10 + (1 if n < (GRIDS - 11) % 10 else 0)
            grids += await _grids(org, building, f"{path}{building}/", 3, [f"{n}-{room}" for room in range(rooms)])
        posts = await insert(
            Post,
            *(
                {"org_id": org, "grid_id": one, "scope_grid_id": one, "title": "负责人", "role": "keeper", **begins}
                for one in grids
            ),
        )
        people = await insert(
            Person, *({"org_id": org, "name": f"教师{n:03}", "created_at": at} for n in range(PEOPLE))
        )
        held = [post for n, post in enumerate(posts) if n % 10]
        await insert(
            Appointment,
            *(
                {
                    "org_id": org, "post_id": post, "person_id": people[n % PEOPLE], "is_primary": True,
                    "kind": "holder", "starts_at": at - timedelta(days=5), "entered_at": at,
                    "ends_at": at + timedelta(days=n % 40 + 1) if n % 20 == 0 else None,
                }
                for n, post in enumerate(held)
            ),
        )  # fmt: skip
    if is_postgres():
        await execute("ANALYZE")


async def _grids(org: int, parent: int, path: str, depth: int, names: list[str]) -> list[int]:
    kind = "building" if depth == 2 else "room"
    rows = [
        {"kind": kind, "name": name, "depth": depth, "parent_id": parent, "org_id": org, "created_at": now()}
        for name in names
    ]
    made = await insert(Grid, *rows)
    await execute("UPDATE grid SET path = {} || CAST(id AS VARCHAR) || '/' WHERE parent_id = {}", path, parent)
    return made
