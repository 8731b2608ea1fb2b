"""Public boards: what a kept page costs, how large one is, and two thousand parents in a minute while teachers work."""

import asyncio
import re
import statistics
import time
from functools import partial

from portal.contact_boards.services import board_of, make_boards
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import execute, fetch_column, fetch_value
from portal.grids.services import make_grid
from portal.people.services import appoint, make_person, make_post
from tests.bench.measures import ROUNDS, FloorProcess, Row, _answers, _cpu
from tests.bench.processes import cpu_each
from tests.bench.world import World
from tests.faults.web import WebProcess, Wire, next_move

PARENTS, MINUTE, TEACHERS = 2_000, 60.0, 20
PAUSE = 5.0  # seconds after which a teacher looks at a board and moves a card again


async def public_boards(world: World, *, times: int) -> list[Row]:
    """Processor time of a kept board and of its 304, in turns with an empty handler; the size for sixty people."""
    key = await _sixty_people(world)
    web = WebProcess(world.folder, world.url).start()
    floors = FloorProcess(world.folder, world.url).start_floors(world.url, world.cast.school)
    try:
        await web.ready()
        await _answers(floors)
        turns: list[dict[str, float]] = []
        async with Wire(web.port) as wire, Wire(floors.port) as floor:
            page = await wire.get(f"/b/{key}")
            for _ in range(ROUNDS):
                turns.append(await _turn(key, web.pid, wire, floors.pid, floor, max(times // ROUNDS, 10) * 10))
    finally:
        web.stop()
        floors.stop()
    size = len(page.body)
    return [
        _cpu("CPU: public board, kept", turns, "kept", "empty", "empty handler", 4),
        _cpu("CPU: public board, 304", turns, "same", "empty", "empty handler", 4),
        Row(
            "HTML of a public board with 60 people, uncompressed",
            "≤ 30 KB",
            "",
            f"{size / 1024:.1f} KB",
            size <= 30_720,
        ),
    ]


async def _turn(key: str, pid: int, wire: Wire, floor_pid: int, floor: Wire, times: int) -> dict[str, float]:
    async def ask(wanted: int, n: int, **headers: str) -> None:
        answer = await wire.get(f"/b/{key}", Accept_Encoding="br", **headers)
        assert answer.status == wanted, answer

    async def ask_floor(_: int) -> None:
        assert (await floor.get("/empty")).status == 200

    etag = (await wire.get(f"/b/{key}", Accept_Encoding="br")).headers["etag"]
    return {
        "empty": await cpu_each(floor_pid, ask_floor, times),
        "kept": await cpu_each(pid, partial(ask, 200), times),
        "same": await cpu_each(pid, partial(ask, 304, If_None_Match=etag), times),
    }


async def _sixty_people(world: World) -> str:
    """A building with sixty rooms, each with its keeper, who have agreed to everything; gives the key of its board."""
    building = await make_grid("敏学楼", kind="building", parent_id=world.cast.school, by=SYSTEM)
    for n in range(60):
        room = await make_grid(f"{n:03} 物理实验准备室(东)", kind="room", parent_id=building, by=SYSTEM)
        post = await make_post("负责人", role="keeper", grid_id=room, by=SYSTEM)
        person = await make_person(f"郑老师{n}", org_id=world.cast.school, phone=f"1380000{n:04}", by=SYSTEM)
        await appoint(person, post_id=post, by=SYSTEM)
        for field in ("name", "mobile"):
            await execute(
                "INSERT INTO consent (person_id, field, text_edition, given_at) VALUES ({}, {}, 1, {})",
                person, field, now(),
            )  # fmt: skip
    await make_boards(world.cast.school, by=SYSTEM)
    return (await board_of(building, by=SYSTEM)).key


async def crowd(world: World, *, seconds: float) -> list[Row]:
    """Parents come evenly, each on a connection of their own, read a board, its style sheet and a place inside; a third
    come back and ask whether it is still the same. Meanwhile teachers look at boards and move cards."""
    await make_boards(world.cast.school, by=SYSTEM)
    keys = await fetch_column(
        "SELECT b.key FROM contact_board b JOIN grid g ON g.id = b.grid_id WHERE g.path LIKE {} ORDER BY b.id",
        f"%/{world.cast.building}/%",
    )
    web = WebProcess(world.folder, world.url).start()
    parents, times, errors = int(PARENTS * seconds / MINUTE), list[float](), list[str]()
    try:
        await web.ready()
        end = time.monotonic() + seconds
        teachers = [asyncio.create_task(_teacher(world, n, web.port, end)) for n in range(TEACHERS)]
        begun = time.monotonic()
        visits = []
        for n in range(parents):
            await asyncio.sleep(max(0.0, begun + n * seconds / parents - time.monotonic()))
            visits.append(asyncio.create_task(_parent(web.port, keys, n, times, errors)))
        await asyncio.gather(*visits)
        done = await asyncio.gather(*teachers)
    finally:
        web.stop()
    times.sort()
    p50, p99 = times[len(times) // 2] * 1000, times[len(times) * 99 // 100] * 1000
    worked, refused = sum(one[0] for one in done), sum(one[1] for one in done)
    slow = sorted(t for one in done for t in one[2])
    return [
        Row(f"{parents:,} parents in {seconds:.0f} s, one web process, SQLite, {TEACHERS} teachers work: errors", "0", "",
            f"{len(errors) + refused} of {len(times):,} pages and {worked:,} acts of teachers{'; ' + errors[0] if errors else ''}",
            not errors and not refused),
        Row("… a parent waits (p99)", "≤ 100 ms", "",
            f"p50 {p50:.1f} ms, p99 {p99:.0f} ms (teachers p50 {statistics.median(slow) * 1000:.0f} ms)", p99 <= 100),
    ]  # fmt: skip


async def _parent(port: int, keys: list[str], n: int, times: list[float], errors: list[str]) -> None:
    async with Wire(port) as wire:
        first = await _ask(wire, f"/b/{keys[n % len(keys)]}", 200, times, errors)
        style = re.search(r'href="(/static/[^"]+\.css)"', first) if first else None
        if style:
            await _ask(wire, style[1], 200, times, errors)
        inside = re.search(r'href="(/b/[\w-]+)"', first) if first else None
        await _ask(wire, inside[1] if inside else f"/b/{keys[(n + 1) % len(keys)]}", 200, times, errors)
        if n % 3 == 0:
            await _ask(wire, f"/b/{keys[n % len(keys)]}", 304, times, errors, again=True)


async def _ask(
    wire: Wire, path: str, wanted: int, times: list[float], errors: list[str], *, again: bool = False
) -> str:
    etag = {"If_None_Match": (await wire.get(path)).headers["etag"]} if again else {}
    began = time.monotonic()
    try:
        answer = await wire.get(path, **etag)
    except (OSError, asyncio.IncompleteReadError) as error:
        errors.append(f"{path} {error!r}")
        return ""
    times.append(time.monotonic() - began)
    if answer.status != wanted and not (again and answer.status == 200):  # somebody worked meanwhile: it is new
        errors.append(f"{path} {answer.status}")
    return answer.text


async def _teacher(world: World, n: int, port: int, end: float) -> tuple[int, int, list[float]]:
    """Looks at a board, moves a card of their own, waits; again and again."""
    person, hazard_id = world.movers[n], world.cards[n]
    status = await fetch_value("SELECT status FROM hazard WHERE id = {}", hazard_id)
    version = await fetch_value("SELECT version FROM hazard WHERE id = {}", hazard_id)
    done, refused, times = 0, 0, list[float]()
    await asyncio.sleep(PAUSE * n / TEACHERS)
    async with Wire(port, person.cookie) as wire:
        while time.monotonic() < end:
            began = time.monotonic()
            seen = await wire.get(f"/grids/{world.cast.building}/board", Accept_Encoding="br")
            fields = next_move(status, version, world.cast.keeper, world.cast.bureau)
            answer = await wire.post(f"/hazards/{hazard_id}/moves", {**fields, "_csrf_token": person.token})
            times.append(time.monotonic() - began)
            done += 2
            if answer.status == 303:
                status, version = str(fields["to"]), version + 1
            refused += (seen.status != 200) + (answer.status != 303)
            await asyncio.sleep(PAUSE)
    return done, refused, times
