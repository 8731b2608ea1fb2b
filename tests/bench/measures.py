"""Each row of the table of figures, measured."""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from portal.audit.catalogue import HazardMoved
from portal.audit.queries import verify_chain
from portal.audit.services import record_event
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import (
    _compiled,
    close_database,
    compare_and_set,
    engine,
    execute,
    fetch,
    fetch_value,
    is_postgres,
    open_database,
    unit_of_work,
    watchers,
)
from portal.hazards.queries import board_place
from portal.hazards.queries.board import cards_sql
from portal.hazards.tables import Hazard
from portal.serving.parent import die_with_parent
from portal.settings import load_settings
from tests.bench.page import weigh
from tests.bench.processes import cpu_each, cpu_seconds, memory_mb
from tests.bench.world import World
from tests.conftest import Browsers
from tests.faults.web import WebProcess, Wire, next_move


class Row(NamedTuple):
    """One line of the table."""

    measure: str
    wanted: str
    floor: str
    figure: str
    met: bool


class FloorProcess(WebProcess):
    """The floors, served the way the portal is."""

    def start_floors(self, database: str, grid_id: int) -> "FloorProcess":
        import subprocess
        import sys

        words = [sys.executable, "-m", "tests.bench.floors", str(self.socket.fileno()), database, str(grid_id)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                words,
                env=self.environ,
                cwd=Path(__file__).parents[2],
                pass_fds=[self.socket.fileno()],
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(),
            )
        return self


# -- statements


async def statements(world: World) -> list[Row]:
    """Counts what passes the one door of the database, over whole signed-in requests."""
    settings = load_settings({"ANWANG_DATA": str(world.folder), "ANWANG_BASE_URL": "http://testserver"})
    browsers = Browsers(settings)
    safety = await browsers.of(world.cast.safety)
    await safety.get(world.board)
    await execute("UPDATE chain_head SET board_version = board_version + 1 WHERE org_id = {}", world.cast.school)
    board = await _counted(lambda: safety.client.get(world.board))
    chief = await browsers.of(world.cast.chief)
    await chief.get("/hazards/new")
    token = chief.forms[0].fields["_csrf_token"][0]
    moves = []
    hazard_id = world.cards[0]
    for _ in range(3):
        status = await fetch_value("SELECT status FROM hazard WHERE id = {}", hazard_id)
        version = await fetch_value("SELECT version FROM hazard WHERE id = {}", hazard_id)
        data = {**next_move(status, version, world.cast.keeper, world.cast.bureau), "_csrf_token": token}
        ask = partial(
            chief.client.post, f"/hazards/{hazard_id}/moves", data=data, headers={"Origin": "http://testserver"}
        )
        moves.append(await _counted(ask))
    await browsers.close()
    return [
        Row("SQL statements: board", "≤ 6", "", str(board), board <= 6),
        Row(
            "SQL statements: move (the most of three; the test walks all twelve arrows)",
            "≤ 10",
            "",
            str(max(moves)),
            max(moves) <= 10,
        ),
    ]


async def _counted(ask: Callable[[], Awaitable[Any]]) -> int:
    seen: list[str] = []
    watchers.append(seen.append)
    answer = await ask()
    watchers.remove(seen.append)
    assert answer.status_code in (200, 303), answer.text
    return len(seen)


# -- processor time


ROUNDS = 7


async def processor(world: World, *, times: int) -> list[Row]:
    """Processor time of a real web process for each request, one after the other, in turns with the floors beside it.

    The ratio of each turn is taken within the turn, and their median told: a busy neighbour disturbs both alike.
    """
    web = WebProcess(world.folder, world.url).start()
    floors = FloorProcess(world.folder, world.url).start_floors(world.url, world.cast.school)
    try:
        await web.ready()
        await _answers(floors)
        turns: list[dict[str, float]] = []
        async with Wire(web.port, world.viewer.cookie) as wire, Wire(floors.port) as floor:
            for turn in range(ROUNDS):
                turns.append(await _turn(world, turn, web.pid, wire, floors.pid, floor, max(times // ROUNDS, 10)))
    finally:
        web.stop()
        floors.stop()
    return [
        _cpu("CPU: uncached board, whole page", turns, "cold", "rows", "rows read and written out", 2.5),
        _cpu("CPU: unchanged board from the version cache, whole page", turns, "kept", "empty", "empty handler", 8),
        _cpu("CPU: the same, fragment for htmx", turns, "fragment", "empty", "empty handler", 8),
        _cpu("CPU: 304", turns, "same", "empty", "empty handler", 5),
    ]


async def _turn(
    world: World, turn: int, pid: int, wire: Wire, floor_pid: int, floor: Wire, times: int
) -> dict[str, float]:
    async def ask(path: str, wanted: int = 200, **headers: str) -> None:
        answer = await wire.get(path, Accept_Encoding="br", **headers)
        assert answer.status == wanted, answer

    async def ask_floor(path: str) -> None:
        assert (await floor.get(path)).status == 200

    etag = (await wire.get(world.board, Accept_Encoding="br")).headers["etag"]
    return {
        "empty": await cpu_each(floor_pid, lambda _: ask_floor("/empty"), times * 10),
        "same": await cpu_each(pid, lambda _: ask(world.board, 304, If_None_Match=etag), times * 10),
        "kept": await cpu_each(pid, lambda _: ask(world.board), times * 10),
        "fragment": await cpu_each(pid, lambda _: ask(world.board, HX_Request="true"), times * 10),
        "rows": await cpu_each(floor_pid, lambda _: ask_floor("/rows"), times, warm=3),
        "cold": await cpu_each(pid, lambda n: ask(f"{world.board}?column=t{turn}.{n}"), times, warm=3),
    }


async def _answers(floors: FloorProcess) -> None:
    end = time.monotonic() + 30
    async with Wire(floors.port) as wire:
        while True:
            try:
                await wire.get("/empty")
                return
            except (OSError, asyncio.IncompleteReadError):
                assert time.monotonic() < end, floors.log.read_text()
                await asyncio.sleep(0.1)


def _cpu(measure: str, turns: list[dict[str, float]], name: str, floor: str, floor_name: str, most: float) -> Row:
    figure, beneath = (statistics.median(turn[key] for turn in turns) for key in (name, floor))
    ratio = statistics.median(turn[name] / turn[floor] for turn in turns)
    return Row(
        measure, f"≤ {most:g}×", f"{floor_name} {beneath:.2f} ms", f"{figure:.2f} ms = {ratio:.1f}×", ratio <= most
    )


# -- sizes and memory


async def sizes(world: World) -> list[Row]:
    """A cold page of the board with 200 different cards, as a browser fetches it."""
    web = WebProcess(world.folder, world.url).start()
    try:
        await web.ready()
        async with Wire(web.port, world.viewer.cookie) as wire:
            br, gz = await weigh(wire, world.board), await weigh(wire, world.board, "gzip")
    finally:
        web.stop()
    kb = 1024
    return [
        Row("HTML of the board, compressed (brotli; gzip on plain http)", "≤ 16 KB", f"{br.plain / kb:.0f} KB plain",
            f"{br.html / kb:.1f} KB; {gz.html / kb:.1f} KB", max(br.html, gz.html) <= 16 * kb),
        Row("Whole cold page (brotli; gzip)", "≤ 60 KB", "", f"{br.total / kb:.1f} KB; {gz.total / kb:.1f} KB",
            max(br.total, gz.total) <= 60 * kb),
        Row("Requests of a cold page", "≤ 6", "", str(br.requests), br.requests <= 6),
        Row("Elements of the page", "≤ 5,000", "", f"{br.elements:,}", br.elements <= 5_000),
    ]  # fmt: skip


async def memory(world: World) -> list[Row]:
    """A web process after fifty people have looked at boards of their own, cards and forms; the worker after its first work."""
    web = WebProcess(world.folder, world.url).start()
    try:
        await web.ready()
        fresh = memory_mb(web.pid)
        await _everybody_looks(web, world)
        busy = memory_mb(web.pid)
    finally:
        web.stop()
    worker = await _worker(world)
    return [
        Row("Memory of a web process: fresh; after 50 people's boards (PSS)", "≤ 120 MB", "",
            f"{fresh[0]:.0f} MB; {busy[0]:.0f} MB (RSS {busy[1]:.0f})", busy[1] <= 120),
        Row("Memory of the worker, its children with it (PSS)", "≤ 150 MB", "",
            f"{worker[0]:.0f} MB (RSS {worker[1]:.0f})", worker[1] <= 150),
    ]  # fmt: skip


async def _everybody_looks(web: WebProcess, world: World) -> None:
    """Fifty people, each with boards of their own in the cache, again and again."""
    for turn in range(4):
        for mover in world.movers:
            async with Wire(web.port, mover.cookie) as wire:
                for path in (f"/grids/{world.cast.building}/board?lanes={('none', 'level', 'person', 'place')[turn]}",
                             f"/hazards/{world.cards[0]}", "/hazards/new"):  # fmt: skip
                    assert (await wire.get(path, Accept_Encoding="br")).status == 200, path


async def _worker(world: World) -> tuple[float, float]:
    import subprocess
    import sys

    web = WebProcess(world.folder, world.url)
    log = (world.folder / "worker.log").open("ab")
    process = subprocess.Popen([sys.executable, "-m", "portal", "worker"], env=web.environ, stdout=log, stderr=log)
    try:
        for _ in range(40):
            await asyncio.sleep(0.5)
            assert process.poll() is None, (world.folder / "worker.log").read_text()
            if await fetch_value("SELECT count(*) FROM worker_beat") and not await fetch_value(
                "SELECT count(*) FROM outbox WHERE done_at IS NULL AND failed_at IS NULL"
            ):
                break
        return memory_mb(process.pid)
    finally:
        process.terminate()
        process.wait(30)
        log.close()
        web.stop()


# -- many people


class _Version(NamedTuple):
    id: int
    version: int


class _Step(NamedTuple):
    subject_id: int
    details: str


async def many_people(world: World, *, seconds: float, floor_seconds: float) -> list[Row]:
    """Fifty people move cards against two web processes, as fast as they are answered; then everything is counted."""
    name = "PostgreSQL" if is_postgres() else "SQLite, synchronous FULL"
    bare_before = await _bare_loop(world, floor_seconds / 2)
    before = {row.id: row.version for row in await fetch(_Version, "SELECT id, version FROM hazard")}
    events_before = await _count_moves()
    processes = [WebProcess(world.folder, world.url).start() for _ in range(2)]
    try:
        await asyncio.gather(*[process.ready() for process in processes])
        cpu = [cpu_seconds(process.pid) for process in processes]
        end = time.monotonic() + seconds
        results = await asyncio.gather(*[_moves_until(end, processes[n % 2].port, n, world) for n in range(50)])
        spent = sum(cpu_seconds(process.pid) for process in processes) - sum(cpu)
    finally:
        for process in processes:
            process.stop()
    acknowledged, refused, times = (
        sum(r[0] for r in results),
        sum(r[1] for r in results),
        sorted(t for r in results for t in r[2]),
    )
    after = {row.id: row.version for row in await fetch(_Version, "SELECT id, version FROM hazard")}
    grown = sum(after[hazard] - before[hazard] for hazard in before)
    events = await _count_moves() - events_before
    linear = await _all_linear(world) and await verify_chain(world.cast.school) is None
    bare = (bare_before + await _bare_loop(world, floor_seconds / 2)) / 2
    rate = acknowledged / seconds
    whole = acknowledged == grown == events and linear and not refused
    return [
        Row(f"50 people, {seconds:.0f} s, 2 web processes, {name}: errors; lost; histories", "0; 0; linear", "",
            f"{refused}; {acknowledged - events}; {'linear' if linear else 'NOT linear'}"
            f" ({acknowledged:,} acknowledged = {events:,} events = {grown:,} versions)", whole),
        Row(f"… moves per second, {name}", "≥ 1/4 of the loop", f"bare loop {bare:.0f}/s",
            f"{rate:.0f}/s = {rate / bare:.2f} (p50 {times[len(times) // 2] * 1000:.0f} ms, "
            f"p99 {times[len(times) * 99 // 100] * 1000:.0f} ms, web CPU {spent * 1000 / max(acknowledged, 1):.1f} ms each)",
            rate / bare >= 0.25),
    ]  # fmt: skip


async def _count_moves() -> int:
    return int(await fetch_value("SELECT count(*) FROM event WHERE kind = 'hazard.moved'"))


async def _moves_until(end: float, port: int, n: int, world: World) -> tuple[int, int, list[float]]:
    person, hazard_id = world.movers[n], world.cards[n]
    status = await fetch_value("SELECT status FROM hazard WHERE id = {}", hazard_id)
    version = await fetch_value("SELECT version FROM hazard WHERE id = {}", hazard_id)
    done, refused, times = 0, 0, []
    async with Wire(port, person.cookie) as wire:
        while time.monotonic() < end:
            fields = next_move(status, version, world.cast.keeper, world.cast.bureau)
            began = time.monotonic()
            answer = await wire.post(f"/hazards/{hazard_id}/moves", {**fields, "_csrf_token": person.token})
            times.append(time.monotonic() - began)
            if answer.status != 303:
                refused += 1
                continue
            status, version, done = str(fields["to"]), version + 1, done + 1
    return done, refused, times


async def _all_linear(world: World) -> bool:
    rows = await fetch(_Step, "SELECT subject_id, details FROM event WHERE kind = 'hazard.moved' ORDER BY id")
    here: dict[int, str] = {}
    for row in rows:
        facts = json.loads(row.details)
        if here.get(row.subject_id, facts["came_from"]) != facts["came_from"]:
            return False
        here[row.subject_id] = facts["went_to"]
    return True


async def _bare_loop(world: World, seconds: float) -> float:
    """Compare-and-set, one event in the chain, commit; nothing else, one after the other, in this process."""
    hazard_id = await fetch_value("SELECT max(id) FROM hazard WHERE status = 'reported' AND closed_at IS NULL")
    version, count = await fetch_value("SELECT version FROM hazard WHERE id = {}", hazard_id), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        async with unit_of_work():
            version = await compare_and_set(Hazard, hazard_id, version=version, last_moved_at=now())
            details = HazardMoved(came_from="assigned", went_to="assigned")
            await record_event(details, org_id=world.cast.school, subject_id=hazard_id, by=SYSTEM)
        count += 1
    return count / seconds


# -- a million closed hazards


async def a_million(small: World, large: World, *, closed: int, times: int) -> list[Row]:
    """The same board and the same moves with and without closed hazards, request by request in turns; medians of waiting."""
    name = "PostgreSQL" if large.url.startswith("postgres") else "SQLite"
    pair = [(world, WebProcess(world.folder, world.url).start()) for world in (small, large)]
    rows = []
    try:
        for _, process in pair:
            await process.ready()
        for kind, make in (("board", _look), ("move", _step)):
            first, second = await _in_turns([await make(world, process) for world, process in pair], times)
            ratio, what = second / first, f"{kind} with 0 → {closed:,} closed hazards, {name}"
            rows.append(Row(what, "≤ 1.1×", f"{first:.2f} ms without", f"{second:.2f} ms = {ratio:.2f}×", ratio <= 1.1))
    finally:
        for _, process in pair:
            process.stop()
    plan = await plan_of(large)
    known = "hazard_open" in plan
    return [*rows, Row(f"query plan of the board, {name}", "hazard_open", "", "hazard_open" if known else plan, known)]


Ask = Callable[[int], Awaitable[None]]


async def _look(world: World, process: WebProcess) -> Ask:
    wire = Wire(process.port, world.viewer.cookie)

    async def ask(n: int) -> None:
        answer = await wire.get(f"{world.board}?column=m{n}", HX_Request="true")
        assert answer.status == 200, answer

    return ask


async def _step(world: World, process: WebProcess) -> Ask:
    mover, hazard_id = world.movers[0], world.cards[0]
    wire = Wire(process.port, mover.cookie)
    await _reopened(world)
    state = {"status": "assigned", "version": await fetch_value("SELECT version FROM hazard WHERE id = {}", hazard_id)}

    async def ask(_: int) -> None:
        fields = next_move(state["status"], state["version"], world.cast.keeper, world.cast.bureau)
        answer = await wire.post(f"/hazards/{hazard_id}/moves", {**fields, "_csrf_token": mover.token})
        assert answer.status == 303, answer
        state.update(status=str(fields["to"]), version=state["version"] + 1)

    return ask


async def _reopened(world: World) -> None:
    await close_database()
    await open_database(world.url)


async def _in_turns(asks: list[Ask], times: int) -> tuple[float, float]:
    """Milliseconds of waiting for one request of each: medians, which no hiccup of the machine moves."""
    found: tuple[list[float], list[float]] = ([], [])
    for n in range(times + 10):
        for place in (0, 1) if n % 2 else (1, 0):
            began = time.perf_counter()
            await asks[place](n)
            if n >= 10:
                found[place].append((time.perf_counter() - began) * 1000)
    return statistics.median(found[0]), statistics.median(found[1])


async def plan_of(world: World) -> str:
    """How the database reads the board's open cards."""
    await _reopened(world)
    from portal.permissions.queries import actor_for

    actor = await actor_for(world.cast.safety, at=now())
    assert actor is not None
    sql, args = cards_sql(await board_place(world.cast.school, by=actor), by=actor, at=now())
    rows = await engine().rows(
        ("EXPLAIN " if is_postgres() else "EXPLAIN QUERY PLAN ") + _compiled(sql, is_postgres()), args
    )
    return "; ".join(str(tuple(row)[-1]) for row in rows)
